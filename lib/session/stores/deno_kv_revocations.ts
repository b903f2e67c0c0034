/**
 * Revocations in Deno KV.
 *
 * @module
 */

import {
  checkOptions,
  checkValue,
  FUNCTION,
  type OptionKinds,
  withFunctions,
} from "../../check_options.ts";
import type { RevocationStore } from "../../../session.ts";

/** A part of a key. */
export type KvKey = readonly (string | number | bigint | boolean | Uint8Array)[];

/** The calls of `Deno.Kv` that are used. */
export interface RevocationKv {
  /** Reads a key. */
  get(key: KvKey): Promise<{ readonly value: unknown; readonly versionstamp: string | null }>;
  /** Begins an atomic write. */
  atomic(): RevocationAtomic;
}

/** The calls of `Deno.AtomicOperation` that are used. */
export interface RevocationAtomic {
  /** Demands that a key is as it was read. */
  check(entry: { key: KvKey; versionstamp: string | null }): RevocationAtomic;
  /** Writes a key, which expires by itself after so many milliseconds. */
  set(key: KvKey, value: unknown, options?: { expireIn?: number }): RevocationAtomic;
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

const KINDS: OptionKinds<DenoKvRevocationsOptions> = {
  prefix: { expected: "a list of the parts of a key", is: Array.isArray },
  clock: FUNCTION,
};

const KV = withFunctions("get", "atomic");

/**
 * Remembers ended sessions in Deno KV: across restarts, and on Deno Deploy across isolates.
 *
 * A question is one read; entries expire by themselves. What is written is written once it wins.
 * An epoch takes about 100 bytes for each user who was ever signed out everywhere.
 *
 * @param kv What `Deno.openKv()` gives (needs `"unstable": ["kv"]`).
 * @param options The keys' prefix, and the clock.
 * @throws {ConfigurationError} If the database is none, or an option is wrong or unknown.
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
  checkValue("the database of denoKvRevocations()", kv, KV);
  checkOptions("denoKvRevocations()", options, KINDS);
  const { prefix = ["pyramidion", "revocations"], clock = Date.now } = options;
  const endedKey = (id: string): KvKey => [...prefix, "ended", id];
  const epochKey = (user: string): KvKey => [...prefix, "epoch", user];

  // Writes what `next` makes of the present value, unless that is undefined.
  const replace = async (
    key: KvKey,
    next: (present: unknown) => number | undefined,
    options?: { expireIn: number },
  ): Promise<void> => {
    for (let won = false; !won;) {
      const { value, versionstamp } = await kv.get(key);
      const wanted = next(value);
      if (wanted === undefined) return;
      const write = kv.atomic().check({ key, versionstamp }).set(key, wanted, options);
      won = (await write.commit()).ok;
    }
  };

  return {
    async has(id) {
      const { value } = await kv.get(endedKey(id));
      // KV deletes what expired some time after it did, so the time is asked too.
      return typeof value === "number" && value >= clock();
    },
    add(id, until) {
      const later = (present: unknown) => numberOf(present) < until ? until : undefined;
      return replace(endedKey(id), later, { expireIn: Math.max(1, until - clock()) });
    },
    async epoch(user) {
      return numberOf((await kv.get(epochKey(user))).value);
    },
    bump(user) {
      // By the clock, so that an epoch from before the database was lost is an earlier one.
      const later = (present: unknown) => Math.max(Math.floor(clock()), numberOf(present)) + 1;
      return replace(epochKey(user), later);
    },
  };
}

function numberOf(value: unknown): number {
  return typeof value === "number" ? value : 0;
}
