/**
 * The session answers to the app's own pages: which requests of other sites do not get it.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertRejects } from "jsr:@std/assert@^1.0.0";
import {
  type App,
  BadCsrfOrigin,
  Configurator,
  type CsrfOptions,
  html,
  HttpForbidden,
  type PredicateFactory,
  pyramidCookieSessionFactory,
  signedCookieSessionFactory,
  type View,
  type ViewOptions,
} from "@pyramidion/pyramidion";
import type { OriginOptions } from "@pyramidion/pyramidion/types";
import { TestClient } from "@pyramidion/pyramidion/testing";
import { ask } from "../ask.ts";
import { RecordingLogger } from "../app/wire_app.ts";
import { SAMPLE_SECRET } from "../sample_app.ts";

/** What the apps of these tests differ in. */
interface Differing extends OriginOptions {
  /** `undefined`: without `setDefaultCsrfOptions()`. */
  readonly csrf?: CsrfOptions;
  /** What the view states. */
  readonly view?: Partial<ViewOptions>;
  /** What else the app says. */
  readonly configure?: (config: Configurator<{ user: string }>) => void;
}

interface Made {
  readonly app: App<{ user: string }>;
  readonly logger: RecordingLogger;
  /** How often the view was called. */
  readonly calls: () => number;
}

/** An app whose view at `/x` reads the session and writes to it. */
function made({ csrf, view: options, configure, ...origin }: Differing = {}): Made {
  const logger = new RecordingLogger();
  let calls = 0;
  const config = new Configurator<{ user: string }>({
    ...origin,
    logger,
    sessionFactory: signedCookieSessionFactory<{ user: string }>(SAMPLE_SECRET, { logger }),
  });
  // Tokens are another matter.
  if (csrf !== undefined) config.setDefaultCsrfOptions({ requireCsrf: false, ...csrf });
  config.addRoute("x", "/x").addView(async (request) => {
    calls++;
    const session = await request.session;
    const before = session.get("user") ?? "nobody";
    session.set("user", "ada").flash("Visited");
    return html`session of ${before}`;
  }, { routeName: "x", requestMethod: "*", ...options });
  configure?.(config);
  return { app: config.makeApp(), logger, calls: () => calls };
}

const EVIL = "https://evil.test";
const cross = { "sec-fetch-site": "cross-site", origin: EVIL };
const handshake = { upgrade: "websocket", connection: "Upgrade" };

