/**
 * Stored sessions whose store is down, late or wrong, and users whose password changed.
 *
 * @module
 */

import { assert, assertEquals, assertRejects } from "jsr:@std/assert@^1.0.0";
import {
  SessionOutcomeUnknownError,
  SessionTooLargeError,
  SessionValueError,
  type StoredSessionFactory,
  storedSessionFactory,
} from "@pyramidion/pyramidion";
import { memoryStore } from "@pyramidion/pyramidion/stores/memory";
import { FactoryApp } from "../factory_app.ts";
import { SECRET, START } from "../session_app.ts";
import { countedStore } from "./counted_store.ts";
import { cookieOf, storedApp } from "./stored_app.ts";

const down = () => {
  throw new Error("down");
};

Deno.test("StoredBackend.find(): a store that is down is a 503, logged once, for views that use the session", async () => {
  const { app, trouble } = storedApp();
  const visitor = app.visitor();
  await app.visit(visitor, (session) => session.set("a", 1));
  trouble.before = down;
  const { response, cookies } = await app.visit(visitor, (session) => session.get("a"));
  assertEquals([response.status, response.headers.get("retry-after"), cookies], [503, "1", []]);
  assertEquals(app.errors.map(({ message }) => message), ["Loading a session failed"]);
  assertEquals((await visitor.get("/untouched")).status, 200);
  assertEquals(app.errors.length, 1);
  trouble.before = undefined;
  assertEquals((await app.visit(visitor, (session) => session.get("a"))).value, 1);
});

Deno.test("StoredBackend.find(): a visitor without a cookie needs no store", async () => {
  const { app, trouble } = storedApp();
  trouble.before = down;
  assertEquals((await app.visit(app.visitor(), (session) => session.isNew)).response.status, 200);
});

Deno.test("StoredBackend.find(): what a stranger wrote is a 503, and stays where it is", async (t) => {
  const inner = memoryStore();
  const { app, factory } = storedApp({}, inner);
  const visitor = app.visitor();
  await app.visit(visitor, (session) => session.set("a", 1));
  const { value: id = "" } = await app.visit(visitor, (session) => factory.idOf(session));
  const good = await inner.load(id, app.clock());
  assert(good !== null);
  const texts: Record<string, [string, string]> = {
    "broken JSON": ["a", "{"],
    "a key of a later version": ["(later)", "1"],
    "JSON too deep to be written again": ["a", "[".repeat(101) + "]".repeat(101)],
  };
  for (const [name, entry] of Object.entries(texts)) {
    await t.step(name, async () => {
      await inner.delete(id);
      await inner.create(id, { ...good, values: new Map([entry]) }, app.clock());
      app.errors.length = 0;
      const { response, cookies } = await app.visit(visitor, (session) => session.size);
      assertEquals([response.status, cookies, app.errors.length], [503, [], 1]);
      assertEquals((await inner.load(id, app.clock()))?.values.size, 1);
    });
  }
});

Deno.test("StoredBackend.write(): a save whose outcome is unknown is a 503, and nothing is half done", async () => {
  const { app, trouble, calls } = storedApp();
  const visitor = app.visitor();
  await app.visit(visitor, (session) => session.set("a", 1));
  trouble.after = (call) => call === "update" ? down() : undefined;
  const { response } = await app.visit(visitor, (session) => session.set("a", 2).set("b", 2));
  assertEquals(response.status, 503);
  trouble.after = undefined;
  calls.length = 0;
  const { value } = await app.visit(visitor, (session) => [...session]);
  assertEquals(value, [["a", 2], ["b", 2]]);
});

