/**
 * Development mode: errors show what happened to whoever develops, and without it nothing of the
 * inside is told.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertStrictEquals } from "jsr:@std/assert@^1.0.0";
import {
  type Configurator,
  html,
  HttpConflict,
  HttpFound,
  HttpNotFound,
  type Session,
  type View,
} from "@pyramidion/pyramidion";
import { missingPermission, testUnless } from "../../requirements.ts";
import { SAMPLE_COOKIE, sampleApp, type SampleData, type SampleOptions } from "../../sample_app.ts";

const HTML = { headers: { accept: "text/html" } };

function developedApp(views: Record<string, View<SampleData>>, options: SampleOptions = {}) {
  return sampleApp(views, { ...options, config: { development: true, ...options.config } });
}

/** An app whose one view throws. */
function thrower(thrown: unknown, configure?: (config: Configurator<SampleData>) => void) {
  const view = (): never => {
    throw thrown;
  };
  return developedApp({ "/": view }, configure === undefined ? {} : { configure });
}

/** What a person reads: the text of a page, its entities decoded. */
function readable(page: string): string {
  const entities: Record<string, string> = { lt: "<", gt: ">", quot: '"', "#39": "'", amp: "&" };
  return page.replace(/<style>.*?<\/style>/s, "").replace(/<[^>]*>/g, " ")
    .replace(/&(lt|gt|quot|#39|amp);/g, (_, name) => entities[name] ?? "").replace(/\s+/g, " ");
}

async function pageOf(response: Response | Promise<Response>): Promise<string> {
  return readable(await (await response).text());
}

/** Far from the tests whose secrets its page, which shows this source, must not show. */
const mailer: View<SampleData> = (request) => {
  throw new Error(`Cannot mail "${request.url.href}", nor ${request.url.search}`, {
    cause: { url: request.url.href },
  });
};

function refusedRedirection(location: string) {
  return thrower(new HttpFound(location)).client;
}

function bookApp() {
  return developedApp({
    "/books/:id": async (request) => {
      const session = await request.session;
      session.set("user", "ada lovelace");
      throw new RangeError("No such book", { cause: new TypeError("Shelf is empty") });
    },
  }, {
    configure(config) {
      config.addRoute("hidden", "/books/*", { header: "x-hidden" });
    },
  });
}

Deno.test("in development mode an unforeseen error is a page with all that is known", async (t) => {
  const { client, errors } = bookApp();
  const response = await client.get("/books/7?edition=2", HTML);
  const markup = await response.text();
  const page = readable(markup);

  await t.step("with the status and the log of any other mode", () => {
    assertEquals(response.status, 500);
    assertEquals(errors.map(({ message }) => message), ["GET /books/7 failed"]);
    assertEquals(response.headers.getSetCookie(), []);
  });
  await t.step("kept by no cache, and allowed nothing", () => {
    assertEquals(response.headers.get("cache-control"), "no-store");
    assertEquals(response.headers.get("content-type"), "text/html; charset=utf-8");
    assertEquals(response.headers.get("x-content-type-options"), "nosniff");
    assertMatch(
      response.headers.get("content-security-policy") ?? "",
      /^default-src 'none'; style-src/,
    );
  });
  await t.step("a whole page that says what mode this is", () => {
    assertMatch(markup, /^<!DOCTYPE html>\n<html lang="en">/);
    for (
      const part of [
        '<meta charset="utf-8">',
        "<title>500 RangeError: No such book</title>",
        "<main>",
        "</html>\n",
      ]
    ) {
      assert(markup.includes(part), part);
    }
    assertEquals(markup.match(/<h1>/g)?.length, 1);
    assert(!markup.includes("<script"));
    assertMatch(
      page,
      /^ ?500 RangeError: No such book Pyramidion development mode This page shows source code, the request and the session\. Visitors must not see it\./,
    );
  });
  await t.step("the error and its cause, in this order", () => {
    assertMatch(
      page,
      /500 Internal Server Error for GET \/books\/7\?edition=2 RangeError No such book .*Caused by: TypeError Shelf is empty/,
    );
  });
  await t.step("the route, what it captured, and why others do not answer", () => {
    assertMatch(page, /Matched route name \/books\/:id pattern \/books\/:id id 7 /);
    assertMatch(page, /Routes and views tried route \/books\/:id matches view \S+ answers /);
  });
  await t.step("the session's keys and sizes, and no value", () => {
    // {"user":"ada lovelace"} without braces and colon.
    assertMatch(page, /Session state new .* CSRF token none key user 20 bytes /);
    assert(!markup.slice(markup.indexOf("<h2>Session")).includes("lovelace"));
  });
});

const missing = missingPermission({ name: "read" });

testUnless(missing, "in development mode the app's own frames and source come first", async (t) => {
  const { client } = bookApp();
  const markup = await (await client.get("/books/7", HTML)).text();
  await t.step("the line that threw is marked, among those round it", () => {
    const marked = [...markup.matchAll(/<mark>(.*?)<\/mark>/g)].map(([, line = ""]) =>
      readable(line).trim()
    );
    assertEquals(marked.length, 2);
    for (const line of marked) {
      assertMatch(
        line,
        /^\d+ throw new RangeError\("No such book", \{ cause: new TypeError\("Shelf is empty"\) \}\);$/,
      );
    }
    assertMatch(markup, /<span class="line"><span class="number">\d+<\/span> +session\.set\(/);
  });
  await t.step("the frames of the app are listed before those of the library", () => {
    const page = readable(markup);
    const own = /In the app (at .*?) Full stack: (\d+) frames? (at .*?) Caused by/.exec(page);
    assertMatch(own?.[1] ?? "", /^at [^)]*\/tests\/app\/development\/page_test\.ts:\d+:\d+\)/);
    assert(!own?.[1]?.includes("/lib/"));
    assertMatch(own?.[3] ?? "", /\/lib\/[a-z]+\/[a-z_]+\.ts:/);
  });
});

Deno.test("in development mode whoever does not ask for HTML gets the same as text", async (t) => {
  const { client } = bookApp();
  const rows: Record<string, HeadersInit> = {
    "curl": { accept: "*/*" },
    "no wish": {},
    "JSON": { accept: "application/json" },
    "text": { accept: "text/plain" },
  };
  for (const [name, headers] of Object.entries(rows)) {
    await t.step(name, async () => {
      const response = await client.get("/books/7", { headers });
      const text = await response.text();
      assertEquals(response.headers.get("content-type"), "text/plain; charset=utf-8");
      assertEquals([response.status, response.headers.get("cache-control")], [500, "no-store"]);
      assertMatch(
        text,
        /^500 Internal Server Error\n\nPyramidion development mode\. This page shows .+\n\nRangeError: No such book\n/,
      );
      for (
        const line of [
          "Caused by: TypeError: Shelf is empty",
          "  route /books/:id matches",
          "  id: 7",
          "  key user: 20 bytes",
          "  GET https://app.test/books/7",
        ]
      ) {
        assert(text.split("\n").includes(line), `${line} in ${text}`);
      }
    });
  }
});

testUnless(
  missing,
  "in development mode the text too has the app's own frames before the others",
  async () => {
    const { client } = bookApp();
    const text = await (await client.get("/books/7")).text();
    const parts = text.split("\n\n");
    const [source = "", heading = "", outside = ""] = parts.slice(
      parts.indexOf("RangeError: No such book") + 1,
    );
    assertMatch(source, /^ {2}> +\d+ \|  +throw new RangeError\(/m);
    assertMatch(
      heading,
      /^In the app\n {2}at [^\n]*\/tests\/app\/development\/page_test\.ts:\d+:\d+\)?$/m,
    );
    assert(!heading.includes("/lib/"), heading);
    assertMatch(outside, /^Outside of the app\n {2}at /);
    assert(!outside.includes("development/page_test"), outside);
    const titles = parts.map((part) => part.split("\n")[0]);
    assertEquals(titles.slice(titles.indexOf("Routes and views tried")), [
      "Routes and views tried",
      "Matched route",
      "Session",
      "Request",
    ]);
  },
);

Deno.test("in development mode errors without own frames, or without frames, have no such part", async (t) => {
  const rows: Record<string, [stack: string, parts: string[]]> = {
    "none of the app": ["Error: no\n    at ext:core/1.js:1:1", ["Outside of the app"]],
    "of the app only": ["Error: no\n    at file:///no/such.ts:1:1", ["In the app"]],
    "both": [
      "Error: no\n    at file:///no/such.ts:1:1\n    at ext:core/1.js:1:1",
      ["In the app", "Outside of the app"],
    ],
    "none": ["Error: no", []],
  };
  for (const [name, [stack, parts]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const error = Object.assign(new Error("no"), { stack });
      const text = await (await thrower(error).client.get("/")).text();
      assertEquals(text.match(/^(?:In the app|Outside of the app)$/gm) ?? [], parts);
    });
  }
});

