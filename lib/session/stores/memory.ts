/**
 * Sessions and revocations in the memory of one process: for one process, and for tests.
 *
 * @module
 */

export type { RevocationStore } from "../../../session.ts";
export type {
  AsyncCloser,
  ListedSession,
  SessionChange,
  SessionStore,
  StoredRecord,
} from "../stored/session_store.ts";
export { type MemoryStore, memoryStore, type MemoryStoreOptions } from "./memory_store.ts";
export { memoryRevocations, type MemoryRevocationsOptions } from "./memory_revocations.ts";