Deno.test("StoredBackend.write(): a lost reply is made good by a second call", async () => {
  const { app, trouble, calls } = storedApp();
  const visitor = app.visitor();
  let lost = 1;
  trouble.after = () => lost-- > 0 ? down() : undefined;
  await app.visit(visitor, (session) => session.set("a", 1));
  assertEquals(calls, ["create", "create"]);
  for (const work of ["regenerate", "bindTo"] as const) {
    lost = 0;
    trouble.after = (call) => call === "update" && lost++ === 0 ? down() : undefined;
    const { response, cookies } = await app.visit(visitor, (session) => session[work]("ada"));
    assertEquals([response.status, cookies.length], [200, 1], work);
    trouble.after = undefined;
    assertEquals((await app.visit(visitor, (session) => session.get("a"))).value, 1);
  }
});

Deno.test("StoredBackend.end(): a sign-out whose outcome is unknown deletes the cookie, and lets nobody in", async () => {
  const timers = new Set<() => void>();
  const { app, trouble, inner, factory } = storedApp({}, memoryStore(), (then) => {
    timers.add(then);
    return () => timers.delete(then);
  });
  const visitor = app.visitor();
  await app.visit(visitor, (session) => session.bindTo("ada"));
  const cookie = cookieOf(visitor);
  const { value: id = "" } = await app.visit(visitor, (session) => factory.idOf(session));
  trouble.before = (call) => call === "delete" ? down() : undefined;
  const { response, cookies } = await app.visit(visitor, (session) => session.invalidate());
  assertEquals([response.status, cookies.length], [503, 1]);
  assertEquals(visitor.cookie("__Host-session"), null);
  const { value } = await app.present(cookie, (session) => session.userId);
  assertEquals(value, undefined);
  assert(await inner.load(id, app.clock()) !== null);
  // Behind the answer it is tried again.
  trouble.before = undefined;
  for (const then of [...timers]) then();
  await new Promise((resolve) => setTimeout(resolve));
  assertEquals(await inner.load(id, app.clock()), null);
});

Deno.test("StoredBackend.write(): what is gone stays gone, and onLost is told", async () => {
  const { app, factory, lost, inner } = storedApp();
  const visitor = app.visitor();
  await app.visit(visitor, (session) => (session.set("(a", 1), session.bindTo("ada")));
  const { value: id = "", cookies, response } = await app.visit(visitor, async (session) => {
    const id = factory.idOf(session);
    await factory.endAll("ada");
    session.set("b", 2).delete("(a");
    session.flash("hello");
    return id;
  });
  assertEquals([response.status, cookies], [200, []]);
  assertEquals(lost, [{ keys: ["(a", "(flash)", "b"], userId: "ada" }]);
  assertEquals(await inner.load(id, app.clock()), null);
  assertEquals((await app.visit(visitor, (session) => session.isNew)).value, true);
  assertEquals(app.refusals, ["gone"]);
});

Deno.test("StoredBackend.write(): what onLost throws is logged", async () => {
  const { app, factory } = storedApp({ onLost: down });
  const visitor = app.visitor();
  await app.visit(visitor, (session) => session.bindTo("ada"));
  const { response } = await app.visit(visitor, async (session) => {
    await factory.endAll("ada");
    session.set("b", 2);
  });
  assertEquals([response.status, app.errors.map(({ message }) => message)], [200, [
    "onLost failed",
  ]]);
});

Deno.test("StoredBackend.write(): another user begins with nothing, and the session of the first is over", async () => {
  const { app, factory, inner } = storedApp();
  const visitor = app.visitor();
  await app.visit(visitor, (session) => (session.set("note", 1), session.bindTo("ada")));
  const cookie = cookieOf(visitor);
  const parallel = () => app.present(cookie, (session) => session.set("late", 1));
  const { value: id = "" } = await app.visit(visitor, async (session) => {
    await parallel();
    session.bindTo("eve");
    return factory.idOf(session);
  });
  const { value } = await app.visit(visitor, (session) => [session.userId, session.size]);
  assertEquals(value, ["eve", 0]);
  assertEquals(await inner.load(id, app.clock()), null);
  assertEquals(await factory.list("ada"), []);
});

