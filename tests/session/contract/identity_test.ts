/** `forget()` and `beginSignIn()`: whose keys a session holds, and which cookies still read it. */

import { assert, assertEquals, assertThrows } from "jsr:@std/assert@^1.0.0";
import {
  pyramidCookieSessionFactory,
  type Session,
  signedCookieSessionFactory,
  storedSessionFactory,
} from "@pyramidion/pyramidion";
import { memoryRevocations, memoryStore } from "@pyramidion/pyramidion/stores/memory";
import { cookieHeader, FactoryApp } from "../factory_app.ts";
import { everyKind, mint, payloadOf, SECRET, SessionApp, START, textOf } from "../session_app.ts";

/** What a session says of its user, and one key. */
function seen(session: Session): unknown[] {
  return [session.userId, session.pendingUserId, session.get("cart")];
}

everyKind(
  "forget() signs out, keeps keys and messages, and makes the session the same user's again",
  async () => {
    const app = new SessionApp(), visitor = app.visitor();
    await app.visit(visitor, (session) => session.set("cart", [1]).bindTo("ada"));
    app.clock.travel(60);
    await app.visit(visitor, (session) => {
      session.forget();
      session.flash("Good bye");
      assertEquals(seen(session), [undefined, undefined, [1]]);
    });
    const { value } = await app.visit(visitor, (session) => [
      ...seen(session),
      session.popFlash(),
      session.created - START,
      session.signedInAt,
    ]);
    assertEquals(value, [undefined, undefined, [1], ["Good bye"], 60_000, undefined]);
    await app.visit(visitor, (session) => session.bindTo("ada"));
    assertEquals((await app.visit(visitor, seen)).value, ["ada", undefined, [1]]);
  },
);

everyKind(
  "forget(): somebody else begins with an empty session, half signed in or whole",
  async (t) => {
    const works: Record<string, [(session: Session) => void, unknown[]]> = {
      "bindTo()": [(session) => session.bindTo("eve"), ["eve", undefined, undefined]],
      "beginSignIn()": [(session) => session.beginSignIn("eve"), [undefined, "eve", undefined]],
      "forget() twice, then bindTo()": [(session) => {
        session.forget();
        session.bindTo("eve");
      }, ["eve", undefined, undefined]],
      "regenerate(), then bindTo()": [(session) => {
        session.regenerate();
        session.bindTo("eve");
      }, ["eve", undefined, undefined]],
    };
    for (const [name, [work, wanted]] of Object.entries(works)) {
      await t.step(name, async () => {
        const app = new SessionApp(), visitor = app.visitor();
        await app.visit(
          visitor,
          (session) => session.set("cart", [1]).flash("For Ada").bindTo("ada"),
        );
        await app.visit(visitor, (session) => session.forget());
        await app.visit(visitor, (session) => session.set("cart", [2]));
        await app.visit(visitor, work);
        const { value } = await app.visit(
          visitor,
          (session) => [...seen(session), session.peekFlash()],
        );
        assertEquals(value, [...wanted, []]);
      });
    }
  },
);

everyKind("forget() of a session without keys deletes the cookie", async () => {
  const app = new SessionApp(), visitor = app.visitor();
  await app.visit(visitor, (session) => session.bindTo("ada"));
  await app.visit(visitor, (session) => session.forget());
  assertEquals(cookieHeader(visitor), "");
});

everyKind("forget() ends remember() of an earlier request", async () => {
  const app = new SessionApp({ timeout: 60 }), visitor = app.visitor();
  await app.visit(visitor, (session) => {
    session.set("cart", [1]).bindTo("ada");
    session.remember(3600);
  });
  await app.visit(visitor, (session) => session.forget());
  app.clock.travel(61);
  assertEquals((await app.visit(visitor, seen)).value, [undefined, undefined, undefined]);
});

const CUT: Record<string, () => FactoryApp> = {
  "signed, with revocations": () =>
    new FactoryApp((around) =>
      signedCookieSessionFactory(SECRET, {
        ...around,
        revocations: memoryRevocations({ clock: around.clock }),
      })
    ),
  "stored": () => new FactoryApp((around) => storedSessionFactory(memoryStore(), SECRET, around)),
};

