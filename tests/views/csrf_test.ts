/**
 * Requests that another site makes in a visitor's name.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertThrows } from "jsr:@std/assert@^1.0.0";
import {
  BadCsrfOrigin,
  BadCsrfToken,
  ConfigurationError,
  Configurator,
  type CsrfOptions,
  html,
  HttpForbidden,
  HttpNotFound,
  not,
  pyramidCodec,
  pyramidCookieSessionFactory,
  Session,
  signedCookieSessionFactory,
  type ViewOptions,
} from "@pyramidion/pyramidion";
import type { SessionPolicy } from "@pyramidion/pyramidion/types";
import { settableClock, TestClient } from "@pyramidion/pyramidion/testing";
import { ask, form } from "../ask.ts";
import { recordingLogger, SAMPLE_SECRET } from "../sample_app.ts";
import { UNDECIDED } from "./undecided.ts";
import { CsrfPolicy } from "../../lib/views/csrf.ts";

/** What a request answers: `passed`, or why not. */
interface Visitor {
  token(): Promise<string>;
  send(init: RequestInit, path?: string): Promise<string>;
  readonly client: TestClient;
  readonly clock: ReturnType<typeof settableClock>;
}

function visitor(options: CsrfOptions | null = {}, view: Partial<ViewOptions> = {}): Visitor {
  const clock = settableClock();
  const config = new Configurator({
    sessionFactory: signedCookieSessionFactory(SAMPLE_SECRET, { clock }),
  });
  if (options !== null) config.setDefaultCsrfOptions(options);
  const app = config
    .addRoute("token", "/token", {
      view: async (request) => html`${(await request.session).getCsrfToken()}`,
    })
    .addRoute("begin", "/begin", {
      view: async (request) => {
        (await request.session).set("begun", true);
        return html`begun`;
      },
    })
    .addRoute("x", "/x")
    .addView(() => html`passed`, { routeName: "x", requestMethod: "*", ...view })
    .addExceptionView((error) => html`origin ${error.status}`, { context: BadCsrfOrigin })
    .addExceptionView((error) => html`token ${error.fault} ${error.status}`, {
      context: BadCsrfToken,
    })
    .makeApp();
  const client = new TestClient(app, { clock });
  return {
    client,
    clock,
    token: async () => await (await client.get("/token")).text(),
    send: async (init, path = "/x") => {
      const headers = new Headers(init.headers);
      if (!headers.has("origin")) headers.set("origin", "https://app.test");
      // As a browser that sends no Sec-Fetch-Site.
      headers.set("sec-fetch-site", "");
      return await (await client.fetch(path, { ...init, headers })).text();
    },
  };
}

