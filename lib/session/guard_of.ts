/**
 * Which stores are guarded already, so that none is guarded twice.
 *
 * @module
 */

import type { SessionStore } from "./stored/session_store.ts";
import type { StoreGuard } from "./stored/access/store_guard.ts";

/** What stands behind a guarded store. */
export interface Guarding {
  /** What guards it. */
  readonly guard: StoreGuard;
  /** The store itself, if it keeps sessions. */
  readonly inner: SessionStore | undefined;
}

const GUARDED = new WeakMap<object, Guarding>();

/** Notes that a store is guarded. */
export function noteGuarding(store: object, guarding: Guarding): void {
  GUARDED.set(store, guarding);
}

/** What stands behind a store, or `undefined` if it is not guarded. */
export function guardingOf(store: object): Guarding | undefined {
  return GUARDED.get(store);
}
