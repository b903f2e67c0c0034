/**
 * The sessions of a user, described, listed and ended, in every store.
 *
 * @module
 */

import { assert, assertEquals, assertRejects } from "jsr:@std/assert@^1.0.0";
import {
  SessionStoreError,
  signedCookieSessionFactory,
  type StoredSessionFactory,
  storedSessionFactory,
} from "@pyramidion/pyramidion";
import type { StoredSessionOptions } from "@pyramidion/pyramidion/types";
import type { SessionStore } from "@pyramidion/pyramidion/stores";
import { memoryStore } from "@pyramidion/pyramidion/stores/memory";
import { FactoryApp } from "../../factory_app.ts";
import { SECRET, START } from "../../session_app.ts";
import { countedStore } from "../counted_store.ts";
import { inEveryStore } from "./every_store.ts";

/** An app over a store whose calls are taken down. */
function begun(store: SessionStore = memoryStore(), options: StoredSessionOptions = {}) {
  const counted = countedStore(store);
  let factory: StoredSessionFactory | undefined;
  const app = new FactoryApp<Record<string, unknown>>((around) =>
    factory = storedSessionFactory(counted.store, SECRET, { ...around, ...options })
  );
  assert(factory !== undefined);
  return { ...counted, app, factory };
}

inEveryStore("session.describe() shows in list(), and what is not named stays", async (store) => {
  const { app, factory } = begun(store);
  const [laptop, phone] = [app.visitor(), app.visitor()];
  await app.visit(laptop, (session) => {
    session.bindTo("ada");
    session.describe({ label: "Firefox on Linux", address: "192.0.2.1" });
  });
  app.clock.travel(1);
  await app.visit(phone, (session) => session.bindTo("ada"));
  const shown = async () =>
    (await factory.list("ada")).map(({ label, address }) => [label, address]);
  assertEquals(await shown(), [[undefined, undefined], ["Firefox on Linux", "192.0.2.1"]]);
  app.clock.travel(1);
  await app.visit(laptop, (session) => session.describe({ address: "2001:db8::1" }));
  await app.visit(laptop, (session) => session.regenerate());
  await app.visit(laptop, (session) => session.set("a", 1));
  assertEquals((await shown())[0], ["Firefox on Linux", "2001:db8::1"]);
  await app.visit(laptop, (session) => session.describe({ label: null, address: null }));
  assertEquals((await shown())[0], [undefined, undefined]);
});

Deno.test("session.describe() costs a save only if a part changes, and begins no session", async () => {
  const { app, calls } = begun();
  const visitor = app.visitor();
  const costs = async (work: Parameters<typeof app.visit>[1]) => {
    calls.length = 0;
    const { cookies } = await app.visit(visitor, work);
    return [...calls, ...cookies.map(() => "cookie")].join(" ");
  };
  const label = "Firefox on Linux";
  assertEquals(await costs((session) => session.describe({ label })), "");
  assertEquals(
    await costs((session) => (session.describe({ label }), session.bindTo("ada"))),
    "create cookie",
  );
  assertEquals(await costs((session) => session.describe({ label })), "load");
  assertEquals(await costs((session) => session.describe({ label: "Chrome" })), "load update");
  assertEquals(await costs((session) => session.describe({ label: null })), "load update");
});

Deno.test("session.describe() and the changes of requests at the same time are all kept", async () => {
  const { app, factory } = begun();
  const visitor = app.visitor();
  await app.visit(visitor, (session) => session.bindTo("ada"));
  await Promise.all([
    app.visit(visitor, (session) => session.describe({ label: "Firefox" })),
    app.visit(visitor, (session) => session.set("a", 1)),
    app.visit(visitor, (session) => session.modify("n", () => 1)),
    app.visit(visitor, (session) => session.regenerate()),
  ]);
  assertEquals((await factory.list("ada"))[0]?.label, "Firefox");
  const { value } = await app.visit(visitor, (session) => [session.get("a"), session.get("n")]);
  assertEquals(value, [1, 1]);
});

Deno.test("a description goes to no other user, and does not outlive the session", async () => {
  const { app, factory } = begun();
  const visitor = app.visitor();
  const signIn = (user: string) => app.visit(visitor, (session) => session.bindTo(user));
  await app.visit(visitor, (session) => (session.set("a", 1), session.describe({ label: "One" })));
  await signIn("ada");
  assertEquals((await factory.list("ada"))[0]?.label, "One");
  await signIn("eve");
  assertEquals((await factory.list("eve"))[0]?.label, undefined);
  await app.visit(visitor, (session) => session.describe({ label: "Two" }));
  await app.visit(visitor, (session) => (session.invalidate(), session.bindTo("eve")));
  assertEquals((await factory.list("eve")).map(({ label }) => label), [undefined]);
});

