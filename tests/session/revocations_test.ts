/**
 * Sessions that are over stay over, whatever copies of their cookies there are.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes, assertThrows } from "jsr:@std/assert@^1.0.0";
import {
  ConfigurationError,
  type RevocationStore,
  RevocationStoreError,
  type Session,
  signedCookieSessionFactory,
  type StandardSchema,
} from "@pyramidion/pyramidion";
import type { SecretCookieSessionOptions } from "@pyramidion/pyramidion/types";
import { denoKvRevocations } from "@pyramidion/pyramidion/stores/deno-kv";
import { memoryRevocations } from "@pyramidion/pyramidion/stores/memory";
import { settableClock, type TestClient } from "@pyramidion/pyramidion/testing";
import { Random } from "../random.ts";
import { testUnless } from "../requirements.ts";
import { cookieHeader, FactoryApp } from "./factory_app.ts";
import { type CopyAct, RevocationModel } from "./revocation_model.ts";
import { type OpenRevocations, revocationSuite } from "./revocation_suite.ts";
import { mint, NAME, payloadOf, SECRET, START, textOf } from "./session_app.ts";

const noKv = typeof Deno.openKv === "function" ? null : "Deno KV needs --unstable-kv";

const openMemory: OpenRevocations = (clock) =>
  Promise.resolve({ store: memoryRevocations({ clock }), close: () => {} });

const openKv: OpenRevocations = async (clock) => {
  const kv = await Deno.openKv(":memory:");
  return { store: denoKvRevocations(kv, { clock }), close: () => kv.close() };
};

/** An app whose sessions can be revoked. */
function revocable(
  revocations: RevocationStore | ((clock: () => number) => RevocationStore) = (clock) =>
    memoryRevocations({ clock }),
  options: SecretCookieSessionOptions = {},
): FactoryApp {
  return new FactoryApp((around) =>
    signedCookieSessionFactory(SECRET, {
      ...around,
      revocations: typeof revocations === "function" ? revocations(around.clock) : revocations,
      ...options,
    })
  );
}

/** A request that has loaded its session and goes on when it is told to. */
function underWay(app: FactoryApp, cookie: string, work: (session: Session) => unknown) {
  const loaded = Promise.withResolvers<void>();
  const go = Promise.withResolvers<void>();
  const answer = app.present(cookie, async (session) => {
    loaded.resolve();
    await go.promise;
    return await work(session);
  });
  return { loaded: loaded.promise, finish: () => (go.resolve(), answer) };
}

/** A schema that fills in a theme. */
const withDefault: StandardSchema<Record<string, unknown>> = {
  "~standard": {
    version: 1,
    vendor: "test",
    validate: (value: unknown) => ({
      value: { theme: "light", ...value as Record<string, unknown> },
    }),
  },
};

const userOf = (session: Session) => session.userId ?? null;

Deno.test("memoryRevocations() keeps the contract of a RevocationStore", async (t) => {
  await revocationSuite(openMemory, (name, fn) => t.step(name, fn));
});

testUnless(noKv, "denoKvRevocations() keeps the contract of a RevocationStore", async (t) => {
  await revocationSuite(openKv, (name, fn) => t.step(name, fn));
});

Deno.test("memoryRevocations() forgets what has passed, so that its memory is bounded", async () => {
  const clock = settableClock(START);
  const store = memoryRevocations({ clock });
  const end = (from: number, count: number, until: number) => {
    for (let i = from; i < from + count; i++) store.add(`id ${i}`, until);
  };
  const held = async (from: number, count: number) => {
    // What is held is told by going back to a time when it still counted.
    const now = clock();
    clock.travelTo(START);
    let held = 0;
    for (let i = from; i < from + count; i++) if (await store.has(`id ${i}`)) held++;
    clock.travelTo(now);
    return held;
  };
  end(0, 5000, START + 1000);
  assertEquals(await held(0, 5000), 5000);
  for (let round = 1; round <= 20; round++) {
    clock.travel(2);
    end(5000 * round, 5000, clock() + 1000);
    assert(await held(0, 5000 * (round + 1)) <= 16_000, `round ${round}`);
  }
  assertEquals(await held(0, 5000), 0);
  assertEquals(await store.has("id 104999"), true);
});

/** A store that keeps what it was told to end. */
function spied(clock: () => number): { store: RevocationStore; ended: string[] } {
  const ended: string[] = [];
  const working = memoryRevocations({ clock });
  return {
    ended,
    store: { ...working, add: (id, until) => (ended.push(id), working.add(id, until)) },
  };
}

Deno.test("signing out revokes a session that held a key or a user when it was loaded, and no other", async (t) => {
  const SIGN_OUT = 3;
  type Row = [begin: (session: Session) => unknown, ended: number];
  const rows: Record<string, Row> = {
    "a key": [(session) => session.set("cart", [1]), SIGN_OUT],
    "a key of null": [(session) => session.set("cart", null), SIGN_OUT],
    "a user": [(session) => session.bindTo("ada"), SIGN_OUT],
    "a message": [(session) => session.flash("Hello"), 0],
    "a CSRF token": [(session) => session.getCsrfToken(), 0],
    "a message and a CSRF token": [(session) => session.flash(session.getCsrfToken()), 0],
    "a message, remembered": [(session) => (session.flash("Hello"), session.remember(3600)), 0],
  };
  const outs: Record<string, (session: Session) => unknown> = {
    "invalidate()": (session) => session.invalidate(),
    "invalidate() and a farewell": (session) => (session.invalidate(), session.flash("Bye")),
    "a key that comes and goes with it": (session) => (session.set("x", 1), session.invalidate()),
  };
  for (const [name, [begin, count]] of Object.entries(rows)) {
    for (const [out, signOut] of Object.entries(outs)) {
      await t.step(`${name}, by ${out}`, async () => {
        const { store, ended } = spied(() => START);
        const app = revocable(store);
        const visitor = app.visitor();
        await app.visit(visitor, begin);
        assert(cookieHeader(visitor) !== "");
        for (let round = 0; round < 3; round++) await app.visit(visitor, signOut);
        assertEquals(ended.length, count);
      });
    }
  }
  await t.step("a schema's defaults are no key", async () => {
    const { store, ended } = spied(() => START);
    const app = revocable(store, { schema: withDefault });
    const visitor = app.visitor();
    await app.visit(visitor, (session) => session.flash("Hello"));
    await app.visit(visitor, (session) => session.invalidate());
    assertEquals(ended.length, 0);
    await app.visit(visitor, (session) => session.set("theme", "dark"));
    await app.visit(visitor, (session) => session.invalidate());
    assertEquals(ended.length, SIGN_OUT);
  });
  await t.step("a rotation revokes the old name, whatever the session held", async () => {
    for (const [rotate, count] of [["regenerate", 2], ["bindTo", 4]] as const) {
      const { store, ended } = spied(() => START);
      const app = revocable(store);
      const visitor = app.visitor();
      await app.visit(visitor, (session) => session.flash("Hello"));
      await app.visit(visitor, (session) => session[rotate]("ada"));
      assertEquals(ended.length, count);
    }
  });
});

