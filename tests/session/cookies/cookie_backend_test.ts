/**
 * When a session's cookie is written, renewed and deleted, what that costs, and what it can hold.
 *
 * @module
 */

import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertNotStrictEquals,
  assertRejects,
  assertThrows,
} from "jsr:@std/assert@^1.0.0";
import { isDeepStrictEqual } from "node:util";
import { HttpForbidden, redirect, type Session, SessionValueError } from "@pyramidion/pyramidion";
import type { SessionSerializer } from "@pyramidion/pyramidion/types";
import { Random } from "../../random.ts";
import { testWithVectors } from "../../vectors.ts";
import { mint, NAME, payloadOf, SessionApp, START, stateOf, textOf } from "../session_app.ts";
import { SubtleSpy } from "../subtle_spy.ts";

const STATE = '{"cart":{"items":[1,{"id":2}]},"user":"ada"}';
const PAYLOAD = `[${START},${START},${STATE}]`;
const BASE64URL = { alphabet: "base64url", omitPadding: true } as const;

interface Cart {
  items: unknown[];
  [key: string]: unknown;
}

function cartOf(session: Session): Cart {
  return session.get("cart") as Cart;
}

/** Whether a `Set-Cookie` is of the CSRF secret of a visitor without a session. */
function isCsrfCookie(setCookie: string): boolean {
  return setCookie.startsWith("__Host-csrf-");
}

/** `Set-Cookie` in a word. */
function outcomeOf(cookies: readonly string[]): string {
  assert(cookies.length <= 1, `${cookies.length} cookies`);
  const [cookie] = cookies;
  if (cookie === undefined) return "nothing";
  return cookie.startsWith(`${NAME}=;`) ? "deleted" : payloadOf(textOf(cookie));
}

Deno.test("a session's cookie is written when the session is another at the end, and only then", async (t) => {
  const later = (state: string) => `[${START + 1_000},${START},${state}]`;
  const rows: Record<string, [work: (session: Session) => unknown, outcome: string]> = {
    "untouched": [() => {}, "nothing"],
    "a text read": [(s) => s.get("user"), "nothing"],
    "an object read": [(s) => s.get("cart"), "nothing"],
    "everything read": [(s) => [...s], "nothing"],
    "a missing key read": [(s) => s.get("nobody"), "nothing"],
    "a missing key deleted": [(s) => s.delete("nobody"), "nothing"],
    "a missing key popped": [(s) => s.pop("nobody", 1), "nothing"],
    "an empty queue popped": [(s) => s.popFlash(), "nothing"],
    "an update by nothing": [(s) => s.update({}), "nothing"],
    "setDefault() of what is there": [(s) => s.setDefault("user", "eve"), "nothing"],
    "changed()": [(s) => s.changed(), "nothing"],
    "the same value set": [(s) => s.set("user", "ada"), "nothing"],
    "an equal value set, its keys in another order": [
      (s) => s.set("cart", { items: [1, { id: 2 }] }),
      "nothing",
    ],
    "a property set to undefined": [(s) => cartOf(s).note = undefined, "nothing"],
    "changed and changed back": [(s) => s.set("user", "eve").set("user", "ada"), "nothing"],
    "changed within and changed back": [
      (s) => {
        cartOf(s).items.push(3);
        cartOf(s).items.pop();
      },
      "nothing",
    ],
    "a message flashed and popped": [(s) => s.flash("Hello").popFlash(), "nothing"],
    "emptied and filled again": [
      (s) => {
        const all = [...s];
        s.clear();
        s.update(all.reverse());
      },
      "nothing",
    ],
    "a value set": [(s) => s.set("user", "eve"), later(STATE.replace("ada", "eve"))],
    "a key added": [
      (s) => s.set("theme", 1),
      later(STATE.replace('"user"', '"theme":1,"user"')),
    ],
    "a key deleted": [(s) => s.delete("cart"), later('{"user":"ada"}')],
    "a list changed in place": [
      (s) => cartOf(s).items.push(3),
      later(STATE.replace('{"id":2}', '{"id":2},3')),
    ],
    "an object changed deep within": [
      (s) => (cartOf(s).items[1] as Cart).id = 7,
      later(STATE.replace('"id":2', '"id":7')),
    ],
    "an object changed that was reached by values()": [
      (s) => {
        for (const value of s.values()) if (typeof value === "object") (value as Cart).items = [];
      },
      later('{"cart":{"items":[]},"user":"ada"}'),
    ],
    "an object changed that was reached by a loop": [
      (s) => {
        for (const [key, value] of s) if (key === "cart") (value as Cart).items = [];
      },
      later('{"cart":{"items":[]},"user":"ada"}'),
    ],
    "an object changed that setDefault() gave": [
      (s) => (s.setDefault("cart", {}) as Cart).items.length = 0,
      later('{"cart":{"items":[]},"user":"ada"}'),
    ],
    "an object changed after it was set": [
      (s) => {
        const cart: Cart = { items: [] };
        s.set("cart", cart);
        cart.items.push(1);
      },
      later('{"cart":{"items":[1]},"user":"ada"}'),
    ],
    "a value of another type": [
      (s) => s.set("user", ["ada"]),
      later(STATE.replace('"ada"', '["ada"]')),
    ],
    "null for a value": [(s) => s.set("user", null), later(STATE.replace('"ada"', "null"))],
    "a message flashed": [(s) => s.flash("Hello"), later(STATE + ',{"flash":{"":["Hello"]}}')],
    "emptied by clear()": [(s) => s.clear(), "deleted"],
    "emptied key by key": [(s) => [...s.keys()].forEach((key) => s.delete(key)), "deleted"],
    "emptied by pop()": [(s) => [s.pop("user"), s.pop("cart")], "deleted"],
    "invalidated": [(s) => s.invalidate(), "deleted"],
  };
  const text = await mint(PAYLOAD);
  for (const [name, [work, outcome]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const app = new SessionApp();
      app.clock.travel(1);
      const { response, cookies } = await app.present(text, (session) => void work(session));
      assertEquals(outcomeOf(cookies), outcome);
      assertEquals(response.headers.get("vary"), "Cookie");
      assertEquals(response.headers.get("cache-control"), outcome === "nothing" ? null : "private");
    });
  }
});

