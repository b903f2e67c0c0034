/** `session.cell()`: its arguments, and a session that has no cells. */

import { assertEquals, assertThrows } from "jsr:@std/assert@^1.0.0";
import { type Cell, Session } from "@pyramidion/pyramidion/session";

const asked: unknown[] = [];
const cell: Cell = { get: () => 1, take: () => 1, set: () => Promise.resolve() };
const open = (...given: unknown[]) => (asked.push(given), Promise.resolve(cell));
const session = new Session(undefined, undefined, { cells: { open } });

Deno.test("cell() passes name, key and time on, with their defaults", async () => {
  assertEquals((await session.cell<number>("a")).get(), 1);
  await session.cell("a-1_B", { key: "\ud800 ü", maxAge: 86_400 });
  assertEquals(asked.splice(0), [["a", "", 600], ["a-1_B", "\ud800 ü", 86_400]]);
});

Deno.test("cell() refuses what is no name, no key and no time", async (t) => {
  const rows: Record<string, [given: unknown[], kind: typeof Error]> = {
    "no name": [[], TypeError],
    "an empty name": [[""], TypeError],
    "a name with a semicolon": [["a;b"], TypeError],
    "33 letters": [["a".repeat(33)], TypeError],
    "a number as key": [["a", { key: 7 }], TypeError],
    "no seconds": [["a", { maxAge: 0 }], RangeError],
    "NaN": [["a", { maxAge: NaN }], RangeError],
    "two days": [["a", { maxAge: 172_800 }], RangeError],
    "an unknown option": [["a", { path: "/" }], TypeError],
  };
  for (const [name, [given, kind]] of Object.entries(rows)) {
    await t.step(name, () => {
      assertThrows(() => Reflect.apply(session.cell, session, given), kind);
      assertEquals(asked, []);
    });
  }
  assertThrows(() => new Session().cell("a"), Error, "no secret for it");
});
