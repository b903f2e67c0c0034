/**
 * Stored sessions, put together.
 *
 * @module
 */

import { type Session, sessionState } from "../../../session.ts";
import { isKeptBy } from "../backend.ts";
import { Sessions } from "../sessions.ts";
import { PendingEnds } from "./pending_ends.ts";
import { PLATFORM_TIMERS, type SetTimer, StoreAccess } from "./store_access.ts";
import { StoredBackend } from "./stored_backend.ts";
import type {
  EndAllOptions,
  StoredBackendParts,
  StoredSession,
  StoredSessionFactory,
  StoredSettings,
  StoredState,
} from "./stored_state.ts";
import { UserSessions } from "./users/user_sessions.ts";

/** Loads and saves sessions, and lists and ends those of a user. */
export class StoredSessions<Data extends object> extends Sessions<Data, StoredState>
  implements StoredSessionFactory<Data> {
  readonly #backend: StoredBackend;
  readonly #users: UserSessions;

  constructor(backend: StoredBackend, parts: StoredBackendParts) {
    super(backend, parts);
    const { access, logger, policy } = parts;
    this.#backend = backend;
    this.#users = new UserSessions(access, logger, () => Math.floor(policy.now()));
  }

  idOf(session: Session<Data>): string | undefined {
    const { record } = sessionState(session);
    const isOurs = isKeptBy(this.#backend, record) && record.ended !== true;
    return isOurs ? record.loadedId : undefined;
  }

  list(userId: string): Promise<StoredSession[]> {
    return this.#users.list(userId);
  }

  end(userId: string, id: string): Promise<boolean> {
    return this.#users.end(userId, id);
  }

  endAll(userId: string, options?: EndAllOptions): Promise<number> {
    return this.#users.endAll(userId, options);
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
