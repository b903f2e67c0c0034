/**
 * Schemas of sessions: what they type, fill in, strip, refuse and migrate.
 *
 * @module
 */

import { assert, assertEquals, assertStrictEquals, assertThrows } from "jsr:@std/assert@^1.0.0";
import * as z from "npm:zod@4.6.7";
import {
  ConfigurationError,
  SessionSchemaError,
  type StandardSchema,
} from "@pyramidion/pyramidion";
import type { SchemaIssue, SchemaMigration } from "@pyramidion/pyramidion/types";
import { FactoryApp, OLD_SECRET } from "./factory_app.ts";
import {
  everyKind,
  factoryOfKind,
  mint,
  NAME,
  payloadOf,
  SECRET,
  SessionApp,
  START,
  stateOf,
  textOf,
} from "./session_app.ts";
import { isStored } from "./session_kinds.ts";

const settings = z.object({
  theme: z.enum(["light", "dark"]).default("light"),
  user: z.string().min(1).optional(),
});
type Settings = z.infer<typeof settings>;

function schemaApp<Data extends object>(
  schema: StandardSchema<Data>,
  migrate?: SchemaMigration,
): FactoryApp<Data> {
  return new FactoryApp<Data>((around) =>
    factoryOfKind(SECRET, { ...around, schema, ...migrate && { migrate } })
  );
}

/** What becomes of the cookie of an emptied session: a stored one stays until it idles. */
const deletion = () => isStored(SessionApp.kind) ? [] : [true];

/** A schema written by hand: `{ visits: number }`, at once or by a promise, as zod does not write it. */
function visitsSchema(later: boolean): StandardSchema<{ visits: number }> {
  const validate = (value: unknown) => {
    const { visits = 0, ...rest } = value as { visits?: unknown };
    if (typeof visits === "number") return { value: { visits } };
    const path = [{ key: "visits" }, 0];
    return { issues: [{ message: "not a number", path }, { message: `${Object.keys(rest)}` }] };
  };
  return {
    "~standard": {
      version: 1,
      vendor: "tests",
      validate: (value) => later ? Promise.resolve().then(() => validate(value)) : validate(value),
    },
  };
}

const cookieOf = async ({ left }: Pick<FactoryApp, "left">, payload: string) =>
  `${NAME}=${await left.leave(payload)}`;

everyKind("schema fills defaults into a new session, which still makes no cookie", async (t) => {
  const app = schemaApp(settings);
  await t.step("read", async () => {
    const { value, cookies, response } = await app.visit(
      app.visitor(),
      (session) => [session.isNew, session.get("theme"), session.get("user"), session.size],
    );
    assertEquals([value, cookies], [[true, "light", undefined, 1], []]);
    assertEquals(response.headers.get("vary"), "Cookie");
  });
  await t.step("written and set back", async () => {
    const { cookies } = await app.visit(app.visitor(), (session) => {
      session.set("theme", "dark").set("theme", "light");
    });
    assertEquals(cookies, []);
  });
  await t.step("an object handed out", async () => {
    const lists = schemaApp(z.object({ list: z.array(z.string()).default(() => ["first"]) }));
    const { value, cookies } = await lists.visit(lists.visitor(), (session) => session.get("list"));
    assertEquals([value, cookies], [["first"], []]);
  });
  await t.step("a default that is another one each time", async () => {
    let count = 0;
    const numbers = schemaApp(z.object({ list: z.array(z.number()).default(() => [++count]) }));
    const { cookies } = await numbers.visit(numbers.visitor(), (session) => session.get("list"));
    assertEquals(cookies, []);
    const { value, cookies: kept } = await numbers.visit(numbers.visitor(), (session) => {
      session.get("list")?.push(0);
      return session.get("list");
    });
    assertEquals(
      await numbers.left.after("", kept),
      `[${START},${START},{"list":${JSON.stringify(value)}}]`,
    );
  });
  await t.step("nor does such a default keep an emptied session", async () => {
    let count = 0;
    const numbers = schemaApp(z.object({ n: z.number().default(() => ++count) }));
    const ada = numbers.visitor();
    await numbers.visit(ada, (session) => session.set("n", -1));
    const { cookies } = await numbers.visit(ada, (session) => session.clear());
    assertEquals(cookies.map((cookie) => cookie.includes("; Max-Age=0")), deletion());
  });
  await t.step("none, where the schema asks for what is not there", async () => {
    const required = schemaApp(z.object({ user: z.string() }));
    const { value, cookies } = await required.visit(required.visitor(), (session) => session.size);
    assertEquals([value, cookies, required.refusals, required.errors], [0, [], [], []]);
  });
});

