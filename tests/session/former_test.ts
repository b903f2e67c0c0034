/**
 * Cookies left behind: nobody is signed out when an app changes its format.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes, assertThrows } from "jsr:@std/assert@^1.0.0";
import * as z from "npm:zod@4.6.7";
import {
  ConfigurationError,
  encryptedCookieSessionFactory,
  HttpConflict,
  pyramidCookieSessionFactory,
  type RevocationStore,
  type Session,
  type SessionFactory,
  signedCookieSessionFactory,
} from "@pyramidion/pyramidion";
import type { SecretCookieSessionOptions } from "@pyramidion/pyramidion/types";
import { memoryRevocations } from "@pyramidion/pyramidion/stores/memory";
import { type SettableClock, settableClock, type TestClient } from "@pyramidion/pyramidion/testing";
import { cookieHeader, FactoryApp, OLD_SECRET, type Surroundings } from "./factory_app.ts";
import { payloadOf, SECRET, START, textOf } from "./session_app.ts";

type MakeFactory = (around: Surroundings) => SessionFactory;

/** Formats that an app may leave; each under the name `old`. */
const FORMATS: Record<string, { readonly name: string; readonly make: MakeFactory }> = {
  "Pyramid's": {
    name: "old",
    make: (around) => pyramidCookieSessionFactory(OLD_SECRET, { ...around, cookieName: "old" }),
  },
  "signed": {
    name: "__Host-old",
    make: (around) => signedCookieSessionFactory(OLD_SECRET, { ...around, cookieName: "old" }),
  },
  "encrypted": {
    name: "__Host-old",
    make: (around) => encryptedCookieSessionFactory(OLD_SECRET, { ...around, cookieName: "old" }),
  },
};
const NEW = "__Host-new";

/** An app before and after it changed its format, on one clock. */
class Move {
  readonly clock: SettableClock = settableClock(START);
  readonly before: FactoryApp;
  readonly after: FactoryApp;
  /** What the former factory was asked. */
  readonly asked: string[] = [];

  constructor(
    make: MakeFactory = FORMATS["signed"]!.make,
    options: (around: Surroundings) => SecretCookieSessionOptions = () => ({}),
  ) {
    const { clock } = this;
    this.before = new FactoryApp(make, { clock });
    this.after = new FactoryApp((around) => {
      const former = make({ ...around, onReject: () => {} });
      const formerly = {
        load: (request: Parameters<SessionFactory["load"]>[0]) => {
          this.asked.push("load");
          return former.load(request);
        },
        commit: (...args: Parameters<SessionFactory["commit"]>) => {
          this.asked.push("commit");
          return former.commit(...args);
        },
      };
      const given = { ...around, cookieName: "new", formerly };
      return signedCookieSessionFactory(SECRET, { ...given, ...options(around) });
    }, { clock });
  }

  /** A visitor who was there before, and comes back after. */
  async visitor(work: (session: Session) => unknown): Promise<TestClient> {
    const before = this.before.visitor();
    await this.before.visit(before, work);
    const after = this.after.visitor();
    for (const cookie of cookieHeader(before).split("; ")) plant(after, cookie);
    return after;
  }
}

/** Gives a visitor a cookie that another app set. */
function plant(visitor: TestClient, cookie: string): void {
  visitor.jar.store(`${cookie}; Path=/; Secure`, new URL(visitor.origin));
}

/** The cookies of an answer in short: `name` for one that is set, `-name` for one that is deleted. */
function told(cookies: string[]): string[] {
  return cookies.map((cookie) => {
    const name = cookie.slice(0, cookie.indexOf("="));
    return cookie.includes("; Max-Age=0") ? `-${name}` : name;
  });
}

