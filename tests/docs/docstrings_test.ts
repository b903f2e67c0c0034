/**
 * The docstrings of the library, by rooms: every sentence that an editor or JSR shows to a user.
 *
 * @module
 */

import { assert, assertEquals } from "jsr:@std/assert@^1.0.0";
import { missingPermission, testUnless } from "../requirements.ts";
import { readDocstrings } from "./docstrings.ts";
import { faultsOf } from "./prose_rules.ts";
import { ROOT } from "./typed_app.ts";

/** Files whose docstrings belong to no room. */
const DOORS = ["mod.ts", "types.ts", "session.ts", "configurator.ts"];

/** The room of a file: its folder, or the part of the library with rules of its own. */
function roomOf(path: string): string {
  const part = /^lib\/(?:views\/predicates|testing\/store_suite)\b/.exec(path);
  const room = part ?? /^lib\/[^/]+(?=\/)/.exec(path);
  return room?.[0] ?? (path.startsWith("lib/") ? "lib" : path);
}

async function* sourceFiles(folder: string): AsyncGenerator<string, void, undefined> {
  for await (const { name, isDirectory } of Deno.readDir(new URL(folder, ROOT))) {
    if (isDirectory) yield* sourceFiles(`${folder}${name}/`);
    else if (name.endsWith(".ts")) yield `${folder}${name}`;
  }
}

testUnless(
  missingPermission({ name: "read" }),
  "the docstrings keep the rules of prose",
  async (t) => {
    const paths = [...DOORS, ...await Array.fromAsync(sourceFiles("lib/"))].sort();
    const rooms = Map.groupBy(paths, roomOf);
    assert(rooms.size > 12, "the rooms were found");
    for (const [room, files] of rooms) {
      await t.step(room, async () => {
        const faults: string[] = [];
        let paragraphs = 0;
        for (const path of files) {
          const page = readDocstrings(await Deno.readTextFile(new URL(path, ROOT)));
          paragraphs += page.paragraphs.length;
          faults.push(
            ...faultsOf(page, { isDoor: true, isDocstrings: true }).map((fault) =>
              `${path}:${fault}`
            ),
          );
        }
        assert(paragraphs > 0, "the docstrings were read");
        assertEquals(faults, []);
      });
    }
  },
);

Deno.test("readDocstrings() gives each text and each tag as a paragraph, with its line", async (t) => {
  const rows: Record<string, [source: string, paragraphs: [line: number, text: string][]]> = {
    "one line": ["/** A route. */", [[1, "A route."]]],
    "several lines": ["const a = 1;\n/**\n * A\n * route.\n *\n * More.\n */", [
      [3, "A route."],
      [6, "More."],
    ]],
    "a parameter": [
      "/**\n * Adds it.\n *\n * @param name The name.\n * @throws {Error} If\n *  it fails.\n */",
      [
        [2, "Adds it."],
        [4, "The name."],
        [5, "If it fails."],
      ],
    ],
    "a tag behind a text": ["  /** Seconds. @default {{ a: 1 }} */", [[1, "Seconds."]]],
    "a module": ["/**\n * All.\n *\n * @module\n */", [[2, "All."]]],
    "the title of an example, and no code": [
      "/**\n * @example So\n * ```ts\n * nobody;\n * ```\n */",
      [[2, "So"]],
    ],
    "a link": ["/** See {@linkcode Route} and {@link a.b the b}. */", [[
      1,
      "See `Route` and `a.b`.",
    ]]],
    "code with a tag": ["/** Write `@module`. */", [[1, "Write `@module`."]]],
    "no docstring": ["// nobody\n/* nobody */", []],
  };
  for (const [name, [source, paragraphs]] of Object.entries(rows)) {
    await t.step(name, () => {
      const found = readDocstrings(source).paragraphs;
      assertEquals(found.map(({ line, text }) => [line, text]), paragraphs);
    });
  }
});
