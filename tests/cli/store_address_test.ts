/**
 * Stores by their names and addresses.
 *
 * @module
 */

import { assertEquals, assertRejects } from "jsr:@std/assert@^1.0.0";
import { POSTGRES_TABLES } from "@pyramidion/pyramidion/stores/postgres";
import { SQLITE_TABLES, sqliteStore } from "@pyramidion/pyramidion/stores/sqlite";
import { CommandFailure } from "../../lib/cli/command.ts";
import { ADDRESS_FORMS, openStore, tablesOf } from "../../lib/cli/store_address.ts";
import { missingPermission, testUnless } from "../requirements.ts";
import { withFiles } from "../temporary_files.ts";

const NOW = 1_700_000_000_000;
const noFiles = missingPermission({ name: "read" }, { name: "write" });

async function failure(act: () => Promise<unknown>): Promise<[code: number, message: string]> {
  const { code, message } = await assertRejects(act, CommandFailure);
  return [code, message];
}

async function namesIn(folder: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort();
}

Deno.test("ADDRESS_FORMS has every store that another process can open", () => {
  assertEquals(ADDRESS_FORMS, [
    "sqlite:<file>",
    "deno-kv:<file>",
    "redis://<host>:<port>",
    "postgres://<user>@<host>/<database>",
  ]);
});

Deno.test("tablesOf() gives the text of the store, and says which stores have tables", async () => {
  assertEquals(await tablesOf("sqlite"), SQLITE_TABLES);
  assertEquals(await tablesOf("postgres"), POSTGRES_TABLES);
  assertEquals(await tablesOf("postgresql"), POSTGRES_TABLES);
  const known =
    '\nStores with tables: "sqlite", "postgres". Stores without: "deno-kv", "redis", "memory"';
  const rows: Record<string, string> = {
    "deno-kv": "this store needs no tables",
    memory: "this store needs no tables",
    sqlit: 'no store has this name: did you mean "sqlite"?',
    redis: "this store needs no tables",
    mysql: "no store has this name",
    toString: "no store has this name",
    "sqlite:a.db": "no store has this name",
  };
  for (const [name, reason] of Object.entries(rows)) {
    assertEquals(await failure(() => tablesOf(name)), [
      2,
      `Cannot print the tables of "${name}": ${reason}${known}`,
    ]);
  }
});

Deno.test("openStore() names the known addresses, and never a password", async () => {
  const write = `\nWrite ${ADDRESS_FORMS.join(" or ")}`;
  const noUrl = (name: string) =>
    `Cannot use the address of a store that begins with "${name}": it is not a URL with a host\n` +
    "In a user name and a password, write / ? # @ : % as %2F %3F %23 %40 %3A %25";
  const noNumber = (name: string) =>
    `Cannot use the address of a store that begins with "${name}": the part after the host is not the number of a database\n` +
    `Write ${name}://<host>:<port>/0`;
  const begins = (name: string, reason: string) =>
    `Cannot use the address of a store that begins with "${name}": ${reason}${write}`;
  const rows: Record<string, string> = {
    "mysql://ada:secret@host": begins("mysql", "no store has this name"),
    "redis://ada:sec/ret@host": noUrl("redis"),
    "rediss:ada": noUrl("rediss"),
    "postgresql://ada:sec#ret@host": noUrl("postgres"),
    "redis://ada:secret@host/app": noNumber("redis"),
    "rediss://ada:secret@host/0/app": noNumber("rediss"),
    redis: begins("redis", "the part after the colon is missing"),
    "sqllite:a.db": begins("sqllite", 'no store has this name: did you mean "sqlite"?'),
    "": begins("", "no store has this name"),
    ":a.db": begins("", "no store has this name"),
    "\x1b[2J:a": begins("\\x1b[2J", "no store has this name"),
    sqlite: begins("sqlite", "the part after the colon is missing"),
    "deno-kv:": begins("deno-kv", "the part after the colon is missing"),
    memory:
      "Cannot open a memoryStore(): it is in the memory of the app, so that no other process can read it",
    "sqlite:///a.db":
      'Cannot use the address "sqlite:///a.db": write the path after the colon, without "//"',
  };
  for (const [address, message] of Object.entries(rows)) {
    assertEquals(await failure(() => openStore(address, "/nowhere")), [2, message], address);
  }
});

