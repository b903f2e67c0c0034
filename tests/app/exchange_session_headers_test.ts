/**
 * What a response says about the session: the table of outcomes, caches, cookies of others.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertStrictEquals } from "jsr:@std/assert@^1.0.0";
import {
  html,
  HttpNotFound,
  redirect,
  signedCookieSessionFactory,
  type View,
} from "@pyramidion/pyramidion";
import { ResponseContext, withSession } from "../../lib/app/exchange.ts";
import { SAMPLE_COOKIE, SAMPLE_SECRET, sampleApp, type SampleData } from "../sample_app.ts";

type SampleView = View<SampleData>;

const OLDER_SECRET = "an older secret of the sample apps, d41d8cd98f00b204";

/** Signs in, asks for the session without a change, and whatever a test adds. */
function visits(views: Record<string, SampleView> = {}, session = {}) {
  return sampleApp({
    "/in": async (request) => {
      (await request.session).set("user", "ada").set("list", [1]);
      return html`in`;
    },
    "/read": async (request) => html`${(await request.session).get("user")}`,
    "/none": () => html`none`,
    ...views,
  }, { session });
}

const said = ({ headers }: Response) => [headers.getSetCookie().length, headers.get("vary")];

Deno.test("what goes out: never asked for: nothing", async () => {
  const { client } = visits();
  assertEquals(said(await client.get("/none")), [0, null]);
  await client.get("/in");
  assertEquals(said(await client.get("/none")), [0, null]);
});

Deno.test("what goes out: new and empty: no cookie, Vary: Cookie", async () => {
  const { client } = visits();
  const response = await client.get("/read");
  assertEquals(said(response), [0, "Cookie"]);
  assertEquals(response.headers.get("cache-control"), null);
});

Deno.test("what goes out: every way of touching the session says Vary: Cookie", async (t) => {
  const rows: Record<string, SampleView> = {
    "awaited": async (request) => {
      await request.session;
      return html`x`;
    },
    "not awaited": (request) => {
      request.session;
      return html`x`;
    },
    "in a callback": (request) => {
      request.addResponseCallback((request) => void request.session);
      return html`x`;
    },
    "before an error": async (request) => {
      await request.session;
      throw new HttpNotFound();
    },
    "before an unexpected error": async (request) => {
      await request.session;
      throw new Error();
    },
    "before a redirection": async (request) => {
      await request.session;
      return redirect("/");
    },
    "before an immutable response": async (request) => {
      await request.session;
      return Response.redirect("https://app.test/");
    },
    "isNew alone": async (request) => html`${(await request.session).isNew}`,
    "peekFlash": async (request) => html`${(await request.session).peekFlash()}`,
  };
  for (const [name, view] of Object.entries(rows)) {
    await t.step(name, async () => {
      const { client } = sampleApp({ "/": view });
      const vary = (await client.get("/")).headers.get("vary") ?? "";
      assert(vary.split(/, ?/).includes("Cookie"), vary);
    });
  }
});

Deno.test("what goes out: Vary is merged, once", async (t) => {
  const rows: Record<string, [given: string, vary: string]> = {
    "another field": ["Accept", "Accept, Cookie"],
    "there already": ["cookie", "cookie"],
    "there among others": ["Accept, COOKIE", "Accept, COOKIE"],
    "everything": ["*", "*"],
  };
  for (const [name, [given, vary]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const { client } = visits({
        "/": async (request) => {
          await request.session;
          return new Response("x", { headers: { vary: given } });
        },
      });
      assertEquals((await client.get("/")).headers.get("vary"), vary);
    });
  }
});

Deno.test("what goes out: changed: one Set-Cookie, Vary and Cache-Control: private", async () => {
  const { client } = visits();
  const response = await client.get("/in");
  assertEquals(said(response), [1, "Cookie"]);
  assertEquals(response.headers.get("cache-control"), "private");
  assertMatch(
    response.headers.getSetCookie()[0] ?? "",
    /^__Host-session=[A-Za-z0-9_-]+; Path=\/; Secure; HttpOnly; SameSite=Lax$/,
  );
  assertEquals(await (await client.get("/read")).text(), "ada");
});

