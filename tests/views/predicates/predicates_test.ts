/**
 * Which of several views answers, and predicates of the app's own.
 *
 * @module
 */

import { assertEquals, assertThrows } from "jsr:@std/assert@^1.0.0";
import {
  ConfigurationError,
  Configurator,
  type Html,
  html,
  not,
  type PredicateFactory,
  type ViewOptions,
} from "@pyramidion/pyramidion";
import { ask, textOf } from "../../ask.ts";
import { recordingLogger } from "../../sample_app.ts";
import { builtInPredicates, withCustom } from "../../../lib/views/predicates/predicates.ts";
import { UNDECIDED } from "../undecided.ts";

/** The answers of views, each with what it states, to one request. */
async function answered(
  stated: Readonly<Record<string, ViewOptions>>,
  path: string,
  init: RequestInit = {},
): Promise<string> {
  const config = new Configurator().addRoute("x", "/:id");
  for (const [name, options] of Object.entries(stated)) {
    config.addView(() => html`${name}`, { routeName: "x", ...options });
  }
  return await textOf(config.makeApp(), path, init);
}

Deno.test("the view that states more predicates answers, however it is declared", async (t) => {
  const views: Record<string, ViewOptions> = {
    none: { requestMethod: "*" },
    one: { requestMethod: "*", requestParam: "a" },
    two: { requestMethod: "*", requestParam: "a", header: "X-A" },
    three: { requestParam: "a", header: "X-A", requestMethod: "GET" },
    four: { requestParam: "a", header: "X-A", requestMethod: "GET", matchParam: "id=7" },
  };
  const headers = { "x-a": "1" };
  const rows: Record<string, [path: string, init: RequestInit]> = {
    four: ["/7?a", { headers }],
    three: ["/8?a", { headers }],
    two: ["/7?a", { headers, method: "POST" }],
    one: ["/7?a", {}],
    none: ["/7", {}],
  };
  const orders = [views, Object.fromEntries(Object.entries(views).toReversed())];
  for (const [expected, [path, init]] of Object.entries(rows)) {
    for (const [index, order] of orders.entries()) {
      await t.step(`${expected}, ${index === 0 ? "least" : "most"} first`, async () => {
        assertEquals(await answered(order, path, init), expected);
      });
    }
  }
});

Deno.test("a list of parameters is one predicate, as in Pyramid", async () => {
  const views = { first: { header: "X-A" }, list: { requestParam: ["a", "b", "c"] } };
  assertEquals(await answered(views, "/7?a&b&c", { headers: { "x-a": "1" } }), "first");
});

Deno.test("of views that state as many predicates the first that was declared answers", async () => {
  const header = { header: "X-A" }, param = { requestParam: "a" };
  const request = ["/7?a", { headers: { "x-a": "1" } }] as const;
  assertEquals(await answered({ header, param }, ...request), "header");
  assertEquals(await answered({ param, header }, ...request), "param");
  assertEquals(
    await answered({ param: { requestParam: "a" }, value: { requestParam: "a=1" } }, "/7?a=1"),
    "param",
  );
});

Deno.test("addViewPredicate() names a predicate, which gets the value that a view states", async () => {
  const values: unknown[] = [];
  const weekday: PredicateFactory = (value) => {
    values.push(value);
    return { text: `weekday ${value}`, holds: ({ query }) => query.get("day") === value };
  };
  const app = new Configurator()
    .addRoute("x", "/x")
    .addView(() => html`monday`, { routeName: "x", custom: { weekday: "monday" } })
    .addView(() => html`another day`, { routeName: "x" })
    .addViewPredicate("weekday", weekday)
    .makeApp();
  assertEquals(values, ["monday"]);
  assertEquals(await textOf(app, "/x?day=monday"), "monday");
  assertEquals(await textOf(app, "/x?day=sunday"), "another day");
});