Deno.test("the development page tells of a session what a person asks, in numbers and words", async (t) => {
  const rows: Record<string, [work: (session: Session<SampleData>) => void, line: string]> = {
    "an empty text": [(session) => session.set("user", ""), "key user: 8 bytes"],
    "a value that JSON leaves out": [
      (session) => session.set("user", undefined as never),
      "key user: 6 bytes",
    ],
    "a value that JSON cannot write": [
      (session) => session.set("user", 1n as never),
      "key user: size unknown, because JSON cannot write the value",
    ],
    "one flash message": [(session) => session.flash("a"), "flash (default): 1 message"],
    "flash messages of a queue": [
      (session) => session.flash("a", "log").flash("b", "log"),
      "flash log: 2 messages",
    ],
    "a user": [(session) => session.bindTo("ada"), "user: signed in by bindTo()"],
    "no user": [(session) => session.flash("a"), "user: not signed in by bindTo()"],
    "a token": [(session) => {
      session.bindTo("ada");
      session.getCsrfToken();
    }, "CSRF token: made"],
  };
  for (const [name, [work, line]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const { client } = developedApp({
        "/": async (request) => {
          work(await request.session);
          throw new Error("no");
        },
      }, {
        session: {
          // As a serializer that writes more than JSON does.
          serializer: { stringify: (value) => String(value), parse: () => [] },
        },
      });
      const text = await (await client.get("/")).text();
      assert(text.split("\n").includes(`  ${line}`), text);
    });
  }
});

