/**
 * An app of any session factory whose view is whatever a test wants done with the session, on a
 * clock that is set.
 *
 * @module
 */

import {
  Configurator,
  HttpError,
  type Logger,
  type Session,
  type SessionFactory,
  type ViewRequest,
} from "@pyramidion/pyramidion";
import type { RefusalReason, SessionRequest } from "@pyramidion/pyramidion/types";
import { type SettableClock, settableClock, TestClient } from "@pyramidion/pyramidion/testing";
import { LeftSessions } from "./left_sessions.ts";
import { SECRET, SessionApp, START } from "./session_app.ts";

/** What factories are told by an app under test. */
export interface Surroundings {
  /** The time. */
  readonly clock: SettableClock;
  /** Where warnings and errors go. */
  readonly logger: Logger;
  /** Takes down why a cookie was refused. */
  readonly onReject: (reason: RefusalReason, request: SessionRequest) => void;
}

/** What came of a request. */
export interface Answered<T> {
  /** What the work returned. */
  readonly value: T;
  /** The answer. */
  readonly response: Response;
  /** Its `Set-Cookie` headers. */
  readonly cookies: string[];
}

type Work<Data extends object, T> = (
  session: Session<Data>,
  request: ViewRequest<Data>,
) => T | Promise<T>;

/** What a {@linkcode FactoryApp} can be made with. */
export interface FactoryAppOptions<Data extends object> {
  /** The time; default: one of its own, at {@linkcode START}. */
  readonly clock?: SettableClock;
  /** What else the app says. */
  readonly configure?: (config: Configurator<Data>) => void;
}

/** An app under test. */
export class FactoryApp<Data extends object = Record<string, unknown>> {
  /** The time of app and visitors. */
  readonly clock: SettableClock;
  /** Why cookies were refused, in order. */
  readonly refusals: RefusalReason[] = [];
  /** What was logged as an error: what failed, and what was thrown. */
  readonly errors: { message: string; cause: unknown }[] = [];
  /** Leaves sessions as an earlier time would have left them. */
  readonly left: LeftSessions;
  /** Answers requests. */
  readonly fetch: (request: Request) => Response | Promise<Response>;
  readonly #works: Work<Data, unknown>[] = [];

  /**
   * Makes the app.
   *
   * @param make Makes its factory.
   * @param options The clock, and what else the app says.
   */
  constructor(
    make: (around: Surroundings) => SessionFactory<Data>,
    options: FactoryAppOptions<Data> = {},
  ) {
    this.clock = options.clock ?? settableClock(START);
    const logger: Logger = {
      warn: () => {},
      error: (message, cause) => void this.errors.push({ message, cause }),
    };
    const onReject = (reason: RefusalReason) => void this.refusals.push(reason);
    const sessionFactory = make({ clock: this.clock, logger, onReject });
    this.left = new LeftSessions(SECRET, SessionApp.kind, sessionFactory);
    const config = new Configurator({ sessionFactory, logger });
    config.addRoute("untouched", "/untouched")
      .addView(() => new Response("untouched"), { routeName: "untouched" });
    config.addRoute("work", "/*").addView((request) => this.#work(request), { routeName: "work" });
    options.configure?.(config);
    this.fetch = config.makeApp().fetch;
  }

  /** A visitor without cookies. */
  visitor(): TestClient {
    return new TestClient(this, { clock: this.clock });
  }

  /**
   * Sends a request whose view does the work; a `Response` that it returns is the answer. What it
   * throws is thrown here too, unless it is an `HttpError`.
   */
  async visit<T>(
    visitor: TestClient,
    work: Work<Data, T>,
    init: RequestInit = {},
  ): Promise<Answered<T>> {
    let value: T | undefined;
    let called = false;
    let failure: { cause: unknown } | undefined;
    const index = this.#works.push(async (session, request) => {
      called = true;
      try {
        return value = await work(session, request);
      } catch (cause) {
        if (!(cause instanceof HttpError)) failure = { cause };
        throw cause;
      }
    }) - 1;
    const headers = new Headers(init.headers);
    headers.set("x-work", String(index));
    const response = await visitor.fetch("/", { ...init, headers });
    if (failure !== undefined) throw failure.cause;
    // Where the store is down no view is asked; else what the work asserts would never be tried.
    if (!called && response.status !== 503) {
      throw new Error(`the work was never begun: ${response.status}`);
    }
    return { value: value as T, response, cookies: response.headers.getSetCookie() };
  }

  /** As {@linkcode visit}, by a stranger who sends the given `Cookie` header and keeps nothing. */
  present<T>(cookie: string, work: Work<Data, T>, init: RequestInit = {}): Promise<Answered<T>> {
    const headers = new Headers(init.headers);
    headers.set("cookie", cookie);
    return this.visit(this.visitor(), work, { ...init, headers });
  }

  async #work(request: ViewRequest<Data>): Promise<Response> {
    const work = this.#works[Number(request.headers.get("x-work"))];
    if (work === undefined) throw new TypeError("Cannot answer: there is nothing to do");
    const value = await work(await request.session, request);
    return value instanceof Response ? value : new Response("done");
  }
}

/** The `Cookie` header of a visitor. */
export function cookieHeader(visitor: TestClient): string {
  return visitor.jar.header(new URL("/", visitor.origin)) ?? "";
}

/** A second secret, for rotation. */
export const OLD_SECRET: string = SECRET.split("").reverse().join("");