Deno.test("a visitor who stores nothing gets no cookie", async (t) => {
  const rows: Record<string, (session: Session) => unknown> = {
    "reads": (s) => [s.get("user"), s.has("user"), s.size, [...s], s.created, s.isNew, s.userId],
    "looks for messages": (s) => [s.popFlash(), s.peekFlash("error")],
    "deletes and pops": (s) => [s.delete("user"), s.pop("user"), s.clear(), s.update([])],
    "says that something changed": (s) => s.changed(),
    "stores and takes away": (s) => s.set("user", "ada").delete("user"),
    "stores and invalidates": (s) => s.set("user", "ada").invalidate(),
    "regenerates": (s) => s.regenerate(),
    "checks a CSRF token": (s) => s.checkCsrfToken("x"),
  };
  for (const [name, work] of Object.entries(rows)) {
    await t.step(name, async () => {
      const app = new SessionApp();
      const { response, cookies } = await app.visit(app.visitor(), (session) => void work(session));
      assertEquals(cookies, []);
      assertEquals(response.headers.get("vary"), "Cookie");
      assertEquals(response.headers.get("cache-control"), null);
    });
  }
});

Deno.test("a view that does not ask for the session says nothing of it", async () => {
  const app = new SessionApp();
  const late = await mint(`[0,0,${STATE}]`);
  for (const cookie of ["", `${NAME}=${await mint(PAYLOAD)}`, `${NAME}=${late}`, `${NAME}=bad`]) {
    const { headers } = await app.visitor().get("/untouched", { headers: { cookie } });
    assertEquals([headers.getSetCookie(), headers.get("vary")], [[], null]);
  }
  assertEquals(app.refusals, []);
});

Deno.test("a refused cookie is left alone until something is stored", async () => {
  for (const text of ["bad", await mint("bad"), await mint(`[0,0,${STATE}]`)]) {
    const app = new SessionApp();
    const read = await app.present(text, (session) => session.get("user"));
    assertEquals([read.cookies, read.response.headers.get("vary")], [[], "Cookie"]);
    const emptied = await app.present(text, (session) => session.set("a", 1).clear());
    assertEquals(emptied.cookies, []);
    const written = await app.present(text, (session) => session.set("a", 1));
    assertEquals(outcomeOf(written.cookies), `[${START},${START},{"a":1}]`);
  }
});

Deno.test("an error and the session: what was foreseen commits, what was not does not", async (t) => {
  const throwing = (error: () => unknown) => (session: Session) => {
    session.set("user", "ada");
    throw error();
  };
  await t.step("HttpError", async () => {
    const app = new SessionApp();
    const { response, cookies } = await app.visit(
      app.visitor(),
      throwing(() => new HttpForbidden()),
    );
    assertEquals([response.status, cookies.length], [403, 1]);
  });
  await t.step("HttpError, setOnException false", async () => {
    const app = new SessionApp({ setOnException: false });
    const { response, cookies } = await app.visit(
      app.visitor(),
      throwing(() => new HttpForbidden()),
    );
    assertEquals([response.status, cookies], [403, []]);
  });
  await t.step("a redirection that is returned, setOnException false", async () => {
    const app = new SessionApp({ setOnException: false });
    const { response, cookies } = await app.visit(app.visitor(), (session) => {
      session.set("user", "ada");
      return redirect("/");
    });
    assertEquals([response.headers.get("location"), cookies.length], ["/", 1]);
  });
  await t.step("an error that nobody foresaw", async () => {
    const app = new SessionApp();
    const ada = app.visitor();
    await assertRejects(() => app.visit(ada, throwing(() => new Error("oops"))), Error, "oops");
    assertEquals([ada.cookie(NAME), app.errors.length], [null, 1]);
  });
});

