/**
 * What the development page shows of errors and sessions.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "jsr:@std/assert@^1.0.0";
import { html, type Session } from "@pyramidion/pyramidion";
import type { SampleData } from "../../sample_app.ts";
import { developedApp, HTML, pageOf, thrower } from "./developed_app.ts";

Deno.test("in development mode errors without own frames, or without frames, have no such part", async (t) => {
  const rows: Record<string, [stack: string, parts: string[]]> = {
    "none of the app": ["Error: no\n    at ext:core/1.js:1:1", ["Outside of the app"]],
    "of the app only": ["Error: no\n    at file:///no/such.ts:1:1", ["In the app"]],
    "both": [
      "Error: no\n    at file:///no/such.ts:1:1\n    at ext:core/1.js:1:1",
      ["In the app", "Outside of the app"],
    ],
    "none": ["Error: no", []],
  };
  for (const [name, [stack, parts]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const error = Object.assign(new Error("no"), { stack });
      const text = await (await thrower(error).client.get("/")).text();
      assertEquals(text.match(/^(?:In the app|Outside of the app)$/gm) ?? [], parts);
    });
  }
});

Deno.test("the development page tells of a session what a person asks, in numbers and words", async (t) => {
  const rows: Record<string, [work: (session: Session<SampleData>) => void, line: string]> = {
    "an empty text": [(session) => session.set("user", ""), "key user: 8 bytes"],
    "a value that JSON leaves out": [
      (session) => session.set("user", undefined as never),
      "key user: 6 bytes",
    ],
    "a value that JSON cannot write": [
      (session) => session.set("user", 1n as never),
      "key user: size unknown, because JSON cannot write the value",
    ],
    "one flash message": [(session) => session.flash("a"), "flash (default): 1 message"],
    "flash messages of a queue": [
      (session) => session.flash("a", "log").flash("b", "log"),
      "flash log: 2 messages",
    ],
    "a user": [(session) => session.bindTo("ada"), "user: signed in by bindTo()"],
    "no user": [(session) => session.flash("a"), "user: not signed in by bindTo()"],
    "a token": [(session) => {
      session.bindTo("ada");
      session.getCsrfToken();
    }, "CSRF token: made"],
  };
  for (const [name, [work, line]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const { client } = developedApp({
        "/": async (request) => {
          work(await request.session);
          throw new Error("no");
        },
      }, {
        session: {
          // As a serializer that writes more than JSON does.
          serializer: { stringify: (value) => String(value), parse: () => [] },
        },
      });
      const text = await (await client.get("/")).text();
      assert(text.split("\n").includes(`  ${line}`), text);
    });
  }
});

Deno.test("in development mode an exception view that fails shows both errors", async () => {
  const { client, errors } = thrower(new RangeError("first"), (config) => {
    config.addExceptionView(() => {
      throw new TypeError("second");
    });
  });
  const response = await client.get("/", HTML);
  assertEquals(response.status, 500);
  assertMatch(
    await pageOf(response),
    /TypeError second .*Original error: RangeError first /,
  );
  assertEquals(errors.length, 2);
});

Deno.test("the development page touches no session that nobody asked for", async (t) => {
  const loads: string[] = [];
  const sessionFactory = {
    load(): never {
      loads.push("load");
      throw new Error("not to be asked");
    },
    commit: () => ({ do: "nothing" as const }),
  };
  const { client } = developedApp({
    "/": () => {
      throw new Error("early");
    },
  }, { sessionFactory });
  for (const path of ["/", "/nope"]) {
    await t.step(path, async () => {
      const response = await client.get(path, HTML);
      assertMatch(await pageOf(response), /Session state not used in this request /);
      assertEquals(response.headers.get("vary"), "accept");
      assertEquals(loads, []);
    });
  }
  await t.step("nor one that a predicate asks for while the reasons are found", async () => {
    const { app } = developedApp({}, {
      configure(config) {
        config.addTween(() => () => {
          throw new Error("before the routes");
        });
        config.addViewPredicate("signedIn", () => ({
          text: "signedIn",
          holds: async (request) => (await request.session).has("user"),
        }));
        config.addRoute("home", "/").addView(() => html`x`, {
          routeName: "home",
          custom: { signedIn: true },
        });
      },
    });
    const response = await app.fetch(new Request("https://app.test/", HTML));
    assertEquals(response.headers.get("vary"), "accept");
    assertMatch(
      await pageOf(response),
      /does not answer: it requires signedIn Matched route No route matched this request\. Session state not used/,
    );
  });
});

Deno.test("the development page of a session that cannot be loaded says so", async () => {
  const { client } = developedApp(
    { "/": async (request) => html`${(await request.session).size}` },
    {
      sessionFactory: {
        load: () => Promise.reject(new Error("store is down")),
        commit: () => ({ do: "nothing" }),
      },
    },
  );
  const page = await pageOf(client.get("/", HTML));
  assertMatch(page, /Error store is down .* Session state requested, but not loaded /);
});

Deno.test("the development page tells whatever was thrown", async (t) => {
  const cyclic = new Error("outer");
  cyclic.cause = new Error("inner", { cause: cyclic });
  const hostile = new Error("x");
  for (const name of ["name", "message", "stack"]) {
    Object.defineProperty(hostile, name, {
      get() {
        throw new Error("no");
      },
    });
  }
  const unreadable = new Proxy({}, {
    get() {
      throw new Error("no");
    },
  });
  const rows: Record<string, [thrown: unknown, page: RegExp]> = {
    "a text": [
      "just text",
      /Thrown value that is not an Error .?just text.? The last view was: view at \S+\/sample_app\.ts:\d+\. Throw an Error instead, because an Error records its line\./,
    ],
    "nothing": [undefined, /Thrown value that is not an Error undefined/],
    "an object": [{ code: 7 }, /Thrown value that is not an Error \{ code: 7 \}/],
    "causes in a circle": [cyclic, /Error outer .*Caused by: Error inner .*Routes and views tried/],
    "several": [
      new AggregateError([new TypeError("one"), "two"], "both"),
      /AggregateError both .*One of several errors: TypeError one .*One of several errors: Thrown value that is not an Error/,
    ],
    "an error that cannot be read": [hostile, /Error \(its message cannot be read\)/],
    "an object that cannot be read": [unreadable, /Thrown value that is not an Error/],
    "an empty message": [new Error(""), /500 Error Pyramidion development mode/],
  };
  for (const [name, [thrown, page]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const response = await thrower(thrown).client.get("/", HTML);
      assertEquals(response.status, 500);
      assertMatch(await pageOf(response), page);
    });
  }
});