for (const [kind, make] of Object.entries(CUT)) {
  Deno.test(`forget() ends the sessions in further cookies of the request (${kind})`, async () => {
    const app = make();
    const [one, other] = [app.visitor(), app.visitor()];
    await app.visit(one, (session) => session.set("cart", [1]).bindTo("ada"));
    app.clock.travel(1);
    await app.visit(other, (session) => session.set("cart", [2]).bindTo("ada"));
    const cookies = [one, other].map(cookieHeader);
    const both = cookies.join("; ");
    assertEquals((await app.present(both, seen)).value, ["ada", undefined, [2]]);
    await app.present(both, (session) => session.forget());
    for (const cookie of cookies) {
      assertEquals((await app.present(cookie, seen)).value, [undefined, undefined, undefined]);
    }
  });

  Deno.test(`forget() and beginSignIn() of a guest end a user in a further cookie too (${kind})`, async () => {
    for (const work of [(s: Session) => s.forget(), (s: Session) => s.beginSignIn("eve")]) {
      const app = make();
      const [user, guest] = [app.visitor(), app.visitor()];
      await app.visit(user, (session) => session.set("cart", [1]).bindTo("ada"));
      app.clock.travel(1);
      await app.visit(guest, (session) => session.set("cart", [2]));
      const both = [user, guest].map(cookieHeader).join("; ");
      assertEquals((await app.present(both, seen)).value, [undefined, undefined, [2]]);
      await app.present(both, work);
      for (const one of [user, guest]) {
        const { value } = await app.present(cookieHeader(one), seen);
        assertEquals(value, [undefined, undefined, undefined]);
      }
    }
  });

  Deno.test(`forget() and beginSignIn(): the earlier cookie reads nothing, at once and later (${kind})`, async (t) => {
    const works: Record<string, (session: Session) => void> = {
      "forget()": (session) => session.forget(),
      "beginSignIn() of the same user": (session) => session.beginSignIn("ada"),
      "beginSignIn() of another": (session) => session.beginSignIn("eve"),
    };
    for (const [name, work] of Object.entries(works)) {
      await t.step(name, async () => {
        const app = make(), visitor = app.visitor();
        await app.visit(visitor, (session) => session.set("cart", [1]).bindTo("ada"));
        const before = cookieHeader(visitor);
        await app.visit(visitor, work);
        for (const seconds of [0, 1, 10, 30]) {
          app.clock.travel(seconds);
          const { value } = await app.present(before, seen);
          assertEquals(value, [undefined, undefined, undefined], `after ${seconds} s`);
        }
      });
    }
  });

  Deno.test(`forget() by a cookie from before a rotation signs out too (${kind})`, async () => {
    const app = make(), visitor = app.visitor();
    await app.visit(visitor, (session) => session.set("cart", [1]).bindTo("ada"));
    const before = cookieHeader(visitor);
    await app.visit(visitor, (session) => session.regenerate());
    const after = cookieHeader(visitor);
    assert(before !== after);
    await app.present(before, (session) => session.forget());
    for (const cookie of [before, after]) {
      assertEquals((await app.present(cookie, (session) => session.userId)).value, undefined);
    }
  });

  Deno.test(`beginSignIn() that is called off: a copy of its cookie is over too (${kind})`, async () => {
    for (const work of [(s: Session) => s.forget(), (s: Session) => s.invalidate()]) {
      const app = make(), visitor = app.visitor();
      await app.visit(visitor, (session) => session.beginSignIn("ada"));
      const before = cookieHeader(visitor);
      assertEquals((await app.present(before, seen)).value, [undefined, "ada", undefined]);
      await app.visit(visitor, work);
      for (const seconds of [0, 30]) {
        app.clock.travel(seconds);
        assertEquals((await app.present(before, seen)).value, [undefined, undefined, undefined]);
      }
    }
  });

  Deno.test(`beginSignIn(): a planted cookie sees nothing of it (${kind})`, async () => {
    const app = make(), attacker = app.visitor();
    await app.visit(attacker, (session) => session.set("cart", [666]));
    const planted = cookieHeader(attacker);
    const { cookies } = await app.present(planted, (session) => session.beginSignIn("ada"));
    assertEquals((await app.present(planted, seen)).value, [undefined, undefined, undefined]);
    const moved = cookies[0]?.split(";")[0] ?? "";
    assertEquals((await app.present(moved, seen)).value, [undefined, "ada", [666]]);
  });
}

everyKind("beginSignIn() signs nobody in; bindTo() completes it", async () => {
  const app = new SessionApp(), visitor = app.visitor();
  await app.visit(visitor, (session) => session.set("cart", [1]));
  await app.visit(visitor, (session) => session.beginSignIn("ada"));
  const { value } = await app.visit(visitor, (session) => [
    ...seen(session),
    session.isFresh(Infinity),
    session.signedInAt,
  ]);
  assertEquals(value, [undefined, "ada", [1], false, undefined]);
  await app.visit(visitor, (session) => session.bindTo("ada"));
  assertEquals((await app.visit(visitor, seen)).value, ["ada", undefined, [1]]);
});