Deno.test("a session costs one verification to read and one signature to write", async (t) => {
  const secrets = ["first", "second", "third", "fourth"].map((name) =>
    `${name}: m3N5bV7cX9zL1kJ2hG4fD6sA8pO0iU`
  );
  const app = new SessionApp({
    secrets: ["newest: 7Yx0Jw1mC3sV9kQ2bN8tR5pL4zH6dF", ...secrets],
    verifiedCookies: 0,
  });
  const { cookies } = await app.visit(
    app.visitor(),
    (session) => session.update({ user: "ada", cart: {} }),
  );
  const good = textOf(cookies[0]);
  const bytes = Uint8Array.fromBase64(good, BASE64URL);
  const forge = (at: number) =>
    bytes.map((byte, index) => index === at ? byte ^ 1 : byte).toBase64(BASE64URL);
  const old = await mint(PAYLOAD, { secret: secrets[3]! });
  const rows: Record<
    string,
    [text: string | null, work: (session: Session) => unknown, calls: string]
  > = {
    "new, read": [null, (s) => s.get("user"), ""],
    "new, written": [null, (s) => s.set("user", "eve"), "sign"],
    "new, written and emptied": [null, (s) => s.set("user", "eve").clear(), ""],
    "asked for": [good, () => {}, "verify"],
    "read": [good, (s) => [s.get("user"), s.get("cart"), [...s]], "verify"],
    "written": [good, (s) => s.set("user", "eve"), "verify sign"],
    "written ten times": [good, (s) => {
      for (let count = 0; count < 10; count++) s.set("user", count);
    }, "verify sign"],
    "written back": [good, (s) => s.set("user", "ada"), "verify"],
    "deleted": [good, (s) => s.invalidate(), "verify"],
    "of the oldest secret": [old, (s) => s.size, "verify sign"],
    "forged tag": [forge(bytes.length - 1), (s) => s.size, "verify"],
    "forged payload": [forge(20), (s) => s.size, "verify"],
    "forged payload, written": [forge(20), (s) => s.set("user", "eve"), "verify sign"],
    "forged key id": [forge(3), (s) => s.size, ""],
    "forged version": [forge(0), (s) => s.size, ""],
    "junk": ["junk", (s) => s.size, ""],
    "empty": ["", (s) => s.size, ""],
    "4,097 characters": [good.padEnd(4_097, "A"), (s) => s.size, ""],
    "64 KB": ["A".repeat(65_536), (s) => s.size, ""],
  };
  for (const [name, [text, work, calls]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const headers: HeadersInit = text === null ? {} : { cookie: `${NAME}=${text}` };
      using spy = new SubtleSpy();
      await app.visit(app.visitor(), async (session, request) => {
        assertEquals(await request.session, session);
        work(session);
      }, { headers });
      assertEquals(spy.calls.join(" "), calls);
    });
  }
  await t.step("never asked for", async () => {
    using spy = new SubtleSpy();
    await app.visitor().get("/untouched", { headers: { cookie: `${NAME}=${good}` } });
    assertEquals(spy.calls, []);
  });
});

/** A serializer of JSON in which a `Date` stays one, that counts. */
class DateSerializer implements SessionSerializer {
  stringified = 0;
  parsed = 0;

  stringify(value: unknown): string {
    this.stringified++;
    // JSON.stringify() gives the replacer what toJSON() made; the holder still has the Date.
    return JSON.stringify(value, function (this: Record<string, unknown>, key, made) {
      const held = this[key];
      return held instanceof Date ? { $date: held.getTime() } : made;
    });
  }

  parse(text: string): unknown {
    this.parsed++;
    return JSON.parse(
      text,
      (_key, value) =>
        typeof value === "object" && typeof value?.$date === "number"
          ? new Date(value.$date)
          : value,
    );
  }
}

