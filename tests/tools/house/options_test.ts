/**
 * The words behind `deno task house`.
 *
 * @module
 */

import { assertEquals, assertThrows } from "jsr:@std/assert@^1.0.0";
import { readOptions } from "../../../tools/house/options.ts";

Deno.test("readOptions() reads checkouts and options in any order", async (t) => {
  const fallback = { folders: ["here"], rounds: 15, json: false, faults: false };
  const rows: Record<string, [words: string, options: object]> = {
    "nothing": ["", {}],
    "a checkout": ["../before/", { folders: ["../before"] }],
    "two, with rounds": ["before after --rounds 40", { folders: ["before", "after"], rounds: 40 }],
    "rounds in one word, in front": ["--rounds=0 before", { folders: ["before"], rounds: 0 }],
    "what is printed": ["--json --faults", { json: true, faults: true }],
    "the root": ["/", { folders: ["/"] }],
  };
  for (const [name, [words, options]] of Object.entries(rows)) {
    await t.step(name, () => {
      const split = words.split(" ").filter((word) => word !== "");
      assertEquals(readOptions(split, "here"), { ...fallback, ...options });
    });
  }
});

Deno.test("readOptions() refuses what it does not know, and shows what it does", async (t) => {
  const rows: Record<string, [words: string[], message: string]> = {
    "an unknown option": [["--fast"], 'Cannot read "--fast":\n\ndeno task house'],
    "a third checkout": [["a", "b", "c"], 'Cannot read "c"'],
    "rounds without a number": [["--rounds"], "must be a whole number from 0 to 9999"],
    "rounds that are no number": [["--rounds=many"], 'Cannot read "--rounds=many"'],
    "too many rounds": [["--rounds", "10000"], "must be a whole number from 0 to 9999"],
  };
  for (const [name, [words, message]] of Object.entries(rows)) {
    await t.step(name, () => {
      assertThrows(() => readOptions(words, "here"), TypeError, message);
    });
  }
});
