/**
 * Sweeping a store until it holds no expired entry.
 *
 * @module
 */

import {
  checkOptions,
  checkValue,
  type OptionKind,
  type OptionKinds,
  withFunctions,
} from "../../check_options.ts";

/** The options of {@linkcode sweepAll}. */
export interface SweepAllOptions {
  /** The time in milliseconds, for all batches. @default {Date.now()} */
  readonly now?: number;
  /**
   * The most entries that one batch removes: an integer from 1 to 10,000. No other process can
   * write during a batch.
   *
   * @default {1000}
   */
  readonly limit?: number;
}

/** The most entries of a batch. */
const MOST = 10_000;

/** How many entries a batch may remove. */
export const BATCH: OptionKind = {
  expected: `an integer from 1 to ${MOST}`,
  is: (value) =>
    typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= MOST,
};
const STORE = withFunctions("sweep");
const KINDS: OptionKinds<SweepAllOptions> = {
  now: { expected: "milliseconds since 1970", is: Number.isFinite },
  limit: BATCH,
};

/**
 * Removes the entries of a store that expired more than 60 seconds ago, revocations included.
 *
 * It calls `sweep()` of the store until a batch is not full. Between two batches the process can
 * answer requests. A loop of your own over `sweep()` of an SQLite store would block them. Call it
 * from a cron, once an hour or once a day. If a batch fails, then it rejects. Entries that it
 * removed before stay removed.
 *
 * @param store The store. A store without `sweep()` does not need this call, because its database
 * removes expired entries.
 * @param options The time, and the size of a batch.
 * @returns How many entries it removed.
 * @throws {ConfigurationError} If the store has no `sweep()`, or an option is wrong or unknown.
 *
 * @example A cron
 * ```ts
 * import { sweepAll } from "@pyramidion/pyramidion/stores";
 * import { sqliteStore } from "@pyramidion/pyramidion/stores/sqlite";
 * import { assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * const store = sqliteStore(":memory:"); // in an app: "sessions.db"
 * await store.createTables();
 * Deno.cron?.("sweep sessions", "0 * * * *", async () => {
 *   await sweepAll(store);
 * });
 * await store.add("x7Qm", Date.now() - 61_000);
 * assertEquals(await sweepAll(store), 1);
 * ```
 */
export async function sweepAll(
  store: { sweep(now: number, limit: number): Promise<number> },
  options: SweepAllOptions = {},
): Promise<number> {
  checkValue("the store of sweepAll()", store, STORE);
  checkOptions("sweepAll()", options, KINDS);
  const { now = Date.now(), limit = 1000 } = options;
  let removed = 0;
  for (;;) {
    const batch = await store.sweep(now, limit);
    removed += batch;
    if (batch < limit) return removed;
    // A promise alone lets no request in.
    await new Promise((resolve) => setTimeout(resolve));
  }
}