Deno.test("a session is written as text only where it may have changed", async (t) => {
  const csrf = `{"csrf":"${"A".repeat(43)}","flash":{"":["Hello"]}}`;
  const text = await mint(`[${START},${START},{"n":1,"user":"ada"},${csrf}]`);
  const nested = await mint(PAYLOAD);
  const rows: Record<
    string,
    [text: string | null, work: (session: Session) => unknown, parsed: number, stringified: number]
  > = {
    "new, read": [null, (s) => [s.get("user"), s.size, s.peekFlash()], 0, 0],
    "forged": ["forged", (s) => s.get("user"), 0, 0],
    "asked for": [text, () => {}, 1, 0],
    "text and numbers read": [text, (s) => [s.get("user"), s.get("n"), s.get("nothing")], 1, 0],
    "asked what is there": [text, (s) => [s.has("user"), s.size, [...s.keys()], s.created], 1, 0],
    "a message of text peeked at": [text, (s) => s.peekFlash(), 1, 0],
    "a CSRF token asked for and checked": [
      text,
      (s) => [s.getCsrfToken(), s.checkCsrfToken("x")],
      1,
      0,
    ],
    "text and numbers read by a loop": [text, (s) => [...s], 1, 0],
    "text and numbers read by values()": [text, (s) => [...s.values()], 1, 0],
    "an object read": [nested, (s) => s.get("cart"), 1, 1],
    "objects read by a loop": [nested, (s) => [...s], 1, 1],
    "text read beside an object": [nested, (s) => s.get("user"), 1, 0],
  };
  for (const [name, [text, work, parsed, stringified]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const serializer = new DateSerializer();
      const app = new SessionApp({ serializer });
      const headers: HeadersInit = text === null ? {} : { cookie: `${NAME}=${text}` };
      await app.visit(app.visitor(), (session) => void work(session), { headers });
      assertEquals([serializer.parsed, serializer.stringified], [parsed, stringified]);
    });
  }
});

Deno.test("SessionSerializer replaces JSON for the whole payload", async (t) => {
  const since = new Date(Date.UTC(1815, 11, 10));
  const serializer = new DateSerializer();
  const app = new SessionApp({ serializer });
  const ada = app.visitor();
  await t.step("what JSON would change comes back", async () => {
    const { cookies } = await app.visit(ada, (session) => {
      session.set("since", since).set("deep", [{ since }]).flash({ at: since });
    });
    const date = `{"$date":${since.getTime()}}`;
    assertEquals(
      outcomeOf(cookies),
      `[${START},${START},{"deep":[{"since":${date}}],"since":${date}},{"flash":{"":[{"at":${date}}]}}]`,
    );
    const { value } = await app.visit(ada, (session) => [...session, session.peekFlash<unknown>()]);
    assertEquals(value, [["deep", [{ since }]], ["since", since], [{ at: since }]]);
  });
  await t.step("reading it writes nothing", async () => {
    const { cookies } = await app.visit(ada, (session) => (session.get("since") as Date).getTime());
    assertEquals(cookies, []);
  });
  await t.step("a change in place is seen", async () => {
    const { cookies } = await app.visit(ada, (session) => {
      (session.get("since") as Date).setUTCFullYear(1816);
    });
    assertEquals(cookies.length, 1);
    const { value } = await app.visit(ada, (session) => session.get("since"));
    assertEquals(value, new Date(Date.UTC(1816, 11, 10)));
  });
  await t.step("renewals are as for JSON", async () => {
    app.clock.travel(119.999);
    assertEquals((await app.visit(ada, (session) => session.get("since"))).cookies, []);
    app.clock.travel(0.001);
    const { cookies } = await app.visit(ada, (session) => session.get("since"));
    assert(outcomeOf(cookies).startsWith(`[${START + 120_000},${START},`));
  });
  await t.step("equal dates are one message", async () => {
    await app.visit(ada, (session) => {
      session.popFlash();
      session.flash(new Date(0)).flash(new Date(0), "", { allowDuplicate: false });
      session.flash(new Date(1), "", { allowDuplicate: false });
      assertEquals(session.popFlash<Date>(), [new Date(0), new Date(1)]);
    });
  });
  await t.step("what it cannot read is malformed", async () => {
    await app.present(await mint("{"), (session) => assertEquals(session.isNew, true));
    await app.present(await mint("[1,2,3]"), (session) => assertEquals(session.isNew, true));
    assertEquals(app.refusals, ["malformed", "malformed"]);
  });
  await t.step("a time that is no number is malformed", async () => {
    app.refusals.length = 0;
    const text = await mint(`[{"$date":${START}},${START},{}]`);
    await app.present(text, (session) => assertEquals(session.isNew, true));
    assertEquals(app.refusals, ["malformed"]);
  });
});

Deno.test("parallel requests with one cookie share no object, and the last answer wins", async () => {
  const app = new SessionApp();
  const ada = app.visitor();
  await app.visit(ada, (session) => session.set("cart", { items: [1] }).flash({ text: "Hello" }));
  const headers = { cookie: `${NAME}=${ada.cookie(NAME)}` };
  const together = Promise.withResolvers<void>();
  let inside = 0;
  const work = (key: string) => async (session: Session) => {
    if (++inside === 2) together.resolve();
    await together.promise;
    cartOf(session).items.push(key);
    const [message] = session.peekFlash<{ text: string }>();
    message!.text += key;
    session.set(key, 1);
    return session;
  };
  const [one, two] = await Promise.all([
    app.visit(ada, work("one"), { headers }),
    app.visit(ada, work("two"), { headers }),
  ]);
  assertNotStrictEquals(one.value, two.value);
  assertNotStrictEquals(one.value.get("cart"), two.value.get("cart"));
  const message = (key: string) => ({ flash: { "": [{ text: `Hello${key}` }] } });
  for (const [key, { cookies }] of [["one", one], ["two", two]] as const) {
    const [, , state, extra] = JSON.parse(outcomeOf(cookies));
    assertEquals(state, { cart: { items: [1, key] }, [key]: 1 });
    assertEquals(extra, message(key));
  }
  const later = await app.visit(ada, (session) => stateOf(session));
  assertEquals(Object.keys(later.value).length, 2);
});