Deno.test("in development mode an HttpError that no view answers keeps its status and headers", async (t) => {
  await t.step("a conflict, whose session is written", async () => {
    const { client } = developedApp({
      "/": async (request) => {
        (await request.session).set("count", 1);
        throw new HttpConflict("Taken", {
          headers: { "x-why": "name", "cache-control": "max-age=9" },
        });
      },
    });
    const response = await client.get("/", HTML);
    assertEquals([response.status, response.headers.get("x-why")], [409, "name"]);
    assertEquals(response.headers.get("cache-control"), "no-store");
    assertMatch(response.headers.getSetCookie()[0] ?? "", new RegExp(`^${SAMPLE_COOKIE}=`));
    assertMatch(await pageOf(response), /409 Conflict for GET \/ HttpConflict Taken /);
  });
  await t.step("a 404, with the reason", async () => {
    const { client } = bookApp();
    assertMatch(
      await pageOf(client.get("/shelf", HTML)),
      /404 Not Found for GET \/shelf HttpNotFound Routes and views tried No route has a pattern that matches this path\. .*Full stack.*Matched route No route matched this request\. /,
    );
  });
  await t.step("a 405, with the reason and what is allowed", async () => {
    const { client } = developedApp({}, {
      configure(config) {
        config.addRoute("home", "/").addView(() => html`x`, {
          routeName: "home",
          requestMethod: "PUT",
        });
      },
    });
    const response = await client.get("/", HTML);
    assertEquals([response.status, response.headers.get("allow")], [405, "PUT"]);
    assertMatch(
      await pageOf(response),
      /HttpMethodNotAllowed Routes and views tried route home matches view at \/\S+\/development\/page_test\.ts:\d+ does not answer: it requires requestMethod PUT .*Where it was thrown/,
    );
    const text = await (await client.get("/")).text();
    assertMatch(
      text,
      /\n\nHttpMethodNotAllowed\n\nRoutes and views tried\n {2}route home .*\n\nIn the app\n.*\n\nMatched route\n/s,
    );
  });
  await t.step("a 404 that the app threw, with its line first", async () => {
    const { client } = developedApp({
      "/": () => {
        throw new HttpNotFound("No such book");
      },
    });
    assertMatch(
      await pageOf(client.get("/", HTML)),
      /No such book Where it was thrown .*In the app .*Routes and views tried/,
    );
  });
  await t.step("a redirection redirects", async () => {
    const response = await thrower(new HttpFound("/there")).client.get("/", {
      ...HTML,
      redirect: "manual",
    });
    assertEquals([response.status, response.headers.get("location")], [302, "/there"]);
    assert(!(await response.text()).includes("development mode"));
  });
  await t.step("an error that a view answers is answered by it", async () => {
    const { client } = thrower(new HttpNotFound(), (config) => {
      config.addNotFoundView(() => html`Mine`.toResponse({ status: 404 }));
    });
    assertEquals(await (await client.get("/", HTML)).text(), "Mine");
  });
});

