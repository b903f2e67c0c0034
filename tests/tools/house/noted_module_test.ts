/**
 * Modules that say when one of their functions begins.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import { stripTypeScriptTypes } from "node:module";
import { notedModule } from "../../../tools/house/noted_module.ts";

/** How often a function of a body began, and what the body gave. */
async function noted(body: string): Promise<[begun: number, result: unknown]> {
  const script = stripTypeScriptTypes(notedModule(`async function run() { ${body} }`, "note()"));
  let begun = 0;
  const run = new Function("note", `${script}; return run();`);
  const result: unknown = await run(() => void begun++);
  // The body itself is a function, too.
  return [begun - 1, result];
}

Deno.test("notedModule() notes each function that begins, and changes no result", async (t) => {
  const rows: Record<string, [body: string, begun: number, result: unknown]> = {
    "none": ["return 1;", 0, 1],
    "a function that is not called": ["function f() {} return 1;", 0, 1],
    "a function": ["function f() { return 2; } return f() + f();", 2, 4],
    "overloads": ["function f(a: 1): 1; function f(a: any) { return a; } return f(1);", 1, 1],
    "a function expression": ["return (function () { return 3; })();", 1, 3],
    "an arrow with a block": ["return ((): number => { return 3; })();", 1, 3],
    "an arrow with an expression": ["return ((a: number) => a * 2)(4);", 1, 8],
    "an arrow with an object": ["return (() => ({ a: 1 }))();", 1, { a: 1 }],
    "an arrow of an arrow": ["return (() => () => 5)()();", 2, 5],
    "an arrow of an arrow of an arrow": ["return (() => () => () => 5)()()();", 3, 5],
    "a conditional in an arrow": ["return [1, 2].map((a) => a > 1 ? 'b' : 'c');", 2, ["c", "b"]],
    "a default parameter": ["return ((a = () => 6) => a())();", 2, 6],
    "an async arrow": ["return await (async () => await 7)();", 1, 7],
    "what goes on behind an await": [
      "async function f() { await 1; await 2; } await f();",
      1,
      undefined,
    ],
    "a generator": ["function* f() { yield 1; yield 2; } return [...f()];", 1, [1, 2]],
    "a method": ["class A { m() { return 8; } } return new A().m();", 1, 8],
    "an accessor": ["const a = { get b() { return 9; }, set b(c) {} }; a.b = 1; return a.b;", 2, 9],
    "a constructor that calls super": [
      "class A { a = 1; constructor() {} } class B extends A { constructor() { super(); } } return new B().a;",
      2,
      1,
    ],
    "a field that is a function": [
      "class A { #f = () => 1; g() { return this.#f(); } } return new A().g();",
      2,
      1,
    ],
    "an empty body": ["return (() => {})();", 1, undefined],
  };
  for (const [name, [body, begun, result]] of Object.entries(rows)) {
    await t.step(name, async () => assertEquals(await noted(body), [begun, result]));
  }
});

Deno.test("notedModule() leaves every line where it was", () => {
  const text = "const f = () =>\n  // why\n  1;\nfunction g() {\n  return f();\n}\n";
  assertEquals(
    notedModule(text, "note()"),
    "const f = () =>\n  // why\n  (note(), 1);\nfunction g() { note();\n  return f();\n}\n",
  );
});
