/**
 * Sessions in a store, as a visitor sees them.
 *
 * @module
 */

import { assert, assertEquals, assertRejects } from "jsr:@std/assert@^1.0.0";
import {
  SessionStoreError,
  type StoredSessionFactory,
  storedSessionFactory,
} from "@pyramidion/pyramidion";
import type { StoredSessionOptions } from "@pyramidion/pyramidion/types";
import { memoryStore } from "@pyramidion/pyramidion/stores/memory";
import { FactoryApp } from "../factory_app.ts";
import { SECRET, START } from "../session_app.ts";
import { countedStore } from "./counted_store.ts";
import { storedApp } from "./stored_app.ts";

/** An app over a store whose calls are taken down. */
function begun(options: StoredSessionOptions = {}) {
  const { store, calls } = countedStore(memoryStore());
  const app = new FactoryApp<Record<string, unknown>>((around) =>
    storedSessionFactory<Record<string, unknown>>(store, SECRET, { ...around, ...options })
  );
  return { app, store, calls };
}

Deno.test("storedSessionFactory(): parallel requests keep each other's keys", async () => {
  const { app } = begun();
  const visitor = app.visitor();
  await app.visit(visitor, (session) => session.set("a", 1));
  await Promise.all([
    app.visit(visitor, (session) => session.set("b", 2)),
    app.visit(visitor, (session) => session.set("c", 3).delete("a")),
    app.visit(visitor, (session) => session.flash("hello")),
  ]);
  const { value } = await app.visit(visitor, (session) => [...session, session.popFlash()]);
  assertEquals(value, [["b", 2], ["c", 3], ["hello"]]);
});

Deno.test("storedSessionFactory(): a request costs one load and at most one save", async () => {
  const { app, calls } = begun();
  const visitor = app.visitor();
  const costs = async (work: Parameters<typeof app.visit>[1]) => {
    calls.length = 0;
    await app.visit(visitor, work);
    return calls.join(" ");
  };
  assertEquals(await costs((session) => session.get("a")), "");
  assertEquals(await costs((session) => (session.set("a", 1), session.delete("a"))), "");
  assertEquals(await costs((session) => session.set("a", 1)), "create");
  assertEquals(await costs((session) => session.get("a")), "load");
  assertEquals(await costs((session) => session.set("a", 1)), "load");
  assertEquals(await costs((session) => session.set("b", 2)), "load update");
  assertEquals(await costs((session) => session.regenerate()), "load update");
  assertEquals(await costs((session) => session.bindTo("ada")), "load update");
  assertEquals(await costs((session) => session.invalidate()), "load delete");
});

Deno.test("storedSessionFactory(): an unchanged session is renewed once in a window", async () => {
  const { app, calls } = begun();
  const visitor = app.visitor();
  await app.visit(visitor, (session) => session.set("a", 1));
  app.clock.travel(130);
  calls.length = 0;
  const read = () => app.visit(visitor, (session) => session.get("a"));
  await Promise.all([read(), read(), read()]);
  await read();
  assertEquals(calls.filter((call) => call === "update").length, 1);
  app.clock.travel(1190);
  assertEquals((await read()).value, 1);
});

Deno.test("storedSessionFactory(): a sign-in keeps the cart and ends the planted cookie", async () => {
  const { app } = begun();
  const visitor = app.visitor();
  await app.visit(visitor, (session) => session.set("cart", [1]));
  const planted = `__Host-session=${visitor.cookie("__Host-session")}`;
  await app.visit(visitor, (session) => session.bindTo("ada"));
  const seen = await app.present(planted, (session) => (session.set("x", 1), session.size));
  assertEquals([seen.value, seen.cookies], [1, []]);
  const { value } = await app.visit(visitor, (session) => [session.userId, session.get("cart")]);
  assertEquals(value, ["ada", [1]]);
  app.clock.travel(11);
  const late = await app.present(planted, (session) => [session.userId, session.size]);
  assertEquals(late.value, [undefined, 0]);
  assertEquals(app.refusals, ["revoked", "revoked"]);
});

