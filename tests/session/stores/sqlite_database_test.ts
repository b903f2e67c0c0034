/**
 * The tables of a store in SQLite.
 *
 * @module
 */

import { DatabaseSync } from "node:sqlite";
import { assert, assertEquals, assertRejects } from "jsr:@std/assert@^1.0.0";
import { SQLITE_TABLES, sqliteStore } from "@pyramidion/pyramidion/stores/sqlite";
import { missingPermission, testUnless } from "../../requirements.ts";

const NOW = 1_700_000_000_000;
const noFiles = missingPermission({ name: "read" }, { name: "write" });

Deno.test("sqliteStore() whose tables are others is not ready", async () => {
  for (const [from, to] of [["operations TEXT", "ops TEXT"], ["epoch INTEGER", "number INTEGER"]]) {
    using db = new DatabaseSync(":memory:");
    db.exec(SQLITE_TABLES.replace(from ?? "", to ?? ""));
    const error = await assertRejects(() => sqliteStore(db).ready(NOW), Error);
    const column = from?.split(" ", 1);
    assertEquals(
      error.message,
      `Cannot ask the tables: no such column: ${column}: the tables are not those of SQLITE_TABLES`,
    );
  }
});

testUnless(noFiles, "docs/stores.md shows the tables as they are", async () => {
  const guide = await Deno.readTextFile(new URL("../../../docs/stores.md", import.meta.url));
  assert(guide.includes(`\`\`\`sql\n${SQLITE_TABLES}\`\`\`\n`));
});
