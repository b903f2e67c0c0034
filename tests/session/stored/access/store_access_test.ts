/**
 * Calls of the store: in time, checked, tried once more.
 *
 * @module
 */

import { assertEquals, assertRejects } from "jsr:@std/assert@^1.0.0";
import {
  SessionOutcomeUnknownError,
  SessionStoreError,
  SessionTooLargeError,
} from "@pyramidion/pyramidion";
import {
  BrokenRecordError,
  ChangeRefusedError,
  RecordTooLargeError,
  type SessionStore,
  type StoredRecord,
} from "@pyramidion/pyramidion/stores";
import { memoryStore } from "@pyramidion/pyramidion/stores/memory";
import { StoreAccess } from "../../../../lib/session/stored/access/store_access.ts";
import { STORE_LIMITS } from "../../../../lib/session/store_limits.ts";
import { StoreGuard } from "../../../../lib/session/stored/access/store_guard.ts";
import { headText } from "../../../../lib/session/stored/stored_head.ts";
import { countedStore } from "../counted_store.ts";

const HEAD = headText({
  created: 1,
  rememberFor: undefined,
  stamp: undefined,
  hash: "a".repeat(43),
  previous: [],
});
const down = () => {
  throw new Error("down");
};
const never = () => new Promise<void>(() => {});

function record(): StoredRecord {
  return { head: HEAD, renewed: 1, expires: 9, account: null, values: new Map([["n", "0"]]) };
}

/** A memory with the session "x", on a clock and timers that are set. */
async function begun() {
  const { store, calls, trouble } = countedStore(memoryStore());
  const clock = { now: 5 };
  const timers = new Set<{ then: () => void; limit: number }>();
  const limits: number[] = [];
  const guard = new StoreGuard(STORE_LIMITS, () => clock.now, (then, limit) => {
    const timer = { then, limit };
    limits.push(limit);
    timers.add(timer);
    return () => timers.delete(timer);
  });
  const access = new StoreAccess(store, guard, 1_024);
  await access.create("x", record(), 5);
  calls.length = 0;
  return { access, guard, calls, trouble, clock, timers, limits };
}

/** Lets promises go on that wait for no timer and no event. */
async function promises() {
  for (let turn = 0; turn < 50; turn++) await null;
}

Deno.test("StoreAccess tries a call once more, and no more often", async (t) => {
  const tries: Record<string, (access: StoreAccess) => Promise<unknown>> = {
    load: (access) => access.load("x", 5),
    create: (access) => access.create("y", record(), 5),
    update: (access) => access.update("x", HEAD, { operation: "o" }, 5),
    delete: (access) => access.delete("x", null),
    list: (access) => access.list("ada", 5),
    deleteAll: (access) => access.deleteAll("ada", [], 5),
  };
  for (const [name, call] of Object.entries(tries)) {
    await t.step(name, async () => {
      const { access, calls, trouble, timers } = await begun();
      let failures = 1;
      trouble.before = () => failures-- > 0 ? down() : undefined;
      await call(access);
      assertEquals(calls, [name, name]);
      trouble.before = down;
      const unknown = ["update", "delete", "deleteAll"].includes(name);
      const ErrorClass = unknown ? SessionOutcomeUnknownError : SessionStoreError;
      const error = await assertRejects(() => call(access), ErrorClass);
      assertEquals(calls.length, 4);
      assertEquals([error.status, error.headers.get("retry-after")], [503, "1"]);
      assertEquals(error.headers.get("cache-control"), "no-store");
      assertEquals(timers.size, 0);
    });
  }
});

Deno.test("StoreAccess gives up a call that is late, and does not repeat it", async () => {
  const { access, calls, trouble, timers } = await begun();
  trouble.before = never;
  const late = async (
    call: Promise<unknown>,
    limit: number,
    ErrorClass: typeof SessionStoreError,
  ) => {
    const rejected = assertRejects(() => call, ErrorClass);
    await promises();
    assertEquals([...timers].map((timer) => timer.limit), [limit]);
    for (const { then } of timers) then();
    timers.clear();
    await rejected;
  };
  await late(access.load("x", 5), 500, SessionStoreError);
  await late(access.update("x", HEAD, {}, 5), 1_000, SessionOutcomeUnknownError);
  await late(access.delete("x", null), 1_000, SessionOutcomeUnknownError);
  await late(access.deleteAll("ada", [], 5), 1_000, SessionOutcomeUnknownError);
  assertEquals(calls, ["load", "update", "delete", "deleteAll"]);
});

