/**
 * Saving stored sessions: rotations, graces, renewals and their cookies.
 *
 * @module
 */

import { assertEquals, assertNotEquals } from "jsr:@std/assert@^1.0.0";
import type { SessionStore } from "@pyramidion/pyramidion/stores";
import { memoryStore } from "@pyramidion/pyramidion/stores/memory";
import { cookieOf, storedApp } from "./stored_app.ts";

Deno.test("Saving: after a rotation the secret from before reads and writes for ten seconds, and gets no cookie", async () => {
  const { app } = storedApp({ maxAge: 86_400, reissueTime: 0 });
  const visitor = app.visitor();
  await app.visit(visitor, (session) => session.set("a", 1));
  const before = cookieOf(visitor);
  const { cookies } = await app.visit(visitor, (session) => session.regenerate());
  assertEquals(cookies.length, 1);
  assertNotEquals(cookieOf(visitor), before);
  app.clock.travel(10);
  const late = await app.present(before, (session) => {
    session.set("late", session.get("a"));
    session.regenerate();
    session.remember(60);
  });
  assertEquals(late.cookies, []);
  assertEquals((await app.visit(visitor, (session) => session.get("late"))).value, 1);
  app.clock.travel(0.001);
  assertEquals((await app.present(before, (session) => session.isNew)).value, true);
  assertEquals((await app.visit(visitor, (session) => session.get("a"))).value, 1);
});

Deno.test("Saving: remember() makes a new secret, and the session lasts as long as it says", async () => {
  const { app } = storedApp();
  const visitor = app.visitor();
  await app.visit(visitor, (session) => session.set("a", 1));
  const before = cookieOf(visitor);
  const { cookies } = await app.visit(visitor, (session) => session.remember(86_400));
  assertEquals(/Max-Age=(\d+)/.exec(cookies[0] ?? "")?.[1], "86400");
  assertNotEquals(cookieOf(visitor), before);
  app.clock.travel(86_399);
  const due = await app.visit(visitor, (session) => session.get("a"));
  assertEquals([due.value, due.cookies.length], [1, 1]);
  app.clock.travel(86_399);
  assertEquals((await app.present(cookieOf(visitor), (session) => session.get("a"))).value, 1);
  app.clock.travel(86_401);
  assertEquals((await app.visit(visitor, (session) => session.get("a"))).value, undefined);
});

Deno.test("Saving: the id stays for life", async () => {
  const { app, factory } = storedApp();
  const visitor = app.visitor();
  await app.visit(visitor, (session) => session.set("a", 1));
  const ids = new Set<string | undefined>();
  for (const work of ["get", "regenerate", "bindTo", "bindTo", "get"] as const) {
    const { value } = await app.visit(visitor, (session) => {
      const id = factory.idOf(session);
      session[work]("ada");
      return id;
    });
    ids.add(value);
  }
  assertEquals(ids.size, 1);
});

Deno.test("Saving: a change sends the cookie only where the browser needs it", async () => {
  const { app } = storedApp();
  const visitor = app.visitor();
  const sent = async (work: Parameters<typeof app.visit>[1]) =>
    (await app.visit(visitor, work)).cookies.length;
  assertEquals(await sent((session) => session.set("a", 1)), 1);
  assertEquals(await sent((session) => session.set("a", 2)), 0);
  app.clock.travel(130);
  assertEquals(await sent((session) => session.get("a")), 0);
  assertEquals(await sent((session) => session.regenerate()), 1);
});

Deno.test("Saving: a lasting cookie is sent again with each renewal", async () => {
  const { app } = storedApp({ maxAge: 3_600 });
  const visitor = app.visitor();
  await app.visit(visitor, (session) => session.set("a", 1));
  app.clock.travel(130);
  assertEquals((await app.visit(visitor, (session) => session.get("a"))).cookies.length, 1);
  assertEquals((await app.visit(visitor, (session) => session.get("a"))).cookies.length, 0);
});

