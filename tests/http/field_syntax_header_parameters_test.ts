import { assertEquals, assertStrictEquals } from "jsr:@std/assert@^1.0.0";
import { parseParameters } from "../../lib/http/field_syntax.ts";

Deno.test("parseParameters() reads a value and its parameters", async (t) => {
  const rows: Record<string, [text: string, value: string, parameters: [string, string][]]> = {
    "no parameter": ["text/html", "text/html", []],
    "one": ["a/b; boundary=X", "a/b", [["boundary", "X"]]],
    "names and value in lower case, parameters as they are": [
      "Form-Data; NAME=Aa",
      "form-data",
      [["name", "Aa"]],
    ],
    "quotes": ['a; b="c d"', "a", [["b", "c d"]]],
    "a semicolon in quotes": ['a; b="c;d=e"; f=g', "a", [["b", "c;d=e"], ["f", "g"]]],
    "= in a value": ["a; b=c=d", "a", [["b", "c=d"]]],
    "an escaped quote": ['a; b="c\\"d"', "a", [["b", 'c"d']]],
    "a backslash is itself": ['a; b="C:\\x\\y"', "a", [["b", "C:\\x\\y"]]],
    "spaces and tabs": ['a \t;\t b="c"\t ; d=e ', "a", [["b", "c"], ["d", "e"]]],
    "empty parameters": ["a;;; b=c;", "a", [["b", "c"]]],
    "an empty value": ['a; b=; c=""', "a", [["b", ""], ["c", ""]]],
    "the name __proto__": ["a; __proto__=b", "a", [["__proto__", "b"]]],
    "nothing": ["", "", []],
    "64 KB of semicolons": [";".repeat(65_536), "", []],
    "64 KB of escaped quotes": ['a; b="' + '\\"'.repeat(32_768) + '"', "a", [[
      "b",
      '"'.repeat(32_768),
    ]]],
  };
  for (const [name, [text, value, parameters]] of Object.entries(rows)) {
    await t.step(name, () => {
      assertEquals(parseParameters(text), { value, parameters: new Map(parameters) });
    });
  }
});

Deno.test("parseParameters() is null where the grammar is broken", async (t) => {
  const rows: Record<string, string> = {
    "a parameter without =": "a; b",
    "a parameter without a name": "a; =b",
    "a parameter twice": "a; b=1; B=2",
    "a name with a space": "a; b c=d",
    "a space before =": "a; b =c",
    "a quote that does not end": 'a; b="c',
    "an escaped quote at the end": 'a; b="c\\"',
    "text after the quotes": 'a; b="c"d',
  };
  for (const [name, text] of Object.entries(rows)) {
    await t.step(name, () => assertStrictEquals(parseParameters(text), null));
  }
});
