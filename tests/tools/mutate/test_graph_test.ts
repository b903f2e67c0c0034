/**
 * Which tests a mutant has to pass.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import { TestGraph } from "../../../tools/mutate/test_graph.ts";

const tests = ["tests/a_test.ts", "tests/b_test.ts", "tests/x/c_test.ts", "tests/x/d_test.ts"];
const graph = new TestGraph(tests, [
  ["tests/a_test.ts", "lib/a.ts"],
  ["tests/b_test.ts", "mod.ts"],
  ["tests/x/c_test.ts", "mod.ts"],
  ["tests/x/d_test.ts", "mod.ts"],
  ["mod.ts", "lib/x/c.ts"],
  ["mod.ts", "lib/x/d.ts"],
  ["lib/x/c.ts", "lib/a.ts"],
  ["lib/a.ts", "lib/x/c.ts"],
  ["lib/lonely.ts", "lib/a.ts"],
]);

Deno.test("TestGraph.testsOf() finds tests by import, name and room, the nearest first", async (t) => {
  const [a = "", b = "", c = "", d = ""] = tests;
  const rows: Record<string, [file: string, helpings: string[][]]> = {
    "of the same name": ["lib/x/c.ts", [[c], [d], [a, b]]],
    "of the same name, reached by no other": ["lib/x/d.ts", [[d], [c], [b]]],
    "imported": ["lib/a.ts", [[a], [b, c, d]]],
    "a door": ["mod.ts", [[b, c, d]]],
    "not reached: all": ["lib/lonely.ts", [tests]],
    "not reached, in a room": ["lib/x/lonely.ts", [[c, d], [a, b]]],
  };
  for (const [name, [file, helpings]] of Object.entries(rows)) {
    await t.step(name, () => assertEquals(graph.testsOf(file), helpings));
  }
});
