/**
 * The session as an app sees it: a map, flash messages, a CSRF token, and its own life.
 *
 * @module
 */

import {
  assert,
  assertEquals,
  assertNotEquals,
  assertStrictEquals,
  assertThrows,
} from "jsr:@std/assert@^1.0.0";
import { Session } from "@pyramidion/pyramidion";
import { payloadOf, SessionApp, START, stateOf, textOf } from "./session/session_app.ts";
import { memoryRevocations } from "@pyramidion/pyramidion/stores/memory";

Deno.test("Session.get(), has(), set() and delete() are those of a Map", () => {
  const session = new Session<{ user: string; visits: number }>();
  assertStrictEquals(session.get("user"), undefined);
  assertStrictEquals(session.has("user"), false);
  assertStrictEquals(session.set("user", "ada"), session);
  assertStrictEquals(session.get("user"), "ada");
  assertStrictEquals(session.has("user"), true);
  assertStrictEquals(session.size, 1);
  assertStrictEquals(session.set("user", "eve").get("user"), "eve");
  assertStrictEquals(session.size, 1);
  assertStrictEquals(session.delete("user"), true);
  assertStrictEquals(session.delete("user"), false);
  assertStrictEquals(session.size, 0);
});

Deno.test("Session.pop() takes a value away, and gives the fallback only where the key is missing", () => {
  const session = new Session<{ user: string | null; cart: number[] }>();
  session.set("user", null).set("cart", [1]);
  assertStrictEquals(session.pop("user", "nobody"), null);
  assertStrictEquals(session.has("user"), false);
  assertStrictEquals(session.pop("user", "nobody"), "nobody");
  assertStrictEquals(session.pop("user"), undefined);
  assertEquals(session.pop("cart"), [1]);
  assertStrictEquals(session.size, 0);
});

Deno.test("Session.setDefault() writes only a missing key and returns what the key holds", () => {
  const session = new Session<{ user: string | null; cart: number[] }>();
  assertStrictEquals(session.setDefault("user", "ada"), "ada");
  assertStrictEquals(session.setDefault("user", "eve"), "ada");
  session.set("user", null);
  assertStrictEquals(session.setDefault("user", "eve"), null);
  session.setDefault("cart", []).push(1);
  assertEquals(session.setDefault("cart", [2]), [1]);
});

Deno.test("Session.update() takes what gives pairs, and plain objects", async (t) => {
  const rows: Record<string, Parameters<Session["update"]>[0]> = {
    "an object": { user: "ada", visits: 2 },
    "a list of pairs": [["user", "ada"], ["visits", 2]],
    "a Map": new Map<string, unknown>([["user", "ada"], ["visits", 2]]),
    "another session": new Session().set("user", "ada").set("visits", 2),
  };
  for (const [name, entries] of Object.entries(rows)) {
    await t.step(name, () => {
      const session = new Session().set("visits", 1).set("kept", true);
      assertStrictEquals(session.update(entries), session);
      assertEquals(stateOf(session), { user: "ada", visits: 2, kept: true });
    });
  }
  await t.step("nothing", () => assertStrictEquals(new Session().update([]).size, 0));
});

Deno.test("Session.update() writes nothing where one of the values is refused", async () => {
  const app = new SessionApp();
  const { cookies } = await app.visit(app.visitor(), (session) => {
    session.set("kept", 1);
    assertThrows(() => session.update({ kept: 2, user: "ada", run: () => {} }), TypeError, "run");
    assertEquals(stateOf(session), { kept: 1 });
  });
  assertEquals(payloadOf(textOf(cookies[0])), `[${START},${START},{"kept":1}]`);
});

Deno.test("Session.update() writes nothing where its pairs end in a throw", () => {
  const session = new Session();
  const broken = function* (): Generator<[string, number]> {
    yield ["user", 1];
    throw new RangeError("no more pairs");
  };
  assertThrows(() => session.update(broken()), RangeError, "no more pairs");
  assertStrictEquals(session.size, 0);
});

