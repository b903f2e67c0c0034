/**
 * Checks of `delete()`: gone is final.
 *
 * @module
 */

import { expectSame } from "./expectation.ts";
import { type Checks, put, setting, together } from "./trial.ts";

/** What ended does not come back. */
export const ENDING: Checks = {
  "delete() ends a session for load(), update() and list()": async (trial) => {
    const { store, now } = trial;
    await put(trial, "a", { account: "ada" });
    await store.delete("a");
    expectSame(await store.load("a", now), null, "load()");
    expectSame(await store.update("a", "1", setting("k", "1"), now), null, "update()");
    expectSame(await store.load("a", now), null, "load() behind update()");
    expectSame(await store.list("ada", now), [], "list()");
  },
  "delete() of what is gone is no fault, with or without an account": async (trial) => {
    const { store, now } = trial;
    const accounts = [undefined, null, "ada", "somebody else"];
    for (const [index, account] of accounts.entries()) {
      const id = `a${index}`;
      await put(trial, id, { account: "ada" });
      for (let again = 0; again < 3; again++) await store.delete(id, account);
      expectSame(await store.load(id, now), null, `load() behind delete() by "${account}"`);
      await store.delete("never there", account);
    }
    expectSame(await store.list("ada", now), [], "list()");
  },
  "delete() ends one session and no other": async (trial) => {
    const { store, now } = trial;
    const kept = await put(trial, "b", { account: "ada" });
    await put(trial, "a", { account: "ada" });
    await store.delete("a", "ada");
    expectSame(await store.load("b", now), kept, "the other session");
    expectSame((await store.list("ada", now)).map(({ id }) => id), ["b"], "list()");
  },
  "update() never creates a session": async ({ store, now }) => {
    const whole = {
      ...setting("k", "1"),
      head: "2",
      account: "ada",
      renewed: now,
      expires: now + 1000,
      operation: "op",
    };
    expectSame(await store.update("a", "1", whole, now), null, "update()");
    expectSame(await store.update("a", "", whole, now), null, "update() by an empty head");
    expectSame(await store.load("a", now), null, "load()");
    expectSame(await store.list("ada", now), [], "list()");
  },
  "delete() wins over every update that is under way, in 100 races": async (trial) => {
    const { store, now } = trial;
    for (let round = 0; round < 100; round++) {
      const id = `race-${round}`;
      await put(trial, id, { account: "ada" });
      const save = (index: number) =>
        store.update(id, "1", setting(`k${index}`, "1", { operation: `op-${index}` }), now);
      // The sign-out comes first, in the middle, or last.
      await together<unknown>(
        4,
        (index) => index === round % 4 ? store.delete(id, "ada") : save(index),
      );
      expectSame(await store.load(id, now), null, `round ${round}: load()`);
      expectSame(await save(9), null, `round ${round}: update()`);
    }
    expectSame(await store.list("ada", now), [], "list()");
  },
  "delete() wins over a sign-in that is under way": async (trial) => {
    const { store, now } = trial;
    for (let round = 0; round < 20; round++) {
      const id = `race-${round}`;
      await put(trial, id);
      const signIn = () => store.update(id, "1", { head: "2", account: "ada" }, now);
      const signOut = () => store.delete(id);
      await Promise.all(round % 2 === 0 ? [signIn(), signOut()] : [signOut(), signIn()]);
      expectSame(await store.load(id, now), null, `round ${round}: load()`);
    }
    expectSame(await store.list("ada", now), [], "list()");
  },
};
