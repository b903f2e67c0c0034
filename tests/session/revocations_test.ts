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
  type SignedCookieSessionOptions,
  type StandardSchema,
} from "@pyramidion/pyramidion";
import { denoKvRevocations } from "@pyramidion/pyramidion/stores/deno-kv";
import { memoryRevocations } from "@pyramidion/pyramidion/stores/memory";
import { settableClock, type TestClient } from "@pyramidion/pyramidion/testing";
import { Random } from "../random.ts";
import { testUnless } from "../requirements.ts";
import { cookieHeader, FactoryApp } from "./factory_app.ts";
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
  options: SignedCookieSessionOptions = {},
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
  type Row = [begin: (session: Session) => unknown, ended: number];
  const rows: Record<string, Row> = {
    "a key": [(session) => session.set("cart", [1]), 1],
    "a key of null": [(session) => session.set("cart", null), 1],
    "a user": [(session) => session.bindTo("ada"), 1],
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
    assertEquals(ended.length, 1);
  });
  await t.step("a rotation revokes the old name, whatever the session held", async () => {
    for (const rotate of ["regenerate", "bindTo"] as const) {
      const { store, ended } = spied(() => START);
      const app = revocable(store);
      const visitor = app.visitor();
      await app.visit(visitor, (session) => session.flash("Hello"));
      await app.visit(visitor, (session) => session[rotate]("ada"));
      assertEquals(ended.length, 1);
    }
  });
});

