/**
 * Locks, transactions, sweeps, and rows that others wrote. The contract is tested with
 * the other stores'.
 *
 * @module
 */

import { DatabaseSync } from "node:sqlite";
import { assert, assertEquals, assertRejects } from "jsr:@std/assert@^1.0.0";
import { BrokenRecordError, type StoredRecord } from "@pyramidion/pyramidion/stores";
import { SQLITE_TABLES, sqliteStore } from "@pyramidion/pyramidion/stores/sqlite";
import { missingPermission, testUnless } from "../../requirements.ts";
import { withFiles } from "../../temporary_files.ts";

const NOW = 1_700_000_000_000;
const noFiles = missingPermission({ name: "read" }, { name: "write" });

function record(parts: Partial<StoredRecord> = {}): StoredRecord {
  const times = { renewed: NOW, expires: NOW + 1000 };
  return { head: "1", ...times, account: null, values: new Map([["k", "1"]]), ...parts };
}

/** A store on a database that the test can look into. */
function openBoth() {
  const db = new DatabaseSync(":memory:");
  db.exec(SQLITE_TABLES);
  return { db, store: sqliteStore(db), [Symbol.dispose]: () => db.close() };
}

testUnless(
  noFiles,
  "sqliteStore() waits for a process that writes, and lets other requests go on",
  async () => {
    await withFiles({}, async (folder) => {
      await using store = sqliteStore(`${folder}/sessions.db`);
      await store.createTables();
      await store.create("a", record(), NOW);
      using other = new DatabaseSync(`${folder}/sessions.db`);
      other.exec("BEGIN IMMEDIATE");
      const saved = store.update("a", "1", { set: new Map([["k", "2"]]) }, NOW);
      const ended = store.delete("b");
      // Readers do not wait for a writer.
      assertEquals((await store.load("a", NOW))?.values.get("k"), "1");
      other.exec("COMMIT");
      assertEquals([await saved, await ended], [true, undefined]);
      assertEquals((await store.load("a", NOW))?.values.get("k"), "2");
    });
  },
);

testUnless(
  noFiles,
  "sqliteStore() gives up on a lock that stays, and can be asked again",
  async () => {
    await withFiles({}, async (folder) => {
      await using store = sqliteStore(`${folder}/sessions.db`);
      await store.createTables();
      await store.create("a", record(), NOW);
      using other = new DatabaseSync(`${folder}/sessions.db`);
      other.exec("BEGIN IMMEDIATE");
      const change = { set: new Map([["k", "2"]]), operation: "op" };
      await assertRejects(
        () => store.update("a", "1", change, NOW),
        Error,
        "Cannot save: others came before at each of 64 attempts",
      );
      other.exec("ROLLBACK");
      assertEquals(await store.update("a", "1", change, NOW), true);
    });
  },
);

Deno.test("sqliteStore() writes nothing into a transaction of somebody else, and waits for its end", async () => {
  using both = openBoth();
  const { db, store } = both;
  await store.create("a", record(), NOW);
  db.exec("BEGIN");
  const writes = [
    store.update("a", "1", { head: "2" }, NOW),
    store.create("b", record({ head: "3" }), NOW),
    store.add("id", Date.now() + 60_000),
  ];
  // They could have been carried out by now.
  assertEquals(await store.load("a", NOW), record());
  assert(db.isTransaction, "the transaction was ended");
  db.exec("ROLLBACK");
  assertEquals(await Promise.all(writes), [true, true, undefined]);
  assertEquals((await store.load("a", NOW))?.head, "2");
  assertEquals((await store.load("b", NOW))?.head, "3");
  assertEquals(await store.has("id"), true);
});

Deno.test("sqliteStore() rejects for a row that it did not write so, and removes it when told to", async (t) => {
  const rows: Record<string, [data: string, reason: string]> = {
    "broken JSON": ['{"k":"1"', "its data is not JSON"],
    "no JSON at all": ["k=1", "its data is not JSON"],
    "an empty text": ["", "its data is not JSON"],
    "a list": ['["k"]', "its data is not an object"],
    "null": ["null", "its data is not an object"],
    "a number": ["1", "its data is not an object"],
    "a value that is a number": ['{"k":1}', "a value in its data is not text"],
    "a value that is null": ['{"k":null}', "a value in its data is not text"],
    "a value that is an object": ['{"a":"1","k":{"b":"1"}}', "a value in its data is not text"],
  };
  for (const [name, [data, reason]] of Object.entries(rows)) {
    await t.step(name, async () => {
      using both = openBoth();
      const { db, store } = both;
      const spoil = async () => {
        await store.create("a", record({ account: "ada" }), NOW);
        db.prepare("UPDATE pyramidion_sessions SET data = ? WHERE id = 'a'").run(data);
      };
      await spoil();
      const error = await assertRejects(() => store.load("a", NOW), BrokenRecordError);
      assertEquals(error.message, `Cannot read session "a" from the store: ${reason}`);
      await assertRejects(() => store.update("a", "0", {}, NOW), BrokenRecordError);
      const expecting = { head: "2", expect: ["k", "1"] } as const;
      await assertRejects(() => store.update("a", "1", expecting, NOW), BrokenRecordError);
      assertEquals(await store.create("a", record({ head: "2" }), NOW), false);
      // It was left as it is.
      const kept = db.prepare("SELECT head, data FROM pyramidion_sessions").get();
      assertEquals({ ...kept }, { head: "1", data });
      assertEquals((await store.list("ada", NOW)).length, 1);
      assertEquals(await store.deleteAll("ada", [], NOW), 1);
      await spoil();
      await store.delete("a");
      assertEquals(await store.load("a", NOW), null);
      await spoil();
      assertEquals(await store.sweep(NOW + 1_000_000, 10), 1);
      assertEquals(await store.load("a", NOW), null);
    });
  }
  await t.step("an update of keys into broken JSON", async () => {
    using both = openBoth();
    await both.store.create("a", record(), NOW);
    both.db.exec("UPDATE pyramidion_sessions SET data = '{'");
    const change = { set: new Map([["k", "1"]]) };
    await assertRejects(() => both.store.update("a", "1", change, NOW), BrokenRecordError);
    assertEquals(both.db.isTransaction, false);
  });
});

Deno.test("sqliteStore() sweeps sessions first, then revocations, and no more than the limit", async () => {
  using db = new DatabaseSync(":memory:");
  const store = sqliteStore(db, { clock: () => NOW });
  await store.createTables();
  for (let index = 0; index < 5; index++) {
    await store.create(`s${index}`, record(), NOW);
    await store.add(`r${index}`, NOW + 1000);
  }
  await store.add("stays", NOW + 9_000_000);
  await store.bump("ada");
  const later = NOW + 1001 + 60_000;
  const removed = [];
  for (let call = 0; call < 4; call++) removed.push(await store.sweep(later, 4));
  assertEquals(removed, [4, 4, 2, 0]);
  assertEquals([await store.has("stays"), await store.epoch("ada")], [true, NOW + 1]);
  const count = (table: string) =>
    Number(db.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.n);
  assertEquals([count("pyramidion_sessions"), count("pyramidion_revocations")], [0, 1]);
});
