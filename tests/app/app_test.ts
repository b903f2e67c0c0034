/**
 * `App`: one request from door to door.
 *
 * @module
 */

import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertMatch,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "jsr:@std/assert@^1.0.0";
import {
  App,
  Configurator,
  html,
  HttpError,
  HttpForbidden,
  HttpFound,
  HttpNotFound,
  HttpServiceUnavailable,
  redirect,
  Session,
  type SessionFactory,
  SessionTooLargeError,
} from "@pyramidion/pyramidion";
import { recordingLogger, SAMPLE_COOKIE, sampleApp, type SampleData } from "../sample_app.ts";

const request = (path = "/", init?: RequestInit) => new Request(`https://app.test${path}`, init);

const TOO_MUCH = "x".repeat(5000);

/** A visitor of views that read and write the user's name. */
function users() {
  return sampleApp({
    "/in": async (request) => {
      (await request.session).set("user", request.query.get("user") ?? "ada");
      return html`in`;
    },
    "/read": async (request) => html`${(await request.session).get("user") ?? "nobody"}`,
    "/large": async (request) => {
      (await request.session).set("user", TOO_MUCH);
      return html`large`;
    },
  });
}

/** A store that is down. */
function downFactory(
  down: unknown = new HttpServiceUnavailable("Back soon"),
): SessionFactory<SampleData> {
  return { load: () => Promise.reject(down), commit: () => ({ do: "nothing" }) };
}

Deno.test("App.fetch gives a Response without a promise where the view needs none", () => {
  const { app } = sampleApp({ "/": () => new Response("x"), "/markup": () => html`x` });
  assertInstanceOf(app.fetch(request()), Response);
  assertInstanceOf(app.fetch(request("/markup")), Response);
});

Deno.test("App.fetch hands on a Response untouched, the very same, where nobody touched anything", async () => {
  const now = new Response("x"), later = new Response("x");
  const { app } = sampleApp({ "/": () => now, "/later": () => Promise.resolve(later) });
  assertStrictEquals(app.fetch(request()), now);
  assertStrictEquals(await app.fetch(request("/later")), later);
  for (const { headers } of [now, later]) {
    assertEquals([...headers], [["content-type", "text/plain;charset=UTF-8"]]);
  }
});

Deno.test("App.fetch is an own function: it needs no this", async () => {
  const { app } = sampleApp({ "/": () => new Response("x") });
  const { fetch } = app satisfies Deno.ServeDefaultExport;
  assert(Object.hasOwn(app, "fetch"));
  assertInstanceOf(app, App);
  assertEquals(await (await fetch(request())).text(), "x");
});

Deno.test("App.fetch hands the connection on to the view", async () => {
  const { client } = sampleApp({
    "/": ({ info }) => new Response(info?.remoteAddr.transport ?? "none"),
  });
  assertEquals(await (await client.get("/")).text(), "tcp");
});

Deno.test("App.fetch answers views that return nothing or an object with 500; the log names the view", async (t) => {
  const nothing = () => {};
  const object = () => ({ user: "ada" });
  const late = () => Promise.resolve(undefined);
  const logger = recordingLogger();
  const config = new Configurator({ logger });
  for (const [name, view] of Object.entries({ nothing, object, late })) {
    // The compiler refuses them, which a user of JavaScript does not see.
    config.addRoute(name, `/${name}`).addView(view as never, { routeName: name });
  }
  const app = config.makeApp();
  for (const name of ["nothing", "object", "late"]) {
    await t.step(name, async () => {
      const before = logger.errors.length;
      const response = await app.fetch(request(`/${name}`));
      const page = await response.text();
      assertEquals([response.status, logger.errors.length - before], [500, 1]);
      assertEquals(page, "500 Internal Server Error\n");
      assertMatch(
        String(logger.errors.at(-1)?.cause),
        new RegExp(`TypeError: Cannot answer with what view ${name} returned`),
      );
    });
  }
});

