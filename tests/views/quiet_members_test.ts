/**
 * Members of a request and of a session that give promises: nobody need await them.
 *
 * Deno ends the process when a promise rejects that nobody awaits. A new member that is not in these
 * tables fails the test.
 *
 * @module
 */

import { assert, assertEquals } from "jsr:@std/assert@^1.0.0";
import {
  Configurator,
  html,
  HttpForbidden,
  json,
  redirect,
  Session,
  signedCookieSessionFactory,
  type StandardSchema,
  ViewRequest,
} from "@pyramidion/pyramidion";
import { recordingLogger, SAMPLE_SECRET } from "../sample_app.ts";

const schemaOf = (validate: StandardSchema["~standard"]["validate"]): StandardSchema => ({
  "~standard": { version: 1, vendor: "test", validate },
});
const REFUSING = schemaOf(() => ({ issues: [{ message: "no" }] }));
const THROWING = schemaOf(() => {
  throw new Error("down");
});

/** How a member is used so that its promise rejects; `null`: it gives none. */
type Use = ((request: ViewRequest) => unknown) | null;

const MEMBERS: Readonly<Record<string, Use>> = {
  addFinishedCallback: null,
  addResponseCallback: null,
  authenticatedUserId: (request) => request.authenticatedUserId,
  bytes: (request) => request.bytes({ maxBytes: 1 }),
  clientAddress: null,
  context: null,
  cookies: null,
  deleteCookie: null,
  exception: null,
  form: (request) => request.form(),
  hasForm: null,
  hasPermission: (request) => request.hasPermission("edit"),
  headers: null,
  id: null,
  identity: (request) => request.identity,
  info: (request) => request.info?.completed,
  isAuthenticated: (request) => request.isAuthenticated,
  isSecure: null,
  json: (request) => request.json(),
  matchdict: null,
  matchedRoute: null,
  method: null,
  mountPrefix: null,
  origin: null,
  params: (request) => request.params,
  parts: (request) => request.parts()[Symbol.asyncIterator]().next(),
  query: null,
  raw: null,
  readForm: (request) => request.readForm(REFUSING),
  readJson: (request) => request.readJson(REFUSING),
  readQuery: (request) => request.readQuery(THROWING),
  responseHeaders: null,
  responseStatus: null,
  routePath: null,
  routeUrl: null,
  segments: null,
  session: (request) => request.session,
  setCookie: null,
  settings: null,
  text: (request) => request.text({ maxBytes: 1 }),
  upgradeWebSocket: null,
  url: null,
  validForm: (request) => request.validForm(REFUSING),
  validJson: (request) => request.validJson(REFUSING),
  validQuery: (request) => request.validQuery(REFUSING),
};

/** Members of a session; none gives a promise. */
const SESSION_MEMBERS = [
  "beginSignIn",
  "bindTo",
  "cell",
  "changed",
  "checkCsrfToken",
  "clear",
  "created",
  "delete",
  "describe",
  "entries",
  "flash",
  "forget",
  "get",
  "getCsrfToken",
  "has",
  "hasCsrfToken",
  "invalidate",
  "isFresh",
  "isNew",
  "keys",
  "modify",
  "newCsrfToken",
  "peekFlash",
  "pendingUserId",
  "pop",
  "popFlash",
  "regenerate",
  "remember",
  "set",
  "setDefault",
  "signedInAt",
  "size",
  "update",
  "userId",
  "values",
];

function membersOf(prototype: object): string[] {
  return Object.getOwnPropertyNames(prototype).filter((name) => name !== "constructor").sort();
}

const down = () => Promise.reject(new Error("down"));

