/**
 * Objects out of a session, once the response is on its way: a change would be lost, and throws.
 *
 * @module
 */

import { assertEquals, assertStrictEquals, assertThrows } from "jsr:@std/assert@^1.0.0";
import { type Session, signedCookieSessionFactory } from "@pyramidion/pyramidion";
import { plantSession, readSession, TestClient } from "@pyramidion/pyramidion/testing";
import { everyKind, SECRET, SessionApp, type SessionAppOptions } from "../session_app.ts";

interface Cart {
  items: { name: string; tags: string[] }[];
  total: number;
}

const CART: Cart = { items: [{ name: "book", tags: ["new"] }], total: 1 };

/** An app whose visitor has a cart and a message. */
async function begun(options: SessionAppOptions = {}) {
  const app = new SessionApp(options);
  const ada = app.visitor();
  await app.visit(ada, (session) => {
    session.set("cart", CART).set("list", [[1], [2]]).set("other", { n: 1 });
    session.flash({ text: ["Hello"] });
  });
  return { app, ada };
}

const cartOf = (session: Session) => session.get("cart") as Cart;

everyKind(
  "an object out of a session throws when it is changed after the response, wherever it was had",
  async (t) => {
    const rows: Record<string, (session: Session) => () => void> = {
      "get(): a member": (session) => {
        const cart = cartOf(session);
        return () => cart.total++;
      },
      "get(): a new member": (session) => {
        const cart = cartOf(session);
        return () => Object.assign(cart, { coupon: "x" });
      },
      "get(): a member that is deleted": (session) => {
        const cart = session.get("cart") as Partial<Cart>;
        return () => delete cart.total;
      },
      "get(): nested": (session) => {
        const [item] = cartOf(session).items;
        return () => item!.name = "pen";
      },
      "get(): an array": (session) => {
        const { items } = cartOf(session);
        return () => items.push(items[0]!);
      },
      "get(): an array within an object within an array": (session) => {
        const cart = cartOf(session);
        return () => cart.items[0]!.tags.sort().reverse().push("x");
      },
      "get(): an array within an array": (session) => {
        const list = session.get("list") as number[][];
        return () => list[1]!.length = 0;
      },
      "setDefault() of a key that was there": (session) => {
        const cart = session.setDefault("cart", {}) as Cart;
        return () => cart.total++;
      },
      "values()": (session) => {
        const [cart] = [...session.values()] as Cart[];
        return () => cart?.items.pop();
      },
      "entries()": (session) => {
        const cart = new Map(session.entries()).get("cart") as Cart;
        return () => cart.items.pop();
      },
      "iteration": (session) => {
        const { cart } = Object.fromEntries(session) as { cart: Cart };
        return () => cart.total = 7;
      },
      "peekFlash()": (session) => {
        const [message] = session.peekFlash<{ text: string[] }>();
        return () => message!.text.push("again");
      },
      "get() in another request of the same cookie": (session) => {
        const cart = cartOf(session);
        return () => cart.total = 2;
      },
    };
    const ways: Record<string, [options: SessionAppOptions, write: boolean]> = {
      "read": [{}, false],
      "written": [{}, true],
      "a serializer": [{ serializer: JSON }, false],
    };
    for (const [way, [options, writes]] of Object.entries(ways)) {
      const { app, ada } = await begun(options);
      for (const [name, take] of Object.entries(rows)) {
        await t.step(`${name} (${way})`, async () => {
          const { value: change } = await app.visit(ada, (session) => {
            if (writes) session.set("n", Math.random());
            return take(session);
          });
          assertThrows(change, TypeError);
          // It was this request's alone.
          assertEquals((await app.visit(ada, cartOf)).value, CART);
        });
      }
    }
  },
);

everyKind("an object that is first had after the response is frozen too", async () => {
  const { app, ada } = await begun();
  const { value: session } = await app.visit(ada, (session) => session);
  assertThrows(() => cartOf(session).items[0]!.tags.push("x"), TypeError);
  assertThrows(() => session.peekFlash<{ text: string[] }>()[0]!.text.push("x"), TypeError);
});

everyKind(
  "an object out of a session is frozen behind an error too, foreseen or not",
  async (t) => {
    for (const status of [404, 500]) {
      await t.step(String(status), async () => {
        const { app, ada } = await begun();
        let cart: Cart | undefined;
        const { response } = await app.visit(ada, (session) => {
          cart = cartOf(session);
          session.set("n", 1);
          return new Response("x", { status });
        });
        assertEquals(response.status, status);
        assertThrows(() => cart!.items.pop(), TypeError);
      });
    }
  },
);

everyKind("readSession() and plantSession() give what cannot be changed", async () => {
  const factory = signedCookieSessionFactory<{ cart: Cart }>(SECRET);
  const client = new TestClient({ fetch: () => new Response() });
  await plantSession(client, factory, { cart: CART });
  const session = await readSession(client, factory);
  assertThrows(() => session.get("cart")!.items.pop(), TypeError);
  assertThrows(() => session.set("cart", CART), Error, "already on its way");
  assertEquals(Object.isFrozen(CART), false);
});

everyKind(
  "an object of the app's own stays as it is, wherever in the session it was put",
  async (t) => {
    const rows: Record<string, (session: Session, own: Cart) => void> = {
      "set()": (session, own) => session.set("own", own),
      "set(), and read again": (session, own) => {
        session.set("own", own);
        assertStrictEquals(session.get("own"), own);
      },
      "set(), and iterated over": (session, own) => {
        session.set("own", own);
        for (const value of session.values()) void value;
      },
      "setDefault()": (session, own) => session.setDefault("own", own),
      "update()": (session, own) => session.update({ own }),
      "put into a loaded one": (session, own) => (session.get("list") as unknown[]).push(own),
      "put into a loaded one that is read again": (session, own) => {
        (session.get("list") as unknown[]).push(own);
        for (const value of session.values()) void value;
      },
      "flash()": (session, own) => session.flash(own),
      "flash(), and peeked at": (session, own) => {
        session.flash(own);
        session.peekFlash();
      },
    };
    for (const [name, put] of Object.entries(rows)) {
      await t.step(name, async () => {
        const { app, ada } = await begun();
        const own = structuredClone(CART);
        await app.visit(ada, (session) => put(session, own));
        own.total = 2;
        own.items[0]!.tags.push("mine");
        own.items.push({ name: "pen", tags: [] });
        assertEquals(own.items.length, 2);
      });
    }
  },
);

everyKind("objects out of a session can be changed until the response, and are saved", async () => {
  const { app, ada } = await begun();
  await app.visit(ada, (session) => {
    cartOf(session).items[0]!.tags.push("sale");
    (session.peekFlash<{ text: string[] }>()[0])!.text.push("you");
  });
  const { value } = await app.visit(
    ada,
    (session) => [cartOf(session).items[0]?.tags, session.peekFlash<unknown>()],
  );
  assertEquals(value, [["new", "sale"], [{ text: ["Hello", "you"] }]]);
});
