/**
 * JSON as Python spells it.
 *
 * @module
 */

import { assertEquals, assertThrows } from "jsr:@std/assert@^1.0.0";
import {
  parsePythonJson,
  stringifyPythonFloat,
  stringifyPythonJson,
} from "../../../lib/session/formats/pyramid_payload.ts";
import { SessionValueError } from "../../../lib/session/errors.ts";

Deno.test("stringifyPythonJson() writes what json.dumps writes", async (t) => {
  // Right: what Python 3.11 printed for json.dumps(value, sort_keys=True).
  const rows: Record<string, [value: unknown, text: string]> = {
    "members": [{ b: [1, 2, { a: null }], a: true }, '{"a": true, "b": [1, 2, {"a": null}]}'],
    "nothing in it": [[{}, []], "[{}, []]"],
    "commas, colons and quotes within text": [{ 'a,:"\\': ':,\\"' }, '{"a,:\\"\\\\": ":,\\\\\\""}'],
    "text beyond ASCII": ["é😀\u2028", '"\\u00e9\\ud83d\\ude00\\u2028"'],
    "half a pair": ["\ud800", '"\\ud800"'],
    "control characters": ["\0\b\n\x1f\x7f~", '"\\u0000\\b\\n\\u001f\\u007f~"'],
    "digits within text": ["1e21 -0 0.00001", '"1e21 -0 0.00001"'],
    "integers": [[0, -1, 9007199254740991], "[0, -1, 9007199254740991]"],
    "floats": [[0.5, -1.25, 123456789.125, 0.0001], "[0.5, -1.25, 123456789.125, 0.0001]"],
    "minus zero": [-0, "-0.0"],
    "small": [[1e-5, -1.234e-7, 1e-10, 5e-324], "[1e-05, -1.234e-07, 1e-10, 5e-324]"],
    "large": [
      [9007199254740992, 1e16, -1.5e17, 1e21, 1.7976931348623157e308],
      "[9007199254740992.0, 1e+16, -1.5e+17, 1e+21, 1.7976931348623157e+308]",
    ],
  };
  for (const [name, [value, text]] of Object.entries(rows)) {
    await t.step(name, () => {
      assertEquals(stringifyPythonJson(value, ""), text);
      assertEquals(parsePythonJson(text), value);
    });
  }
});

Deno.test("stringifyPythonJson() refuses what JSON would change, by its path", () => {
  assertThrows(() => stringifyPythonJson({ a: [NaN] }, "cart"), SessionValueError, "cart.a[0]");
});

Deno.test("stringifyPythonJson() takes text of any length", () => {
  const long = '\\"é'.repeat(1_000_000);
  assertEquals(parsePythonJson(stringifyPythonJson({ long }, "")), { long });
});

Deno.test("stringifyPythonFloat() writes whole numbers as floats too", () => {
  const rows = [[1700000000, "1700000000.0"], [1700000000.25, "1700000000.25"], [0, "0.0"], [
    1e16,
    "1e+16",
  ]] as const;
  for (const [value, text] of rows) assertEquals(stringifyPythonFloat(value), text);
});

Deno.test("parsePythonJson() refuses integers that it would read as others, and nothing else of that length", async (t) => {
  const refused = [
    "9007199254740992",
    "9007199254740993",
    "-9007199254740993",
    '{"a": [1234567890123456789]}',
    '{"\\"1": "\\\\", "b": 12345678901234567890}',
  ];
  for (const text of refused) {
    await t.step(
      `refuses ${text}`,
      () => void assertThrows(() => parsePythonJson(text), RangeError),
    );
  }
  const read: Record<string, unknown> = {
    "9007199254740991": 9007199254740991,
    "9007199254740992.0": 9007199254740992,
    "1234567890123456789.0": 1234567890123456800,
    "0.1234567890123456": 0.1234567890123456,
    '{"12345678901234567890": "a \\"12345678901234567890\\", b"}': {
      "12345678901234567890": 'a "12345678901234567890", b',
    },
  };
  for (const [text, value] of Object.entries(read)) {
    await t.step(`reads ${text}`, () => assertEquals(parsePythonJson(text), value));
  }
  for (const text of ["NaN", "[Infinity]", "01", "{'a': 1}", ""]) {
    await t.step(`refuses ${text || "nothing"}`, () => {
      assertThrows(() => parsePythonJson(text), SyntaxError);
    });
  }
});
