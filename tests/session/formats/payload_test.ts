/**
 * `payloadText` and `valuesText`: a session as the text that a codec carries.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import { NativePayload } from "../../../lib/session/formats/native_payload.ts";
import { payloadText, valuesText } from "../../../lib/session/formats/payload.ts";

Deno.test("payloadText() reads UTF-8 alone, and U+FFFD where it was written", async (t) => {
  const rows: Record<string, [bytes: number[], text: string | null]> = {
    "nothing": [[], ""],
    "ASCII": [[0x7b, 0x7d], "{}"],
    "two bytes": [[0xc3, 0xa9], "é"],
    "a byte order mark, which is kept": [[0xef, 0xbb, 0xbf, 0x61], "\ufeffa"],
    "U+FFFD itself": [[0xef, 0xbf, 0xbd], "\ufffd"],
    "a lone continuation byte": [[0x61, 0x80], null],
    "a character cut short": [[0xc3], null],
    "an overlong slash": [[0xc0, 0xaf], null],
    "half of a surrogate pair": [[0xed, 0xa0, 0x80], null],
  };
  for (const [name, [bytes, text]] of Object.entries(rows)) {
    await t.step(name, () => assertEquals(payloadText(new Uint8Array(bytes)), text));
  }
});

Deno.test("valuesText() is one text for equal values, and another for others", () => {
  const textOf = (...values: [string, unknown][]) =>
    valuesText(new NativePayload(undefined), new Map(values));
  assertEquals(textOf(["a", 1], ["b", [2]]), textOf(["a", 1], ["b", [2]]));
  const texts = [textOf(), textOf(["a", 1]), textOf(["a", "1"]), textOf(["b", 1])];
  assertEquals(new Set(texts).size, texts.length);
});