Deno.test("Session.clear() forgets the app's keys and keeps flash messages, CSRF token and user", async () => {
  const app = new SessionApp();
  const ada = app.visitor();
  const { value: token } = await app.visit(ada, (session) => {
    session.bindTo("ada");
    session.set("user", "ada").flash("Hello");
    return session.getCsrfToken();
  });
  await app.visit(ada, (session) => assertStrictEquals(session.clear(), undefined));
  await app.visit(ada, (session) => {
    assertStrictEquals(session.size, 0);
    assertEquals(session.peekFlash(), ["Hello"]);
    assertStrictEquals(session.checkCsrfToken(token), true);
    assertStrictEquals(session.userId, "ada");
    assertStrictEquals(session.isNew, false);
  });
});

Deno.test("Session iterates over the app's keys alone, in the order they were first written", () => {
  const session = new Session();
  session.set("b", 1).set("a", 2).set("b", 3).flash("Hello").flash("Bad", "error");
  session.getCsrfToken();
  assertEquals([...session.keys()], ["b", "a"]);
  assertEquals([...session.values()], [3, 2]);
  assertEquals([...session.entries()], [["b", 3], ["a", 2]]);
  assertEquals([...session], [["b", 3], ["a", 2]]);
  assertStrictEquals(session.size, 2);
  assertStrictEquals(session.has(""), false);
  assertStrictEquals(session.has("error"), false);
});

Deno.test("Session keys are data whatever they are called", async (t) => {
  const names = ["__proto__", "constructor", "toString", "hasOwnProperty", "valueOf", "length", ""];
  const app = new SessionApp();
  for (const name of names) {
    await t.step(JSON.stringify(name), async () => {
      const ada = app.visitor();
      await app.visit(ada, (session) => {
        assertStrictEquals(session.get(name), undefined);
        assertStrictEquals(session.has(name), false);
        session.set(name, { admin: true });
        session.flash("Hello", name);
      });
      await app.visit(ada, (session) => {
        assertEquals(session.get(name), { admin: true });
        assertEquals([...session.keys()], [name]);
        assertEquals(session.peekFlash(name), ["Hello"]);
        assertStrictEquals(session.get("admin"), undefined);
        assertStrictEquals(Reflect.get(session, "admin"), undefined);
        assertStrictEquals(Reflect.get({}, "admin"), undefined);
        session.delete(name);
        session.popFlash(name);
      });
      assertStrictEquals(ada.cookie("__Host-session"), null);
    });
  }
});

Deno.test("Session.flash() queues messages by name, oldest first", () => {
  const session = new Session();
  assertStrictEquals(session.flash("one"), session);
  session.flash("two").flash("warn1", "warn").flash("warn2", "warn").flash("err", "error");
  assertEquals(session.peekFlash(), ["one", "two"]);
  assertEquals(session.peekFlash("warn"), ["warn1", "warn2"]);
  assertEquals(session.popFlash("error"), ["err"]);
  assertEquals(session.popFlash("error"), []);
  assertEquals(session.peekFlash("warn"), ["warn1", "warn2"]);
  assertEquals(session.popFlash("nowhere"), []);
  assertEquals(session.peekFlash("toString"), []);
});

Deno.test("Session.peekFlash() leaves the messages, popFlash() takes them", () => {
  const session = new Session().flash("one").flash("two");
  assertEquals(session.peekFlash(), ["one", "two"]);
  assertEquals(session.peekFlash(), ["one", "two"]);
  assertEquals(session.popFlash(), ["one", "two"]);
  assertEquals(session.popFlash(), []);
  assertEquals(session.peekFlash(), []);
});

Deno.test("Session.peekFlash() returns a list of its own", () => {
  const session = new Session().flash("one");
  session.peekFlash().push("two");
  assertEquals(session.peekFlash(), ["one"]);
});

