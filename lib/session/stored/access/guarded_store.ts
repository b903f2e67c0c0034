/**
 * A store behind the guard that stored sessions have, for every other use of it.
 *
 * @module
 */

import {
  checkOptions,
  checkValue,
  either,
  FUNCTION,
  type OptionKinds,
  withFunctions,
} from "../../../check_options.ts";
import { ConfigurationError } from "../../../configuration_error.ts";
import type { RevocationStore } from "../../../../session.ts";
import { REVOCATION_STORE } from "../../contract/factory.ts";
import { guardingOf, noteGuarding } from "../../guard_of.ts";
import { limitsOf, STORE_LIMIT_KINDS, type StoreLimits } from "../../store_limits.ts";
import type { AsyncCloser, SessionStore } from "../session_store.ts";
import { askReady } from "./store_access.ts";
import { isLate, StoreGuard, type StoreHealth, unknownOutcome } from "./store_guard.ts";

/** The options of {@linkcode guardedStore}. */
export interface GuardedStoreOptions extends StoreLimits {
  /** Gives the time in milliseconds, by which the pauses pass. @default {Date.now} */
  readonly clock?: () => number;
}

/** What {@linkcode guardedStore} adds to a store. */
export interface GuardedStore extends AsyncCloser {
  /** Gives the numbers of the store in this process, since it was guarded. */
  health(): StoreHealth;
}

const SESSION_STORE = withFunctions("load", "create", "update", "delete", "list", "deleteAll");
const STORE = either(
  { ...SESSION_STORE, expected: "a store of sessions" },
  { ...REVOCATION_STORE, expected: "a store of revocations" },
);
const KINDS: OptionKinds<GuardedStoreOptions> = { ...STORE_LIMIT_KINDS, clock: FUNCTION };

/**
 * Puts time limits, a bounded number of calls and a breaker between an app and a store.
 *
 * - A call that does not answer in time rejects. The app no longer waits for it.
 * - A call that fails is made once more, if that does no harm. `create()` and `bump()` are not.
 * - After five failures in a row the store is left alone for half a second. Then one call asks
 *   again. Each further pause is twice as long, up to five seconds.
 * - If a thousand calls wait, then a further one is refused at once.
 *
 * What is refused or late rejects with a {@linkcode SessionStoreError} or a
 * {@linkcode SessionOutcomeUnknownError}. Both are a 503 with `Retry-After`. Other errors are those
 * of the store.
 *
 * `storedSessionFactory()` guards each store by itself. If it gets a guarded one, then it uses that
 * guard. Guard a store yourself for the `revocations` of cookie sessions, or if several factories
 * share it. A call costs about two microseconds more.
 *
 * @param store A store of sessions, of revocations, or of both. Disposing of the guarded store closes
 * it. Members of its own, such as `createTables()`, are called on the store itself.
 * @param options The limits, in milliseconds and calls, and the clock.
 * @throws {ConfigurationError} If the store lacks a member or is guarded already, or if an option is
 * wrong or unknown.
 *
 * @example Revocations that no request waits for too long
 * ```ts
 * import { signedCookieSessionFactory } from "@pyramidion/pyramidion";
 * import { guardedStore } from "@pyramidion/pyramidion/stores";
 * import { memoryStore } from "@pyramidion/pyramidion/stores/memory";
 * import { assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * const secret = crypto.getRandomValues(new Uint8Array(32)).toBase64();
 * const revocations = guardedStore(memoryStore(), { loadTimeout: 200 });
 * const sessionFactory = signedCookieSessionFactory(secret, { revocations });
 *
 * assertEquals(await revocations.has("x7Qm"), false);
 * const { calls, late } = revocations.health();
 * assertEquals([calls, late], [1, 0]);
 * ```
 */
export function guardedStore(
  store: SessionStore & RevocationStore,
  options?: GuardedStoreOptions,
): SessionStore & RevocationStore & GuardedStore;
/** Guards a store of sessions. */
export function guardedStore(
  store: SessionStore,
  options?: GuardedStoreOptions,
): SessionStore & GuardedStore;
/** Guards a store of revocations. */
export function guardedStore(
  store: RevocationStore,
  options?: GuardedStoreOptions,
): RevocationStore & GuardedStore;
export function guardedStore(
  store: SessionStore | RevocationStore,
  options: GuardedStoreOptions = {},
): GuardedStore {
  checkValue("the store of guardedStore()", store, STORE);
  checkOptions("guardedStore()", options, KINDS);
  if (guardingOf(store) !== undefined) {
    throw new ConfigurationError("Cannot guard the store: it is guarded already");
  }
  const { clock = Date.now } = options;
  const guard = new StoreGuard(limitsOf("guardedStore()", options), clock);
  const sessions = isSessionStore(store) ? store : undefined;
  const guarded = {
    ...store.useLogger && { useLogger: store.useLogger.bind(store) },
    ...sessions && guardedSessions(sessions, guard),
    ...isRevocationStore(store) && guardedRevocations(store, guard),
    health: () => guard.health(),
    [Symbol.asyncDispose]: () => closed(store),
  };
  noteGuarding(guarded, { guard, inner: sessions });
  return guarded;
}

/** Closes a store, if it can be closed. The type of a store of revocations does not name that. */
async function closed(store: object): Promise<void> {
  const close: unknown = Reflect.get(store, Symbol.asyncDispose);
  if (typeof close === "function") await Reflect.apply(close, store, []);
}

function isSessionStore(store: SessionStore | RevocationStore): store is SessionStore {
  return SESSION_STORE.is(store);
}

function isRevocationStore(store: SessionStore | RevocationStore): store is RevocationStore {
  return REVOCATION_STORE.is(store);
}

function guardedSessions(store: SessionStore, guard: StoreGuard): SessionStore {
  const read = <T>(call: () => Promise<T>) => guard.read(call).catch((e) => refuse(guard, e));
  return {
    load: (id, now) => read(() => store.load(id, now)),
    list: (account, now) => read(() => store.list(account, now)),
    create: (id, record, now) =>
      guard.writeOnce(() => store.create(id, record, now)).catch(refuseWrite),
    update: (id, head, change, now) => {
      const call = () => store.update(id, head, change, now);
      // Without a name the store could not tell that it comes again.
      const made = change.operation === undefined ? guard.writeOnce(call) : guard.write(call);
      return made.catch(refuseWrite);
    },
    delete: (id, account) => guard.write(() => store.delete(id, account)).catch(refuseWrite),
    deleteAll: (account, except, now) =>
      guard.write(() => store.deleteAll(account, except, now)).catch(refuseWrite),
    ...store.sweep && { sweep: store.sweep.bind(store) },
    async ready(now) {
      await guard.callAnyway(() => askReady(store, now)).catch((e) => refuse(guard, e));
    },
  };
}

function guardedRevocations(store: RevocationStore, guard: StoreGuard): RevocationStore {
  const read = <T>(call: () => T | Promise<T>) => guard.read(call).catch((e) => refuse(guard, e));
  return {
    has: (id) => read(() => store.has(id)),
    epoch: (user) => read(() => store.epoch(user)),
    add: (id, until) => guard.write(() => store.add(id, until)).catch(refuseWrite),
    bump: (user) => guard.writeOnce(() => store.bump(user)).catch(refuseWrite),
  };
}

function refuse(guard: StoreGuard, error: unknown): never {
  throw isLate(error) ? guard.failure(error) : error;
}

function refuseWrite(error: unknown): never {
  throw isLate(error) ? unknownOutcome(error) : error;
}