Deno.test("a token passes in the form's field or in the header, and nowhere else", async (t) => {
  const POST = { method: "POST" };
  const multipart = (token: string) => {
    const body = new FormData();
    body.set("csrf_token", token);
    return { ...POST, body };
  };
  const rows: Record<
    string,
    [answer: string, init: (token: string) => RequestInit, path?: (token: string) => string]
  > = {
    "in the field": ["passed", (csrf_token) => form({ csrf_token })],
    "in the field of a form of several parts": ["passed", multipart],
    "in the header": ["passed", (token) => ({ ...POST, headers: { "x-csrf-token": token } })],
    "in the header of a PUT": [
      "passed",
      (token) => ({ method: "PUT", headers: { "x-csrf-token": token } }),
    ],
    "in the header, with JSON": ["passed", (token) => ({
      ...POST,
      body: "{}",
      headers: { "x-csrf-token": token, "content-type": "application/json" },
    })],
    "nowhere": ["token missing 403", () => POST],
    "in the query": ["token missing 403", () => POST, (token) => `/x?csrf_token=${token}`],
    "in JSON": ["token missing 403", (csrf_token) => ({
      ...POST,
      body: JSON.stringify({ csrf_token }),
      headers: { "content-type": "application/json" },
    })],
    "in a cookie": [
      "token missing 403",
      (token) => ({ ...POST, headers: { cookie: `csrf_token=${token}` } }),
    ],
    "as a file": ["token missing 403", (token) => {
      const body = new FormData();
      body.set("csrf_token", new File([token], "token.txt"));
      return { ...POST, body };
    }],
    "empty in the field": ["token missing 403", () => form({ csrf_token: "" })],
    "empty in the header, right in the field": ["passed", (csrf_token) => ({
      ...form({ csrf_token }),
      headers: { "x-csrf-token": "" },
    })],
    "wrong": [
      "token wrong 403",
      (token) => form({ csrf_token: token.split("").reverse().join("") }),
    ],
    "too short by one": ["token wrong 403", (token) => form({ csrf_token: token.slice(1) })],
    "wrong in the header, right in the field": ["token wrong 403", (csrf_token) => ({
      ...form({ csrf_token }),
      headers: { "x-csrf-token": "wrong" },
    })],
    "the first of two fields counts": ["token wrong 403", (token) => ({
      ...POST,
      body: new URLSearchParams([["csrf_token", "wrong"], ["csrf_token", token]]),
    })],
    "half a megabyte": ["token wrong 403", () => form({ csrf_token: "a".repeat(500_000) })],
    "beyond ASCII": ["token wrong 403", () => form({ csrf_token: "😀".repeat(20) })],
  };
  for (const [name, [answer, init, path]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const { send, token } = visitor();
      const own = await token();
      assertEquals(await send(init(own), path?.(own)), answer);
    });
  }
});

Deno.test("a refused request leaves the session as it was, and the token valid", async () => {
  const { client, send, token } = visitor();
  const csrf_token = await token();
  await client.get("/begin");
  const before = client.jar.cookies();
  assertEquals(before.length, 2);
  assertEquals(await send(form({ csrf_token: "wrong" })), "token wrong 403");
  assertEquals(client.jar.cookies(), before);
  assertEquals(await send(form({ csrf_token })), "passed");
});

Deno.test("the token of another session is wrong, and of an expired one there is none", async () => {
  const { client, clock, send, token } = visitor();
  const theirs = await visitor().token();
  assertEquals(await send(form({ csrf_token: theirs })), "token no-session-token 403");
  await client.get("/begin");
  const csrf_token = await token();
  assertEquals(await send(form({ csrf_token: theirs })), "token wrong 403");
  assertEquals(await send(form({ csrf_token })), "passed");
  clock.travel(3600);
  assertEquals(await send(form({ csrf_token })), "token no-session-token 403");
});

Deno.test("the token of a visitor without a session does not expire with a session's limits", async () => {
  const { clock, send, token } = visitor();
  const csrf_token = await token();
  clock.travel(3600);
  assertEquals(await send(form({ csrf_token })), "passed");
  assertEquals(await send(form({ csrf_token: await visitor().token() })), "token wrong 403");
});

Deno.test("the origin is checked before the token, and both must pass", async () => {
  const { send, token } = visitor();
  const csrf_token = await token();
  const evil = { headers: { origin: "https://evil.test" } };
  assertEquals(await send({ ...form({ csrf_token }), ...evil }), "origin 403");
  assertEquals(await send({ ...form({}), ...evil }), "origin 403");
  assertEquals(await send(form({})), "token missing 403");
});

Deno.test("which views are checked: the option of the app, then that of the view", async (t) => {
  const rows: Record<
    string,
    [app: CsrfOptions | null, view: Partial<ViewOptions>, checked: boolean]
  > = {
    "no app option": [null, {}, false],
    "no app option, the view says so": [null, { requireCsrf: true }, true],
    "the app's default": [{}, {}, true],
    "the app's default, the view does not": [{}, { requireCsrf: false }, false],
    "only those that say so": [{ requireCsrf: false }, {}, false],
    "only those that say so, and this one does": [
      { requireCsrf: false },
      { requireCsrf: true },
      true,
    ],
  };
  for (const [name, [app, view, checked]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const answer = await visitor(app, view).send({ method: "POST" });
      assertEquals(answer, checked ? "token missing 403" : "passed");
    });
  }
});

