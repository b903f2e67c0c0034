/**
 * The limits of calls to a store.
 *
 * @module
 */

import { assertEquals, assertThrows } from "jsr:@std/assert@^1.0.0";
import { ConfigurationError, storedSessionFactory } from "@pyramidion/pyramidion";
import { guardedStore, type StoreLimits } from "@pyramidion/pyramidion/stores";
import { memoryStore } from "@pyramidion/pyramidion/stores/memory";
import { limitsOf, STORE_LIMIT_KINDS, STORE_LIMITS } from "../../lib/session/store_limits.ts";
import { SECRET } from "./session_app.ts";

Deno.test("STORE_LIMITS has a value for each limit, and STORE_LIMIT_KINDS takes it", () => {
  assertEquals(Object.keys(STORE_LIMITS).toSorted(), Object.keys(STORE_LIMIT_KINDS).toSorted());
  for (const [name, value] of Object.entries(STORE_LIMITS)) {
    const kind = Object.entries(STORE_LIMIT_KINDS).find(([key]) => key === name)?.[1];
    assertEquals([name, kind?.is(value)], [name, true]);
  }
});

Deno.test("limitsOf() takes the limits that are given, and refuses pauses that could not grow", () => {
  const given: StoreLimits = { maxPending: 7 };
  assertEquals(limitsOf("x()", given), { ...STORE_LIMITS, maxPending: 7 });
  assertEquals(limitsOf("x()", { minPause: 5, maxPause: 5 }).maxPause, 5);
  assertThrows(
    () => limitsOf("x()", { minPause: 6, maxPause: 5 }),
    ConfigurationError,
    "Cannot use the pauses of x(): minPause is 6, and maxPause is 5",
  );
  assertThrows(() => storedSessionFactory(memoryStore(), SECRET, { minPause: 5_001 }));
  assertThrows(() => guardedStore(memoryStore(), { minPause: 5_001 }), ConfigurationError);
});

Deno.test("STORE_LIMIT_KINDS takes integers from 1, and storedSessionFactory() refuses everything else", () => {
  for (const name of ["loadTimeout", "saveTimeout", "maxPending", "maxFailures"] as const) {
    for (const value of [0, -1, 0.5, NaN, Infinity, 2 ** 31]) {
      assertThrows(
        () => storedSessionFactory(memoryStore(), SECRET, { [name]: value }),
        ConfigurationError,
        `"${name}" of storedSessionFactory(): must be an integer from 1 to 2147483647`,
      );
    }
  }
  for (const name of ["minPause", "maxPause"] as const) {
    storedSessionFactory(memoryStore(), SECRET, { minPause: 1, maxPause: 5_000, [name]: 1_000 });
    assertEquals([1, 2 ** 31 - 1, 2 ** 31, "1"].map((value) => STORE_LIMIT_KINDS[name].is(value)), [
      true,
      true,
      false,
      false,
    ]);
  }
});
