/**
 * The look-up of the stamps of users.
 *
 * @module
 */

import { assertEquals, assertRejects } from "jsr:@std/assert@^1.0.0";
import { SessionStoreError } from "@pyramidion/pyramidion";
import { memoryStore } from "@pyramidion/pyramidion/stores/memory";
import { InheritedLogger } from "../../../../lib/log.ts";
import { StoreAccess } from "../../../../lib/session/stored/access/store_access.ts";
import { StoreGuard } from "../../../../lib/session/stored/access/store_guard.ts";
import { presentStamp } from "../../../../lib/session/stored/users/user_stamps.ts";
import { STORE_LIMITS } from "../../../../lib/session/store_limits.ts";

type Parts = Parameters<typeof presentStamp>[0];

/** The look-up of "ada" by a function. Each timer passes at once, after some milliseconds. */
function begun(stampOf: Parts["stampOf"]) {
  const told: string[] = [], times: number[] = [];
  const guard = new StoreGuard(STORE_LIMITS, () => 0, (then, milliseconds) => {
    times.push(milliseconds);
    queueMicrotask(then);
    return () => {};
  });
  const access = new StoreAccess(memoryStore(), guard, 1_024);
  const error = (message: string) => void told.push(message);
  const logger = new InheritedLogger({ warn: () => {}, error });
  const ask = () => presentStamp({ access, guard, limits: STORE_LIMITS, logger, stampOf }, "ada");
  return { ask, guard, times, told };
}

Deno.test("presentStamp() gives the stamp, null for no user, and undefined without a look-up", async () => {
  const users: string[] = [];
  const { ask } = begun((user) => (users.push(user), "7"));
  assertEquals([await ask(), users], ["7", ["ada"]]);
  assertEquals(await begun(() => Promise.resolve("")).ask(), "");
  assertEquals(await begun(undefined).ask(), undefined);
  // What is no text is no stamp: no session of the user counts.
  for (const wrong of [null, undefined, 7, {}]) {
    const stampOf: unknown = () => wrong;
    assertEquals(await begun(stampOf as Parts["stampOf"]).ask(), null);
  }
});

Deno.test("presentStamp() that fails or is late is a 503, logged, and no failure of the store", async () => {
  const failing = begun(() => {
    throw new Error("down");
  });
  const error = await assertRejects(failing.ask, SessionStoreError);
  assertEquals([error.status, Object(error.cause).message], [503, "down"]);
  const late = begun(() => new Promise(() => {}));
  await assertRejects(late.ask, SessionStoreError);
  assertEquals(late.times, [STORE_LIMITS.loadTimeout]);
  for (const { guard, told } of [failing, late]) {
    assertEquals(told, ["Looking up the stamp of a user failed"]);
    assertEquals([guard.health().failed, guard.health().late], [0, 0]);
  }
});
