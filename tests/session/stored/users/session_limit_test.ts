/**
 * The limit of a user's sessions, in every store.
 *
 * @module
 */

import { assert, assertEquals, assertThrows } from "jsr:@std/assert@^1.0.0";
import {
  ConfigurationError,
  html,
  type StoredSessionFactory,
  storedSessionFactory,
  TooManySessionsError,
} from "@pyramidion/pyramidion";
import type { StoredSessionOptions } from "@pyramidion/pyramidion/types";
import type { SessionStore } from "@pyramidion/pyramidion/stores";
import { memoryStore } from "@pyramidion/pyramidion/stores/memory";
import { FactoryApp } from "../../factory_app.ts";
import { SECRET } from "../../session_app.ts";
import { countedStore } from "../counted_store.ts";
import { inEveryStore } from "./every_store.ts";

type App = FactoryApp<Record<string, unknown>>;

function begun(options: StoredSessionOptions, store: SessionStore = memoryStore()) {
  const counted = countedStore(store);
  let factory: StoredSessionFactory | undefined;
  const app: App = new FactoryApp(
    (around) => factory = storedSessionFactory(counted.store, SECRET, { ...around, ...options }),
    {
      configure: (config) =>
        config.addExceptionView(
          async (error: TooManySessionsError, request) =>
            html`${error.userId} ${error.limit} ${(await request.session).userId ?? "nobody"}`
              .toResponse({ status: 403 }),
          { context: TooManySessionsError },
        ),
    },
  );
  assert(factory !== undefined);
  return { ...counted, app, factory };
}

const signIn = (app: App, visitor = app.visitor(), user = "ada") =>
  app.visit(visitor, (session) => session.bindTo(user));
const userOf = async (app: App, visitor: ReturnType<App["visitor"]>) =>
  (await app.visit(visitor, (session) => session.userId)).value;

inEveryStore("maxSessionsPerUser ends the session that was used least recently", async (store) => {
  const { app, factory } = begun({ maxSessionsPerUser: 2 }, store);
  const [first, second, third, eve] = [1, 2, 3, 4].map(() => app.visitor());
  assert(first && second && third && eve);
  await signIn(app, first);
  app.clock.travel(60);
  await signIn(app, second);
  await signIn(app, eve, "eve");
  app.clock.travel(300);
  assertEquals(await userOf(app, first), "ada");
  await signIn(app, third);
  const users = [first, second, third, eve].map((visitor) => userOf(app, visitor));
  assertEquals(await Promise.all(users), ["ada", undefined, "ada", "eve"]);
  assertEquals((await factory.list("ada")).length, 2);
});

inEveryStore("maxSessionsPerUser holds when users sign in at the same time", async (store) => {
  for (const most of [1, 3]) {
    const { app, factory } = begun({ maxSessionsPerUser: most }, store);
    const visitors = Array.from({ length: 6 }, () => app.visitor());
    await Promise.all(visitors.map((visitor) => signIn(app, visitor)));
    assertEquals((await factory.list("ada")).length, most);
    const users = await Promise.all(visitors.map((visitor) => userOf(app, visitor)));
    assertEquals(users.filter((user) => user === "ada").length, most);
    await factory.endAll("ada");
  }
});

inEveryStore("refuseSignIn keeps the sessions that are there", async (store) => {
  const { app, factory } = begun(
    { maxSessionsPerUser: 1, atMaxSessions: "refuseSignIn" },
    store,
  );
  const [first, second] = [app.visitor(), app.visitor()];
  await signIn(app, first);
  await app.visit(second, (session) => session.set("cart", 1));
  const refused = await signIn(app, second);
  assertEquals([refused.response.status, await refused.response.text()], [403, "ada 1 nobody"]);
  assertEquals(refused.cookies, []);
  const { value } = await app.visit(second, (session) => [session.userId, session.get("cart")]);
  assertEquals(value, [undefined, 1]);
  assertEquals(await userOf(app, first), "ada");
  // The same session may sign in once more, and after a sign-out there is room.
  assertEquals((await signIn(app, first)).response.status, 200);
  await app.visit(first, (session) => session.invalidate());
  assertEquals((await signIn(app, second)).response.status, 200);
  assertEquals((await factory.list("ada")).length, 1);
});

inEveryStore("refuseSignIn never leaves more than the limit", async (store) => {
  const { app, factory } = begun(
    { maxSessionsPerUser: 2, atMaxSessions: "refuseSignIn" },
    store,
  );
  const visitors = Array.from({ length: 6 }, () => app.visitor());
  const answers = await Promise.all(visitors.map((visitor) => signIn(app, visitor)));
  const passed = answers.filter(({ response }) => response.status === 200).length;
  assertEquals((await factory.list("ada")).length, passed);
  assert(passed <= 2, `${passed} sign-ins passed`);
});

Deno.test("a sign-in stays beside sessions of servers whose clocks are ahead", async () => {
  const { app } = begun({ maxSessionsPerUser: 1 });
  const [first, second] = [app.visitor(), app.visitor()];
  await signIn(app, first);
  app.clock.travel(300);
  assertEquals(await userOf(app, first), "ada");
  app.clock.travel(-3);
  await signIn(app, second);
  assertEquals([await userOf(app, first), await userOf(app, second)], [undefined, "ada"]);
});

