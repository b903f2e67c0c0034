/**
 * What a module imports, exports and holds, by its text.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import { readModule } from "../../../tools/house/module_source.ts";

Deno.test("readModule().lines counts lines with a token, and none of comments and blanks", async (t) => {
  const rows: Record<string, [text: string, lines: number]> = {
    "nothing": ["", 0],
    "a statement": ["const a = 1;\n", 1],
    "a blank line between two": ["const a = 1;\n\n  \nconst b = 2;\n", 2],
    "line comments": ["// one\nconst a = 1; // behind\n// last\n", 1],
    "block comments": ["/* one\n two */\nconst a = 1;\n/* last */", 1],
    "docstrings": [
      "/**\n * All.\n *\n * @module\n */\n\n/** A. */\nexport const a = 1; /** B. */\n",
      1,
    ],
    "docstrings of members": ["interface A {\n  /** B. */\n  b: 1;\n}\n", 3],
    "braces alone": ["function f() {\n  // why\n}\n", 2],
    "code in front of a comment of two lines": ["f(1, /* one\n two */ 2);\n", 2],
    "a text of lines, one of them blank": ["const a = `one\n\n// two`;\n", 2],
    "what only looks like a comment": ['const a = "/*";\nconst b = /[/*]/;\nconst c = "*/";\n', 3],
  };
  for (const [name, [text, lines]] of Object.entries(rows)) {
    await t.step(name, () => assertEquals(readModule(text).lines, lines));
  }
});

Deno.test("readModule().imports are those of values, of types, from elsewhere and late", () => {
  const { imports } = readModule(`
    import "./a.ts";
    import { b } from "./b.ts";
    import type { C } from "./c.ts";
    export { d } from "./d.ts";
    export * from "./e.ts";
    export const f = () => import("./f.ts");
    // import "./comment.ts";
    const g = 'import "./text.ts"', h = import(g);`);
  assertEquals(
    imports.map(({ specifier, isLate }) => [specifier, isLate]),
    [..."abcde"].map((name): [string, boolean] => [`./${name}.ts`, false]).concat([
      ["./f.ts", true],
    ]),
  );
});

Deno.test("readModule().exports are what it declares, and reexports what others do", () => {
  const { exports, reexports, declared } = readModule(`
    export const a = 1, { b, c: [d] } = x;
    export function e(): void;
    export function e(one?: number): void {}
    export class F {}
    export interface G {}
    export type H = 1;
    export enum I {}
    const j = 1, k = 2;
    export { j, k as l };
    export { m, n as o } from "./m.ts";
    export * as p from "./p.ts";
    export * from "./q.ts";
    function r() { const inner = 1; }`);
  assertEquals(exports, ["a", "b", "d", "e", "F", "G", "H", "I", "j", "l"]);
  assertEquals(reexports, ["m", "o", "p", "*"]);
  assertEquals(declared, ["a", "b", "d", "e", "F", "G", "H", "I", "j", "k", "r"]);
});

Deno.test("readModule().isDeclarative is true of types and exports from elsewhere alone", async (t) => {
  const rows: Record<string, [text: string, isDeclarative: boolean]> = {
    "types": ['import type { A } from "./a.ts"; export interface B {} export type C = A;', true],
    "a door": ['export { a } from "./a.ts";', true],
    "a constant": ["export type A = 1; export const a = 1;", false],
    "a class": ["export class A {}", false],
    "a call": ["f();", false],
  };
  for (const [name, [text, isDeclarative]] of Object.entries(rows)) {
    await t.step(name, () => assertEquals(readModule(text).isDeclarative, isDeclarative));
  }
});

Deno.test("readModule().literals are those of code, in their order", async (t) => {
  const rows: Record<string, [text: string, literals: string[]]> = {
    "a number, as it is valued": ["f(4_096, 0x10, 1e3);", ["4096", "16", "1000"]],
    "a product": ["f(400 * (24 * 3_600) * 1000);", ["34560000000"]],
    "a product with a name": ["f(400 * DAY);", ["400"]],
    "a sum": ["f(1 + 2);", ["1", "2"]],
    "texts": ["f('a', \"b\", `c`);", ["a", "b", "c"]],
    "a template in its pieces": ["f(`a${b}c${'d'}e`);", ["a", "c", "d", "e"]],
    "a regular expression": ["f(/^a/i);", ["/^a/i"]],
    "types": ["const a: 'b' | 4 = c as 'd';", []],
    "imports and exports": ["import 'a'; export { b } from 'b'; export * from 'c';", []],
    "comments": ["/** `a` 4096 */ f(); // 'b'", []],
  };
  for (const [name, [text, literals]] of Object.entries(rows)) {
    await t.step(name, () => {
      assertEquals(readModule(text).literals.map(({ text }) => text), literals);
    });
  }
});

Deno.test("readModule().literals say which constant they are part of and whether they are compared", () => {
  const { literals } = readModule(`
    const A = 1, B = [f("two")];
    function g() { const c = "three"; if (c === "four" || "five" !== c) return ["six"]; }
    switch (h) { case "seven": break; }
    i("eight" + "nine");`);
  assertEquals(
    literals.map(({ text, constant, isCompared }) => [text, constant, isCompared]),
    [
      ["1", "A", false],
      ["two", "B", false],
      ["three", null, false],
      ["four", null, true],
      ["five", null, true],
      ["six", null, true],
      ["seven", null, true],
      ["eight", null, false],
      ["nine", null, false],
    ],
  );
});