Deno.test("request.session is refused to unsafe requests of other sites, and to no other", async (t) => {
  const no: CsrfOptions = { allowNoOrigin: false };
  type Row = [
    method: string,
    headers: Record<string, string>,
    differing: Differing,
    got: "session" | "403",
  ];
  const rows: Record<string, Row> = {
    "GET of another site": ["GET", cross, {}, "session"],
    "HEAD of another site": ["HEAD", cross, {}, "session"],
    "OPTIONS of another site": ["OPTIONS", cross, {}, "session"],
    "POST of our page": ["POST", { "sec-fetch-site": "same-origin" }, {}, "session"],
    "POST of our page, Origin too": [
      "POST",
      { "sec-fetch-site": "same-origin", origin: "https://app.test" },
      {},
      "session",
    ],
    "POST of the address line": ["POST", { "sec-fetch-site": "none" }, {}, "session"],
    "POST of another site": ["POST", cross, {}, "403"],
    "POST of another site that hides its origin": [
      "POST",
      { "sec-fetch-site": "cross-site", origin: "null" },
      {},
      "403",
    ],
    "POST of another site, without Origin": [
      "POST",
      { "sec-fetch-site": "cross-site" },
      {},
      "403",
    ],
    "POST of a sister host": ["POST", { "sec-fetch-site": "same-site" }, {}, "403"],
    "PUT of another site": ["PUT", cross, {}, "403"],
    "PATCH of another site": ["PATCH", cross, {}, "403"],
    "DELETE of another site": ["DELETE", cross, {}, "403"],
    "a method that nobody knows, of another site": ["PROPFIND", cross, {}, "403"],
    "POST, our Origin alone": ["POST", { origin: "https://app.test" }, {}, "session"],
    "POST, another Origin alone": ["POST", { origin: EVIL }, {}, "403"],
    "POST, Origin null alone": ["POST", { origin: "null" }, {}, "403"],
    "POST, our host on another port": ["POST", { origin: "https://app.test:8443" }, {}, "403"],
    "POST, our host over http, as behind a proxy": [
      "POST",
      { origin: "http://app.test" },
      {},
      "session",
    ],
    "POST, our host over http, with publicOrigin": [
      "POST",
      { origin: "http://app.test" },
      { publicOrigin: "https://app.test" },
      "403",
    ],
    "POST, publicOrigin": [
      "POST",
      { origin: "https://public.test" },
      { publicOrigin: "https://public.test" },
      "session",
    ],
    "POST, our host where publicOrigin is another": [
      "POST",
      { origin: "https://app.test" },
      { publicOrigin: "https://public.test" },
      "403",
    ],
    "POST that names no origin, as of a program": ["POST", {}, {}, "session"],
    "POST that names another site by Referer alone": ["POST", { referer: EVIL }, {}, "session"],
    "allowNoOrigin true": ["POST", {}, { csrf: { allowNoOrigin: true } }, "session"],
    "allowNoOrigin true, another Origin": [
      "POST",
      { origin: EVIL },
      { csrf: { allowNoOrigin: true } },
      "403",
    ],
    "allowNoOrigin unset, with options": ["POST", {}, { csrf: {} }, "session"],
    "allowNoOrigin false": ["POST", {}, { csrf: no }, "403"],
    "allowNoOrigin false, our Referer": [
      "POST",
      { referer: "https://app.test/form" },
      { csrf: no },
      "session",
    ],
    "allowNoOrigin false, another Referer": ["POST", { referer: EVIL }, { csrf: no }, "403"],
    "allowNoOrigin false, GET": ["GET", {}, { csrf: no }, "session"],
    "checkOrigin false": ["POST", cross, { csrf: { checkOrigin: false } }, "session"],
    "trustedOrigins": ["POST", cross, { csrf: { trustedOrigins: [EVIL] } }, "session"],
    "trustedOrigins, another": [
      "POST",
      cross,
      { csrf: { trustedOrigins: ["https://shop.test"] } },
      "403",
    ],
    "trustedOrigins of another scheme": [
      "POST",
      { "sec-fetch-site": "cross-site", origin: "capacitor://localhost" },
      { csrf: { trustedOrigins: ["capacitor://localhost"] } },
      "session",
    ],
    "safeMethods with POST": ["POST", cross, { csrf: { safeMethods: ["GET", "POST"] } }, "session"],
    "safeMethods without GET": ["GET", cross, { csrf: { safeMethods: ["HEAD"] } }, "403"],
    "insecureExempt": ["POST", cross, { csrf: { insecureExempt: () => true } }, "session"],
    "insecureExempt, not this one": [
      "POST",
      cross,
      { csrf: { insecureExempt: () => false } },
      "403",
    ],
    "a view with requireCsrf: false": [
      "POST",
      cross,
      { view: { requireCsrf: false } },
      "session",
    ],
    "a WebSocket of our page": [
      "GET",
      { ...handshake, "sec-fetch-site": "same-origin", origin: "https://app.test" },
      {},
      "session",
    ],
    "a WebSocket of another site": ["GET", { ...handshake, ...cross }, {}, "403"],
    "a WebSocket, our Origin alone": [
      "GET",
      { ...handshake, origin: "https://app.test" },
      {},
      "session",
    ],
    "a WebSocket, another Origin alone": ["GET", { ...handshake, origin: EVIL }, {}, "403"],
    "a WebSocket, another port": [
      "GET",
      { ...handshake, origin: "https://app.test:8443" },
      {},
      "403",
    ],
    "a WebSocket in capitals": ["GET", { upgrade: "WebSocket", origin: EVIL }, {}, "403"],
    "a WebSocket among other protocols": [
      "GET",
      { upgrade: "h2c, websocket", origin: EVIL },
      {},
      "403",
    ],
    "a WebSocket of a program": ["GET", handshake, {}, "session"],
    "a WebSocket of a trusted origin": [
      "GET",
      { ...handshake, ...cross },
      { csrf: { trustedOrigins: [EVIL] } },
      "session",
    ],
    "a WebSocket of another site, requireCsrf: false": [
      "GET",
      { ...handshake, ...cross },
      { view: { requireCsrf: false } },
      "session",
    ],
    "another upgrade": ["GET", { upgrade: "h2c", origin: EVIL }, {}, "session"],
  };
  for (const [name, [method, headers, differing, got]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const { app, logger, calls } = made(differing);
      const ada = new TestClient(app);
      await ada.get("/x");
      const cookie = `__Host-session=${ada.cookie("__Host-session")}`;
      const response = await ask(app, "/x", { method, headers: { cookie, ...headers } });
      const isRefused = got === "403";
      assertEquals(response.status, isRefused ? 403 : 200);
      const text = await response.text();
      if (!isRefused && method !== "HEAD") assertEquals(text, "session of ada");
      assertEquals(response.headers.getSetCookie().length, isRefused ? 0 : 1);
      assertEquals([calls(), logger.lines.length], [2, isRefused ? 1 : 0]);
    });
  }
});