for (const [format, { name, make }] of Object.entries(FORMATS)) {
  Deno.test(`formerly: a ${format} cookie is taken over, once, with all that it holds`, async () => {
    const move = new Move(make);
    const ada = await move.visitor((session) => {
      session.bindTo("ada");
      session.set("cart", [1, { "é": null }]).flash("Welcome").flash("x", "log");
    });
    move.clock.travel(300);
    const { value, cookies, response } = await move.after.visit(ada, (session) => [
      session.isNew,
      session.created,
      session.userId,
      session.get("cart"),
      session.size,
      session.peekFlash(),
      session.peekFlash("log"),
    ]);
    assertEquals(value, [
      false,
      START,
      "ada",
      [1, { "é": null }],
      1,
      ["Welcome"],
      ["x"],
    ]);
    assertEquals(told(cookies), [NEW, `-${name}`]);
    assertEquals(response.headers.get("cache-control"), "private");
    assertEquals(cookieHeader(ada), `${NEW}=${ada.cookie(NEW)}`);

    move.asked.length = 0;
    const again = await move.after.visit(
      ada,
      (session) => [session.created, session.userId, session.popFlash()],
    );
    assertEquals([again.value, told(again.cookies)], [[START, "ada", ["Welcome"]], [NEW]]);
    assertEquals(move.asked, []);
    assertEquals([move.after.refusals, move.after.errors], [[], []]);
  });
}

Deno.test("formerly: the former cookie is not read where there is one of our own", async () => {
  const move = new Move();
  const ada = await move.visitor((session) => session.set("user", "old"));
  const other = move.after.visitor();
  await move.after.visit(other, (session) => session.set("user", "new"));
  plant(ada, `${NEW}=${other.cookie(NEW)}`);
  move.asked.length = 0;
  const { value, cookies } = await move.after.visit(ada, (session) => session.get("user"));
  assertEquals([value, cookies, move.asked], ["new", [], []]);
  const written = await move.after.visit(ada, (session) => session.set("user", "newer"));
  assertEquals([told(written.cookies), move.asked], [[NEW], []]);
});

Deno.test("formerly: nor is it where our own was refused, for a cookie has one reader", async () => {
  const move = new Move();
  const ada = await move.visitor((session) => session.set("user", "old"));
  plant(ada, `${NEW}=forged`);
  const { value, cookies } = await move.after.visit(ada, (session) => session.isNew);
  assertEquals([value, cookies, move.asked], [true, [], []]);
  assertEquals(move.after.refusals, ["malformed"]);
});

Deno.test("formerly: a former cookie that is refused gives a new session, and is left alone", async (t) => {
  await t.step("forged", async () => {
    const move = new Move();
    const { value, cookies } = await move.after.present(
      "__Host-old=forged",
      (session) => [session.isNew, session.size],
    );
    assertEquals([value, cookies, move.after.errors], [[true, 0], [], []]);
  });
  await t.step("expired by its own limits", async () => {
    const move = new Move();
    const ada = await move.visitor((session) => session.set("user", "ada"));
    move.clock.travel(1200.001);
    const { value, cookies } = await move.after.visit(ada, (session) => session.isNew);
    assertEquals([value, cookies], [true, []]);
  });
  await t.step(
    "what is stored then is a session of our own, and the next request reads that",
    async () => {
      const move = new Move();
      const visitor = move.after.visitor();
      plant(visitor, "__Host-old=forged");
      const { cookies } = await move.after.visit(visitor, (session) => session.set("user", "ada"));
      assertEquals(told(cookies), [NEW]);
      const { value } = await move.after.visit(visitor, (session) => session.get("user"));
      assertEquals(value, "ada");
    },
  );
});

