/**
 * The figures of houses as plain text.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import { type Measured, reportText } from "../../../tools/house/report.ts";

const size = { files: 2, lines: 90, median: 45.5, longest: 80, longestFile: "lib/room/long.ts" };

const BEFORE: Measured = {
  folder: "/before",
  figures: {
    all: size,
    rooms: { "": { ...size, longestFile: "mod.ts" }, "lib/room": size },
    under40: 1,
    over300: 0,
    oneImporter: 2,
    smallOneImporter: 1,
  },
  trips: { "a GET": { files: 2, moves: 3, returns: 1, opened: { "lib/a.ts": 2, "lib/b.ts": 1 } } },
  modules: { ours: 10, all: 12 },
  faults: { "a rule": ["lib/a.ts breaks it"] },
};

const AFTER: Measured = {
  ...BEFORE,
  folder: "/after",
  trips: { "a POST": { files: 4, moves: 4, returns: 0, opened: {} } },
  faults: { "a rule": [] },
};

Deno.test("reportText() shows one house", () => {
  assertEquals(
    reportText({ houses: [BEFORE], starts: null }, true),
    `house 1: /before

                           house 1
files under lib                  2
lines of code                   90
median of a file              45.5
longest file                    80
files under 40 lines             1
files over 300 lines             0
files with one importer          2
  and under 60 lines             1
modules at start, ours          10
modules at start, all           12
files / moves / returns
  a GET                  2 / 3 / 1
broken rules
  a rule                         1

house 1: rooms  files  lines  median  longest
(the doors)         2     90    45.5       80  mod.ts
lib/room            2     90    45.5       80  long.ts
all under lib       2     90    45.5       80  long.ts

house 1: opened from another file, most often
  a GET
    lib/a.ts 2, lib/b.ts 1

house 1: what breaks the rules
  a rule: 1
    lib/a.ts breaks it
`,
  );
});

Deno.test("reportText() sets two houses side by side, with their starts, and lists no faults unasked", () => {
  const starts = { milliseconds: [100, 90.25], toBare: [2, 1.5], toFirst: [1, 0.9025] };
  const text = reportText({ houses: [BEFORE, AFTER], starts }, false);
  assertEquals(text.includes("breaks"), false);
  assertEquals(text.slice(0, text.indexOf("\n\nhouse 1: rooms")).split("\n").slice(13), [
    "modules at start, all           12         12",
    "ms from start to answer      100.0       90.3",
    "  x a start without us       2.000      1.500",
    "  x house 1                  1.000      0.902",
    "files / moves / returns",
    "  a GET                  2 / 3 / 1",
    "  a POST                            4 / 4 / 0",
    "broken rules",
    "  a rule                         1          0",
  ]);
});