Deno.test("what goes out: changed, however it was changed", async (t) => {
  const rows: Record<string, SampleView> = {
    "in place": async (request) => {
      (await request.session).get("list")?.push(2);
      return html`x`;
    },
    "in place, through values()": async (request) => {
      for (const value of (await request.session).values()) {
        if (Array.isArray(value)) value.push(2);
      }
      return html`x`;
    },
    "without awaiting the session first": (request) => {
      request.session.then((session) => session.set("count", 1));
      return html`x`;
    },
    "in a callback": (request) => {
      request.addResponseCallback(async (request) => void (await request.session).set("count", 1));
      return html`x`;
    },
    "a flash message": async (request) => {
      (await request.session).flash("x");
      return html`x`;
    },
    "a CSRF token": async (request) => html`${(await request.session).getCsrfToken()}`,
    "one of two keys removed": async (request) => {
      (await request.session).delete("list");
      return html`x`;
    },
  };
  for (const [name, view] of Object.entries(rows)) {
    await t.step(name, async () => {
      const { client } = visits({ "/": view });
      await client.get("/in");
      assertEquals(said(await client.get("/")), [1, "Cookie"]);
    });
  }
});

Deno.test("what goes out: changed and changed back: nothing but Vary: Cookie", async () => {
  const { client } = visits({
    "/": async (request) => {
      const session = await request.session;
      session.set("user", "eve").set("count", 1);
      session.set("user", "ada").delete("count");
      session.get("list")?.push(2);
      session.get("list")?.pop();
      return html`x`;
    },
  });
  await client.get("/in");
  const response = await client.get("/");
  assertEquals([...said(response), response.headers.get("cache-control")], [0, "Cookie", null]);
});

Deno.test("what goes out: unchanged: nothing before reissueTime, a renewal from then on", async () => {
  const { client, clock } = visits({}, { timeout: 1000, reissueTime: 100 });
  await client.get("/in");
  const first = client.cookie(SAMPLE_COOKIE);
  clock.travel(99.999);
  assertEquals(said(await client.get("/read")), [0, "Cookie"]);
  assertEquals(client.cookie(SAMPLE_COOKIE), first);
  clock.travel(0.001);
  const response = await client.get("/read");
  assertEquals(said(response), [1, "Cookie"]);
  assertEquals(response.headers.get("cache-control"), "private");
  assert(client.cookie(SAMPLE_COOKIE) !== first);
  clock.travel(950);
  assertEquals(await (await client.get("/read")).text(), "ada");
});

Deno.test("what goes out: signed by an older secret: a renewal by the newest", async () => {
  const { client } = visits();
  const signIn = sampleApp({
    "/in": async (request) => {
      (await request.session).set("user", "ada");
      return html`in`;
    },
  }, {
    sessionFactory: signedCookieSessionFactory(OLDER_SECRET),
  });
  await signIn.client.get("/in");
  const old = signIn.client.cookie(SAMPLE_COOKIE);
  assert(old !== null);
  assertEquals(
    await (await client.get("/read", { headers: { cookie: `${SAMPLE_COOKIE}=${old}` } })).text(),
    "",
  );
  const rotated = sampleApp({
    "/read": async (request) => html`${(await request.session).get("user")}`,
  }, { sessionFactory: signedCookieSessionFactory([SAMPLE_SECRET, OLDER_SECRET]) });
  const response = await rotated.client.get("/read", {
    headers: { cookie: `${SAMPLE_COOKIE}=${old}` },
  });
  assertEquals([await response.text(), ...said(response)], ["ada", 1, "Cookie"]);
  const onlyNew = sampleApp({
    "/read": async (request) => html`${(await request.session).get("user")}`,
  }, { sessionFactory: signedCookieSessionFactory(SAMPLE_SECRET) });
  const cookie = `${SAMPLE_COOKIE}=${rotated.client.cookie(SAMPLE_COOKIE)}`;
  assertEquals(await (await onlyNew.client.get("/read", { headers: { cookie } })).text(), "ada");
});