Deno.test("formerly: how long a session may idle was for the former to say, how old it may be is for us", async (t) => {
  const patient: MakeFactory = (around) =>
    signedCookieSessionFactory(OLD_SECRET, {
      ...around,
      cookieName: "old",
      timeout: 86_400,
      lifetime: null,
    });
  await t.step("idle longer than our timeout", async () => {
    const move = new Move(patient);
    const ada = await move.visitor((session) => session.bindTo("ada"));
    move.clock.travel(7200);
    const { value, cookies } = await move.after.visit(ada, (session) => session.userId);
    assertEquals([value, told(cookies)], ["ada", [NEW, "-__Host-old"]]);
    assertEquals((await move.after.visit(ada, (session) => session.userId)).value, "ada");
  });
  await t.step("older than our lifetime", async () => {
    const move = new Move(patient, () => ({ timeout: 600, lifetime: 3600 }));
    const ada = await move.visitor((session) => session.bindTo("ada"));
    move.clock.travel(3600.001);
    const { value, cookies } = await move.after.visit(ada, (session) => session.userId);
    assertEquals([value, cookies, move.after.refusals], [undefined, [], ["expired-absolute"]]);
  });
  await t.step("remembered", async () => {
    const move = new Move();
    const ada = await move.visitor((session) => {
      session.bindTo("ada");
      session.remember(86_400);
    });
    move.clock.travel(80_000);
    const { cookies } = await move.after.visit(ada, (session) => session.userId);
    assert(cookies[0]?.endsWith("; Max-Age=86400"));
    move.clock.travel(80_000);
    assertEquals((await move.after.visit(ada, (session) => session.userId)).value, "ada");
  });
  await t.step("remembered, into a format that has no place for it", async () => {
    const clock = settableClock(START);
    const make: MakeFactory = (around) =>
      signedCookieSessionFactory(OLD_SECRET, { ...around, cookieName: "old" });
    const before = new FactoryApp(make, { clock });
    const after = new FactoryApp(
      (around) => pyramidCookieSessionFactory(SECRET, { ...around, formerly: make(around) }),
      { clock },
    );
    const { cookies } = await before.visit(before.visitor(), (session) => {
      session.bindTo("ada");
      session.remember(86_400);
    });
    const taken = await after.present(`__Host-old=${textOf(cookies[0])}`, (s) => s.userId);
    assertEquals([taken.value, told(taken.cookies)], ["ada", ["session", "-__Host-old"]]);
    assert(!taken.cookies[0]?.includes("Max-Age"));
  });
});

Deno.test("formerly: where nothing may be renewed, nothing is taken over, and the session is there", async (t) => {
  const stores: Record<string, [init: RequestInit, response: Response]> = {
    "HEAD": [{ method: "HEAD" }, new Response()],
    "a prefetch": [{ headers: { "sec-purpose": "prefetch" } }, new Response()],
    "a response that shared caches store": [
      {},
      new Response("", { headers: { "cache-control": "public, max-age=60" } }),
    ],
  };
  for (const [name, [init, response]] of Object.entries(stores)) {
    await t.step(name, async () => {
      const move = new Move();
      const ada = await move.visitor((session) => {
        session.bindTo("ada");
        session.set("cart", [1]);
      });
      const first = await move.after.visit(ada, (session) => {
        assertEquals([session.userId, session.isNew], ["ada", false]);
        return response.clone();
      }, init);
      assertEquals(first.cookies, []);
      const objects = await move.after.visit(ada, (session) => {
        [...session.values()];
        return response.clone();
      }, init);
      assertEquals(objects.cookies, [], "an object that was handed out is no change");
      const written = await move.after.visit(ada, (session) => {
        session.set("n", 1);
        return response.clone();
      }, init);
      assertEquals(told(written.cookies), [NEW, "-__Host-old"]);
    });
  }
});

