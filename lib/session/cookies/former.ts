/**
 * Sessions that another factory left in visitors' cookies.
 *
 * @module
 */

import {
  Session,
  type SessionRecord,
  type SessionRequest,
  sessionState,
} from "../../../session.ts";
import type { FormerSessionFactory } from "./options.ts";
import { CookieRecord } from "./record.ts";

/** A session in the cookie of another factory. */
export interface FormerSession {
  /** What it remembers. */
  readonly record: SessionRecord;
  /** Ends it; gives the `Set-Cookie` values that say so. */
  readonly leave: () => Promise<readonly string[]>;
}

/** Reads and ends the sessions of another factory. */
export class FormerSessions {
  readonly #factory: FormerSessionFactory;

  /** Takes the other factory. */
  constructor(factory: FormerSessionFactory) {
    this.#factory = factory;
  }

  /** The session that a request carries; `null` where there is no valid one. */
  async find(request: SessionRequest): Promise<FormerSession | null> {
    const session = await this.#factory.load(request);
    if (!(session instanceof Session) || session.isNew) return null;
    return { record: sessionState(session).record, leave: () => this.#end(session, request) };
  }

  /** Ends the session that a request carries, if there is one; gives the `Set-Cookie` values that say so. */
  async leave(request: SessionRequest): Promise<readonly string[]> {
    return await (await this.find(request))?.leave() ?? [];
  }

  async #end(session: Session, request: SessionRequest): Promise<readonly string[]> {
    session.invalidate();
    const { record } = sessionState(session);
    // They are of the visitor, and not of that session.
    if (record instanceof CookieRecord) record.csrfCookies = undefined;
    const context = { mayRenew: false, byException: false };
    // The factory's own session, whatever it holds.
    const outcome = await this.#factory.commit(session as never, request, context);
    return outcome.do === "nothing" ? [] : outcome.cookies;
  }
}
