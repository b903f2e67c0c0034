/**
 * The contract of a `RevocationStore`, as tests that every implementation must pass.
 *
 * @module
 */

import { assert, assertEquals } from "jsr:@std/assert@^1.0.0";
import type { RevocationStore } from "@pyramidion/pyramidion";
import { settableClock } from "@pyramidion/pyramidion/testing";

/** Opens an empty store whose time is the clock's; `close` ends what it holds open. */
export type OpenRevocations = (
  clock: () => number,
) => Promise<{ readonly store: RevocationStore; close(): void }>;

type Rule = (store: RevocationStore, clock: ReturnType<typeof settableClock>) => Promise<void>;

const HOUR = 3_600_000;
/** Texts that careless stores take for one another, or for something of their own. */
const NAMES = ["a", "A", "a ", "a/b", "a:b", "á", "a\u0301", "__proto__", "constructor", "0", "😀"];

const RULES: Record<string, Rule> = {
  "has() is false for an id that was never ended": async (store) => {
    for (const id of NAMES) assertEquals(await store.has(id), false, id);
  },
  "add() ends an id until its time, that millisecond included": async (store, clock) => {
    const until = clock() + HOUR;
    await store.add("id", until);
    assertEquals(await store.has("id"), true);
    clock.travelTo(until);
    assertEquals(await store.has("id"), true);
  },
  "add() ends one id and no other": async (store, clock) => {
    await store.add("a", clock() + HOUR);
    for (const id of NAMES) assertEquals(await store.has(id), id === "a", id);
  },
  "add() takes every text for an id": async (store, clock) => {
    for (const id of NAMES) await store.add(id, clock() + HOUR);
    for (const id of NAMES) assertEquals(await store.has(id), true, id);
  },
  "add() again never brings the end of an id's time nearer": async (store, clock) => {
    const now = clock();
    await store.add("later first", now + 2 * HOUR);
    await store.add("later first", now + HOUR);
    await store.add("later last", now + HOUR);
    await store.add("later last", now + 2 * HOUR);
    clock.travelTo(now + 2 * HOUR);
    assertEquals([await store.has("later first"), await store.has("later last")], [true, true]);
  },
  "add() takes a time that has passed": async (store, clock) => {
    await store.add("id", clock() - HOUR);
  },
  "add() of many at once loses none": async (store, clock) => {
    const ids = Array.from({ length: 50 }, (_, index) => `id ${index}`);
    await Promise.all(ids.map((id) => store.add(id, clock() + HOUR)));
    const ended = await Promise.all(ids.map((id) => store.has(id)));
    assert(ended.every((one) => one));
  },
  "epoch() is 0 for a user who was never signed out everywhere": async (store) => {
    for (const user of NAMES) assertEquals(await store.epoch(user), 0, user);
  },
  "bump() raises the user's epoch, each time": async (store) => {
    let before = await store.epoch("ada");
    for (let i = 0; i < 3; i++) {
      await store.bump("ada");
      const epoch = await store.epoch("ada");
      assert(epoch > before, `${epoch} after ${before}`);
      assert(Number.isSafeInteger(epoch), String(epoch));
      before = epoch;
    }
  },
  "bump() raises it although the clock went back": async (store, clock) => {
    await store.bump("ada");
    const before = await store.epoch("ada");
    clock.travel(-3600);
    await store.bump("ada");
    assert(await store.epoch("ada") > before);
  },
  "bump() raises the epoch of one user and of no other": async (store) => {
    await store.bump("a");
    for (const user of NAMES) assertEquals(await store.epoch(user) > 0, user === "a", user);
  },
  "bump() of many at once raises what each of them found": async (store) => {
    const raised = await Promise.all(Array.from({ length: 10 }, async () => {
      const before = await store.epoch("ada");
      await store.bump("ada");
      return await store.epoch("ada") > before;
    }));
    assert(raised.every((one) => one));
  },
  "an epoch is not forgotten": async (store, clock) => {
    await store.bump("ada");
    const epoch = await store.epoch("ada");
    clock.travel(400 * 24 * 3600);
    for (let i = 0; i < 3000; i++) await store.add(`id ${i}`, clock() + HOUR);
    assertEquals(await store.epoch("ada"), epoch);
  },
  "ids and users are not taken for each other": async (store, clock) => {
    await store.add("ada", clock() + HOUR);
    await store.bump("id");
    assertEquals([await store.epoch("ada"), await store.has("id")], [0, false]);
  },
  "a store that lost everything ends at the next bump() what was signed in before": async (
    store,
    clock,
  ) => {
    const before = clock() + 1;
    clock.travel(60);
    await store.bump("ada");
    assert(await store.epoch("ada") > before);
  },
};

/**
 * Runs the contract: each rule on a store of its own.
 *
 * @param open Opens an empty store.
 * @param step Runs one named part, such as `t.step`.
 */
export async function revocationSuite(
  open: OpenRevocations,
  step: (name: string, fn: () => Promise<void>) => Promise<unknown>,
): Promise<void> {
  for (const [name, rule] of Object.entries(RULES)) {
    await step(name, async () => {
      const clock = settableClock();
      const { store, close } = await open(clock);
      try {
        await rule(store, clock);
      } finally {
        close();
      }
    });
  }
}
