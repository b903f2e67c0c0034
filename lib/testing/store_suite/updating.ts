/**
 * Checks of `update()`.
 *
 * @module
 */

import type { SessionChange } from "../../session/stored/session_store.ts";
import { expect, expectSame } from "./expectation.ts";
import {
  type Checks,
  increment,
  keptValues,
  LIFE,
  put,
  recordAt,
  setting,
  together,
} from "./trial.ts";

/** Changes go in whole or not at all, and take nothing from each other. */
export const UPDATING: Checks = {
  "update() changes the keys that it names, and no other": async (trial) => {
    const values = new Map([["keep", "1"], ["change", "1"], ["remove", "1"]]);
    const record = await put(trial, "a", { account: "ada", values });
    const change = { set: new Map([["change", "2"], ["add", "2"]]), delete: ["remove", "none"] };
    expectSame(await trial.store.update("a", "1", change, trial.now), true, "update()");
    const wanted = new Map([["keep", "1"], ["change", "2"], ["add", "2"]]);
    expectSame(await trial.store.load("a", trial.now), { ...record, values: wanted }, "load()");
  },
  "update() that names nothing changes nothing, undefined included": async (trial) => {
    const { store, now } = trial;
    const record = await put(trial, "a", { account: "ada", values: new Map([["k", "1"]]) });
    const nothing: SessionChange = {
      set: undefined,
      delete: undefined,
      expect: undefined,
      head: undefined,
      account: undefined,
      renewed: undefined,
      expires: undefined,
      operation: undefined,
    };
    for (const change of [{}, { set: new Map(), delete: [] }, nothing]) {
      expectSame(await store.update("a", "1", change, now), true, "update()");
      expectSame(await store.load("a", now), record, "load()");
    }
  },
  "update() changes head, account and times": async (trial) => {
    const { store, now } = trial;
    const record = await put(trial, "a", { values: new Map([["k", "1"]]) });
    const change = { head: "2", account: "ada", renewed: now + 7, expires: now + LIFE + 7 };
    expectSame(await store.update("a", "1", change, now), true, "update()");
    expectSame(await store.load("a", now), { ...record, ...change }, "load()");
    expectSame(
      await store.update("a", "2", { account: null }, now),
      true,
      "update() to no account",
    );
    expectSame((await store.load("a", now))?.account, null, "the account");
  },
  "update() of 100 keys at once loses none": async (trial) => {
    await put(trial, "a", { values: new Map([["before", "1"]]) });
    const answers = await together(
      100,
      (index) => trial.store.update("a", "1", setting(`key ${index}`, `${index}`), trial.now),
    );
    expect(answers.every((one) => one === true), "an update of another key was refused");
    const values = await keptValues(trial, "a");
    expectSame(values.size, 101, "the number of keys");
    for (let index = 0; index < 100; index++) {
      expectSame(values.get(`key ${index}`), `${index}`, `key ${index}`);
    }
  },
  "update() that removes keys loses none that others add": async (trial) => {
    const values = new Map(Array.from({ length: 40 }, (_, index) => [`old ${index}`, "1"]));
    await put(trial, "a", { values });
    await together(80, (index) =>
      trial.store.update(
        "a",
        "1",
        index % 2 === 0 ? { delete: [`old ${index / 2}`] } : setting(`new ${index}`, "1"),
        trial.now,
      ));
    const keys = [...(await keptValues(trial, "a")).keys()];
    expectSame(keys.filter((key) => key.startsWith("old")), [], "the keys that were removed");
    expectSame(keys.length, 40, "the number of keys that were added");
  },
  "update() that clears keeps the keys that it sets, and no other": async (trial) => {
    const { store, now } = trial;
    const values = ["keep", "change", "remove", "", "__proto__", "h", "0"];
    await put(trial, "a", { account: "ada", values: new Map(values.map((key) => [key, "1"])) });
    const set = new Map([["keep", "1"], ["change", "2"], ["add", "2"], ["__proto__", "2"]]);
    expectSame(await store.update("a", "1", { clear: false }, now), true, "update()");
    expectSame((await keptValues(trial, "a")).size, values.length, "the keys after clear: false");
    const refused = { ...setting("x", "9"), clear: true, expect: ["none", "1"] } as const;
    expect(await store.update("a", "1", refused, now) !== true, "update() was not refused");
    expectSame((await keptValues(trial, "a")).size, values.length, "the keys after a refusal");
    const change = { set, delete: ["remove"], clear: true, operation: "one" };
    expectSame(await store.update("a", "1", change, now), true, "update()");
    expectSame((await store.load("a", now))?.account, "ada", "the account");
    expectSame(await keptValues(trial, "a"), set, "the keys");
    await store.update("a", "1", setting("later", "1"), now);
    expectSame(await store.update("a", "1", change, now), true, "update() once more");
    expectSame((await keptValues(trial, "a")).get("later"), "1", "what was written later");
    expectSame(await store.update("a", "1", { clear: true }, now), true, "update() to nothing");
    expectSame((await keptValues(trial, "a")).size, 0, "the number of keys");
  },
  "update() that clears and changes the head leaves nothing of others, in 50 races": async (
    trial,
  ) => {
    const { store, now } = trial;
    for (let round = 0; round < 50; round++) {
      const id = `a${round}`;
      await put(trial, id, { values: new Map([["before", "1"]]) });
      const other = (index: number) => store.update(id, "1", setting(`x${index}`, "1"), now);
      const signIn = { ...setting("mine", "1"), clear: true, head: "2", account: "ada" };
      await Promise.all([other(0), other(1), store.update(id, "1", signIn, now), other(2)]);
      const wanted = new Map([["mine", "1"]]);
      expectSame(await keptValues(trial, id), wanted, `round ${round}: the keys`);
    }
  },
  "update() by another head changes nothing, and gives the present record": async (trial) => {
    const { store, now } = trial;
    const record = await put(trial, "a", { head: "2", values: new Map([["k", "1"]]) });
    for (const head of ["1", "", "2 ", "02", "3"]) {
      const change = { ...setting("k", "9"), head: "9", account: "eve", expires: now + 1 };
      expectSame(await store.update("a", head, change, now), record, `update() by head "${head}"`);
      expectSame(await store.load("a", now), record, "load()");
    }
    expectSame(await store.list("eve", now), [], "the list of the account that was refused");
  },
  "update() whose expectation fails changes nothing, and gives the present record": async (
    trial,
  ) => {
    const { store, now } = trial;
    const record = await put(trial, "a", { values: new Map([["k", "1"], ["null", "null"]]) });
    const failing: [string, string | null][] = [
      ["k", "2"],
      ["k", null],
      ["k", "1 "],
      ["k", "01"],
      ["none", "1"],
      ["none", ""],
      ["null", null],
      ["none", "null"],
    ];
    for (const expected of failing) {
      const change = { ...setting("k", "9"), delete: ["null"], head: "9", expect: expected };
      const label = `update() that expects ${JSON.stringify(expected)}`;
      expectSame(await store.update("a", "1", change, now), record, label);
      expectSame(await store.load("a", now), record, "load()");
    }
  },
  "update() whose expectation holds is applied": async (trial) => {
    const { store, now } = trial;
    await put(trial, "a", { values: new Map([["k", "1"], ["null", "null"], ["empty", ""]]) });
    const holding: [string, string | null][] = [
      ["k", "1"],
      ["none", null],
      ["null", "null"],
      ["empty", ""],
    ];
    for (const [index, expected] of holding.entries()) {
      const change = setting(`seen ${index}`, "1", { expect: expected });
      const label = `update() that expects ${JSON.stringify(expected)}`;
      expectSame(await store.update("a", "1", change, now), true, label);
    }
    const gone = { delete: ["k"], expect: ["k", "1"] } as const;
    expectSame(await store.update("a", "1", gone, now), true, "update() that removes the key");
    expectSame((await keptValues(trial, "a")).has("k"), false, "whether the key is there");
  },
  "update() by expectation counts to 100, whoever else counts": async (trial) => {
    await put(trial, "a");
    await together(100, () => increment(trial, "a", "n"));
    expectSame((await keptValues(trial, "a")).get("n"), "100", "the number");
  },
  "update() of two rotations at once lets one of them in": async (trial) => {
    const { store, now } = trial;
    await put(trial, "a", { head: "0" });
    for (let round = 0; round < 50; round++) {
      const heads = [`${round + 1} one`, `${round + 1} other`];
      const before = (await store.load("a", now))?.head ?? "";
      const answers = await Promise.all(
        heads.map((head) => store.update("a", before, { head }, now)),
      );
      const won = answers.indexOf(true);
      expectSame(answers.filter((one) => one === true).length, 1, `round ${round}: rotations`);
      const lost = answers[1 - won];
      expectSame(lost === true ? true : lost?.head, heads[won], `round ${round}: what is told`);
      expectSame((await store.load("a", now))?.head, heads[won], `round ${round}: the head`);
    }
  },
  "update() copies what it was given, and gives a copy away": async (trial) => {
    const { store, now } = trial;
    await put(trial, "a");
    const set = new Map([["k", "1"]]);
    await store.update("a", "1", { set }, now);
    set.set("k", "2");
    const refused = await store.update("a", "0", {}, now);
    expect(refused !== true && refused !== null, "update() by another head was not refused");
    expectSame(refused.values.get("k"), "1", "the key");
    refused.values.set("k", "3");
    refused.head = "3";
    const wanted = recordAt(now, { values: new Map([["k", "1"]]) });
    expectSame(await store.load("a", now), wanted, "load()");
  },
  "update() of one session leaves the others alone": async (trial) => {
    const { store, now } = trial;
    const others = ["b", "c"].map((id) => put(trial, id, { head: id, account: "ada" }));
    const records = await Promise.all(others);
    await put(trial, "a", { account: "ada" });
    await store.update("a", "1", { ...setting("k", "1"), head: "2", account: "bob" }, now);
    for (const [index, id] of ["b", "c"].entries()) {
      expectSame(await store.load(id, now), records[index], `session "${id}"`);
    }
  },
};