Deno.test("parallel new visitors share no session", async () => {
  const app = new SessionApp();
  const visits = Array.from(
    { length: 5 },
    (_, n) =>
      app.visit(app.visitor(), async (session) => {
        session.set("n", n);
        await Promise.resolve();
        return session.get("n");
      }),
  );
  const values = (await Promise.all(visits)).map(({ value }) => value);
  assertEquals(values, [0, 1, 2, 3, 4]);
});

Deno.test("parallel requests that renew one cookie all get one that is valid", async () => {
  const app = new SessionApp();
  const ada = app.visitor();
  await app.visit(ada, (session) => session.set("user", "ada"));
  const headers = { cookie: `${NAME}=${ada.cookie(NAME)}` };
  app.clock.travel(600);
  const visits = await Promise.all(
    Array.from({ length: 50 }, () => app.visit(ada, (session) => session.get("user"), { headers })),
  );
  for (const { cookies } of visits) {
    assertEquals(outcomeOf(cookies), `[${START + 600_000},${START},{"user":"ada"}]`);
    const { value } = await app.present(textOf(cookies[0]), (session) => session.get("user"));
    assertEquals(value, "ada");
  }
});

class Point {
  x = 1;
}

const cycle: { self?: unknown; list: unknown[] } = { list: [] };
cycle.list.push({ back: cycle });

function nest(depth: number): unknown {
  let value: unknown = [];
  for (let level = 1; level < depth; level++) value = [value];
  return value;
}

const REFUSED: Record<string, [value: unknown, message: string]> = {
  "a function": [() => {}, "cart is a function"],
  "a symbol": [Symbol("x"), "cart is a symbol"],
  "a bigint": [1n, "cart is a bigint: store String(value)"],
  "a bigint of 10,000 digits": [10n ** 9_999n, "cart is a bigint: store String(value)"],
  "undefined": [undefined, "cart is undefined: write null"],
  "NaN": [NaN, "cart is NaN: write null or text"],
  "Infinity": [-Infinity, "cart is -Infinity: write null or text"],
  "a Date": [
    new Date(0),
    "cart is an instance of Date: store date.getTime() or date.toISOString()",
  ],
  "an invalid Date": [
    new Date(NaN),
    "cart is an instance of Date: store date.getTime() or date.toISOString()",
  ],
  "a Map": [
    new Map([[{}, 1]]),
    "cart is an instance of Map: store Object.fromEntries(map) or [...map]",
  ],
  "a Set": [new Set([1]), "cart is an instance of Set: store [...set]"],
  "a WeakMap": [
    new WeakMap(),
    "cart is an instance of WeakMap: store a plain object of its fields",
  ],
  "bytes": [new Uint8Array(2), "cart is an instance of Uint8Array: store bytes.toBase64()"],
  "a URL": [new URL("https://app.test"), "cart is an instance of URL: store url.href"],
  "a promise": [
    Promise.resolve(1),
    "cart is an instance of Promise: store a plain object of its fields",
  ],
  "a class instance": [
    new Point(),
    "cart is an instance of Point: store a plain object of its fields",
  ],
  "an error": [
    new RangeError("x"),
    "cart is an instance of RangeError: store a plain object of its fields",
  ],
  "a String object": [Object("x"), "cart is an instance of String: store the text itself"],
  "a function in a list": [[1, () => {}], "cart[1] is a function"],
  "undefined in a list": [[undefined], "cart[0] is undefined: write null"],
  "a hole in a list": [Array(1), "cart[0] is a hole in an array: write null"],
  "deep within": [
    { items: [{}, {}, { price: () => 1 }] },
    "cart.items[2].price is a function",
  ],
  "under a key that needs quotes": [
    { "a b": [{ "": NaN }] },
    'cart["a b"][0][""] is NaN: write null or text',
  ],
  "under __proto__": [
    JSON.parse('{"__proto__":[0]}', (_key, value) => value === 0 ? 1n : value),
    "cart.__proto__[0] is a bigint: store String(value)",
  ],
  "toJSON": [{ toJSON: () => 1 }, "cart.toJSON is a function"],
  "a getter": [
    {
      get now(): number {
        return 1;
      },
    },
    "cart.now is a getter or setter: store the value itself",
  ],
  "a symbol key": [{ [Symbol("x")]: 1 }, "cart is an object with the symbol key Symbol(x)"],
  "a cycle": [cycle, "cart.list[0].back is a cycle, an object within itself"],
  "lists nested 101 deep": [nest(101), `cart${"[0]".repeat(100)} is nested more than 100 deep`],
};