everyKind("schema output is the state and the baseline for change", async (t) => {
  const app = schemaApp(settings);
  const old = await cookieOf(app, `[${START},${START},{"gone":1,"user":"ada"}]`);
  // A request saves what it changed into a store: another may still know a key that is stripped here.
  const [stays, theme] = isStored(SessionApp.kind) ? [`"gone":1,`, "dark"] : ["", "light"];
  await t.step("defaults filled in and keys stripped on load are no change", async () => {
    const { value, cookies } = await app.present(old, (session) => ({ ...stateOf(session) }));
    assertEquals([value, cookies], [{ theme: "light", user: "ada" }, []]);
  });
  await t.step("nor is a value written as it was", async () => {
    const { cookies } = await app.present(old, (session) => session.set("theme", "light"));
    assertEquals(cookies, []);
  });
  await t.step("they are written with the next change", async () => {
    const { cookies } = await app.present(old, (session) => session.set("theme", "dark"));
    assertEquals(
      await app.left.after(old, cookies),
      `[${START},${START},{${stays}"theme":"dark","user":"ada"}]`,
    );
  });
  await t.step("and with the next renewal", async () => {
    app.clock.travel(120);
    const { cookies } = await app.present(old, (session) => session.get("user"));
    assertEquals(
      await app.left.after(old, cookies),
      `[${START + 120_000},${START},{${stays}"theme":"${theme}","user":"ada"}]`,
    );
    app.clock.travel(-120);
  });
  await t.step("a state that is back at its defaults deletes its cookie", async () => {
    const dark = await cookieOf(app, `[${START},${START},{"theme":"dark"}]`);
    const { cookies } = await app.present(dark, (session) => session.set("theme", "light"));
    assertEquals(cookies.map((cookie) => cookie.includes("; Max-Age=0")), deletion());
  });
  await t.step("a transformed value is what is stored", async () => {
    const trimmed = schemaApp(z.object({ user: z.string().trim().optional() }));
    const visitor = trimmed.visitor();
    await trimmed.visit(visitor, (session) => session.set("user", "  ada "));
    const { value, cookies } = await trimmed.visit(visitor, (session) => session.get("user"));
    assertEquals([value, cookies], ["ada", []]);
  });
});

everyKind("schema strips unknown keys at the end of a request", async () => {
  const app = schemaApp(settings);
  const ada = app.visitor();
  const { cookies } = await app.visit(ada, (session) => {
    session.update([["theme", "dark"], ["unknown" as "theme", "light"]]);
  });
  assertEquals(await app.left.after("", cookies), `[${START},${START},{"theme":"dark"}]`);
});

everyKind("schema does not see flash messages, the CSRF token or the user", async (t) => {
  const app = schemaApp(z.strictObject({ user: z.string().optional() }));
  const ada = app.visitor();
  const { value: token } = await app.visit(ada, (session) => {
    session.bindTo("ada");
    session.set("user", "Ada").flash("Welcome").flash({ level: 1 }, "log");
    return session.getCsrfToken();
  });
  await t.step("which stay beside the state", async () => {
    const { value } = await app.visit(ada, (session) => [
      stateOf(session).user,
      session.size,
      session.userId,
      session.peekFlash(),
      session.peekFlash("log"),
      session.checkCsrfToken(token),
    ]);
    assertEquals(value, ["Ada", 1, "ada", ["Welcome"], [{ level: 1 }], true]);
    assertEquals(app.refusals, []);
  });
  await t.step(
    "and stay where the state is empty, although the schema has required keys",
    async () => {
      const required = schemaApp(z.object({ user: z.string() }));
      const bob = required.visitor();
      const { response } = await required.visit(bob, (session) => session.flash("Please sign in"));
      assertEquals(response.status, 200);
      const { value } = await required.visit(bob, (session) => [session.size, session.popFlash()]);
      assertEquals([value, required.refusals], [[0, ["Please sign in"]], []]);
    },
  );
});

