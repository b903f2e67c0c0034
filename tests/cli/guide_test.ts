/**
 * The guide `docs/cli.md`: what it says that the commands write is what they write.
 *
 * @module
 */

import { DatabaseSync } from "node:sqlite";
import { assert, assertEquals } from "jsr:@std/assert@^1.0.0";
import { runCommand } from "@pyramidion/pyramidion/cli";
import { SQLITE_TABLES } from "@pyramidion/pyramidion/stores/sqlite";
import { missingPermission, testUnless } from "../requirements.ts";

const root = new URL("../../", import.meta.url);

/** The secret of the guide's cookie, and when it was issued. */
const SECRET = "b1946ac92492d2347c6235b4d2611184-of-the-guide";
const ISSUED = Date.UTC(2026, 0, 1, 9);

/** The names of the modules that the guide shows, in order. */
const MODULES = ["app.ts", "guestbook.ts"];

/** The blocks of one language, in order. */
function blocks(guide: string, language: string): string[] {
  return [...guide.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, "gms"))]
    .map(([, block = ""]) => block);
}

/** The words of a command, quotes taken off. */
function wordsOf(command: string): string[] {
  return [...command.matchAll(/"([^"]*)"|\S+/g)].map(([word, quoted]) => quoted ?? word);
}

/** The databases that the guide checks and sweeps. */
function fillStores(folder: string): void {
  using empty = new DatabaseSync(`${folder}/empty.db`);
  empty.exec("PRAGMA user_version = 1");
  using devices = new DatabaseSync(`${folder}/devices.db`);
  devices.exec(SQLITE_TABLES);
  const session = devices.prepare(
    "INSERT INTO pyramidion_sessions VALUES (?, 'ada', ?, ?, ?, '', '{}')",
  );
  for (const [at, id] of ["AAECAwQFBgcICQoLDA0ODw", "EBESExQVFhcYGRobHB0eHw"].entries()) {
    const began = ISSUED - at * 600_000;
    const noted = at === 0 ? ',["Firefox on Linux","192.0.2.7"]' : "";
    const head = `[1,${began},null,null,"${"a".repeat(43)}",[]${noted}]`;
    session.run(id, head, began, began + 1_200_000);
  }
  using db = new DatabaseSync(`${folder}/sessions.db`);
  db.exec(SQLITE_TABLES);
  db.exec(`WITH RECURSIVE counted (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted LIMIT 2500)
    INSERT INTO pyramidion_revocations SELECT n, 1 FROM counted`);
}

const missing = missingPermission({ name: "read" }, { name: "write" });

testUnless(missing, "every command of the guide writes what stands below it", async (t) => {
  const guide = await Deno.readTextFile(new URL("docs/cli.md", root));
  const folder = await Deno.makeTempDir();
  const library = new URL("mod.ts", root).href;
  const sources = blocks(guide, "ts ignore");
  assertEquals(sources.length, MODULES.length);
  for (const [at, name] of MODULES.entries()) {
    const local = sources[at]?.replace('"@pyramidion/pyramidion"', JSON.stringify(library))
      .replace('Deno.env.get("SESSION_SECRET") ?? ""', JSON.stringify(SECRET)) ?? "";
    assert(local.includes(library) && local.includes(SECRET));
    await Deno.writeTextFile(`${folder}/${name}`, local);
  }
  fillStores(folder);
  try {
    const examples = blocks(guide, "console");
    assertEquals(examples.length, 12);
    for (const example of examples) {
      const end = example.indexOf("\n");
      const [command, written] = [example.slice(2, end), example.slice(end + 1)];
      await t.step(command, async () => {
        const [, isSecret, line = ""] = /^(SESSION_SECRET=… )?pyramidion (.+)$/.exec(command) ?? [];
        const { stdout, stderr } = await runCommand(wordsOf(line), {
          folder,
          columns: Infinity,
          isColoured: false,
          now: ISSUED + 130_000,
          variable: () => isSecret === undefined ? undefined : SECRET,
          readInput: () => Promise.resolve(""),
        });
        assertEquals(stderr, "");
        assertEquals(stdout.trimEnd(), written.trimEnd());
      });
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