Deno.test("App.fetch logs the method and the path, and nothing of the query", async () => {
  const { client, errors } = sampleApp({
    "/:x": () => {
      throw new Error();
    },
  });
  await client.post("/a%0Ab?token=secret", { password: "secret" });
  assertEquals(errors.map(({ message }) => message), ["POST /a%0Ab failed"]);
});

Deno.test("App.fetch does not reject although the logger throws", async () => {
  const logger = {
    warn: () => {},
    error: () => {
      throw new Error("the log is full");
    },
  };
  const app = new Configurator({ logger }).addRoute("home", "/").addView(() => {
    throw new Error();
  }, { routeName: "home" }).makeApp();
  assertEquals((await app.fetch(request())).status, 500);
});

// Response callbacks

Deno.test("addResponseCallback: called in order, each after the one before is done", async () => {
  const done: string[] = [];
  const { client } = sampleApp({
    "/": (request) => {
      request.addResponseCallback(async () => {
        await Promise.resolve();
        done.push("first");
      });
      request.addResponseCallback(() => void done.push("second"));
      done.push("view");
      return html`x`;
    },
  });
  await client.get("/");
  assertEquals(done, ["view", "first", "second"]);
});

Deno.test("addResponseCallback: it may change the response, replace it, and add another callback", async () => {
  const { client } = sampleApp({
    "/": (request) => {
      request.addResponseCallback((request, response) => {
        response.headers.set("x-first", "1");
        request.addResponseCallback((_request, response) => response.headers.append("x-last", "3"));
      });
      request.addResponseCallback((_request, response) =>
        new Response("replaced", { status: 201, headers: response.headers })
      );
      return html`x`;
    },
  });
  const response = await client.get("/");
  assertEquals([response.status, await response.text()], [201, "replaced"]);
  assertEquals([response.headers.get("x-first"), response.headers.get("x-last")], ["1", "3"]);
});

Deno.test("addResponseCallback: immutable responses come as copies that can be changed", async () => {
  const { client } = sampleApp({
    "/": (request) => {
      for (const n of ["1", "2"]) {
        request.addResponseCallback((_request, response) => {
          response.headers.append("x-seen", n);
          return n === "1" ? Response.redirect("https://app.test/other", 307) : undefined;
        });
      }
      return Response.redirect("https://app.test/");
    },
  });
  const response = await client.get("/");
  assertEquals([response.status, response.headers.get("x-seen")], [307, "2"]);
});

Deno.test("addResponseCallback: it sees the answers to errors", async (t) => {
  const rows: Record<string, [thrown: unknown, status: number]> = {
    "an HttpError": [new HttpForbidden(), 403],
    "a redirection": [new HttpFound("/x"), 302],
    "an unexpected error": [new Error(), 500],
  };
  for (const [name, [thrown, status]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const seen: number[] = [];
      const { client } = sampleApp({
        "/": (request) => {
          request.addResponseCallback((_request, response) => void seen.push(response.status));
          throw thrown;
        },
      });
      assertEquals([(await client.get("/")).status, seen], [status, [status]]);
    });
  }
});

Deno.test("addResponseCallback: it sees the request, and its session writes are committed", async () => {
  const { client } = sampleApp({
    "/": (request) => {
      request.addResponseCallback(async (same, response) => {
        assertStrictEquals(same, request);
        (await same.session).set("count", response.status);
      });
      return html`x`;
    },
    "/read": async (request) => html`${(await request.session).get("count")}`,
  });
  assertEquals((await client.get("/")).headers.getSetCookie().length, 1);
  assertEquals(await (await client.get("/read")).text(), "200");
});

Deno.test("addResponseCallback: one that throws is a 500 without the session, logged once", async () => {
  const error = new Error("callback");
  const { client, errors } = sampleApp({
    "/": async (request) => {
      (await request.session).set("user", "ada");
      request.responseHeaders.set("x-kept", "yes");
      request.addResponseCallback(() => {
        throw error;
      });
      return html`x`;
    },
  });
  const response = await client.get("/");
  assertEquals([response.status, response.headers.getSetCookie()], [500, []]);
  assertEquals([response.headers.get("x-kept"), response.headers.get("vary")], [
    "yes",
    "accept, Cookie",
  ]);
  assertEquals(errors.map(({ cause }) => cause), [error]);
});

