/**
 * Guesses at what was meant.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import { didYouMean } from "../lib/did_you_mean.ts";

Deno.test("didYouMean() names the nearest name, if one is near", async (t) => {
  const known = ["route", "routeName", "requestMethod", "requestParam", "ok"];
  const rows: Record<string, [name: string, hint: string | null]> = {
    "a letter is missing": ["requestMthod", "requestMethod"],
    "a letter too many": ["routeNames", "routeName"],
    "a letter is another": ["reqiestParam", "requestParam"],
    "two letters are exchanged": ["requsetParam", "requestParam"],
    "as Pyramid spells it": ["request_method", "requestMethod"],
    "in other capitals": ["ROUTENAME", "routeName"],
    "a third of the letters is wrong": ["rxxteNxme", "routeName"],
    "more than a third is wrong": ["rxxtxNxme", null],
    "a short name, one letter off": ["on", "ok"],
    "a short name, two letters off": ["no", null],
    "nothing like it": ["moon", null],
    "empty": ["", null],
  };
  for (const [name, [written, meant]] of Object.entries(rows)) {
    await t.step(name, () => {
      assertEquals(didYouMean(written, known), meant === null ? "" : `: did you mean "${meant}"?`);
    });
  }
});

Deno.test("didYouMean() of names that are as near names the first, and of none is empty", () => {
  assertEquals(didYouMean("bat", ["cat", "hat"]), ': did you mean "cat"?');
  assertEquals(didYouMean("bat", []), "");
  assertEquals(didYouMean("bat", new Map([["bag", 1]]).keys()), ': did you mean "bag"?');
});
