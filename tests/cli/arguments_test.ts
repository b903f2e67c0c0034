/**
 * `parseArguments`: the arguments of a command.
 *
 * @module
 */

import { assertEquals, assertThrows } from "jsr:@std/assert@^1.0.0";
import { parseArguments } from "../../lib/cli/arguments.ts";
import { CommandFailure } from "../../lib/cli/command.ts";

const KNOWN = {
  json: { help: "writes JSON" },
  header: { value: "text", help: "sends a header" },
};

Deno.test("parseArguments tells options from other words", async (t) => {
  type Row = [words: string[], positionals: string[], options: Record<string, string[]>];
  const rows: Record<string, Row> = {
    "nothing": [[], [], {}],
    "a flag anywhere": [["a", "--json", "b"], ["a", "b"], { json: [] }],
    "a value behind": [["--header", "a: b"], [], { header: ["a: b"] }],
    "a value behind =": [["--header=a=b"], [], { header: ["a=b"] }],
    "a value that looks like an option": [["--header", "--json"], [], { header: ["--json"] }],
    "twice": [["--header", "a", "--header=b"], [], { header: ["a", "b"] }],
    "a hyphen": [["-"], ["-"], {}],
    "a cookie that begins with a hyphen": [["-Gxm"], ["-Gxm"], {}],
    "what is behind --": [["--", "--json"], ["--json"], {}],
  };
  for (const [name, [words, positionals, options]] of Object.entries(rows)) {
    await t.step(name, () => {
      const parsed = parseArguments(words, KNOWN);
      assertEquals([parsed.positionals, Object.fromEntries(parsed.options)], [
        positionals,
        options,
      ]);
    });
  }
});

Deno.test("parseArguments refuses what it does not know", async (t) => {
  const rows: Record<string, [word: string, message: string]> = {
    "near one": [
      "--jsn",
      'Cannot use option "--jsn": no such option: did you mean "--json"?',
    ],
    "near none": ["--colours", 'Cannot use option "--colours": no such option'],
    "of every object": ["--toString", 'Cannot use option "--toString": no such option'],
    "a value missing": ["--header", 'Cannot use option "--header": its value is missing'],
    "a value too many": ["--json=yes", 'Cannot use option "--json": it takes no value'],
  };
  for (const [name, [word, message]] of Object.entries(rows)) {
    await t.step(name, () => {
      const failure = assertThrows(() => parseArguments([word], KNOWN), CommandFailure);
      assertEquals([failure.message, failure.code], [message, 2]);
    });
  }
});
