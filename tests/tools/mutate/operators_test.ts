/**
 * What `deno task mutate` makes of a module.
 *
 * @module
 */

import { assert, assertEquals, assertThrows } from "jsr:@std/assert@^1.0.0";
import { edited } from "../../../tools/mutate/mutation.ts";
import { mutations, OPERATORS } from "../../../tools/mutate/operators.ts";

/** The sources that an operator, or every one, makes of one. */
function mutants(source: string, operator?: string): string[] {
  return mutations(source)
    .filter((mutation) => operator === undefined || mutation.operator === operator)
    .map((mutation) => edited(source, mutation));
}

const rows: Record<string, [operator: string, source: string, mutants: string[]][]> = {
  "equality": [
    ["other operator", "f(a === b);", ["f(a !== b);"]],
    ["other operator", "f(a !== b);", ["f(a === b);"]],
  ],
  "comparisons": [
    ["other operator", "f(a < b);", ["f(a <= b);"]],
    ["other operator", "f(a <= b);", ["f(a < b);"]],
    ["other operator", "f(a > b);", ["f(a >= b);"]],
    ["other operator", "f(a >= b);", ["f(a > b);"]],
  ],
  "sums": [
    ["other operator", "f(a + b - c);", ["f(a - b - c);", "f(a + b + c);"]],
    ["other operator", "a += b;", ["a -= b;"]],
    ["other operator", "a++;", ["a--;"]],
    ["other operator", "--a;", ["++a;"]],
  ],
  "text is not subtracted": [
    ["other operator", 'f("a" + b);', []],
    ["other operator", "f(b + `a` + c);", []],
    ["other operator", 'a += "b";', []],
  ],
  "an operator behind a comment that has it": [
    ["other operator", "f(a /* < */ < b);", ["f(a /* < */ <= b);"]],
  ],
  "an assignment where nothing is": [["other operator", "a ??= b;", ["a = b;"]]],
  "logic": [
    ["other logic", "f(a && b || c);", ["f(a || b || c);", "f(a && b && c);"]],
    ["other logic", "f(a ?? b);", []],
  ],
  "one side of logic": [
    ["one side", "f(a && b);", ["f(a );", "f( b);"]],
    ["one side", "f(a ?? b);", ["f(a );", "f( b);"]],
    ["one side", "f((a || b) && c);", [
      "f((a || b) );",
      "f((a ) && c);",
      "f(( b) && c);",
      "f( c);",
    ]],
    ["one side", "f((a as A) && b);", ["f((a as A) );", "f( b);"]],
  ],
  "signs": [["no sign", "f(!a, -b, ~c, typeof d);", [
    "f(a, -b, ~c, typeof d);",
    "f(!a, b, ~c, typeof d);",
    "f(!a, -b, c, typeof d);",
  ]]],
  "conditions": [
    ["condition negated", "if (a) f();", ["if (!(a)) f();"]],
    ["condition negated", "while (a) f();", ["while (!(a)) f();"]],
    ["condition negated", "f(a < 1 ? b : c);", ["f(!(a < 1) ? b : c);"]],
    ["condition dropped", "if (a) f();", ["if (false) f();", "if (true) f();"]],
    ["condition dropped", "f(a ? b : c);", ["f(false ? b : c);", "f(true ? b : c);"]],
  ],
  "conditions that other operators negate": [
    ["condition negated", "if (a === b) f(); if (!a) g();", []],
  ],
  "a loop is never made endless": [
    ["condition dropped", "while (a) f();", ["while (false) f();"]],
    ["condition dropped", "for (;;) f();", []],
    ["condition dropped", "while (true) f();", []],
  ],
  "results": [
    ["result negated", "function f() { return a < b; }", ["function f() { return !(a < b); }"]],
    ["result negated", "f(() => a.has(b) && c < d);", ["f(() => !(a.has(b) && c < d));"]],
    ["result negated", "f(() => a.b(c)); f(() => a || b); f(() => a === b);", []],
  ],
  "truths": [["other truth", "f(true, false);", ["f(false, false);", "f(true, true);"]]],
  "numbers": [
    ["number beside", "f(16);", ["f(17);", "f(15);"]],
    ["number beside", "f(a-0);", ["f(a-1);", "f(a-(-1));"]],
    ["number beside", "f({ 1: a });", []],
  ],
  "texts": [
    ["other text", 'f("a", "");', ['f("", "");', 'f("a", "mutant");']],
    ["other text", "f(`a${b}`);", []],
    ["other text", 'f(`a${b ? "c" : d}`);', ['f(`a${b ? "" : d}`);']],
  ],
  "names are no texts": [
    ["other text", 'import "./a.ts";', []],
    [
      "other text",
      'import a from "./a.ts"; export * from "./b.ts"; export { c } from "./c.ts";',
      [],
    ],
    ["other text", 'f(import("./a.ts"));', []],
    ["other text", 'f({ "a": b }); class C { "c" = d; }', []],
    ["other text", '"use strict";', []],
    ["other text", 'f({ ["a"]: b });', ['f({ [""]: b });']],
  ],
  "expressions": [
    ["looser expression", "f(/^a$/i);", ["f(/a$/i);", "f(/^a/i);", "f(/^a$/);"]],
    ["looser expression", "f(/a\\$/u);", []],
  ],
  "lists": [["empty list", "f([a, b], []); const [c] = d;", ["f([], []); const [c] = d;"]]],
  "question marks": [
    ["no question mark", "f(a?.b);", ["f(a.b);"]],
    ["no question mark", "f(a?.[b]);", ["f(a[b]);"]],
    ["no question mark", "f(a?.(b));", ["f(a(b));"]],
    ["no question mark", "f((a as A)?.b);", ["f((a as A).b);"]],
  ],
  "methods": [
    ["other method", "f(a.some(b), Math.min(c, d));", [
      "f(a.every(b), Math.min(c, d));",
      "f(a.some(b), Math.max(c, d));",
    ]],
    ["other method", "f(a.toString(), a.some);", []],
    ["no method", "f(a.trim());", ["f(a);"]],
    ["no method", "f(a?.b.toLowerCase());", ["f(a?.b);"]],
  ],
  "statements": [
    ["no statement", "f();", [";"]],
    ["no statement", "async () => { await f(); };", ["async () => { ; };"]],
    ["no statement", "a = b; a++; delete a.b; a?.b();", [
      "; a++; delete a.b; a?.b();",
      "a = b; ; delete a.b; a?.b();",
      "a = b; a++; ; a?.b();",
      "a = b; a++; delete a.b; ;",
    ]],
    ["no statement", "if (a) throw b;", ["if (a) ;"]],
    ["no statement", "class A extends B { constructor() { super(); } }", []],
  ],
  "jumps": [
    ["other jump", "for (const a of b) { continue; }", ["for (const a of b) { break; }"]],
    ["other jump", "for (const a of b) { break; }", ["for (const a of b) { ; }"]],
  ],
};