everyKind(
  "schema mismatch in a cookie is a new session with reason schema, and nothing is sent",
  async (t) => {
    const rows: Record<string, string> = {
      "a value of another type": `{"theme":7}`,
      "a value out of range": `{"theme":"light","user":""}`,
      "a value of null": `{"user":null}`,
    };
    for (const [name, state] of Object.entries(rows)) {
      await t.step(name, async () => {
        const app = schemaApp(settings);
        const cookie = await cookieOf(app, `[${START},${START},${state},{"flash":{"":["x"]}}]`);
        const { value, cookies, response } = await app.present(
          cookie,
          (
            session,
          ) => [session.isNew, session.get("theme"), session.get("user"), session.peekFlash()],
        );
        assertEquals([value, cookies], [[true, "light", undefined, []], []]);
        assertEquals([response.status, app.refusals, app.errors], [200, ["schema"], []]);
      });
    }
    await t.step("what is stored then takes its place", async () => {
      const app = schemaApp(settings);
      const cookie = await cookieOf(app, `[${START},${START},{"theme":7}]`);
      const { cookies } = await app.present(cookie, (session) => session.set("theme", "dark"));
      assertEquals(await app.left.after("", cookies), `[${START},${START},{"theme":"dark"}]`);
    });
    await t.step("a key __proto__ stays data", async () => {
      const app = schemaApp(settings);
      const cookie = await cookieOf(app, `[${START},${START},{"__proto__":{"user":"root"}}]`);
      const { value } = await app.present(cookie, (session) => session.get("user"));
      assertEquals([value, app.refusals], [undefined, []]);
    });
    // A store keeps no such state: each key has its own text.
    if (isStored(SessionApp.kind)) return;
    await t.step("a state that is none is malformed before any schema sees it", async () => {
      const app = schemaApp(settings);
      for (const state of ["null", "[]", '"admin"', "42"]) {
        await app.present(await cookieOf(app, `[${START},${START},${state}]`), (s) => s.size);
      }
      assertEquals(app.refusals, ["malformed", "malformed", "malformed", "malformed"]);
    });
  },
);

everyKind(
  "schema mismatch at the end of a request is a SessionSchemaError, and the old cookie stays",
  async (t) => {
    const tell = new FactoryApp<Settings>(
      (around) => factoryOfKind(SECRET, { ...around, schema: settings }),
      {
        configure: (config) =>
          config.addExceptionView(
            (error: SessionSchemaError) => new Response(error.message, { status: 422 }),
            { context: SessionSchemaError },
          ),
      },
    );
    const wrong = { theme: "mauve" } as unknown as Settings;
    await t.step("which exception views answer, with the path in its message", async () => {
      const ada = tell.visitor();
      await tell.visit(ada, (session) => session.set("user", "ada"));
      const before = ada.cookie(NAME);
      const { response, cookies } = await tell.visit(ada, (session) => session.update(wrong));
      const text = await response.text();
      assertEquals([response.status, cookies, ada.cookie(NAME)], [422, [], before]);
      assert(text.startsWith("Cannot store the session: its schema refuses theme: "), text);
      assertEquals(response.headers.get("vary"), "Cookie");
      const { value } = await tell.visit(ada, (session) => session.get("user"));
      assertEquals([value, tell.errors], ["ada", []]);
    });
    await t.step("which is a logged 500 without one", async () => {
      const app = schemaApp(settings);
      const { response, cookies } = await app.visit(app.visitor(), (s) => s.update(wrong));
      assertEquals([response.status, cookies], [500, []]);
      assert(app.errors[0]?.cause instanceof SessionSchemaError);
      assert(!(await response.text()).includes("theme"));
    });
    await t.step("which names every issue, and the state itself where there is no path", () => {
      const issues: SchemaIssue[] = [
        { message: "not a number", path: ["cart", 2, { key: "price" }] },
        { message: "too sad" },
        { message: "odd", path: [] },
        { message: "odd", path: [Symbol("s")] },
      ];
      const error = new SessionSchemaError(issues);
      assertEquals(
        error.message,
        "Cannot store the session: its schema refuses cart.2.price: not a number; the state: too sad; the state: odd; Symbol(s): odd",
      );
      assertStrictEquals(error.issues, issues);
      assertEquals(error.name, "SessionSchemaError");
    });
    await t.step("which is thrown for a change in place too", async () => {
      const app = schemaApp(z.object({ list: z.array(z.number()).optional() }));
      const ada = app.visitor();
      await app.visit(ada, (session) => session.set("list", [1]));
      const { response } = await app.visit(ada, (session) => {
        session.get("list")?.push("two" as unknown as number);
      });
      assertEquals(response.status, 500);
      const { value } = await app.visit(ada, (session) => session.get("list"));
      assertEquals(value, [1]);
    });
  },
);