Deno.test("storedSessionFactory(): modify() loses nothing", async () => {
  const { app, calls } = begun();
  const visitor = app.visitor();
  await app.visit(visitor, (session) => session.set("n", 0));
  calls.length = 0;
  const add = () => app.visit(visitor, (session) => session.modify("n", (n) => Number(n) + 1));
  const values = await Promise.all(Array.from({ length: 100 }, add));
  assertEquals(values.map(({ value }) => value).sort((a, b) => Number(a) - Number(b)).at(-1), 100);
  assertEquals((await app.visit(visitor, (session) => session.get("n"))).value, 100);
  assertEquals(calls.filter((call) => call === "update").length, 100);
});

Deno.test("storedSessionFactory(): sessions of a user are listed and ended", async () => {
  const store = memoryStore();
  let factory: StoredSessionFactory | undefined;
  const app = new FactoryApp<Record<string, unknown>>((around) =>
    factory = storedSessionFactory(store, SECRET, around)
  );
  assert(factory !== undefined);
  const [one, two, eve] = [app.visitor(), app.visitor(), app.visitor()];
  await app.visit(one, (session) => session.bindTo("ada"));
  app.clock.travel(1);
  await app.visit(two, (session) => session.bindTo("ada"));
  await app.visit(eve, (session) => session.bindTo("eve"));
  const listed = await factory.list("ada");
  assertEquals(listed.map(({ created }) => created - app.clock()), [0, -1000]);
  const { value: id } = await app.visit(two, (session) => factory?.idOf(session));
  assertEquals(listed[0]?.id, id);
  const other = (await factory.list("eve"))[0]?.id ?? "";
  assertEquals(await factory.end("ada", other), false);
  assertEquals(await factory.end("ada", "nonsense"), false);
  assertEquals(await factory.endAll("ada", { except: id }), 1);
  assertEquals((await app.visit(one, (session) => session.userId)).value, undefined);
  assertEquals((await app.visit(two, (session) => session.userId)).value, "ada");
  assertEquals(await factory.end("ada", id ?? ""), true);
  assertEquals(await factory.list("ada"), []);
  assertEquals((await app.visit(eve, (session) => session.userId)).value, "eve");
});

Deno.test("storedSessionFactory(): a forged cookie never reaches the store", async () => {
  const { app, calls } = begun();
  const visitor = app.visitor();
  await app.visit(visitor, (session) => session.set("a", 1));
  const good = visitor.cookie("__Host-session") ?? "";
  calls.length = 0;
  for (const at of good.split("").keys()) {
    const other = good[at] === "A" ? "Q" : "A";
    const forged = good.slice(0, at) + other + good.slice(at + 1);
    await app.present(`__Host-session=${forged}`, (session) => assert(session.isNew));
  }
  await app.present(`__Host-session=${good.slice(1)}`, (session) => assert(session.isNew));
  assertEquals(calls, []);
  await app.present(`__Host-session=${good}`, (session) => assert(!session.isNew));
  assertEquals(calls, ["load"]);
});

Deno.test("storedSessionFactory(): session.modify() throws for sessions in cookies", async () => {
  const { signedCookieSessionFactory } = await import("@pyramidion/pyramidion");
  const app = new FactoryApp<Record<string, unknown>>((around) =>
    signedCookieSessionFactory(SECRET, around)
  );
  await assertRejects(
    () => app.visit(app.visitor(), (session) => session.modify("n", () => 1)),
    Error,
    "storedSessionFactory()",
  );
});

Deno.test("storedSessionFactory(): what is no id or no user never reaches the store", async () => {
  const { store, calls } = countedStore(memoryStore());
  const factory = storedSessionFactory(store, SECRET);
  for (const user of ["\ud800", "a\0", "x".repeat(513)]) {
    assertEquals(await factory.list(user), []);
    assertEquals(await factory.end(user, "AAECAwQFBgcICQoLDA0ODw"), false);
    assertEquals(await factory.endAll(user), 0);
  }
  assertEquals(await factory.end("ada", "../../etc/passwd......"), false);
  assertEquals(calls, []);
  await assertRejects(() => factory.list(""), TypeError);
  await assertRejects(() => factory.endAll("ada", { except: 7 as never }), TypeError);
});