testUnless(noFiles, "openStore() makes no file, no table and no setting", async (t) => {
  const files = { "empty.db": "", "text.txt": "not a database", "folder.db/x": "" };
  await withFiles(files, async (folder) => {
    const noFile = "the file does not exist, and this command does not create it";
    const rows: Record<string, string> = {
      "sqlite:sessions.db": `Cannot open "${folder}/sessions.db": ${noFile}`,
      "sqlite::memory:": `Cannot open "${folder}/:memory:": ${noFile}`,
      "sqlite:/no/where.db": `Cannot open "/no/where.db": ${noFile}`,
      "sqlite:folder.db": `Cannot open "${folder}/folder.db": it is not a file`,
      "deno-kv:kv.db": `Cannot open "${folder}/kv.db": ${noFile}`,
      "deno-kv:empty.db": `Cannot open "${folder}/empty.db": it is not a database of Deno KV`,
    };
    for (const [address, message] of Object.entries(rows)) {
      await t.step(address, async () => {
        assertEquals(await failure(() => openStore(address, folder)), [1, message]);
      });
    }
    await t.step("sqlite:text.txt/a.db", async () => {
      const [code, message] = await failure(() => openStore("sqlite:text.txt/a.db", folder));
      assertEquals([code, message.startsWith(`Cannot open "${folder}/text.txt/a.db": `)], [
        1,
        true,
      ]);
    });
    await t.step("deno-kv: of a database of an app", async () => {
      const path = `${folder}/app.db`;
      await using store = sqliteStore(path);
      await store.createTables();
      assertEquals(await failure(() => openStore("deno-kv:app.db", folder)), [
        1,
        `Cannot open "${path}": it is not a database of Deno KV`,
      ]);
    });
    assertEquals(await namesIn(folder), ["app.db", "empty.db", "folder.db", "text.txt"]);
    assertEquals((await Deno.stat(`${folder}/empty.db`)).size, 0);
  });
});

testUnless(
  noFiles,
  "openStore() opens a file by its path, from the folder or absolute",
  async () => {
    await withFiles({}, async (folder) => {
      const path = `${folder}/a b#?%41.db`;
      await using store = sqliteStore(path, { clock: () => NOW });
      await store.createTables();
      await store.bump("ada");
      for (const address of ["sqlite:a b#?%41.db", `sqlite:${path}`]) {
        await using opened = await openStore(address, folder);
        await opened.store.ready?.(NOW);
      }
    });
  },
);

testUnless(noFiles, "openStore() opens Deno KV, and closes it", async () => {
  await withFiles({}, async (folder) => {
    using kv = await Deno.openKv(`${folder}/kv.db`);
    await kv.set(["any"], 1);
    await using opened = await openStore("deno-kv:kv.db", folder);
    await opened.store.ready?.(NOW);
    assertEquals(opened.store.sweep, undefined);
  });
});

testUnless(noFiles, "openStore() without Deno.openKv() names the flag", async () => {
  await withFiles({ "kv.db": "" }, async (folder) => {
    const openKv = Object.getOwnPropertyDescriptor(Deno, "openKv") ?? {};
    Object.defineProperty(Deno, "openKv", { value: undefined, configurable: true });
    try {
      assertEquals(await failure(() => openStore("deno-kv:kv.db", folder)), [
        1,
        "Cannot open Deno KV: this Deno has no Deno.openKv(). Add --unstable-kv after deno run",
      ]);
    } finally {
      Object.defineProperty(Deno, "openKv", openKv);
    }
  });
});