Deno.test("StoreAccess.deleteAll() of a store that is left alone has certainly ended nothing", async () => {
  const { access, calls, trouble } = await begun();
  trouble.before = down;
  for (let at = 0; at < 3; at++) await assertRejects(() => access.load("x", 5));
  calls.length = 0;
  await assertRejects(() => access.deleteAll("ada", [], 5), SessionStoreError);
  assertEquals(calls, []);
});

Deno.test("StoreAccess.update() whose reply was lost is in doubt, also where a pause begins then", async () => {
  const { access, calls, trouble } = await begun();
  trouble.before = down;
  for (let at = 0; at < 2; at++) await assertRejects(() => access.load("x", 5));
  trouble.before = undefined;
  trouble.after = down;
  calls.length = 0;
  const change = { set: new Map([["n", "1"]]), operation: "o" };
  const error = await assertRejects(
    () => access.update("x", HEAD, change, 5),
    SessionOutcomeUnknownError,
  );
  assertEquals([calls, Object(error.cause).message], [["update"], "down"]);
});

Deno.test("StoreAccess sets no timer for a store that answers within the process", async () => {
  const { access, trouble, limits, timers } = await begun();
  await access.load("x", 5);
  await access.update("x", HEAD, { set: new Map([["n", "1"]]) }, 5);
  assertEquals(limits, []);
  trouble.before = () => new Promise<void>((resolve) => setTimeout(resolve, 0));
  await access.load("x", 5);
  await access.delete("x", null);
  assertEquals(limits, [500, 1_000]);
  assertEquals(timers.size, 0);
});

Deno.test("StoreAccess leaves a store alone that failed five times, and asks again with one call", async () => {
  const { access, calls, trouble, clock } = await begun();
  const load = () => access.load("x", 5);
  trouble.before = down;
  for (let at = 0; at < 3; at++) await assertRejects(load, SessionStoreError);
  assertEquals(calls.length, 5);
  const pauses: number[] = [];
  for (let at = 0; at < 6; at++) {
    const before = clock.now;
    while (calls.length === 5 + at) {
      await assertRejects(load, SessionStoreError);
      if (calls.length === 5 + at) clock.now += 100;
    }
    pauses.push(clock.now - before);
  }
  assertEquals(pauses, [500, 1_000, 2_000, 4_000, 5_000, 5_000]);
  trouble.before = undefined;
  clock.now += 5_000;
  const [one, two] = await Promise.allSettled([load(), load()]);
  assertEquals([one.status, two.status], ["fulfilled", "rejected"]);
  assertEquals((await load())?.values.get("n"), "0");
});

Deno.test("StoreAccess asks a store again whose clock was put back", async () => {
  const { access, trouble, clock } = await begun();
  trouble.before = down;
  for (let at = 0; at < 3; at++) await assertRejects(() => access.load("x", 5));
  trouble.before = undefined;
  clock.now = 4;
  assertEquals((await access.load("x", 5))?.head, HEAD);
});

Deno.test("StoreAccess does not take one bad record for a store that is down", async () => {
  const { access, calls, trouble } = await begun();
  trouble.before = () => {
    throw new BrokenRecordError("x", "it is broken");
  };
  for (let at = 0; at < 20; at++) await assertRejects(() => access.load("x", 5), SessionStoreError);
  assertEquals(calls.length, 20);
  trouble.before = () => {
    throw new RecordTooLargeError("x", 7);
  };
  const error = await assertRejects(
    () => access.update("x", HEAD, {}, 5),
    SessionTooLargeError,
    "at most 7 bytes",
  );
  assertEquals([error.status, error.limit], [413, 7]);
});

