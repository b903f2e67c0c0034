/**
 * Examples can stand in a module that `deno serve` starts. It goes on after the module was read.
 *
 * @module
 */

import { assert, assertEquals } from "jsr:@std/assert@^1.0.0";
import { missingPermission, testUnless } from "../requirements.ts";
import { readPage } from "./prose.ts";
import { ROOT } from "./typed_app.ts";

/** Whether a store of this module is closed before the first request. */
function closesTooEarly(code: string): boolean {
  return /^await using /m.test(code);
}

testUnless(
  missingPermission({ name: "read" }),
  "no example of the guides closes a store at the end of its module",
  async () => {
    const found: string[] = [];
    let count = 0;
    for await (const { name } of Deno.readDir(new URL("docs/", ROOT))) {
      if (!name.endsWith(".md")) continue;
      const text = await Deno.readTextFile(new URL(`docs/${name}`, ROOT));
      for (const block of readPage(text).blocks) {
        if (!block.info.startsWith("ts")) continue;
        count++;
        if (closesTooEarly(block.text)) found.push(`${name}:${block.line}`);
      }
    }
    assert(count >= 100, `${count} examples`);
    assertEquals(found, []);
  },
);

Deno.test("closesTooEarly() finds await using at the top of a module, and not in a function", () => {
  assert(closesTooEarly('const a = 1;\nawait using store = sqliteStore("a.db");'));
  assert(!closesTooEarly('async function run() {\n  await using store = sqliteStore("a.db");\n}'));
});
