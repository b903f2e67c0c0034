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
