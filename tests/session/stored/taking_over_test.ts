/**
 * Cookie sessions that move into a store.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import { type SessionFactory, signedCookieSessionFactory } from "@pyramidion/pyramidion";
import { memoryRevocations } from "@pyramidion/pyramidion/stores/memory";
import type { StoredSessionOptions } from "@pyramidion/pyramidion/types";
import { cookieHeader, FactoryApp, OLD_SECRET } from "../factory_app.ts";
import { storedApp, type Values } from "./stored_app.ts";

/** An app before and after it moved into a store, and the former cookie of Ada. */
async function moved(options: StoredSessionOptions<Values> = {}, hasRevocations = false) {
  let old: SessionFactory<Values> | undefined;
  const before = new FactoryApp<Values>((around) =>
    old = signedCookieSessionFactory<Values>(OLD_SECRET, {
      ...around,
      ...hasRevocations && { revocations: memoryRevocations({ clock: around.clock }) },
    })
  );
  if (old === undefined) throw new Error("the app made no factory");
  const after = storedApp({ cookieName: "app", clock: before.clock, formerly: old, ...options });
  const visitor = before.visitor();
  await before.visit(visitor, (session) => {
    session.set("cart", [1]).bindTo("ada");
  });
  return { ...after, before, former: cookieHeader(visitor) };
}

Deno.test("StoredBackend.judge(): a user of a former cookie has no stamp, and is signed out", async () => {
  const { app, factory, former } = await moved({ stampOf: () => "8" });
  const { value, cookies } = await app.present(
    former,
    (session) => [session.isNew, session.userId, session.size],
  );
  assertEquals([value, cookies], [[true, undefined, 0], []]);
  assertEquals([await factory.list("ada"), app.refusals], [[], ["revoked"]]);
});

for (const hasRevocations of [false, true]) {
  const name = hasRevocations ? "with revocations" : "without revocations";
  Deno.test(`TakingOver: requests at once with one former cookie share one session, ${name}`, async () => {
    const { app, factory, former } = await moved({}, hasRevocations);
    const keys = ["a", "b", "c"];
    const { promise, resolve } = Promise.withResolvers<void>();
    const all = keys.map((key) =>
      app.present(former, async (session) => {
        await promise;
        session.set(key, 1);
      })
    );
    resolve();
    const answers = await Promise.all(all);
    assertEquals((await factory.list("ada")).length, 1);
    for (const { cookies } of answers) {
      const { value } = await app.present(
        cookies[0]?.split(";")[0] ?? "",
        (session) => [session.userId, [...session.keys()].sort()],
      );
      assertEquals(value, ["ada", ["a", "b", "c", "cart"]]);
    }
  });
}

Deno.test("TakingOver: a request under way does not bring back who signed out", async () => {
  const { app, factory, former, lost } = await moved({}, true);
  const came = Promise.withResolvers<void>(), goes = Promise.withResolvers<void>();
  const slow = app.present(former, async (session) => {
    came.resolve();
    await goes.promise;
    return session.set("b", 1).userId;
  });
  await came.promise;
  const { cookies } = await app.present(former, (session) => session.userId);
  await app.present(cookies[0]?.split(";")[0] ?? "", (session) => session.invalidate());
  goes.resolve();
  const late = await slow;
  assertEquals([late.value, late.cookies], ["ada", []]);
  assertEquals([await factory.list("ada"), lost], [[], [{ keys: ["b"], userId: "ada" }]]);
  assertEquals((await app.present(former, (session) => session.userId)).value, undefined);
});

Deno.test("TakingOver: a sign-out by the former cookie ends what another request kept of it", async () => {
  const { app, factory, former } = await moved();
  const came = Promise.withResolvers<void>(), goes = Promise.withResolvers<void>();
  const out = app.present(former, async (session) => {
    came.resolve();
    await goes.promise;
    session.invalidate();
  });
  await came.promise;
  await app.present(former, (session) => session.userId);
  goes.resolve();
  await out;
  assertEquals(await factory.list("ada"), []);
});

Deno.test("TakingOver: regenerate() gives a secret that does not follow from the former cookie", async () => {
  const { app, factory, former } = await moved();
  const one = await app.present(former, (session) => session.regenerate());
  const two = await app.present(former, (session) => session.set("b", 1).userId);
  assertEquals(two.value, "ada");
  assertEquals([one.cookies.length, two.cookies.length], [2, 1]);
  assertEquals((await factory.list("ada")).length, 1);
});

Deno.test("TakingOver: a sign-in by a former cookie begins a session of its own", async () => {
  const { app, factory, former } = await moved();
  for (let at = 0; at < 2; at++) await app.present(former, (session) => session.bindTo("ada"));
  assertEquals((await factory.list("ada")).length, 2);
});