Deno.test("Session.flash() adds a message again unless allowDuplicate is false", async (t) => {
  const message = { text: "Saved", of: { page: 1, id: [2] } };
  const equal = { of: { id: [2], page: 1 }, text: "Saved" };
  const app = new SessionApp();
  const rows: Record<
    string,
    [second: unknown, allowDuplicate: boolean | undefined, count: number]
  > = {
    "the default": [message, undefined, 2],
    "true": [message, true, 2],
    "false, the very same": [message, false, 1],
    "false, equal by value with its keys in another order": [equal, false, 1],
    "false, another value": [{ ...message, text: "saved" }, false, 2],
    "false, text that reads like the value": [JSON.stringify(message), false, 2],
  };
  for (const [name, [second, allowDuplicate, count]] of Object.entries(rows)) {
    await t.step(name, async () => {
      await app.visit(app.visitor(), (session) => {
        const options = allowDuplicate === undefined ? {} : { allowDuplicate };
        session.flash(message, "q").flash(message, "other").flash(second, "q", options);
        assertStrictEquals(session.peekFlash("q").length, count);
        assertEquals(session.peekFlash<unknown>("other"), [message]);
      });
    });
  }
  await t.step("false, an equal message of an earlier request", async () => {
    const ada = app.visitor();
    await app.visit(ada, (session) => session.flash(message));
    await app.visit(ada, (session) => session.flash(equal, "", { allowDuplicate: false }));
    const { value } = await app.visit(ada, (session) => session.popFlash<typeof message>());
    assertEquals(value, [message]);
  });
});

Deno.test("Session.popFlash() is gone after the next request has read it", async () => {
  const app = new SessionApp();
  const ada = app.visitor();
  await app.visit(ada, (session) => session.set("user", "ada").flash("Hello"));
  const pops = () => app.visit(ada, (session) => session.popFlash());
  assertEquals((await pops()).value, ["Hello"]);
  assertEquals((await pops()).value, []);
});

Deno.test("Session.popFlash() takes nothing where nobody looks at the answer", async (t) => {
  await t.step("HEAD: it peeks", async () => {
    const app = new SessionApp();
    const ada = app.visitor();
    await app.visit(ada, (session) => session.flash("Hello"));
    const head = await app.visit(ada, (session) => session.popFlash(), { method: "HEAD" });
    assertEquals([head.value, head.cookies], [["Hello"], []]);
    assertEquals((await app.visit(ada, (session) => session.popFlash())).value, ["Hello"]);
  });
  for (const purpose of ["prefetch", "prefetch;prerender", "prefetch;anonymous-client-ip"]) {
    await t.step(`${purpose}: the browser asks again`, async () => {
      const app = new SessionApp();
      const ada = app.visitor();
      const init = { headers: { "sec-purpose": purpose } };
      const pops = () => app.visit(ada, (session) => session.popFlash(), init);
      await app.visit(ada, (session) => session.flash("Hello"));
      const { response, cookies } = await pops();
      assertEquals([response.status, cookies], [503, []]);
      assertStrictEquals(response.headers.get("cache-control"), "no-store");
      assertEquals((await app.visit(ada, (session) => session.popFlash())).value, ["Hello"]);
      const empty = await pops();
      assertEquals([empty.response.status, empty.value], [200, []]);
      assertEquals(app.errors, []);
    });
  }
  await t.step("other writes of a HEAD are committed", async () => {
    const app = new SessionApp();
    const ada = app.visitor();
    await app.visit(ada, (session) => session.set("n", 1), { method: "HEAD" });
    assertEquals((await app.visit(ada, (session) => session.get("n"))).value, 1);
  });
});

Deno.test("Session.created is when the session began, and isNew whether it began now", async () => {
  const app = new SessionApp();
  const ada = app.visitor();
  const look = (session: Session) => [session.created, session.isNew];
  const first = await app.visit(ada, (session) => look(session.set("user", "ada")));
  assertEquals(first.value, [START, true]);
  app.clock.travel(600);
  assertEquals((await app.visit(ada, look)).value, [START, false]);
  app.clock.travel(1200);
  assertEquals((await app.visit(ada, look)).value, [START, false]);
  app.clock.travel(1200.001);
  assertEquals((await app.visit(ada, look)).value, [app.clock(), true]);
  assertEquals(app.refusals, ["expired-idle"]);
});

Deno.test("Session.isNew stays true throughout the request that stores something", () => {
  const session = new Session();
  assertStrictEquals(session.isNew, true);
  assertStrictEquals(session.set("user", "ada").isNew, true);
});

