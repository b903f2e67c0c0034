/**
 * Stored sessions, put together, and those of one user listed and ended.
 *
 * @module
 */

import { type Session, sessionState } from "../../../session.ts";
import { checkOptions, checkValue, NAME, type OptionKinds } from "../../check_options.ts";
import { isKeptBy } from "../backend.ts";
import { Sessions } from "../sessions.ts";
import { guardingOf } from "./access/guard_of.ts";
import { PendingEnds } from "./access/pending_ends.ts";
import { isListed, loggedOnce, StoreAccess } from "./access/store_access.ts";
import { PLATFORM_TIMERS, type SetTimer, StoreGuard } from "./access/store_guard.ts";
import { isAccount } from "./record_texts.ts";
import { StoredBackend } from "./stored_backend.ts";
import { readHead } from "./stored_head.ts";
import type {
  EndAllOptions,
  StoredBackendParts,
  StoredSession,
  StoredSessionFactory,
  StoredSessionHealth,
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
  readonly #parts: StoredBackendParts;
  readonly #backend: StoredBackend;
  readonly #logger: StoredBackendParts["logger"];
  readonly #now: () => number;

  constructor(backend: StoredBackend, parts: StoredBackendParts) {
    super(backend, parts);
    this.#access = parts.access;
    this.#parts = parts;
    this.#backend = backend;
    this.#logger = parts.logger;
    this.#now = () => Math.floor(parts.policy.now());
  }

  idOf(session: Session<Data>): string | undefined {
    const { record } = sessionState(session);
    const isOurs = isKeptBy(this.#backend, record) && record.ended !== true;
    return isOurs ? record.loadedId : undefined;
  }

  async ready(): Promise<void> {
    const asked = this.#access.ready(this.#now());
    await loggedOnce(this.#logger, "Asking whether the store is ready", asked);
  }

  health(): StoredSessionHealth {
    const { counts, guard } = this.#parts;
    return { ...guard.health(), ...counts };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const left = await this.#parts.ends.flush();
    if (left === 0) return;
    this.#logger.error(
      "Sessions that were signed out could not be deleted",
      new Error(`Cannot end ${left} sessions in the store: they stay valid until they expire`),
    );
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
  const { limits, logger, maxBytes, policy, store } = settings;
  const guarding = guardingOf(store);
  const guard = guarding?.guard ?? new StoreGuard(limits, policy.now, setTimer);
  const access = new StoreAccess(guarding?.inner ?? store, guard, maxBytes);
  const ends = new PendingEnds((id, account) => access.delete(id, account), setTimer, logger);
  const parts: StoredBackendParts = { ...settings, guard, access, ends, counts: { lost: 0 } };
  return new StoredSessions<Data>(new StoredBackend(parts), parts);
}