Deno.test("a sign-out that a full store cannot remember is a 503, and the cookie is kept", async () => {
  const clock = settableClock(START);
  const app = new FactoryApp(
    (around) =>
      signedCookieSessionFactory(SECRET, {
        ...around,
        revocations: memoryRevocations({ clock, maxEntries: 6 }),
      }),
    { clock },
  );
  const signedIn = async (user: string) => {
    const visitor = app.visitor();
    await app.visit(visitor, (session) => session.bindTo(user));
    return visitor;
  };
  const [ada, bob, eve] = [await signedIn("ada"), await signedIn("bob"), await signedIn("eve")];
  const signOut = (visitor: TestClient) => app.visit(visitor, (session) => session.invalidate());
  await signOut(ada);
  await signOut(bob);
  const { response, cookies } = await signOut(eve);
  assertEquals([response.status, cookies], [503, []]);
  const error = app.errors.at(-1)?.cause;
  assert(error instanceof RevocationStoreError);
  assertStringIncludes(String(error.cause), "maxEntries");
  assertEquals((await app.visit(eve, userOf)).value, "eve");
  // When the first sign-outs do not count any more there is room.
  clock.travel(1000);
  await app.visit(eve, (session) => session.set("n", 1));
  clock.travel(1000);
  assertEquals((await signOut(eve)).response.status, 200);
});

Deno.test("an answer of the store that is none is a 503: nothing is guessed", async (t) => {
  const answers: Record<string, [wrong: Partial<RevocationStore>, message: string]> = {
    "has() gives a text": [
      { has: () => "no" as never },
      'has() of the revocation store gave: must be true or false, not the string "no"',
    ],
    "has() gives 0": [{ has: () => 0 as never }, "must be true or false, not the number 0"],
    "has() gives nothing": [
      { has: () => undefined as never },
      "must be true or false, not undefined",
    ],
    "has() promises null": [
      { has: () => Promise.resolve(null as never) },
      "must be true or false, not null",
    ],
    "has() gives an object": [{ has: () => ({}) as never }, "must be true or false, not "],
    "epoch() gives NaN": [
      { epoch: () => NaN },
      "epoch() of the revocation store gave: must be an integer from 0, not the number NaN",
    ],
    "epoch() gives nothing": [
      { epoch: () => undefined as never },
      "must be an integer from 0, not undefined",
    ],
    "epoch() gives a text": [
      { epoch: () => "7" as never },
      'must be an integer from 0, not the string "7"',
    ],
    "epoch() gives less than 0": [
      { epoch: () => -1 },
      "must be an integer from 0, not the number -1",
    ],
    "epoch() gives a half": [{ epoch: () => 0.5 }, "must be an integer from 0, not the number 0.5"],
    "epoch() promises Infinity": [
      { epoch: () => Promise.resolve(Infinity) },
      "must be an integer from 0, not the number Infinity",
    ],
  };
  for (const [name, [wrong, message]] of Object.entries(answers)) {
    await t.step(name, async () => {
      const working = memoryRevocations({ clock: () => START });
      let store = working;
      const app = revocable({
        has: (id) => store.has(id),
        add: (id, until) => store.add(id, until),
        epoch: (user) => store.epoch(user),
        bump: (user) => store.bump(user),
      });
      const ada = app.visitor();
      await app.visit(ada, (session) => session.bindTo("ada"));
      store = { ...working, ...wrong };
      const { response, cookies } = await app.visit(ada, userOf);
      assertEquals([response.status, cookies], [503, []]);
      const error = app.errors.at(-1)?.cause;
      assert(error instanceof RevocationStoreError && error.cause instanceof TypeError);
      assertStringIncludes(error.cause.message, message);
    });
  }
});

testUnless(
  noKv,
  "denoKvRevocations() keeps apart what has another prefix, and lets entries expire",
  async () => {
    using kv = await Deno.openKv(":memory:");
    const clock = settableClock(START);
    const one = denoKvRevocations(kv, { clock }),
      other = denoKvRevocations(kv, { clock, prefix: ["x"] });
    await one.add("id", START + 1000);
    await one.bump("ada");
    assertEquals([await other.has("id"), await other.epoch("ada")], [false, 0]);
    clock.travelTo(START + 1001);
    assertEquals(await one.has("id"), false);
    const keys: Deno.KvKey[] = [];
    for await (const { key } of kv.list({ prefix: [] })) keys.push(key);
    assertEquals(keys, [
      ["pyramidion", "revocations", "ended", "id"],
      ["pyramidion", "revocations", "epoch", "ada"],
    ]);
  },
);

testUnless(
  noKv,
  "denoKvRevocations() writes entries that expire by themselves at their time",
  async () => {
    using kv = await Deno.openKv(":memory:");
    const expiries: (number | undefined)[] = [];
    const store = denoKvRevocations({
      get: (key) => kv.get([...key]),
      atomic: () => {
        const spied = {
          check: () => spied,
          set: (_key: unknown, _value: unknown, options?: { expireIn?: number }) => {
            expiries.push(options?.expireIn);
            return spied;
          },
          commit: () => Promise.resolve({ ok: true }),
        };
        return spied;
      },
    }, { clock: () => START });
    await store.add("id", START + 5000);
    await store.add("long ago", START - 5000);
    await store.bump("ada");
    assertEquals(expiries, [5000, 1, undefined]);
  },
);

