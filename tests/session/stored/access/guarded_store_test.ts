/**
 * Stores of any kind behind the guard.
 *
 * @module
 */

import { assertEquals, assertRejects, assertThrows } from "jsr:@std/assert@^1.0.0";
import {
  ConfigurationError,
  SessionOutcomeUnknownError,
  SessionStoreError,
  signedCookieSessionFactory,
  storedSessionFactory,
} from "@pyramidion/pyramidion";
import { guardedStore, type SessionStore } from "@pyramidion/pyramidion/stores";
import { memoryRevocations, memoryStore } from "@pyramidion/pyramidion/stores/memory";
import { storeSuite } from "@pyramidion/pyramidion/testing";
import { FactoryApp } from "../../factory_app.ts";
import { SECRET } from "../../session_app.ts";
import { countedStore } from "../counted_store.ts";

for (const { name, run } of storeSuite((clock) => guardedStore(memoryStore({ clock })))) {
  Deno.test(`guardedStore(): ${name}`, run);
}

const down = () => {
  throw new Error("down");
};
const RECORD = { head: "1", renewed: 1, expires: 9, account: "ada", values: new Map() };

Deno.test("guardedStore() repeats what does no harm, and nothing else", async () => {
  const { store, calls, trouble } = countedStore(memoryStore());
  const guarded = guardedStore(store, { maxFailures: 99 });
  trouble.before = down;
  const asked: Record<string, [() => Promise<unknown>, string[]]> = {
    load: [() => guarded.load("x", 1), ["load", "load"]],
    list: [() => guarded.list("ada", 1), ["list", "list"]],
    create: [() => guarded.create("x", RECORD, 1), ["create"]],
    "update without a name": [() => guarded.update("x", "1", {}, 1), ["update"]],
    "update with a name": [
      () => guarded.update("x", "1", { operation: "o" }, 1),
      ["update", "update"],
    ],
    delete: [() => guarded.delete("x"), ["delete", "delete"]],
    deleteAll: [() => guarded.deleteAll("ada", [], 1), ["deleteAll", "deleteAll"]],
  };
  for (const [name, [call, wanted]] of Object.entries(asked)) {
    calls.length = 0;
    await assertRejects(call, Error, "down");
    assertEquals(calls, wanted, name);
  }
  let bumps = 0, adds = 0;
  const revocations = guardedStore({
    ...memoryRevocations(),
    bump: () => (bumps++, down()),
    add: () => (adds++, down()),
  });
  await assertRejects(async () => await revocations.bump("ada"), Error, "down");
  await assertRejects(async () => await revocations.add("x", 9), Error, "down");
  assertEquals([bumps, adds], [1, 2]);
});

Deno.test("guardedStore() gives up a call that is late: a read is a 503, a write is in doubt", async () => {
  const never = () => new Promise<never>(() => {});
  const store = guardedStore(
    { ...memoryStore(), load: never, update: never, delete: never, has: never, add: never },
    { loadTimeout: 1, saveTimeout: 1 },
  );
  await assertRejects(() => store.load("x", 1), SessionStoreError);
  await assertRejects(() => store.update("x", "1", {}, 1), SessionOutcomeUnknownError);
  await assertRejects(() => store.delete("x"), SessionOutcomeUnknownError);
  await assertRejects(async () => await store.has("x"), SessionStoreError);
  await assertRejects(async () => await store.add("x", 9), SessionOutcomeUnknownError);
  assertEquals([store.health().late, store.health().isPaused], [5, true]);
  await assertRejects(() => store.list("ada", 1), SessionStoreError);
  assertEquals(store.health().refused, 1);
});

Deno.test("guardedStore() has the members of its store, and no others", () => {
  const revocations = guardedStore(memoryRevocations());
  assertEquals(Object.keys(revocations).toSorted(), ["add", "bump", "epoch", "has", "health"]);
  const { store } = countedStore(memoryStore());
  const sessions = guardedStore(store);
  assertEquals(["has", "sweep", "useLogger"].filter((name) => name in sessions), []);
  assertEquals("sweep" in guardedStore(memoryStore()), true);
});

Deno.test("guardedStore() closes its store", async () => {
  const store = memoryStore();
  {
    await using guarded = guardedStore(store);
    assertEquals(await guarded.load("x", 1), null);
  }
  await assertRejects(() => store.load("x", 1), Error, "it was closed");
});

Deno.test("guardedStore() closes a store of revocations alone", async () => {
  let closed = 0;
  const store = {
    ...memoryRevocations(),
    [Symbol.asyncDispose]: () => Promise.resolve(void closed++),
  };
  await guardedStore(store)[Symbol.asyncDispose]();
  assertEquals(closed, 1);
});

Deno.test("guardedStore() asks a store without ready() for a session that does not exist", async () => {
  const { store, calls, trouble } = countedStore(memoryStore());
  const guarded = guardedStore(store);
  await guarded.ready?.(1);
  assertEquals(calls, ["load"]);
  trouble.before = down;
  await assertRejects(async () => await guarded.ready?.(1), Error, "down");
});

Deno.test("guardedStore() refuses what is no store, a store that is guarded, and wrong limits", () => {
  const store = guardedStore(memoryStore());
  assertThrows(() => guardedStore(store), ConfigurationError, "it is guarded already");
  const none: unknown = {};
  assertThrows(
    () => guardedStore(none as SessionStore),
    ConfigurationError,
    "the store of guardedStore()",
  );
  for (const maxPending of [0, 1.5, -1, NaN, 2 ** 31]) {
    assertThrows(
      () => guardedStore(memoryStore(), { maxPending }),
      ConfigurationError,
      '"maxPending" of guardedStore()',
    );
  }
});

Deno.test("storedSessionFactory() uses the guard of a guarded store, and adds none", async () => {
  const { store, calls, trouble } = countedStore(memoryStore());
  const guarded = guardedStore(store, { maxFailures: 3, minPause: 1_000 });
  const app = new FactoryApp<Record<string, unknown>>(
    (around) => storedSessionFactory(guarded, SECRET, around),
  );
  const visitor = app.visitor();
  await app.visit(visitor, (session) => session.set("a", 1));
  assertEquals(guarded.health().calls, 1);
  trouble.before = down;
  calls.length = 0;
  for (let at = 0; at < 4; at++) {
    const { response } = await app.visit(visitor, (session) => session.get("a"));
    assertEquals(response.status, 503);
  }
  assertEquals(calls.length, 3);
  assertEquals([guarded.health().failed, guarded.health().isPaused], [3, true]);
  assertThrows(
    () => storedSessionFactory(guarded, SECRET, { loadTimeout: 100 }),
    ConfigurationError,
    'Cannot use option "loadTimeout" of storedSessionFactory(): the store is guarded',
  );
});

Deno.test("guarded revocations serve cookie sessions: one that is left alone is a 503 at once", async () => {
  let asked = 0;
  const failing = { ...memoryRevocations(), has: () => (asked++, down()) };
  const revocations = guardedStore(failing, { maxFailures: 2 });
  const app = new FactoryApp<Record<string, unknown>>(
    (around) => signedCookieSessionFactory(SECRET, { ...around, revocations }),
  );
  const visitor = app.visitor();
  await app.visit(visitor, (session) => session.set("a", 1));
  for (let at = 0; at < 3; at++) {
    const { response } = await app.visit(visitor, (session) => session.get("a"));
    assertEquals(response.status, 503);
  }
  assertEquals([asked, revocations.health().refused > 0], [2, true]);
});
