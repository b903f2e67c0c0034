/**
 * Stored sessions, put together, and those of one user listed and ended.
 *
 * @module
 */

import { type Session, sessionState } from "../../../session.ts";
import { checkOptions, checkValue, NAME, type OptionKinds } from "../../check_options.ts";
import { isKeptBy } from "../backend.ts";
import { Sessions } from "../sessions.ts";
import { PendingEnds } from "./pending_ends.ts";
import { isAccount } from "./record_texts.ts";
import {
  isListed,
  loggedOnce,
  PLATFORM_TIMERS,
  type SetTimer,
  StoreAccess,
} from "./store_access.ts";
import { StoredBackend } from "./stored_backend.ts";
import { readHead } from "./stored_head.ts";
import type {
  EndAllOptions,
  StoredBackendParts,
  StoredSession,
  StoredSessionFactory,
  StoredSettings,
  StoredState,
} from "./stored_state.ts";
import { isSessionId } from "./stored_token.ts";

const END_ALL_KINDS: OptionKinds<EndAllOptions> = {
  except: {
    expected: "an id, or a list of ids",
    is: (value) =>
      typeof value === "string" ||
      Array.isArray(value) && value.every((id) => typeof id === "string"),
  },
};

/** Loads and saves sessions, and lists and ends those of a user. */
export class StoredSessions<Data extends object> extends Sessions<Data, StoredState>
  implements StoredSessionFactory<Data> {
  readonly #access: StoreAccess;
  readonly #backend: StoredBackend;
  readonly #logger: StoredBackendParts["logger"];
  readonly #now: () => number;

  constructor(backend: StoredBackend, parts: StoredBackendParts) {
    super(backend, parts);
    this.#access = parts.access;
    this.#backend = backend;
    this.#logger = parts.logger;
    this.#now = () => Math.floor(parts.policy.now());
  }

  idOf(session: Session<Data>): string | undefined {
    const { record } = sessionState(session);
    const isOurs = isKeptBy(this.#backend, record) && record.ended !== true;
    return isOurs ? record.loadedId : undefined;
  }

  async list(userId: string): Promise<StoredSession[]> {
    checkValue("the user of list()", userId, NAME, TypeError);
    if (!isAccount(userId)) return [];
    const listed = this.#access.list(userId, this.#now());
    const found = await loggedOnce(this.#logger, "Listing the sessions of a user", listed);
    return found.filter(isListed).map(({ id, head, renewed, expires }) => ({
      id,
      created: readHead(head)?.created ?? renewed,
      renewed,
      expires,
    })).sort((one, other) => other.renewed - one.renewed);
  }

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

  async endAll(userId: string, options: EndAllOptions = {}): Promise<number> {
    checkValue("the user of endAll()", userId, NAME, TypeError);
    checkOptions("endAll()", options, END_ALL_KINDS, TypeError);
    if (!isAccount(userId)) return 0;
    const except = [options.except ?? []].flat().filter(isSessionId);
    const ended = this.#access.deleteAll(userId, except, this.#now());
    return await loggedOnce(this.#logger, "Ending the sessions of a user", ended);
  }
}

/**
 * Puts a factory together.
 *
 * @param settings What was made of its options.
 * @param setTimer Sets the timers of time limits, and of sign-outs that are tried again. Default: the
 * platform.
 */
export function storedSessions<Data extends object>(
  settings: StoredSettings,
  setTimer: SetTimer = PLATFORM_TIMERS,
): StoredSessionFactory<Data> {
  const { logger, policy, store } = settings;
  const access = new StoreAccess(store, settings, policy.now, setTimer);
  const ends = new PendingEnds((id, account) => access.delete(id, account), setTimer, logger);
  const parts: StoredBackendParts = { ...settings, access, ends };
  return new StoredSessions<Data>(new StoredBackend(parts), parts);
}