const hasBearerToken: CsrfOptions["insecureExempt"] = ({ headers }) =>
  headers.get("authorization")?.startsWith("Bearer ") === true;

Deno.test("options: other names, other safe methods, exemptions, origins", async (t) => {
  const right = async ({ token }: Visitor) => await token();
  const rows: Record<
    string,
    [options: CsrfOptions, init: (token: string) => RequestInit, answer: string]
  > = {
    "another field": [{ token: "t" }, (t) => form({ t }), "passed"],
    "another field, the old one": [
      { token: "t" },
      (csrf_token) => form({ csrf_token }),
      "token missing 403",
    ],
    "no field": [{ token: null }, (csrf_token) => form({ csrf_token }), "token missing 403"],
    "another header": [
      { header: "X-T" },
      (t) => ({ method: "POST", headers: { "x-t": t } }),
      "passed",
    ],
    "no header": [
      { header: null },
      (t) => ({ method: "POST", headers: { "x-csrf-token": t } }),
      "token missing 403",
    ],
    "a safe method": [{}, () => ({ method: "GET" }), "passed"],
    "OPTIONS": [{}, () => ({ method: "OPTIONS" }), "passed"],
    "a method that nobody knows": [{}, () => ({ method: "PROPFIND" }), "token missing 403"],
    "GET is not safe": [{ safeMethods: ["HEAD"] }, () => ({ method: "GET" }), "token missing 403"],
    "POST is safe": [{ safeMethods: ["GET", "POST"] }, () => ({ method: "POST" }), "passed"],
    "exempt": [
      { insecureExempt: hasBearerToken },
      () => ({ method: "POST", headers: { authorization: "Bearer x" } }),
      "passed",
    ],
    "not exempt": [
      { insecureExempt: hasBearerToken },
      () => ({ method: "POST" }),
      "token missing 403",
    ],
    "not exempt: browsers add Basic by themselves": [
      { insecureExempt: hasBearerToken },
      () => ({ method: "POST", headers: { authorization: "Basic eDp5" } }),
      "token missing 403",
    ],
    "any origin": [
      { checkOrigin: false },
      (csrf_token) => ({ ...form({ csrf_token }), headers: { origin: "https://evil.test" } }),
      "passed",
    ],
    "a trusted origin": [
      { trustedOrigins: ["https://shop.test"] },
      (csrf_token) => ({ ...form({ csrf_token }), headers: { origin: "https://shop.test" } }),
      "passed",
    ],
  };
  for (const [name, [options, init, answer]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const one = visitor(options);
      // With GET unsafe the token could not be had.
      const own = options.safeMethods === undefined ? await right(one) : "none";
      assertEquals(await one.send(init(own)), answer);
    });
  }
});

Deno.test("insecureExempt exempts by true alone: anything else is a TypeError that names the place", async (t) => {
  const rows: Record<string, () => unknown> = {
    ...UNDECIDED,
    "a promise of false, as of an async function": async () => await Promise.resolve(false),
    "a promise of true": () => Promise.resolve(true),
  };
  for (const [name, answer] of Object.entries(rows)) {
    await t.step(name, async () => {
      const logger = recordingLogger();
      let answered = 0;
      const app = new Configurator({
        sessionFactory: signedCookieSessionFactory(SAMPLE_SECRET),
        logger,
      })
        // The compiler refuses it, which a user of JavaScript does not see.
        .setDefaultCsrfOptions({ insecureExempt: answer as never })
        .addRoute("x", "/x")
        .addView(() => (answered++, html`x`), { routeName: "x", requestMethod: "POST" })
        .makeApp();
      const headers = { origin: "https://app.test" };
      const response = await ask(app, "/x", { method: "POST", headers });
      assertEquals([response.status, answered, logger.errors.length], [500, 0, 1]);
      assertMatch(
        String(logger.errors[0]?.cause),
        /^TypeError: Cannot use the answer of insecureExempt of the CSRF options stated at file:\S+\/csrf_test\.ts:\d+: must be true or false, not /,
      );
    });
  }
});

