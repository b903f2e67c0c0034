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

type Values = Record<string, unknown>;

/** Options that all kinds take. */
export type KindOptions = Omit<SecretCookieSessionOptions<Values>, "revocations">;

/** Makes the factory of a kind, over a store of its own. */
export type MakeKind = (secrets: Secrets, options: KindOptions) => SessionFactory<Values>;

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

/** The kinds by their names. */
export const KINDS: Readonly<Record<string, MakeKind>> = {
  "signed": (secrets, options) => signedCookieSessionFactory(secrets, options),
  "encrypted": (secrets, options) => encryptedCookieSessionFactory(secrets, options),
  "stored in memory": (secrets, options) => storedSessionFactory(memoryStore(), secrets, options),
  "stored in SQLite": (secrets, options) =>
    storedSessionFactory(sqliteInMemory(), secrets, options),
};

/** Whether sessions of a kind live in a store. */
export function isStored(kind: string): boolean {
  return kind.startsWith("stored");
}
