/**
 * `request.setCookie` and `request.deleteCookie`.
 *
 * @module
 */

import { assert, assertEquals, assertThrows } from "jsr:@std/assert@^1.0.0";
import {
  Configurator,
  type CookieOptions,
  html,
  HttpConflict,
  HttpFound,
  type ViewRequest,
} from "@pyramidion/pyramidion";
import { dummyRequest } from "@pyramidion/pyramidion/testing";
import { ask } from "../ask.ts";
import { recordingLogger, SAMPLE_COOKIE, sampleApp } from "../sample_app.ts";

function written(set: (request: ViewRequest) => void, url = "https://app.test/a/b"): string[] {
  const request = dummyRequest({ url });
  set(request);
  return request.responseHeaders.getSetCookie();
}

Deno.test("request.setCookie() writes a cookie that scripts, other sites and plain http do not get", async (t) => {
  type Row = [name: string, options: CookieOptions, url: string, cookie: string];
  const https = "https://app.test/a/b";
  const safe = "; Path=/; Secure; HttpOnly; SameSite=Lax";
  const rows: Record<string, Row> = {
    "nothing is said": ["a", {}, https, `a=1${safe}`],
    "all is said": [
      "a",
      {
        path: "/p",
        domain: "app.test",
        secure: true,
        httpOnly: false,
        sameSite: "Strict",
        partitioned: true,
        maxAge: 60,
      },
      https,
      "a=1; Path=/p; Domain=app.test; Secure; SameSite=Strict; Partitioned; Max-Age=60",
    ],
    "plain http elsewhere": ["a", {}, "http://app.test/", `a=1${safe}`],
    "plain http to localhost": [
      "a",
      {},
      "http://localhost:8000/",
      "a=1; Path=/; HttpOnly; SameSite=Lax",
    ],
    "plain http to 127.0.0.1": [
      "a",
      {},
      "http://127.0.0.1:8000/",
      "a=1; Path=/; HttpOnly; SameSite=Lax",
    ],
    "plain http to [::1]": ["a", {}, "http://[::1]/", "a=1; Path=/; HttpOnly; SameSite=Lax"],
    "a host that only begins so": ["a", {}, "http://localhost.evil.test/", `a=1${safe}`],
    "a prefix, on localhost": ["__Host-a", {}, "http://localhost/", `__Host-a=1${safe}`],
    "SameSite=None, on localhost": [
      "a",
      { sameSite: "None" },
      "http://localhost/",
      "a=1; Path=/; Secure; HttpOnly; SameSite=None",
    ],
    "Partitioned, on localhost": [
      "a",
      { partitioned: true },
      "http://localhost/",
      "a=1; Path=/; Secure; HttpOnly; SameSite=Lax; Partitioned",
    ],
    "Secure is said": ["a", { secure: true }, "http://localhost/", `a=1${safe}`],
    "not Secure is said": ["a", { secure: false }, https, "a=1; Path=/; HttpOnly; SameSite=Lax"],
  };
  for (const [name, [cookie, options, url, expected]] of Object.entries(rows)) {
    await t.step(name, () => {
      assertEquals(written((request) => request.setCookie(cookie, "1", options), url), [expected]);
    });
  }
});

Deno.test("request.setCookie() refuses what browsers would drop or misread", async (t) => {
  const set = (name: unknown, value: unknown, options?: object) => () =>
    dummyRequest().setCookie(name as string, value as string, options);
  const rows: Record<string, [set: () => void, kind: typeof TypeError, message: string]> = {
    "a name with a space": [set("a b", "1"), TypeError, 'Cannot name a cookie "a b"'],
    "a name that is none": [set(7, "1"), TypeError, "must be a string, not the number 7"],
    "a value with a semicolon": [set("a", "1;2"), TypeError, "U+003B at position 1"],
    "a value that is no text": [set("a", 7), TypeError, "must be a string, not the number 7"],
    "__Host- with a path": [set("__Host-a", "1", { path: "/p" }), TypeError, 'set path to "/"'],
    "__Host- with a domain": [
      set("__host-a", "1", { domain: "app.test" }),
      TypeError,
      "leave domain out",
    ],
    "__Secure- without Secure": [set("__Secure-a", "1", { secure: false }), TypeError, "secure"],
    "__Http- for scripts": [set("__Http-a", "1", { httpOnly: false }), TypeError, "HttpOnly"],
    "None without Secure": [set("a", "1", { sameSite: "None", secure: false }), TypeError, "None"],
    "too long": [set("a", "x".repeat(4096)), RangeError, "have 4097 bytes, and browsers drop"],
    "for ever": [set("a", "1", { maxAge: 34_560_001 }), RangeError, "400 days"],
    "an unknown option": [
      set("a", "1", { max_age: 60 }),
      TypeError,
      'no such option: did you mean "maxAge"?',
    ],
    "an option of deletion": [
      () => dummyRequest().deleteCookie("a", { maxAge: 1 } as object),
      TypeError,
      'Cannot use option "maxAge" of request.deleteCookie()',
    ],
  };
  for (const [name, [set, kind, message]] of Object.entries(rows)) {
    await t.step(name, () => void assertThrows(set, kind, message));
  }
  assertEquals(written((request) => request.setCookie("a", "x".repeat(4095))).length, 1);
});

