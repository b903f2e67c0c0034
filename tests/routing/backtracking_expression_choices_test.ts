/**
 * What a backtracking engine may have to try for a regular expression.
 *
 * @module
 */

import { assert, assertEquals } from "jsr:@std/assert@^1.0.0";
import { LEAST_LIMIT, longestText } from "../../lib/routing/backtracking.ts";
import { expressionChoices } from "../../lib/routing/backtracking.ts";
import { Random } from "../random.ts";

const repeats: Record<string, boolean> = {
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
  "(?:a+){0,1}": false,
  "(?:a+){1}": false,
  "(?:(?:a+))+": true,
  "(?:a(?:b+)c)*": true,
  "(?:ab)+(?:cd)*": false,
  // Lazy.
  "(?:a+?)+?": true,
  "(?:a)+?b*?": false,
  "(?:a??)+": true,
  // Alternatives.
  "a|b": false,
  "(?:a|b)": false,
  "(?:a|b)?": false,
  "(?:a|b)??": false,
  "(?:a|b){0,1}": false,
  "(?:a|a)*": true,
  "(a|a)+": true,
  "(?:a|a){2}": true,
  "(?:a|a){2,}": true,
  "(?:a|a){0,4}": true,
  "(?:a|a)*?": true,
  "(?:a|)*": true,
  "(?:|a)+": true,
  "(?:x(?:y(?:a|a)))*": true,
  "(?:x(?:y(?:a|a)?))*": true,
  "(?:(?:a|a)?b?){0,1}": false,
  "(?:a|b)(?:c)+": false,
  "(?:c)+|(?:d)+": false,
  "(?:\\|)+": false,
  "(?:\\\\|a)+": true,
  "(?:[|])+": false,
  "(?:[\\]|])+": false,
  "(?:[]|a)+": true,
  "(?:[^]|a)+": true,
  // An inner class without flag v ends at the first bracket.
  "[[](?:a|a)+": true,
  "[[](?:a+)+]": true,
  // Groups with names, flags, lookaround.
  "(?<x>a|a)+": true,
  "(?<x>a)+": false,
  "(?i:a|a)+": true,
  "(?i:a)+": false,
  "(?=a+)b+": false,
  "(?:(?=a+)b)+": true,
  "(?=(?=(?:a|a)+))": true,
  "(?=a|b)*": true,
  "(?<=a)(?<!b)c+": false,
  "(?:(?!b|c)a)+": true,
  // Back references.
  "(a)\\1+": false,
  "(?:(a)\\1)+": false,
  "(?<x>a+)\\k<x>": false,
  // Braces that are text, and those that are none.
  "(?:a{,5})+": false,
  "(?:a{b|c})+": true,
  "(?:a{)+": false,
  "(?:a|a){": false,
  "(?:a|a){,2}": false,
  "(?:\\p{L}\\u{61})+": false,
  "(?:\\p{2,})+": true,
  // Classes and escapes.
  "[(a+)+]+": false,
  "(?:[+*])+": false,
  "\\(a+\\)+": false,
  "(?:\\+)+": false,
};

Deno.test("expressionChoices() finds a choice within what is repeated", async (t) => {
  for (const [source, expected] of Object.entries(repeats)) {
    await t.step(source, () => {
      new RegExp(source);
      assertEquals(expressionChoices(source).repeatsChoice, expected);
    });
  }
});

Deno.test("expressionChoices() counts the parts of variable length, and the rest", () => {
  const rows: Record<string, [unbounded: number, bounded: number[], size: number]> = {
    "": [0, [], 0],
    "abc": [0, [], 3],
    "a|bc|d": [0, [3], 4],
    "a*b+c{2,}": [3, [], 4],
    "a?b{2,5}c{3}": [0, [2, 4], 6],
    "(?:ab){500}": [0, [], 1_000],
    "(?:(?:ab){10}){10}": [0, [], 200],
    "(a*)\\1": [2, [], 2],
    "(?<name>a)(?=b)(?<!c)(?i-m:d)(?:e)": [0, [], 5],
    "[a*b*]\\*": [0, [], 2],
    "(?:jpg|png)": [0, [2], 6],
  };
  for (const [source, expected] of Object.entries(rows)) {
    const { unbounded, bounded, size } = expressionChoices(source);
    assertEquals([unbounded, bounded, size], expected, source);
  }
});

