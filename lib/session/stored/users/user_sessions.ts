/**
 * The sessions of one user, listed and ended.
 *
 * @module
 */

import { checkOptions, checkValue, NAME, type OptionKinds } from "../../../check_options.ts";
import { isAccount } from "../record_texts.ts";
import { loggedOnce } from "../access/store_access.ts";
import type { EndAllOptions, StoredBackendParts, StoredSession } from "../stored_state.ts";
import { isSessionId } from "../stored_token.ts";
import { listedSessions } from "./listed_sessions.ts";
import { presentStamp } from "./user_stamps.ts";

const END_ALL_KINDS: OptionKinds<EndAllOptions> = {
  except: {
    expected: "an id, or a list of ids",
    is: (value) =>
      typeof value === "string" ||
      Array.isArray(value) && value.every((id) => typeof id === "string"),
  },
};

/** Lists and ends the sessions of users, for `StoredSessionFactory`. */
export class UserSessions {
  readonly #parts: StoredBackendParts;

  /** Takes the parts. */
  constructor(parts: StoredBackendParts) {
    this.#parts = parts;
  }

  /** The sessions of a user, the one that was used last first. */
  async list(userId: string): Promise<StoredSession[]> {
    checkValue("the user of list()", userId, NAME, TypeError);
    if (!isAccount(userId)) return [];
    const { access, lifetimes } = this.#parts;
    const stamp = await presentStamp(this.#parts, userId);
    const now = this.#now();
    const listed = await this.#logged("Listing the sessions of a user", access.list(userId, now));
    return listedSessions(listed, { lifetimes, stamp, now });
  }

  /** Ends a session of a user. Returns whether there was one. */
  async end(userId: string, id: string): Promise<boolean> {
    checkValue("the user of end()", userId, NAME, TypeError);
    if (!isSessionId(id) || !isAccount(userId)) return false;
    return await this.#logged("Ending a session", this.#end(userId, id));
  }

  async #end(userId: string, id: string): Promise<boolean> {
    const { access } = this.#parts;
    const record = await access.load(id, this.#now());
    if (record?.account !== userId) return false;
    await access.delete(id, userId);
    return true;
  }

  /** Ends the sessions of a user but some. Returns their number. */
  async endAll(userId: string, options: EndAllOptions = {}): Promise<number> {
    checkValue("the user of endAll()", userId, NAME, TypeError);
    checkOptions("endAll()", options, END_ALL_KINDS, TypeError);
    if (!isAccount(userId)) return 0;
    const except = [options.except ?? []].flat().filter(isSessionId);
    const ended = this.#parts.access.deleteAll(userId, except, this.#now());
    return await this.#logged("Ending the sessions of a user", ended);
  }

  #logged<T>(what: string, asked: Promise<T>): Promise<T> {
    return loggedOnce(this.#parts.logger, what, asked);
  }

  #now(): number {
    return Math.floor(this.#parts.policy.now());
  }
}
