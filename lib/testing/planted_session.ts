/**
 * Writes sessions into a visitor's cookies, and reads them, by the app's own factory.
 *
 * @module
 */

import {
  BOOLEAN,
  checkOptions,
  checkValue,
  either,
  instanceOf,
  NUMBER,
  OBJECT,
  type OptionKind,
  type OptionKinds,
  TEXT,
} from "../check_options.ts";
import { SESSION_FACTORY } from "../session/contract/factory.ts";
import {
  type Session,
  type SessionFactory,
  type SessionRequest,
  sessionState,
} from "../../session.ts";
import { TestClient } from "./test_client.ts";

/** The options of {@linkcode plantSession}: the parts of the session besides the app's keys. */
export interface PlantOptions extends Pick<SessionPlaceOptions, "origin"> {
  /** Flash messages: a list for the queue `""`, or an object with a list for each queue. */
  readonly flash?: readonly unknown[] | Readonly<Record<string, readonly unknown[]>>;
  /** The user who is signed in, as by `session.bindTo()`. Default: no user. */
  readonly userId?: string;
  /** Seconds for which the session is remembered, as by `session.remember()`. */
  readonly remember?: number;
  /**
   * Whether the session has a CSRF token. Read it from the returned session by `getCsrfToken()`.
   * @default {false}
   */
  readonly csrfToken?: boolean;
}

/** The options of {@linkcode readSession}: the URL to which the session's cookie is sent. */
export interface SessionPlaceOptions {
  /**
   * A path to which the cookie is sent. Give it if the `path` of the factory is not `/`.
   * @default {"/"}
   */
  readonly path?: string;
  /**
   * The origin that the app sees, which is its `publicOrigin` if it has one. Default: the origin of
   * the client.
   */
  readonly origin?: string;
}

const LIST: OptionKind = { expected: "a list of messages", is: Array.isArray };

const PLANT_KINDS: OptionKinds<PlantOptions> = {
  origin: TEXT,
  flash: either(LIST, {
    expected: "an object with such a list for each queue",
    is: (value) => OBJECT.is(value) && Object.values(Object(value)).every(LIST.is),
  }),
  userId: TEXT,
  remember: NUMBER,
  csrfToken: BOOLEAN,
};

const PLACE_KINDS: OptionKinds<SessionPlaceOptions> = { path: TEXT, origin: TEXT };

const CLIENT = instanceOf(TestClient, "a TestClient");

/**
 * Gives a visitor a session, as if earlier requests had made it.
 *
 * The factory itself writes the cookie, so that this works for every factory. It replaces an
 * earlier session of the visitor.
 *
 * @param client The visitor.
 * @param factory The app's factory, or another one with the same options.
 * @param keys The app's keys.
 * @param options Flash messages, the user, a CSRF token.
 * @returns The session that was written. You can read it, and no longer change it.
 * @throws {TypeError} If the session is empty, a value cannot be stored, or a browser would reject
 * the cookie.
 * @throws {TypeError} If an option is wrong or unknown.
 *
 * @example Signed in without the form
 * ```ts
 * import { Configurator, html, route, signedCookieSessionFactory } from "@pyramidion/pyramidion";
 * import { plantSession, readSession, TestClient } from "@pyramidion/pyramidion/testing";
 * import { assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * const secret = crypto.getRandomValues(new Uint8Array(32)).toBase64();
 * const factory = signedCookieSessionFactory<{ visits: number }>(secret);
 * const home = route("home", "/");
 * const app = new Configurator({ sessionFactory: factory }).addRoute(home).addView(async (request) => {
 *   const session = await request.session;
 *   session.set("visits", (session.get("visits") ?? 0) + 1);
 *   return html`${session.userId}`;
 * }, { route: home }).makeApp();
 *
 * const client = new TestClient(app);
 * await plantSession(client, factory, { visits: 41 }, { userId: "ada" });
 * assertEquals((await client.open("/")).text, "ada");
 * assertEquals((await readSession(client, factory)).get("visits"), 42);
 * ```
 */
export async function plantSession<Data extends object>(
  client: TestClient,
  factory: SessionFactory<Data>,
  keys: Partial<NoInfer<Data>>,
  options: PlantOptions = {},
): Promise<Session<Data>> {
  checkPlace("plantSession()", client, factory);
  checkValue("the keys of plantSession()", keys, OBJECT, TypeError);
  checkOptions("plantSession()", options, PLANT_KINDS, TypeError);
  const request = sessionRequest(options.origin ?? client.origin, "GET", null);
  const session = await factory.load(request);
  fill(session, keys, options);
  const context = { mayRenew: true, byException: false };
  const outcome = await factory.commit(session, request, context);
  sessionState(session).close();
  if (outcome.do !== "write") {
    throw new TypeError(
      "Cannot plant the session: it is empty, and an empty session has no cookie: give it a key, a flash message, a user or a CSRF token",
    );
  }
  const refused = client.jar.refused.length;
  for (const cookie of outcome.cookies) client.jar.store(cookie, client.origin);
  const refusal = client.jar.refused[refused];
  if (refusal !== undefined) {
    throw new TypeError(
      `Cannot plant the session: a browser at ${client.origin} rejects its cookie (${refusal.reason}): give the TestClient the origin of the app, or change the cookie options of the factory`,
    );
  }
  return session;
}

/**
 * Reads the session that the app would load for the visitor's next request.
 *
 * @param client The visitor.
 * @param factory The app's factory, or another one with the same options.
 * @param options The path and the origin of that request.
 * @returns The session, which you can read and not change. `popFlash()` leaves the messages in it.
 * Without a valid cookie it is a new and empty session.
 * @throws {TypeError} If an option is wrong or unknown.
 */
export async function readSession<Data extends object>(
  client: TestClient,
  factory: SessionFactory<Data>,
  options: SessionPlaceOptions = {},
): Promise<Session<Data>> {
  checkPlace("readSession()", client, factory);
  checkOptions("readSession()", options, PLACE_KINDS, TypeError);
  const cookies = client.jar.header(new URL(options.path ?? "/", client.origin));
  // HEAD, because a GET can use up flash messages.
  const request = sessionRequest(options.origin ?? client.origin, "HEAD", cookies);
  const session = await factory.load(request);
  sessionState(session).close();
  return session;
}

function checkPlace(what: string, client: unknown, factory: unknown): void {
  checkValue(`the client of ${what}`, client, CLIENT, TypeError);
  checkValue(`the session factory of ${what}`, factory, SESSION_FACTORY, TypeError);
}

function fill<Data extends object>(
  session: Session<Data>,
  keys: Partial<Data>,
  { csrfToken, flash = {}, remember, userId }: PlantOptions,
): void {
  session.update(keys);
  if (userId !== undefined) session.bindTo(userId);
  if (remember !== undefined) session.remember(remember);
  if (csrfToken === true) session.newCsrfToken();
  for (const [queue, messages] of Object.entries(isList(flash) ? { "": flash } : flash)) {
    for (const message of messages) session.flash(message, queue);
  }
}

function isList(
  flash: NonNullable<PlantOptions["flash"]>,
): flash is readonly unknown[] {
  return Array.isArray(flash);
}

function sessionRequest(origin: string, method: string, cookies: string | null): SessionRequest {
  const headers = new Headers(cookies === null ? {} : { cookie: cookies });
  const raw = new Request(origin, { method, headers });
  return { raw, method, headers, origin };
}
