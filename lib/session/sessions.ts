/**
 * The object behind every session factory: loads and commits, wherever sessions live.
 *
 * @module
 */

import type { SessionFactory } from "../../session.ts";
import type { Logger } from "../log.ts";
import type { SessionBackend } from "./backend.ts";
import { SessionCommitting } from "./commit.ts";
import type { SessionCookie } from "./cookie_attributes.ts";
import { SessionLoading } from "./load.ts";
import type { SessionParts } from "./options.ts";

/** Loads and commits the sessions that a backend keeps. */
export class Sessions<Data extends object, State> implements SessionFactory<Data> {
  /** By which a request names its session: no two factories of an app share one. */
  readonly cookie: SessionCookie;
  /** Loads the session of a request. */
  readonly load: SessionFactory<Data>["load"];
  /** Closes a session, and decides what the response says. */
  readonly commit: SessionFactory<Data>["commit"];
  readonly #logger: SessionParts["logger"];

  /**
   * Puts a factory together.
   *
   * @param backend Where its sessions live.
   * @param parts What `sessionSettings()` and a format's contents gave.
   */
  constructor(backend: SessionBackend<State>, parts: SessionParts) {
    this.cookie = parts.cookie;
    const loading = new SessionLoading<Data, State>(backend, parts);
    const committing = new SessionCommitting(backend, parts);
    this.load = loading.load.bind(loading);
    this.commit = committing.commitSession.bind(committing);
    this.#logger = parts.logger;
  }

  /** Takes the logger of the app, unless the options name one; its stores and former factories have the same. */
  useLogger(logger: Logger): void {
    this.#logger.inherit(logger);
  }
}
