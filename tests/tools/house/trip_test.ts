/**
 * What a trip, a move and a return are.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import { tripOf } from "../../../tools/house/trip.ts";

Deno.test("tripOf() counts files entered, moves, and returns to a file that was left", async (t) => {
  const rows: Record<string, [begun: string, files: number, moves: number, returns: number]> = {
    "nothing": ["", 0, 0, 0],
    "one function": ["a", 1, 1, 0],
    "functions of one file": ["aaa", 1, 1, 0],
    "one file after the other": ["aabbc", 3, 3, 0],
    "back to the first": ["aba", 2, 3, 1],
    "to and fro": ["ababa", 2, 5, 3],
    "back to one that was left long ago": ["abcda", 4, 5, 1],
  };
  for (const [name, [begun, files, moves, returns]] of Object.entries(rows)) {
    await t.step(name, () => {
      const { opened: _, ...figures } = tripOf([...begun]);
      assertEquals(figures, { files, moves, returns });
    });
  }
});

Deno.test("tripOf() tells how often each file is opened from another, the most opened first", () => {
  assertEquals(Object.entries(tripOf([..."abbcbcbb"]).opened), [["b", 3], ["c", 2], ["a", 1]]);
});
