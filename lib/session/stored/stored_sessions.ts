/**
 * Stored sessions, put together.
 *
 * @module
 */

import { type Session, sessionState } from "../../../session.ts";
import { isKeptBy } from "../backend.ts";
import { Sessions } from "../sessions.ts";
import { guardingOf } from "../guard_of.ts";
import { PendingEnds } from "./access/pending_ends.ts";
import { loggedOnce, StoreAccess } from "./access/store_access.ts";
import { PLATFORM_TIMERS, type SetTimer, StoreGuard } from "./access/store_guard.ts";
import { StoredBackend } from "./stored_backend.ts";
import type {
  EndAllOptions,
  StoredBackendParts,
  StoredSession,
  StoredSessionFactory,
  StoredSessionHealth,
  StoredSettings,
  StoredState,
} from "./stored_state.ts";
import { UserSessions } from "./users/user_sessions.ts";

/** Loads and saves sessions, and lists and ends those of a user. */
export class StoredSessions<Data extends object> extends Sessions<Data, StoredState>
  implements StoredSessionFactory<Data> {
  readonly #parts: StoredBackendParts;
  readonly #backend: StoredBackend;
  readonly #users: UserSessions;

  constructor(backend: StoredBackend, parts: StoredBackendParts) {
    super(backend, parts);
    this.#parts = parts;
    this.#backend = backend;
    this.#users = new UserSessions(parts);
  }

  idOf(session: Session<Data>): string | undefined {
    const { record } = sessionState(session);
    const isOurs = isKeptBy(this.#backend, record) && record.ended !== true;
    return isOurs ? record.loadedId : undefined;
  }

  async ready(): Promise<void> {
    const { access, logger, policy } = this.#parts;
    const asked = access.ready(Math.floor(policy.now()));
    await loggedOnce(logger, "Asking whether the store is ready", asked);
  }

  health(): StoredSessionHealth {
    const { counts, guard } = this.#parts;
    return { ...guard.health(), ...counts };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const left = await this.#parts.ends.flush();
    if (left === 0) return;
    this.#parts.logger.error(
      "Sessions that were signed out could not be deleted",
      new Error(`Cannot end ${left} sessions in the store: they stay valid until they expire`),
    );
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
  const { limits, logger, maxBytes, policy, store } = settings;
  const guarding = guardingOf(store);
  const guard = guarding?.guard ?? new StoreGuard(limits, policy.now, setTimer);
  const access = new StoreAccess(guarding?.inner ?? store, guard, maxBytes);
  const ends = new PendingEnds(
    {
      end: (id, account) => access.delete(id, account),
      endAnyway: (id, account) => access.deleteAnyway(id, account),
    },
    setTimer,
    logger,
  );
  const parts: StoredBackendParts = { ...settings, guard, access, ends, counts: { lost: 0 } };
  return new StoredSessions<Data>(new StoredBackend(parts), parts);
}