Deno.test("Session.set() refuses what JSON would change, by the path to it", async (t) => {
  for (const [name, [value, message]] of Object.entries(REFUSED)) {
    await t.step(name, async () => {
      const app = new SessionApp();
      const whole = `Cannot keep a value in the session: ${message}`;
      const { cookies } = await app.visit(app.visitor(), (session) => {
        assertEquals(
          assertThrows(() => session.set("cart", value), SessionValueError).message,
          whole,
        );
        assertEquals(
          assertThrows(() => session.setDefault("cart", value), SessionValueError).message,
          whole,
        );
        if (value !== undefined) {
          const update = () => session.update([["user", 1], ["cart", value]]);
          assertEquals(assertThrows(update, SessionValueError).message, whole);
        }
        assertThrows(
          () => session.flash(value),
          SessionValueError,
          message.replace("cart", "flash"),
        );
        assertThrows(
          () => session.flash(value, "warn"),
          SessionValueError,
          message.replace("cart", "flash.warn"),
        );
        assertEquals([session.size, session.peekFlash()], [0, []]);
      });
      assertEquals(cookies, []);
    });
  }
});

Deno.test("a nested change that JSON would lose is refused after the view, by the path to it", async (t) => {
  const text = await mint(PAYLOAD);
  for (const [name, [value, message]] of Object.entries(REFUSED)) {
    if (value === undefined) continue;
    await t.step(name, async () => {
      const app = new SessionApp();
      const { response, cookies } = await app.present(text, (session) => {
        cartOf(session).items[1] = value;
      });
      assertEquals([response.status, cookies], [500, []]);
      const [error] = app.errors;
      assertInstanceOf(error, SessionValueError);
      // Two levels further down, the limit of depth is met two levels earlier.
      const deep = `cart.items[1]${"[0]".repeat(98)} is nested more than 100 deep`;
      const expected = name.includes("101") ? deep : message.replace("cart", "cart.items[1]");
      assertEquals(error.message, `Cannot keep a value in the session: ${expected}`);
      const page = await response.text();
      assert(!page.includes("items"), "the visitor is told of the path");
    });
  }
  await t.step("in a flash message", async () => {
    const app = new SessionApp();
    const { response } = await app.visit(app.visitor(), (session) => {
      const message = { at: 1 };
      session.flash(message, "warn");
      Object.assign(message, { at: new Date(0) });
    });
    assertEquals(response.status, 500);
    assertInstanceOf(app.errors[0], SessionValueError);
    assertEquals(app.errors[0].path, "flash.warn[0].at");
  });
});

Deno.test("Session.flash() takes what the commit takes, and refuses the rest at once", async (t) => {
  const rows: Record<string, [message: unknown, taken: boolean]> = {
    "lists a hundred deep": [nest(100), true],
    "lists 101 deep": [nest(101), false],
    "a date": [new Date(0), false],
    "text": ["Welcome", true],
  };
  for (const [name, [message, taken]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const app = new SessionApp();
      const ada = app.visitor();
      const { response } = await app.visit(ada, (session) => {
        if (taken) session.flash(message);
        else assertThrows(() => session.flash(message), SessionValueError);
      });
      assertEquals([response.status, app.errors], [200, []]);
      const { value } = await app.visit(ada, (session) => session.popFlash<unknown>());
      assertEquals(value, taken ? [message] : []);
    });
  }
});

Deno.test("every value that a session takes comes back as it was", async (t) => {
  const rows: Record<string, unknown> = {
    "null": null,
    "true": true,
    "false": false,
    "0": 0,
    "-0": -0,
    "the greatest safe integer": Number.MAX_SAFE_INTEGER,
    "the greatest number": Number.MAX_VALUE,
    "the smallest number": Number.MIN_VALUE,
    "1e21": 1e21,
    "0.1 + 0.2": 0.1 + 0.2,
    "empty text": "",
    "U+0000": "\0",
    "line separators": "\u2028\u2029\r\n",
    "lone surrogates": "\ud800 \udc00\ud800",
    "700 emoji": "😀".repeat(700),
    "HTML": "<script>alert(1)</script>",
    "text that reads like JSON": '{"a":1}',
    "an empty list": [],
    "an empty object": {},
    "lists in objects in lists": [{ a: [{ b: [] }] }, [[], [null]]],
    "keys like numbers": { 10: 1, 9: 2, "-1": 3, "01": 4 },
    "keys of other objects": JSON.parse('{"__proto__":{"x":1},"constructor":1,"toString":null}'),
    "lists a hundred deep": nest(100),
  };
  const app = new SessionApp();
  for (const [name, value] of Object.entries(rows)) {
    await t.step(name, async () => {
      const ada = app.visitor();
      await app.visit(ada, (session) => session.set("value", value));
      const { value: back, cookies } = await app.visit(ada, (session) => session.get("value"));
      assert(isDeepStrictEqual(back, value), Deno.inspect(back));
      assertEquals(cookies, []);
    });
  }
  await t.step("an object without prototype comes back as a plain one", async () => {
    const ada = app.visitor();
    const value = Object.assign(Object.create(null), { a: 1 });
    await app.visit(ada, (session) => session.set("value", value));
    const { value: back } = await app.visit(ada, (session) => session.get("value"));
    assert(isDeepStrictEqual(back, { a: 1 }));
  });
});

