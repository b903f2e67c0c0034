/**
 * Serializers in place of JSON, with one that is in use: devalue.
 *
 * @module
 */

import { assert, assertEquals, assertInstanceOf } from "jsr:@std/assert@^1.0.0";
import * as devalue from "npm:devalue@5.9.4";
import { encryptedCookieSessionFactory, SessionTooLargeError } from "@pyramidion/pyramidion";
import type { SessionSerializer } from "@pyramidion/pyramidion/types";
import { cookieHeader, FactoryApp } from "./factory_app.ts";
import {
  everyKind,
  factoryOfKind,
  mint,
  NAME,
  payloadOf,
  SECRET,
  SessionApp,
  START,
  textOf,
} from "./session_app.ts";
import { isStored } from "./session_kinds.ts";

const serializer: SessionSerializer = {
  stringify: (value) => devalue.stringify(value),
  parse: (text) => devalue.parse(text),
};

interface Rich {
  since: Date;
  cart: Map<string, number[]>;
  tags: Set<string>;
  amount: bigint;
  missing: undefined;
  nested: { maybe: undefined; when: Date; odd: number };
  link: URL;
  circle: { self?: unknown };
}

const richApp = (given: SessionSerializer = serializer): FactoryApp<Rich> =>
  new FactoryApp<Rich>((around) => factoryOfKind<Rich>(SECRET, { ...around, serializer: given }));

everyKind("serializer: what JSON would change survives", async (t) => {
  const rows: { [Key in keyof Rich]: () => Rich[Key] } = {
    since: () => new Date(START),
    cart: () => new Map([["book", [1, 2]]]),
    tags: () => new Set(["a", "b"]),
    amount: () => 2n ** 100n,
    missing: () => undefined,
    nested: () => ({ maybe: undefined, when: new Date(0), odd: NaN }),
    link: () => new URL("https://app.test/?a=1"),
    circle: () => {
      const circle: Rich["circle"] = {};
      circle.self = circle;
      return circle;
    },
  };
  for (const [key, make] of Object.entries(rows)) {
    // In a store a key without a value is no key.
    if (key === "missing" && isStored(SessionApp.kind)) continue;
    await t.step(key, async () => {
      const name = key as keyof Rich;
      const app = richApp();
      const ada = app.visitor();
      await app.visit(ada, (session) => session.set(name, make()));
      const { value, cookies } = await app.visit(
        ada,
        (session) => [session.has(name), session.get(name), session.isNew],
      );
      assertEquals([value, cookies], [[true, make(), false], []]);
    });
  }
  await t.step("in an encrypted cookie as well", async () => {
    const app = new FactoryApp<Rich>((around) =>
      encryptedCookieSessionFactory(SECRET, { ...around, serializer })
    );
    const ada = app.visitor();
    await app.visit(ada, (session) => session.set("since", new Date(START)));
    const { value } = await app.visit(ada, (session) => session.get("since"));
    assertEquals(value, new Date(START));
  });
  await t.step("in flash messages as well, beside token and user", async () => {
    const app = richApp();
    const ada = app.visitor();
    const { value: token } = await app.visit(ada, (session) => {
      session.bindTo("ada");
      session.flash({ at: new Date(5) });
      session.flash({ at: new Date(5) }, "", { allowDuplicate: false });
      session.remember(7200);
      return session.getCsrfToken();
    });
    const { value } = await app.visit(
      ada,
      (session) => [session.popFlash<unknown>(), session.userId, session.checkCsrfToken(token)],
    );
    assertEquals(value, [[{ at: new Date(5) }], "ada", true]);
    const { cookies } = await app.visit(ada, (session) => session.set("tags", new Set()));
    if (isStored(SessionApp.kind)) assertEquals(cookies, []);
    else assert(cookies[0]?.endsWith("; Max-Age=7200"));
  });
  await t.step("a key __proto__ is no prototype", async () => {
    const app = new FactoryApp((around) =>
      factoryOfKind<Record<string, unknown>>(SECRET, {
        ...around,
        // devalue refuses the key, so this one is plain.
        serializer: { stringify: (value) => JSON.stringify(value), parse: JSON.parse },
      })
    );
    const ada = app.visitor();
    await app.visit(ada, (session) => session.set("__proto__", { admin: true }));
    const { value } = await app.visit(
      ada,
      (session) => [[...session.keys()], session.get("__proto__"), session.get("admin")],
    );
    assertEquals(value, [["__proto__"], { admin: true }, undefined]);
  });
});