Deno.test("in development mode an exception view that fails shows both errors", async () => {
  const { client, errors } = thrower(new RangeError("first"), (config) => {
    config.addExceptionView(() => {
      throw new TypeError("second");
    });
  });
  const response = await client.get("/", HTML);
  assertEquals(response.status, 500);
  assertMatch(
    await pageOf(response),
    /TypeError second .*Original error: RangeError first /,
  );
  assertEquals(errors.length, 2);
});

Deno.test("in development mode a failing commit is shown too", async () => {
  const { client } = developedApp({
    "/": async (request) => {
      (await request.session).set("user", "x".repeat(5_000));
      return new Response("done");
    },
  });
  const response = await client.get("/", HTML);
  assertEquals(response.status, 413);
  assertMatch(
    await pageOf(response),
    /SessionTooLargeError Cannot store the session .* bytes by key: user 500\d/,
  );
});

Deno.test("the development page masks what somebody could sign in with", async (t) => {
  const secrets = {
    "cookie": "session=c00kie-secret; theme=dark-secret; bare-secret",
    "authorization": "Bearer bearer-secret",
    "proxy-authorization": "Basic basic-secret",
    "x-csrf-token": "csrf-secret",
    "x-api-key": "key-secret",
    "x-session-id": "id-secret",
    "cf-access-jwt-assertion": "jwt-secret",
  };
  for (const accept of ["text/html", "text/plain"]) {
    await t.step(accept, async () => {
      const { app } = bookApp();
      const request = new Request("https://app.test/books/7", { headers: { ...secrets, accept } });
      const page = await (await app.fetch(request)).text();
      assert(!page.includes("-secret"), /.*-secret.*/.exec(page)?.[0]);
      for (
        const shown of [
          "session=(13 characters); theme=(11 characters)",
          "Bearer (13 characters)",
          "Basic (12 characters)",
        ]
      ) {
        assert(page.includes(shown), shown);
      }
    });
  }
});

