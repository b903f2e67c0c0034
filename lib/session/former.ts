/**
 * Takes over sessions that another factory left in visitors' cookies, for the option `formerly`.
 *
 * @module
 */

import {
  type CommitContext,
  type LoggerUser,
  Session,
  type SessionOutcome,
  type SessionRecord,
  type SessionRequest,
  sessionState,
} from "../../session.ts";
import { ConfigurationError } from "../configuration_error.ts";
import { LoadedRecord } from "./backend.ts";
import { SessionCookie } from "./cookie_attributes.ts";

/**
 * Any `SessionFactory`, with any type of data in its sessions.
 *
 * @internal
 */
export interface FormerSessionFactory extends LoggerUser {
  /** Loads the session of a request. */
  load(request: SessionRequest): object | Promise<object>;
  /** Decides which `Set-Cookie` headers the response gets. */
  commit(
    session: never,
    request: SessionRequest,
    context: CommitContext,
  ): SessionOutcome | Promise<SessionOutcome>;
}

/** A session in the cookie of another factory. */
export interface FormerSession {
  /** What it remembers. */
  readonly record: SessionRecord;
  /**
   * What tells it from other sessions of its user: the same for each request with the same cookie.
   * `undefined` where its factory is not one of this library.
   */
  readonly mark: string | undefined;
  /** Ends it, and gives the `Set-Cookie` values that delete its cookie. */
  readonly leave: () => Promise<readonly string[]>;
}

/** Reads and ends the sessions of another factory. */
export class FormerSessions {
  readonly #factory: FormerSessionFactory;

  /**
   * Takes the other factory.
   *
   * @param factory The other factory.
   * @param cookie The cookie of the factory that takes the sessions over.
   * @throws {ConfigurationError} If both factories use a cookie of one name.
   */
  constructor(factory: FormerSessionFactory, cookie: SessionCookie) {
    const other: unknown = "cookie" in factory ? factory.cookie : undefined;
    if (other instanceof SessionCookie && other.overlaps(cookie)) {
      throw new ConfigurationError(
        "Cannot take sessions over from a cookie of the same name: give one of the factories another cookieName",
      );
    }
    this.#factory = factory;
  }

  /** Finds the session that a request carries. It is `null` if there is no valid one. */
  async find(request: SessionRequest): Promise<FormerSession | null> {
    const session = await this.#factory.load(request);
    if (!(session instanceof Session) || session.isNew) return null;
    const { record } = sessionState(session);
    return { record, mark: markOf(record), leave: () => this.#end(session, request) };
  }

  /**
   * Ends the session that a request carries, if there is one, and gives the `Set-Cookie` values
   * that delete its cookie.
   */
  async leave(request: SessionRequest): Promise<readonly string[]> {
    return await (await this.find(request))?.leave() ?? [];
  }

  async #end(session: Session, request: SessionRequest): Promise<readonly string[]> {
    session.invalidate();
    const { record } = sessionState(session);
    // These cookies belong to the visitor and not to that session.
    if (record instanceof LoadedRecord) record.csrfCookies = undefined;
    const context = { mayRenew: false, byException: false };
    // The factory made this session, so its type of data fits.
    const outcome = await this.#factory.commit(session as never, request, context);
    return outcome.do === "nothing" ? [] : outcome.cookies;
  }
}

/** By its id if it has one, otherwise by the contents of its cookie. */
function markOf(record: SessionRecord): string | undefined {
  if (!(record instanceof LoadedRecord)) return undefined;
  const { loaded, loadedId } = record;
  const held = loadedId ?? (typeof loaded === "string" ? loaded : undefined);
  return held === undefined ? undefined : JSON.stringify([record.created, record.userId, held]);
}