Deno.test("serializer: every change is noticed, and only changes are written", async (t) => {
  type Step = [work: (session: Map<string, number[]>, since: Date) => void, written: boolean];
  const rows: Record<string, Step> = {
    "read": [() => {}, false],
    "a Map that got a key": [(cart) => cart.set("pen", [3]), true],
    "a list within a Map": [(cart) => cart.get("book")?.push(9), true],
    "a Date that was set": [(_cart, since) => since.setTime(7), true],
    "changed and changed back": [(cart) => {
      cart.get("book")?.push(9);
      cart.get("book")?.pop();
    }, false],
  };
  for (const [name, [work, written]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const app = richApp();
      const ada = app.visitor();
      await app.visit(ada, (session) => {
        session.set("cart", new Map([["book", [1, 2]]])).set("since", new Date(START));
      });
      const { cookies } = await app.visit(ada, (session) => {
        const cart = session.get("cart"), since = session.get("since");
        assertInstanceOf(cart, Map);
        assertInstanceOf(since, Date);
        work(cart, since);
      });
      assertEquals(cookies.length, written ? 1 : 0);
    });
  }
  await t.step("keys set in another order are no change", async () => {
    const app = richApp();
    const ada = app.visitor();
    await app.visit(ada, (session) => session.set("amount", 1n).set("since", new Date(0)));
    const { cookies } = await app.visit(ada, (session) => {
      session.clear();
      session.set("since", new Date(0)).set("amount", 1n);
    });
    assertEquals(cookies, []);
  });
  await t.step("a renewal writes the state with the new time", async () => {
    const app = richApp();
    const ada = app.visitor();
    await app.visit(ada, (session) => session.set("since", new Date(0)));
    app.clock.travel(120);
    const { cookies } = await app.visit(ada, (session) => session.size);
    assertEquals(devalue.parse(payloadOf(textOf(cookies[0]))), [START + 120_000, START, {
      since: new Date(0),
    }]);
  });
  await t.step("an emptied session deletes its cookie", async () => {
    const app = richApp();
    const ada = app.visitor();
    await app.visit(ada, (session) => session.set("tags", new Set(["a"])));
    await app.visit(ada, (session) => session.clear());
    assertEquals(cookieHeader(ada), "");
  });
});

Deno.test(
  "serializer: what it cannot parse, and what it parses to another shape, is malformed",
  async (t) => {
    const rows: Record<string, string> = {
      "not of its format": "nonsense",
      "empty": "",
      "plain JSON of ours": `[${START},${START},{"user":"ada"}]`,
      "no list": devalue.stringify({ user: "ada" }),
      "a list of two": devalue.stringify([START, START]),
      "a state that is a list": devalue.stringify([START, START, []]),
      "times that are none": devalue.stringify([new Date(START), new Date(START), {}]),
      "times past reason": devalue.stringify([NaN, START, {}]),
      "an extra member that nobody knows": devalue.stringify([START, START, {}, { role: "admin" }]),
    };
    for (const [name, payload] of Object.entries(rows)) {
      await t.step(name, async () => {
        const app = richApp();
        const { value, cookies, response } = await app.present(
          `${NAME}=${await mint(payload)}`,
          (session) => [session.isNew, session.size],
        );
        assertEquals([value, cookies, response.status], [[true, 0], [], 200]);
        assertEquals([app.refusals, app.errors], [["malformed"], []]);
      });
    }
    await t.step("what it would write is taken", async () => {
      const app = richApp();
      const payload = devalue.stringify([START, START, { since: new Date(3) }]);
      const { value } = await app.present(
        `${NAME}=${await mint(payload)}`,
        (session) => session.get("since"),
      );
      assertEquals([value, app.refusals], [new Date(3), []]);
    });
  },
);

everyKind(
  "serializer: what it cannot write is a logged 500, and the old cookie stays",
  async () => {
    const app = richApp();
    const ada = app.visitor();
    await app.visit(ada, (session) => session.set("since", new Date(3)));
    const { response, cookies } = await app.visit(ada, (session) => {
      session.set("circle", { self: () => "a function" });
    });
    assertEquals([response.status, cookies, app.errors.length], [500, [], 1]);
    const { value } = await app.visit(ada, (session) => session.get("since"));
    assertEquals(value, new Date(3));
  },
);

Deno.test(
  "serializer: a session that is too large names its keys by what the serializer writes",
  async () => {
    const app = richApp();
    const tags = new Set(Array.from({ length: 900 }, (_, index) => `tag ${index}`));
    const { response } = await app.visit(app.visitor(), (session) => {
      session.set("tags", tags).set("since", new Date(0));
    });
    assertEquals(response.status, 413);
    const error = app.errors[0]?.cause;
    assertInstanceOf(error, SessionTooLargeError);
    assertEquals(error.keys.map(({ key }) => key), ["tags", "since"]);
    assertEquals(error.keys[0]?.bytes, devalue.stringify(tags).length + `"tags"`.length);
  },
);