Deno.test("a view predicate may answer later, and those behind it are asked then", async () => {
  const asked: string[] = [];
  const predicate = (name: string, answer: boolean | Promise<boolean>): PredicateFactory => () => ({
    text: name,
    holds: () => (asked.push(name), answer),
  });
  const app = new Configurator()
    .addViewPredicate("soon", predicate("soon", Promise.resolve(true)))
    .addViewPredicate("never", predicate("never", false))
    .addViewPredicate("unasked", predicate("unasked", true))
    .addRoute("x", "/x")
    .addView(() => html`wrong`, { routeName: "x", custom: { soon: 1, never: 1, unasked: 1 } })
    .addView(() => html`right`, { routeName: "x", custom: { soon: 1 } })
    .makeApp();
  assertEquals(await textOf(app, "/x"), "right");
  assertEquals(asked, ["soon", "never", "soon"]);
});

Deno.test("addRoutePredicate() names a predicate of routes; where it does not hold the next is tried", async () => {
  const app = new Configurator()
    .addRoutePredicate("host", (value) => ({
      text: `host ${value}`,
      holds: ({ url }) => url.host === value,
    }))
    .addRoute("other", "/x", { custom: { host: "other.test" }, view: () => html`other` })
    .addRoute("here", "/x", { custom: { host: "app.test" }, view: () => html`here` })
    .makeApp();
  assertEquals(await textOf(app, "/x"), "here");
});

Deno.test("a route predicate that answers later is a TypeError: routes are matched at once", async () => {
  const logger = recordingLogger();
  const app = new Configurator({ logger })
    .addRoutePredicate("later", () => ({ text: "later", holds: () => Promise.resolve(true) }))
    .addRoute("later", "/x", { custom: { later: 1 }, view: () => html`later` })
    .addRoute("now", "/x", { view: () => html`now` })
    .makeApp();
  assertEquals((await ask(app, "/x")).status, 500);
  assertEquals(
    logger.errors.map(({ cause }) => String(cause).replace(/file:\S+\/(\w+\.ts):\d+/, "$1")),
    [
      'TypeError: Cannot use the answer of predicate "later" of route "later" at predicates_test.ts: must be true or false, not a promise: write a function that answers without await',
    ],
  );
});

/** The status of an app whose predicate answers so, whether its view did, and what was logged. */
async function judged(
  answer: () => unknown,
  configure: (config: Configurator, view: () => Html) => void,
): Promise<[status: number, answered: number, causes: string[]]> {
  const logger = recordingLogger();
  let answered = 0;
  const config = new Configurator({ logger });
  // The compiler refuses it, which a user of JavaScript does not see.
  const judging: PredicateFactory = () => ({ text: "judging", holds: answer as never });
  config.addViewPredicate("judging", judging).addRoutePredicate("judging", judging);
  configure(config, () => (answered++, html`held`));
  const { status } = await ask(config.makeApp(), "/x");
  const causes = logger.errors.map(({ cause }) =>
    String(cause).replace(/file:\S+\/(\w+\.ts):\d+/, "$1")
  );
  return [status, answered, causes];
}

Deno.test("a predicate of the app's own holds by true alone; anything else is a TypeError that names it and its place", async (t) => {
  const owners: Record<string, [owner: string, (config: Configurator, view: () => Html) => void]> =
    {
      "of a view": ["view at predicates_test.ts", (config, view) => {
        config.addRoute("x", "/x").addView(view, { routeName: "x", custom: { judging: 1 } });
      }],
      "of a view, turned round": ["view at predicates_test.ts", (config, view) => {
        config.addRoute("x", "/x").addView(view, { routeName: "x", custom: { judging: not(1) } });
      }],
      "of a route": ['route "x" at predicates_test.ts', (config, view) => {
        config.addRoute("x", "/x", { custom: { judging: 1 }, view });
      }],
      "of a route, turned round": ['route "x" at predicates_test.ts', (config, view) => {
        config.addRoute("x", "/x", { custom: { judging: not(1) }, view });
      }],
    };
  for (const [kind, [owner, configure]] of Object.entries(owners)) {
    const refusal =
      `TypeError: Cannot use the answer of predicate "judging" of ${owner}: must be true or false, not `;
    for (const [name, value] of Object.entries(UNDECIDED)) {
      await t.step(`${name}, ${kind}`, async () => {
        const [status, answered, causes] = await judged(value, configure);
        assertEquals([status, answered, causes.length], [500, 0, 1]);
        assertEquals(causes[0]?.slice(0, refusal.length), refusal);
      });
      await t.step(`a promise of ${name}, ${kind}`, async () => {
        const [status, answered, causes] = await judged(
          () => Promise.resolve().then(value),
          configure,
        );
        assertEquals([status, answered, causes.length], [500, 0, 1]);
        assertEquals(causes[0]?.slice(0, refusal.length), refusal);
      });
    }
    for (const held of [true, false]) {
      const isAnswered = held === !kind.endsWith("turned round");
      await t.step(`${held}, ${kind}`, async () => {
        assertEquals(await judged(() => held, configure), [
          isAnswered ? 200 : 404,
          isAnswered ? 1 : 0,
          [],
        ]);
      });
    }
  }
});

