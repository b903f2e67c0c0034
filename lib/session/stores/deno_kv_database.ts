/**
 * What is used of Deno KV.
 *
 * @module
 */

import { CONTENDED, isLocked, untilUncontended } from "./contention.ts";

/** A part of a key. */
export type KvKey = readonly (string | number | bigint | boolean | Uint8Array)[];

/** What a key holds. */
export interface KvEntry {
  /** Its value; `null` if there is none. */
  readonly value: unknown;
  /** Its version; `null` if there is no value. */
  readonly versionstamp: string | null;
}

/** The calls of `Deno.Kv` that revocations use. */
export interface RevocationKv {
  /** Reads a key. */
  get(key: KvKey): Promise<KvEntry>;
  /** Begins an atomic write. */
  atomic(): RevocationAtomic;
}

/** The calls of `Deno.AtomicOperation` that revocations use. */
export interface RevocationAtomic {
  /** Demands that a key is as it was read. */
  check(entry: { key: KvKey; versionstamp: string | null }): RevocationAtomic;
  /** Writes a key, which expires by itself after so many milliseconds. */
  set(key: KvKey, value: unknown, options?: { expireIn?: number }): RevocationAtomic;
  /** Carries it out. */
  commit(): Promise<{ readonly ok: boolean }>;
}

/** The calls of `Deno.Kv` that a store of sessions uses. */
export interface SessionKv {
  /** Reads a key. */
  get(key: KvKey): Promise<KvEntry>;
  /** Reads the keys that begin alike. */
  list(selector: { prefix: KvKey }): AsyncIterable<{ readonly key: readonly unknown[] }>;
  /** Begins an atomic write. */
  atomic(): SessionAtomic;
}

/** The calls of `Deno.AtomicOperation` that a store of sessions uses. */
export interface SessionAtomic {
  /** Demands that a key is as it was read. */
  check(entry: { key: KvKey; versionstamp: string | null }): SessionAtomic;
  /** Writes a key, which expires by itself after so many milliseconds. */
  set(key: KvKey, value: unknown, options?: { expireIn?: number }): SessionAtomic;
  /** Removes a key. */
  delete(key: KvKey): SessionAtomic;
  /** Carries it out. */
  commit(): Promise<{ readonly ok: boolean }>;
}

/**
 * Attempts something until no other process comes before. A local file that another process writes
 * says so by an error, where Deno Deploy says so by a conflict.
 */
export function untilCommitted<T>(
  what: string,
  attempt: () => Promise<T | typeof CONTENDED>,
): Promise<T> {
  return untilUncontended(what, async () => {
    try {
      return await attempt();
    } catch (error) {
      if (isLocked(error)) return CONTENDED;
      throw error;
    }
  });
}
