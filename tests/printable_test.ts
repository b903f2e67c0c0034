/**
 * `printable`: text that a terminal shows and does not obey.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import { printable, printableJson, printableLines } from "../lib/printable.ts";

Deno.test("printable escapes what a terminal would obey or not show", async (t) => {
  const rows: Record<string, [text: string, printed: string]> = {
    "plain text": ["GET /a?b=ü日😀", "GET /a?b=ü日😀"],
    "a colour": ["\x1b[31mred", "\\x1b[31mred"],
    "a command of eight bits": ["\x9b2J", "\\x9b2J"],
    "lines and tabs": ["a\r\n\tb", "a\\r\\n\\tb"],
    "a bell, a null and a delete": ["\x07\0\x7f", "\\x07\\x00\\x7f"],
    "writing turned round": ["\u202eevil", "\\u{202e}evil"],
    "what is not seen": ["a\u200bb\ufeff", "a\\u{200b}b\\u{feff}"],
    "a separator of lines": ["a\u2028b", "a\\u{2028}b"],
    "half a character": ["a\ud800b", "a\\u{d800}b"],
    "a tag character": ["\u{e0041}", "\\u{e0041}"],
  };
  for (const [name, [text, printed]] of Object.entries(rows)) {
    await t.step(name, () => assertEquals(printable(text), printed));
  }
});

Deno.test("printableLines keeps the lines, and nothing else of the kind", () => {
  assertEquals(printableLines("a\x1b\r\nb\t"), "a\\x1b\\r\nb\\t");
});

Deno.test("printableJson is the same JSON, without anything that a terminal obeys", () => {
  const value = { "\x1b[2J": ["\x9b", "\u202e", "\u{e0041}", "ü\n", "\ud800"] };
  const text = printableJson(value);
  assertEquals(JSON.parse(text), value);
  // deno-lint-ignore no-control-regex -- the very thing
  assertEquals(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e\u{e0041}]/u.test(text), false, text);
});

Deno.test("printableJson is null for what JSON leaves out", () => {
  assertEquals([printableJson(undefined), printableJson(() => {})], ["null", "null"]);
});
