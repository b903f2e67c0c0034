/**
 * The order of things that stand under and over each other.
 *
 * @module
 */

import { assertEquals, assertThrows } from "jsr:@std/assert@^1.0.0";
import { ConfigurationError } from "@pyramidion/pyramidion";
import { type Ordered, outermostFirst } from "../../lib/configurator/order.ts";
import { Random } from "../random.ts";

const thing = (name: string, under: string[] = [], over: string[] = []): Ordered => ({
  name,
  identity: `#${name}`,
  under,
  over,
});
const names = (things: readonly Ordered[]) =>
  outermostFirst("tween", things).map(({ name }) => name).join(" ");

Deno.test("outermostFirst() leaves the order as it is but where under and over say otherwise", async (t) => {
  const rows: Record<string, [things: Ordered[], order: string]> = {
    "nothing": [[], ""],
    "nothing is said": [[thing("a"), thing("b"), thing("c")], "a b c"],
    "as it is already": [[thing("a", [], ["b"]), thing("b", ["a"])], "a b"],
    "under": [[thing("a", ["c"]), thing("b"), thing("c")], "b c a"],
    "over": [[thing("a"), thing("b"), thing("c", [], ["a"])], "b c a"],
    "under and over": [[thing("a"), thing("b"), thing("c"), thing("d", ["a"], ["b"])], "a c d b"],
    "in a chain": [[thing("a", ["b"]), thing("b", ["c"]), thing("c")], "c b a"],
    "by identity": [[thing("a", ["#b"]), thing("b")], "b a"],
    "of several": [[thing("a", ["b", "c"]), thing("b"), thing("c")], "b c a"],
  };
  for (const [name, [things, order]] of Object.entries(rows)) {
    await t.step(name, () => assertEquals(names(things), order));
  }
});

Deno.test("outermostFirst() refuses an unknown name, with the one that may be meant", () => {
  assertEquals(
    assertThrows(() => names([thing("timing", ["loging"]), thing("logging")]), ConfigurationError)
      .message,
    'Cannot order tween "timing": there is no tween "loging": did you mean "logging"?',
  );
  assertEquals(
    assertThrows(() => names([thing("timing", [], ["moon"])]), ConfigurationError).message,
    'Cannot order tween "timing": there is no tween "moon"',
  );
});

Deno.test("outermostFirst() names the circle, and no more than it", async (t) => {
  const rows: Record<string, [things: Ordered[], circle: string]> = {
    "itself": [[thing("a", ["a"])], '"a" under "a"'],
    "two": [[thing("a", ["b"]), thing("b", ["a"])], '"a" under "b" under "a"'],
    "by over": [[thing("a", [], ["b"]), thing("b", [], ["a"])], '"a" under "b" under "a"'],
    "three, and one that leads to them": [
      [thing("x", ["a"]), thing("a", ["b"]), thing("b", ["c"]), thing("c", ["a"]), thing("y")],
      '"a" under "b" under "c" under "a"',
    ],
  };
  for (const [name, [things, circle]] of Object.entries(rows)) {
    await t.step(name, () => {
      assertEquals(
        assertThrows(() => names(things), ConfigurationError).message,
        `Cannot order tweens: their options "under" and "over" form a circle: ${circle}`,
      );
    });
  }
});

Deno.test("outermostFirst() keeps what everything says, whatever is given (seeded)", () => {
  const random = new Random(20_261_124);
  for (let round = 0; round < 300; round++) {
    const count = 1 + random.below(9);
    const all = Array.from({ length: count }, (_, i) => `t${i}`);
    // What is further out is of a smaller number, so that there is no circle.
    const things = all.map((name, i) =>
      thing(
        name,
        all.slice(0, i).filter(() => random.chance(0.3)),
        all.slice(i + 1).filter(() => random.chance(0.2)),
      )
    ).sort(() => random.next() - 0.5);
    const order = outermostFirst("tween", things);
    assertEquals(order.length, count);
    const at = new Map(order.map(({ name }, index) => [name, index]));
    for (const { name, under, over } of things) {
      for (const outer of under) {
        assertEquals(at.get(outer)! < at.get(name)!, true, `${name} under ${outer}`);
      }
      for (const inner of over) {
        assertEquals(at.get(name)! < at.get(inner)!, true, `${name} over ${inner}`);
      }
    }
  }
});
