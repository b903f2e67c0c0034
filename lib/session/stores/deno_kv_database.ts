/**
 * The parts of Deno KV that the stores call.
 *
 * @module
 */

import { CONTENDED, isLocked, untilUncontended } from "./contention.ts";

/** A part of a key. */
export type KvKey = readonly (string | number | bigint | boolean | Uint8Array)[];

/** The value of a key, with its version. */
export interface KvEntry {
  /** The value, or `null` if the key has no value. */
  readonly value: unknown;
  /** The version, or `null` if the key has no value. */
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
 * Repeats an attempt until no other process has written first.
 *
 * If another process writes a local file, then Deno KV throws an error. Deno Deploy reports a
 * conflict instead.
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