Deno.test("StoreAccess goes on to read and to end where a store refuses changes, and repeats none", async () => {
  const { access, calls, trouble } = await begun();
  trouble.before = (call) => {
    if (call !== "update" && call !== "create") return;
    throw new ChangeRefusedError(new Error("the memory is full"));
  };
  for (let at = 0; at < 20; at++) {
    // Nothing was changed, which is known.
    await assertRejects(() => access.update("x", HEAD, {}, 5), SessionStoreError);
    await assertRejects(() => access.create("y", record(), 5), SessionStoreError);
  }
  assertEquals(calls.length, 40);
  assertEquals((await access.load("x", 5))?.head, HEAD);
  await access.delete("x", null);
  assertEquals(await access.load("x", 5), null);
});

Deno.test("StoreAccess lets a thousand calls wait, and no more", async () => {
  const { access, calls, trouble, timers } = await begun();
  trouble.before = never;
  const waiting = Array.from({ length: 1_000 }, () => access.load("x", 5));
  await assertRejects(() => access.load("x", 5), SessionStoreError);
  assertEquals(calls.length, 1_000);
  await promises();
  for (const { then } of timers) then();
  await Promise.allSettled(waiting);
  trouble.before = undefined;
});

Deno.test("StoreAccess refuses what is no answer of a store", async (t) => {
  const good = { ...record() };
  const answers: Record<string, unknown> = {
    "undefined": undefined,
    "text": "record",
    "no head": { ...good, head: 1 },
    "a head of a later version": { ...good, head: "[2]" },
    "a time that is no integer": { ...good, renewed: 1.5 },
    "an end that is text": { ...good, expires: "9" },
    "an account that is empty": { ...good, account: "" },
    "an account that is a number": { ...good, account: 7 },
    "values that are an object": { ...good, values: {} },
    "a value that is a number": { ...good, values: new Map([["n", 1]]) },
    "a head that throws": {
      ...good,
      get head() {
        return down();
      },
    },
    "values that throw": {
      ...good,
      values: new class extends Map<string, string> {
        override [Symbol.iterator]() {
          return down();
        }
      }(),
    },
  };
  for (const [name, answer] of Object.entries(answers)) {
    await t.step(name, async () => {
      const { access, trouble } = await begun();
      trouble.answer = () => answer;
      await assertRejects(() => access.load("x", 5), SessionStoreError);
      await assertRejects(() => access.update("x", HEAD, {}, 5), SessionStoreError);
    });
  }
  const { access, trouble } = await begun();
  trouble.answer = () => 1;
  await assertRejects(() => access.create("y", record(), 5), SessionStoreError);
  await assertRejects(() => access.list("ada", 5), SessionStoreError);
  trouble.answer = () => [new Proxy({}, { get: down })];
  await assertRejects(() => access.list("ada", 5), SessionStoreError);
  trouble.answer = () => "1";
  await assertRejects(() => access.deleteAll("ada", [], 5), SessionStoreError);
  trouble.answer = () => 1.5;
  await assertRejects(() => access.deleteAll("ada", [], 5), SessionStoreError);
  trouble.answer = undefined;
  assertEquals((await access.load("x", 5))?.read.created, 1);
});

Deno.test("StoreAccess.update() is in doubt where the value changed behind a lost reply", async () => {
  const { access, trouble } = await begun();
  const change = { set: new Map([["n", "1"]]), expect: ["n", "0"] as const, operation: "one" };
  let lost = 1;
  trouble.after = () => lost-- > 0 ? down() : undefined;
  assertEquals(await access.update("x", HEAD, change, 5), true);
  // Nine later ones: the first is no longer remembered.
  lost = 1;
  const inner: SessionStore["update"] = (id, head, change, now) =>
    access.update(id, head, change, now);
  const again = { ...change, expect: ["n", "1"] as const, set: new Map([["n", "2"]]) };
  trouble.after = async () => {
    trouble.after = undefined;
    for (let at = 0; at < 9; at++) {
      await inner("x", HEAD, { set: new Map([["n", `later ${at}`]]), operation: `later${at}` }, 5);
    }
    down();
  };
  await assertRejects(
    () => access.update("x", HEAD, { ...again, operation: "two" }, 5),
    SessionOutcomeUnknownError,
  );
});