testWithVectors(
  "every naughty string comes back as value, key, message and queue",
  "blns.json",
  async (vectors) => {
    assert(Array.isArray(vectors) && vectors.length > 500);
    const app = new SessionApp();
    for (const text of vectors as string[]) {
      const ada = app.visitor();
      const name = JSON.stringify(text);
      const keep = await app.visit(ada, (session) => session.set(text, { [`:${text}`]: [text] }));
      assertEquals([keep.response.status, app.errors], [200, []], name);
      const taken = await app.visit(ada, (session) => {
        const entries = [...session];
        session.clear();
        session.flash(text, text);
        return entries;
      });
      assertEquals(taken.response.status, 200, name);
      assert(isDeepStrictEqual(taken.value, [[text, { [`:${text}`]: [text] }]]), name);
      await app.visit(ada, (session) => assertEquals(session.popFlash(text), [text], name));
      const { value, cookies } = await app.visit(ada, (session) => session.peekFlash(text));
      assertEquals([value, cookies], [[], []], name);
    }
    assertEquals(app.refusals, []);
  },
);

/** What the property test changes: the session, and a plain model of it. */
interface Changeable {
  get(key: string): unknown;
  set(key: string, value: unknown): unknown;
  delete(key: string): unknown;
  clear(): unknown;
  flash(message: unknown, queue: string): unknown;
  popFlash(queue: string): unknown;
  newCsrfToken(): unknown;
  getCsrfToken(): unknown;
  invalidate(): unknown;
}

/** What a session holds, kept by other means. */
class Model implements Changeable {
  values = new Map<string, unknown>();
  queues = new Map<string, unknown[]>();
  /** Which of the CSRF tokens that were ever made; 0: none. */
  csrf = 0;
  /** Whether its visitor has no session yet, so that the token lies in a cookie of its own. */
  isNew = true;
  /** When the session began. */
  created: number;
  static #made = 0;
  readonly #clock: () => number;

  constructor(clock: () => number) {
    this.#clock = clock;
    this.created = clock();
  }

  get(key: string): unknown {
    return this.values.get(key);
  }
  set(key: string, value: unknown): void {
    this.values.set(key, value);
  }
  delete(key: string): void {
    this.values.delete(key);
  }
  clear(): void {
    this.values.clear();
  }
  flash(message: unknown, queue: string): void {
    this.queues.set(queue, [...this.queues.get(queue) ?? [], message]);
  }
  popFlash(queue: string): void {
    this.queues.delete(queue);
  }
  newCsrfToken(): void {
    if (!this.isNew) this.csrf = ++Model.#made;
  }
  getCsrfToken(): void {
    if (!this.isNew) this.csrf ||= ++Model.#made;
  }
  invalidate(): void {
    this.values.clear();
    this.queues.clear();
    this.csrf = 0;
    this.isNew = true;
    this.created = this.#clock();
  }
  copy(): Model {
    const copy = new Model(this.#clock);
    copy.values = structuredClone(this.values);
    copy.queues = structuredClone(this.queues);
    copy.csrf = this.csrf;
    copy.isNew = this.isNew;
    copy.created = this.created;
    return copy;
  }
  get isEmpty(): boolean {
    return this.values.size === 0 && this.queues.size === 0 && this.csrf === 0;
  }
}

type Edit = (target: Changeable) => void;
const KEYS = ["a", "b", "10", "9", "__proto__", "é"];
const QUEUES = ["", "warn"];

function randomValue(random: Random, depth = 3): unknown {
  const kind = depth === 0 ? random.below(4) : random.below(6);
  if (kind === 4) {
    return Array.from({ length: random.below(3) }, () => randomValue(random, depth - 1));
  }
  if (kind === 5) {
    const entries = Array.from(
      { length: random.below(3) },
      () => [random.pick(["x", "y", "2"]), randomValue(random, depth - 1)] as const,
    );
    return Object.fromEntries(entries);
  }
  return random.pick([null, true, random.below(3), -1.5, "", "ada", "😀\0"]);
}

type Container = Record<string, unknown> | unknown[];

function isContainer(value: unknown): value is Container {
  return typeof value === "object" && value !== null;
}

/** The same value, the keys of its objects in the order of another day. */
function reordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reordered);
  if (!isContainer(value)) return value;
  return Object.fromEntries(Object.entries(value).reverse().map(([k, v]) => [k, reordered(v)]));
}