Deno.test("what goes out: emptied or invalidated: the cookie is deleted as it was set", async (t) => {
  const rows: Record<string, SampleView> = {
    "invalidated": async (request) => {
      (await request.session).invalidate();
      return html`x`;
    },
    "cleared": async (request) => {
      (await request.session).clear();
      return html`x`;
    },
    "every key popped": async (request) => {
      const session = await request.session;
      for (const key of [...session.keys()]) session.pop(key);
      return html`x`;
    },
  };
  const cookies: Record<string, [options: object, name: string, attributes: string[]]> = {
    "defaults": [{}, "__Host-session", ["Path=/", "Secure"]],
    "a path and a domain": [
      { path: "/app", domain: "app.test", cookieName: "sid" },
      "__Secure-sid",
      ["Domain=app.test", "Path=/app", "Secure"],
    ],
    "partitioned": [
      { partitioned: true, sameSite: "None" },
      "__Host-session",
      ["Partitioned", "Path=/", "Secure"],
    ],
  };
  for (const [name, view] of Object.entries(rows)) {
    for (const [kind, [options, cookieName, attributes]] of Object.entries(cookies)) {
      await t.step(`${name}, ${kind}`, async () => {
        const path = kind.startsWith("a path") ? "/app" : "";
        const { client } = sampleApp({
          [`${path}/in`]: async (request) => {
            (await request.session).set("user", "ada");
            return html`x`;
          },
          [`${path}/out`]: view,
        }, { session: options });
        await client.get(`${path}/in`);
        assert(client.cookie(cookieName, `${path}/`) !== null);
        const response = await client.get(`${path}/out`);
        const [deletion = "", ...others] = response.headers.getSetCookie();
        // A cookie from before the option was set is another one to a browser.
        const plain = deletion.replace("; Partitioned", "");
        assertEquals(others, kind === "partitioned" ? [plain] : []);
        assertMatch(
          deletion,
          new RegExp(`^${cookieName}=;.*(?:Max-Age=0|Expires=Thu, 01 Jan 1970)`),
        );
        const parts = deletion.split("; ");
        assertEquals(attributes.filter((attribute) => !parts.includes(attribute)), []);
        assertEquals(response.headers.get("vary"), "Cookie");
        assertEquals(client.cookie(cookieName, `${path}/`), null);
      });
    }
  }
});

Deno.test("what goes out: emptied where there was no cookie: nothing but Vary: Cookie", async () => {
  const { client } = visits({
    "/out": async (request) => {
      const session = await request.session;
      session.set("user", "ada");
      session.invalidate();
      return html`x`;
    },
  });
  assertEquals(said(await client.get("/out")), [0, "Cookie"]);
});

Deno.test("what goes out: a cookie that was refused is left alone, unless something is stored", async (t) => {
  for (const value of ["x", "AQAA", "", `${"A".repeat(4000)}`]) {
    await t.step(`of ${value.length} characters`, async () => {
      const { client } = visits();
      const headers = { cookie: `${SAMPLE_COOKIE}=${value}` };
      assertEquals(said(await client.get("/read", { headers })), [0, "Cookie"]);
      assertEquals(said(await client.get("/in", { headers })), [1, "Cookie"]);
    });
  }
});

Deno.test("what goes out: an expired cookie is left alone too", async () => {
  const { client, clock } = visits({}, { timeout: 100 });
  await client.get("/in");
  const headers = { cookie: `${SAMPLE_COOKIE}=${client.cookie(SAMPLE_COOKIE)}` };
  clock.travel(101);
  const response = await client.get("/read", { headers });
  assertEquals([await response.text(), ...said(response)], ["", 0, "Cookie"]);
});

Deno.test("what shared caches may store never carries a renewal; with a change it is theirs no more", async (t) => {
  type Row = [headers: Record<string, string>, renewed: boolean, changed: string];
  const rows: Record<string, Row> = {
    "no Cache-Control": [{}, true, "private"],
    "public": [{ "cache-control": "public, max-age=60" }, false, "private, no-store"],
    "max-age alone": [{ "cache-control": "max-age=60" }, false, "private, no-store"],
    "s-maxage": [{ "cache-control": "s-maxage=60" }, false, "private, no-store"],
    "no-cache": [{ "cache-control": "no-cache" }, false, "private, no-store"],
    "immutable": [{ "cache-control": "immutable" }, false, "private, no-store"],
    "private": [{ "cache-control": "private, max-age=60" }, true, "private, max-age=60"],
    "no-store": [{ "cache-control": "no-store" }, true, "no-store"],
    "private in capitals": [{ "cache-control": "Private" }, true, "Private"],
    "private for one field": [
      { "cache-control": 'private="set-cookie"' },
      false,
      "private, no-store",
    ],
    "empty": [{ "cache-control": "" }, false, "private, no-store"],
    "public for a CDN": [
      { "cache-control": "private", "cdn-cache-control": "max-age=60" },
      false,
      "private, no-store",
    ],
  };
  for (const [name, [headers, renewed, changed]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const { client, clock } = visits({
        "/": async (request) => {
          const session = await request.session;
          if (request.query.has("change")) session.set("count", clock());
          if (request.query.has("out")) session.invalidate();
          return new Response("x", { headers });
        },
      });
      await client.get("/in");
      clock.travel(600);
      const renewal = await client.get("/");
      assertEquals(said(renewal), [renewed ? 1 : 0, "Cookie"]);
      const given = headers["cache-control"];
      assertEquals(
        renewal.headers.get("cache-control"),
        given === undefined ? "private" : given,
      );
      const change = await client.get("/?change");
      assertEquals(said(change), [1, "Cookie"]);
      assertEquals(change.headers.get("cache-control"), changed);
      assertEquals(change.headers.has("cdn-cache-control"), false);
      const out = await client.get("/?out");
      assertEquals([...said(out), out.headers.get("cache-control")], [1, "Cookie", changed]);
    });
  }
});

