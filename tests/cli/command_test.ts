/**
 * What the commands share: the value of an option, and the choice between JSON and text.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import { type Arguments, CommandFailure, jsonOr, optionValue } from "../../lib/cli/command.ts";

function given(options: Record<string, string[]>): Arguments {
  return { positionals: [], options: new Map(Object.entries(options)) };
}

Deno.test("optionValue() is the last value that was given, and undefined without one", () => {
  assertEquals(optionValue(given({ salt: ["a", "b"] }), "salt"), "b");
  assertEquals(optionValue(given({ json: [] }), "json"), undefined);
  assertEquals(optionValue(given({}), "salt"), undefined);
});

Deno.test("jsonOr() writes JSON for --json, which no terminal obeys, and makes no text then", () => {
  const refuse = () => {
    throw new Error("the text was made");
  };
  assertEquals(jsonOr(given({ json: [] }), ["\x9b"], refuse), '[\n  "\\u009b"\n]\n');
  assertEquals(jsonOr(given({}), {}, () => "text\n"), "text\n");
});

Deno.test("CommandFailure keeps message, exit code and cause", () => {
  const cause = new Error("why");
  const failure = new CommandFailure("Cannot run it", 2, { cause });
  assertEquals([failure.name, failure.message, failure.code, failure.cause], [
    "CommandFailure",
    "Cannot run it",
    2,
    cause,
  ]);
});