Deno.test("the development page masks query values as it masks headers, wherever they are", async (t) => {
  const { app } = developedApp({ "/reset": mailer });
  const rows: Record<string, [query: string, shown: string]> = {
    "a token": ["?edition=2&token=abc-secret", "?edition=2&token=(10 characters)"],
    "one character": ["?token=x&a=-secre", "?token=(1 character)&a=-secre"],
    "a name in capitals": ["?resetToken=abc-secret", "?resetToken=(10 characters)"],
    "a name that is escaped": ["?%74oken=abc-secret", "?%74oken=(10 characters)"],
    "a name in brackets": ["?user[password]=abc-secret", "?user[password]=(10 characters)"],
    "the code of OAuth": ["?code=abc-secret&state=9", "?code=(10 characters)&state=9"],
    "several of a name": ["?key=a-secret&key=-secret", "?key=(8 characters)&key=(7 characters)"],
    "a value with = and ?": ["?token=a=b?c=-secret", "?token=(13 characters)"],
    "in a URL in it": ["?next=/reset?token=abc-secret", "?next=/reset?token=(10 characters)"],
    "in an escaped URL in it": [
      "?next=%2Freset%3Ftoken%3Dabc-secret&a=1",
      "?next=(29 characters)&a=1",
    ],
    "in one escaped twice": [
      "?next=%252Freset%253Ftoken%253Dabc-secret",
      "?next=(35 characters)",
    ],
    "names that only look secret": ["?author=ada&keyword=tea", "?author=ada&keyword=tea"],
  };
  for (const [name, [query, shown]] of Object.entries(rows)) {
    for (const accept of ["text/html", "text/plain"]) {
      await t.step(`${name}, ${accept}`, async () => {
        const url = `https://app.test/reset${query}`;
        const headers = { accept, referer: url, "x-original-url": `/reset${query}` };
        const page = await (await app.fetch(new Request(url, { headers }))).text();
        assert(!page.includes("-secret"), /.*-secret.*/.exec(page)?.[0]);
        // The message twice, its cause, the request's line, and two headers; HTML has title and status too.
        const isHtml = accept === "text/html";
        const text = isHtml ? readable(page) : page;
        assertEquals(text.split(shown).length - 1, isHtml ? 9 : 6, text);
      });
    }
  }
});

Deno.test("the development page masks the location of a redirection that was refused", async () => {
  for (const accept of ["text/html", "text/plain"]) {
    const location = "https://other.test/?token=abc-secret#access_token=d-secret";
    const response = refusedRedirection(location).get("/", { headers: { accept } });
    const page = await pageOf(response);
    assert(!page.includes("-secret"), page);
    assertMatch(page, /token=\(10 characters\)#access_token=\(8 characters\)/);
  }
});

Deno.test("the development page masks what a pattern captures under a secret name", async (t) => {
  const { app } = developedApp({ "/reset/:token/:step": mailer, "/mail/:token.html": mailer });
  const rows: Record<string, [path: string, shown: string]> = {
    "a segment": ["/reset/abc-secret/7", "/reset/(10 characters)/7"],
    "an escaped one": ["/reset/%61bc-secret/7", "/reset/(12 characters)/7"],
    "a part of one": ["/mail/abc-secret.html", "/mail/(15 characters)"],
  };
  for (const [name, [path, shown]] of Object.entries(rows)) {
    for (const accept of ["text/html", "text/plain"]) {
      await t.step(`${name}, ${accept}`, async () => {
        const request = new Request(`https://app.test${path}?a=1`, {
          headers: { accept, referer: `https://app.test${path}` },
        });
        const page = readable(await (await app.fetch(request)).text());
        assert(!page.includes("-secret"), page);
        assertMatch(page, /token:? \(10 characters\)/);
        assert(page.includes(`${shown}?a=1`) && page.includes(`app.test${shown} `), page);
      });
    }
  }
});

Deno.test("the development page allows its own styles by their hash, and has none elsewhere", async () => {
  const response = await bookApp().client.get("/books/7", HTML);
  const markup = await response.text();
  const [, style = ""] = /<style>(.*?)<\/style>/s.exec(markup) ?? [];
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(style));
  const hash = `sha256-${new Uint8Array(digest).toBase64()}`;
  assertEquals(
    response.headers.get("content-security-policy"),
    `default-src 'none'; style-src '${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  );
  assert(!/ style=|<link|<img|url\(|@import/.test(markup));
});

Deno.test("the development page has its headings in order", async () => {
  const { client } = bookApp();
  for (const path of ["/books/7", "/shelf"]) {
    const markup = await (await client.get(path, HTML)).text();
    const levels = [...markup.matchAll(/<h([1-6])>/g)].map(([, level]) => Number(level));
    assertEquals(levels[0], 1);
    for (const [at, level] of levels.slice(1).entries()) {
      assert(level > 1 && level <= (levels[at] ?? 0) + 1, levels.join());
    }
  }
});

Deno.test("the development page escapes everything that a visitor or an error says", async (t) => {
  const evil = '<img src=x onerror="alert(1)">\u0007';
  class Named extends Error {
    override name = evil;
  }
  const { app } = developedApp({
    "/:what": async (request) => {
      (await request.session).set("user", "x").flash("x", evil);
      throw new Named(`${evil}\n${request.matchdict.what}`, { cause: evil });
    },
  });
  for (const accept of ["text/html", "text/plain"]) {
    await t.step(accept, async () => {
      const request = new Request(`https://app.test/${encodeURIComponent(evil)}?${evil}`, {
        headers: { accept, "x-evil": evil.replace("\u0007", ""), cookie: `${evil.slice(0, 4)}=1` },
      });
      const page = await (await app.fetch(request)).text();
      if (accept === "text/html") assert(!page.includes("<img"), /.*<img.*/.exec(page)?.[0]);
      else assert(!page.includes("\u0007"));
      assert(readable(page).includes("onerror="));
    });
  }
});

