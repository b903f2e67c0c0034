import { backtrackingLimit, hasNestedQuantifier } from "../../lib/routing/backtracking.ts";
import { parsePattern } from "../../lib/routing/pattern_part.ts";
import { assertEquals } from "jsr:@std/assert@^1.0.0";

const nested: Record<string, boolean> = {
  "a+": false,
  "(?:a+)": false,
  "(?:a+)b+": false,
  "(?:a+)+": true,
  "(?:a+)*": true,
  "(?:a*){3}": true,
  "(?:a{2,})+": true,
  "(?:a{2,5})+": true,
  "(?:a{2})+": false,
  "(?:a?)+": true,
  "(?:a+)?": false,
  "(?:(?:a+))+": true,
  "(?:a(?:b+)c)*": true,
  "(?:ab)+(?:cd)*": false,
  "[(a+)+]+": false,
  "(?:[+*])+": false,
  "\\(a+\\)+": false,
  "(?:\\+)+": false,
  "(?=a+)b+": false,
  "(?:a|b)+": false,
};

Deno.test("hasNestedQuantifier() finds a quantifier within a group that is repeated", async (t) => {
  for (const [source, expected] of Object.entries(nested)) {
    await t.step(source, () => assertEquals(hasNestedQuantifier(source), expected));
  }
});

Deno.test("backtrackingLimit() depends on how many variable parts stand next to each other", () => {
  const limits: Record<string, [length: number, slashes: number | null]> = {
    "/:a/:b/:c": [Infinity, 3],
    "/:a.html": [Infinity, 1],
    "/:a?/b": [Infinity, null],
    "/:a+": [Infinity, null],
    "/:a.:b": [6324, 1],
    "/x/:a.:b/:c.:d": [6324, 3],
    "/*/b/*": [Infinity, null],
    "/*/b/*/c": [6324, null],
    "/:rest(.*)": [Infinity, null],
    "/:a.:b/*": [6324, null],
    "/:a-:b-:c": [493, 1],
    "/:year(\\d{4})-:month(\\d{2})": [Infinity, null],
    "/:a(\\d+)/:b(\\w+)": [6324, null],
  };
  for (const [pattern, [length, slashes]] of Object.entries(limits)) {
    const limit = backtrackingLimit(parsePattern(pattern) ?? []);
    assertEquals(limit, { length, slashes }, pattern);
  }
});