/** A change in place somewhere below a key; reads alone where the key holds nothing to change. */
function nestedEdit(random: Random, model: Model): Edit {
  const key = random.pick(KEYS);
  let here = model.get(key);
  const path: string[] = [];
  while (isContainer(here)) {
    const inner = Object.entries(here).filter(([, value]) => isContainer(value));
    if (inner.length === 0 || random.chance(0.4)) break;
    const [step, value] = random.pick(inner);
    path.push(step);
    here = value;
  }
  const value = randomValue(random, 1);
  const step = random.pick(["x", "y", "2"]);
  const change = random.below(4);
  return (target) => {
    let container: unknown = target.get(key);
    for (const name of path) container = Reflect.get(Object(container), name);
    if (!isContainer(container) || change === 0) return;
    if (Array.isArray(container)) {
      if (change === 1) container.push(structuredClone(value));
      else if (change === 2) container.pop();
      else container.reverse();
    } else if (change === 1) delete container[step];
    else container[step] = structuredClone(value);
  };
}

function randomEdit(random: Random, model: Model, before: Model): Edit {
  const key = random.pick(KEYS), queue = random.pick(QUEUES), value = randomValue(random);
  const edits: Edit[] = [
    (target) => target.set(key, structuredClone(value)),
    (target) => target.delete(key),
    (target) => target.get(key),
    (target) => target.flash(structuredClone(value), queue),
    (target) => target.popFlash(queue),
    (target) => {
      if (before.values.has(key)) target.set(key, structuredClone(before.get(key)));
      else target.delete(key);
    },
    (target) => {
      if (model.values.has(key)) target.set(key, reordered(structuredClone(model.get(key))));
    },
    nestedEdit(random, model),
    nestedEdit(random, model),
    nestedEdit(random, model),
  ];
  if (random.chance(0.05)) {
    return random.pick(
      [(target) => target.newCsrfToken(), (target) => target.getCsrfToken()] as Edit[],
    );
  }
  if (random.chance(0.05)) return (target) => target.clear();
  if (random.chance(0.05)) return (target) => target.invalidate();
  return random.pick(edits);
}

/** Everything back as it was at first, by new values. */
function restore(random: Random, before: Model): Edit {
  const keys = random.chance(0.5) ? KEYS : KEYS.toReversed();
  return (target) => {
    for (const key of keys) {
      if (before.values.has(key)) target.set(key, structuredClone(before.get(key)));
      else target.delete(key);
    }
    for (const queue of QUEUES) {
      target.popFlash(queue);
      for (const message of before.queues.get(queue) ?? []) {
        target.flash(structuredClone(message), queue);
      }
    }
  };
}

Deno.test("over random changes: a Set-Cookie exactly where the state differs, is due, or is gone", async (t) => {
  const seen = { nothing: 0, written: 0, renewed: 0, deleted: 0 };
  for (let seed = 1; seed <= 24; seed++) {
    await t.step(`seed ${seed}`, async () => {
      const random = new Random(seed);
      const app = new SessionApp();
      const ada = app.visitor();
      let model = new Model(app.clock);
      let renewed: number | null = null;
      for (let request = 0; request < 40; request++) {
        app.clock.travel(random.chance(0.2) ? 120 + random.below(600) : random.below(30));
        if (renewed === null) model.created = app.clock();
        model.isNew = renewed === null;
        const before = model.copy();
        const after = model.copy();
        const { response, cookies } = await app.visit(ada, (session) => {
          for (let count = random.below(5); count > 0; count--) {
            const edit = randomEdit(random, after, before);
            edit(session);
            edit(after);
          }
          if (random.chance(0.2)) {
            const edit = restore(random, before);
            edit(session);
            edit(after);
          }
        });
        const at = `seed ${seed}, request ${request}: ${
          Deno.inspect({ before, after }, { depth: 9 })
        }`;
        assertEquals(response.status, 200, at);
        const came = renewed !== null;
        const due = renewed !== null && app.clock() - renewed >= 120_000;
        const changed = !isDeepStrictEqual(before, after);
        const outcome = outcomeOf(cookies.filter((cookie) => !isCsrfCookie(cookie)));
        if (after.isEmpty) {
          assertEquals(outcome, came ? "deleted" : "nothing", at);
          if (came) seen.deleted++;
          renewed = null;
        } else if (changed || due) {
          const [time, created, state, extra = {}] = JSON.parse(outcome);
          assertEquals([time, created], [app.clock(), after.created], at);
          assert(isDeepStrictEqual(new Map(Object.entries(state)), after.values), at);
          const flash = new Map(Object.entries(extra.flash ?? {}));
          assert(isDeepStrictEqual(flash, after.queues), at);
          renewed = app.clock();
          if (changed) seen.written++;
          else seen.renewed++;
        } else {
          assertEquals(outcome, "nothing", at);
          seen.nothing++;
        }
        model = after;
      }
    });
  }
  for (const [outcome, count] of Object.entries(seen)) {
    assert(count > 20, `only ${count} ${outcome}`);
  }
});