Deno.test("of one cookie the last word counts; another path, domain or partition is another cookie", () => {
  const cookies = written((request) => {
    request.responseHeaders.append("set-cookie", "theirs=1; path=/");
    request.setCookie("a", "1");
    request.setCookie("b", "1");
    request.setCookie("a", "2", { path: "/p" });
    request.setCookie("a", "3", { domain: "app.test" });
    request.setCookie("a", "4", { httpOnly: false });
    request.setCookie("a", "5", { partitioned: true });
    request.deleteCookie("b");
  });
  assertEquals(cookies.map((cookie) => cookie.split(";")[0]), [
    "theirs=1",
    "a=2",
    "a=3",
    "a=4",
    "a=5",
    "b=",
  ]);
});

Deno.test("request.deleteCookie() deletes what was set with the same options", () => {
  const gone = "Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT";
  assertEquals(written((request) => request.deleteCookie("a")), [
    `a=; Path=/; Secure; HttpOnly; SameSite=Lax; ${gone}`,
  ]);
  assertEquals(
    written((request) => request.deleteCookie("a", { path: "/p", domain: "app.test" })),
    [
      `a=; Path=/p; Domain=app.test; Secure; HttpOnly; SameSite=Lax; ${gone}`,
    ],
  );
});

Deno.test("a cookie is on whatever answers: pages, redirections, errors, thrown or not", async () => {
  const set = (request: ViewRequest) => request.setCookie("theme", "dark");
  const app = new Configurator({ logger: recordingLogger() })
    .addRoute("x", "/:kind")
    .addView((request) => {
      set(request);
      switch (request.matchdict.kind) {
        case "html":
          return html`x`;
        case "shared":
          return Response.redirect("https://app.test/");
        case "found":
          return new HttpFound("/");
        case "thrown":
          throw new HttpConflict();
        default:
          throw new Error("broken");
      }
    }, { routeName: "x" })
    .makeApp();
  for (const kind of ["html", "shared", "found", "thrown", "broken"]) {
    const response = await ask(app, `/${kind}`);
    await response.body?.cancel();
    assertEquals(response.headers.getSetCookie().length, 1, kind);
  }
});

Deno.test("a cookie of the session's name is replaced by the session", async () => {
  const { client } = sampleApp({
    "/": async (request) => {
      request.setCookie(SAMPLE_COOKIE, "mine");
      (await request.session).set("user", "ada");
      return html`x`;
    },
  });
  const cookies = (await client.get("/")).headers.getSetCookie();
  assertEquals(cookies.length, 1);
  assert(!cookies[0]?.includes("mine"));
});

Deno.test("request.setCookie() keeps the answer out of shared caches, whatever it says of them", async (t) => {
  const rows: Record<string, [headers: Record<string, string>, cacheControl: string]> = {
    "nothing": [{}, "private"],
    "public": [{ "cache-control": "public, max-age=60" }, "private, no-store"],
    "to a CDN alone": [
      { "cache-control": "private", "cdn-cache-control": "max-age=60" },
      "private, no-store",
    ],
    "no-store": [{ "cache-control": "no-store" }, "no-store"],
  };
  for (const [name, [stated, cacheControl]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const app = new Configurator().addRoute("x", "/x", {
        view: (request) => {
          request.setCookie("a", "1");
          return new Response("x", { headers: stated });
        },
      }).makeApp();
      const { headers } = await ask(app, "/x");
      assertEquals(
        [headers.get("cache-control"), headers.get("cdn-cache-control")],
        [cacheControl, null],
      );
    });
  }
});

Deno.test("request.setCookie() and deleteCookie() take the path of the app by default", async (t) => {
  type Row = [set: (request: ViewRequest) => void, path: string];
  const rows: Record<string, Row> = {
    "set": [(request) => request.setCookie("a", "1"), "/shop"],
    "deleted": [(request) => request.deleteCookie("a"), "/shop"],
    "stated": [(request) => request.setCookie("a", "1", { path: "/" }), "/"],
    "__Host-": [(request) => request.setCookie("__Host-a", "1"), "/"],
    "__Secure-": [(request) => request.setCookie("__Secure-a", "1"), "/shop"],
  };
  for (const [name, [set, path]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const app = new Configurator({ publicOrigin: "https://app.test/shop" })
        .addRoute("x", "/x", {
          view: (request) => {
            set(request);
            return html`x`;
          },
        }).makeApp();
      const [cookie = ""] = (await ask(app, "/x")).headers.getSetCookie();
      assert(cookie.includes(`; Path=${path};`), cookie);
    });
  }
});

Deno.test("request.setCookie() replaces the cookie of the same domain in other letters", () => {
  const cookies = written((request) => {
    request.setCookie("a", "1", { domain: "App.test" });
    request.setCookie("a", "2", { domain: "app.test" });
  });
  assertEquals(cookies.map((cookie) => cookie.slice(0, 3)), ["a=2"]);
});