Deno.test("Session.invalidate() forgets everything, begins anew and stays usable", async () => {
  const app = new SessionApp();
  const ada = app.visitor();
  const { value: token } = await app.visit(ada, (session) => {
    session.bindTo("ada");
    session.set("user", "ada").flash("Hello").remember(3600);
    return session.getCsrfToken();
  });
  app.clock.travel(60);
  const { cookies } = await app.visit(ada, (session) => {
    assertStrictEquals(session.invalidate(), undefined);
    assertStrictEquals(session.size, 0);
    assertEquals(session.popFlash(), []);
    assertStrictEquals(session.checkCsrfToken(token), false);
    assertStrictEquals(session.userId, undefined);
    assertStrictEquals(session.isNew, true);
    assertStrictEquals(session.created, START + 60_000);
    session.set("theme", "dark");
  });
  const now = START + 60_000;
  assertEquals(cookies.map(textOf).map(payloadOf), [`[${now},${now},{"theme":"dark"}]`]);
  assertStrictEquals(cookies[0]?.includes("Max-Age"), false);
});

Deno.test("Session.invalidate() deletes the cookie unless something is stored afterwards", async () => {
  const app = new SessionApp();
  const ada = app.visitor();
  await app.visit(ada, (session) => session.set("user", "ada"));
  const { cookies } = await app.visit(ada, (session) => session.invalidate());
  assertEquals(cookies, [
    "__Host-session=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT",
  ]);
  assertStrictEquals(ada.cookie("__Host-session"), null);
  assertEquals((await app.visit(ada, (session) => session.isNew)).value, true);
});

Deno.test("Session.invalidate() of a new session sends nothing", async () => {
  const app = new SessionApp();
  const { cookies } = await app.visit(app.visitor(), (session) => {
    session.set("user", "ada");
    session.invalidate();
  });
  assertEquals(cookies, []);
});

Deno.test("Session.regenerate() keeps the keys and the absolute limit, and renews the CSRF token", async () => {
  const app = new SessionApp();
  const ada = app.visitor();
  await app.visit(ada, (session) => session.set("cart", [1]).flash("Hello"));
  const { value: token } = await app.visit(ada, (session) => session.getCsrfToken());
  app.clock.travel(60);
  await app.visit(ada, (session) => {
    assertStrictEquals(session.regenerate(), undefined);
    assertStrictEquals(session.checkCsrfToken(token), false);
    assertStrictEquals(session.checkCsrfToken(session.getCsrfToken()), true);
    assertStrictEquals(session.created, START);
  });
  await app.visit(ada, (session) => {
    assertEquals([session.get("cart"), session.peekFlash()], [[1], ["Hello"]]);
    assertStrictEquals(session.created, START);
    assertStrictEquals(session.checkCsrfToken(token), false);
  });
});

Deno.test("Session.bindTo() regenerates the session and remembers whose it is", async () => {
  const app = new SessionApp();
  const ada = app.visitor();
  const { value: token } = await app.visit(ada, (session) => {
    assertStrictEquals(session.userId, undefined);
    session.set("cart", [1]);
    return session.getCsrfToken();
  });
  app.clock.travel(60);
  await app.visit(ada, (session) => {
    assertThrows(() => session.bindTo(""), RangeError, "must not be empty");
    assertStrictEquals(session.checkCsrfToken(token), true);
    assertStrictEquals(session.bindTo("ada"), undefined);
  });
  await app.visit(ada, (session) => {
    assertEquals([session.userId, session.get("cart")], ["ada", [1]]);
    assertStrictEquals(session.created, START + 60_000);
    assertStrictEquals(session.checkCsrfToken(token), false);
  });
});