Deno.test("what goes out: the page of a 404 that only renews keeps its no-store", async () => {
  const { client, clock } = visits({
    "/": async (request) => {
      await request.session;
      throw new HttpNotFound();
    },
  });
  await client.get("/in");
  clock.travel(600);
  const response = await client.get("/");
  assertEquals([response.status, response.headers.getSetCookie().length], [404, 1]);
  assertEquals(response.headers.get("cache-control"), "no-store");
});

Deno.test("a cookie of our name that the view set itself is replaced; others are kept", async () => {
  const { client } = visits({
    "/": async (request) => {
      const headers = new Headers();
      for (
        const cookie of [
          "a=1; Path=/",
          `${SAMPLE_COOKIE}=mine; Path=/; Secure`,
          `${SAMPLE_COOKIE} =spaced; Path=/; Secure`,
          "session=plain",
          `x${SAMPLE_COOKIE}=2`,
          `b=${SAMPLE_COOKIE}=3`,
        ]
      ) {
        headers.append("set-cookie", cookie);
      }
      if (request.query.has("change")) (await request.session).set("user", "eve");
      return new Response("x", { headers });
    },
  });
  const names = (response: Response) =>
    response.headers.getSetCookie().map((cookie) => cookie.slice(0, cookie.indexOf("=")));
  assertEquals(names(await client.get("/?change")), [
    "a",
    "session",
    `x${SAMPLE_COOKIE}`,
    "b",
    SAMPLE_COOKIE,
  ]);
  assertEquals(names(await client.get("/")).length, 6);
});

Deno.test("on HEAD and a prefetch nothing is renewed and no message is taken; other writes commit", async (t) => {
  const peeks = [200, "Welcome", null], asksAgain = [503, null, "no-store"];
  const rows: Record<string, [init: RequestInit, popped: unknown[]]> = {
    "HEAD": [{ method: "HEAD" }, peeks],
    "a prefetch": [{ headers: { "sec-purpose": "prefetch" } }, asksAgain],
    "a prerender": [{ headers: { "sec-purpose": "prefetch;prerender" } }, asksAgain],
  };
  for (const [name, [init, popped]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const { client, clock } = visits({
        "/flash": async (request) => {
          (await request.session).flash("Welcome");
          return html`x`;
        },
        "/pop": async (request) =>
          new Response(null, { headers: { "x-flash": (await request.session).popFlash().join() } }),
        "/write": async (request) => {
          (await request.session).set("count", 1);
          return html`x`;
        },
      });
      await client.get("/in");
      await client.get("/flash");
      const passive = await client.fetch("/pop", init);
      const { status, headers } = passive;
      assertEquals([status, headers.get("x-flash"), headers.get("cache-control")], popped);
      assertEquals(headers.getSetCookie(), []);
      const active = await client.get("/pop");
      assertEquals([active.headers.get("x-flash"), ...said(active)], ["Welcome", 1, "Cookie"]);
      assertEquals((await client.get("/pop")).headers.get("x-flash"), "");
      clock.travel(600);
      assertEquals(said(await client.fetch("/read", init)), [0, "Cookie"]);
      assertEquals(said(await client.fetch("/write", init)), [1, "Cookie"]);
      clock.travel(600);
      assertEquals(said(await client.get("/read")), [1, "Cookie"]);
    });
  }
});

