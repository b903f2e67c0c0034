/**
 * What is kept in Deno KV.
 *
 * @module
 */

export type { RevocationStore } from "../../../session.ts";
export {
  denoKvRevocations,
  type DenoKvRevocationsOptions,
  type KvKey,
  type RevocationAtomic,
  type RevocationKv,
} from "./deno_kv_revocations.ts";
