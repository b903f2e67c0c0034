/**
 * Checks of `create()` and `load()`.
 *
 * @module
 */

import { expect, expectSame } from "./expectation.ts";
import { type Checks, keptValues, put, recordAt, setting, together } from "./trial.ts";

/** A session is kept once, and as it was given. */
export const CREATING: Checks = {
  "load() gives null for an id that was never created": async ({ store, now }) => {
    expectSame(await store.load("nothing", now), null, "load()");
  },
  "load() gives back what create() took": async (trial) => {
    const values = new Map([["cart", "[1,2]"], ["name", '"Ada"']]);
    const record = await put(trial, "a", { head: "h1", account: "ada", values });
    expectSame(await trial.store.load("a", trial.now), record, "load()");
    const guest = await put(trial, "b", { head: "h2" });
    expectSame(await trial.store.load("b", trial.now), guest, "load() of a guest's session");
    expectSame(await trial.store.load("a", trial.now), record, "load() behind another create()");
  },
  "create() refuses an id that is taken, and leaves what is there": async (trial) => {
    const first = await put(trial, "a", { account: "ada", values: new Map([["k", "1"]]) });
    const other = recordAt(trial.now, { head: "2", values: new Map([["k", "2"]]) });
    expectSame(await trial.store.create("a", other, trial.now), false, "create()");
    expectSame(await trial.store.load("a", trial.now), first, "load()");
  },
  "create() again by its own head gives true, and changes nothing": async (trial) => {
    const { store, now } = trial;
    const first = await put(trial, "a", { values: new Map([["k", "1"]]) });
    await store.update("a", "1", setting("k", "2"), now);
    expectSame(await store.create("a", first, now), true, "create()");
    expectSame((await keptValues(trial, "a")).get("k"), "2", "the key that was changed in between");
  },
  "create() of many at once for one id lets one of them in": async (trial) => {
    const { store, now } = trial;
    const won = await together(
      20,
      (index) => store.create("a", recordAt(now, { head: `h${index}` }), now),
    );
    expectSame(won.filter((one) => one === true).length, 1, "how many were let in");
    const record = await store.load("a", now);
    expectSame(record?.head, `h${won.indexOf(true)}`, "the head that is kept");
  },
  "create() takes an id whose session expired, and keeps nothing of it": async (trial) => {
    const { store, now } = trial;
    for (const head of ["1", "2"]) {
      const id = `a${head}`;
      const old = { account: `ada${head}`, values: new Map([["old", "1"]]), expires: now + 5 };
      await put(trial, id, old);
      await store.update(id, "1", setting("k", "1", { operation: "before" }), now);
      const later = now + 6;
      const record = recordAt(later, { head, account: "bob", values: new Map([["new", "1"]]) });
      expectSame(await store.create(id, record, later), true, `create() by head ${head}`);
      expectSame(await store.load(id, later), record, "load()");
      expectSame(await store.list(old.account, later), [], "the list of the account before");
      const change = setting("k", "2", { operation: "before" });
      expectSame(await store.update(id, head, change, later), true, "update()");
      const values = (await store.load(id, later))?.values;
      expectSame(values?.get("k"), "2", "a key that an operation of the session before had set");
    }
  },
  "create() copies what it was given, and load() gives a copy away": async (trial) => {
    const values = new Map([["k", "1"]]);
    const record = await put(trial, "a", { values });
    values.set("k", "2").set("other", "2");
    record.head = "2";
    const loaded = await trial.store.load("a", trial.now);
    expectSame([loaded?.head, loaded?.values], ["1", new Map([["k", "1"]])], "load()");
    expect(loaded !== null, "the session is gone");
    loaded.values.clear();
    loaded.head = "3";
    const again = await trial.store.load("a", trial.now);
    expectSame([again?.head, again?.values], ["1", new Map([["k", "1"]])], "load() again");
  },
  "ids are told apart letter by letter": async (trial) => {
    const ids = ["a", "A", "a-", "a_", "-", "_", "0", "00", "ab", "x".repeat(64)];
    for (const id of ids) await put(trial, id, { head: `head of ${id}` });
    await trial.store.delete("ab");
    for (const id of ids) {
      const head = (await trial.store.load(id, trial.now))?.head;
      expectSame(head, id === "ab" ? undefined : `head of ${id}`, `the head of "${id}"`);
    }
  },
};