Deno.test("addResponseCallback: an exception view answers one that throws, and callbacks are not called again", async () => {
  let called = 0;
  const { client, errors } = sampleApp({
    "/": (request) => {
      request.addResponseCallback(() => {
        called++;
        throw new RangeError("callback");
      });
      return html`x`;
    },
  }, {
    configure: (config) =>
      config.addExceptionView((error) => html`sorry: ${error.message}`, { context: RangeError }),
  });
  assertEquals(await (await client.get("/")).text(), "sorry: callback");
  assertEquals([called, errors], [1, []]);
});

// Errors and the session

Deno.test("an unexpected error commits nothing; HttpErrors, redirections and exception views commit", async (t) => {
  class Foreseen extends Error {}
  const { client, errors } = sampleApp({
    "/set/:kind": async (request) => {
      (await request.session).set("user", request.matchdict.kind ?? "");
      switch (request.matchdict.kind) {
        case "unexpected":
          throw new Error();
        case "string":
          throw "text";
        case "error":
          throw new HttpForbidden("", { headers: { "set-cookie": "own=1" } });
        case "redirection":
          throw new HttpFound("/read");
        case "foreseen":
          throw new Foreseen();
        case "returned":
          return new HttpNotFound();
        default:
          return redirect("/read");
      }
    },
    "/read": async (request) => html`${(await request.session).get("user") ?? "nobody"}`,
  }, {
    configure: (config) => config.addExceptionView(() => html`sorry`, { context: Foreseen }),
  });
  type Row = [status: number, user: string];
  const rows: Record<string, Row> = {
    "unexpected": [500, "nobody"],
    "string": [500, "nobody"],
    "error": [403, "error"],
    "redirection": [302, "redirection"],
    "foreseen": [500, "foreseen"],
    "returned": [404, "returned"],
    "sent": [302, "sent"],
  };
  for (const [kind, [status, user]] of Object.entries(rows)) {
    await t.step(kind, async () => {
      const response = await client.get(`/set/${kind}`);
      assertEquals(response.status, status);
      assertEquals(await (await client.get("/read")).text(), user);
      if (kind === "error") assertEquals(client.cookie("own", "/set/x"), "1");
    });
  }
  assertEquals(errors.length, 2);
});

Deno.test("a 500 says Vary: Cookie but neither sets nor deletes a cookie", async () => {
  const { client } = sampleApp({
    "/in": async (request) => {
      (await request.session).set("user", "ada");
      return html`x`;
    },
    "/": async (request) => {
      (await request.session).invalidate();
      throw new Error();
    },
  });
  await client.get("/in");
  const before = client.cookie(SAMPLE_COOKIE);
  const response = await client.get("/");
  assertEquals([response.status, response.headers.getSetCookie()], [500, []]);
  assertEquals(response.headers.get("vary"), "accept, Cookie");
  assertEquals(client.cookie(SAMPLE_COOKIE), before);
});

Deno.test("an exception view's own writes are committed", async () => {
  const { client } = sampleApp({
    "/": () => {
      throw new HttpForbidden();
    },
    "/read": async (request) => html`${(await request.session).popFlash()}`,
  }, {
    configure: (config) =>
      config.addExceptionView(async (_error, request) => {
        (await request.session).flash("Sign in first");
        return redirect("/login");
      }, { context: HttpForbidden }),
  });
  assertEquals((await client.get("/")).headers.getSetCookie().length, 1);
  assertEquals(await (await client.get("/read")).text(), "Sign in first");
});