Deno.test("a page of another site does not read the visitor's session, whatever cookie the browser sends", async () => {
  const { app } = made();
  const ada = new TestClient(app);
  await ada.get("/x");
  const cookie = `__Host-session=${ada.cookie("__Host-session")}`;
  const text = async (headers: HeadersInit, method = "POST") =>
    await (await ask(app, "/x", { method, headers })).text();
  assertEquals(await text({ cookie, "sec-fetch-site": "same-origin" }), "session of ada");
  for (
    const [method, headers] of [["POST", cross], ["GET", { ...handshake, ...cross }]] as const
  ) {
    const answer = await text({ cookie, ...headers }, method);
    assert(!answer.includes("ada"), answer);
  }
});

Deno.test("request.session of a request from another site rejects with BadCsrfOrigin, each time it is asked for, and is logged once", async (t) => {
  const rows: Record<string, [differing: Differing, said: string]> = {
    "without publicOrigin": [{}, "if it is this app behind a proxy, set publicOrigin"],
    "with publicOrigin": [
      { publicOrigin: "https://app.test" },
      "the publicOrigin of this app is https://app.test",
    ],
  };
  for (const [name, [differing, said]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const { app, logger } = made({
        ...differing,
        configure: (config) =>
          config.addRoute("thrice", "/thrice", {
            requestMethod: "POST",
            view: async (request) => {
              for (let time = 0; time < 3; time++) {
                const error = await assertRejects(() => request.session, BadCsrfOrigin);
                assert(error instanceof HttpForbidden);
              }
              return html`untouched`;
            },
          }),
      });
      const response = await ask(app, "/thrice?token=1", { method: "POST", headers: cross });
      assertEquals([await response.text(), response.headers.getSetCookie()], ["untouched", []]);
      assertEquals(logger.lines, [
        `warn: POST /thrice was refused: it comes from "${EVIL}", not from a page of this app; if the origin is yours, name it in trustedOrigins; ${said}`,
      ]);
    });
  }
  await t.step("with none of the headers that name an origin", async () => {
    const { app, logger } = made({ csrf: { allowNoOrigin: false } });
    const response = await ask(app, "/x?token=1", { method: "POST" });
    assertEquals(response.status, 403);
    assertMatch(
      await response.text(),
      /The request has no Origin header, which browsers send with a form/,
    );
    assertEquals(logger.lines, [
      "warn: POST /x was refused: it has none of the headers Origin, Sec-Fetch-Site and Referer, of which browsers send one; with curl, give -H 'Origin: https://app.test'; to let programs in, set insecureExempt or allowNoOrigin",
    ]);
  });
  await t.step("what is logged of the visitor's own is printable, and short", async () => {
    const { app, logger } = made();
    await ask(app, `/x`, {
      method: "POST",
      headers: { origin: `https://\u009b2J${"x".repeat(5_000)}` },
    });
    assertEquals(logger.lines.length, 1);
    assertMatch(logger.lines[0] ?? "", /^[\x20-\x7e]{1,600}$/);
  });
});