Deno.test("a predicate that its factory made without a text or a test is refused when the app is made", async (t) => {
  const rows: Record<string, unknown> = {
    "nothing": undefined,
    "a function": () => true,
    "no text": { holds: () => true },
    "no test": { text: "x" },
    "a test that is none": { text: "x", holds: true },
  };
  for (const [name, predicate] of Object.entries(rows)) {
    await t.step(name, () => {
      const config = new Configurator().addViewPredicate("wrong", () => predicate as never)
        .addRoute("x", "/x").addView(() => html`x`, { routeName: "x", custom: { wrong: 1 } });
      assertThrows(
        () => config.makeApp(),
        ConfigurationError,
        'Cannot use predicate "wrong": its factory must return an object with a string "text" and a function "holds"',
      );
    });
  }
});

Deno.test("an unknown predicate is refused when the app is made, with the name that may be meant", async (t) => {
  const holds: PredicateFactory = () => ({ text: "holds", holds: () => true });
  const rows: Record<string, [custom: string, hint: string]> = {
    "nearly right": ["weekdy", ': did you mean "weekday"?'],
    "far off": ["moon", ': write config.addPredicate("moon", …)'],
    "a member of every object": ["constructor", ': write config.addPredicate("constructor", …)'],
  };
  for (const [name, [custom, hint]] of Object.entries(rows)) {
    const messageOf = (whose: string) =>
      `Cannot use predicate "${custom}": no such predicate${hint}`.replace(
        "addPred",
        `add${whose}Pred`,
      );
    await t.step(`${name}, of a view`, () => {
      const config = new Configurator().addViewPredicate("weekday", holds).addRoute("x", "/x")
        .addView(() => html`x`, { routeName: "x", custom: { [custom]: 1 } });
      const error = assertThrows(() => config.makeApp(), ConfigurationError);
      assertEquals(
        error.message.replace(/file:\S+\/tests/, "tests").replace(/:\d+:/, "::"),
        `Cannot add view at tests/views/predicates/predicates_test.ts:: ${messageOf("View")}`,
      );
    });
    await t.step(`${name}, of a route`, () => {
      const config = new Configurator().addRoutePredicate("weekday", holds)
        .addRoute("x", "/x", { custom: { [custom]: 1 } });
      assertThrows(() => config.makeApp(), ConfigurationError, messageOf("Route"));
    });
  }
});

Deno.test("a predicate of views is none of routes, and the other way round", () => {
  const holds: PredicateFactory = () => ({ text: "holds", holds: () => true });
  const ofRoutes = new Configurator().addRoutePredicate("holds", holds).addRoute("x", "/x")
    .addView(() => html`x`, { routeName: "x", custom: { holds: 1 } });
  assertThrows(() => ofRoutes.makeApp(), ConfigurationError, 'Cannot use predicate "holds"');
  const ofViews = new Configurator().addViewPredicate("holds", holds)
    .addRoute("x", "/x", { custom: { holds: 1 } });
  assertThrows(() => ofViews.makeApp(), ConfigurationError, 'Cannot use predicate "holds"');
});

Deno.test("predicates are in the order of their cost, those of the app's own last", () => {
  const custom: PredicateFactory = () => ({ text: "custom", holds: () => true });
  const stated: ViewOptions = {
    custom: { custom: 1 },
    requestParam: "a",
    accept: "text/html",
    header: "X-A",
    matchParam: "id=7",
  };
  const texts = withCustom(
    builtInPredicates(stated, false),
    stated.custom,
    new Map([["custom", custom]]),
    { name: () => "a view", atOnce: false },
  ).map(({ text }) => text);
  assertEquals(texts, [
    "matchParam id=7",
    "header x-a",
    "accept text/html",
    "requestParam a",
    "custom",
  ]);
});
