/**
 * The kinds of sessions that behave alike: signed and encrypted cookies, and stored ones over memory and
 * SQLite.
 *
 * @module
 */

import {
  encryptedCookieSessionFactory,
  type SessionFactory,
  signedCookieSessionFactory,
  storedSessionFactory,
} from "@pyramidion/pyramidion";
import type { SessionStore } from "@pyramidion/pyramidion/stores";
import { memoryStore } from "@pyramidion/pyramidion/stores/memory";
import { sqliteStore } from "@pyramidion/pyramidion/stores/sqlite";
import type { SecretCookieSessionOptions, Secrets } from "@pyramidion/pyramidion/types";
import { STORES } from "./left_sessions.ts";

type Values = Record<string, unknown>;

/** Options that all kinds take. */
export type KindOptions<Data extends object = Values> = Omit<
  SecretCookieSessionOptions<Data>,
  "revocations"
>;

/** Makes the factory of a kind, over a store of its own. */
export type MakeKind = <Data extends object = Values>(
  secrets: Secrets,
  options: KindOptions<Data>,
) => SessionFactory<Data>;

/** SQLite in memory, whose tables are made with the first call. */
function sqliteInMemory(): SessionStore {
  const store = sqliteStore(":memory:");
  const made = store.createTables();
  return {
    load: (...given) => made.then(() => store.load(...given)),
    create: (...given) => made.then(() => store.create(...given)),
    update: (...given) => made.then(() => store.update(...given)),
    delete: (...given) => made.then(() => store.delete(...given)),
    list: (...given) => made.then(() => store.list(...given)),
    deleteAll: (...given) => made.then(() => store.deleteAll(...given)),
  };
}

function storedIn<Data extends object>(
  store: SessionStore,
  secrets: Secrets,
  options: KindOptions<Data>,
): SessionFactory<Data> {
  const factory = storedSessionFactory<Data>(store, secrets, options);
  STORES.set(factory, store);
  return factory;
}

/** The kinds by their names. */
export const KINDS: Readonly<Record<string, MakeKind>> = {
  "signed": (secrets, options) => signedCookieSessionFactory(secrets, options),
  "encrypted": (secrets, options) => encryptedCookieSessionFactory(secrets, options),
  "stored in memory": (secrets, options) => storedIn(memoryStore(), secrets, options),
  "stored in SQLite": (secrets, options) => storedIn(sqliteInMemory(), secrets, options),
};

/** Whether sessions of a kind live in a store. */
export function isStored(kind: string): boolean {
  return kind.startsWith("stored");
}