Deno.test("views that never ask for the session answer other sites as before", async () => {
  const hook: View<{ user: string }> = async (request) => html`got ${await request.text()}`;
  const { app, logger } = made({
    configure: (config) => config.addRoute("hook", "/hook", { requestMethod: "POST", view: hook }),
  });
  const response = await ask(app, "/hook", { method: "POST", headers: cross, body: "paid" });
  assertEquals([response.status, await response.text()], [200, "got paid"]);
  assertEquals([response.headers.get("vary"), logger.lines], [null, []]);
});

Deno.test("a session is refused to tween, predicate, policy, factory and request method as well, although the view is exempt", async (t) => {
  const reads: PredicateFactory = () => ({
    text: "reads",
    holds: async (request) => (await request.session).isNew,
  });
  const rows: Record<string, (config: Configurator<{ user: string }>) => void> = {
    "a tween": (config) =>
      void config.addTween((handler) => async (request) => {
        await request.session;
        return await handler(request);
      }),
    "a view predicate": (config) =>
      void config.addViewPredicate("reads", reads).addRoute("early", "/early")
        .addView(() => html`early`, {
          routeName: "early",
          requestMethod: "POST",
          requireCsrf: false,
          custom: { reads: 1 },
        }),
    "a factory": (config) =>
      void config.addRoute("early", "/early", { factory: (request) => request.session })
        .addView(() => html`early`, {
          routeName: "early",
          requestMethod: "POST",
          requireCsrf: false,
        }),
  };
  for (const [name, configure] of Object.entries(rows)) {
    await t.step(name, async () => {
      const { app, logger } = made({ configure });
      const path = name === "a tween" ? "/x" : "/early";
      const foreign = await ask(app, path, { method: "POST", headers: cross });
      assertEquals([foreign.status, foreign.headers.getSetCookie()], [403, []]);
      assertEquals(logger.lines.length, 1);
      const own = await ask(app, path, { method: "POST" });
      assertEquals(own.status, 200);
    });
  }
  await t.step("a policy, of a view that is not exempt", async () => {
    const { app, logger } = made({
      view: { permission: "read", permitsAnonymous: true },
      configure: (config) =>
        void config.setSecurityPolicy({
          usesSession: true,
          identity: async (request) => (await request.session).userId ?? null,
          permits: async (request) => (await request.identity) === null,
        }),
    });
    assertEquals((await ask(app, "/x", { method: "POST", headers: cross })).status, 403);
    assertEquals((await ask(app, "/x", { method: "POST" })).status, 200);
    assertEquals(logger.lines.length, 1);
  });
  await t.step("a policy, of a view that is exempt, gets it", async () => {
    const { app } = made({
      view: { permission: "read", permitsAnonymous: true, requireCsrf: false },
      configure: (config) =>
        void config.setSecurityPolicy({
          identity: () => null,
          permits: async (request) => (await request.session).isNew,
        }),
    });
    assertEquals((await ask(app, "/x", { method: "POST", headers: cross })).status, 200);
  });
});

