/**
 * The suite finds what is wrong with a store, and names it.
 *
 * @module
 */

import { assert, assertEquals, assertThrows } from "jsr:@std/assert@^1.0.0";
import { storeSuite } from "@pyramidion/pyramidion/testing";
import { FAULTS, planted, sound, type WholeStore } from "./planted_stores.ts";

const ROUNDS = { rounds: 200 };

/** The names of the checks that a store fails. */
async function failuresOf(open: (clock: () => number) => WholeStore): Promise<string[]> {
  const failed: string[] = [];
  for (const { name, run } of storeSuite(open, ROUNDS)) {
    await run().catch(() => failed.push(name));
  }
  return failed;
}

Deno.test("storeSuite() finds nothing in a store without a fault", async () => {
  assertEquals(await failuresOf((clock) => sound(clock).store), []);
});

Deno.test("storeSuite() finds a planted fault by the check that is about it", async (t) => {
  const finders = new Map<string, string[]>();
  for (const [name, fault] of Object.entries(FAULTS)) {
    await t.step(name, async () => {
      const failed = await failuresOf((clock) => planted(fault, clock));
      assert(failed.includes(fault.foundBy), `found by ${JSON.stringify(failed)}`);
      for (const one of failed) finders.set(one, [...finders.get(one) ?? [], name]);
    });
  }
  await t.step("no check about sessions is idle: each finds a fault", () => {
    const idle = storeSuite((clock) => sound(clock).store, { ...ROUNDS, revocations: false })
      .map(({ name }) => name).filter((name) => !finders.has(name));
    assertEquals(idle, ["ready() resolves, and closing twice is no fault"]);
  });
});
