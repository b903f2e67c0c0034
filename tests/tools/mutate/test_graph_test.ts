/**
 * Which tests a mutant has to pass.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import { TestGraph } from "../../../tools/mutate/test_graph.ts";

const graph = new TestGraph(["tests/a_test.ts", "tests/b_test.ts", "tests/x/c_test.ts"], [
  ["tests/a_test.ts", "lib/a.ts"],
  ["tests/b_test.ts", "mod.ts"],
  ["mod.ts", "lib/a.ts"],
  ["mod.ts", "lib/x/c.ts"],
  ["lib/a.ts", "lib/x/c.ts"],
  ["lib/x/c.ts", "lib/a.ts"],
  ["lib/lonely.ts", "lib/a.ts"],
]);

Deno.test("TestGraph.testsOf() finds tests by import and by name, the nearest first", async (t) => {
  const rows: Record<string, [file: string, near: string[], far: string[]]> = {
    "imported": ["lib/a.ts", ["tests/a_test.ts"], ["tests/b_test.ts"]],
    "imported by a door": ["mod.ts", ["tests/b_test.ts"], []],
    "of the same name": ["lib/x/c.ts", ["tests/x/c_test.ts"], [
      "tests/a_test.ts",
      "tests/b_test.ts",
    ]],
    "not imported: all": ["lib/lonely.ts", [], graph.tests.slice()],
  };
  for (const [name, [file, near, far]] of Object.entries(rows)) {
    await t.step(name, () => assertEquals(graph.testsOf(file), { near, far }));
  }
});
