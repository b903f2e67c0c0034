/**
 * How welcome a media type is.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import { acceptQuality } from "../../lib/http/field_syntax.ts";

Deno.test("acceptQuality() is the weight of the most specific range (RFC 9110, section 12.5.1)", async (t) => {
  const rows: Record<string, [accept: string | null, type: string, quality: number]> = {
    "no header": [null, "text/html", 1],
    "an empty header": ["", "text/html", 1],
    "spaces": ["  ", "text/html", 1],
    "the type": ["text/html", "text/html", 1],
    "another type": ["text/plain", "text/html", 0],
    "a type that begins like it": ["text/html5", "text/html", 0],
    "any": ["*/*", "text/html", 1],
    "any, with a weight": ["*/*;q=0.25", "text/html", 0.25],
    "any subtype": ["text/*;q=0.5", "text/html", 0.5],
    "any subtype of another": ["image/*", "text/html", 0],
    "a star for the type alone": ["*/html", "text/html", 0],
    "the type over any subtype": ["text/*;q=0.5, text/html;q=0.25", "text/html", 0.25],
    "any subtype over any": ["*/*, text/*;q=0.5", "text/html", 0.5],
    "forbidden": ["*/*, text/html;q=0", "text/html", 0],
    "forbidden in three decimals": ["*/*, text/html;q=0.000", "text/html", 0],
    "in capitals": ["TEXT/HTML;Q=0.5", "text/html", 0.5],
    "with spaces and tabs": ["text/plain ,\ttext/html ; q=0.5 ", "text/html", 0.5],
    "a parameter that we do not offer": ["text/html;level=1, */*;q=0.1", "text/html", 0.1],
    "a parameter behind the weight": ["text/html;q=0.5;ext=1", "text/html", 0],
    "twice": ["text/html;q=0.5, text/html;q=0.9", "text/html", 0.5],
    "empty members": [",, text/html;q=0.5,,", "text/html", 0.5],
    "the example of RFC 9110": [
      "text/*;q=0.3, text/plain;q=0.7, text/plain;format=flowed, text/plain;format=fixed;q=0.4, */*;q=0.5",
      "text/plain",
      0.7,
    ],
    "without a zero, as Java's client sends it": [
      "text/html, *; q=.2, */*; q=.2",
      "image/png",
      0.2,
    ],
    "with a point alone": ["text/html;q=1.", "text/html", 1],
    "with many decimals": ["text/html;q=0.33333", "text/html", 0.33333],
    "more than one": ["text/html;q=5", "text/html", 1],
    "a weight that is no number": ["text/html;q=high, */*;q=0.1", "text/html", 0.1],
    "a weight that is negative": ["text/html;q=-1, text/plain", "text/html", 0],
    "no readable weight": ["text/html;q=-1", "text/html", 1],
    "no readable range, as real clients send it": ["*", "text/html", 1],
    "a word": ["html", "text/html", 1],
    "a word, and a range of another type": ["html, image/png", "text/html", 0],
    "an empty weight": ["text/html;q=, */*;q=0.1", "text/html", 0.1],
    "a name that every object has": ["constructor, __proto__, a/b", "text/html", 0],
  };
  for (const [name, [accept, type, quality]] of Object.entries(rows)) {
    await t.step(name, () => assertEquals(acceptQuality(accept, type), quality));
  }
});

Deno.test("acceptQuality() takes a header of more than 1,024 characters for none", () => {
  const long = (length: number) => "text/plain,".padEnd(length, "x");
  assertEquals(acceptQuality(long(1024), "text/html"), 0);
  assertEquals(acceptQuality(long(1025), "text/html"), 1);
});
