/**
 * The rules of the house, each with a planted fault and with a house in order.
 *
 * @module
 */

import { assert, assertEquals } from "jsr:@std/assert@^1.0.0";
import { type HouseTree, treeOf } from "../../../tools/house/house_tree.ts";
import {
  bannedNames,
  longFiles,
  misfitRooms,
  RULES,
  sharedNames,
  unearnedFiles,
  untestedFiles,
} from "../../../tools/house/rules.ts";

function house(
  texts: Readonly<Record<string, string>>,
  { doors = [], tests = [] }: { doors?: string[]; tests?: string[] } = {},
): HouseTree {
  return treeOf(new Map(Object.entries(texts)), doors, tests);
}

function lines(count: number): string {
  return "f();\n".repeat(count);
}

function room(name: string, count: number): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, at) => [`${name}/f${at}.ts`, ""]));
}

Deno.test("misfitRooms() finds rooms of two and of sixteen files, and counts no room in a room", () => {
  const rooms = { ...room("lib", 3), ...room("lib/many", 15), ...room("lib/many/few", 3) };
  assertEquals(misfitRooms(house({ ...rooms, "mod.ts": "" })), []);
  assertEquals(
    misfitRooms(house({ ...rooms, ...room("lib/small", 2), "lib/many/one_more.ts": "" })),
    ["lib/many has 16 files, not 3 to 15", "lib/small has 2 files, not 3 to 15"],
  );
});

Deno.test("longFiles() finds a file and a door of 301 lines, and none of 300", () => {
  assertEquals(
    longFiles(house({ "lib/a.ts": lines(300), "lib/b.ts": lines(301), "mod.ts": lines(301) })),
    ["lib/b.ts has 301 lines, not 300 or fewer", "mod.ts has 301 lines, not 300 or fewer"],
  );
});

Deno.test("unearnedFiles() finds a small file of one importer, and spares one with a reason", async (t) => {
  const imports = (...names: string[]) => names.map((name) => `import "./${name}.ts";\n`).join("");
  const found = (small: HouseTree) => unearnedFiles(small);
  const rows: Record<string, [tree: HouseTree, faults: string[]]> = {
    "one importer": [
      house({ "mod.ts": 'import "./lib/a.ts";', "lib/a.ts": lines(59) }),
      ["lib/a.ts has 59 lines and one importer"],
    ],
    "no importer": [house({ "lib/a.ts": "" }), ["lib/a.ts has 0 lines and no importer"]],
    "sixty lines": [house({ "lib/a.ts": lines(60) }), []],
    "two importers": [
      house({
        "lib/a.ts": "",
        "lib/b.ts": imports("a") + lines(60),
        "mod.ts": 'import "./lib/a.ts"',
      }),
      [],
    ],
    "loaded late": [house({ "lib/a.ts": "", "mod.ts": 'import("./lib/a.ts");' }), []],
    "an export of deno.json": [house({ "lib/a.ts": "" }, { doors: ["lib/a.ts"] }), []],
    "a test of its name": [house({ "lib/a.ts": "" }, { tests: ["tests/a_test.ts"] }), []],
    "a test of another name": [
      house({ "lib/a.ts": "" }, { tests: ["tests/ab_test.ts"] }),
      ["lib/a.ts has 0 lines and no importer"],
    ],
  };
  for (const [name, [tree, faults]] of Object.entries(rows)) {
    await t.step(name, () => assertEquals(found(tree), faults));
  }
});

Deno.test("untestedFiles() takes a test for the file of the longest name that it begins with", async (t) => {
  const texts = {
    "mod.ts": "f();",
    "lib/room/cookie.ts": "f();",
    "lib/room/cookie_jar.ts": "f();",
    "lib/room/types.ts": "export type A = 1;",
  };
  const both = ["lib/room/cookie.ts", "lib/room/cookie_jar.ts"];
  const rows: Record<string, [tests: string[], untested: string[]]> = {
    "no tests": [[], both],
    "one each": [["tests/room/cookie_test.ts", "tests/room/cookie_jar_test.ts"], []],
    "the longer name's": [["tests/room/cookie_jar_test.ts"], ["lib/room/cookie.ts"]],
    "a part of a file": [["tests/room/cookie_dates_test.ts"], ["lib/room/cookie_jar.ts"]],
    "another room's": [["tests/cookie_test.ts", "tests/other/cookie_jar_test.ts"], both],
    "a name that goes on": [["tests/room/cookies_test.ts"], both],
  };
  for (const [name, [tests, untested]] of Object.entries(rows)) {
    await t.step(name, () => assertEquals(untestedFiles(house(texts, { tests })), untested));
  }
});

Deno.test("sharedNames() finds a name of two modules, and what is handed on by no door", () => {
  const tree = house({
    "mod.ts": 'export { a } from "./lib/a.ts";',
    "lib/a.ts": "export const a = 1; export type B = 1; const own = 1;",
    "lib/b.ts": 'export interface B {} const own = 2; export { a } from "./a.ts";',
    "lib/room/mod.ts": 'export * from "../a.ts";',
    "lib/store.ts": 'export type { B } from "./b.ts";',
  }, { doors: ["lib/store.ts"] });
  assertEquals(sharedNames(tree), ["B: lib/a.ts, lib/b.ts", "lib/b.ts hands on a"]);
});

Deno.test("sharedNames() lets a type and a value of one module share a name", () => {
  const text =
    "export interface A {} export const A = 1; export function b(): 1; export function b() {}";
  assertEquals(sharedNames(house({ "lib/a.ts": text })), []);
});

Deno.test("bannedNames() finds the words in files, folders and declarations, and not in others", () => {
  const tree = house({
    "lib/utils/a.ts": "",
    "lib/a_helper.ts": "",
    "lib/b.ts": "class CookieManager {} const HELPERS = 1, makeUtil = 1;",
    "lib/c.ts": "const utility = 1, managed = 1, helpful = 1; f(() => { const helper = 1; });",
  });
  assertEquals(bannedNames(tree), [
    "lib/utils/a.ts",
    "lib/a_helper.ts",
    "lib/b.ts: CookieManager",
    "lib/b.ts: HELPERS",
    "lib/b.ts: makeUtil",
  ]);
});

Deno.test("RULES find nothing in a house in order but the facts that nobody says", () => {
  const names = ["a", "b", "c"];
  const tree = house(
    Object.fromEntries(names.map((name) => [`lib/${name}.ts`, `export const ${name} = 1;`])),
    { tests: names.map((name) => `tests/${name}_test.ts`) },
  );
  for (const [name, rule] of Object.entries(RULES)) {
    const faults = rule(tree);
    assert(faults.every((fault) => fault.endsWith(": said nowhere")), name);
  }
});