Deno.test("a message that a prefetch would take is shown once, by the request that the browser sends again", async (t) => {
  // As Chromium sends them.
  const shared = {
    "sec-fetch-site": "same-origin",
    "sec-fetch-mode": "navigate",
    "sec-fetch-dest": "document",
    "upgrade-insecure-requests": "1",
    "accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8",
  };
  const rows: Record<string, Record<string, string>> = {
    "prefetch by speculation rules": { ...shared, "sec-purpose": "prefetch" },
    "prerender by speculation rules": {
      ...shared,
      "sec-purpose": "prefetch;prerender",
      "purpose": "prefetch",
    },
    "prefetch through a proxy": { ...shared, "sec-purpose": "prefetch;anonymous-client-ip" },
    "a link rel=prefetch": { ...shared, "sec-purpose": "prefetch", "sec-fetch-dest": "empty" },
  };
  for (const [name, headers] of Object.entries(rows)) {
    await t.step(name, async () => {
      const { client, errors } = visits({
        "/flash": async (request) => {
          (await request.session).flash("Saved").set("count", 1);
          return html`x`;
        },
        "/pop": async (request) => html`${(await request.session).popFlash().join()}`,
        "/peek": async (request) => html`${(await request.session).peekFlash().join()}`,
      });
      await client.get("/flash");
      const ahead = await client.get("/pop", { headers });
      assertEquals([ahead.status, ahead.headers.get("cache-control")], [503, "no-store"]);
      assertEquals(ahead.headers.getSetCookie(), []);
      assert(!(await ahead.text()).includes("Saved"));
      const peeked = await client.get("/peek", { headers });
      assertEquals([peeked.status, await peeked.text()], [200, "Saved"]);
      assertEquals(await (await client.get("/pop")).text(), "Saved");
      const after = await client.get("/pop", { headers });
      assertEquals([after.status, await after.text()], [200, ""]);
      assertEquals(errors, []);
    });
  }
});

Deno.test("a view with renewSession: false counts as no activity, and saves what it changes", async (t) => {
  const poll = (work: (session: Awaited<Parameters<SampleView>[0]["session"]>) => unknown) =>
    sampleApp({
      "/in": async (request) => {
        (await request.session).set("user", "ada").set("list", [1]);
        return html`in`;
      },
      "/read": async (request) => html`${(await request.session).get("user")}`,
    }, {
      session: { timeout: 1200 },
      configure: (config) =>
        config.addRoute("poll", "/poll").addView(async (request) => {
          await work(await request.session);
          return html`${(await request.session).get("user")}`;
        }, { routeName: "poll", renewSession: false }),
    });
  const text = async (response: Response) => await response.text();
  await t.step("read: no cookie, and the idle limit goes on", async () => {
    const { client, clock } = poll(() => {});
    await client.get("/in");
    for (let minute = 1; minute <= 20; minute++) {
      clock.travel(60);
      const response = await client.get("/poll");
      assertEquals([await text(response), ...said(response)], ["ada", 0, "Cookie"]);
    }
    clock.travel(0.001);
    assertEquals(await text(await client.get("/read")), "");
  });
  await t.step("other requests renew as ever", async () => {
    const { client, clock } = poll(() => {});
    await client.get("/in");
    clock.travel(600);
    assertEquals(said(await client.get("/poll")), [0, "Cookie"]);
    assertEquals(said(await client.get("/read")), [1, "Cookie"]);
    clock.travel(1200);
    assertEquals(await text(await client.get("/poll")), "ada");
  });
  await t.step("write: it is saved, and the idle limit goes on", async () => {
    let count = 0;
    const { client, clock } = poll((session) => session.set("count", ++count));
    await client.get("/in");
    for (let minute = 1; minute <= 20; minute++) {
      clock.travel(60);
      assertEquals(said(await client.get("/poll")), [1, "Cookie"]);
    }
    clock.travel(0.001);
    assertEquals(await text(await client.get("/read")), "");
  });
  await t.step("remember(): it is saved, and counts from the last activity", async () => {
    let isAsked = true;
    const { client, clock } = poll((session) => {
      if (isAsked) session.remember(3600);
    });
    await client.get("/in");
    clock.travel(600);
    await client.get("/poll");
    isAsked = false;
    clock.travel(3000);
    assertEquals(await text(await client.get("/poll")), "ada");
    clock.travel(0.001);
    assertEquals(await text(await client.get("/poll")), "");
  });
  await t.step("a session that begins in it, and a sign-in, begin now", async () => {
    for (const visit of ["/nowhere", "/in"]) {
      const users: unknown[] = [];
      const { client, clock } = poll((session) => {
        users.push(session.userId);
        session.bindTo("ada");
      });
      await client.get(visit);
      clock.travel(600);
      assertEquals(said(await client.get("/poll")), [1, "Cookie"]);
      clock.travel(1200);
      assertEquals(said(await client.get("/poll")), [1, "Cookie"], visit);
      assertEquals(users, [undefined, "ada"]);
    }
  });
});