Deno.test("Saving: a renewal that fails is logged, and the visitor is answered", async () => {
  const { app, trouble } = storedApp();
  const visitor = app.visitor();
  await app.visit(visitor, (session) => session.set("a", 1));
  app.clock.travel(130);
  trouble.before = (call) => {
    if (call === "update") throw new Error("down");
  };
  const { response, value } = await app.visit(visitor, (session) => session.get("a"));
  assertEquals([response.status, value], [200, 1]);
  assertEquals(app.errors.map(({ message }) => message), ["Renewing a session failed"]);
  trouble.before = undefined;
  await app.visit(visitor, (session) => session.get("a"));
  app.clock.travel(1_199);
  assertEquals((await app.visit(visitor, (session) => session.get("a"))).value, 1);
});

Deno.test("Saving: a sign-in whose session ended meanwhile begins one of its own", async () => {
  const { app, inner, factory } = storedApp();
  const visitor = app.visitor();
  await app.visit(visitor, (session) => session.set("cart", [1]));
  await app.visit(visitor, async (session) => {
    await inner.delete(factory.idOf(session) ?? "");
    session.bindTo("ada");
  });
  const { value } = await app.visit(visitor, (session) => [session.userId, session.get("cart")]);
  assertEquals(value, ["ada", [1]]);
});

Deno.test("Saving: two sign-ins at once are two sessions", async () => {
  const { app, factory } = storedApp();
  const visitor = app.visitor();
  await app.visit(visitor, (session) => session.set("cart", [1]));
  const cookie = cookieOf(visitor);
  const signIn = (user: string) => app.present(cookie, (session) => session.bindTo(user));
  const [ada, eve] = await Promise.all([signIn("ada"), signIn("eve")]);
  assertEquals([ada.cookies.length, eve.cookies.length], [1, 1]);
  assertEquals([(await factory.list("ada")).length, (await factory.list("eve")).length], [1, 1]);
});

Deno.test("Saving: a session that was emptied stays for requests that are under way, and idles", async () => {
  const { app } = storedApp();
  const visitor = app.visitor();
  await app.visit(visitor, (session) => session.set("a", 1));
  const cookie = cookieOf(visitor);
  const { cookies } = await app.visit(visitor, async (session) => {
    await app.present(cookie, (session) => session.set("b", 2));
    session.clear();
  });
  assertEquals(cookies, []);
  assertEquals((await app.visit(visitor, (session) => [...session])).value, [["b", 2]]);
  await app.visit(visitor, (session) => session.clear());
  app.clock.travel(1_199);
  assertEquals((await app.visit(visitor, (session) => session.isNew)).value, false);
  app.clock.travel(2);
  assertEquals((await app.visit(visitor, (session) => session.isNew)).value, true);
});

Deno.test("Saving: a request that was under way does not undo remember()", async () => {
  const { app } = storedApp();
  const visitor = app.visitor();
  await app.visit(visitor, (session) => session.set("a", 1));
  const before = cookieOf(visitor);
  app.clock.travel(1);
  await app.present(before, async (session) => {
    session.get("a");
    await app.visit(visitor, (session) => session.remember(30 * 86_400));
    app.clock.travel(0.1);
    session.set("b", 2);
  });
  app.clock.travel(1_201);
  const { value } = await app.visit(visitor, (session) => [session.get("a"), session.get("b")]);
  assertEquals(value, [1, 2]);
});

Deno.test("Saving: a rotation that was under way does not undo remember(), nor its cookie", async () => {
  const { app } = storedApp();
  const visitor = app.visitor();
  await app.visit(visitor, (session) => session.set("a", 1));
  const before = cookieOf(visitor);
  await app.visit(visitor, (session) => session.regenerate());
  const { cookies } = await app.visit(visitor, async (session) => {
    session.get("a");
    // The secret from before is remembered without a new secret.
    await app.present(before, (session) => session.remember(86_400));
    session.regenerate();
  });
  assertEquals(/Max-Age=(\d+)/.exec(cookies[0] ?? "")?.[1], "86400");
  app.clock.travel(1_201);
  assertEquals((await app.visit(visitor, (session) => session.get("a"))).value, 1);
});