everyKind("beginSignIn() ends with its time, after its last millisecond", async () => {
  const app = new SessionApp(), visitor = app.visitor();
  await app.visit(visitor, (session) => session.beginSignIn("ada", { maxAge: 120 }));
  app.clock.travel(120);
  assertEquals((await app.visit(visitor, seen)).value, [undefined, "ada", undefined]);
  app.clock.travel(0.001);
  assertEquals((await app.visit(visitor, seen)).value, [undefined, undefined, undefined]);
});

everyKind("beginSignIn(): another user who completes it begins with an empty session", async () => {
  const app = new SessionApp(), visitor = app.visitor();
  await app.visit(visitor, (session) => {
    session.beginSignIn("ada");
    session.set("challenge", "of Ada");
  });
  await app.visit(visitor, (session) => session.bindTo("eve"));
  const { value } = await app.visit(
    visitor,
    (session) => [session.userId, session.get("challenge")],
  );
  assertEquals(value, ["eve", undefined]);
});

everyKind("beginSignIn() that is called off by forget() or invalidate() is over", async () => {
  for (const work of [(s: Session) => s.forget(), (s: Session) => s.invalidate()]) {
    const app = new SessionApp(), visitor = app.visitor();
    await app.visit(visitor, (session) => {
      session.set("cart", [1]);
      session.beginSignIn("ada");
    });
    await app.visit(visitor, work);
    assertEquals((await app.visit(visitor, (session) => session.pendingUserId)).value, undefined);
  }
});

Deno.test("beginSignIn() refuses what is no user and no time", async (t) => {
  const app = new SessionApp(), visitor = app.visitor();
  const rows: Record<string, [(session: Session) => void, typeof TypeError | typeof RangeError]> = {
    "an empty id": [(session) => session.beginSignIn(""), TypeError],
    "a number as id": [(session) => Reflect.apply(session.beginSignIn, session, [7]), TypeError],
    "no seconds": [(session) => session.beginSignIn("ada", { maxAge: 0 }), RangeError],
    "NaN seconds": [(session) => session.beginSignIn("ada", { maxAge: NaN }), RangeError],
    "two days": [(session) => session.beginSignIn("ada", { maxAge: 172_800 }), RangeError],
    "an unknown option": [
      (session) => Reflect.apply(session.beginSignIn, session, ["ada", { max_age: 5 }]),
      TypeError,
    ],
  };
  for (const [name, [work, kind]] of Object.entries(rows)) {
    await t.step(name, async () => {
      await app.visit(visitor, (session) => {
        assertThrows(() => work(session), kind);
        assertEquals(session.pendingUserId, undefined);
      });
    });
  }
});

Deno.test("isFresh() and signedInAt count from bindTo() alone", async () => {
  const app = new SessionApp({ timeout: 3600 }), visitor = app.visitor();
  const fresh = (session: Session) => [session.isFresh(300), session.signedInAt];
  assertEquals((await app.visit(visitor, fresh)).value, [false, undefined]);
  await app.visit(visitor, (session) => session.bindTo("ada"));
  app.clock.travel(300);
  await app.visit(visitor, (session) => session.regenerate());
  assertEquals((await app.visit(visitor, fresh)).value, [true, START]);
  app.clock.travel(0.001);
  assertEquals((await app.visit(visitor, fresh)).value, [false, START]);
  await app.visit(visitor, (session) => session.bindTo("ada"));
  assertEquals((await app.visit(visitor, (session) => session.isFresh(300))).value, true);
});

Deno.test("the native format: an owner and a time are read as written, and others are refused", async (t) => {
  const rows: Record<string, [extra: string, wanted: unknown[] | null]> = {
    "an owner who is half signed in": [`{"owner":"ada","pending":${START + 1}}`, [
      undefined,
      "ada",
    ]],
    "a time without an owner": [`{"pending":${START + 1}}`, [undefined, undefined]],
    "a user beside a time": [`{"pending":${START + 1},"user":"bob"}`, ["bob", undefined]],
    "a user beside an owner": [`{"owner":"ada","pending":${START + 1},"user":"bob"}`, [
      "bob",
      undefined,
    ]],
    "an empty owner": [`{"owner":""}`, null],
    "an owner that is a number": [`{"owner":7}`, null],
    "a time as text": [`{"owner":"ada","pending":"1"}`, null],
    "a negative time": [`{"owner":"ada","pending":-1}`, null],
    "a time beyond 2^53": [`{"owner":"ada","pending":1e300}`, null],
  };
  for (const [name, [extra, wanted]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const app = new SessionApp();
      const text = await mint(`[${START},${START},{},${extra}]`);
      const { value } = await app.present(text, (s) => [s.userId, s.pendingUserId]);
      assertEquals(value, wanted ?? [undefined, undefined]);
      assertEquals(app.refusals, wanted === null ? ["malformed"] : []);
    });
  }
  const app = new SessionApp();
  const { cookies } = await app.visit(app.visitor(), (session) => session.beginSignIn("ada"));
  assertEquals(
    payloadOf(textOf(cookies[0])),
    `[${START},${START},{},{"owner":"ada","pending":${START + 600_000}}]`,
  );
});