Deno.test("StoredBackend.write(): limits are named, and the session stays as it was", async () => {
  const { app } = storedApp({ maxBytes: 1_024 });
  const visitor = app.visitor();
  await app.visit(visitor, (session) => session.set("a", 1));
  const refusals: [work: Parameters<typeof app.visit>[1], status: number][] = [
    [(session) => session.set("b", "x".repeat(1_024)), 413],
    [(session) => session.set("x".repeat(257), 1), 500],
    [(session) => session.set("x\0", 1), 500],
    [(session) => session.bindTo("x".repeat(513)), 500],
    [(session) => session.bindTo("\ud800"), 500],
  ];
  for (const [work, status] of refusals) {
    assertEquals((await app.visit(visitor, work)).response.status, status);
  }
  const causes = app.errors.map(({ cause }) => cause);
  assert(causes[0] instanceof SessionTooLargeError);
  assertEquals(causes.slice(1).every((cause) => cause instanceof SessionValueError), true);
  assertEquals((await app.visit(visitor, (session) => [...session])).value, [["a", 1]]);
});

Deno.test("StoredBackend.judge(): a sign-in that races a change of the password is over", async () => {
  const stamps = new Map([["ada", "1"]]);
  const { app } = storedApp({ stampOf: (userId) => stamps.get(userId) ?? null });
  const visitor = app.visitor(), other = app.visitor();
  await app.visit(other, (session) => session.bindTo("ada", { stamp: "1" }));
  await app.visit(visitor, (session) => {
    const stamp = stamps.get("ada") ?? "";
    stamps.set("ada", "2");
    session.bindTo("ada", { stamp });
  });
  for (const one of [visitor, other]) {
    assertEquals((await app.visit(one, (session) => session.userId)).value, undefined);
  }
  await app.visit(visitor, (session) => session.bindTo("ada", { stamp: "2" }));
  assertEquals((await app.visit(visitor, (session) => session.userId)).value, "ada");
  await app.visit(visitor, (session) => session.set("a", 1));
  assertEquals((await app.visit(visitor, (session) => session.userId)).value, "ada");
  stamps.delete("ada");
  assertEquals((await app.visit(visitor, (session) => session.userId)).value, undefined);
  await assertRejects(() => app.visit(visitor, (session) => session.bindTo("ada")), TypeError);
});

Deno.test("StoredBackend.judge(): a look-up of stamps that fails is a 503, logged once", async () => {
  let fails = false;
  const { app } = storedApp({ stampOf: () => fails ? down() : "1" });
  const visitor = app.visitor();
  await app.visit(visitor, (session) => session.bindTo("ada", { stamp: "1" }));
  fails = true;
  const { response } = await app.visit(visitor, (session) => session.userId);
  assertEquals([response.status, app.errors.length], [503, 1]);
});

Deno.test("StoredBackend.end(): a sign-out behind malformed cookies ends the sessions in all others", async () => {
  const { app, factory } = storedApp();
  const [one, two] = [app.visitor(), app.visitor()];
  for (const visitor of [one, two]) await app.visit(visitor, (session) => session.bindTo("ada"));
  const junk = [1, 2, 3, 4].map((at) => `__Host-session=junk${at}`);
  await app.present(
    [...junk, cookieOf(one), cookieOf(two)].join("; "),
    (session) => session.invalidate(),
  );
  assertEquals(await factory.list("ada"), []);
});

Deno.test("StoredBackend.judge(): a look-up of stamps that never answers is a 503, logged once", async () => {
  let hangs = false;
  const { app } = storedApp(
    { stampOf: () => hangs ? new Promise<string>(() => {}) : "1" },
    memoryStore(),
    (then, milliseconds) => {
      // What hangs is given up at once, after the time of a read.
      if (hangs && milliseconds === 500) setTimeout(then, 0);
      return () => {};
    },
  );
  const visitor = app.visitor();
  await app.visit(visitor, (session) => session.bindTo("ada", { stamp: "1" }));
  const cookie = cookieOf(visitor);
  await app.present(cookie, (session) => session.userId);
  hangs = true;
  const { response } = await app.present(cookie, (session) => session.userId);
  assertEquals([response.status, app.errors.length], [503, 1]);
});

