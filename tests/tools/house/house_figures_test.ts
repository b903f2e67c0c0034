/**
 * Files and lines of a house.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import { figuresOf } from "../../../tools/house/house_figures.ts";
import { treeOf } from "../../../tools/house/house_tree.ts";

Deno.test("figuresOf() measures the rooms, and counts the doors among no other files", () => {
  const lines = (count: number, ...imports: string[]) =>
    imports.map((name) => `import "${name}";\n`).join("") + "f();\n".repeat(count - imports.length);
  const figures = figuresOf(treeOf(
    new Map([
      ["mod.ts", lines(301, "./lib/a.ts", "./lib/room/b.ts", "./lib/room/c.ts")],
      ["lib/a.ts", lines(39)],
      ["lib/room/b.ts", lines(40, "../a.ts", "./d.ts", "./e.ts")],
      ["lib/room/c.ts", lines(301)],
      ["lib/room/d.ts", lines(59)],
      ["lib/room/e.ts", lines(60)],
    ]),
  ));
  assertEquals(figures, {
    all: { files: 5, lines: 499, median: 59, longest: 301, longestFile: "lib/room/c.ts" },
    rooms: {
      "": { files: 1, lines: 301, median: 301, longest: 301, longestFile: "mod.ts" },
      "lib": { files: 1, lines: 39, median: 39, longest: 39, longestFile: "lib/a.ts" },
      "lib/room": {
        files: 4,
        lines: 460,
        median: 59.5,
        longest: 301,
        longestFile: "lib/room/c.ts",
      },
    },
    under40: 1,
    over300: 1,
    oneImporter: 4,
    smallOneImporter: 2,
  });
});