Deno.test("Session.bindTo() keeps a guest's keys and nothing of another user's, and never an earlier remember()", async (t) => {
  const month = 30 * 24 * 3600;
  type Work = (session: Session) => void;
  const keys: Work = (session) => session.set("cart", [1]).flash("Hello");
  const rows: Record<string, [before: Work, bind: Work, kept: boolean, life: string]> = {
    "a guest's": [keys, (session) => session.bindTo("ada"), true, ""],
    "the same user's": [
      (session) => (session.bindTo("ada"), keys(session)),
      (session) => session.bindTo("ada"),
      true,
      "",
    ],
    "another user's": [
      (session) => (session.bindTo("eve"), keys(session)),
      (session) => session.bindTo("ada"),
      false,
      "",
    ],
    "a remembered guest's": [
      (session) => (session.remember(month), keys(session)),
      (session) => session.bindTo("ada"),
      true,
      "",
    ],
    "the same user's, remembered": [
      (session) => (session.bindTo("ada"), session.remember(month), keys(session)),
      (session) => session.bindTo("ada"),
      true,
      "",
    ],
    "another user's, remembered": [
      (session) => (session.bindTo("eve"), session.remember(month), keys(session)),
      (session) => session.bindTo("ada"),
      false,
      "",
    ],
    "the box is ticked this time, before": [
      (session) => (session.bindTo("eve"), session.remember(month), keys(session)),
      (session) => (session.remember(60), session.bindTo("ada")),
      false,
      "; Max-Age=60",
    ],
    "the box is ticked this time, behind": [
      keys,
      (session) => (session.bindTo("ada"), session.remember(60)),
      true,
      "; Max-Age=60",
    ],
    "two users in one request": [
      keys,
      (session) => {
        session.bindTo("eve");
        session.set("secret", 1);
        session.bindTo("ada");
      },
      false,
      "",
    ],
    "what is set behind it stays": [
      (session) => session.bindTo("eve"),
      (session) => (session.bindTo("ada"), keys(session)),
      true,
      "",
    ],
  };
  for (const [name, [before, bind, kept, life]] of Object.entries(rows)) {
    for (const options of [{}, { revocations: memoryRevocations({ clock: () => START }) }]) {
      await t.step(`${name}${options.revocations ? ", with revocations" : ""}`, async () => {
        const app = new SessionApp(options);
        const ada = app.visitor();
        await app.visit(ada, before);
        app.clock.travel(60);
        const { cookies } = await app.visit(ada, bind);
        const maxAge = /; Max-Age=\d+/.exec(cookies[0] ?? "")?.[0] ?? "";
        assertEquals([cookies.length, maxAge], [1, life]);
        const { value } = await app.visit(ada, (session) => [
          session.userId,
          session.created,
          session.get("cart"),
          session.get("secret"),
          session.popFlash(),
        ]);
        const cart = kept ? [[1], undefined, ["Hello"]] : [undefined, undefined, []];
        assertEquals(value, ["ada", START + 60_000, ...cart]);
      });
    }
  }
});

Deno.test("Session.created is set anew by bindTo() and invalidate() alone", async (t) => {
  const rows: Record<string, [work: (session: Session) => void, isNew: boolean]> = {
    "read": [(session) => void session.size, false],
    "set()": [(session) => void session.set("n", 1), false],
    "clear()": [(session) => (session.clear(), session.flash("x"), undefined), false],
    "regenerate()": [(session) => session.regenerate(), false],
    "remember()": [(session) => session.remember(3600), false],
    "regenerate() and remember()": [
      (session) => (session.regenerate(), session.remember(3600)),
      false,
    ],
    "bindTo()": [(session) => session.bindTo("ada"), true],
    "invalidate()": [(session) => (session.invalidate(), session.flash("x"), undefined), true],
  };
  for (const [name, [work, isNew]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const app = new SessionApp();
      const ada = app.visitor();
      await app.visit(ada, (session) => session.set("user", "ada"));
      app.clock.travel(600);
      await app.visit(ada, work);
      const { value } = await app.visit(ada, (session) => session.created);
      assertStrictEquals(value, isNew ? START + 600_000 : START);
    });
  }
  await t.step("so that a session which rotates for ever still ends", async () => {
    const app = new SessionApp({ timeout: 1200, lifetime: 3600 });
    const ada = app.visitor();
    await app.visit(ada, (session) => session.bindTo("ada"));
    for (let visit = 0; visit < 6; visit++) {
      app.clock.travel(600);
      const { value } = await app.visit(ada, (session) => {
        session.regenerate();
        return session.userId;
      });
      assertStrictEquals(value, "ada");
    }
    app.clock.travel(0.001);
    assertStrictEquals((await app.visit(ada, (session) => session.isNew)).value, true);
    assertEquals(app.refusals, ["expired-absolute"]);
  });
});

Deno.test("Session.regenerate() sends a cookie although nothing else changed, and none of a session without one", async () => {
  const app = new SessionApp();
  const ada = app.visitor();
  const regenerate = (session: Session) => session.regenerate();
  assertEquals((await app.visit(ada, regenerate)).cookies, []);
  await app.visit(ada, (session) => session.set("user", "ada"));
  app.clock.travel(1);
  const { cookies } = await app.visit(ada, regenerate);
  assertEquals(cookies.map(textOf).map(payloadOf), [`[${START + 1000},${START},{"user":"ada"}]`]);
});

