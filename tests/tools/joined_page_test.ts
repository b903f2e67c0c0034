/**
 * The blocks of a page, joined with the code that only the tests need.
 *
 * @module
 */

import { assertEquals, assertThrows } from "jsr:@std/assert@^1.0.0";
import { joinedPage } from "../../tools/joined_page.ts";

const page = (...lines: string[]) => lines.join("\n");

Deno.test("joinedPage() puts the code of the comments into the block, and moves no line", async (t) => {
  const rows: Record<string, [text: string, joined: string]> = {
    "neither": [page("a", "```ts", "b();", "```", "c"), page("a", "```ts", "b();", "```", "c")],
    "before": [
      page("<!-- before", "i();", "-->", "", "`main.ts`", "", "```ts", "b();", "```", "c"),
      page("```ts", "i();", "", "", "", "", "", "b();", "```", "c"),
    ],
    "after": [
      page("```ts", "b();", "```", "", "<!-- after", "e();", "-->", "c"),
      page("```ts", "b();", "", "", "", "e();", "```", "c"),
    ],
    "both, and another block": [
      page(
        "<!-- before",
        "i();",
        "-->",
        "```ts",
        "b();",
        "```",
        "<!-- after",
        "-->",
        "```sh",
        "```",
      ),
      page("```ts", "i();", "", "", "b();", "", "", "```", "```sh", "```"),
    ],
    "another comment": [
      page("<!-- bench:x -->", "<!-- /bench:x -->"),
      page("<!-- bench:x -->", "<!-- /bench:x -->"),
    ],
    "a block that shows comments": [
      page("```md", "<!-- before", "-->", "```"),
      page("```md", "<!-- before", "-->", "```"),
    ],
  };
  for (const [name, [text, joined]] of Object.entries(rows)) {
    await t.step(name, () => assertEquals(joinedPage(text), joined));
  }
});

Deno.test("joinedPage() refuses code that would be in no block", async (t) => {
  const rows: Record<string, [text: string, message: string]> = {
    "before, without a block": [page("a", "<!-- before", "-->", "b"), 'Line 2: "<!-- before"'],
    "before, in another section": [page("<!-- before", "-->", "## B", "```ts", "```"), "Line 1"],
    "after, without a block": [page("a", "<!-- after", "-->"), 'Line 2: "<!-- after"'],
    "before, without an end": [page("<!-- before", "```ts", "```"), 'Line 1: no line "-->"'],
    "a block without an end": [page("```ts", "b();"), "Line 1: no line"],
    "before, in one line": [page("<!-- before -->", "```ts", "```"), "stands beside no block"],
  };
  for (const [name, [text, message]] of Object.entries(rows)) {
    await t.step(name, () => void assertThrows(() => joinedPage(text), SyntaxError, message));
  }
});