everyKind("schema with required keys keeps nobody from signing out", async (t) => {
  const schema = z.object({ user: z.string() });
  const works: Record<string, (session: { clear(): void; invalidate(): void }) => void> = {
    "clear()": (session) => session.clear(),
    "invalidate()": (session) => session.invalidate(),
  };
  for (const [name, work] of Object.entries(works)) {
    await t.step(name, async () => {
      const app = schemaApp(schema);
      const ada = app.visitor();
      await app.visit(ada, (session) => session.set("user", "ada"));
      const { response, cookies } = await app.visit(ada, work);
      assertEquals([response.status, app.errors], [200, []]);
      const wanted = name === "invalidate()" ? [true] : deletion();
      assertEquals(cookies.map((cookie) => cookie.includes("; Max-Age=0")), wanted);
      assertEquals(ada.cookie(NAME) === null, wanted.length === 1);
    });
  }
});

everyKind(
  "migrate makes today's state of an old cookie, written anew on the same response",
  async (t) => {
    const v2 = z.object({ name: z.string(), roles: z.array(z.string()) });
    const v1 = (app: Pick<FactoryApp, "left">) =>
      cookieOf(app, `[${START},${START},{"user":"ada"},{"flash":{"":["x"]},"user":"7"}]`);
    const migrate: SchemaMigration = (old) => ({ name: old.user, roles: ["member"] });

    await t.step("with everything that lies beside it", async () => {
      const app = schemaApp(v2, migrate);
      app.clock.travel(60);
      const v1Cookie = await v1(app);
      const { value, cookies } = await app.present(
        v1Cookie,
        (session) => [session.isNew, session.get("name"), session.userId, session.created],
      );
      assertEquals([value, app.refusals], [[false, "ada", "7", START], []]);
      assertEquals(
        await app.left.after(v1Cookie, cookies),
        `[${
          START + 60_000
        },${START},{"name":"ada","roles":["member"]},{"flash":{"":["x"]},"user":"7"}]`,
      );
    });
    await t.step("once: the new cookie is not migrated again", async () => {
      let calls = 0;
      const app = schemaApp(v2, (old) => (calls++, migrate(old)));
      const { cookies } = await app.present(await v1(app), (session) => session.get("name"));
      const again = await app.present(`${NAME}=${textOf(cookies[0])}`, (s) => s.get("name"));
      assertEquals([again.value, again.cookies, calls], ["ada", [], 1]);
    });
    await t.step("by a promise too", async () => {
      const app = schemaApp(v2, async (old) => await Promise.resolve(migrate(old)));
      const { value, cookies } = await app.present(await v1(app), (session) => session.get("name"));
      assertEquals([value, cookies.length], ["ada", 1]);
    });
    await t.step("not on HEAD, which writes nothing of itself", async () => {
      const app = schemaApp(v2, migrate);
      const init = { method: "HEAD" };
      const { value, cookies } = await app.present(
        await v1(app),
        (session) => session.get("name"),
        init,
      );
      assertEquals([value, cookies], ["ada", []]);
    });
    await t.step("not into a response that shared caches store", async () => {
      const app = schemaApp(v2, migrate);
      const { cookies, response } = await app.present(await v1(app), (session) => {
        session.get("roles");
        return new Response("", { headers: { "cache-control": "public, max-age=60" } });
      });
      assertEquals(cookies, []);
      assertEquals(response.headers.get("cache-control"), "public, max-age=60");
    });

    const failures: Record<string, [migrate: SchemaMigration, logged: boolean]> = {
      "that throws is logged": [() => {
        throw new RangeError("no way");
      }, true],
      "that rejects is logged": [() => Promise.reject(new RangeError("no way")), true],
      "whose state is refused": [() => ({ name: 7, roles: [] }), false],
      "that gives null": [() => null, false],
      "that gives nothing": [() => undefined, false],
      "that gives text": [() => "ada", false],
      "that gives a list": [() => [["name", "ada"]], false],
    };
    for (const [name, [failing, logged]] of Object.entries(failures)) {
      await t.step(`${name}; its visitor gets a new session`, async () => {
        const app = schemaApp(v2, failing);
        const { value, cookies, response } = await app.present(
          await v1(app),
          (session) => [session.isNew, session.size, session.userId],
        );
        assertEquals([value, cookies, response.status], [[true, 0, undefined], [], 200]);
        assertEquals(app.refusals, ["schema"]);
        assertEquals(app.errors.length, logged ? 1 : 0);
        if (logged) assert(app.errors[0]?.cause instanceof RangeError);
      });
    }
    await t.step("is not asked where the schema takes the cookie", async () => {
      const app = schemaApp(settings, () => {
        throw new Error("asked");
      });
      const cookie = await cookieOf(app, `[${START},${START},{"theme":"dark"}]`);
      const { value } = await app.present(cookie, (session) => session.get("theme"));
      assertEquals([value, app.errors], ["dark", []]);
    });
    await t.step("without schema is refused at start", () => {
      assertThrows(
        () => factoryOfKind(SECRET, { migrate }),
        ConfigurationError,
        "Cannot migrate sessions: give the schema that they must fit",
      );
    });
  },
);