testUnless(
  noKv,
  "denoKvRevocations() takes nothing back that another process wrote meanwhile",
  async (t) => {
    using kv = await Deno.openKv(":memory:");
    const clock = settableClock(START);
    const other = denoKvRevocations(kv, { clock });
    let meanwhile: (() => unknown) | undefined;
    const store = denoKvRevocations({
      async get(key) {
        const entry = await kv.get([...key]);
        const interrupt = meanwhile;
        meanwhile = undefined;
        await interrupt?.();
        return entry;
      },
      atomic: () => kv.atomic(),
    }, { clock });
    await t.step("bump() goes beyond", async () => {
      let reached = 0;
      meanwhile = async () => {
        for (let i = 0; i < 3; i++) await other.bump("ada");
        reached = await other.epoch("ada");
      };
      await store.bump("ada");
      const epoch = await store.epoch("ada");
      assert(reached > 0 && epoch > reached, `${epoch} after ${reached}`);
    });
    await t.step("add() leaves a later end", async () => {
      meanwhile = () => other.add("id", START + 2000);
      await store.add("id", START + 1000);
      clock.travelTo(START + 2000);
      assertEquals(await store.has("id"), true);
    });
  },
);

const endings: Record<string, (session: Session) => void> = {
  "invalidate()": (session) => session.invalidate(),
  "invalidate() and a farewell": (session) => {
    session.invalidate();
    session.flash("Good bye");
  },
  "clear()": (session) => session.clear(),
  "pop() of the last key": (session) => session.pop("user"),
  "clear() of a session that was remembered": (session) => session.clear(),
  "regenerate()": (session) => session.regenerate(),
  "bindTo()": (session) => session.bindTo("ada"),
  "bindTo() of somebody else": (session) => session.bindTo("bob"),
  "remember() for another time": (session) => session.remember(60),
};