Deno.test("formerly: what the view does goes into the new cookie", async (t) => {
  const works: Record<string, [work: (session: Session) => void, cookies: string[]]> = {
    "a write": [(session) => session.set("n", 1), [NEW, "-__Host-old"]],
    "sign-out": [(session) => session.invalidate(), ["-__Host-old"]],
    "sign-out with a farewell": [(session) => {
      session.invalidate();
      session.flash("Good bye");
    }, [NEW, "-__Host-old"]],
    "the last key": [(session) => session.clear(), ["-__Host-old"]],
    "sign-in": [(session) => session.bindTo("ada"), [NEW, "-__Host-old"]],
  };
  for (const [name, [work, expected]] of Object.entries(works)) {
    await t.step(name, async () => {
      const move = new Move();
      const ada = await move.visitor((session) => session.set("user", "ada"));
      const { cookies } = await move.after.visit(ada, work);
      assertEquals(told(cookies), expected);
      assertEquals(ada.cookie("__Host-old"), null);
      const { value } = await move.after.visit(ada, (session) => session.get("user") ?? null);
      assertEquals(value, /write|sign-in/.test(name) ? "ada" : null);
    });
  }
  await t.step("what does not fit leaves the old cookie", async () => {
    const move = new Move();
    const ada = await move.visitor((session) => session.set("user", "ada"));
    const { response, cookies } = await move.after.visit(
      ada,
      (session) => session.set("large", "x".repeat(4000)),
    );
    assertEquals([response.status, cookies], [413, []]);
    assertEquals((await move.after.visit(ada, (session) => session.get("user"))).value, "ada");
  });
  await t.step("an empty session is deleted and not taken over", async () => {
    const clock = settableClock(START);
    const pyramid = FORMATS["Pyramid's"]!.make;
    const after = new FactoryApp((around) =>
      signedCookieSessionFactory(SECRET, {
        ...around,
        cookieName: "new",
        formerly: pyramid(around),
      }), { clock });
    const before = new FactoryApp(pyramid, { clock });
    const visitor = before.visitor();
    await before.visit(visitor, (session) => session.flash("x"));
    const cookie = `old=${visitor.cookie("old")}`;
    const { cookies } = await after.present(cookie, (session) => session.popFlash());
    assertEquals(told(cookies), ["-old"]);
  });
  await t.step("it can be read after the response was made", async () => {
    const move = new Move();
    const ada = await move.visitor((session) => session.set("user", "ada").flash("Hello"));
    const { value: session } = await move.after.visit(ada, (session) => session);
    assertEquals([session.get("user"), session.peekFlash()], ["ada", ["Hello"]]);
  });
});

Deno.test("formerly: who signs out does not come back by a former cookie that is still there", async (t) => {
  const works: Record<string, [work: (session: Session) => void, cookies: string[]]> = {
    "invalidate()": [(session) => session.invalidate(), [`-${NEW}`, "-__Host-old"]],
    "invalidate() with a farewell": [(session) => {
      session.invalidate();
      session.flash("Good bye");
    }, [NEW, "-__Host-old"]],
    "the last key": [(session) => session.clear(), [`-${NEW}`, "-__Host-old"]],
  };
  for (const [name, [work, expected]] of Object.entries(works)) {
    await t.step(name, async () => {
      const move = new Move();
      const ada = await move.visitor((session) => session.set("user", "ada"));
      const old = ada.cookie("__Host-old");
      await move.after.visit(ada, (session) => session.size);
      // The former app, still running elsewhere, sets its cookie again.
      plant(ada, `__Host-old=${old}`);
      const { cookies } = await move.after.visit(ada, work);
      assertEquals(told(cookies), expected);
      const { value } = await move.after.visit(ada, (session) => session.get("user") ?? null);
      assertEquals(value, null);
    });
  }
});

Deno.test("formerly: who signs out, and has no former cookie, signs out", async (t) => {
  const works: Record<string, [work: (session: Session) => void, cookies: string[]]> = {
    "invalidate()": [(session) => session.invalidate(), [`-${NEW}`]],
    "invalidate() with a farewell": [(session) => {
      session.invalidate();
      session.flash("Good bye");
    }, [NEW]],
  };
  for (const [name, [work, expected]] of Object.entries(works)) {
    await t.step(name, async () => {
      const move = new Move();
      const ada = move.after.visitor();
      await move.after.visit(ada, (session) => session.set("user", "ada"));
      const { cookies } = await move.after.visit(ada, work);
      assertEquals(told(cookies), expected);
    });
  }
});