Deno.test("storedSessionFactory().ready() asks the store in time, also while it is left alone", async () => {
  const inner = memoryStore();
  let fault: Error | null = null;
  const asked: number[] = [];
  const store = {
    ...inner,
    load: () => Promise.reject(new Error("down")),
    ready: (
      now: number,
    ) => (asked.push(now), fault === null ? Promise.resolve() : Promise.reject(fault)),
  };
  const errors: string[] = [];
  const logger = { warn: () => {}, error: (message: string) => void errors.push(message) };
  const factory = storedSessionFactory(store, SECRET, { clock: () => START, logger });
  await factory.ready();
  fault = new Error("no table");
  const error = await assertRejects(() => factory.ready(), SessionStoreError);
  assertEquals([error.status, error.cause, error.headers.get("retry-after")], [503, fault, "1"]);
  assertEquals([asked, errors], [[START, START], ["Asking whether the store is ready failed"]]);
  const { ready: _, ...without } = store;
  await assertRejects(() => storedSessionFactory(without, SECRET, { logger }).ready());
  await storedSessionFactory(countedStore(inner).store, SECRET, { logger }).ready();
});

Deno.test("storedSessionFactory().health() counts calls of the store, and requests that lost changes", async () => {
  const { app, factory, trouble } = storedApp();
  const none = { isPaused: false, pending: 0, calls: 0, failed: 0, late: 0, refused: 0, lost: 0 };
  assertEquals(factory.health(), none);
  const visitor = app.visitor();
  await app.visit(visitor, (session) => session.bindTo("ada"));
  assertEquals(factory.health(), { ...none, calls: 1 });
  await app.visit(visitor, async (session) => {
    await factory.endAll("ada");
    session.set("a", 1);
  });
  assertEquals([factory.health().lost, factory.health().failed], [1, 0]);
  trouble.before = () => {
    throw new Error("down");
  };
  for (let at = 0; at < 4; at++) await app.visit(visitor, (session) => session.get("a"));
  const { failed, isPaused, refused } = factory.health();
  assertEquals([failed, isPaused, refused > 0], [5, true, true]);
});

Deno.test("storedSessionFactory() ends what a sign-out left behind once it is disposed of", async () => {
  const inner = memoryStore();
  const { app, factory, trouble } = storedApp({}, inner, () => () => {});
  const visitor = app.visitor();
  await app.visit(visitor, (session) => session.bindTo("ada"));
  trouble.before = (call) => {
    if (call === "delete") throw new Error("down");
  };
  await app.visit(visitor, (session) => session.invalidate());
  await factory[Symbol.asyncDispose]();
  assertEquals(app.errors.at(-1)?.message, "Sessions that were signed out could not be deleted");
  assertEquals((await inner.list("ada", app.clock())).length, 1);
  trouble.before = undefined;
  const told = app.errors.length;
  await factory[Symbol.asyncDispose]();
  assertEquals((await inner.list("ada", app.clock())).length, 0);
  assertEquals(app.errors.length, told);
});

Deno.test("storedSessionFactory() ends all that sign-outs left behind, also during a pause", async () => {
  const inner = memoryStore();
  const { app, factory, trouble } = storedApp({ maxFailures: 1 }, inner, () => () => {});
  const visitors = Array.from({ length: 3 }, () => app.visitor());
  for (const visitor of visitors) await app.visit(visitor, (session) => session.bindTo("ada"));
  trouble.before = (call) => {
    if (call === "delete") throw new Error("down");
  };
  for (const visitor of visitors) {
    await app.visit(visitor, (session) => session.invalidate());
    app.clock.travel(60);
  }
  trouble.before = undefined;
  assertEquals((await inner.list("ada", app.clock())).length, 3);
  await app.visit(app.visitor(), (session) => session.bindTo("eve"));
  trouble.before = () => {
    throw new Error("down");
  };
  await app.visit(app.visitor(), (session) => session.bindTo("eve"));
  assertEquals(factory.health().isPaused, true);
  trouble.before = undefined;
  await factory[Symbol.asyncDispose]();
  assertEquals((await inner.list("ada", app.clock())).length, 0);
});
