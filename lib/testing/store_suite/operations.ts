/**
 * Checks of what is tried again, or arrives twice.
 *
 * @module
 */

import { expect, expectSame } from "./expectation.ts";
import { type Checks, increment, keptValues, put, setting, together } from "./trial.ts";

/** A retry is harmless. */
export const OPERATIONS: Checks = {
  "update() by an operation that was applied gives true, and changes nothing": async (trial) => {
    const { store, now } = trial;
    await put(trial, "a", { values: new Map([["n", "1"]]) });
    const change = setting("n", "2", { expect: ["n", "1"], head: "2", operation: "op-1" });
    expectSame(await store.update("a", "1", change, now), true, "update()");
    await store.update("a", "2", setting("n", "7", { head: "3" }), now);
    expectSame(await store.update("a", "1", change, now), true, "update() again");
    const record = await store.load("a", now);
    expectSame([record?.head, record?.values.get("n")], ["3", "7"], "head and key");
  },
  "update() remembers the last eight operations": async (trial) => {
    const { store, now } = trial;
    await put(trial, "a");
    for (let index = 0; index < 20; index++) {
      const change = setting(`k${index}`, "1", { operation: `operation_${index}` });
      expectSame(await store.update("a", "1", change, now), true, `operation ${index}`);
      // What has no name takes no place.
      await store.update("a", "1", setting("other", `${index}`), now);
    }
    for (let index = 12; index < 20; index++) {
      const again = setting("again", "1", {
        operation: `operation_${index}`,
        expect: ["k0", null],
      });
      expectSame(await store.update("a", "1", again, now), true, `operation ${index}, again`);
    }
    expectSame((await keptValues(trial, "a")).has("again"), false, "whether one was applied again");
  },
  "update() that was refused is not remembered": async (trial) => {
    const { store, now } = trial;
    await put(trial, "a");
    const operation = "op";
    expect(
      await store.update("a", "0", setting("k", "1", { operation }), now) !== true,
      "update() by another head gave true",
    );
    expect(
      await store.update("a", "1", setting("k", "1", { operation, expect: ["k", "0"] }), now) !==
        true,
      "update() whose expectation failed gave true",
    );
    const change = setting("k", "1", { operation });
    expectSame(await store.update("a", "1", change, now), true, "update()");
    expectSame((await keptValues(trial, "a")).get("k"), "1", "the key");
  },
  "update() tells operations apart, and those of two sessions": async (trial) => {
    const { store, now } = trial;
    await put(trial, "a");
    await put(trial, "b");
    const names = ["op", "Op", "op-", "o", "p", "op_1", "1", "x".repeat(64)];
    for (const id of ["a", "b"]) {
      for (const operation of names) {
        await store.update(id, "1", setting(operation, "1", { operation }), now);
      }
      expectSame((await keptValues(trial, id)).size, names.length, `what was applied to "${id}"`);
    }
  },
  "update() by a known operation of a session that is gone gives null": async (trial) => {
    const { store, now } = trial;
    await put(trial, "a", { expires: now + 5 });
    const change = setting("k", "1", { operation: "op" });
    await store.update("a", "1", change, now);
    expectSame(await store.update("a", "1", change, now + 6), null, "update() once it expired");
    await store.delete("a");
    expectSame(await store.update("a", "1", change, now), null, "update() once it was deleted");
    expectSame(await store.load("a", now), null, "load()");
  },
  "update() that arrives twice counts once, whoever else counts": async (trial) => {
    await put(trial, "a");
    const twice = {
      ...trial,
      store: {
        ...methodsOf(trial.store),
        async update(...given: Parameters<typeof trial.store.update>) {
          await trial.store.update(...given);
          // The reply to that was lost.
          return await trial.store.update(...given);
        },
      },
    };
    // Four at once: fewer than the operations that are remembered.
    for (let round = 0; round < 10; round++) {
      await together(4, (index) => increment(twice, "a", "n", `op-${round}-${index}`));
    }
    expectSame((await keptValues(trial, "a")).get("n"), "40", "the number");
  },
};

/** The methods that a counter needs, bound, since a store may be an object of a class. */
function methodsOf(store: Parameters<Checks[string]>[0]["store"]) {
  return {
    load: store.load.bind(store),
    create: store.create.bind(store),
    delete: store.delete.bind(store),
    list: store.list.bind(store),
    deleteAll: store.deleteAll.bind(store),
  };
}
