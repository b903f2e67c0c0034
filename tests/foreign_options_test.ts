/**
 * Options in the words of other frameworks are refused with what they are called here.
 *
 * @module
 */

import { assert, assertEquals, assertRejects } from "jsr:@std/assert@^1.0.0";
import { foreignOptionHint } from "../lib/foreign_options.ts";
import { BAGS, HINTS } from "./foreign_words.ts";

Deno.test("an option in another framework's words is refused with a hint at ours", async (t) => {
  for (const [word, bag, hint] of HINTS) {
    const name = hint === null ? `${word} of ${bag}: no hint` : `${word} of ${bag}: ${hint}`;
    await t.step(name, async () => {
      const take = BAGS[bag];
      assert(take !== undefined, bag);
      const { message } = await assertRejects(async () => await take({ [word]: 1 }), Error);
      const expected = `Cannot use option "${word}" of `;
      assert(message.includes(expected), message);
      const behind = message.slice(message.indexOf(": no such option") + ": no such option".length);
      assertEquals(behind, hint === null ? "" : `: ${hint}`);
    });
  }
});

Deno.test("foreignOptionHint() names an option only where it exists", async (t) => {
  const rows: Record<string, [name: string, known: string[], hint: string]> = {
    "the first that exists": ["ttl", ["maxAge", "timeout"], ': did you mean "timeout"?'],
    "the next, where the first does not": ["ttl", ["maxAge"], ': did you mean "maxAge"?'],
    "none of them exists": ["ttl", ["clock"], ""],
    "the same word goes before another": ["hash", ["HASH", "fragment"], ': did you mean "HASH"?'],
    "a hint goes before a guess": ["xhr", ["requestMethod", "xhs"], ": write header: "],
    "a name of every object": ["constructor", ["clock"], ""],
    "a prefix alone": ["cookie", ["path"], ""],
    "a name that is too long to be one": ["m".repeat(41), ["m".repeat(40)], ""],
  };
  for (const [name, [written, known, hint]] of Object.entries(rows)) {
    await t.step(name, () => {
      const given = foreignOptionHint(written, known);
      assertEquals(hint === "" ? given : given.slice(0, hint.length), hint);
    });
  }
});