/** Asks a request for one member and awaits nothing; gives what it rejected with. */
async function ask(use: NonNullable<Use>, type: string): Promise<unknown> {
  const unhandled: unknown[] = [];
  const listen = (event: PromiseRejectionEvent) => {
    event.preventDefault();
    unhandled.push(event.reason);
  };
  addEventListener("unhandledrejection", listen);
  let promise: unknown;
  const app = new Configurator({
    logger: { warn: () => {}, error: () => {} },
    sessionFactory: { load: down, commit: () => ({ do: "nothing" }) },
  }).setSecurityPolicy({ identity: down, permits: down }).addRoute("x", "/x")
    .addView((request) => {
      promise = use(request);
      return new Response("x");
    }, { routeName: "x", requestMethod: "POST" }).makeApp();
  const raw = new Request("https://app.test/x", {
    method: "POST",
    body: "{bad",
    headers: { "content-type": type },
  });
  const completed = down();
  completed.catch(() => {});
  const remoteAddr = { transport: "tcp", hostname: "127.0.0.1", port: 1 } as const;
  await app.fetch(raw, { remoteAddr, completed });
  // Deno tells of unhandled rejections once the microtasks are done.
  await new Promise((resolve) => setTimeout(resolve, 0));
  removeEventListener("unhandledrejection", listen);
  assertEquals(unhandled, []);
  assert(promise instanceof Promise, "it gives no promise");
  return await promise.then(() => null, (error) => error);
}

Deno.test("ViewRequest: every member is known to give a quiet promise, or none", () => {
  assertEquals(membersOf(ViewRequest.prototype), Object.keys(MEMBERS).sort());
});

Deno.test("ViewRequest: a promise that rejects and that nobody awaits ends nothing", async (t) => {
  for (const [name, use] of Object.entries(MEMBERS)) {
    if (use === null) continue;
    await t.step(name, async () => {
      const type = name === "form" || name === "params"
        ? "multipart/form-data"
        : "application/json";
      assert(await ask(use, type) !== null, "it did not reject");
    });
  }
});

Deno.test("Session: no member but cell() and modify() gives a promise, which may reject, and a new one is noticed", async () => {
  assertEquals(membersOf(Session.prototype), SESSION_MEMBERS);
  const session = new Session<Record<string, unknown>>();
  const factory = signedCookieSessionFactory(SAMPLE_SECRET);
  const raw = new Request("https://app.test/");
  const loaded = await factory.load({
    raw,
    method: "GET",
    headers: raw.headers,
    origin: "https://app.test",
  });
  for (const one of [session, loaded]) {
    const results = [
      one.bindTo("ada"),
      one.getCsrfToken(),
      one.newCsrfToken(),
      one.checkCsrfToken("x"),
      one.flash("x"),
      one.popFlash(),
      one.peekFlash(),
      one.set("a", 1),
      one.pop("a"),
      one.setDefault("a", 1),
      one.update({ a: 1 }),
      one.delete("a"),
      one.clear(),
      one.changed(),
      one.remember(1),
      one.regenerate(),
      one.invalidate(),
    ];
    assert(results.every((result) => !(result instanceof Promise)));
    // It rejects, and nobody awaits it.
    assert(one.modify("a", () => 1) instanceof Promise);
  }
});

/** Rejects; Deno fails the test if nobody has taken care of it. */
const late = (): Promise<never> => Promise.reject(new Error("late"));

Deno.test("a promise that is refused or thrown may reject: nobody awaits it any more", async (t) => {
  const any = (value: unknown) => value as never;
  const rows: Record<string, (request: ViewRequest) => unknown> = {
    "a message": async (request) => (await request.session).flash(late()),
    "a key": async (request) => (await request.session).set("a", late()),
    "a key, deep": async (request) => (await request.session).set("a", { b: [late()] }),
    "a user": async (request) => (await request.session).bindTo(any(late())),
    "a member of JSON": () => json({ user: late(), other: late() }),
    "JSON itself": () => json([late()]),
    "html": () => html`${any(late())}`,
    "what is thrown": () => {
      throw late();
    },
    "a context": async (request) => html`${String(await request.hasPermission("x", late()))}`,
    "a detail": () => new HttpForbidden(any(late())),
    "a location": () => redirect(any(late())),
    "a cookie": (request) => request.setCookie("a", any(late())),
    "an option": (request) => request.setCookie("a", "1", { path: any(late()) }),
    "a status": (request) => {
      request.responseStatus = any(late());
    },
    "a callback": (request) => request.addResponseCallback(any(late())),
  };
  for (const [name, view] of Object.entries(rows)) {
    await t.step(name, async () => {
      const app = new Configurator({
        sessionFactory: signedCookieSessionFactory(SAMPLE_SECRET),
        logger: recordingLogger(),
      }).addRoute("x", "/x", { view: any(view) }).makeApp();
      const { status } = await app.fetch(new Request("https://app.test/x"));
      assert(status === 500 || status === 200, String(status));
    });
  }
});