Deno.test("responses of every make carry their cookie", async (t) => {
  const write = async (request: Parameters<SampleView>[0]) => {
    (await request.session).set("count", Math.random());
  };
  const rows: Record<string, [status: number, make: () => Response | Promise<Response>]> = {
    "Response.redirect()": [302, () => Response.redirect("https://app.test/x")],
    "what fetch() brought": [200, () => fetch("data:text/plain,hello")],
    "304": [304, () => new Response(null, { status: 304, headers: { etag: '"a"' } })],
    "204": [204, () => new Response(null, { status: 204 })],
    "a stream": [200, () => new Response(ReadableStream.from([new TextEncoder().encode("x")]))],
    "JSON": [200, () => Response.json({})],
  };
  for (const [name, [status, make]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const { client } = visits({
        "/": async (request) => {
          await write(request);
          return await make();
        },
      });
      const response = await client.get("/");
      assertEquals([response.status, ...said(response)], [status, 1, "Cookie"]);
      await response.body?.cancel();
    });
  }
});

Deno.test("a response that is kept for all requests hands nobody's cookie to another", async (t) => {
  const rows: Record<string, () => Response> = {
    "204": () => new Response(null, { status: 204 }),
    "200 without a body": () => new Response(null, { headers: { "content-type": "text/plain" } }),
  };
  for (const [name, make] of Object.entries(rows)) {
    await t.step(name, async () => {
      const kept = make();
      const { client, app } = sampleApp({
        "/in": async (request) => {
          (await request.session).set("user", "ada");
          return kept;
        },
        "/read": async (request) => {
          (await request.session).get("user");
          return kept;
        },
        "/none": () => kept,
      });
      assertEquals((await client.get("/in")).headers.getSetCookie().length, 1);
      for (const path of ["/read", "/none"]) {
        const response = await app.fetch(new Request(`https://app.test${path}`));
        assertEquals(response.headers.getSetCookie(), [], path);
      }
    });
  }
});

Deno.test("a response that is kept for all requests is left as it is by headers and callbacks of one", async () => {
  const kept = new Response(null, { status: 204 });
  const { app } = sampleApp({
    "/": (request) => {
      request.responseHeaders.append("set-cookie", `a=${request.query.get("a")}`);
      request.addResponseCallback((_request, response) => response.headers.set("x-a", "1"));
      return kept;
    },
  });
  for (const a of ["1", "2"]) {
    const response = await app.fetch(new Request(`https://app.test/?a=${a}`));
    assertEquals([response.headers.getSetCookie(), response.headers.get("x-a")], [[`a=${a}`], "1"]);
  }
  assertEquals([...kept.headers], []);
});

Deno.test("withSession() leaves the headers of a response that cannot be changed to a copy", () => {
  const fixed = Response.redirect("https://app.test/");
  const answer = withSession(fixed, { do: "write", cookies: ["a=1", "b=2"] });
  assertEquals(answer.headers.getSetCookie(), ["a=1", "b=2"]);
  assertEquals([answer.status, answer.headers.get("location")], [302, "https://app.test/"]);
  assertEquals(fixed.headers.has("set-cookie"), false);
});

Deno.test("withSession() of nothing says Vary: Cookie and leaves the rest alone", () => {
  const response = new Response("x", { headers: { "cache-control": "public" } });
  const answer = withSession(response, { do: "nothing" });
  assertEquals(answer.headers.get("cache-control"), "public");
  assertEquals(answer.headers.get("vary"), "Cookie");
});

Deno.test("ResponseContext.mayRenew is refused to shared caches, HEAD and prefetches", () => {
  const MADE = { byException: false, isCsrfExempt: false };
  const request = (method: string, headers: HeadersInit = {}) => {
    const raw = new Request("https://app.test/", { method, headers });
    return { raw, method, headers: raw.headers, origin: "https://app.test" };
  };
  const response = (value?: string) =>
    new Response(null, value === undefined ? {} : { headers: { "cache-control": value } });
  assertStrictEquals(new ResponseContext(request("GET"), response(), MADE).mayRenew, true);
  assertStrictEquals(
    new ResponseContext(request("POST"), response("private"), MADE).mayRenew,
    true,
  );
  assertStrictEquals(
    new ResponseContext(request("GET"), response("max-age=1"), MADE).mayRenew,
    false,
  );
  assertStrictEquals(new ResponseContext(request("HEAD"), response(), MADE).mayRenew, false);
  assertStrictEquals(
    new ResponseContext(request("GET", { "sec-purpose": "prefetch" }), response(), MADE).mayRenew,
    false,
  );
});
