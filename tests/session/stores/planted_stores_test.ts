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
  assertEquals(names.length, 72);
  const options = { revocations: false, sweep: false };
  assertEquals(storeSuite((clock) => sound(clock).store, options).length, 53);
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

Deno.test("storeSuite() prints the seed with which random calls failed, and a seed gives the same calls", async () => {
  const failing = FAULTS["a sign-in that renews leaves its operation out"];
  assert(failing !== undefined);
  const messageOf = async (options: { seed: number; rounds: number }) => {
    const [check] = storeSuite((clock) => planted(failing, clock), options).slice(-1);
    const outcome = await Promise.allSettled([check?.run()]);
    return outcome[0].status === "rejected" ? String(outcome[0].reason.message) : "passed";
  };
  const message = await messageOf({ seed: 1, rounds: 200 });
  const [, seed = ""] = /seed (\d+), \{ rounds: 1 \}/.exec(message) ?? [];
  const again = await messageOf({ seed: Number(seed), rounds: 1 });
  // The sessions' names count the rounds.
  const unnamed = (text: string) => text.replaceAll(/\b\d+-([ab])\b|(ada|bob)-\d+/g, "$1$2");
  assertEquals(unnamed(again), unnamed(message));
});