Deno.test("a session that is taken over keeps the description of its request and of its store", async () => {
  const rows = { described: undefined, cookie: "Firefox" };
  for (const [name, label] of Object.entries(rows)) {
    const options = { clock: () => START, cookieName: "former" };
    const formerly = name === "cookie"
      ? signedCookieSessionFactory(SECRET, options)
      : storedSessionFactory(memoryStore(), SECRET, options);
    const before = new FactoryApp<Record<string, unknown>>(() => formerly);
    const { app, factory } = begun(memoryStore(), { cookieName: "fresh", formerly });
    const visitor = before.visitor();
    await before.visit(visitor, (session) => {
      session.bindTo("ada");
      if (name === "described") session.describe({ label: "Chrome" });
    });
    const cookie = `__Host-former=${visitor.cookie("__Host-former")}`;
    await app.present(cookie, (session) => {
      session.set("a", 1);
      if (label !== undefined) session.describe({ label });
    });
    assertEquals((await factory.list("ada"))[0]?.label, label ?? "Chrome", name);
  }
});

Deno.test("list() leaves out the sessions that a change of the password ended", async () => {
  let stamp: string | null = "1";
  let fails = false;
  const stampOf = () => {
    if (fails) throw new Error("down");
    return stamp;
  };
  const { app, factory } = begun(memoryStore(), { stampOf });
  const signIn = (given: string) =>
    app.visit(app.visitor(), (session) => session.bindTo("ada", { stamp: given }));
  await signIn("1");
  assertEquals((await factory.list("ada")).length, 1);
  stamp = "2";
  assertEquals(await factory.list("ada"), []);
  await signIn("2");
  await signIn("1");
  assertEquals((await factory.list("ada")).length, 1);
  stamp = null;
  assertEquals(await factory.list("ada"), []);
  fails = true;
  await assertRejects(() => factory.list("ada"), SessionStoreError);
  assertEquals(app.errors.map(({ message }) => message), [
    "Looking up the stamp of a user failed",
  ]);
});

Deno.test("list() leaves out the sessions that a shorter limit of the app ended", async () => {
  const store = memoryStore();
  const before = begun(store, { timeout: 3_600 }).app;
  await before.visit(before.visitor(), (session) => session.bindTo("ada"));
  const { app, factory } = begun(store, { timeout: 600 });
  app.clock.travel(600);
  const [listed] = await factory.list("ada");
  assertEquals(listed?.expires, app.clock());
  app.clock.travel(0.001);
  assertEquals(await factory.list("ada"), []);
});

Deno.test("session.describe() at the same time keeps the parts that each request names", async () => {
  const { app, factory } = begun();
  const visitor = app.visitor();
  await app.visit(visitor, (session) => session.bindTo("ada"));
  await Promise.all([
    app.visit(visitor, (session) => session.describe({ label: "Firefox" })),
    app.visit(visitor, (session) => session.describe({ address: "192.0.2.1" })),
  ]);
  const [listed] = await factory.list("ada");
  assertEquals([listed?.label, listed?.address], ["Firefox", "192.0.2.1"]);
  await Promise.all([
    app.visit(visitor, (session) => session.describe({ label: null })),
    app.visit(visitor, (session) => session.describe({ address: null })),
  ]);
  const [bare] = await factory.list("ada");
  assertEquals([bare?.label, bare?.address], [undefined, undefined]);
});

Deno.test("a sign-in drops what another request has described since it loaded the session", async () => {
  const { app, factory } = begun();
  const visitor = app.visitor();
  await app.visit(visitor, (session) => session.set("a", 1));
  const cookie = `__Host-session=${visitor.cookie("__Host-session")}`;
  await app.visit(visitor, async (session) => {
    await app.present(cookie, (session) => session.describe({ label: "The thief" }));
    session.bindTo("ada");
  });
  assertEquals((await factory.list("ada")).map(({ label }) => label), [undefined]);
});

Deno.test("session.describe() throws for sessions in cookies, and after the answer", async () => {
  const inCookies = new FactoryApp((around) => signedCookieSessionFactory(SECRET, around));
  await assertRejects(
    () => inCookies.visit(inCookies.visitor(), (session) => session.describe({ label: "x" })),
    Error,
    "Cannot describe the session: it lives in its cookie",
  );
  const { app } = begun();
  const { value } = await app.visit(app.visitor(), (session) => ({ session }));
  try {
    value.session.describe({ label: "x" });
    throw new TypeError("it was described");
  } catch (error) {
    assert(error instanceof Error);
    assertEquals(error.message.startsWith("Cannot describe the session: the response"), true);
  }
});