Deno.test("Saving: head and end agree where regenerate() overtook remember()", async () => {
  const { app, factory, inner } = storedApp();
  const visitor = app.visitor();
  await app.visit(visitor, (session) => session.set("a", 1));
  const before = cookieOf(visitor);
  const { value: id = "", cookies } = await app.present(before, async (session) => {
    const id = factory.idOf(session);
    await app.visit(visitor, (session) => session.regenerate());
    session.remember(30 * 86_400);
    return id;
  });
  assertEquals(cookies, []);
  const record = await inner.load(id, app.clock());
  assertEquals(JSON.parse(record?.head ?? "[]")[2], 30 * 86_400);
  assertEquals((record?.expires ?? 0) - (record?.renewed ?? 0), 30 * 86_400_000);
  app.clock.travel(1_201);
  assertEquals((await app.visit(visitor, (session) => session.get("a"))).value, 1);
});

Deno.test("Saving: a sign-in replaces the CSRF secret that another request made meanwhile", async () => {
  for (const makesItsOwn of [false, true]) {
    const { app } = storedApp();
    const visitor = app.visitor();
    await app.visit(visitor, (session) => session.set("a", 1));
    const planted = cookieOf(visitor);
    const { value: tokens } = await app.visit(visitor, async (session) => {
      const { value: token } = await app.present(
        planted,
        (other) => other.set("b", 1).newCsrfToken(),
      );
      session.bindTo("ada");
      return [token, makesItsOwn ? session.newCsrfToken() : ""];
    });
    const { value } = await app.visit(visitor, (session) => [
      session.userId,
      ...tokens.map((token) => session.checkCsrfToken(token)),
    ]);
    assertEquals(value, ["ada", false, makesItsOwn]);
  }
});

Deno.test("Saving: a sign-in removes a CSRF secret that it never saw", async () => {
  const { app, factory, inner } = storedApp();
  const visitor = app.visitor();
  await app.visit(visitor, (session) => session.set("a", 1));
  const planted = cookieOf(visitor);
  const { value: id = "" } = await app.visit(visitor, async (session) => {
    const id = factory.idOf(session) ?? "";
    await app.present(planted, (other) => other.set("b", 1).newCsrfToken());
    const keys = [...(await inner.load(id, app.clock()))?.values.keys() ?? []];
    assertEquals(keys.some((key) => key.startsWith("(csrf:")), true);
    session.bindTo("ada");
    return id;
  });
  assertEquals([...(await inner.load(id, app.clock()))?.values.keys() ?? []], ["a"]);
});

Deno.test("Saving: a sign-in keeps the keys that its request holds, and none that another wrote meanwhile", async () => {
  const { app } = storedApp();
  const visitor = app.visitor();
  await app.visit(visitor, (session) => session.set("cart", [1]).set("theme", "dark"));
  const planted = cookieOf(visitor);
  await app.visit(visitor, async (session) => {
    session.get("cart");
    await app.present(planted, (other) => {
      other.set("admin", true).set("cart", [666]).flash("planted");
    });
    await session.modify("visits", () => 1);
    session.delete("theme");
    session.bindTo("ada");
  });
  const { value } = await app.visit(visitor, (session) => [[...session], session.peekFlash()]);
  assertEquals(value, [[["cart", [1]], ["visits", 1]], []]);
});

Deno.test("Saving: a sign-in after clear() keeps nothing of before", async () => {
  const { app, factory, inner } = storedApp();
  const visitor = app.visitor();
  await app.visit(visitor, (session) => session.set("a", 1));
  const planted = cookieOf(visitor);
  const { value: id = "" } = await app.visit(visitor, async (session) => {
    await app.present(planted, (other) => other.set("b", 1));
    session.clear();
    session.bindTo("ada");
    return factory.idOf(session) ?? "";
  });
  assertEquals([...(await inner.load(id, app.clock()))?.values.keys() ?? []], []);
});