Deno.test("formerly: a former cookie is deleted though its factory sets none when something is thrown", async () => {
  const move = new Move((around) =>
    signedCookieSessionFactory(OLD_SECRET, {
      ...around,
      cookieName: "old",
      setOnException: false,
    })
  );
  const ada = await move.visitor((session) => session.set("user", "ada"));
  const { cookies } = await move.after.visit(ada, (session) => {
    session.set("theme", "dark");
    throw new HttpConflict("Taken");
  });
  assertEquals(told(cookies), [NEW, "-__Host-old"]);
});

Deno.test("formerly: a factory of one's own is asked to end its session, and may have nothing to say", async () => {
  const contexts: unknown[] = [];
  const clock = settableClock(START);
  const former = signedCookieSessionFactory(OLD_SECRET, { clock, cookieName: "old" });
  const app = new FactoryApp((around) =>
    signedCookieSessionFactory(SECRET, {
      ...around,
      cookieName: "new",
      formerly: {
        load: (request) => former.load(request),
        commit: (_session, _request, context) => {
          contexts.push(context);
          return { do: "nothing" };
        },
      },
    })
  );
  const before = new FactoryApp(() => former);
  const ada = before.visitor();
  await before.visit(ada, (session) => session.set("user", "ada"));
  const { value, cookies } = await app.present(
    cookieHeader(ada),
    (session) => session.get("user"),
  );
  assertEquals([value, told(cookies)], ["ada", [NEW]]);
  assertEquals(contexts, [{ mayRenew: false, byException: false }]);
});

Deno.test("formerly: what is no session of this library is no session", async () => {
  const app = new FactoryApp((around) =>
    signedCookieSessionFactory(SECRET, {
      ...around,
      cookieName: "new",
      formerly: {
        load: () => ({ isNew: false, user: "ada" }),
        commit: () => ({ do: "nothing" }),
      },
    })
  );
  const { value, response } = await app.present(
    "old=1",
    (session) => [session.isNew, session.size],
  );
  assertEquals([value, response.status, app.errors], [[true, 0], 200, []]);
});

Deno.test("formerly: two factories of one cookie name are refused at start", async (t) => {
  const rows: Record<string, () => SessionFactory> = {
    "the default": () =>
      signedCookieSessionFactory(SECRET, { formerly: encryptedCookieSessionFactory(SECRET) }),
    "with and without prefix, as over http to this machine": () =>
      signedCookieSessionFactory(SECRET, { formerly: pyramidCookieSessionFactory(SECRET) }),
    "given": () =>
      encryptedCookieSessionFactory(SECRET, {
        cookieName: "same",
        formerly: signedCookieSessionFactory(SECRET, { cookieName: "same" }),
      }),
    "Pyramid's": () =>
      pyramidCookieSessionFactory(SECRET, {
        cookieName: "a",
        formerly: signedCookieSessionFactory(SECRET, { cookieName: "a" }),
      }),
  };
  for (const [name, make] of Object.entries(rows)) {
    await t.step(name, () => {
      const error = assertThrows(make, ConfigurationError);
      assertStringIncludes(error.message, "give one of the factories another cookieName");
    });
  }
  await t.step("two names are not", () => {
    signedCookieSessionFactory(SECRET, {
      formerly: signedCookieSessionFactory(SECRET, { cookieName: "old" }),
    });
  });
});