Deno.test("expressionChoices() reads what is no expression without failing", () => {
  for (const source of ["(", ")", "a)(", "[", "\\", "{1", "a{9", "(?", "(?<", "*", "))))", "|"]) {
    assert(expressionChoices(source).size >= 0, source);
  }
});

/** Milliseconds of one match. */
function timeOf(pattern: RegExp, text: string): number {
  const start = performance.now();
  pattern.test(text);
  return performance.now() - start;
}

/** An expression of `a` and `b`, nested at most so deep. */
function randomExpression(random: Random, depth: number): string {
  let source = "";
  for (let left = 1 + random.below(4); left > 0; left--) {
    const isGroup = depth > 0 && random.chance(0.4);
    const open = random.pick(["(?:", "(", "(?=", "(?!", "(?<=", `(?<n${random.below(1e6)}>`]);
    const more = random.chance(0.3) ? `|${randomExpression(random, depth - 1)}` : "";
    source += isGroup
      ? `${open}${randomExpression(random, depth - 1)}${more})`
      : random.pick(["a", "b", "[ab]", "[^b]", ".", "\\w", "\\|", "[|(]", "ab", "\\1"]);
    if ((isGroup && open === "(?<=") || random.chance(0.5)) continue;
    source += random.pick(["*", "+", "?", "*?", "{2}", "{3}", "{1,}", "{2,4}", "{0,1}", "{30}"]);
  }
  return source;
}

Deno.test("what longestText() lets an expression be asked about is decided fast", () => {
  const random = new Random(0x5eed);
  let asked = 0;
  for (let round = 0; round < 1_500; round++) {
    const source = randomExpression(random, 3);
    let pattern: RegExp;
    try {
      pattern = new RegExp(`^(?:${source})!$`);
    } catch {
      continue;
    }
    const choices = expressionChoices(source);
    const length = Math.min(longestText(choices), 65_536);
    if (choices.repeatsChoice || length < LEAST_LIMIT) continue;
    asked++;
    for (const piece of ["a", "b", "ab"]) {
      // 0.4 s at worst on an idle machine; hours or days without the rule.
      const took = timeOf(pattern, piece.repeat(length / piece.length));
      assert(took < 5_000, `${source} took ${took} ms for ${length} times ${piece}`);
    }
  }
  assert(asked > 500, String(asked));
});

Deno.test("what repeats a choice takes twice as long for each further character", async (t) => {
  const slow = {
    "a quantifier": "(?:a+)+b",
    "alternatives": "(?:a|a)*b",
    "alternatives two groups deeper": "(?:(?:(?:a|a)))*b",
    "optional alternatives": "(?:(?:a|a)?)*b",
    "alternatives of several lengths": "(?:a|aa|aaa)+b",
    "a lazy quantifier": "(?:a+?)+?b",
    "a group with a name": "(?<x>a|a)+b",
    "a lookahead": "(?=(?:a|a)+b)",
    "an exact count": "(?:a|a){21}b",
    "a class of a bracket in front": "[[]?(?:a|a)*b",
  };
  for (const [name, source] of Object.entries(slow)) {
    await t.step(name, () => {
      assert(expressionChoices(source).repeatsChoice);
      const pattern = new RegExp(`^(?:${source})$`);
      // 1.8 ** 21 ways at least, against 2 ** 8.
      const short = Math.min(...Array.from({ length: 9 }, () => timeOf(pattern, "a".repeat(8))));
      const long = timeOf(pattern, "a".repeat(21));
      assert(long > 20 * short, `${long} ms against ${short} ms`);
    });
  }
});