Deno.test("setOnException: false keeps the session of what was thrown from going out", async () => {
  const { client } = sampleApp({
    "/thrown": async (request) => {
      (await request.session).set("user", "ada");
      throw new HttpFound("/");
    },
    "/returned": async (request) => {
      (await request.session).set("user", "ada");
      return redirect("/");
    },
  }, { session: { setOnException: false } });
  assertEquals((await client.get("/thrown")).headers.getSetCookie(), []);
  assertEquals((await client.get("/returned")).headers.getSetCookie().length, 1);
});

// The commit fails

Deno.test("SessionTooLargeError that nobody answers is a 413, logged once, and the old cookie stays", async () => {
  const { client, errors } = users();
  await client.get("/in");
  const before = client.cookie(SAMPLE_COOKIE);
  const response = await client.get("/large");
  assertEquals([response.status, response.headers.getSetCookie()], [413, []]);
  assertEquals((await response.text()).includes("xxx"), false);
  assertEquals(response.headers.get("vary"), "accept, Cookie");
  assertEquals(client.cookie(SAMPLE_COOKIE), before);
  assertEquals(await (await client.get("/read")).text(), "ada");
  assertEquals(errors.map(({ message }) => message), ["GET /large failed"]);
  assertInstanceOf(errors[0]?.cause, SessionTooLargeError);
});

Deno.test("an exception view answers SessionTooLargeError; its answer is not committed", async () => {
  const sizes: unknown[] = [];
  const { client, errors } = sampleApp({
    "/": async (request) => {
      (await request.session).set("user", TOO_MUCH);
      request.responseHeaders.set("x-kept", "yes");
      return html`x`;
    },
  }, {
    configure: (config) =>
      config.addExceptionView(async (error, request) => {
        sizes.push(error.keys[0]?.key);
        const session = await request.session;
        assertThrows(() => session.set("user", "small"), Error, "Cannot set");
        return html`too much`.toResponse({ status: 507 });
      }, { context: SessionTooLargeError }),
  });
  const response = await client.get("/");
  assertEquals([response.status, await response.text()], [507, "too much"]);
  assertEquals([response.headers.getSetCookie(), response.headers.get("vary")], [[], "Cookie"]);
  assertEquals(response.headers.get("x-kept"), "yes");
  assertEquals([sizes, errors], [["user"], []]);
});

Deno.test("a commit error is a 500, logged once, where the exception view for it fails too", async (t) => {
  const down = new Error("store down");
  const make = (view?: () => never) =>
    sampleApp({
      "/": async (request) => {
        (await request.session).set("user", "ada");
        return html`x`;
      },
    }, {
      sessionFactory: {
        load: () => new Session<SampleData>(),
        commit: () => Promise.reject(down),
      },
      ...(view === undefined ? {} : { configure: (config) => config.addExceptionView(view) }),
    });
  await t.step("without a view", async () => {
    const { client, errors } = make();
    const response = await client.get("/");
    assertEquals([response.status, errors.map(({ cause }) => cause)], [500, [down]]);
    assertEquals(response.headers.get("vary"), "accept, Cookie");
  });
  await t.step("a view that throws", async () => {
    const second = new Error("second");
    const { client, errors } = make(() => {
      throw second;
    });
    assertEquals((await client.get("/")).status, 500);
    assertEquals(errors.map(({ cause }) => cause), [down, second]);
  });
  await t.step("a view that throws an HttpError", async () => {
    const { client } = make(() => {
      throw new HttpServiceUnavailable();
    });
    assertEquals((await client.get("/")).status, 503);
  });
});

Deno.test("a commit that throws at once is answered like one that rejects", async () => {
  const { client, errors } = sampleApp({
    "/": async (request) => html`${(await request.session).size}`,
  }, {
    sessionFactory: {
      load: () => new Session<SampleData>(),
      commit: () => {
        throw new RangeError("at once");
      },
    },
  });
  assertEquals([(await client.get("/")).status, errors.length], [500, 1]);
});

