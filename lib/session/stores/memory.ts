/**
 * Sessions and revocations in the memory of one process: for one process, and for tests.
 *
 * @module
 */

import { checkOptions, FUNCTION, numberOf, type OptionKinds } from "../../check_options.ts";
import { ConfigurationError } from "../../configuration_error.ts";
import type { RevocationStore } from "../../../session.ts";
import type { AsyncCloser, SessionStore } from "../stored/session_store.ts";
import { revocationsInMemory } from "./memory_revocations.ts";
import { MemorySessions } from "./memory_sessions.ts";

export type { RevocationStore } from "../../../session.ts";
export type {
  AsyncCloser,
  ListedSession,
  SessionChange,
  SessionStore,
  StoredRecord,
} from "../stored/session_store.ts";
export { memoryRevocations, type MemoryRevocationsOptions } from "./memory_revocations.ts";

/** The options of {@linkcode memoryStore}. */
export interface MemoryStoreOptions {
  /** The most sessions: an integer from 2. @default {100000} */
  readonly maxEntries?: number;
  /**
   * The most bytes of all sessions together, approximately: an integer from 2.
   *
   * @default {134217728}
   */
  readonly maxBytes?: number;
  /**
   * The most revocations of cookie sessions: an integer from 1. See `memoryRevocations()`.
   *
   * @default {200000}
   */
  readonly maxRevocations?: number;
  /** Gives the time in milliseconds. Revocations expire by it. @default {Date.now} */
  readonly clock?: () => number;
}

/**
 * A store of sessions, and of revocations of cookie sessions, as {@linkcode memoryStore} returns
 * it.
 */
export type MemoryStore = SessionStore & RevocationStore & AsyncCloser & {
  /** Removes sessions that expired more than 60 seconds before `now`. It looks at each session. */
  sweep(now: number, limit: number): Promise<number>;
  /** Resolves, unless the store was closed. */
  ready(now: number): Promise<void>;
};

const COUNT = numberOf("a number");
const KINDS: OptionKinds<MemoryStoreOptions> = {
  maxEntries: COUNT,
  maxBytes: COUNT,
  maxRevocations: COUNT,
  clock: FUNCTION,
};

/**
 * Makes a store that keeps sessions in the memory of this process. Use it for one process, and for
 * tests.
 *
 * A restart ends all sessions. Loading a small session takes about a microsecond.
 *
 * The store has a limit of entries and a limit of bytes. When it is full, it removes at once the
 * half that was not used for the longest time. The visitor of a removed session gets a new one, as
 * after a sign-out.
 *
 * The store does not know which sessions matter. A flood of new visitors can therefore remove the
 * sessions of users. A full store holds between half of its limits and all of them.
 *
 * A session counts one byte for each character of its texts. A text with characters outside of
 * Latin-1 counts twice. The engine needs about 600 bytes more for each session, and 100 for each
 * key. One session may take half of `maxBytes`. The defaults hold up to 90,000 sessions of five
 * small keys.
 *
 * `[Symbol.asyncDispose]()` removes all sessions. Every later call for a session rejects.
 *
 * Revocations have a limit of their own. The store never forgets one before its time.
 *
 * @param options The limits, and the clock.
 * @throws {ConfigurationError} If an option is wrong or unknown.
 *
 * @example A session, and its end
 * ```ts
 * import { memoryStore } from "@pyramidion/pyramidion/stores/memory";
 * import { assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * const store = memoryStore({ maxEntries: 10_000 });
 * const now = Date.now(), values = new Map([["cart", "[1]"]]);
 * const record = { head: "1", renewed: now, expires: now + 1000, account: "ada", values };
 * await store.create("x7Qm", record, now);
 * assertEquals((await store.load("x7Qm", now + 1000))?.values.get("cart"), "[1]");
 * assertEquals(await store.load("x7Qm", now + 1001), null);
 * ```
 */
export function memoryStore(options: MemoryStoreOptions = {}): MemoryStore {
  checkOptions("memoryStore()", options, KINDS);
  const { maxEntries = 100_000, maxBytes = 2 ** 27, maxRevocations = 200_000, clock = Date.now } =
    options;
  checkCount("maxEntries", maxEntries, 2);
  checkCount("maxBytes", maxBytes, 2);
  checkCount("maxRevocations", maxRevocations, 1);
  const sessions = new MemorySessions(maxEntries, maxBytes);
  // Async, so that what they throw is a rejection.
  return {
    ...revocationsInMemory(clock, maxRevocations, "maxRevocations"),
    load: async (id, now) => await sessions.load(id, now),
    create: async (id, record, now) => await sessions.create(id, record, now),
    update: async (id, head, change, now) => await sessions.update(id, head, change, now),
    delete: async (id) => await sessions.delete(id),
    list: async (account, now) => await sessions.list(account, now),
    deleteAll: async (account, except, now) => await sessions.deleteAll(account, except, now),
    sweep: async (now, limit) => await sessions.sweep(now, limit),
    ready: async () => await sessions.checkOpen(),
    [Symbol.asyncDispose]: async () => await sessions.close(),
  };
}

function checkCount(name: string, count: number, least: number): void {
  if (Number.isSafeInteger(count) && count >= least) return;
  throw new ConfigurationError(
    `Cannot use option "${name}" of memoryStore(): must be an integer from ${least}, not the number ${count}`,
  );
}