Deno.test("Session.remember() takes whole seconds from 1 to 400 days", async (t) => {
  const app = new SessionApp();
  for (const seconds of [0, -1, 0.5, 1.5, NaN, Infinity, 34_560_001, 1e308]) {
    await t.step(`refuses ${seconds}`, async () => {
      const { cookies } = await app.visit(app.visitor(), (session) => {
        assertThrows(() => session.remember(seconds), RangeError, `for ${seconds} seconds`);
      });
      assertEquals(cookies, []);
    });
  }
  for (const seconds of [1, 34_560_000]) {
    await t.step(`takes ${seconds}`, async () => {
      const { cookies } = await app.visit(app.visitor(), (session) => {
        session.set("user", "ada").remember(seconds);
      });
      assert(cookies[0]?.endsWith(`; SameSite=Lax; Max-Age=${seconds}`), cookies[0]);
    });
  }
});

Deno.test("Session.changed() returns nothing, changes nothing and needs never be called", async () => {
  const app = new SessionApp();
  const ada = app.visitor();
  await app.visit(ada, (session) => session.set("user", "ada"));
  const { value, cookies } = await app.visit(ada, (session) => session.changed());
  assertEquals([value, cookies], [undefined, []]);
});

Deno.test("Session refuses every write after the response, and names what to do", async (t) => {
  const app = new SessionApp();
  const ada = app.visitor();
  const work = (session: Session) => {
    session.set("user", "ada").flash("Hello");
    session.getCsrfToken();
    return session;
  };
  const rows: Record<string, (session: Session) => unknown> = {
    "set": (session) => session.set("user", "eve"),
    "set an equal value": (session) => session.set("user", "ada"),
    "delete": (session) => session.delete("user"),
    "delete a missing key": (session) => session.delete("nothing"),
    "pop": (session) => session.pop("user"),
    "pop a missing key": (session) => session.pop("nothing", 1),
    "setDefault": (session) => session.setDefault("n", 1),
    "update": (session) => session.update({ user: "eve" }),
    "update by nothing": (session) => session.update([]),
    "clear": (session) => session.clear(),
    "flash": (session) => session.flash("Late"),
    "popFlash": (session) => session.popFlash(),
    "newCsrfToken": (session) => session.newCsrfToken(),
    "invalidate": (session) => session.invalidate(),
    "regenerate": (session) => session.regenerate(),
    "remember": (session) => session.remember(60),
    "bindTo": (session) => session.bindTo("eve"),
    "changed": (session) => session.changed(),
  };
  for (const [name, write] of Object.entries(rows)) {
    await t.step(name, async () => {
      const { value: session } = await app.visit(ada, work);
      const error = assertThrows(() => write(session), Error);
      assert(error.message.startsWith("Cannot "), error.message);
      assert(error.message.includes("the response is already on its way"), error.message);
      assert(error.message.includes("before the view returns"), error.message);
      assertEquals(stateOf(session), { user: "ada" });
    });
  }
  await t.step("getCsrfToken, where there is none yet", async () => {
    const { value: session } = await app.visit(app.visitor(), (session) => session);
    assertThrows(() => session.getCsrfToken(), Error, "the response is already on its way");
  });
  await t.step("reads go on", async () => {
    const { value: session } = await app.visit(ada, work);
    assertStrictEquals(session.get("user"), "ada");
    assertStrictEquals(session.setDefault("user", "eve"), "ada");
    assertStrictEquals(session.has("user"), true);
    assertEquals([...session], [["user", "ada"]]);
    assert(session.peekFlash().length > 0);
    assertStrictEquals(session.checkCsrfToken(session.getCsrfToken()), true);
    assertStrictEquals(session.created, START);
  });
});

Deno.test("Session of its own, without a factory, needs no clock and no request", () => {
  const before = Date.now();
  const session = new Session();
  assert(session.created >= before && session.created <= Date.now());
  assertStrictEquals(session.isNew, true);
  assertStrictEquals(session.userId, undefined);
  const token = session.getCsrfToken();
  assertStrictEquals(session.checkCsrfToken(token), true);
  assertNotEquals(new Session().getCsrfToken(), token);
});
