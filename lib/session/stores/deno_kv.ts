/**
 * Sessions and revocations in Deno KV.
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
import type { SessionStore } from "../stored/session_store.ts";
import { denoKvRevocations } from "./deno_kv_revocations.ts";
import { type KvKey, type SessionKv, untilCommitted } from "./deno_kv_database.ts";
import { DenoKvSessions } from "./deno_kv_sessions.ts";

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

/** The options of {@linkcode denoKvStore}. */
export interface DenoKvStoreOptions {
  /** The first parts of every key. @default {["pyramidion"]} */
  readonly prefix?: KvKey;
  /** Gives the time in milliseconds. Revocations expire by it. @default {Date.now} */
  readonly clock?: () => number;
}

/**
 * A store of sessions, and of revocations of cookie sessions, as {@linkcode denoKvStore} returns
 * it.
 */
export interface DenoKvStore extends SessionStore, RevocationStore {
  /** Rejects if the database cannot be read. */
  ready(now: number): Promise<void>;
}

const KINDS: OptionKinds<DenoKvStoreOptions> = {
  prefix: { expected: "a list of the parts of a key", is: Array.isArray },
  clock: FUNCTION,
};
const KV = withFunctions("get", "list", "atomic");

/**
 * Makes a store that keeps sessions in Deno KV.
 *
 * It keeps them across restarts, and on Deno Deploy across isolates. Loading a small session from a
 * local file takes about 100 microseconds. Saving it waits for the disk: about 2 milliseconds. All
 * reads are strongly consistent.
 *
 * Changes of one session that come at once share a commit. If another process writes the same
 * session, or locks the file, then the store tries again for about a second. After that it rejects.
 *
 * Deno KV removes expired entries. A session takes one entry, which holds 64 KiB at most. A session
 * with an account takes a second entry. Keys are `[...prefix, "sessions", id]` and
 * `[...prefix, "accounts", account, id]`. Revocations have the keys
 * `[...prefix, "revocations", …]`, as with `denoKvRevocations()`.
 *
 * @param kv What `Deno.openKv()` gives (needs `"unstable": ["kv"]`). You close it.
 * @param options The keys' prefix, and the clock.
 * @throws {ConfigurationError} If the database lacks a method, or an option is wrong or unknown.
 *
 * @example A session, and its end
 * ```ts
 * import { denoKvStore } from "@pyramidion/pyramidion/stores/deno-kv";
 * import { assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * using kv = await Deno.openKv(":memory:");
 * const store = denoKvStore(kv);
 * const now = Date.now(), values = new Map([["cart", "[1]"]]);
 * const record = { head: "1", renewed: now, expires: now + 1000, account: "ada", values };
 * await store.create("x7Qm", record, now);
 * await store.delete("x7Qm");
 * assertEquals(await store.load("x7Qm", now), null);
 * ```
 */
export function denoKvStore(kv: SessionKv, options: DenoKvStoreOptions = {}): DenoKvStore {
  checkValue("the database of denoKvStore()", kv, KV);
  checkOptions("denoKvStore()", options, KINDS);
  const { prefix = ["pyramidion"], clock = Date.now } = options;
  const sessions = new DenoKvSessions(kv, prefix);
  return {
    ...denoKvRevocations(kv, { prefix: [...prefix, "revocations"], clock }),
    load: (id, now) => sessions.load(id, now),
    create: (id, record, now) => sessions.create(id, record, now),
    update: (id, head, change, now) => sessions.update(id, head, change, now),
    delete: (id) => sessions.delete(id),
    list: (account, now) => sessions.list(account, now),
    deleteAll: (account, except, now) => sessions.deleteAll(account, except, now),
    async ready() {
      await untilCommitted("read the database", () => kv.get([...prefix, "ready"]));
    },
  };
}
