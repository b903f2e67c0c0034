/**
 * Every store keeps the contract.
 *
 * @module
 */

import { denoKvStore } from "@pyramidion/pyramidion/stores/deno-kv";
import { memoryStore } from "@pyramidion/pyramidion/stores/memory";
import { sqliteStore } from "@pyramidion/pyramidion/stores/sqlite";
import { storeSuite } from "@pyramidion/pyramidion/testing";
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
