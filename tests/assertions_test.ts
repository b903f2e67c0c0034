/**
 * Tests that cannot fail since nobody waits for what they assert.
 *
 * @module
 */

import { assert, assertEquals } from "jsr:@std/assert@^1.0.0";
import { missingPermission, testUnless } from "./requirements.ts";

/** What is called and not awaited, and what is awaited where only a throw is seen. */
function unawaited(source: string): string[] {
  // A bare `step()` is a test's where a name in quotes follows.
  const calls = [
    ...source.matchAll(/(?<![\w.#])(?:\w+\.step|step(?=\(["'`])|assertRejects)\(/g),
  ]
    .filter(({ index }) => !/(?:\bawait|\breturn|=>|=)$/.test(source.slice(0, index).trimEnd()));
  const asynchronous = source.matchAll(/\b(?:assertThrows|forEach)\(\s*async\b/g);
  return [...calls, ...asynchronous].map(([text]) => text);
}

Deno.test("unawaited() finds planted calls, and none in a test in order", async (t) => {
  const rows: Record<string, [source: string, found: number]> = {
    "a step": ["t.step(name, () => {});", 1],
    "a step of a helper": ['step("a", () => {});', 1],
    "a step that is thrown away": ["void t.step(name, () => {});", 1],
    "a rejection": ["assertRejects(() => f());", 1],
    "an async function that throws": ["assertThrows(async () => await f());", 1],
    "one in a line of its own": ["assertThrows(\n  async () => await f(),\n);", 1],
    "a loop of callbacks": ["rows.forEach(async (row) => await f(row));", 1],
    "a step awaited": ["await t.step(name, () => {});", 0],
    "a rejection awaited": ["const error = await assertRejects(() => f());", 0],
    "returned": ["return assertRejects(() => f());", 0],
    "kept, to be awaited": ["const read = assertRejects(() => f());", 0],
    "given back": ["(name, fn) =>\n  t.step(name, fn)", 0],
    "a throw": ["assertThrows(() => f());", 0],
    "another function of that name": ["step(0.25, a);", 0],
    "a method of another name": ["clock.stepped(1); footstep(2);", 0],
  };
  for (const [name, [source, found]] of Object.entries(rows)) {
    await t.step(name, () => assertEquals(unawaited(source).length, found));
  }
});

async function* testsIn(folder: URL): AsyncGenerator<URL> {
  for await (const entry of Deno.readDir(folder)) {
    const url = new URL(entry.name + (entry.isDirectory ? "/" : ""), folder);
    if (entry.isDirectory && entry.name !== "data") yield* testsIn(url);
    else if (entry.name.endsWith(".ts") && url.href !== import.meta.url) yield url;
  }
}

testUnless(
  missingPermission({ name: "read" }),
  "every test waits for its steps and for what it says to reject",
  async () => {
    let count = 0;
    for await (const url of testsIn(new URL("./", import.meta.url))) {
      count++;
      assertEquals(unawaited(await Deno.readTextFile(url)), [], url.pathname);
    }
    assert(count > 100, `only ${count} files`);
  },
);