Deno.test("an exempt view gets the session although a tween was refused it and went on", async () => {
  const { app } = made({
    view: { requireCsrf: false },
    configure: (config) =>
      void config.addTween((handler) => async (request) => {
        await request.session.catch(() => {});
        return await handler(request);
      }),
  });
  const response = await ask(app, "/x", { method: "POST", headers: cross });
  assertEquals([response.status, response.headers.getSetCookie().length], [200, 1]);
});

Deno.test("an exception view of a refused request gets an empty session, which is never saved", async (t) => {
  type Page = Parameters<Configurator<{ user: string }>["addForbiddenView"]>[0];
  const seen: unknown[] = [];
  const pages: Record<string, [page: Page, text: string]> = {
    "that reads it": [async (_error, request) => {
      const session = await request.session;
      seen.push(session.get("user"), session.userId, session.isNew);
      return new Response(session.popFlash().join(), { status: 403 });
    }, ""],
    "that writes to it": [async (_error, request) => {
      const session = await request.session;
      session.set("user", "eve").flash("Refused");
      session.bindTo("eve");
      return new Response(String((await request.session).get("user")), { status: 403 });
    }, "eve"],
    "that makes a CSRF token": [async (_error, request) => {
      const session = await request.session;
      const token = session.getCsrfToken();
      return new Response(String(session.checkCsrfToken(token)), { status: 403 });
    }, "true"],
    "that ends it": [async (_error, request) => {
      (await request.session).invalidate();
      return new Response(null, { status: 403 });
    }, ""],
  };
  for (const [name, [page, text]] of Object.entries(pages)) {
    await t.step(name, async () => {
      const { app, logger } = made({ configure: (config) => void config.addForbiddenView(page) });
      const ada = new TestClient(app);
      await ada.get("/x");
      const cookie = ada.cookie("__Host-session");
      const headers = { cookie: `__Host-session=${cookie}`, ...cross };
      const response = await ask(app, "/x", { method: "POST", headers });
      assertEquals([response.status, response.headers.getSetCookie()], [403, []]);
      assertEquals(logger.lines.length, 1);
      assertEquals(await response.text(), text);
      assertEquals(await (await ada.get("/x")).text(), "session of ada");
    });
  }
  assertEquals(seen, [undefined, undefined, true]);
});

Deno.test("an exception view of a request that is not refused gets the session itself", async () => {
  const { app } = made({
    configure: (config) => {
      config.addRoute("fails", "/fails", {
        requestMethod: "POST",
        view: () => {
          throw new HttpForbidden();
        },
      }).addForbiddenView(async (_error, request) => {
        (await request.session).set("user", "ada");
        return new Response("no", { status: 403 });
      });
    },
  });
  const response = await ask(app, "/fails", { method: "POST" });
  assertEquals([response.status, response.headers.getSetCookie().length], [403, 1]);
});

Deno.test("a session in Pyramid's format is kept from other sites as well", async () => {
  const logger = new RecordingLogger();
  const app = new Configurator({
    logger,
    sessionFactory: pyramidCookieSessionFactory(SAMPLE_SECRET, { logger }),
  }).addRoute("x", "/x", {
    requestMethod: "POST",
    view: async (request) => html`${(await request.session).size}`,
  }).makeApp();
  assertEquals((await ask(app, "/x", { method: "POST", headers: cross })).status, 403);
  assertEquals((await ask(app, "/x", { method: "POST" })).status, 200);
});

Deno.test("a visitor's browser: forms of our pages pass without options, forms of other sites do not", async () => {
  const { app } = made();
  const visitor = new TestClient(app);
  const status = async (from?: string) =>
    (await visitor.post("/x", {}, from === undefined ? {} : { from })).status;
  assertEquals(
    [
      await status(),
      await status("https://app.test/form"),
      await status("https://www.app.test/"),
      await status("https://app.test:8443/"),
      await status(`${EVIL}/page`),
    ],
    [200, 200, 403, 403, 403],
  );
});
