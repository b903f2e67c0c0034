/**
 * Times of revocations. The contract is tested with the other stores'.
 *
 * @module
 */

import { DatabaseSync } from "node:sqlite";
import { assertEquals } from "jsr:@std/assert@^1.0.0";
import { SQLITE_TABLES, sqliteStore } from "@pyramidion/pyramidion/stores/sqlite";

const NOW = 1_700_000_000_000;

Deno.test("sqliteStore() takes a time of a revocation that is no integer, and never ends it early", async () => {
  const times = [NOW];
  using db = new DatabaseSync(":memory:");
  db.exec(SQLITE_TABLES);
  const store = sqliteStore(db, { clock: () => times[0] ?? 0 });
  await store.add("id", NOW + 0.25);
  times[0] = NOW + 0.25;
  assertEquals(await store.has("id"), true);
  times[0] = NOW + 1.5;
  assertEquals(await store.has("id"), false);
  await store.bump("ada");
  assertEquals(await store.epoch("ada"), NOW + 2);
});
