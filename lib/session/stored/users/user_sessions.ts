/**
 * The sessions of one user, listed and ended.
 *
 * @module
 */

import { checkOptions, checkValue, NAME, type OptionKinds } from "../../../check_options.ts";
import type { Logger } from "../../../log.ts";
import { isAccount } from "../record_texts.ts";
import { loggedOnce, type StoreAccess } from "../access/store_access.ts";
import type { EndAllOptions, StoredSession } from "../stored_state.ts";
import { isSessionId } from "../stored_token.ts";
import { listedSessions } from "./listed_sessions.ts";

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
  readonly #access: StoreAccess;
  readonly #logger: Logger;
  readonly #now: () => number;

  /** Takes what calls the store, where failures are logged, and the clock in whole milliseconds. */
  constructor(access: StoreAccess, logger: Logger, now: () => number) {
    this.#access = access;
    this.#logger = logger;
    this.#now = now;
  }

  /** The sessions of a user, the one that was used last first. */
  async list(userId: string): Promise<StoredSession[]> {
    checkValue("the user of list()", userId, NAME, TypeError);
    if (!isAccount(userId)) return [];
    const listed = this.#access.list(userId, this.#now());
    return listedSessions(
      await loggedOnce(this.#logger, "Listing the sessions of a user", listed),
    );
  }

  /** Ends a session of a user. Returns whether there was one. */
  async end(userId: string, id: string): Promise<boolean> {
    checkValue("the user of end()", userId, NAME, TypeError);
    if (!isSessionId(id) || !isAccount(userId)) return false;
    return await loggedOnce(this.#logger, "Ending a session", this.#end(userId, id));
  }

  async #end(userId: string, id: string): Promise<boolean> {
    const record = await this.#access.load(id, this.#now());
    if (record?.account !== userId) return false;
    await this.#access.delete(id, userId);
    return true;
  }

  /** Ends the sessions of a user but some. Returns their number. */
  async endAll(userId: string, options: EndAllOptions = {}): Promise<number> {
    checkValue("the user of endAll()", userId, NAME, TypeError);
    checkOptions("endAll()", options, END_ALL_KINDS, TypeError);
    if (!isAccount(userId)) return 0;
    const except = [options.except ?? []].flat().filter(isSessionId);
    const ended = this.#access.deleteAll(userId, except, this.#now());
    return await loggedOnce(this.#logger, "Ending the sessions of a user", ended);
  }
}
