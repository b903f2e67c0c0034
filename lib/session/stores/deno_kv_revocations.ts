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
import { CONTENDED } from "./contention.ts";
import { type KvKey, type RevocationKv, untilCommitted } from "./deno_kv_database.ts";

/** The options of {@linkcode denoKvRevocations}. */
export interface DenoKvRevocationsOptions {
  /** The first parts of every key. @default {["pyramidion", "revocations"]} */
  readonly prefix?: KvKey;
  /** Gives the time in milliseconds. @default {Date.now} */
  readonly clock?: () => number;
}

const KINDS: OptionKinds<DenoKvRevocationsOptions> = {
  prefix: { expected: "a list of the parts of a key", is: Array.isArray },
  clock: FUNCTION,
};

const KV = withFunctions("get", "atomic");

/**
 * Makes a store that remembers ended sessions in Deno KV.
 *
 * It keeps them across restarts, and on Deno Deploy across isolates. A question is one read. Deno
 * KV removes ended sessions when they expire.
 *
 * If another process writes the same key, then a write tries again for about a second. After that
 * it rejects. Each user who was ever signed out everywhere takes about 100 bytes.
 *
 * This name stays until 1.0. `denoKvStore()` keeps sessions and these revocations, under the same
 * keys. Each of the two reads what the other wrote.
 *
 * @param kv What `Deno.openKv()` gives (needs `"unstable": ["kv"]`).
 * @param options The keys' prefix, and the clock.
 * @throws {ConfigurationError} If the database lacks a method, or an option is wrong or unknown.
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
  const valueAt = (what: string, key: KvKey) =>
    untilCommitted(what, async () => (await kv.get(key)).value);

  // Writes what `next` makes of the present value, unless that is undefined.
  const replace = (
    what: string,
    key: KvKey,
    next: (present: unknown) => number | undefined,
    options?: { expireIn: number },
  ): Promise<void> =>
    untilCommitted(what, async () => {
      const { value, versionstamp } = await kv.get(key);
      const wanted = next(value);
      if (wanted === undefined) return;
      const write = kv.atomic().check({ key, versionstamp }).set(key, wanted, options);
      if (!(await write.commit()).ok) return CONTENDED;
    });

  return {
    async has(id) {
      const value = await valueAt("ask for a revocation", endedKey(id));
      // KV deletes what expired some time after it did, so the time is asked too.
      return typeof value === "number" && value >= clock();
    },
    add(id, until) {
      const later = (present: unknown) => numberOf(present) < until ? until : undefined;
      const expireIn = Math.max(1, until - clock());
      return replace("revoke a session", endedKey(id), later, { expireIn });
    },
    async epoch(user) {
      return numberOf(await valueAt("ask for an epoch", epochKey(user)));
    },
    bump(user) {
      // By the clock, so that an epoch from before the database was lost is an earlier one.
      const later = (present: unknown) => Math.max(Math.floor(clock()), numberOf(present)) + 1;
      return replace("begin an epoch", epochKey(user), later);
    },
  };
}

function numberOf(value: unknown): number {
  return typeof value === "number" ? value : 0;
}
