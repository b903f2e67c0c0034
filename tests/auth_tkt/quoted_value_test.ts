/**
 * Cookie values in quotes.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import { quoteValue, unquoteValue } from "../../lib/auth_tkt/quoted_value.ts";

Deno.test("quoteValue() quotes what a cookie cannot carry, and unquoteValue() reads it back", async (t) => {
  const rows: Record<string, [value: string, quoted: string]> = {
    "nothing": ["", ""],
    "a ticket": ["0aYWRh%3D!editor!userid_type:int", "0aYWRh%3D!editor!userid_type:int"],
    "a comma": ["a,b", '"a\\054b"'],
    "a semicolon and a space": ["a; b", '"a\\073\\040b"'],
    "a quote and a backslash": ['"\\', '"\\042\\134"'],
    "beyond ASCII": ["\u00e9\u0000", '"\\351\\000"'],
  };
  for (const [name, [value, quoted]] of Object.entries(rows)) {
    await t.step(name, () => {
      assertEquals(quoteValue(value), quoted);
      assertEquals(unquoteValue(quoted), value);
    });
  }
});

Deno.test("unquoteValue() leaves alone what is not in quotes, and takes a backslash off other characters", () => {
  const rows = [["a\\054b", "a\\054b"], ['"', '"'], ['"a', '"a'], ['a"', 'a"'], [
    '""',
    "",
  ]] as const;
  for (const [value, read] of rows) assertEquals(unquoteValue(value), read);
  assertEquals(unquoteValue('"a\\"b\\\\c\\9\\400"'), 'a"b\\c9400');
});