Deno.test("the commit is asked once, with what was thrown and whether renewals are welcome", async () => {
  const contexts: unknown[] = [];
  const { client } = sampleApp({
    "/": async (request) => {
      await request.session;
      if (request.query.has("throw")) throw new HttpNotFound();
      return new Response("x", { headers: { "cache-control": request.query.get("cache") ?? "" } });
    },
  }, {
    sessionFactory: {
      load: () => new Session<SampleData>(),
      commit: (_session, _request, { byException, mayRenew }) => {
        contexts.push({ byException, mayRenew });
        return { do: "nothing" };
      },
    },
  });
  await client.get("/?cache=private");
  await client.get("/?cache=public");
  await client.get("/?throw");
  await client.head("/?cache=private");
  assertEquals(contexts, [
    { byException: false, mayRenew: true },
    { byException: false, mayRenew: false },
    { byException: true, mayRenew: true },
    { byException: false, mayRenew: false },
  ]);
});

// The store is down

Deno.test("a store that is down is a 503 for views that ask, and nothing for the rest", async () => {
  const { client, errors } = sampleApp({
    "/asks": async (request) => html`${(await request.session).get("user")}`,
    "/none": () => html`none`,
  }, { sessionFactory: downFactory() });
  const response = await client.get("/asks");
  assertEquals([response.status, await response.text()], [
    503,
    "503 Service Unavailable\n\nBack soon\n",
  ]);
  assertEquals(response.headers.get("vary"), "accept, Cookie");
  const none = await client.get("/none");
  assertEquals([none.status, none.headers.has("vary")], [200, false]);
  assertEquals(errors, []);
});

Deno.test("a store that is down goes through exception views, which may ask again", async () => {
  const { client, errors } = sampleApp({
    "/": async (request) => html`${(await request.session).get("user")}`,
  }, {
    sessionFactory: downFactory(),
    configure: (config) =>
      config.addExceptionView(async (error, request) => {
        await assertRejects(() => request.session, HttpServiceUnavailable);
        return html`${error.status} sorry`.toResponse({ status: error.status });
      }, { context: HttpServiceUnavailable }),
  });
  const response = await client.get("/");
  assertEquals([response.status, await response.text()], [503, "503 sorry"]);
  assertEquals(errors, []);
});

Deno.test("a view that asked and did not await is answered although the store is down", async () => {
  const { client, errors } = sampleApp({
    "/": (request) => {
      request.session;
      return html`answered`;
    },
  }, { sessionFactory: downFactory() });
  const response = await client.get("/");
  assertEquals([response.status, await response.text(), response.headers.get("vary")], [
    200,
    "answered",
    "Cookie",
  ]);
  assertEquals(errors, []);
});

Deno.test("a load that rejects with another error is a 500, logged", async () => {
  const down = new TypeError("socket");
  const { client, errors } = sampleApp({
    "/": async (request) => html`${(await request.session).get("user")}`,
  }, { sessionFactory: downFactory(down) });
  assertEquals((await client.get("/")).status, 500);
  assertEquals(errors.map(({ cause }) => cause), [down]);
});

Deno.test("a load that throws at once is answered like one that rejects", async () => {
  const factory: SessionFactory<SampleData> = {
    load: () => {
      throw new HttpServiceUnavailable();
    },
    commit: () => ({ do: "nothing" }),
  };
  const { client } = sampleApp({
    "/": async (request) => html`${(await request.session).get("user")}`,
  }, { sessionFactory: factory });
  assertEquals((await client.get("/")).status, 503);
});

Deno.test("a session that is touched and not awaited is awaited at the commit", async () => {
  const { client } = sampleApp({
    "/": (request) => {
      request.session.then((session) => session.set("user", "ada"));
      return html`x`;
    },
    "/read": async (request) => html`${(await request.session).get("user")}`,
  });
  assertEquals((await client.get("/")).headers.getSetCookie().length, 1);
  assertEquals(await (await client.get("/read")).text(), "ada");
});

// After the commit

