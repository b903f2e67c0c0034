/**
 * An app whose view is whatever a test wants done with the session, on a clock that is set.
 *
 * @module
 */

import {
  Configurator,
  HttpError,
  HttpRedirection,
  type Session,
  type SessionFactory,
  signedCodec,
  signedCookieSessionFactory,
  type ViewRequest,
} from "@pyramidion/pyramidion";
import type {
  RefusalReason,
  SecretCookieSessionOptions,
  Secrets,
} from "@pyramidion/pyramidion/types";
import { type SettableClock, settableClock, TestClient } from "@pyramidion/pyramidion/testing";

import { LeftSessions } from "./left_sessions.ts";
import { type KindOptions, KINDS } from "./session_kinds.ts";

/** What signs where a test does not say. */
export const SECRET = "tests: 4kQ9wZ2mX7vB1nL6cR8pT3yH5jD0sF";
/** Where the clock stands at first, in milliseconds. */
export const START: number = Date.UTC(2026, 0, 1);
/** The name of the cookie over https. */
export const NAME = "__Host-session";

/** What a test does with a session. */
export type Work<T> = (session: Session, request: ViewRequest) => T | Promise<T>;

/** What came of a request. */
export interface Visited<T> {
  /** What the work returned. */
  readonly value: T;
  /** The answer. */
  readonly response: Response;
  /** Its `Set-Cookie` headers. */
  readonly cookies: string[];
}

/** What a {@linkcode SessionApp} takes besides the options of its factory. */
export interface SessionAppOptions extends SecretCookieSessionOptions {
  /** Its secrets. Default: {@linkcode SECRET}. */
  readonly secrets?: Secrets;
  /** The app's `publicOrigin`. */
  readonly publicOrigin?: string;
}

/** An app of signed cookie sessions under test, or of another kind within {@linkcode everyKind}. */
export class SessionApp {
  /** The kind that is under test. */
  static kind = "signed";
  /** The time of app and visitors. */
  readonly clock: SettableClock = settableClock(START);
  /** Why cookies were refused, in order. */
  readonly refusals: RefusalReason[] = [];
  /** What the developer was warned of. */
  readonly warnings: string[] = [];
  /** What went wrong on our side. */
  readonly errors: unknown[] = [];
  /** Answers requests. */
  readonly fetch: (request: Request) => Response | Promise<Response>;
  /** Leaves sessions as an earlier time would have left them. */
  readonly left: LeftSessions;
  readonly #works: Work<unknown>[] = [];

  /** Makes the app. */
  constructor({ secrets = SECRET, publicOrigin, ...options }: SessionAppOptions = {}) {
    const logger = {
      warn: (message: string) => void this.warnings.push(message),
      error: (_message: string, cause: unknown) => void this.errors.push(cause),
    };
    const all = {
      clock: this.clock,
      onReject: (reason: RefusalReason) => void this.refusals.push(reason),
      logger,
      ...options,
    };
    const { [SessionApp.kind]: make } = KINDS;
    const factory = make === undefined || SessionApp.kind === "signed"
      ? signedCookieSessionFactory(secrets, all)
      : make(secrets, all);
    this.left = new LeftSessions(SECRET, SessionApp.kind, factory);
    const config = new Configurator({
      sessionFactory: factory,
      logger,
      ...publicOrigin === undefined ? {} : { publicOrigin },
    });
    config.addRoute("untouched", "/untouched").addView(() => new Response("untouched"), {
      routeName: "untouched",
    });
    config.addRoute("work", "/*").addView((request) => this.#work(request), {
      routeName: "work",
      requestMethod: ["GET", "HEAD", "POST"],
    });
    this.fetch = config.makeApp().fetch;
  }

  /** A visitor without cookies. */
  visitor(origin = "https://app.test"): TestClient {
    return new TestClient(this, { origin, clock: this.clock });
  }

  /**
   * Sends a request whose view does the work; a response or redirection that it returns is the answer.
   *
   * What the work throws is thrown here too, unless it is an `HttpError`.
   */
  async visit<T>(visitor: TestClient, work: Work<T>, init: RequestInit = {}): Promise<Visited<T>> {
    let value: T | undefined;
    let called = false;
    let failure: unknown;
    this.#works.push(async (session, request) => {
      called = true;
      try {
        return value = await work(session, request);
      } catch (error) {
        if (!(error instanceof HttpError)) failure = error;
        throw error;
      }
    });
    const headers = new Headers(init.headers);
    headers.set("x-work", String(this.#works.length - 1));
    const response = await visitor.fetch("/app/", { ...init, headers });
    if (failure !== undefined) throw failure;
    // Where the store is down no view is asked; else what the work asserts would never be tried.
    if (!called && response.status !== 503) {
      throw new Error(`the work was never begun: ${response.status}`);
    }
    return { value: value as T, response, cookies: response.headers.getSetCookie() };
  }

  /** As {@linkcode visit}, by a stranger who sends one cookie text under the name of the session's cookie. */
  present<T>(text: string, work: Work<T>, init: RequestInit = {}): Promise<Visited<T>> {
    const headers = new Headers(init.headers);
    headers.set("cookie", `${NAME}=${text}`);
    return this.visit(this.visitor(), work, { ...init, headers });
  }

  async #work(request: ViewRequest): Promise<Response | HttpRedirection> {
    const work = this.#works[Number(request.headers.get("x-work"))];
    if (work === undefined) throw new TypeError("Cannot answer: there is nothing to do");
    const value = await work(await request.session, request);
    const answers = value instanceof Response || value instanceof HttpRedirection;
    return answers ? value : new Response("done");
  }
}

/** Makes the factory of the kind that is under test. */
export function factoryOfKind<Data extends object>(
  secrets: Secrets,
  options: KindOptions<Data>,
): SessionFactory<Data> {
  const { [SessionApp.kind]: make } = KINDS;
  if (make === undefined) throw new Error(`there is no kind "${SessionApp.kind}"`);
  return make<Data>(secrets, options);
}

/** A test of what all kinds of sessions do, whatever their cookies hold. */
export function everyKind(name: string, test: (t: Deno.TestContext) => unknown): void {
  for (const kind of Object.keys(KINDS)) {
    Deno.test(`${name} (${kind})`, async (t) => {
      SessionApp.kind = kind;
      try {
        await test(t);
      } finally {
        SessionApp.kind = "signed";
      }
    });
  }
}

/** Everything that a session holds of the app's, as an object without prototype. */
export function stateOf(session: Session): Record<string, unknown> {
  return Object.assign(Object.create(null), Object.fromEntries(session));
}

/** The cookie text of a `Set-Cookie` header. */
export function textOf(setCookie: string | undefined): string {
  return /^[^=]+=([^;]*)/.exec(setCookie ?? "")?.[1] ?? "";
}

/** The bytes of a token. */
export function tokenBytes(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.fromBase64(text, { alphabet: "base64url" });
}

/** The payload of a signed token, unverified: text between six bytes of header and 32 of tag. */
export function payloadOf(text: string): string {
  return new TextDecoder("utf-8", { fatal: true }).decode(tokenBytes(text).slice(6, -32));
}

/** Signs a payload of any shape. */
export function mint(
  payload: string | Uint8Array<ArrayBuffer>,
  { secret = SECRET, cookieName = "session" } = {},
): Promise<string> {
  const bytes = typeof payload === "string" ? new TextEncoder().encode(payload) : payload;
  return signedCodec(secret, { cookieName }).encode(bytes);
}
