/**
 * What is given to `memoryStore()`, and what it does beside sessions.
 *
 * @module
 */

import { assertEquals, assertRejects, assertThrows } from "jsr:@std/assert@^1.0.0";
import { ConfigurationError } from "@pyramidion/pyramidion";
import type { StoredRecord } from "@pyramidion/pyramidion/stores";
import { memoryStore } from "@pyramidion/pyramidion/stores/memory";

const NOW = 1_700_000_000_000;

function record(parts: Partial<StoredRecord> = {}): StoredRecord {
  const times = { renewed: NOW, expires: NOW + 1000 };
  return { head: "1", ...times, account: null, values: new Map(), ...parts };
}

Deno.test("memoryStore() refuses bounds that are no integers, or too small", () => {
  const options = { maxEntries: 2, maxBytes: 2, maxRevocations: 1 };
  for (const [name, least] of Object.entries(options)) {
    for (const count of [least - 1, -1, 2.5, NaN, Infinity]) {
      const error = assertThrows(() => memoryStore({ [name]: count }), ConfigurationError);
      assertEquals(
        error.message,
        `Cannot use option "${name}" of memoryStore(): must be an integer from ${least}, not the number ${count}`,
      );
    }
    memoryStore({ [name]: least });
  }
});

Deno.test("memoryStore() forgets no revocation for a session", async () => {
  const store = memoryStore({ maxEntries: 4, clock: () => NOW });
  await store.add("id", NOW + 1000);
  await store.bump("ada");
  for (let index = 0; index < 100; index++) await store.create(`s${index}`, record(), NOW);
  assertEquals([await store.has("id"), await store.epoch("ada") > 0], [true, true]);
});

Deno.test("memoryStore() takes no more revocations than maxRevocations", () => {
  const store = memoryStore({ maxRevocations: 1, clock: () => NOW });
  store.add("id", NOW + 1000);
  assertThrows(() => store.add("other", NOW + 1000), Error, "raise maxRevocations");
});

Deno.test("memoryStore() that is closed rejects every call for a session", async () => {
  const store = memoryStore();
  await store.create("a", record({ account: "ada" }), NOW);
  await store[Symbol.asyncDispose]();
  const calls = {
    load: () => store.load("a", NOW),
    create: () => store.create("a", record(), NOW),
    update: () => store.update("a", "1", {}, NOW),
    delete: () => store.delete("a"),
    list: () => store.list("ada", NOW),
    deleteAll: () => store.deleteAll("ada", [], NOW),
    sweep: () => store.sweep(NOW, 1),
    ready: () => store.ready(NOW),
  };
  for (const [name, call] of Object.entries(calls)) {
    await assertRejects(call, Error, "Cannot use the store of sessions: it was closed", name);
  }
});