Deno.test("a write after the commit throws and names what to do", async (t) => {
  const rows: Record<string, (session: Session<SampleData>) => unknown> = {
    set: (session) => session.set("user", "late"),
    delete: (session) => session.delete("user"),
    flash: (session) => session.flash("late"),
    invalidate: (session) => session.invalidate(),
  };
  for (const [name, write] of Object.entries(rows)) {
    await t.step(name, async () => {
      let kept: Session<SampleData> | undefined;
      const { client } = sampleApp({
        "/": async (request) => {
          kept = await request.session;
          return html`x`;
        },
      });
      await client.get("/");
      assert(kept !== undefined);
      assertEquals(kept.get("user"), undefined);
      const session = kept;
      assertThrows(() => write(session), Error, "the response is already on its way");
    });
  }
});

Deno.test("a write after an answer that commits nothing throws too", async (t) => {
  const rows: Record<string, () => unknown> = {
    "an unexpected error": () => {
      throw new Error();
    },
    "nothing returned": () => undefined,
  };
  for (const [name, end] of Object.entries(rows)) {
    await t.step(name, async () => {
      let kept: Session<SampleData> | undefined;
      const { client } = sampleApp({
        "/": async (request) => {
          kept = await request.session;
          return end() as Response;
        },
      });
      assertEquals((await client.get("/")).status, 500);
      const session = kept;
      assert(session !== undefined);
      assertThrows(() => session.set("user", "late"), Error, "Cannot set");
    });
  }
});

Deno.test("a session that is first asked for after the commit can be read and not written", async () => {
  const { client } = sampleApp({
    "/in": async (request) => {
      (await request.session).set("user", "ada");
      return html`x`;
    },
    "/stream": (request) =>
      new Response(
        new ReadableStream({
          async pull(controller) {
            const session = await request.session;
            let said = `${session.get("user")}`;
            try {
              session.set("user", "late");
            } catch (error) {
              said += ` ${error instanceof Error ? error.message.slice(0, 10) : ""}`;
            }
            controller.enqueue(new TextEncoder().encode(said));
            controller.close();
          },
        }, { highWaterMark: 0 }),
      ),
  });
  await client.get("/in");
  const response = await client.get("/stream");
  assertEquals([response.headers.getSetCookie(), response.headers.has("vary")], [[], false]);
  assertEquals(await response.text(), "ada Cannot set");
});

Deno.test("a request that is never asked for its session reads no cookie and uses no key", async () => {
  let loads = 0;
  const factory: SessionFactory<SampleData> = {
    load: () => {
      loads++;
      throw new Error("loaded");
    },
    commit: () => {
      throw new Error("committed");
    },
  };
  const { client } = sampleApp({
    "/": (request) => html`${request.query.get("a")} ${[...request.cookies].length}`,
    "/thrown": () => {
      throw new HttpNotFound();
    },
  }, { sessionFactory: factory });
  assertEquals((await client.get("/?a=1")).status, 200);
  assertEquals((await client.get("/thrown")).status, 404);
  assertEquals((await client.get("/nothing")).status, 404);
  assertEquals(loads, 0);
});

Deno.test("two visitors' sessions are apart, also at the same time", async () => {
  const { app } = users();
  const cookieOf = (response: Response) =>
    (response.headers.getSetCookie()[0] ?? "").split(";")[0] ?? "";
  const names = ["ada", "eve", "kim"];
  const cookies = await Promise.all(
    names.map(async (name) => cookieOf(await app.fetch(request(`/in?user=${name}`)))),
  );
  const read = await Promise.all(
    cookies.map(async (cookie) =>
      await (await app.fetch(request("/read", { headers: { cookie } }))).text()
    ),
  );
  assertEquals(read, names);
});

Deno.test("App.fetch answers with the page of an HttpError of one's own, by its status", async () => {
  const { client } = sampleApp({
    "/": () => {
      throw new HttpError(418, "No coffee");
    },
  });
  const response = await client.get("/", { headers: { accept: "application/json" } });
  assertEquals(await response.json(), {
    type: "about:blank",
    title: "I'm a teapot",
    status: 418,
    detail: "No coffee",
  });
});
