/**
 * The contract between stored sessions and the store that keeps them.
 *
 * A store keeps records. It does not know cookies, secrets or users. It compares texts, applies a
 * change in one atomic step, and removes expired records. `storeSuite()` of
 * `@pyramidion/pyramidion/testing` tests a store against this contract.
 *
 * ```ts
 * import type { SessionChange, StoredRecord } from "@pyramidion/pyramidion/stores";
 * import { memoryStore } from "@pyramidion/pyramidion/stores/memory";
 * import { assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * const store = memoryStore(), now = Date.now();
 * const record: StoredRecord = {
 *   head: "1",
 *   renewed: now,
 *   expires: now + 1_200_000,
 *   account: null,
 *   values: new Map([["cart", "[1]"]]),
 * };
 * await store.create("x7Qm", record, now);
 * const change: SessionChange = { set: new Map([["theme", '"dark"']]) };
 * assertEquals(await store.update("x7Qm", "1", change, now), true);
 * assertEquals((await store.load("x7Qm", now))?.values.size, 2);
 * ```
 *
 * @module
 */

export { BrokenRecordError, ChangeRefusedError, RecordTooLargeError } from "./record_errors.ts";
export {
  type AsyncCloser,
  EXPIRY_SLACK,
  type ListedSession,
  REMEMBERED_OPERATIONS,
  type SessionChange,
  type SessionStore,
  type StoredRecord,
} from "./session_store.ts";
export {
  type GuardedStore,
  guardedStore,
  type GuardedStoreOptions,
} from "./access/guarded_store.ts";
export type { StoreHealth } from "./access/store_guard.ts";
export type { StoreLimits } from "../store_limits.ts";
export { sweepAll, type SweepAllOptions } from "./sweep_all.ts";