Deno.test("what headers and session can refuse is refused before the body is read", async (t) => {
  const wrong = "A".repeat(86);
  type Row = [answer: string, headers: Record<string, string>, begun: boolean, read: boolean];
  const rows: Record<string, Row> = {
    "another origin": ["origin 403", { origin: "https://evil.test" }, true, false],
    "no header and no form": ["token missing 403", { "content-type": "text/plain" }, true, false],
    "no header, and a session without a token": ["token no-session-token 403", {}, false, false],
    "a header, and a session without a token": [
      "token no-session-token 403",
      { "x-csrf-token": wrong },
      false,
      false,
    ],
    "a wrong header": ["token wrong 403", { "x-csrf-token": wrong }, true, false],
    "no header, and a session with a token": ["token missing 403", {}, true, true],
  };
  for (const [name, [answer, headers, begun, isRead]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const { send, token } = visitor();
      if (begun) await token();
      let pulls = 0;
      const body = new ReadableStream<Uint8Array>({
        pull(controller) {
          pulls++;
          controller.close();
        },
      }, { highWaterMark: 0 });
      const type = "application/x-www-form-urlencoded";
      const init = { method: "POST", body, headers: { "content-type": type, ...headers } };
      assertEquals([await send(init), pulls > 0], [answer, isRead]);
    });
  }
});

Deno.test("a token that is missing is logged once for each view, with what to write; the visitor does not read it", async () => {
  const warnings: string[] = [];
  const logger = { warn: (message: string) => void warnings.push(message), error() {} };
  const config = new Configurator({
    sessionFactory: signedCookieSessionFactory(SAMPLE_SECRET),
    logger,
  }).setDefaultCsrfOptions();
  const messages: string[] = [];
  for (const name of ["save", "send"]) {
    config.addRoute(name, `/${name}`).addView(() => html`x`, {
      routeName: name,
      requestMethod: "POST",
    });
  }
  config.addRoute("token", "/token", {
    view: async (request) => html`${(await request.session).getCsrfToken()}`,
  }).addExceptionView((error) => {
    messages.push(error.message);
    return html`${error.detail ?? ""}`;
  }, { context: BadCsrfToken });
  const client = new TestClient(config.makeApp());
  await client.get("/token");
  const missing = "Field csrf_token is missing: put csrfField(session) into the form";
  const detail = "The form was sent without its token: load the page again and send it once more";
  for (const path of ["/save?x=1", "/save", "/send"]) {
    assertEquals(await (await client.post(path, { name: "ada" })).text(), detail);
  }
  assertEquals(messages, [missing, missing, missing]);
  const logged = "field csrf_token is missing: put csrfField(session) into the form";
  assertEquals(warnings, [
    `POST /save was refused: ${logged}`,
    `POST /send was refused: ${logged}`,
  ]);
  const json = { headers: { "content-type": "application/json" } };
  await client.post("/save", "{}", json);
  assertEquals(
    messages.at(-1),
    "Header X-CSRF-Token is missing: send session.getCsrfToken() in it",
  );
  await client.post("/save", { csrf_token: "A".repeat(86) });
  assertEquals(warnings.length, 2, "a wrong one is not logged");
});

Deno.test("the errors are forbidden ones, each of its class, and no internals are told", () => {
  const token = new BadCsrfToken("wrong"), origin = new BadCsrfOrigin();
  assert(token instanceof HttpForbidden && origin instanceof HttpForbidden);
  assertEquals([token.name, token.fault, token.status], ["BadCsrfToken", "wrong", 403]);
  assertEquals([origin.name, origin.status], ["BadCsrfOrigin", 403]);
  assertEquals(token.detail.includes("wrong"), false);
});

