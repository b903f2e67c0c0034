/**
 * The suite finds what is wrong with a store, and names it.
 *
 * @module
 */

import { assert, assertEquals, assertThrows } from "jsr:@std/assert@^1.0.0";
import { storeSuite } from "@pyramidion/pyramidion/testing";
import { planted, sound, type WholeStore } from "./store_suite/planted_stores.ts";

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

Deno.test("storeSuite() refuses a seed and rounds that are no integers, and what is no function", () => {
  const open = (clock: () => number) => sound(clock).store;
  for (const seed of [1.5, NaN, Infinity]) {
    assertThrows(() => storeSuite(open, { seed }), TypeError, 'option "seed" of storeSuite()');
  }
  for (const rounds of [0, -1, 1.5, NaN, Infinity]) {
    assertThrows(() => storeSuite(open, { rounds }), TypeError, 'option "rounds" of storeSuite()');
  }
  assertThrows(() => storeSuite(sound(() => 0).store as never), TypeError, "must be a function");
});

Deno.test("storeSuite() gives a name and a proof for each rule, no name twice", () => {
  const names = storeSuite((clock) => sound(clock).store).map(({ name }) => name);
  assertEquals(new Set(names).size, names.length);
  assertEquals(names.length, 74);
  const options = { revocations: false, sweep: false };
  assertEquals(storeSuite((clock) => sound(clock).store, options).length, 55);
});

Deno.test("storeSuite() says what a store lacks that it was not told to do without", async (t) => {
  for (const missing of ["sweep", "has", "bump"]) {
    await t.step(missing, async () => {
      const messages: string[] = [];
      const open = (clock: () => number) => ({ ...sound(clock).store, [missing]: undefined });
      for (const { run } of storeSuite(open, { rounds: 1 })) {
        await run().catch((error) => messages.push(error.message));
      }
      const option = missing === "sweep" ? "sweep" : "revocations";
      assertEquals(new Set(messages).size, 1);
      assert(messages[0]?.includes(`storeSuite(open, { ${option}: false })`), messages[0]);
    });
  }
});

Deno.test("storeSuite() closes each store that it opened, whatever came of it", async () => {
  for (const isBroken of [false, true]) {
    let opened = 0, closed = 0;
    const open = (clock: () => number) => {
      const { store } = sound(clock);
      const [, id] = [opened++, opened];
      const isClosed = new Set<number>();
      return {
        ...store,
        ...(isBroken ? { load: () => Promise.reject(new Error("down")) } : {}),
        [Symbol.asyncDispose]: () => {
          if (!isClosed.has(id)) closed++;
          isClosed.add(id);
          return Promise.resolve();
        },
      };
    };
    const checks = storeSuite(open, { rounds: 1 });
    for (const { run } of checks) await run().catch(() => {});
    assertEquals([opened, closed], [checks.length, checks.length]);
  }
});

Deno.test("storeSuite() finds a store that breaks the contract, and runs no other check differently", async () => {
  const failed = await failuresOf((clock) => planted("create() overwrites", clock));
  assert(failed.includes("create() refuses an id that is taken, and leaves what is there"));
  assert(!failed.includes("load() gives null for an id that was never created"));
  const subtle = "a sign-in that renews leaves its operation out";
  assertEquals(await failuresOf((clock) => planted(subtle, clock)), [
    "200 rounds of random calls at once are explained by a plain map (seed 1)",
  ]);
});
