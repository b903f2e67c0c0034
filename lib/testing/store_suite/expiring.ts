/**
 * Checks of time: the caller's alone decides.
 *
 * @module
 */

import { EXPIRY_SLACK, type SessionStore } from "../../session/stored/session_store.ts";
import { expect, expectSame } from "./expectation.ts";
import { type Checks, put, recordAt, setting, type Trial } from "./trial.ts";

/** Short and odd lives, in milliseconds: a store that counts in seconds is wrong about some of them. */
const LIVES = [0, 1, 499, 500, 501, 999, 1000, 1001, 1499, 1500, 59_999, 60_001, 31_536_000_000];

/** A session counts up to its last millisecond. */
export const EXPIRING: Checks = {
  "load() gives a session up to its last millisecond, and not one longer": async (trial) => {
    const { store, now } = trial;
    for (const life of LIVES) {
      await put(trial, `life-${life}`, { expires: now + life });
    }
    for (const life of LIVES) {
      const id = `life-${life}`;
      expect(await store.load(id, now + life) !== null, `gone at ${life} ms, its last`);
      expectSame(await store.load(id, now + life + 1), null, `load() at ${life} + 1 ms`);
    }
  },
  "update() changes a session up to its last millisecond, and not one longer": async (trial) => {
    const { store, now } = trial;
    for (const life of LIVES) {
      const id = `life-${life}`;
      await put(trial, id, { expires: now + life });
      const late = { ...setting("late", "1"), expires: now + 2 * life + 1000 };
      const label = `of ${life} ms`;
      expectSame(await store.update(id, "1", late, now + life + 1), null, `late update() ${label}`);
      expectSame(await store.update(id, "1", {}, now + life), true, `update() ${label}`);
      const record = await store.load(id, now + life);
      expectSame(record, recordAt(now, { expires: now + life }), `load() ${label}`);
    }
  },
  "list() shows a session up to its last millisecond, and not one longer": async (trial) => {
    const { store, now } = trial;
    for (const life of LIVES) {
      await put(trial, `life-${life}`, { expires: now + life, account: `of ${life}` });
      const listed = async (at: number) => (await store.list(`of ${life}`, at)).length;
      expectSame(await listed(now + life), 1, `list() at ${life} ms`);
      expectSame(await listed(now + life + 1), 0, `list() at ${life} + 1 ms`);
    }
  },
  "update() moves the end, further away or nearer": async (trial) => {
    const { store, now } = trial;
    for (const [first, then] of [[1000, 5000], [5000, 1000], [1000, 31_536_000_000]] as const) {
      const id = `life-${first}-${then}`;
      await put(trial, id, { expires: now + first, account: id });
      await store.update(id, "1", { expires: now + then, renewed: now + 1 }, now);
      const at = async (time: number) => [
        (await store.load(id, time)) !== null,
        (await store.list(id, time)).length,
      ];
      expectSame(await at(now + then), [true, 1], `at ${then} ms instead of ${first}`);
      expectSame(await at(now + then + 1), [false, 0], `at ${then} + 1 ms instead of ${first}`);
    }
  },
  "the time that is passed decides, whatever the clock of the store says": async ({ store }) => {
    // Decades before and behind every clock of today.
    for (const now of [Date.UTC(1990, 0, 1), Date.UTC(2090, 0, 1), 1_000_000]) {
      const id = `at-${now}`;
      expect(
        await store.create(id, recordAt(now, { expires: now + 1000, account: id }), now),
        "create() did not give true",
      );
      expectSame(await store.update(id, "1", setting("k", "1"), now + 999), true, `update()`);
      expect(await store.load(id, now + 1000) !== null, `gone in ${new Date(now).getFullYear()}`);
      expectSame((await store.list(id, now + 1000)).length, 1, "list()");
      expectSame(await store.load(id, now + 1001), null, "load() one millisecond later");
      // A server whose clock is behind asks last.
      expect(await store.load(id, now + 1000) !== null, "asking late took the session away");
    }
  },
};

/** What a store with `sweep()` keeps besides. */
export const SWEEPING: Checks = {
  "sweep() removes what expired more than 60 seconds before, and nothing else": async (trial) => {
    const { store, now } = trial;
    const sweep = sweepOf(store);
    await put(trial, "short", { expires: now + 1000 });
    await put(trial, "long", { expires: now + 1001, account: "ada" });
    const end = now + 1000 + EXPIRY_SLACK;
    expectSame(await sweep(end, 1000), 0, "sweep() 60 seconds behind the end");
    expect(await store.load("short", now + 1000) !== null, "sweep() came too early");
    expectSame(await sweep(end + 1, 1000), 1, "sweep() one millisecond later");
    expectSame(await store.load("short", now), null, "load() of what was swept");
    expect(await store.load("long", now) !== null, "sweep() took a session that it must not");
    expectSame(await sweep(end + 2, 1000), 1, "sweep() another millisecond later");
    expectSame(await store.list("ada", now), [], "list() of what was swept");
    expectSame(await sweep(end + 2, 1000), 0, "sweep() again");
  },
  "sweep() removes no more than it may at once, and says how many": async (trial) => {
    const { store, now } = trial;
    const sweep = sweepOf(store);
    for (let index = 0; index < 25; index++) {
      await put(trial, `s${index}`, { expires: now + index });
    }
    await put(trial, "stays");
    const later = now + 100 + EXPIRY_SLACK;
    const removed = [];
    for (let call = 0; call < 4; call++) removed.push(await sweep(later, 10));
    expectSame(removed, [10, 10, 5, 0], "what four calls removed");
    expect(await store.load("stays", now) !== null, "sweep() took a session that counts");
  },
  "sweep() goes by the present end of a session": async (trial) => {
    const { store, now } = trial;
    await put(trial, "a", { expires: now + 1000 });
    await store.update("a", "1", { expires: now + 10 * EXPIRY_SLACK }, now);
    expectSame(await sweepOf(store)(now + 2 * EXPIRY_SLACK, 1000), 0, "sweep()");
    expect(await store.load("a", now) !== null, "sweep() took a session that was renewed");
  },
};

function sweepOf(store: Trial["store"]): NonNullable<SessionStore["sweep"]> {
  expect(
    store.sweep !== undefined,
    "the store has no sweep(): say storeSuite(open, { sweep: false }) if its database does without",
  );
  return store.sweep.bind(store);
}