Deno.test("a token of 256 characters is compared, and a longer one is wrong", async (t) => {
  const clock = settableClock();
  const app = new Configurator({
    sessionFactory: pyramidCookieSessionFactory(SAMPLE_SECRET, { clock }),
  })
    .setDefaultCsrfOptions({ allowNoOrigin: true })
    .addRoute("x", "/x")
    .addView(() => html`passed`, { routeName: "x", requestMethod: "POST" })
    .makeApp();
  for (const [length, status] of [[256, 200], [257, 403]] as const) {
    await t.step(String(length), async () => {
      const [token, now] = ["a".repeat(length), Math.floor(clock() / 1000)];
      // Pyramid's tokens are whatever its cookie holds.
      const state = new TextEncoder().encode(`[${now}, ${now}, {"_csrft_": "${token}"}]`);
      const cookie = `session=${await pyramidCodec(SAMPLE_SECRET).encode(state)}`;
      const headers = { cookie, "x-csrf-token": token };
      const response = await app.fetch(
        new Request("https://app.test/x", { method: "POST", headers }),
      );
      assertEquals(response.status, status);
    });
  }
});

Deno.test("exception views are not checked", async () => {
  const config = new Configurator({ sessionFactory: signedCookieSessionFactory(SAMPLE_SECRET) })
    .setDefaultCsrfOptions()
    .addExceptionView(() => new Response("nothing", { status: 404 }), { context: HttpNotFound });
  const response = await config.makeApp().fetch(
    new Request("https://app.test/x", { method: "POST" }),
  );
  assertEquals(await response.text(), "nothing");
});

Deno.test("CSRF without a session factory is refused when the app is made, naming the view that wants it", () => {
  assertThrows(
    () => new Configurator().setDefaultCsrfOptions().makeApp(),
    ConfigurationError,
    "Cannot check the requests for CSRF: tokens live in the session, and the app has no session factory: call config.setSessionFactory()",
  );
  const config = new Configurator().addRoute("x", "/x")
    .addView(function save() {
      return html`x`;
    }, { routeName: "x", requireCsrf: true });
  const { message } = assertThrows(() => config.makeApp(), ConfigurationError);
  assertEquals(
    message.replace(/file:\S+\/(csrf_test\.ts):\d+/, "$1"),
    "Cannot check the requests of view save at csrf_test.ts for CSRF: tokens live in the session, and the app has no session factory: call config.setSessionFactory()",
  );
});

Deno.test("a view is checked for each method that may change something, whichever others it answers", async (t) => {
  const rows: Record<string, [view: Partial<ViewOptions>, method: string, options?: CsrfOptions]> =
    {
      "GET and POST, by POST": [{ requestMethod: ["GET", "POST"] }, "POST"],
      "all methods, by DELETE": [{ requestMethod: "*" }, "DELETE"],
      "all but POST, by PUT": [{ requestMethod: not("POST") }, "PUT"],
      "HEAD, where GET alone is safe": [{ requestMethod: "GET" }, "HEAD", { safeMethods: ["GET"] }],
    };
  for (const [name, [view, method, options = {}]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const { client, send } = visitor(options, view);
      const { status } = await client.fetch("/x", {
        method,
        headers: { origin: "https://app.test" },
      });
      assertEquals(status, 403);
      if (method !== "HEAD") assertEquals(await send({ method }), "token missing 403");
      if (view.requestMethod !== "GET") assertEquals(await send({ method: "GET" }), "passed");
    });
  }
});