Deno.test("the limit costs one call at a sign-in, and none otherwise", async () => {
  const { app, calls } = begun({ maxSessionsPerUser: 2 });
  const visitor = app.visitor();
  await signIn(app, visitor);
  assertEquals(calls, ["create", "list"]);
  calls.length = 0;
  await app.visit(visitor, (session) => session.set("a", 1));
  assertEquals(calls, ["load", "update"]);
});

Deno.test("a session that signs in again counts once", async () => {
  const { app, factory } = begun({ maxSessionsPerUser: 1 });
  const visitor = app.visitor();
  for (let times = 0; times < 3; times++) await signIn(app, visitor);
  await app.visit(visitor, (session) => (session.invalidate(), session.bindTo("ada")));
  assertEquals(await userOf(app, visitor), "ada");
  assertEquals((await factory.list("ada")).length, 1);
});

Deno.test("a sign-in stays if the oldest cannot be ended, and the next one ends it", async () => {
  const { app, factory, trouble } = begun({ maxSessionsPerUser: 1 });
  await signIn(app);
  app.clock.travel(60);
  trouble.before = (call) => {
    if (call === "delete") throw new Error("down");
  };
  const visitor = app.visitor();
  assertEquals((await signIn(app, visitor)).response.status, 200);
  assertEquals(app.errors.map(({ message }) => message), [
    "Ending the oldest sessions of a user failed",
  ]);
  assertEquals([await userOf(app, visitor), (await factory.list("ada")).length], ["ada", 2]);
  trouble.before = undefined;
  app.clock.travel(60);
  await signIn(app);
  assertEquals((await factory.list("ada")).length, 1);
});

Deno.test("a session that a change of the password ended does not count towards the limit", async () => {
  const stamps = new Map([["ada", "1"]]);
  const stampOf = (userId: string) => stamps.get(userId) ?? null;
  for (const atMaxSessions of ["refuseSignIn", "endOldest"] as const) {
    stamps.set("ada", "1");
    const { app, calls } = begun({ maxSessionsPerUser: 2, atMaxSessions, stampOf });
    const enter = async (visitor = app.visitor()) => {
      const stamp = stamps.get("ada") ?? "";
      const { response } = await app.visit(visitor, (session) => session.bindTo("ada", { stamp }));
      return [response.status, await userOf(app, visitor)];
    };
    await enter();
    await enter();
    stamps.set("ada", "2");
    app.clock.travel(60);
    const first = app.visitor();
    assertEquals(await enter(first), [200, "ada"], atMaxSessions);
    app.clock.travel(60);
    calls.length = 0;
    assertEquals(await enter(), [200, "ada"], atMaxSessions);
    assertEquals(calls.includes("delete"), false, atMaxSessions);
    assertEquals(await userOf(app, first), "ada", atMaxSessions);
  }
});

Deno.test("refuseSignIn never ends the session of a user who signs in once more", async () => {
  const { app, factory, trouble } = begun({
    maxSessionsPerUser: 2,
    atMaxSessions: "refuseSignIn",
  });
  const [first, ...others] = [1, 2, 3].map(() => app.visitor());
  assert(first);
  await signIn(app, first);
  // All three are saved before one of them asks again.
  let saved = 0;
  const all = Promise.withResolvers<void>();
  trouble.after = (call) => {
    if (call !== "create" && call !== "update") return;
    if (++saved === 3) all.resolve();
    return all.promise;
  };
  const answers = await Promise.all([first, ...others].map((visitor) => signIn(app, visitor)));
  assertEquals(answers[0]?.response.status, 200);
  trouble.after = undefined;
  assertEquals(await userOf(app, first), "ada");
  const { length } = await factory.list("ada");
  assert(length <= 2, `${length} sessions are left`);
});

Deno.test("refuseSignIn lets a user of too many sessions enter the password again", async () => {
  const store = memoryStore();
  const before = begun({}, store).app;
  const visitor = before.visitor();
  await signIn(before);
  await signIn(before, visitor);
  const { app } = begun({ maxSessionsPerUser: 1, atMaxSessions: "refuseSignIn" }, store);
  const cookie = `__Host-session=${visitor.cookie("__Host-session")}`;
  const again = await app.present(cookie, (session) => session.bindTo("ada"));
  assertEquals(again.response.status, 200);
  assertEquals((await signIn(app)).response.status, 403);
});

Deno.test("refuseSignIn undoes a sign-in whose check fails", async () => {
  const { app, factory, trouble, calls } = begun({
    maxSessionsPerUser: 1,
    atMaxSessions: "refuseSignIn",
  });
  trouble.before = (call) => {
    if (call === "list" && calls.includes("create")) throw new Error("down");
  };
  assertEquals((await signIn(app)).response.status, 503);
  trouble.before = undefined;
  assertEquals(await factory.list("ada"), []);
});

Deno.test("storedSessionFactory() refuses limits that cannot be meant", () => {
  const rows: [options: Record<string, unknown>, message: string][] = [
    [{ maxSessionsPerUser: 0 }, "must be an integer from 1"],
    [{ maxSessionsPerUser: 1.5 }, "must be an integer from 1"],
    [{ maxSessionsPerUser: "3" }, "must be a number"],
    [{ maxSessionsPerUser: 3, atMaxSessions: "end" }, '"endOldest" or "refuseSignIn"'],
    [{ atMaxSessions: "endOldest" }, "it needs maxSessionsPerUser"],
  ];
  for (const [options, message] of rows) {
    assertThrows(
      () => storedSessionFactory(memoryStore(), SECRET, options),
      ConfigurationError,
      message,
    );
  }
});
