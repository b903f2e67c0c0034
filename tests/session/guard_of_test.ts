/**
 * Which stores are guarded.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import { guardedStore } from "@pyramidion/pyramidion/stores";
import { memoryRevocations, memoryStore } from "@pyramidion/pyramidion/stores/memory";
import { guardingOf } from "../../lib/session/guard_of.ts";

Deno.test("guardingOf() knows a guarded store, and the store of sessions behind it", () => {
  const store = memoryStore();
  assertEquals(guardingOf(store), undefined);
  assertEquals(guardingOf(guardedStore(store))?.inner === store, true);
  assertEquals(guardingOf(store), undefined);
  const revocations = guardingOf(guardedStore(memoryRevocations()));
  assertEquals([revocations === undefined, revocations?.inner], [false, undefined]);
});