for (
  const [store, open, reason] of [["memory", openMemory, null], ["Deno KV", openKv, noKv]] as const
) {
  testUnless(reason, `every earlier copy of a cookie is revoked (${store}) after`, async (t) => {
    for (const [name, end] of Object.entries(endings)) {
      await t.step(name, async () => {
        const clock = settableClock(START);
        const { store, close } = await open(clock);
        try {
          const app = new FactoryApp(
            (around) => signedCookieSessionFactory(SECRET, { ...around, revocations: store }),
            { clock },
          );
          const ada = app.visitor();
          const copies = new Set<string>();
          const visit = async (work: (session: Session) => unknown) => {
            await app.visit(ada, work);
            copies.add(cookieHeader(ada));
          };
          await visit((session) => {
            session.set("user", "ada");
            if (name.includes("remembered")) session.remember(7200);
          });
          await visit((session) => session.set("cart", [1]));
          clock.travel(720);
          await visit((session) => session.size); // renewed
          await visit((session) => session.delete("cart"));
          assertEquals(copies.size, 4);

          await app.visit(ada, end);
          const current = cookieHeader(ada);
          assert(!copies.has(current));
          const isRotation = /regenerate|remember\(/.test(name);
          if (isRotation) {
            // A request that was under way with it may read, and changes nothing.
            for (const seconds of [0, 10]) {
              clock.travel(seconds);
              for (const copy of copies) {
                const { value, cookies } = await app.present(copy, (session) => {
                  session.set("late", true);
                  return [session.isNew, session.get("user")];
                });
                assertEquals([value, cookies, app.refusals], [[false, "ada"], [], []]);
              }
            }
            clock.travel(0.001);
          }
          for (const copy of copies) {
            app.refusals.length = 0;
            const { value, cookies } = await app.present(copy, (s) => [s.isNew, s.size]);
            assertEquals([value, cookies, app.refusals], [[true, 0], [], ["revoked"]]);
          }
          app.refusals.length = 0;
          const after = await app.visit(ada, (session) => [session.isNew, session.get("user")]);
          const goesOn = /regenerate|bindTo|remember\(/.test(name);
          const isNew = current === "";
          assertEquals(after.value, [isNew, goesOn ? "ada" : undefined]);
          assertEquals(app.refusals, []);
        } finally {
          close();
        }
      });
    }
  });
}

Deno.test("a cookie that an attacker planted before sign-in never becomes the victim's session", async () => {
  const app = revocable();
  const attacker = app.visitor();
  await app.visit(attacker, (session) => session.set("cart", ["bait"]));
  const planted = cookieHeader(attacker);

  const { cookies } = await app.present(planted, (session) => {
    session.bindTo("victim");
    session.set("mail", "victim@example.test");
  });
  const own = `${NAME}=${textOf(cookies[0])}`;
  assertEquals((await app.present(own, userOf)).value, "victim");

  // Before the victim signs out, and after; to read, and to write.
  for (let i = 0; i < 2; i++) {
    const read = await app.visit(attacker, (session) => [userOf(session), session.get("mail")]);
    assertEquals(read.value, [null, undefined]);
    const written = await app.present(planted, (session) => {
      session.set("cart", ["more bait"]);
      return [userOf(session), session.isNew];
    });
    assertEquals(written.value, [null, true]);
    await app.present(own, (session) => session.invalidate());
  }
});

/** A visitor's cookie from before and after a request, and a way to come with either. */
async function turned(before: (session: Session) => unknown, turn: (session: Session) => unknown) {
  const store = memoryRevocations({ clock: () => app.clock() });
  const app: FactoryApp = revocable(store);
  const ada = app.visitor();
  await app.visit(ada, before);
  const old = cookieHeader(ada);
  app.clock.travel(60);
  await app.visit(ada, turn);
  return { app, store, ada, old, current: cookieHeader(ada) };
}

const cart = (session: Session) => session.set("cart", [1]);

/** What a late request sees; it writes, too. */
const lateWrite = (session: Session) => {
  const seen = [session.isNew, userOf(session), session.get("cart")];
  session.set("late", true).flash("late");
  return seen;
};

Deno.test("a request from before a sign-in sees nothing for ten seconds, saves nothing, and does not replace the new session", async (t) => {
  const starts: Record<string, [before: (session: Session) => unknown, user: string]> = {
    "a guest": [cart, "ada"],
    "a guest with a message alone": [(session) => session.flash("Please sign in"), "ada"],
    "another user": [(session) => (session.bindTo("eve"), cart(session)), "ada"],
    "the same user": [(session) => (session.bindTo("ada"), cart(session)), "ada"],
  };
  for (const [name, [before, user]] of Object.entries(starts)) {
    for (const seconds of [0, 5, 9.999, 10]) {
      await t.step(`${name}, ${seconds} s later`, async () => {
        const { app, ada, old } = await turned(before, (session) => session.bindTo(user));
        app.clock.travel(seconds);
        const { value, cookies } = await app.present(old, lateWrite);
        assertEquals([value, cookies], [[true, null, undefined], []]);
        assertEquals((await app.visit(ada, userOf)).value, user);
      });
    }
    await t.step(`${name}: whoever planted it has nothing, then or later`, async () => {
      const { app, old } = await turned(before, (session) => session.bindTo(user));
      for (const seconds of [0, 9, 1, 0.001, 60, 1000]) {
        app.clock.travel(seconds);
        const { value } = await app.present(old, (s) => [s.isNew, userOf(s), s.size, s.popFlash()]);
        assertEquals(value, [true, null, 0, []]);
      }
    });
    await t.step(`${name}: behind the ten seconds, a new session may begin`, async () => {
      const { app, old } = await turned(before, (session) => session.bindTo(user));
      app.clock.travel(10.001);
      const { value, cookies } = await app.present(old, lateWrite);
      assertEquals([value, cookies.length], [[true, null, undefined], 1]);
    });
  }
  await t.step("a form that makes a CSRF token leaves no cookie behind", async () => {
    const { app, old } = await turned(cart, (session) => session.bindTo("ada"));
    const { cookies } = await app.present(old, (session) => session.getCsrfToken());
    assertEquals(cookies, []);
  });
  await t.step("one that signs out, with a farewell, signs nobody out", async () => {
    const { app, ada, old } = await turned(cart, (session) => session.bindTo("ada"));
    const { cookies } = await app.present(old, (session) => {
      session.invalidate();
      session.flash("Good bye");
    });
    assertEquals([cookies, (await app.visit(ada, userOf)).value], [[], "ada"]);
  });
  await t.step("one that signs in is a sign-in: the first answer may have been lost", async () => {
    const { app, old } = await turned(cart, (session) => session.bindTo("ada"));
    app.clock.travel(1);
    const { cookies } = await app.present(old, (session) => session.bindTo("ada"));
    assertEquals((await app.present(`${NAME}=${textOf(cookies[0])}`, userOf)).value, "ada");
  });
});

Deno.test("a request from before a rotation reads for ten seconds, saves nothing and gets no cookie", async (t) => {
  const starts: Record<string, (session: Session) => unknown> = {
    "a guest": cart,
    "a user": (session) => (session.bindTo("ada"), cart(session)),
  };
  const turns: Record<string, (session: Session) => unknown> = {
    "regenerate()": (session) => session.regenerate(),
    "remember()": (session) => session.remember(86_400),
    "regenerate() and a write": (session) => (session.regenerate(), session.set("cart", [2])),
  };
  const lates: Record<string, (session: Session) => unknown> = {
    "writes": lateWrite,
    "changes an object in place": (session) => (session.get("cart") as number[]).push(7),
    "rotates": (session) => session.regenerate(),
    "remembers": (session) => session.remember(60),
    "empties": (session) => session.clear(),
    "makes a CSRF token": (session) => session.getCsrfToken(),
  };
  for (const [who, before] of Object.entries(starts)) {
    for (const [how, turn] of Object.entries(turns)) {
      await t.step(`${who}, ${how}`, async () => {
        const { app, ada, old, current } = await turned(before, turn);
        const state = (session: Session) => [userOf(session), session.get("cart")];
        for (const seconds of [0, 5, 5]) {
          app.clock.travel(seconds);
          const seen = await app.present(old, (session) => [session.isNew, ...state(session)]);
          assertEquals(seen.value, [false, who === "a user" ? "ada" : null, [1]]);
          for (const late of Object.values(lates)) {
            assertEquals((await app.present(old, late)).cookies, []);
          }
        }
        const kept = await app.present(current, state);
        const user = who === "a user" ? "ada" : null;
        assertEquals(kept.value, [user, how.endsWith("write") ? [2] : [1]]);
        app.clock.travel(0.001);
        assertEquals((await app.present(old, (session) => session.isNew)).value, true);
        assertEquals((await app.visit(ada, userOf)).value, user);
        assertEquals(app.refusals, ["revoked"]);
      });
    }
  }
  await t.step("one that is due to be renewed is not", async () => {
    const { app, old } = await turned(cart, (session) => (session.regenerate(), undefined));
    app.clock.travel(5);
    assertEquals((await app.present(old, (session) => session.size)).cookies, []);
  });
  await t.step("one that signs in is a sign-in, and ends what was rotated", async () => {
    const { app, old, current } = await turned(starts["a user"]!, turns["regenerate()"]!);
    const { cookies } = await app.present(old, (session) => session.bindTo("bob"));
    assertEquals((await app.present(`${NAME}=${textOf(cookies[0])}`, userOf)).value, "bob");
    for (const cookie of [old, current]) {
      assertEquals((await app.present(cookie, userOf)).value, null);
    }
  });
});

Deno.test("the ten seconds are ten whenever they begin, and wherever a server's clock stands", async (t) => {
  for (let offset = 0; offset < 16; offset += 0.625) {
    await t.step(`${offset} s behind the hour`, async () => {
      const server = settableClock(START + 1000 * offset);
      let shared = server();
      const store = memoryRevocations({ clock: () => shared });
      const app = new FactoryApp(
        (around) => signedCookieSessionFactory(SECRET, { ...around, revocations: store }),
        { clock: server },
      );
      const ada = app.visitor();
      await app.visit(ada, cart);
      const old = cookieHeader(ada);
      await app.visit(ada, (session) => session.regenerate());
      const isNew = async (after: number, ahead = 0) => {
        shared = START + 1000 * (offset + after);
        server.travelTo(shared + 1000 * ahead);
        return (await app.present(old, (session) => session.isNew)).value;
      };
      for (const after of [0, 2.5, 9.999, 10]) {
        assertEquals(await isNew(after), false, `${after}`);
        for (const ahead of [-2.499, 2.5]) {
          assertEquals(await isNew(after, ahead), false, `${after} ${ahead}`);
        }
      }
      for (const after of [10.001, 11, 60]) assertEquals(await isNew(after), true, `${after}`);
    });
  }
});

Deno.test("a sign-out by a cookie that was rotated away deletes it, and ends what it became", async (t) => {
  for (const seconds of [0, 5, 10.001, 600]) {
    for (const how of ["regenerate", "remember"]) {
      await t.step(`${how}(), ${seconds} s later`, async () => {
        const { app, old, current } = await turned(
          (session) => (session.bindTo("ada"), cart(session)),
          (session) => how === "remember" ? session.remember(30 * 86_400) : session.regenerate(),
        );
        app.clock.travel(seconds);
        assertEquals((await app.present(current, userOf)).value, "ada");
        const { cookies } = await app.present(old, (session) => session.invalidate());
        assertEquals(cookies.map((cookie) => /; Max-Age=0/.test(cookie)), [true]);
        for (const later of [0, 25 * 60, 86_400, 28 * 86_400]) {
          app.clock.travel(later);
          for (const cookie of [old, current]) {
            assertEquals((await app.present(cookie, userOf)).value, null, `${later} s`);
          }
        }
      });
    }
  }
});

Deno.test("a sign-out of a session that held no key and no user tells the store nothing", async (t) => {
  const works: Record<string, [before: (session: Session) => unknown, adds: boolean]> = {
    "a message": [(session) => session.flash("Hello"), false],
    "a key": [cart, true],
    "a user": [(session) => session.bindTo("ada"), true],
  };
  for (const [name, [before, adds]] of Object.entries(works)) {
    await t.step(name, async () => {
      const added: string[] = [];
      const store = memoryRevocations({ clock: () => START });
      const app = revocable({
        ...store,
        add: (id, until) => (added.push(id), store.add(id, until)),
      });
      const ada = app.visitor();
      await app.visit(ada, before);
      const { cookies } = await app.visit(ada, (session) => session.invalidate());
      assertEquals([cookies.length, added.length > 0, cookieHeader(ada)], [1, adds, ""]);
    });
  }
});

Deno.test("a store that answers what is no answer counts as one that is down", async (t) => {
  const untyped = (store: object) => store as RevocationStore;
  const has = [undefined, null, 0, 1, "", "true", {}, []];
  const epoch = [undefined, null, NaN, Infinity, -1, 0.5, 2 ** 53, "0", true, 0n];
  const rows = [
    ...has.map((answer) => ["has", answer] as const),
    ...epoch.map((answer) => ["epoch", answer] as const),
  ];
  for (const [method, answer] of rows) {
    for (const given of [answer, Promise.resolve(answer)]) {
      const shown = `${typeof answer} ${String(answer)}`;
      await t.step(
        `${method}() is ${shown}${given === answer ? "" : ", by a promise"}`,
        async () => {
          const store = memoryRevocations({ clock: () => START });
          let isOdd = false;
          const odd = { [method]: (name: string) => isOdd ? given : store[method](name) };
          const app = revocable(untyped({ ...store, ...odd }));
          const ada = app.visitor();
          await app.visit(ada, (session) => session.bindTo("ada"));
          isOdd = true;
          const { response, cookies } = await app.visit(ada, userOf);
          assertEquals([response.status, cookies], [503, []]);
          assertStringIncludes(String(app.errors[0]?.cause), "RevocationStoreError");
        },
      );
    }
  }
});

Deno.test("signing out everywhere ends all of the user's sessions, and nobody else's", async (t) => {
  const clock = settableClock(START);
  const store = memoryRevocations({ clock });
  const app = new FactoryApp(
    (around) => signedCookieSessionFactory(SECRET, { ...around, revocations: store }),
    { clock },
  );
  const signIn = async (user: string, visitor = app.visitor()) => {
    await app.visit(visitor, (session) => session.bindTo(user));
    return visitor;
  };
  const user = async (visitor: TestClient) => (await app.visit(visitor, userOf)).value;

  const [phone, laptop, bob] = [await signIn("ada"), await signIn("ada"), await signIn("bob")];
  await t.step("but for the session that binds itself again", async () => {
    const copy = cookieHeader(laptop);
    await app.visit(laptop, async (session) => {
      await store.bump("ada");
      session.bindTo("ada");
    });
    assertEquals([await user(phone), await user(laptop), await user(bob)], [null, "ada", "bob"]);
    assertEquals(app.refusals, ["revoked"]);
    assertEquals((await app.present(copy, userOf)).value, null);
  });
  await t.step("the session that asks for it as well, if it does not", async () => {
    const { cookies } = await app.visit(laptop, async (session) => {
      session.set("last", "words");
      await store.bump("ada");
    });
    assertEquals([cookies, await user(laptop)], [[], null]);
  });
  await t.step("and does not keep the user from signing in again", async () => {
    assertEquals(await user(await signIn("ada")), "ada"); // without a cookie
    assertEquals(await user(await signIn("ada", phone)), "ada"); // with a revoked one
    assertEquals(await user(await signIn("ada", bob)), "ada"); // with another user's
    const guest = app.visitor();
    await app.visit(guest, (session) => session.set("cart", [1]));
    assertEquals(await user(await signIn("ada", guest)), "ada"); // with a guest's
    await app.visit(guest, (session) => session.set("cart", [2]));
    assertEquals(await user(guest), "ada");
  });
  await t.step("nor ends what lies beside sign-in", async () => {
    const guest = app.visitor();
    await app.visit(guest, (session) => session.set("cart", [1]));
    await store.bump("ada");
    assertEquals((await app.visit(guest, (session) => session.get("cart"))).value, [1]);
  });
});

Deno.test("a memory of revocations that was lost does not let a user be signed in for ever", async () => {
  const clock = settableClock(START);
  const appOf = (revocations: RevocationStore) =>
    new FactoryApp((around) => signedCookieSessionFactory(SECRET, { ...around, revocations }), {
      clock,
    });
  const before = memoryRevocations({ clock });
  for (let i = 0; i < 3; i++) await before.bump("ada");
  const earlier = appOf(before);
  const ada = earlier.visitor();
  await earlier.visit(ada, (session) => session.bindTo("ada"));

  const after = memoryRevocations({ clock });
  const app = appOf(after);
  assertEquals((await app.present(cookieHeader(ada), userOf)).value, "ada");
  clock.travel(1);
  await after.bump("ada");
  assertEquals((await app.present(cookieHeader(ada), userOf)).value, null);
});

Deno.test("signing out wins over any slower save", async (t) => {
  const saves: Record<string, (session: Session) => unknown> = {
    "that sets a key": (session) => session.set("slow", 1),
    "that changes an object in place": (session) => (session.get("cart") as number[]).push(2),
    "that leaves a message": (session) => session.flash("Saved"),
    "that makes a CSRF token": (session) => session.getCsrfToken(),
    "that regenerates": (session) => session.regenerate(),
    "that remembers": (session) => session.remember(86_400),
    "that renews": (session) => session.size,
    "that empties the session as well": (session) => {
      session.clear();
      session.flash("Cleared");
    },
  };
  const outs: Record<string, (app: FactoryApp, cookie: string, store: RevocationStore) => unknown> =
    {
      "invalidate()": (app, cookie) => app.present(cookie, (session) => session.invalidate()),
      "bump()": (_app, _cookie, store) => store.bump("ada"),
    };
  for (const [name, save] of Object.entries(saves)) {
    for (const [out, signOut] of Object.entries(outs)) {
      await t.step(`${name}, over ${out}`, async () => {
        const clock = settableClock(START);
        const store = memoryRevocations({ clock });
        const app = new FactoryApp(
          (around) => signedCookieSessionFactory(SECRET, { ...around, revocations: store }),
          { clock },
        );
        const ada = app.visitor();
        await app.visit(ada, (session) => {
          session.bindTo("ada");
          session.set("cart", [1]);
        });
        clock.travel(600);
        const cookie = cookieHeader(ada);
        const slow = underWay(app, cookie, save);
        await slow.loaded;
        await signOut(app, cookie, store);
        const { cookies, response } = await slow.finish();
        assertEquals([cookies, response.status, app.errors], [[], 200, []]);
        assertEquals(response.headers.get("vary"), "Cookie");
        assertEquals((await app.present(cookie, userOf)).value, null);
      });
    }
  }
  await t.step("but not over signing in, which is a new session", async () => {
    const app = revocable();
    const ada = app.visitor();
    await app.visit(ada, (session) => session.set("cart", [1]));
    const cookie = cookieHeader(ada);
    const slow = underWay(app, cookie, (session) => session.bindTo("ada"));
    await slow.loaded;
    await app.present(cookie, (session) => session.invalidate());
    const { cookies } = await slow.finish();
    const { value } = await app.present(`${NAME}=${textOf(cookies[0])}`, userOf);
    assertEquals(value, "ada");
  });
  await t.step(
    "a form that is sent twice signs in twice, and the answer that is kept counts",
    async () => {
      const app = revocable();
      const ada = app.visitor();
      await app.visit(ada, (session) => session.flash("Please sign in"));
      const cookie = cookieHeader(ada);
      const twice = [0, 1].map(() => underWay(app, cookie, (session) => session.bindTo("ada")));
      for (const one of twice) await one.loaded;
      for (const one of twice) {
        const { cookies } = await one.finish();
        const { value } = await app.present(`${NAME}=${textOf(cookies[0])}`, userOf);
        assertEquals(value, "ada");
      }
    },
  );
});

Deno.test("a session that is too large revokes nothing: the visitor's cookie stays valid", async (t) => {
  const works: Record<string, (session: Session) => void> = {
    "regenerate()": (session) => session.regenerate(),
    "bindTo()": (session) => session.bindTo("ada"),
    "remember()": (session) => session.remember(60),
  };
  for (const [name, work] of Object.entries(works)) {
    await t.step(name, async () => {
      const app = revocable();
      const ada = app.visitor();
      await app.visit(ada, (session) => session.set("user", "ada"));
      const { response } = await app.visit(ada, (session) => {
        work(session);
        session.set("large", "x".repeat(4000));
      });
      assertEquals(response.status, 413);
      const { value } = await app.visit(ada, (session) => session.get("user"));
      assertEquals([value, app.refusals], ["ada", []]);
    });
  }
});

Deno.test("no copy of an ended session ever revives, however limits were stretched and shrunk", () => {
  const settings: SecretCookieSessionOptions[] = [
    {},
    { timeout: 60, lifetime: 600 },
    { timeout: null, lifetime: 3600 },
    { timeout: 3600, lifetime: null },
    { timeout: 60, reissueTime: 0 },
    { timeout: 60, reissueTime: null, lifetime: null },
  ];
  const acts = {
    read: "go on",
    write: "go on",
    remember: "go on",
    regenerate: "rotate",
    bindTo: "sign in",
    invalidate: "sign out",
  } as const satisfies Record<string, CopyAct>;
  const timelines = Array.from({ length: 120 }, (_, index) => index);
  return Promise.all(timelines.map(async (seed) => {
    const random = new Random(seed);
    const app = revocable(undefined, settings[seed % settings.length]);
    const model = new RevocationModel(app.clock);
    const lives = new Map<string, number | undefined>();
    const history: string[] = [];
    let life = 60;

    const check = async (): Promise<void> => {
      for (const cookie of model.copies) {
        const standing = model.standing(cookie);
        if (standing === "valid" || standing === "late") continue;
        const { value } = await app.present(cookie, (session) => session.isNew);
        assert(value, `seed ${seed}: a copy (${standing}) revived after ${history.join(", ")}`);
      }
    };
    const works: Record<keyof typeof acts, (session: Session) => unknown> = {
      read: (session) => session.size,
      write: (session) => session.set("n", random.below(1000)),
      remember: (session) => session.remember(life),
      regenerate: (session) => session.regenerate(),
      bindTo: (session) => session.bindTo("ada"),
      invalidate: (session) => session.invalidate(),
    };
    for (let i = 0; i < 25; i++) {
      const { copies } = model;
      const from = copies.length === 0 || random.chance(0.1) ? "" : random.pick(copies);
      const action = random.pick(Object.keys(works) as (keyof typeof acts)[]);
      life = random.pick([30, 60, 600, 5000, 100_000]);
      app.refusals.length = 0;
      const { value: isNew, cookies } = await app.present(from, (session) => {
        const isNew = session.isNew;
        if (isNew) session.set("n", 1);
        works[action](session);
        return isNew;
      });
      history.push(
        `${action}${action === "remember" ? `(${life})` : ""} of ${copies.indexOf(from)}`,
      );
      const standing = model.standing(from);
      const isAlive = standing === "valid" || standing === "late";
      if (!isNew) assert(isAlive, `seed ${seed}: revived by ${history.join(", ")}`);
      // One whose limits have passed is none, whatever else became of it.
      const isNone = isNew && (isAlive || app.refusals.some((reason) => reason !== "revoked"));
      const seen = isNone ? "none" : standing;
      const to = textOf(cookies[0]) === "" ? "" : `${NAME}=${textOf(cookies[0])}`;
      const isLate = seen === "late" || seen === "left";
      if (isLate && action !== "bindTo") assertEquals(to, "", `seed ${seed}: ${history.join()}`);
      const before = isNew ? undefined : lives.get(from);
      const relives = action === "remember" && life !== before && !isNew;
      model.answered({ act: relives ? "rotate" : acts[action], from, seen, to, holds: true });
      const forgets = action === "bindTo" || action === "invalidate";
      if (to !== "") lives.set(to, action === "remember" ? life : forgets ? undefined : before);
      const travel = random.pick([0, 0.001, 1, 9, 30, 59, 61, 700, 4000, 90_000]);
      history.push(`${travel} s`);
      app.clock.travel(travel);
      if (random.chance(0.3)) await check();
    }
    for (const travel of [1, 59, 299, 1, 600, 1200, 3600, 86_400, 1e6]) {
      app.clock.travel(travel);
      history.push(`${travel} s`);
      await check();
    }
  })).then(() => {});
});

Deno.test("revocations need sessions that end", async (t) => {
  const revocations = memoryRevocations();
  await t.step("neither timeout nor lifetime is refused at start", () => {
    const error = assertThrows(
      () => signedCookieSessionFactory(SECRET, { revocations, timeout: null, lifetime: null }),
      ConfigurationError,
    );
    assertStringIncludes(error.message, "set timeout or lifetime to a number of seconds");
  });
  await t.step("either will do", () => {
    signedCookieSessionFactory(SECRET, { revocations, timeout: null });
    signedCookieSessionFactory(SECRET, { revocations, lifetime: null });
  });
});

Deno.test("a store of revocations that is down is a 503 for views that ask, and nothing for the rest", async (t) => {
  const failures: Record<string, () => never | Promise<never>> = {
    "rejects": () => Promise.reject(new Error("down")),
    "throws": () => {
      throw new Error("down");
    },
  };
  for (const [name, fail] of Object.entries(failures)) {
    let isDown = false;
    const working = memoryRevocations({ clock: () => START });
    const store: RevocationStore = {
      has: (id) => isDown ? fail() : working.has(id),
      add: (id, until) => isDown ? fail() : working.add(id, until),
      epoch: (user) => isDown ? fail() : working.epoch(user),
      bump: (user) => isDown ? fail() : working.bump(user),
    };
    const app = revocable(store);
    const ada = app.visitor();
    await app.visit(ada, (session) => session.bindTo("ada"));
    const before = cookieHeader(ada);
    isDown = true;

    const failed = async (work: () => Promise<{ response: Response; cookies: string[] }>) => {
      app.errors.length = 0;
      const { response, cookies } = await work();
      assertEquals([response.status, cookies, app.errors.length], [503, [], 1]);
      assert(!(await response.text()).includes("down"));
      assertStringIncludes(response.headers.get("vary") ?? "", "Cookie");
      const error = app.errors[0]?.cause;
      assert(error instanceof RevocationStoreError);
      assertEquals(String(error.cause), "Error: down");
    };
    await t.step(`${name}, at load`, () => failed(() => app.visit(ada, (session) => session.size)));
    await t.step(`${name}, where the view does not ask`, async () => {
      app.errors.length = 0;
      const response = await ada.get("/untouched");
      assertEquals([response.status, app.errors], [200, []]);
    });
    await t.step(`${name}, where there is no cookie to ask about`, async () => {
      const { response } = await app.visit(app.visitor(), (session) => session.set("cart", 1));
      assertEquals(response.status, 200);
    });
    await t.step(`${name}, at sign-in, which then is none`, async () => {
      const guest = app.visitor();
      await failed(() => app.visit(guest, (session) => session.bindTo("ada")));
      assertEquals(cookieHeader(guest), "");
    });
    const whileLoaded: Record<string, (session: Session) => unknown> = {
      "at a write": (session) => session.set("cart", 1),
      "at sign-out": (session) => session.invalidate(),
      "at regenerate()": (session) => session.regenerate(),
    };
    for (const [when, work] of Object.entries(whileLoaded)) {
      await t.step(`${name}, ${when}; the old cookie stays valid`, async () => {
        isDown = false;
        const slow = underWay(app, before, work);
        await slow.loaded;
        isDown = true;
        await failed(slow.finish);
        isDown = false;
        assertEquals((await app.visit(ada, userOf)).value, "ada");
        isDown = true;
      });
    }
    await t.step(`${name}, answered by an exception view`, async () => {
      isDown = false;
      const friendly = new FactoryApp(
        (around) => signedCookieSessionFactory(SECRET, { ...around, revocations: store }),
        {
          configure: (config) =>
            config.addExceptionView(() => new Response("back soon", { status: 503 }), {
              context: RevocationStoreError,
            }),
        },
      );
      isDown = true;
      const { response } = await friendly.present(before, (session) => session.size);
      assertEquals([response.status, await response.text()], [503, "back soon"]);
    });
  }
});

Deno.test("cookies from before there were revocations stay valid, and can be revoked from the next write on", async (t) => {
  const guestText = await mint(`[${START},${START},{"cart":1}]`);
  const userText = await mint(`[${START},${START},{"cart":[1]},{"user":"ada"}]`);
  await t.step("read: nothing is sent", async () => {
    const app = revocable();
    for (const text of [guestText, userText]) {
      const { value, cookies } = await app.present(
        `${NAME}=${text}`,
        (session) => [session.isNew, JSON.stringify(session.get("cart"))],
      );
      assertEquals([value[0], cookies, app.refusals], [false, [], []]);
    }
  });
  await t.step("written: with an id", async () => {
    const app = revocable();
    const { cookies } = await app.present(`${NAME}=${guestText}`, (s) => s.set("cart", 2));
    const payload = payloadOf(textOf(cookies[0]));
    assert(/^\[\d+,\d+,\{"cart":2\},\{"id":"[\w-]{43}"\}\]$/.test(payload), payload);
    const copy = `${NAME}=${textOf(cookies[0])}`;
    await app.present(copy, (session) => session.invalidate());
    assertEquals((await app.present(copy, (session) => session.isNew)).value, true);
    assertEquals(app.refusals, ["revoked"]);
  });
  await t.step("written: of a user with the first epoch", async () => {
    const app = revocable();
    const { cookies } = await app.present(`${NAME}=${userText}`, (session) => session.set("n", 1));
    const payload = payloadOf(textOf(cookies[0]));
    assertStringIncludes(payload, `"epoch":0,"id":"`);
    assertEquals((await app.present(`${NAME}=${textOf(cookies[0])}`, userOf)).value, "ada");
  });
  await t.step("renewed: with an id as well", async () => {
    const app = revocable();
    app.clock.travel(120);
    const { cookies } = await app.present(`${NAME}=${guestText}`, (session) => session.size);
    assertStringIncludes(payloadOf(textOf(cookies[0])), `"id":"`);
  });
  await t.step("of a user: over by signing out everywhere", async () => {
    const store = memoryRevocations({ clock: () => START });
    const app = revocable(store);
    const slow = ["write", "regenerate"].map((name) =>
      underWay(
        app,
        `${NAME}=${userText}`,
        (session) => name === "write" ? session.set("n", 1) : session.regenerate(),
      )
    );
    for (const one of slow) await one.loaded;
    await store.bump("ada");
    for (const one of slow) assertEquals((await one.finish()).cookies, []);
    assertEquals((await app.present(`${NAME}=${userText}`, userOf)).value, null);
    assertEquals(app.refusals, ["revoked"]);
  });
  await t.step("of a user: not if the session binds itself again", async () => {
    const store = memoryRevocations({ clock: () => START });
    const app = revocable(store);
    const { cookies } = await app.present(`${NAME}=${userText}`, async (session) => {
      await store.bump("ada");
      session.bindTo("ada");
    });
    assertEquals((await app.present(`${NAME}=${textOf(cookies[0])}`, userOf)).value, "ada");
  });
});

Deno.test("revocations cost a question for a guest's session that is read and three for a user's, and are asked again before it is written", async (t) => {
  const calls: string[] = [];
  const clock = settableClock(START);
  const store = memoryRevocations({ clock });
  const app = new FactoryApp((around) =>
    signedCookieSessionFactory(SECRET, {
      ...around,
      revocations: {
        has: (id) => (calls.push(`has${kindOf(id)}`), store.has(id)),
        add: (id, until) => (calls.push(`add${kindOf(id)}`), store.add(id, until)),
        epoch: (user) => (calls.push("epoch"), store.epoch(user)),
        bump: (user) => (calls.push("bump"), store.bump(user)),
      },
    }), { clock });
  const kindOf = (id: string) => id.endsWith("@l") ? " relived" : id.includes("@") ? " late" : "";
  const guest = app.visitor(), ada = app.visitor(), read = ["has", "has", "epoch"];
  type Step = [visitor: TestClient, work: ((session: Session) => unknown) | null, calls: string[]];
  const steps: Record<string, Step> = {
    "a request that asks for no session": [guest, null, []],
    "a visitor without a cookie": [guest, (session) => session.size, []],
    "a first write": [guest, (session) => session.set("cart", 1), []],
    "a guest's read": [guest, (session) => session.size, ["has"]],
    "a guest's write": [guest, (session) => session.set("cart", 2), ["has", "has"]],
    "a guest's request that asks for no session": [guest, null, []],
    "a guest's rotation": [
      guest,
      (session) => session.regenerate(),
      ["has", "has", "add late", "add", "has"],
    ],
    "a guest's farewell": [
      guest,
      (session) => session.clear(),
      ["has", "add", "add", "has relived", "add"],
    ],
    "a sign-in without a cookie": [ada, (session) => session.bindTo("ada"), ["epoch"]],
    "a user's read": [ada, (session) => session.size, read],
    "a user's write": [ada, (session) => session.set("cart", 1), [...read, ...read]],
    "a user's rotation": [
      ada,
      (session) => session.regenerate(),
      [...read, ...read, "add late", "add", "has"],
    ],
    "a user's remember()": [
      ada,
      (session) => session.remember(7200),
      [...read, ...read, "add late", "add", "add relived", "has"],
    ],
    "a user's sign-in": [
      ada,
      (session) => session.bindTo("ada"),
      [...read, "epoch", "add late", "add", "add", "has relived", "add", "add", "add"],
    ],
    "a user's sign-out": [
      ada,
      (session) => session.invalidate(),
      [...read, "add", "add", "has relived", "add"],
    ],
  };
  for (const [name, [visitor, work, expected]] of Object.entries(steps)) {
    await t.step(name, async () => {
      calls.length = 0;
      await (work === null ? visitor.get("/untouched") : app.visit(visitor, work));
      assertEquals(calls, expected);
    });
  }
});

Deno.test("what revocations need lies in the cookie, and survives renewals", async () => {
  const app = revocable();
  const ada = app.visitor();
  await app.visit(ada, (session) => session.bindTo("ada"));
  const payload = () => payloadOf(ada.cookie(NAME) ?? "").replace(/^\[\d+/, "");
  const before = payload();
  assert(/^,\d+,\{\},\{"epoch":0,"id":"[\w-]{43}\.0","user":"ada"\}\]$/.test(before), before);
  app.clock.travel(120);
  await app.visit(ada, (session) => session.size);
  assertEquals(payload(), before);
  await app.visit(ada, (session) => session.regenerate());
  const id = (text: string) => /"id":"([^"]*)"/.exec(text)?.[1]?.split(".") ?? [];
  const [family] = id(before);
  assertEquals(id(payload()), [family, "1"]);
  await app.visit(ada, (session) => session.bindTo("ada"));
  const [another, generation] = id(payload());
  assertEquals([another === family, generation], [false, "0"]);
});

