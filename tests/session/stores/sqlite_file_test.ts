/**
 * Opening the file of an SQLite database.
 *
 * @module
 */

import { DatabaseSync } from "node:sqlite";
import { assertEquals, assertThrows } from "jsr:@std/assert@^1.0.0";
import { hasTables, openAsItIs, openForApp } from "../../../lib/session/stores/sqlite_file.ts";
import { missingPermission, testUnless } from "../../requirements.ts";
import { withFiles } from "../../temporary_files.ts";

const noFiles = missingPermission({ name: "read" }, { name: "write" });

function pragma(db: DatabaseSync, name: string): unknown {
  return db.prepare(`PRAGMA ${name}`).get()?.[name === "busy_timeout" ? "timeout" : name];
}

testUnless(
  noFiles,
  "openForApp() switches to the write-ahead log, openAsItIs() switches nothing",
  async () => {
    await withFiles({ "old.db": "" }, (folder) => {
      const path = `${folder}/old.db`;
      {
        using db = openAsItIs(path);
        assertEquals([pragma(db, "journal_mode"), pragma(db, "busy_timeout")], ["delete", 5]);
      }
      {
        using db = openForApp(path, "FULL");
        assertEquals([pragma(db, "journal_mode"), pragma(db, "busy_timeout")], ["wal", 5]);
        assertEquals(pragma(db, "synchronous"), 2);
      }
      using db = openAsItIs(path);
      assertEquals(pragma(db, "journal_mode"), "wal");
      return Promise.resolve();
    });
  },
);

testUnless(
  noFiles,
  "hasTables() wants every table, of whole name, and leaves no file behind",
  async () => {
    await withFiles({ "some.db": "", "text.db": "no database".repeat(100) }, async (folder) => {
      const path = `${folder}/some.db`;
      {
        using db = new DatabaseSync(path);
        db.exec(
          "PRAGMA journal_mode = WAL; CREATE TABLE kv (k); CREATE TABLE other (k); CREATE INDEX third ON kv (k)",
        );
      }
      const rows: [names: string[], has: boolean][] = [
        [["kv"], true],
        [["kv", "other"], true],
        [["kv", "missing"], false],
        [["k"], false],
        [["third"], false],
      ];
      for (const [names, has] of rows) assertEquals(hasTables(path, names), has, String(names));
      assertThrows(() => hasTables(`${folder}/text.db`, ["kv"]), Error, "file is not a database");
      const names = (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name);
      assertEquals(names.sort(), ["some.db", "text.db"]);
    });
  },
);
