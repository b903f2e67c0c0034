/**
 * The page for those who come from Pyramid lists every difference that the tests know, and no other.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import { missingPermission, testUnless } from "../requirements.ts";
import { reasonsOfDifferences } from "./http_differences.ts";

/** The first cells of the table under a heading. */
function firstCells(page: string, heading: string): string[] {
  const [, section = ""] = page.split(`\n## ${heading}\n`);
  const [body = ""] = section.split("\n## ");
  const rows = body.split("\n").filter((line) => line.startsWith("|"));
  return rows.slice(2).map((row) => row.split(/(?<!\\)\|/)[1]?.trim() ?? "");
}

Deno.test("firstCells() are those of one table, without its head", () => {
  const page = "\n## A\n\n| x |\n| - |\n| one \\| two | b |\n\n## B\n\n| y |\n| - |\n| three |\n";
  assertEquals(firstCells(page, "A"), ["one \\| two"]);
  assertEquals(firstCells(page, "B"), ["three"]);
  assertEquals(firstCells(page, "C"), []);
});

testUnless(
  missingPermission({ name: "read" }),
  "docs/pyramid.md has a row for each difference that the tests know, and for no other",
  async () => {
    const page = await Deno.readTextFile(new URL("../../docs/pyramid.md", import.meta.url));
    const listed = firstCells(page, "Differences that tests know");
    assertEquals([...listed].sort(), reasonsOfDifferences().sort());
  },
);
