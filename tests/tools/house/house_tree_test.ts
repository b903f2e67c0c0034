/**
 * The library of a checkout, as it lies there.
 *
 * @module
 */

import { assertEquals, assertRejects } from "jsr:@std/assert@^1.0.0";
import { importersOf, readTree, roomOf, treeOf } from "../../../tools/house/house_tree.ts";
import { missingPermission, testUnless } from "../../requirements.ts";

Deno.test("treeOf() resolves imports of the house, and leaves out those of others", () => {
  const { imports } = treeOf(
    new Map([
      ["mod.ts", 'export { a } from "./lib/a.ts";'],
      ["lib/a.ts", 'import { b } from "./room/b.ts"; import "room/b.ts"; import "./gone.ts";'],
      ["lib/room/b.ts", 'export const b = () => import("../a.ts");'],
    ]),
  );
  assertEquals(imports, [
    { from: "mod.ts", to: "lib/a.ts", isLate: false },
    { from: "lib/a.ts", to: "lib/room/b.ts", isLate: false },
    { from: "lib/room/b.ts", to: "lib/a.ts", isLate: true },
  ]);
});

Deno.test("importersOf() counts files, not imports", () => {
  const importers = importersOf(treeOf(
    new Map([
      ["mod.ts", 'export { a } from "./lib/a.ts"; export type { A } from "./lib/a.ts";'],
      ["lib/a.ts", 'export const a = () => import("./b.ts");'],
      ["lib/b.ts", 'import type { A } from "./a.ts";'],
    ]),
  ));
  assertEquals(Object.fromEntries(importers), { "mod.ts": 0, "lib/a.ts": 2, "lib/b.ts": 1 });
});

Deno.test("roomOf() is the folder of a file, and empty for a door", () => {
  const paths = ["mod.ts", "lib/log.ts", "lib/session/stores/memory.ts"];
  assertEquals(paths.map(roomOf), ["", "lib", "lib/session/stores"]);
});

testUnless(
  missingPermission({ name: "read" }, { name: "write" }),
  "readTree() reads doors, rooms, tests and what deno.json exports, and no other checkout",
  async (t) => {
    const folder = await Deno.makeTempDir();
    const write = async (path: string, text: string) => {
      const file = `${folder}/${path}`;
      await Deno.mkdir(file.slice(0, file.lastIndexOf("/")), { recursive: true });
      await Deno.writeTextFile(file, text);
    };
    try {
      await t.step("a folder without the library", async () => {
        await write("mod.ts", "");
        await assertRejects(
          () => readTree(folder),
          TypeError,
          "it holds no mod.ts with a folder lib",
        );
      });
      await t.step("a checkout", async () => {
        await write("deno.json", '{ "exports": { ".": "./mod.ts", "./b": "./lib/b/b.ts" } }');
        await write("lib/b/b.ts", "export const b = 1;\n");
        await write("lib/a.ts", "");
        await write("lib/page.css", "");
        await write("tools/x.ts", "");
        await write("tests/b/b_test.ts", "");
        await write("tests/vectors.ts", "");
        const { files, doors, tests } = await readTree(folder);
        assertEquals([...files.keys()], ["lib/a.ts", "lib/b/b.ts", "mod.ts"]);
        assertEquals(files.get("lib/b/b.ts")?.exports, ["b"]);
        assertEquals(doors, ["mod.ts", "lib/b/b.ts"]);
        assertEquals(tests, ["tests/b/b_test.ts"]);
      });
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
);
