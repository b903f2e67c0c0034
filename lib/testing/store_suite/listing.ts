/**
 * Checks of `list()` and `deleteAll()`.
 *
 * @module
 */

import { expectSame } from "./expectation.ts";
import { type Checks, put, setting, together, type Trial } from "./trial.ts";

/** An account's sessions, without ghosts. */
export const LISTING: Checks = {
  "list() shows the sessions of an account as they are now": async (trial) => {
    const { store, now } = trial;
    expectSame(await store.list("ada", now), [], "the list of nobody");
    await put(trial, "a", { account: "ada", head: "h1" });
    await put(trial, "b", { account: "ada", head: "h2", expires: now + 99, renewed: now - 7 });
    await put(trial, "c", { account: "bob" });
    await put(trial, "d");
    await store.update("a", "h1", { head: "h3", renewed: now + 5, expires: now + 1234 }, now);
    const listed = (await store.list("ada", now)).sort((one, other) => one.id < other.id ? -1 : 1);
    expectSame(listed, [
      { id: "a", head: "h3", renewed: now + 5, expires: now + 1234 },
      { id: "b", head: "h2", renewed: now - 7, expires: now + 99 },
    ], "list()");
  },
  "list() follows a session that signs in, changes its account and signs out": async (trial) => {
    const { store, now } = trial;
    await put(trial, "a");
    expectSame(await lists(trial), [[], []], "the lists of a guest");
    await store.update("a", "1", { account: "ada" }, now);
    expectSame(await lists(trial), [["a"], []], "the lists behind a sign-in");
    await store.update("a", "1", { account: "bob" }, now);
    expectSame(await lists(trial), [[], ["a"]], "the lists behind another sign-in");
    await store.update("a", "1", setting("k", "1"), now);
    expectSame(await lists(trial), [[], ["a"]], "the lists behind an update of a key");
    await store.update("a", "1", { account: null }, now);
    expectSame(await lists(trial), [[], []], "the lists behind a sign-out");
    await store.update("a", "1", { account: "ada" }, now);
    await store.delete("a");
    expectSame(await lists(trial), [[], []], "the lists behind delete()");
  },
  "list() removes nothing, whatever time it is given": async (trial) => {
    const { store, now } = trial;
    await put(trial, "a", { account: "ada", expires: now + 10 });
    expectSame(await store.list("ada", now + 1e9), [], "list() much later");
    await store.update("a", "1", { expires: now + 1000 }, now);
    expectSame(await lists(trial), [["a"], []], "list() behind a renewal");
  },
  "list() shows all of 120 sessions, and deleteAll() ends them": async (trial) => {
    const { store, now } = trial;
    await together(120, (index) => put(trial, `s${index}`, { account: "ada" }));
    await put(trial, "other", { account: "bob" });
    expectSame(new Set((await lists(trial))[0]).size, 120, "list()");
    expectSame(await store.deleteAll("ada", [], now), 120, "deleteAll()");
    expectSame(await lists(trial), [[], ["other"]], "the lists");
  },
  "deleteAll() spares what it is told to, and tells how many it ended": async (trial) => {
    const { store, now } = trial;
    for (const id of ["a", "b", "c", "d"]) await put(trial, id, { account: "ada" });
    await put(trial, "e", { account: "bob" });
    expectSame(await store.deleteAll("ada", ["b", "e", "nothing"], now), 3, "deleteAll()");
    expectSame(await lists(trial), [["b"], ["e"]], "the lists");
    for (const id of ["a", "c", "d"]) {
      expectSame(await store.load(id, now), null, `load() of "${id}"`);
      expectSame(await store.update(id, "1", setting("k", "1"), now), null, `update() of "${id}"`);
    }
    expectSame(await store.deleteAll("ada", ["b"], now), 0, "deleteAll() again");
    expectSame(await store.deleteAll("ada", [], now), 1, "deleteAll() that spares none");
    expectSame(await store.deleteAll("nobody", [], now), 0, "deleteAll() of nobody");
  },
  "deleteAll() ends what expired as well, and does not count it": async (trial) => {
    const { store, now } = trial;
    await put(trial, "a", { account: "ada", expires: now + 10 });
    await put(trial, "b", { account: "ada", expires: now + 11 });
    expectSame(await store.deleteAll("ada", [], now + 11), 1, "deleteAll()");
    expectSame(await store.load("a", now), null, "load() by an earlier time");
  },
  "deleteAll() leaves a session that is of another account now": async (trial) => {
    const { store, now } = trial;
    await put(trial, "a", { account: "ada" });
    await store.update("a", "1", { account: "bob" }, now);
    expectSame(await store.deleteAll("ada", [], now), 0, "deleteAll()");
    expectSame(await lists(trial), [[], ["a"]], "the lists");
  },
  "deleteAll() wins over every update that is under way": async (trial) => {
    const { store, now } = trial;
    for (let round = 0; round < 20; round++) {
      const ids = [`${round}-a`, `${round}-b`];
      for (const id of ids) await put(trial, id, { account: "ada" });
      await Promise.all([
        ...ids.map((id) => store.update(id, "1", setting("k", "1"), now)),
        store.deleteAll("ada", [], now),
        ...ids.map((id) => store.update(id, "1", setting("l", "1", { expires: now + 5e6 }), now)),
      ]);
      for (const id of ids) expectSame(await store.load(id, now), null, `load() of "${id}"`);
    }
    expectSame(await lists(trial), [[], []], "the lists");
  },
};

async function lists({ store, now }: Trial): Promise<string[][]> {
  const ids = async (account: string) =>
    (await store.list(account, now)).map(({ id }) => id).sort();
  return [await ids("ada"), await ids("bob")];
}
