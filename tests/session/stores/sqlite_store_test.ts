/**
 * What is SQLite's own: tables, locks, files, and rows that others wrote. The contract is tested with
 * the other stores'.
 *
 * @module
 */

import { DatabaseSync } from "node:sqlite";
import { assertEquals, assertRejects, assertThrows } from "jsr:@std/assert@^1.0.0";
import { ConfigurationError } from "@pyramidion/pyramidion";
import type { StoredRecord } from "@pyramidion/pyramidion/stores";
import { SQLITE_TABLES, sqliteStore } from "@pyramidion/pyramidion/stores/sqlite";
import { settableClock } from "@pyramidion/pyramidion/testing";
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

Deno.test("sqliteStore() refuses what is no database", () => {
  const rows: Record<string, [unknown, string]> = {
    "nothing": [undefined, "undefined"],
    "an empty path": ["", 'the string ""'],
    "a number": [1, "the number 1"],
    "another object": [{ prepare: () => {} }, "an object"],
  };
  for (const [name, [given, found]] of Object.entries(rows)) {
    const error = assertThrows(() => sqliteStore(given as never), ConfigurationError, "", name);
    assertEquals(
      error.message,
      `Cannot use the database of sqliteStore(): must be a path or a DatabaseSync of node:sqlite, not ${found}`,
    );
  }
});

Deno.test("sqliteStore() without tables rejects and says what to call; createTables() mends it, and may be called again", async () => {
  using db = new DatabaseSync(":memory:");
  const store = sqliteStore(db, { clock: () => NOW });
  const hint = (what: string, table: string) =>
    `Cannot ${what}: no such table: pyramidion_${table}: call createTables() of the store, or run SQLITE_TABLES`;
  const calls: Record<string, [call: () => unknown, message: string]> = {
    load: [() => store.load("a", NOW), hint("load a session", "sessions")],
    create: [() => store.create("a", record(), NOW), hint("save", "sessions")],
    update: [() => store.update("a", "1", {}, NOW), hint("save", "sessions")],
    delete: [() => store.delete("a"), hint("end a session", "sessions")],
    has: [() => store.has("a"), hint("ask for a revocation", "revocations")],
    bump: [() => store.bump("ada"), hint("begin an epoch", "epochs")],
    ready: [() => store.ready(NOW), hint("ask the tables", "sessions")],
  };
  for (const [name, [call, message]] of Object.entries(calls)) {
    const error = await assertRejects(async () => await call(), Error, "", name);
    assertEquals(error.message, message, name);
  }
  assertEquals(db.isTransaction, false);
  await store.createTables();
  await store.ready(NOW);
  await store.create("a", record(), NOW);
  await store.createTables();
  assertEquals(await store.load("a", NOW), record());
});

testUnless(
  noFiles,
  "sqliteStore() keeps sessions and revocations in its file, with the write-ahead log",
  async () => {
    await withFiles({}, async (folder) => {
      const path = `${folder}/sessions.db`;
      {
        await using store = sqliteStore(path, { synchronous: "FULL", clock: () => NOW });
        await store.createTables();
        await store.create("a", record(), NOW);
        await store.add("id", NOW + 1000);
        await store.bump("ada");
      }
      await using again = sqliteStore(path, { clock: () => NOW });
      assertEquals(await again.load("a", NOW), record());
      assertEquals([await again.has("id"), await again.epoch("ada")], [true, NOW + 1]);
      using db = new DatabaseSync(path);
      assertEquals({ ...db.prepare("PRAGMA journal_mode").get() }, { journal_mode: "wal" });
    });
  },
);

testUnless(noFiles, "sqliteStore() that cannot open its file throws when it is made", async () => {
  await withFiles({
    "text.db": "this is no database, and long enough to be taken for one: ".repeat(20),
  }, (folder) => {
    assertThrows(() => sqliteStore(`${folder}/none/sessions.db`), Error, "unable to open");
    assertThrows(() => sqliteStore(`${folder}/text.db`), Error, "not a database");
    return Promise.resolve();
  });
});

Deno.test("sqliteStore() closes what it opened, and leaves open what it was given", async () => {
  const own = sqliteStore(":memory:");
  await own.createTables();
  await own[Symbol.asyncDispose]();
  await assertRejects(() => own.load("a", NOW), Error);
  await assertRejects(() => own.update("a", "1", {}, NOW), Error);
  using both = openBoth();
  await both.store[Symbol.asyncDispose]();
  assertEquals(await both.store.load("a", NOW), null);
});

Deno.test("sqliteStore() that is closed names await using at the top of a module", async () => {
  const store = sqliteStore(":memory:");
  await store.createTables();
  await store[Symbol.asyncDispose]();
  await assertRejects(
    () => store.create("a", record(), NOW),
    Error,
    "Cannot save: database is not open: your code closed it, or it stands under await using at the " +
      "top of a module: use const there",
  );
});

testUnless(
  noFiles,
  "sqliteStore() notices within a second that its file was deleted or replaced",
  async () => {
    for (const act of ["delete", "replace"] as const) {
      await withFiles({}, async (folder) => {
        const path = `${folder}/sessions.db`, clock = settableClock();
        await using store = sqliteStore(path, { clock });
        await store.createTables();
        clock.travel(1);
        await store.load("x", 1);
        await Deno.remove(path);
        if (act === "replace") await Deno.writeTextFile(path, "");
        assertEquals(await store.load("x", 1), null);
        await assertRejects(() => store.ready(1), Error, "it was deleted or replaced");
        clock.travel(1);
        for (let at = 0; at < 2; at++) {
          await assertRejects(() => store.load("x", 1), Error, "it was deleted or replaced");
          await assertRejects(() => store.delete("x"), Error, `Cannot use the file "${path}"`);
        }
      });
    }
  },
);

testUnless(
  noFiles,
  "sqliteStore() works on with a file that is there, and with a database in memory",
  async () => {
    await withFiles({}, async (folder) => {
      for (const path of [`${folder}/sessions.db`, ":memory:"]) {
        const clock = settableClock();
        await using store = sqliteStore(path, { clock });
        await store.createTables();
        clock.travel(2);
        await store.ready(1);
        assertEquals(await store.load("x", 1), null);
      }
    });
  },
);