Deno.test("Saving: requests at once that flash into one queue lose no message", async () => {
  const { app } = storedApp();
  const visitor = app.visitor();
  await app.visit(visitor, (session) => session.flash("zero"));
  await app.visit(visitor, async (session) => {
    session.flash("one").flash("two");
    await app.visit(visitor, (other) => other.flash("three"));
  });
  const { value } = await app.visit(visitor, (session) => session.peekFlash());
  assertEquals(value[0], "zero");
  assertEquals(value.indexOf("two"), value.indexOf("one") + 1);
  assertEquals(value.toSorted(), ["one", "three", "two", "zero"]);
  // Who takes the messages takes those that he saw.
  const { value: taken } = await app.visit(visitor, async (session) => {
    await app.visit(visitor, (other) => other.flash("four"));
    return session.popFlash();
  });
  assertEquals(taken, value);
  assertEquals((await app.visit(visitor, (session) => session.popFlash())).value, ["four"]);
  assertEquals((await app.visit(visitor, (session) => session.popFlash())).value, []);
});

Deno.test("Saving: a message that is flashed behind others in later requests comes behind them", async () => {
  const { app } = storedApp();
  const visitor = app.visitor();
  const messages = Array.from({ length: 30 }, (_, at) => `message ${at}`);
  for (const message of messages) await app.visit(visitor, (session) => session.flash(message));
  assertEquals((await app.visit(visitor, (session) => session.popFlash())).value, messages);
});

Deno.test("Saving: the first CSRF tokens of two requests at once both count, until a new one is made", async () => {
  const { app } = storedApp();
  const visitor = app.visitor();
  await app.visit(visitor, (session) => session.set("a", 1));
  const { value: tokens } = await app.visit(visitor, async (session) => {
    const own = session.getCsrfToken();
    return [own, (await app.visit(visitor, (other) => other.getCsrfToken())).value];
  });
  const check = async () =>
    (await app.visit(
      visitor,
      (session) => tokens.map((token) => session.checkCsrfToken(token)),
    )).value;
  assertEquals(await check(), [true, true]);
  const { value: later } = await app.visit(visitor, (session) => session.getCsrfToken());
  assertEquals(
    (await app.visit(visitor, (session) => session.checkCsrfToken(later))).value,
    true,
  );
  await app.visit(visitor, (session) => session.newCsrfToken());
  assertEquals(await check(), [false, false]);
});

Deno.test("Saving: regenerate(), bindTo() and invalidate() reject every CSRF token from before", async () => {
  for (const act of ["regenerate", "bindTo", "invalidate"] as const) {
    const { app } = storedApp();
    const visitor = app.visitor();
    await app.visit(visitor, (session) => session.set("a", 1));
    const { value: tokens } = await app.visit(visitor, async (session) => [
      session.getCsrfToken(),
      (await app.visit(visitor, (other) => other.getCsrfToken())).value,
    ]);
    await app.visit(visitor, (session) => session[act]("ada"));
    const { value } = await app.visit(
      visitor,
      (session) => tokens.map((token) => session.checkCsrfToken(token)),
    );
    assertEquals(value, [false, false], act);
  }
});

Deno.test("Saving: each change has a random name of 16 characters, as the contract of stores asks", async () => {
  const names: unknown[] = [];
  const inner = memoryStore();
  const store: SessionStore = {
    ...inner,
    update: (id, head, change, now) => {
      names.push(change.operation);
      return inner.update(id, head, change, now);
    },
  };
  const { app } = storedApp({}, store);
  const visitor = app.visitor();
  for (let at = 0; at < 4; at++) await app.visit(visitor, (session) => session.set("a", at));
  assertEquals(names.length, 3);
  assertEquals(new Set(names).size, 3);
  assertEquals(names.filter((name) => !/^[\w-]{16}$/.test(String(name))), []);
});