Deno.test("formerly: a schema sees the state that was left", async (t) => {
  const schema = z.object({ name: z.string(), theme: z.string().default("light") });
  type Data = z.infer<typeof schema>;
  const clock = settableClock(START);
  const make: MakeFactory = (around) =>
    signedCookieSessionFactory(OLD_SECRET, { ...around, cookieName: "old" });
  const leave = async (state: Record<string, unknown>) => {
    const before = new FactoryApp(make, { clock });
    const { cookies } = await before.visit(before.visitor(), (session) => {
      session.bindTo("7");
      session.update(state).flash("Hello");
    });
    return `__Host-old=${textOf(cookies[0])}`;
  };
  const app = new FactoryApp<Data>((around) =>
    signedCookieSessionFactory(SECRET, {
      ...around,
      schema,
      migrate: ({ user }) => ({ name: user }),
      cookieName: "new",
      formerly: make(around),
    }), { clock });
  const taken = async (state: Record<string, unknown>) => {
    app.refusals.length = 0;
    const { value, cookies } = await app.present(
      await leave(state),
      (session) => [session.isNew, session.get("name"), session.get("theme"), session.userId],
    );
    const text = cookies.length === 0 ? null : payloadOf(textOf(cookies[0]));
    return { value, cookies: told(cookies), text, refusals: [...app.refusals] };
  };
  const whole =
    `[${START},${START},{"name":"ada","theme":"light"},{"flash":{"":["Hello"]},"user":"7"}]`;
  await t.step("and fills it in", async () => {
    assertEquals(await taken({ name: "ada", gone: 1 }), {
      value: [false, "ada", "light", "7"],
      cookies: [NEW, "-__Host-old"],
      text: whole,
      refusals: [],
    });
  });
  await t.step("and migrates it", async () => {
    assertEquals(await taken({ user: "ada" }), {
      value: [false, "ada", "light", "7"],
      cookies: [NEW, "-__Host-old"],
      text: whole,
      refusals: [],
    });
  });
  await t.step("or refuses it: a new session, and the old cookie is left alone", async () => {
    assertEquals(await taken({ user: 7 }), {
      value: [true, undefined, undefined, undefined],
      cookies: [],
      text: null,
      refusals: ["schema"],
    });
  });
  await t.step("a former factory with a schema of required keys can be left", async () => {
    const former: MakeFactory = (around) =>
      signedCookieSessionFactory(OLD_SECRET, {
        ...around,
        cookieName: "old",
        schema: z.object({ user: z.string() }) as never,
      });
    const move = new Move(former);
    const ada = await move.visitor((session) => session.set("user", "ada"));
    const { value, cookies } = await move.after.visit(ada, (session) => session.get("user"));
    assertEquals([value, told(cookies)], ["ada", [NEW, "-__Host-old"]]);
  });
});

Deno.test("formerly: values that our format cannot hold give a new session, and are logged", async () => {
  const former: MakeFactory = (around) =>
    signedCookieSessionFactory(OLD_SECRET, {
      ...around,
      cookieName: "old",
      serializer: {
        stringify: (value) => JSON.stringify(value),
        parse: (text) => JSON.parse(text, (key, value) => key === "at" ? new Date(value) : value),
      },
    });
  const move = new Move(former);
  const ada = await move.visitor((session) => session.set("at", new Date(0)));
  const { value, response } = await move.after.visit(ada, (session) => session.isNew);
  assertEquals([value, response.status, move.after.refusals], [true, 200, ["schema"]]);
  assertStringIncludes(String(move.after.errors[0]?.cause), "at is an instance of Date");
});