Deno.test("the development page touches no session that nobody asked for", async (t) => {
  const loads: string[] = [];
  const sessionFactory = {
    load(): never {
      loads.push("load");
      throw new Error("not to be asked");
    },
    commit: () => ({ do: "nothing" as const }),
  };
  const { client } = developedApp({
    "/": () => {
      throw new Error("early");
    },
  }, { sessionFactory });
  for (const path of ["/", "/nope"]) {
    await t.step(path, async () => {
      const response = await client.get(path, HTML);
      assertMatch(await pageOf(response), /Session state not used in this request /);
      assertEquals(response.headers.get("vary"), "accept");
      assertEquals(loads, []);
    });
  }
  await t.step("nor one that a predicate asks for while the reasons are found", async () => {
    const { app } = developedApp({}, {
      configure(config) {
        config.addTween(() => () => {
          throw new Error("before the routes");
        });
        config.addViewPredicate("signedIn", () => ({
          text: "signedIn",
          holds: async (request) => (await request.session).has("user"),
        }));
        config.addRoute("home", "/").addView(() => html`x`, {
          routeName: "home",
          custom: { signedIn: true },
        });
      },
    });
    const response = await app.fetch(new Request("https://app.test/", HTML));
    assertEquals(response.headers.get("vary"), "accept");
    assertMatch(
      await pageOf(response),
      /does not answer: it requires signedIn Matched route No route matched this request\. Session state not used/,
    );
  });
});

Deno.test("the development page of a session that cannot be loaded says so", async () => {
  const { client } = developedApp(
    { "/": async (request) => html`${(await request.session).size}` },
    {
      sessionFactory: {
        load: () => Promise.reject(new Error("store is down")),
        commit: () => ({ do: "nothing" }),
      },
    },
  );
  const page = await pageOf(client.get("/", HTML));
  assertMatch(page, /Error store is down .* Session state requested, but not loaded /);
});

Deno.test("the development page tells whatever was thrown", async (t) => {
  const cyclic = new Error("outer");
  cyclic.cause = new Error("inner", { cause: cyclic });
  const hostile = new Error("x");
  for (const name of ["name", "message", "stack"]) {
    Object.defineProperty(hostile, name, {
      get() {
        throw new Error("no");
      },
    });
  }
  const unreadable = new Proxy({}, {
    get() {
      throw new Error("no");
    },
  });
  const rows: Record<string, [thrown: unknown, page: RegExp]> = {
    "a text": [
      "just text",
      /Thrown value that is not an Error .?just text.? The last view was: view at \S+\/sample_app\.ts:\d+\. Throw an Error instead, because an Error records its line\./,
    ],
    "nothing": [undefined, /Thrown value that is not an Error undefined/],
    "an object": [{ code: 7 }, /Thrown value that is not an Error \{ code: 7 \}/],
    "causes in a circle": [cyclic, /Error outer .*Caused by: Error inner .*Routes and views tried/],
    "several": [
      new AggregateError([new TypeError("one"), "two"], "both"),
      /AggregateError both .*One of several errors: TypeError one .*One of several errors: Thrown value that is not an Error/,
    ],
    "an error that cannot be read": [hostile, /Error \(its message cannot be read\)/],
    "an object that cannot be read": [unreadable, /Thrown value that is not an Error/],
    "an empty message": [new Error(""), /500 Error Pyramidion development mode/],
  };
  for (const [name, [thrown, page]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const response = await thrower(thrown).client.get("/", HTML);
      assertEquals(response.status, 500);
      assertMatch(await pageOf(response), page);
    });
  }
});