Deno.test("CsrfPolicy refuses options that no request could meet, at once", async (t) => {
  const rows: Record<string, [options: CsrfOptions, message: string]> = {
    "no source": [
      { token: null, header: null },
      "Cannot check CSRF tokens: token and header are both null, so that no request could carry one",
    ],
    "a field without a name": [
      { token: "" },
      "Cannot check CSRF tokens: the form field has no name: write one, or token: null for none",
    ],
    "a header without a name": [
      { header: "" },
      'Cannot check CSRF tokens: "" is not the name of a header: write one, or header: null for none',
    ],
    "no header's name": [
      { header: "X CSRF" },
      'Cannot check CSRF tokens: "X CSRF" is not the name of a header: write one, or header: null for none',
    ],
    "a method in small letters": [
      { safeMethods: ["get"] },
      'Cannot take the method "get" for safe: must be a method in capitals',
    ],
    "an origin that is none": [
      { trustedOrigins: ["shop.test"] },
      'Cannot trust origin "shop.test": must be a scheme and a host, such as https://shop.example or capacitor://localhost',
    ],
  };
  for (const [name, [options, message]] of Object.entries(rows)) {
    await t.step(name, () => {
      assertEquals(
        assertThrows(() => new CsrfPolicy(options), ConfigurationError).message,
        message,
      );
      assertThrows(
        () => new Configurator().setDefaultCsrfOptions(options),
        ConfigurationError,
        message,
      );
    });
  }
});

Deno.test("a CSRF check lets no token pass by an answer that is not true", async (t) => {
  for (const [name, answer] of Object.entries({ ...UNDECIDED, "false": () => false })) {
    await t.step(name, async () => {
      const record = {
        values: new Map<string, unknown>(),
        flash: new Map<string, unknown[]>(),
        created: 0,
        renewed: 0,
        isNew: false,
        csrfToken: "secret",
        userId: "ada",
      };
      const policy: SessionPolicy = {
        canRemember: true,
        now: () => 0,
        check: () => {},
        makeToken: () => "secret",
        maskToken: (token) => token,
        same: Object.is,
        tokenMatches: () => answer() as boolean,
      };
      const logger = recordingLogger();
      const app = new Configurator({
        logger,
        sessionFactory: {
          load: () => new Session(record, policy),
          commit: () => ({ do: "nothing" }),
        },
      })
        .setDefaultCsrfOptions()
        .addRoute("pay", "/pay", { requestMethod: "POST", view: () => html`paid` })
        .makeApp();
      const headers = { origin: "https://app.test", "x-csrf-token": "wrong" };
      const response = await app.fetch(
        new Request("https://app.test/pay", { method: "POST", headers }),
      );
      assertEquals(response.status, name === "false" ? 403 : 500);
    });
  }
});

Deno.test("a session factory that gives no session is a 500 that says so", async (t) => {
  const rows: Record<string, () => unknown> = {
    "nothing": () => undefined,
    "null": () => null,
    "an object": () => ({}),
    "a promise of nothing": () => Promise.resolve(undefined),
    "a promise of an object": () => Promise.resolve({}),
    "a thenable of nothing": () => ({ then: (settle: () => void) => settle() }),
    "a thenable that rejects": () => ({
      then: (_: unknown, fail: (error: unknown) => void) => fail(new Error("down")),
    }),
  };
  for (const [name, load] of Object.entries(rows)) {
    for (const awaits of [true, false]) {
      await t.step(`${name}, ${awaits ? "awaited" : "not awaited"}`, async () => {
        const logger = recordingLogger();
        const app = new Configurator({
          logger,
          sessionFactory: { load: load as never, commit: () => ({ do: "nothing" }) },
        }).addRoute("x", "/x", {
          view: async (request) => {
            const { session } = request;
            if (awaits) await session;
            return html`x`;
          },
        }).makeApp();
        const { status } = await ask(app, "/x");
        assert(status === 500 || !awaits && status === 200, String(status));
        if (awaits && !name.endsWith("rejects")) {
          assertMatch(
            String(logger.errors[0]?.cause),
            /Cannot use what load\(\) of the session factory gave: must be a Session/,
          );
        }
      });
    }
  }
});
