/**
 * The memory of revocations: bounded, and never forgetful. Its contract is tested with the others'.
 *
 * @module
 */

import { assert, assertEquals, assertThrows } from "jsr:@std/assert@^1.0.0";
import { ConfigurationError } from "@pyramidion/pyramidion";
import { memoryRevocations } from "@pyramidion/pyramidion/stores/memory";
import { settableClock } from "@pyramidion/pyramidion/testing";
import { Random } from "../../random.ts";

const START = 1_700_000_000_000;
const FULL = "Cannot remember another revocation: all 3 entries still count: raise maxEntries";

Deno.test("memoryRevocations() refuses a maxEntries that is no integer from 1", () => {
  for (const maxEntries of [0, -1, 1.5, NaN, Infinity]) {
    assertThrows(() => memoryRevocations({ maxEntries }), RangeError, "maxEntries");
  }
  for (const maxEntries of ["9" as never, null as never]) {
    assertThrows(() => memoryRevocations({ maxEntries }), ConfigurationError, "maxEntries");
  }
  memoryRevocations({ maxEntries: 1 });
});

Deno.test("memoryRevocations() that is full takes nothing new, forgets nothing, and can still be raised", async () => {
  const clock = settableClock(START);
  const store = memoryRevocations({ clock, maxEntries: 3 });
  store.add("a", START + 1000);
  store.add("b", START + 2000);
  store.bump("ada");
  const epoch = await store.epoch("ada");
  for (let again = 0; again < 3; again++) {
    assertThrows(() => store.add("c", START + 9000), Error, FULL);
    assertThrows(() => store.bump("bob"), Error, FULL);
  }
  assertEquals([store.has("a"), store.has("b"), store.has("c")], [true, true, false]);
  assertEquals([store.epoch("ada"), store.epoch("bob")], [epoch, 0]);
  store.add("a", START + 5000);
  store.bump("ada");
  assert(await store.epoch("ada") > epoch);
  clock.travelTo(START + 2000);
  assertThrows(() => store.add("c", START + 9000), Error, FULL);
  // "b" has passed; "a" was put off.
  clock.travelTo(START + 2001);
  store.add("c", START + 9000);
  assertEquals([store.has("a"), store.has("b"), store.has("c")], [true, false, true]);
  assertThrows(() => store.add("d", START + 9000), Error, FULL);
  clock.travelTo(START + 5001);
  store.bump("bob");
  assertEquals([store.has("a"), store.has("c")], [false, true]);
  assertThrows(() => store.add("d", START + 99_000), Error, FULL);
  // An epoch is not forgotten, however late it is.
  clock.travel(400 * 86_400);
  store.add("d", clock() + 1);
  assertThrows(() => store.add("e", clock() + 1), Error, FULL);
});

Deno.test("memoryRevocations() answers as a plain map does, whatever comes in whatever order", () => {
  for (let seed = 0; seed < 40; seed++) {
    const random = new Random(seed);
    const clock = settableClock(START);
    const maxEntries = 1 + random.below(12);
    const store = memoryRevocations({ clock, maxEntries });
    // The authority: it sweeps all of it, each time.
    const plain = new Map<string, number>();
    const users = new Set<string>();
    for (let step = 0; step < 400; step++) {
      if (random.chance(0.3)) clock.travel(random.below(20) / 10);
      for (const [id, until] of plain) if (until < clock()) plain.delete(id);
      const name = `${random.below(20)}`, until = clock() + random.below(5_000) - 500;
      const bumps = random.chance(0.02);
      const isFull = plain.size + users.size >= maxEntries;
      const label = `seed ${seed}, step ${step}`;
      const isNew = bumps ? !users.has(name) : !plain.has(name);
      const act = () => bumps ? store.bump(name) : store.add(name, until);
      if (isNew && isFull) {
        // One that has passed may count until it is swept: never the other way round.
        assertThrows(act, Error, "maxEntries", label);
      } else {
        act();
        if (bumps) users.add(name);
        else plain.set(name, Math.max(until, plain.get(name) ?? until));
      }
      for (let id = 0; id < 20; id++) {
        assertEquals(store.has(`${id}`), (plain.get(`${id}`) ?? -Infinity) >= clock(), label);
      }
    }
  }
});

Deno.test("memoryRevocations() looks at few entries for each call, full or not", () => {
  let asked = 0;
  const now = { value: START };
  const store = memoryRevocations({ clock: () => (asked++, now.value), maxEntries: 50_000 });
  const start = performance.now();
  for (let id = 0; id < 50_000; id++) store.add(`${id}`, START + id);
  // Full: each call frees one, or none.
  for (let id = 50_000; id < 100_000; id++) {
    now.value++;
    store.add(`${id}`, START + id);
    assertThrows(() => store.add("x", START + 1e9), Error, "maxEntries");
  }
  // A sweep of all at each call takes a minute and more.
  assert(performance.now() - start < 20_000);
  assertEquals(asked, 150_000);
});
