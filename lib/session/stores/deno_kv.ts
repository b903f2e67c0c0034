/**
 * Sessions and revocations in Deno KV.
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
export type {
  KvEntry,
  KvKey,
  RevocationAtomic,
  RevocationKv,
  SessionAtomic,
  SessionKv,
} from "./deno_kv_database.ts";
export { denoKvRevocations, type DenoKvRevocationsOptions } from "./deno_kv_revocations.ts";
export { type DenoKvStore, denoKvStore, type DenoKvStoreOptions } from "./deno_kv_store.ts";