Deno.test("signing out ends the sessions in all cookies of the request", async (t) => {
  const cookieOf = async (app: FactoryApp) => {
    const visitor = app.visitor();
    await app.visit(visitor, (session) => session.bindTo("ada"));
    return cookieHeader(visitor);
  };
  for (const order of ["older first", "newer first"]) {
    for (const farewell of [false, true]) {
      await t.step(`${order}${farewell ? ", with a farewell" : ""}`, async () => {
        const app = revocable();
        const cookies = [await cookieOf(app), await cookieOf(app)];
        const sent = order === "older first" ? cookies : cookies.toReversed();
        await app.present(sent.join("; "), (session) => {
          session.invalidate();
          if (farewell) session.flash("Bye");
        });
        for (const cookie of cookies) {
          assertEquals((await app.present(cookie, userOf)).value, null);
        }
      });
    }
  }
});

Deno.test("a sign-out by a cookie that was rotated away is remembered no longer than any copy lives", async () => {
  const clock = settableClock(START);
  const untils: number[] = [];
  const working = memoryRevocations({ clock });
  const app = new FactoryApp((around) =>
    signedCookieSessionFactory(SECRET, {
      ...around,
      revocations: {
        ...working,
        add: (id, until) => (untils.push(until), working.add(id, until)),
      },
    }), { clock });
  const visitor = app.visitor();
  await app.visit(visitor, (session) => session.bindTo("ada"));
  const old = cookieHeader(visitor);
  await app.visit(visitor, (session) => session.regenerate());
  clock.travel(31);
  await app.present(old, (session) => session.invalidate());
  assertEquals((await app.visit(visitor, userOf)).value, null);
  const days = (Math.max(...untils) - START) / 86_400_000;
  assert(days < 31, `${days} days`);
});