Deno.test("formerly: with revocations, a session gets its id and the first epoch", async (t) => {
  const make = FORMATS["Pyramid's"]!.make;
  const revocable = () => {
    let store: RevocationStore | undefined;
    const move = new Move(make, ({ clock }) => ({
      revocations: store = memoryRevocations({ clock }),
    }));
    return { move, store: store! };
  };
  await t.step("so that copies of the new cookie end with it", async () => {
    const { move } = revocable();
    const ada = await move.visitor((session) => session.bindTo("ada"));
    const { value, cookies } = await move.after.visit(ada, (session) => session.userId);
    assertEquals([value, told(cookies)], ["ada", [NEW, "-old"]]);
    const copy = textOf(cookies[0]);
    const payload = payloadOf(copy);
    assert(/\{"epoch":0,"id":"[\w-]{43}\.0","user":"ada"\}\]$/.test(payload), payload);
    await move.after.visit(ada, (session) => session.invalidate());
    const replayed = await move.after.present(`${NEW}=${copy}`, (session) => session.isNew);
    assertEquals([replayed.value, move.after.refusals], [true, ["revoked"]]);
  });
  await t.step(
    "so that signing out everywhere reaches cookies that were not yet taken over",
    async () => {
      const { move, store } = revocable();
      const phone = await move.visitor((session) => session.bindTo("ada"));
      const bob = await move.visitor((session) => session.bindTo("bob"));
      await store.bump("ada");
      const { value, cookies } = await move.after.visit(phone, (session) => session.userId);
      assertEquals([value, cookies, move.after.refusals], [undefined, [], ["revoked"]]);
      assertEquals((await move.after.visit(bob, (session) => session.userId)).value, "bob");
    },
  );
  await t.step("and a former session that was revoked is not taken over", async () => {
    const clock = settableClock(START);
    const store = memoryRevocations({ clock });
    const move = new Move((around) =>
      signedCookieSessionFactory(OLD_SECRET, {
        ...around,
        cookieName: "old",
        revocations: store,
      })
    );
    const ada = await move.visitor((session) => session.bindTo("ada"));
    const copy = `__Host-old=${ada.cookie("__Host-old")}`;
    await move.after.visit(ada, (session) => session.size);
    // Taking it over ended it there.
    assertEquals((await move.after.present(copy, (session) => session.isNew)).value, true);
    assertEquals((await move.after.visit(ada, (session) => session.userId)).value, "ada");
  });
});

Deno.test("formerly: a chain of formats is walked in one request", async () => {
  const clock = settableClock(START);
  const first: MakeFactory = (around) =>
    pyramidCookieSessionFactory(OLD_SECRET, { ...around, cookieName: "first" });
  const second: MakeFactory = (around) =>
    signedCookieSessionFactory(OLD_SECRET, {
      ...around,
      cookieName: "second",
      formerly: first(around),
    });
  const before = new FactoryApp(first, { clock });
  const visitor = before.visitor();
  await before.visit(visitor, (session) => session.bindTo("ada"));
  const after = new FactoryApp((around) =>
    encryptedCookieSessionFactory(SECRET, {
      ...around,
      cookieName: "third",
      formerly: second(around),
    }), { clock });
  const { value, cookies } = await after.present(
    `first=${visitor.cookie("first")}`,
    (session) => session.userId,
  );
  assertEquals([value, told(cookies)], ["ada", ["__Host-third", "-first"]]);
});

Deno.test("formerly: a CSRF token of the former session does not count, and a new one is made when asked for", async () => {
  const move = new Move();
  let old = "";
  const ada = await move.visitor((session) => {
    session.bindTo("ada");
    old = session.getCsrfToken();
  });
  const { value } = await move.after.visit(
    ada,
    (session) => [session.checkCsrfToken(old), session.checkCsrfToken(session.getCsrfToken())],
  );
  assertEquals(value, [false, true]);
});

Deno.test("formerly: the CSRF cookie of a visitor without a session counts as it did", async () => {
  const move = new Move();
  let old = "";
  const ada = await move.visitor((session) => void (old = session.getCsrfToken()));
  const { value } = await move.after.visit(
    ada,
    (session) => [session.checkCsrfToken(old), session.checkCsrfToken(session.getCsrfToken())],
  );
  assertEquals(value, [true, true]);
});

Deno.test("formerly: the CSRF cookie of a visitor with a former session is not deleted with it", async () => {
  const move = new Move();
  const ada = await move.visitor((session) => void session.getCsrfToken());
  const { cookies: [old = ""] } = await move.before.visit(
    move.before.visitor(),
    (session) => session.set("user", "ada"),
  );
  plant(ada, old.slice(0, old.indexOf(";")));
  const { value, cookies } = await move.after.visit(ada, (session) => session.get("user"));
  assertEquals([value, told(cookies)], ["ada", [NEW, "-__Host-old"]]);
});
