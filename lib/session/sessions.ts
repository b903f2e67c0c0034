/**
 * Implements every session factory: loads and commits sessions, in cookies and in stores.
 *
 * @module
 */

import {
  type CommitContext,
  type Session,
  type SessionFactory,
  type SessionOutcome,
  type SessionRequest,
  sessionState,
} from "../../session.ts";
import { Lazy } from "../lazy.ts";
import type { Logger } from "../log.ts";
import type { SessionBackend } from "./backend.ts";
import { SessionCommitting } from "./commit.ts";
import type { SessionCookie } from "./cookie_attributes.ts";
import { SessionLoading } from "./load.ts";
import type { SessionParts } from "./options.ts";

/** Loads and commits the sessions that a backend keeps. */
export class Sessions<Data extends object, State> implements SessionFactory<Data> {
  /** The cookie that identifies the session of a request. No two factories of an app share one. */
  readonly cookie: SessionCookie;
  /** Loads the session of a request. */
  readonly load: SessionFactory<Data>["load"];
  /** Closes a session, and decides which `Set-Cookie` headers the response gets. */
  readonly commit: SessionFactory<Data>["commit"];
  readonly #logger: SessionParts["logger"];

  /**
   * Puts a factory together.
   *
   * @param backend Where its sessions live.
   * @param parts The result of `sessionSettings()` and the contents of a format.
   */
  constructor(backend: SessionBackend<State>, parts: SessionParts) {
    this.cookie = parts.cookie;
    const loading = new SessionLoading<Data, State>(backend, parts);
    const committing = new SessionCommitting(backend, parts);
    this.load = loading.load.bind(loading);
    this.commit = committing.commitSession.bind(committing);
    this.#logger = parts.logger;
  }

  /**
   * Sets the logger of the app, unless the options name one. The factory's stores and former
   * factories use the same logger.
   */
  useLogger(logger: Logger): void {
    this.#logger.inherit(logger);
  }
}

/** Imports a factory with the first session, because few apps need it. */
export class LateSessions<Data extends object, Made extends SessionFactory<Data>>
  implements SessionFactory<Data> {
  /** The cookie that identifies the session of a request. */
  readonly cookie: SessionCookie;
  /** The factory itself. */
  protected readonly sessions: Lazy<Made>;
  readonly #logger: SessionParts["logger"];

  /**
   * Makes nothing yet.
   *
   * @param settings The cookie and the logger.
   * @param make Makes the factory.
   */
  constructor(
    { cookie, logger }: Pick<SessionParts, "cookie" | "logger">,
    make: () => Promise<Made>,
  ) {
    this.cookie = cookie;
    this.#logger = logger;
    this.sessions = new Lazy(make);
  }

  /** Sets the logger of the app, unless the options name one. */
  useLogger(logger: Logger): void {
    this.#logger.inherit(logger);
  }

  /** Loads the session of a request. */
  load(request: SessionRequest): Session<Data> | Promise<Session<Data>> {
    const sessions = this.sessions.get();
    return sessions instanceof Promise
      ? sessions.then((sessions) => sessions.load(request))
      : sessions.load(request);
  }

  /** Closes a session, and decides which `Set-Cookie` headers the response gets. */
  commit(
    session: Session<Data>,
    request: SessionRequest,
    context: CommitContext,
  ): SessionOutcome | Promise<SessionOutcome> {
    sessionState(session).close();
    const sessions = this.sessions.get();
    return sessions instanceof Promise
      ? sessions.then((sessions) => sessions.commit(session, request, context))
      : sessions.commit(session, request, context);
  }
}
