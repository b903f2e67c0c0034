/**
 * `settableClock`: time that a test moves.
 *
 * @module
 */

import { assertEquals, assertThrows } from "jsr:@std/assert@^1.0.0";
import { settableClock } from "../../lib/testing/settable_clock.ts";

Deno.test("settableClock stands still until it is moved", () => {
  const clock = settableClock(1000);
  assertEquals([clock(), clock()], [1000, 1000]);
  clock.travel(1.5);
  assertEquals(clock(), 2500);
  clock.travel(-2);
  assertEquals(clock(), 500);
  clock.travelTo(7);
  assertEquals(clock(), 7);
});

Deno.test("settableClock starts at the same time in every run", () => {
  assertEquals(new Date(settableClock()()).toISOString(), "2026-01-01T00:00:00.000Z");
});

Deno.test("settableClock gives whole milliseconds only", () => {
  const clock = settableClock(0);
  for (let i = 0; i < 10; i++) clock.travel(0.0014);
  assertEquals(clock(), 10);
});

Deno.test("settableClock does not share its time with another", () => {
  const one = settableClock(0), other = settableClock(0);
  one.travel(1);
  assertEquals([one(), other()], [1000, 0]);
});

Deno.test("settableClock is a plain function for a clock option", () => {
  const clock: () => number = settableClock(5);
  const { clock: passed } = { clock };
  assertEquals(passed(), 5);
});

Deno.test("settableClock refuses what is no time, and stays where it is", () => {
  assertThrows(() => settableClock(0.5), RangeError, "Cannot set the clock to 0.5");
  const clock = settableClock(1);
  for (const seconds of [NaN, Infinity]) assertThrows(() => clock.travel(seconds), RangeError);
  assertThrows(() => clock.travelTo(NaN), RangeError);
  assertEquals(clock(), 1);
});
