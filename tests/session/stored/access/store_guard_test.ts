/**
 * The guard of a store: what it counts, and its limits.
 *
 * @module
 */

import { assertEquals, assertRejects } from "jsr:@std/assert@^1.0.0";
import { SessionOutcomeUnknownError, SessionStoreError } from "@pyramidion/pyramidion";
import { BrokenRecordError, ChangeRefusedError } from "@pyramidion/pyramidion/stores";
import { StoreGuard, unknownOutcome } from "../../../../lib/session/stored/access/store_guard.ts";
import { limitsOf } from "../../../../lib/session/store_limits.ts";
import type { StoreLimits } from "@pyramidion/pyramidion/stores";

const down = () => {
  throw new Error("down");
};
const never = () => new Promise<void>(() => {});

/** Lets promises go on that wait for no timer and no event. */
async function promises() {
  for (let turn = 0; turn < 50; turn++) await null;
}

function begun(limits: StoreLimits = {}) {
  const clock = { now: 0 };
  const timers = new Map<() => void, number>();
  const guard = new StoreGuard(
    limitsOf("a test", limits),
    () => clock.now,
    (then, milliseconds) => {
      timers.set(then, milliseconds);
      return () => timers.delete(then);
    },
  );
  const pass = async () => {
    await promises();
    for (const then of timers.keys()) then();
    timers.clear();
  };
  return { guard, clock, timers, pass };
}

Deno.test("StoreGuard.health() counts calls, those that failed, were late, or were refused", async () => {
  const { guard, pass } = begun({ maxPending: 1 });
  const none = { isPaused: false, pending: 0, calls: 0, failed: 0, late: 0, refused: 0 };
  assertEquals(guard.health(), none);
  await guard.read(() => 1);
  assertEquals(guard.health(), { ...none, calls: 1 });
  const late = assertRejects(() => guard.read(never), Error, "the store did not answer within");
  assertEquals(guard.health().pending, 1);
  await assertRejects(() => guard.read(() => 1), SessionStoreError);
  await pass();
  await late;
  assertEquals(guard.health(), { ...none, calls: 2, late: 1, refused: 1 });
  await assertRejects(() => guard.write(down), Error, "down");
  assertEquals(guard.health(), { ...none, calls: 4, late: 1, refused: 1, failed: 2 });
  await assertRejects(() => guard.writeOnce(down), Error, "down");
  assertEquals(guard.health(), { ...none, calls: 5, late: 1, refused: 1, failed: 3 });
  const broken = () => {
    throw new BrokenRecordError("x", "it is broken");
  };
  await assertRejects(() => guard.read(broken), BrokenRecordError);
  assertEquals(guard.health().failed, 4);
});

Deno.test("StoreGuard.health() tells of a pause only until the store may be asked again", async () => {
  const { guard, clock } = begun({ maxFailures: 1, minPause: 100 });
  await assertRejects(() => guard.writeOnce(down));
  clock.now += 99;
  assertEquals(guard.health().isPaused, true);
  clock.now += 1;
  assertEquals(guard.health().isPaused, false);
  const asked = Promise.withResolvers<void>();
  const probe = guard.read(() => asked.promise);
  assertEquals(guard.health().isPaused, true);
  asked.resolve();
  await probe;
  assertEquals(guard.health().isPaused, false);
});

Deno.test("StoreGuard.write() gives the first failure where its second attempt is not made", async () => {
  const { guard } = begun({ maxFailures: 1 });
  await assertRejects(() => guard.write(down), Error, "down");
  const { calls, failed, refused } = guard.health();
  assertEquals([calls, failed, refused], [1, 1, 1]);
});

Deno.test("StoreGuard.write() stays in doubt where its second attempt refuses changes", async () => {
  const { guard } = begun();
  const failures = [new Error("down"), new ChangeRefusedError(new Error("a replica"))];
  await assertRejects(() => guard.write(() => Promise.reject(failures.shift())), Error, "down");
});

Deno.test("StoreGuard leaves a store alone by maxFailures, minPause and maxPause", async () => {
  const { guard, clock } = begun({ maxFailures: 2, minPause: 100, maxPause: 150 });
  const fail = () => assertRejects(() => guard.writeOnce(down));
  await fail();
  assertEquals(guard.health().isPaused, false);
  await fail();
  assertEquals([guard.health().isPaused, guard.health().calls], [true, 2]);
  for (const pause of [100, 150, 150]) {
    clock.now += pause - 1;
    const refused = await assertRejects(() => guard.writeOnce(down), SessionStoreError);
    assertEquals(refused.headers.get("retry-after"), "1");
    clock.now += 1;
    const { calls } = guard.health();
    await fail();
    assertEquals(guard.health().calls, calls + 1);
  }
  clock.now += 150;
  assertEquals(await guard.writeOnce(() => 7), 7);
  assertEquals(guard.health().isPaused, false);
});

Deno.test("StoreGuard.failure() tells how long the pause is, in whole seconds, and what went wrong", async () => {
  for (const [minPause, seconds] of [[1, "1"], [1_000, "1"], [1_001, "2"], [5_000, "5"]] as const) {
    const { guard } = begun({ minPause });
    const refused = guard.failure(undefined);
    assertEquals(refused.headers.get("retry-after"), seconds);
    assertEquals([refused.message, "cause" in refused], [
      "Sessions are not available at the moment",
      false,
    ]);
  }
  const { guard } = begun();
  const cause = new Error("down");
  assertEquals(guard.failure(cause).cause, cause);
  assertEquals(guard.failure(guard.failure(cause)).cause, cause);
  const unknown = await guard.write(() => Promise.reject(cause)).catch(unknownOutcome);
  assertEquals([unknown instanceof SessionOutcomeUnknownError, Object(unknown).cause], [
    true,
    cause,
  ]);
  assertEquals("cause" in unknownOutcome(), false);
});

Deno.test("StoreGuard gives reads and writes their own time limits", async () => {
  const { guard, timers } = begun({ loadTimeout: 11, saveTimeout: 12 });
  const calls = [
    guard.read(never),
    guard.write(never),
    guard.writeOnce(never),
    guard.callAnyway(never),
  ];
  await promises();
  assertEquals([...timers.values()], [11, 12, 12, 12]);
  for (const then of [...timers.keys()]) then();
  await Promise.allSettled(calls);
});

Deno.test("StoreGuard.callAnyway() asks a store that is left alone, and is not counted", async () => {
  const { guard } = begun({ maxFailures: 1 });
  await assertRejects(() => guard.writeOnce(down));
  assertEquals(await guard.callAnyway(() => Promise.resolve("here")), "here");
  assertEquals([guard.health().calls, guard.health().isPaused], [1, true]);
});