Deno.test("the development page answers HEAD with the length of the page and no body", async () => {
  const { app } = bookApp();
  const response = await app.fetch(
    new Request("https://app.test/nope", { ...HTML, method: "HEAD" }),
  );
  assertEquals(await response.text(), "");
  assertMatch(response.headers.get("content-length") ?? "", /^[1-9]\d{3}$/);
});

Deno.test("in development mode a request whose URL cannot be read is a 400", async () => {
  const { app } = bookApp();
  const response = await app.fetch(new Request("https://app.test/%zz", HTML));
  assertEquals(response.status, 400);
  assertMatch(
    await pageOf(response),
    /Routes and views tried Pyramidion could not try them: HttpBadRequest: /,
  );
});

Deno.test("without development mode nothing of this is told", async () => {
  const view = (): never => {
    throw new RangeError("inside");
  };
  for (const config of [{}, { development: false }]) {
    const { client } = sampleApp({ "/": view }, { config });
    for (const path of ["/", "/nope"]) {
      const page = await (await client.get(path, HTML)).text();
      for (const inside of ["evelopment", "inside", "RangeError", ".ts", "views tried"]) {
        assertEquals(page.includes(inside), false, inside);
      }
    }
  }
});

Deno.test("makeApp() warns of development mode where strangers can see it", async (t) => {
  const { Configurator } = await import("@pyramidion/pyramidion");
  const rows: Record<
    string,
    [publicOrigin: string | undefined, development: boolean, warns: boolean]
  > = {
    "a public origin": ["https://app.example", true, true],
    "one without https": ["http://app.example", true, true],
    "a host that begins like this machine": ["https://localhost.example", true, true],
    "an address that begins like this machine": ["https://127.0.0.1.example", true, true],
    "an address of the office": ["http://192.168.1.5:8000", true, true],
    "this machine": ["http://localhost:8000", true, false],
    "this machine by https": ["https://app.localhost", true, false],
    "this machine by number": ["http://127.0.0.1:8000", true, false],
    "this machine by number, version 6": ["http://[::1]:8000", true, false],
    "no origin": [undefined, true, false],
    "another mode": ["https://app.example", false, false],
  };
  for (const [name, [publicOrigin, development, warns]] of Object.entries(rows)) {
    await t.step(name, () => {
      const warnings: string[] = [];
      const logger = { warn: (message: string) => void warnings.push(message), error: () => {} };
      new Configurator({
        development,
        logger,
        ...publicOrigin === undefined ? {} : { publicOrigin },
      }).makeApp();
      assertEquals(warnings.length, warns ? 1 : 0);
      if (warns) {
        assertMatch(
          warnings[0] ?? "",
          /^Development mode is on for https?:.+: its error pages show/,
        );
      }
    });
  }
});

Deno.test("where the development page cannot be made the plain page answers", async () => {
  const { app, errors } = thrower(new Error("first"), (config) => {
    config.addRoute("unused", "/unused");
  });
  // What the page shows first is read from the request's headers.
  const request = new Request("https://app.test/", HTML);
  const failure = new Error("no");
  Object.defineProperty(request, "headers", {
    get() {
      if (new Error().stack?.includes("development/facts") === true) throw failure;
      return new Headers({ accept: "text/html" });
    },
  });
  const response = await app.fetch(request);
  assertEquals(response.status, 500);
  assert((await response.text()).includes("<h1>500 Internal Server Error</h1>"));
  assertEquals(errors.map(({ message }) => message), [
    "The development page cannot be made",
    "GET / failed",
  ]);
  assertStrictEquals(errors[0]?.cause, failure);
});