everyKind("schema: any Standard Schema will do, at once or by a promise", async (t) => {
  for (const [name, later] of [["at once", false], ["by a promise", true]] as const) {
    await t.step(name, async () => {
      const app = schemaApp(visitsSchema(later));
      const ada = app.visitor();
      const count = () =>
        app.visit(ada, (session) => {
          session.set("visits", (session.get("visits") ?? NaN) + 1);
          return session.get("visits");
        });
      assertEquals([(await count()).value, (await count()).value], [1, 2]);
      const wrong = await app.visit(ada, (session) => {
        session.update([["visits", "three" as unknown as number]]);
      });
      assertEquals(wrong.response.status, 500);
      const error = app.errors[0]?.cause;
      assert(error instanceof SessionSchemaError);
      assertEquals(
        error.message,
        "Cannot store the session: its schema refuses visits.0: not a number; the state: ",
      );
      const refused = await app.present(
        await cookieOf(app, `[${START},${START},{"visits":"x"}]`),
        (session) => session.get("visits"),
      );
      assertEquals([refused.value, app.refusals], [0, ["schema"]]);
    });
  }
  await t.step("zod with an asynchronous refinement", async () => {
    const schema = z.object({
      user: z.string().refine((name) => Promise.resolve(name !== "root")).optional(),
    });
    const app = schemaApp(schema);
    const ada = app.visitor();
    await app.visit(ada, (session) => session.set("user", "ada"));
    assertEquals((await app.visit(ada, (session) => session.get("user"))).value, "ada");
    const { response } = await app.visit(ada, (session) => session.set("user", "root"));
    assertEquals(response.status, 500);
  });
});

everyKind("schema with HEAD: flash messages stay, defaults are there, writes commit", async () => {
  const app = schemaApp(settings);
  const ada = app.visitor();
  await app.visit(ada, (session) => session.set("user", "ada").flash("Welcome"));
  const head = { method: "HEAD" };
  const peeked = await app.visit(
    ada,
    (session) => [session.get("theme"), session.popFlash()],
    head,
  );
  assertEquals([peeked.value, peeked.cookies], [["light", ["Welcome"]], []]);
  app.clock.travel(600);
  assertEquals((await app.visit(ada, (session) => session.size, head)).cookies, []);
  const written = await app.visit(ada, (session) => session.set("theme", "dark"), head);
  assertEquals(written.cookies.length, isStored(SessionApp.kind) ? 0 : 1);
  const { value } = await app.visit(ada, (session) => [session.get("theme"), session.popFlash()]);
  assertEquals(value, ["dark", ["Welcome"]]);
});

