/**
 * Revocations in Deno KV.
 *
 * @module
 */

import type { RevocationStore } from "../../../session.ts";

/** A part of a key. */
export type KvKey = readonly (string | number | bigint | boolean | Uint8Array)[];

/** The calls of `Deno.Kv` that are used. */
export interface RevocationKv {
  /** Reads a key. */
  get(key: KvKey): Promise<{ readonly value: unknown; readonly versionstamp: string | null }>;
  /** Writes a key that expires by itself after so many milliseconds. */
  set(key: KvKey, value: unknown, options?: { expireIn?: number }): Promise<unknown>;
  /** Begins an atomic write. */
  atomic(): RevocationAtomic;
}

/** The calls of `Deno.AtomicOperation` that are used. */
export interface RevocationAtomic {
  /** Demands that a key is as it was read. */
  check(entry: { key: KvKey; versionstamp: string | null }): RevocationAtomic;
  /** Writes a key. */
  set(key: KvKey, value: unknown): RevocationAtomic;
  /** Carries it out. */
  commit(): Promise<{ readonly ok: boolean }>;
}

/** How {@linkcode denoKvRevocations} is set up. */
export interface DenoKvRevocationsOptions {
  /** What keys begin with. @default {["pyramidion", "revocations"]} */
  readonly prefix?: KvKey;
  /** The time in milliseconds. @default {Date.now} */
  readonly clock?: () => number;
}

/**
 * Remembers ended sessions in Deno KV: across restarts, and on Deno Deploy across isolates.
 *
 * A question is one read; entries expire by themselves. `bump` retries until it wins.
 *
 * @param kv What `Deno.openKv()` gives (needs `"unstable": ["kv"]`).
 * @param options The keys' prefix, and the clock.
 *
 * @example In an app
 * ```ts ignore
 * import { signedCookieSessionFactory } from "@pyramidion/pyramidion";
 * import { denoKvRevocations } from "@pyramidion/pyramidion/stores/deno-kv";
 *
 * const revocations = denoKvRevocations(await Deno.openKv());
 * const sessionFactory = signedCookieSessionFactory(secret, { revocations });
 * ```
 */
export function denoKvRevocations(
  kv: RevocationKv,
  options: DenoKvRevocationsOptions = {},
): RevocationStore {
  const { prefix = ["pyramidion", "revocations"], clock = Date.now } = options;
  const endedKey = (id: string): KvKey => [...prefix, "ended", id];
  const epochKey = (user: string): KvKey => [...prefix, "epoch", user];

  return {
    async has(id) {
      const { value } = await kv.get(endedKey(id));
      // KV deletes what expired some time after it did, so the time is asked too.
      return typeof value === "number" && value >= clock();
    },
    async add(id, until) {
      const now = clock();
      await kv.set(endedKey(id), until, { expireIn: Math.max(1, until - now) });
    },
    async epoch(user) {
      return epochOf((await kv.get(epochKey(user))).value);
    },
    async bump(user) {
      const key = epochKey(user);
      for (let won = false; !won;) {
        const { value, versionstamp } = await kv.get(key);
        const next = epochOf(value) + 1;
        won = (await kv.atomic().check({ key, versionstamp }).set(key, next).commit()).ok;
      }
    },
  };
}

function epochOf(value: unknown): number {
  return typeof value === "number" ? value : 0;
}