Deno.test("Pyramid's format keeps whose keys they are, and refuses the app's use of that place", async () => {
  const app = new FactoryApp((around) => pyramidCookieSessionFactory(SECRET, around));
  const visitor = app.visitor();
  await app.visit(visitor, (session) => session.set("cart", [1]).bindTo("ada"));
  await app.visit(visitor, (session) => session.forget());
  assertEquals((await app.visit(visitor, seen)).value, [undefined, undefined, [1]]);
  await app.visit(visitor, (session) => session.beginSignIn("ada"));
  assertEquals((await app.visit(visitor, seen)).value, [undefined, "ada", [1]]);
  await app.visit(visitor, (session) => session.bindTo("eve"));
  assertEquals((await app.visit(visitor, seen)).value, ["eve", undefined, undefined]);
  await app.visit(visitor, (session) => {
    assertThrows(() => session.set("_pyramidion_owner_", "eve"), TypeError, "forget()");
    assertThrows(() => session.set("_pyramidion_pending_", 1), TypeError, "beginSignIn()");
  });
});

Deno.test("formerly: who is half signed in stays so under another cookie name", async () => {
  let old = signedCookieSessionFactory(SECRET);
  const before = new FactoryApp((around) => old = signedCookieSessionFactory(SECRET, around));
  const after = new FactoryApp(
    (around) =>
      storedSessionFactory(memoryStore(), SECRET, { ...around, cookieName: "app", formerly: old }),
    { clock: before.clock },
  );
  const visitor = before.visitor();
  await before.visit(visitor, (session) => session.set("cart", [1]).beginSignIn("ada"));
  const { value } = await after.present(cookieHeader(visitor), seen);
  assertEquals(value, [undefined, "ada", [1]]);
  await before.visit(visitor, (session) => session.bindTo("ada"));
  const { cookies } = await after.present(cookieHeader(visitor), (session) => session.forget());
  // The former cookie would sign the visitor in again.
  assertEquals(cookies.map((cookie) => cookie.split("=")[0]), ["__Host-app", "__Host-session"]);
});

Deno.test("formerly: forget() leaves no session behind that another request has taken over", async () => {
  let old = signedCookieSessionFactory(SECRET);
  const before = new FactoryApp((around) => old = signedCookieSessionFactory(SECRET, around));
  const after = new FactoryApp(
    (around) =>
      storedSessionFactory(memoryStore(), SECRET, { ...around, cookieName: "app", formerly: old }),
    { clock: before.clock },
  );
  const visitor = before.visitor();
  await before.visit(visitor, (session) => session.set("cart", [1]).bindTo("ada"));
  const former = cookieHeader(visitor);
  const { cookies } = await after.present(former, (session) => session.set("seen", 1));
  const taken = cookies[0]?.split(";")[0] ?? "";
  assertEquals((await after.present(taken, seen)).value, ["ada", undefined, [1]]);
  await after.present(former, (session) => session.forget());
  assertEquals((await after.present(taken, seen)).value, [undefined, undefined, undefined]);
});

Deno.test("formerly: forget() deletes a former cookie that comes beside the present one", async () => {
  let old = signedCookieSessionFactory(SECRET);
  const before = new FactoryApp((around) => old = signedCookieSessionFactory(SECRET, around));
  const after = new FactoryApp(
    (around) => signedCookieSessionFactory(SECRET, { ...around, cookieName: "app", formerly: old }),
    { clock: before.clock },
  );
  const [one, other] = [before.visitor(), after.visitor()];
  await before.visit(one, (session) => session.bindTo("ada"));
  await after.visit(other, (session) => session.set("cart", [1]).bindTo("ada"));
  const both = [one, other].map(cookieHeader).join("; ");
  const { cookies } = await after.present(both, (session) => session.forget());
  assertEquals(cookies.map((cookie) => cookie.split("=")[0]), ["__Host-app", "__Host-session"]);
});
