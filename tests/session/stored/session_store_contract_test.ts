/**
 * Every store keeps the contract.
 *
 * @module
 */

import { denoKvStore } from "@pyramidion/pyramidion/stores/deno-kv";
import { memoryStore } from "@pyramidion/pyramidion/stores/memory";
import { sqliteStore } from "@pyramidion/pyramidion/stores/sqlite";
import { storeSuite } from "@pyramidion/pyramidion/testing";
import type { SessionStore } from "@pyramidion/pyramidion/stores";
import { testUnless } from "../../requirements.ts";

const noKv = typeof Deno.openKv === "function" ? null : "Deno KV needs --unstable-kv";

for (const { name, run } of storeSuite((clock) => memoryStore({ clock }))) {
  Deno.test(`memoryStore(): ${name}`, run);
}

const openSqlite = async (clock: () => number) => {
  const store = sqliteStore(":memory:", { clock });
  await store.createTables();
  return store;
};
for (const { name, run } of storeSuite(openSqlite)) {
  Deno.test(`sqliteStore(): ${name}`, run);
}

const openKv = async (clock: () => number) => {
  const kv = await Deno.openKv(":memory:");
  let isOpen = true;
  return {
    ...denoKvStore(kv, { clock }),
    [Symbol.asyncDispose]: () => {
      if (isOpen) kv.close();
      isOpen = false;
      return Promise.resolve();
    },
  };
};
for (const { name, run } of storeSuite(openKv, { sweep: false })) {
  testUnless(noKv, `denoKvStore(): ${name}`, run);
}

/** A store behind a line on which answers are late, and calls arrive twice because of that. */
function lateAndTwice(store: ReturnType<typeof memoryStore>): SessionStore {
  let calls = 0;
  const late = async <T>(answer: Promise<T>): Promise<T> => {
    for (let turn = calls++ % 7; turn > 0; turn--) await null;
    return await answer;
  };
  /** The reply to the first was lost. */
  const twice = async <T>(call: () => Promise<T>): Promise<T> => {
    await late(call());
    return await late(call());
  };
  return {
    load: (id, now) => twice(() => store.load(id, now)),
    create: (id, record, now) => twice(() => store.create(id, record, now)),
    delete: (id) => twice(() => store.delete(id)),
    update: (id, head, change, now) =>
      change.operation === undefined
        ? late(store.update(id, head, change, now))
        : twice(() => store.update(id, head, change, now)),
    list: (account, now) => twice(() => store.list(account, now)),
    async deleteAll(account, except, now) {
      const ended = await late(store.deleteAll(account, except, now));
      // What came meanwhile is ended as well.
      return ended + await late(store.deleteAll(account, except, now));
    },
  };
}
const without = { revocations: false, sweep: false };
for (const { name, run } of storeSuite((clock) => lateAndTwice(memoryStore({ clock })), without)) {
  // A change that was applied, and is repeated behind a sign-out, gives null: no order explains that.
  if (name.includes("random calls")) continue;
  Deno.test(`a store that answers late, and is asked twice: ${name}`, run);
}