Deno.test("a sign-out that a full store cannot remember is a 503, and the cookie is kept", async () => {
  const clock = settableClock(START);
  const app = new FactoryApp(
    (around) =>
      signedCookieSessionFactory(SECRET, {
        ...around,
        revocations: memoryRevocations({ clock, maxEntries: 2 }),
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
      'has() of the revocation store gave: it is "no": must be true or false',
    ],
    "has() gives 0": [{ has: () => 0 as never }, "it is 0: must be true or false"],
    "has() gives nothing": [{ has: () => undefined as never }, "it is undefined: must be true"],
    "has() promises null": [
      { has: () => Promise.resolve(null as never) },
      "it is null: must be true or false",
    ],
    "has() gives an object": [{ has: () => ({}) as never }, 'it is of type "object": must be true'],
    "epoch() gives NaN": [
      { epoch: () => NaN },
      "epoch() of the revocation store gave: it is NaN: must be an integer from 0",
    ],
    "epoch() gives nothing": [{ epoch: () => undefined as never }, "it is undefined: must be"],
    "epoch() gives a text": [{ epoch: () => "7" as never }, 'it is "7": must be an integer from 0'],
    "epoch() gives less than 0": [{ epoch: () => -1 }, "it is -1: must be an integer from 0"],
    "epoch() gives a half": [{ epoch: () => 0.5 }, "it is 0.5: must be an integer from 0"],
    "epoch() promises Infinity": [
      { epoch: () => Promise.resolve(Infinity) },
      "it is Infinity: must be an integer from 0",
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
  const settings: SignedCookieSessionOptions[] = [
    {},
    { timeout: 60, lifetime: 600 },
    { timeout: null, lifetime: 3600 },
    { timeout: 3600, lifetime: null },
    { timeout: 60, reissueTime: 0 },
    { timeout: 60, reissueTime: null, lifetime: null },
  ];
  const timelines = Array.from({ length: 120 }, (_, index) => index);
  return Promise.all(timelines.map(async (seed) => {
    const random = new Random(seed);
    const app = revocable(undefined, settings[seed % settings.length]);
    const copies: { cookie: string; group: number; life: number | undefined }[] = [];
    const over = new Set<number>();
    let groups = 0;
    const history: string[] = [];

    const check = async (): Promise<void> => {
      for (const { cookie, group } of copies) {
        if (!over.has(group)) continue;
        const { value } = await app.present(cookie, (session) => session.isNew);
        assert(value, `seed ${seed}: a copy revived after ${history.join(", ")}`);
      }
    };
    const works = {
      read: (session: Session) => session.size,
      write: (session: Session) => session.set("n", random.below(1000)),
      remember: (session: Session) => session.remember(life),
      regenerate: (session: Session) => session.regenerate(),
      bindTo: (session: Session) => session.bindTo("ada"),
      invalidate: (session: Session) => session.invalidate(),
    };
    let life = 60;
    for (let i = 0; i < 25; i++) {
      const from = copies.length === 0 || random.chance(0.1) ? undefined : random.pick(copies);
      const action = random.pick(Object.keys(works) as (keyof typeof works)[]);
      life = random.pick([30, 60, 600, 5000, 100_000]);
      const { value: isNew, cookies } = await app.present(from?.cookie ?? "", (session) => {
        const isNew = session.isNew;
        if (isNew) session.set("n", 1);
        works[action](session);
        return isNew;
      });
      history.push(`${action}${action === "remember" ? `(${life})` : ""} of ${from?.group}`);
      const goesOn = from !== undefined && !isNew;
      if (goesOn) assert(!over.has(from.group), `seed ${seed}: revived by ${history.join(", ")}`);
      const keepsLife = action !== "remember" || life === from?.life;
      const sameGroup = goesOn &&
        (action === "read" || action === "write" || action === "remember") &&
        keepsLife;
      if (goesOn && !sameGroup) over.add(from.group);
      const text = textOf(cookies[0]);
      if (text !== "") {
        copies.push({
          cookie: `${NAME}=${text}`,
          group: sameGroup ? from.group : groups++,
          life: action === "remember" ? life : goesOn ? from.life : undefined,
        });
      }
      const travel = random.pick([0, 0.001, 1, 30, 59, 61, 700, 4000, 90_000]);
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

Deno.test("revocations cost a question for each session that is read, and are asked again before it is written", async (t) => {
  const calls: string[] = [];
  const clock = settableClock(START);
  const store = memoryRevocations({ clock });
  const app = new FactoryApp((around) =>
    signedCookieSessionFactory(SECRET, {
      ...around,
      revocations: {
        has: (id) => (calls.push("has"), store.has(id)),
        add: (id, until) => (calls.push("add"), store.add(id, until)),
        epoch: (user) => (calls.push("epoch"), store.epoch(user)),
        bump: (user) => (calls.push("bump"), store.bump(user)),
      },
    }), { clock });
  const guest = app.visitor(), ada = app.visitor();
  type Step = [visitor: TestClient, work: ((session: Session) => unknown) | null, calls: string[]];
  const steps: Record<string, Step> = {
    "a request that asks for no session": [guest, null, []],
    "a visitor without a cookie": [guest, (session) => session.size, []],
    "a first write": [guest, (session) => session.set("cart", 1), []],
    "a guest's read": [guest, (session) => session.size, ["has"]],
    "a guest's write": [guest, (session) => session.set("cart", 2), ["has", "has"]],
    "a guest's request that asks for no session": [guest, null, []],
    "a guest's farewell": [guest, (session) => session.clear(), ["has", "add"]],
    "a sign-in without a cookie": [ada, (session) => session.bindTo("ada"), ["epoch"]],
    "a user's read": [ada, (session) => session.size, ["has", "epoch"]],
    "a user's write": [ada, (session) => session.set("cart", 1), ["has", "epoch", "has", "epoch"]],
    "a user's sign-in": [ada, (session) => session.bindTo("ada"), ["has", "epoch", "epoch", "add"]],
    "a user's sign-out": [ada, (session) => session.invalidate(), ["has", "epoch", "add"]],
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
  assert(/^,\d+,\{\},\{"epoch":0,"id":"[\w-]{43}","user":"ada"\}\]$/.test(before), before);
  app.clock.travel(120);
  await app.visit(ada, (session) => session.size);
  assertEquals(payload(), before);
  await app.visit(ada, (session) => session.regenerate());
  const id = (text: string) => /"id":"([^"]*)"/.exec(text)?.[1];
  assert(id(payload()) !== id(before));
});
