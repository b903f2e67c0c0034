/**
 * `FormattingElements`: which are opened again, and before what.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import { readHtml } from "../../../lib/testing/html/tree.ts";

/** The names around the text `x`, the outermost first. */
function around(html: string): string {
  const page = readHtml(html);
  const elements = [page, ...page.descendants()];
  const holder = elements.find(({ children }) => children.includes("x"));
  if (holder === undefined) throw new TypeError("the page has no text x of its own");
  return [holder, ...holder.ancestors()].map(({ name }) => name).reverse().join(" ").trim();
}

Deno.test("FormattingElements are opened again where what held them has ended", async (t) => {
  const rows: Record<string, [html: string, names: string]> = {
    "before text": ["<p><b></p>x", "b"],
    "two, in their order": ["<p><b><i></p>x", "b i"],
    "one that was ended is not": ["<p><b></b></p>x", ""],
    "before a formatting element": ["<p><b></p><u>x", "b u"],
    "not before a block, but within it": ["<p><b></p><div>x", "div b"],
    "not into a cell": ["<b><table><tr><td>x", "b table tbody tr td"],
    "not out of a cell": ["<table><tr><td><b></table>x", ""],
    "the end of an inner one does not end an outer": ["<p><b><b></b></p>x", "b"],
  };
  for (const [name, [html, names]] of Object.entries(rows)) {
    await t.step(name, () => assertEquals(around(html), names));
  }
});