Deno.test("StoredBackend.modify(): a store that is down is a 503, logged once", async () => {
  const { app, trouble } = storedApp();
  const visitor = app.visitor();
  await app.visit(visitor, (session) => session.set("a", 1));
  const { response } = await app.visit(visitor, (session) => {
    trouble.before = down;
    return session.modify("a", () => 2);
  });
  assertEquals(response.status, 503);
  assertEquals(app.errors.map(({ message }) => message), ["Changing a session failed"]);
});

Deno.test("StoredSessions: listing and ending with a store that is down is a 503, logged once", async (t) => {
  const rows: Record<string, (made: ReturnType<typeof storedApp>, id: string) => unknown> = {
    "Listing the sessions of a user failed": ({ factory }) => factory.list("ada"),
    "Ending a session failed": ({ factory }, id) => factory.end("ada", id),
    "Ending the sessions of a user failed": ({ factory }) => factory.endAll("ada"),
  };
  for (const [message, work] of Object.entries(rows)) {
    await t.step(message, async () => {
      const made = storedApp();
      const visitor = made.app.visitor();
      await made.app.visit(visitor, (session) => session.bindTo("ada"));
      const { response } = await made.app.visit(visitor, (session) => {
        const id = made.factory.idOf(session) ?? "";
        made.trouble.before = down;
        return work(made, id);
      });
      assertEquals(response.status, 503);
      assertEquals(made.app.errors.map(({ message }) => message), [message]);
    });
  }
});

Deno.test("StoredBackend: a clock with fractions gives sessions that can be read", async () => {
  const { app, factory } = storedApp({ clock: () => START + 0.7 });
  const visitor = app.visitor();
  await app.visit(visitor, (session) => session.bindTo("ada"));
  await app.visit(visitor, (session) => session.regenerate());
  const { value, response } = await app.visit(
    visitor,
    (session) => [session.userId, session.created],
  );
  assertEquals([response.status, value], [200, ["ada", START]]);
  assertEquals((await factory.list("ada")).length, 1);
});

/** Makes the session of a visitor too large to be read, by requests at once. */
async function grown(limits: { maxBytes: number }) {
  const made = storedApp(limits);
  const visitor = made.app.visitor();
  await made.app.visit(visitor, (session) => session.set("a", 1));
  const { value: id = "" } = await made.app.visit(visitor, (session) => made.factory.idOf(session));
  await made.app.visit(visitor, async (session) => {
    session.get("a");
    for (let at = 0; at < 5; at++) {
      await made.inner.update(
        id,
        (await made.inner.load(id, made.app.clock()))?.head ?? "",
        { set: new Map([[`part${at}`, `"${"x".repeat(limits.maxBytes - 100)}"`]]) },
        made.app.clock(),
      );
    }
  });
  return { ...made, visitor, id };
}

Deno.test("StoredBackend.find(): a session too large to be read is a new one, and stays in the store", async () => {
  const { app, visitor, inner, id } = await grown({ maxBytes: 1_024 });
  const { response, value, cookies } = await app.visit(visitor, (session) => session.isNew);
  assertEquals([response.status, value, cookies], [200, true, []]);
  assertEquals(app.refusals, ["too-large"]);
  assert(await inner.load(id, app.clock()) !== null);
  // The visitor is not locked out.
  await app.visit(visitor, (session) => session.set("b", 1));
  assertEquals((await app.visit(visitor, (session) => session.get("b"))).value, 1);
});

Deno.test("StoredBackend.end(): a sign-out ends a session that is too large to be read", async () => {
  const { app, visitor, inner, id } = await grown({ maxBytes: 1_024 });
  const { response, cookies } = await app.visit(visitor, (session) => session.invalidate());
  assertEquals([response.status, cookies.length], [200, 1]);
  assertEquals(await inner.load(id, app.clock()), null);
  assertEquals(visitor.cookie("__Host-session"), null);
});

