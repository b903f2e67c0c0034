/**
 * Checks of a `RevocationStore`.
 *
 * @module
 */

import type { RevocationStore } from "../../../session.ts";
import type { SettableClock } from "../settable_clock.ts";
import { expect, expectSame } from "./expectation.ts";
import type { Checks, TestedStore } from "./trial.ts";

type Rule = (store: RevocationStore, clock: SettableClock) => Promise<void>;

const HOUR = 3_600_000;
/** Texts that careless stores take for one another, or for something of their own. */
const NAMES = ["a", "A", "a ", "a/b", "a:b", "á", "a\u0301", "__proto__", "constructor", "0", "😀"];

/** The rules, for a store that keeps nothing but revocations. */
export const REVOCATION_RULES: Readonly<Record<string, Rule>> = {
  "has() is false for an id that was never ended": async (store) => {
    for (const id of NAMES) expectSame(await store.has(id), false, `has("${id}")`);
  },
  "add() ends an id until its time, that millisecond included": async (store, clock) => {
    const until = clock() + HOUR;
    await store.add("id", until);
    expectSame(await store.has("id"), true, "has()");
    clock.travelTo(until);
    expectSame(await store.has("id"), true, "has() in the last millisecond");
  },
  "add() ends one id and no other": async (store, clock) => {
    await store.add("a", clock() + HOUR);
    for (const id of NAMES) expectSame(await store.has(id), id === "a", `has("${id}")`);
  },
  "add() takes every text for an id": async (store, clock) => {
    for (const id of NAMES) await store.add(id, clock() + HOUR);
    for (const id of NAMES) expectSame(await store.has(id), true, `has("${id}")`);
  },
  "add() again never brings the end of an id's time nearer": async (store, clock) => {
    const now = clock();
    await store.add("later first", now + 2 * HOUR);
    await store.add("later first", now + HOUR);
    await store.add("later last", now + HOUR);
    await store.add("later last", now + 2 * HOUR);
    clock.travelTo(now + 2 * HOUR);
    expectSame(await store.has("later first"), true, "has() where the later end came first");
    expectSame(await store.has("later last"), true, "has() where the later end came last");
  },
  "add() takes a time that has passed": async (store, clock) => {
    await store.add("id", clock() - HOUR);
  },
  "add() of many at once loses none": async (store, clock) => {
    const ids = Array.from({ length: 50 }, (_, index) => `id ${index}`);
    await Promise.all(ids.map((id) => store.add(id, clock() + HOUR)));
    const ended = await Promise.all(ids.map((id) => store.has(id)));
    expectSame(ended.filter((one) => one === true).length, 50, "how many are ended");
  },
  "epoch() is 0 for a user who was never signed out everywhere": async (store) => {
    for (const user of NAMES) expectSame(await store.epoch(user), 0, `epoch("${user}")`);
  },
  "bump() raises the user's epoch, each time": async (store) => {
    let before = await store.epoch("ada");
    for (let i = 0; i < 3; i++) {
      await store.bump("ada");
      const epoch = await store.epoch("ada");
      expect(epoch > before && Number.isSafeInteger(epoch), `epoch() is ${epoch} after ${before}`);
      before = epoch;
    }
  },
  "bump() raises it although the clock went back": async (store, clock) => {
    await store.bump("ada");
    const before = await store.epoch("ada");
    clock.travel(-3600);
    await store.bump("ada");
    const epoch = await store.epoch("ada");
    expect(epoch > before, `epoch() is ${epoch} after ${before}`);
  },
  "bump() raises the epoch of one user and of no other": async (store) => {
    await store.bump("a");
    for (const user of NAMES) {
      expectSame(await store.epoch(user) > 0, user === "a", `whether epoch("${user}") is above 0`);
    }
  },
  "bump() of many at once raises what each of them found": async (store) => {
    const raised = await Promise.all(Array.from({ length: 10 }, async () => {
      const before = await store.epoch("ada");
      await store.bump("ada");
      return await store.epoch("ada") > before;
    }));
    expect(raised.every((one) => one), "an epoch is no higher than before bump()");
  },
  "an epoch is not forgotten": async (store, clock) => {
    await store.bump("ada");
    const epoch = await store.epoch("ada");
    clock.travel(9000 * 3600);
    for (let i = 0; i < 3000; i++) await store.add(`id ${i}`, clock() + HOUR);
    expectSame(await store.epoch("ada"), epoch, "epoch()");
  },
  "ids and users are not taken for each other": async (store, clock) => {
    await store.add("ada", clock() + HOUR);
    await store.bump("id");
    expectSame([await store.epoch("ada"), await store.has("id")], [0, false], "epoch() and has()");
  },
  "a store that lost everything ends at the next bump() what was signed in before": async (
    store,
    clock,
  ) => {
    const before = clock() + 1;
    clock.travel(60);
    await store.bump("ada");
    const epoch = await store.epoch("ada");
    expect(epoch > before, `epoch() is ${epoch}, and could have been ${before} before`);
  },
};

/** The rules, for a store that keeps sessions as well. */
export const REVOKING: Checks = Object.fromEntries(
  Object.entries(REVOCATION_RULES).map(([name, rule]) => [
    name,
    ({ store, clock }) => rule(revocationsOf(store), clock),
  ]),
);

/** What a store with both keeps besides. */
export const REVOKING_BESIDE_SESSIONS: Checks = {
  "revocations and sessions are not taken for each other": async ({ store, clock, now }) => {
    const revocations = revocationsOf(store);
    const record = {
      head: "1",
      renewed: now,
      expires: now + HOUR,
      account: "ada",
      values: new Map([["k", "1"]]),
    };
    await store.create("id", record, now);
    expectSame(await revocations.has("id"), false, "has() of a session's id");
    await revocations.add("id", clock() + HOUR);
    await revocations.bump("ada");
    expectSame(await store.load("id", now), record, "load() behind add()");
    await store.deleteAll("ada", [], now);
    expectSame(await revocations.has("id"), true, "has() behind deleteAll()");
  },
};

function revocationsOf(store: TestedStore): RevocationStore {
  const { has, add, epoch, bump } = store;
  if (has === undefined || add === undefined || epoch === undefined || bump === undefined) {
    throw new Error(
      "the store lacks has(), add(), epoch() or bump(): say storeSuite(open, { revocations: false }) if it keeps no revocations",
    );
  }
  return {
    has: has.bind(store),
    add: add.bind(store),
    epoch: epoch.bind(store),
    bump: bump.bind(store),
  };
}
