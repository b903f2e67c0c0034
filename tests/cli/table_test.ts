/**
 * `table`: columns beside each other, in as much room as there is.
 *
 * @module
 */

import { assert, assertEquals } from "jsr:@std/assert@^1.0.0";
import { displayWidth } from "../../lib/cli/table.ts";
import { table } from "../../lib/cli/table.ts";

Deno.test("displayWidth counts columns, not characters", async (t) => {
  const rows: Record<string, [text: string, width: number]> = {
    "nothing": ["", 0],
    "Latin": ["naïve", 5],
    "a mark over a letter": ["e\u0301", 1],
    "Japanese": ["日本", 4],
    "Korean": ["한", 2],
    "an emoji": ["😀", 2],
    "fullwidth": ["Ａ", 2],
  };
  for (const [name, [text, width]] of Object.entries(rows)) {
    await t.step(name, () => assertEquals(displayWidth(text), width));
  }
});

Deno.test("table puts columns beside each other, and leaves out those that are empty", () => {
  assertEquals(
    table(["name", "nothing", "path"], [["日本", "", "/"], ["read", "", "/read"]], Infinity),
    ["name  path", "日本  /", "read  /read"],
  );
});

Deno.test("table breaks lines at spaces and slashes where the terminal ends", () => {
  const rows = [["readsession", "GET HEAD POST", "examples/sign_in/views.ts:63"]];
  for (const columns of [42, 48, 60]) {
    const lines = table(["route", "methods", "declared"], rows, columns);
    assert(lines.every((line) => displayWidth(line) <= columns), lines.join("\n"));
    // Nothing is lost, in no column.
    const words = lines.slice(1).join(" ").split(/[\s/]+/).sort();
    assertEquals(words, rows[0]?.join(" ").split(/[\s/]+/).sort());
  }
  assertEquals(table(["route", "methods", "declared"], rows, 42), [
    "route        methods        declared",
    "readsession  GET HEAD POST  examples/",
    "                            sign_in/",
    "                            views.ts:63",
  ]);
});

Deno.test("table begins no line with a space but where the text does", () => {
  assertEquals(table(["a"], [["aaaa bbbb cccc"]], 12), ["a", "aaaa bbbb", "cccc"]);
  assertEquals(table(["a"], [[` ${"x".repeat(20)}`]], 12), [
    "a",
    ` ${"x".repeat(11)}`,
    "x".repeat(9),
  ]);
});

Deno.test("table has a line for each row, also where there is nothing in it", () => {
  assertEquals(table(["a", "b"], [["", ""], ["", ""]], Infinity), ["", "", ""]);
});

Deno.test("table breaks a word where it must, and ends where there is no room at all", () => {
  assertEquals(table(["a"], [["x".repeat(30)]], 12), [
    "a",
    "x".repeat(12),
    "x".repeat(12),
    "x".repeat(6),
  ]);
  assertEquals(table(["a"], [["😀".repeat(9)]], 1).slice(1).join(""), "😀".repeat(9));
});