Deno.test("StoredBackend.find(): a cookie whose session is too large does not hide a good one, and a sign-out ends both", async () => {
  const { app, visitor, inner, id } = await grown({ maxBytes: 1_024 });
  const other = app.visitor();
  await app.visit(other, (session) => session.set("good", 1));
  const both = `${cookieOf(visitor)}; ${cookieOf(other)}`;
  const { response, value } = await app.present(both, (session) => session.get("good"));
  assertEquals([response.status, value], [200, 1]);
  await app.present(both, (session) => session.invalidate());
  assertEquals(await inner.load(id, app.clock()), null);
  assertEquals((await app.visit(other, (session) => session.isNew)).value, true);
});

Deno.test("StoredBackend.write(): a session that requests at once made too large becomes smaller by further ones", async () => {
  const { app, factory, inner } = storedApp({ maxBytes: 1_024 });
  const visitor = app.visitor();
  await app.visit(visitor, (session) => session.set("a", "x".repeat(600)));
  await app.visit(visitor, async (session) => {
    session.set("b", "x".repeat(390));
    await app.visit(visitor, (other) => other.set("c", "x".repeat(390)));
  });
  const { value: id = "" } = await app.visit(visitor, (session) => factory.idOf(session));
  const size = async () =>
    [...(await inner.load(id, app.clock()))?.values ?? []].flat().join("").length;
  assert(await size() > 1_024);
  assertEquals((await app.visit(visitor, (session) => session.set("a", "y"))).response.status, 200);
  assert(await size() < 1_024);
});

Deno.test("StoredBackend.write(): a session that became too large under way loses the change, and onLost is told", async () => {
  const { app, factory, inner, lost } = storedApp({ maxBytes: 1_024 });
  const visitor = app.visitor();
  await app.visit(visitor, (session) => session.set("a", 1));
  const { response } = await app.visit(visitor, async (session) => {
    const id = factory.idOf(session) ?? "";
    await app.visit(visitor, (other) => other.regenerate());
    const head = (await inner.load(id, app.clock()))?.head ?? "";
    const set = new Map([["big", `"${"x".repeat(5_000)}"`]]);
    await inner.update(id, head, { set }, app.clock());
    session.set("b", 1);
  });
  assertEquals([response.status, lost.map(({ keys }) => keys)], [200, [["b"]]]);
  assertEquals(factory.health().lost, 1);
});

Deno.test("StoredBackend.write(): a store that says of every new id that it is taken is a 503, logged once", async () => {
  const { app, trouble } = storedApp();
  trouble.answer = (call, answer) => call === "create" ? false : answer;
  const { response } = await app.visit(app.visitor(), (session) => session.set("a", 1));
  assertEquals([response.status, response.headers.get("retry-after")], [503, "1"]);
  assertEquals(app.errors.length, 1);
});

Deno.test("StoredBackend.end(): the cookie is deleted although an exception view answers the 503", async () => {
  const { store, trouble } = countedStore(memoryStore());
  let made: StoredSessionFactory | undefined;
  const app = new FactoryApp<Record<string, unknown>>(
    (around) => made = storedSessionFactory(store, SECRET, around),
    {
      configure: (config) =>
        void config.addExceptionView(() => new Response("sorry", { status: 503 }), {
          context: SessionOutcomeUnknownError,
        }),
    },
  );
  const visitor = app.visitor();
  await app.visit(visitor, (session) => session.bindTo("ada"));
  trouble.before = (call) => call === "delete" ? down() : undefined;
  const { response, cookies } = await app.visit(visitor, (session) => session.invalidate());
  assertEquals([response.status, await response.text(), cookies.length], [503, "sorry", 1]);
  assertEquals(visitor.cookie("__Host-session"), null);
  assertEquals(response.headers.get("cache-control"), "private");
  trouble.before = undefined;
  await made?.[Symbol.asyncDispose]();
  assertEquals(await made?.list("ada"), []);
});