Deno.test("mutations() makes of a module what each operator says", async (t) => {
  for (const [name, cases] of Object.entries(rows)) {
    await t.step(name, () => {
      for (const [operator, source, expected] of cases) {
        assertEquals(mutants(source, operator).sort(), expected.sort(), source);
      }
    });
  }
});

Deno.test("mutations() has a row above for each of its operators", () => {
  const tried = Object.values(rows).flat().filter(([, , expected]) => expected.length > 0);
  assertEquals(
    new Set(tried.map(([operator]) => operator)),
    new Set(Object.keys(OPERATORS)),
  );
});

Deno.test("mutations() leaves alone what is not run", async (t) => {
  const sources: Record<string, string> = {
    "comments": "/* if (a && b) f(true, 1); */ // c === d",
    "documentation": "/** @default {true} */\nlet a;",
    "text of templates": "export default `a && b < 1 ? true : false`;",
    "interfaces": 'interface A { a?: true; b: "c" | 1; d(e: 2): f is 3 }',
    "types": 'type A<B = 1> = B extends true ? "c" : [1, 2];',
    "annotations": "function f(a: 1 | true, b?: [2]): 3 {}",
    "casts": 'f(a as "b", c satisfies 1, <const T = 2>(d: T) => d);',
    "imports of types": 'import type { A } from "./a.ts";',
  };
  for (const [name, source] of Object.entries(sources)) {
    await t.step(name, () => {
      const left = mutants(source).filter((mutant) => mutant !== ";");
      assertEquals(left, []);
    });
  }
});

Deno.test("mutations() tells where each is, by the lines that it touches", () => {
  const source = "const a = 1;\n\nif (\n  a   < 2\n) f(\n  a,\n);\n";
  const [less] = mutations(source).filter(({ operator }) => operator === "other operator");
  assertEquals([less?.number, less?.line, less?.becomes], [4, "a < 2", "a <= 2"]);
  const [call] = mutations(source).filter(({ operator }) => operator === "no statement");
  assertEquals([call?.number, call?.line, call?.becomes], [5, ") f( a, );", ") ;"]);
});

Deno.test("mutations() makes the same text once only", () => {
  const all = mutants("f(!a); if (a && true) g();");
  assertEquals(new Set(all).size, all.length);
  assert(all.length > 5);
});

Deno.test("mutations() refuses types that are more than blanks", () => {
  assertThrows(() => mutations("enum A { B }"));
  assertThrows(() => mutations("class A { constructor(readonly b: string) {} }"));
  assertThrows(() => mutations("const = 1;"));
});