everyKind("schema: no visitor sees what another did to a default", async (t) => {
  const shared = { items: [] as string[] };
  const zod = z.object({ cart: z.object({ items: z.array(z.string()) }).default(shared) });
  const byHand: StandardSchema<{ cart: { items: string[] } }> = {
    "~standard": {
      version: 1,
      vendor: "tests",
      validate: (value) => {
        const { cart = shared } = value as { cart?: { items: string[] } };
        return { value: { cart } };
      },
    },
  };
  const schemas: Record<string, StandardSchema<{ cart: { items: string[] } }>> = {
    "zod, which copies a default only one level deep": zod,
    "a schema that hands out one and the same object": byHand,
  };
  for (const [name, schema] of Object.entries(schemas)) {
    await t.step(name, async () => {
      const app = schemaApp(schema);
      const ada = app.visitor();
      const put = () => app.visit(ada, (session) => session.get("cart")?.items.push("book"));
      await put();
      const { value } = await app.visit(app.visitor(), (session) => session.get("cart"));
      assertEquals([value, shared.items], [{ items: [] }, []]);
      const old = await cookieOf(app, `[${START},${START},{"gone":1}]`);
      await app.present(old, (session) => session.get("cart")?.items.push("book"));
      assertEquals(shared.items, []);
      await put();
      const { value: own } = await app.visit(ada, (session) => session.get("cart"));
      assertEquals(own, { items: ["book", "book"] });
    });
  }
});

everyKind(
  "schema that throws locks nobody out: it is logged, and its visitor gets a new session",
  async () => {
    const fragile: StandardSchema<{ user: string }> = {
      "~standard": {
        version: 1,
        vendor: "tests",
        validate: (value) => ({ value: { user: (value as { user: string }).user.trim() } }),
      },
    };
    const app = schemaApp(fragile);
    const cookie = await cookieOf(app, `[${START},${START},{"user":7}]`);
    const { value, response } = await app.present(
      cookie,
      (session) => [session.isNew, session.size],
    );
    assertEquals([value, response.status, app.refusals], [[true, 0], 200, ["schema"]]);
    assert(app.errors.every(({ cause }) => cause instanceof TypeError));
    assert(app.errors.length > 0);
  },
);

everyKind("schema whose output cannot be written says so, by the path", async (t) => {
  const dates = z.object({ since: z.coerce.date().optional() });
  await t.step("at the end of a request by an error", async () => {
    const app = schemaApp(dates);
    const iso = "2026-01-01T00:00:00.000Z" as unknown as Date;
    const { response } = await app.visit(app.visitor(), (session) => session.set("since", iso));
    assertEquals(response.status, 500);
    assert(String(app.errors[0]?.cause).includes("since is an instance of Date"));
  });
  await t.step("for a cookie by a new session and in the log", async () => {
    const app = schemaApp(dates);
    const cookie = await cookieOf(app, `[${START},${START},{"since":"2026-01-01"}]`);
    const { value } = await app.present(cookie, (session) => session.isNew);
    assertEquals([value, app.refusals], [true, ["schema"]]);
    assert(String(app.errors[0]?.cause).includes("since is an instance of Date"));
  });
  await t.step("and is refused where it is not an object", async () => {
    const list: StandardSchema<{ user: string }> = {
      "~standard": {
        version: 1,
        vendor: "tests",
        validate: () => ({ value: ["ada"] as unknown as { user: string } }),
      },
    };
    const app = schemaApp(list);
    const { response, cookies } = await app.visit(app.visitor(), (s) => s.set("user", "ada"));
    assertEquals([response.status, cookies], [500, []]);
    assert(String(app.errors[0]?.cause).includes("is not an object"));
  });
});

Deno.test("schema: a rotated secret, too, writes the state as the schema makes it", async () => {
  const app = new FactoryApp((around) =>
    factoryOfKind([SECRET, OLD_SECRET], { ...around, schema: settings })
  );
  const text = await mint(`[${START},${START},{"gone":1,"user":"ada"}]`, { secret: OLD_SECRET });
  const { cookies } = await app.present(`${NAME}=${text}`, (session) => session.get("user"));
  assertEquals(
    cookies.map((cookie) => payloadOf(textOf(cookie))),
    [`[${START},${START},{"theme":"light","user":"ada"}]`],
  );
});
