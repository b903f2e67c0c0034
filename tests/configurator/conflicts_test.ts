/**
 * Configurations that contradict themselves: who wins, and what is said where nobody does.
 *
 * @module
 */

import { assertEquals, assertThrows } from "jsr:@std/assert@^1.0.0";
import {
  ConfigurationConflictError,
  ConfigurationError,
  Configurator,
  html,
  HttpForbidden,
  HttpNotFound,
  type Renderer,
  route,
  type SecurityPolicy,
} from "@pyramidion/pyramidion";
import { textOf } from "../ask.ts";

const x = route("x", "/x");
const says = (text: string) => (config: Configurator): void => {
  config.addView(() => html`${text}`, { route: x });
};

/** The lines of this file that a conflict names. */
function linesOf(error: ConfigurationConflictError): number[] {
  return error.places.map((place) => {
    const [, line] = /\/conflicts_test\.ts:(\d+)$/.exec(place) ?? [];
    return Number(line);
  });
}

/** The line on which it is called. */
function thisLine(): number {
  const [, line] =
    /conflicts_test\.ts:(\d+):\d+\)?$/.exec(new Error().stack?.split("\n")[2] ?? "") ?? [];
  return Number(line);
}

Deno.test("of one statement the nearest part that includes all others counts", async (t) => {
  const rows: Record<string, [answer: string, say: (config: Configurator) => void]> = {
    "own before the included": ["own", (config) => {
      says("own")(config);
      config.include(says("included"));
    }],
    "own after the included": ["own", (config) => {
      config.include(says("included"));
      says("own")(config);
    }],
    "own over two that differ": ["own", (config) => {
      config.include(says("a")).include(says("b"));
      says("own")(config);
    }],
    "own over the include of an include": ["own", (config) => {
      config.include((config) => void config.include(says("inner")));
      says("own")(config);
    }],
    "the including part over the included": ["outer", (config) => {
      config.include((config) => {
        config.include(says("inner"));
        says("outer")(config);
      });
    }],
    "the common parent over two that differ": ["parent", (config) => {
      config.include((config) => {
        config.include(says("a")).include(says("b"));
        says("parent")(config);
      });
    }],
  };
  for (const [name, [answer, say]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const config = new Configurator().addRoute(x);
      say(config);
      assertEquals(await textOf(config.makeApp(), "/x"), answer);
    });
  }
});

Deno.test("two parts of which neither includes the other conflict", async (t) => {
  const rows: Record<string, (config: Configurator) => void> = {
    "siblings": (config) => void config.include(says("a")).include(says("b")),
    "a sibling and another's include": (config) =>
      void config.include(says("a")).include((config) => void config.include(says("b"))),
    "siblings, which a part settles that includes one of them": (config) => {
      config.include(says("a")).include((config) => {
        config.include(says("b"));
        says("c")(config);
      });
    },
  };
  for (const [name, say] of Object.entries(rows)) {
    await t.step(name, () => {
      const config = new Configurator().addRoute(x);
      say(config);
      const error = assertThrows(() => config.makeApp(), ConfigurationConflictError);
      assertEquals(error.subject, 'the view of route "x" for the default methods');
    });
  }
});

Deno.test("a conflict names the file and the line of each statement, in their order", () => {
  const lines: number[] = [];
  const config = new Configurator().addRoute(x);
  lines.push(thisLine() + 1);
  config.addView(() => html`1`, { route: x });
  config.include((config) => {
    lines.push(thisLine() + 1);
    config.addRoute("y", "/y");
  });
  config.include((config) => {
    lines.push(thisLine() + 1);
    config.addRoute("y", "/z");
  });
  lines.push(thisLine() + 1);
  config.addView(() => html`2`, { routeName: "x" });
  const error = assertThrows(() => config.makeApp(), ConfigurationConflictError);
  assertEquals(linesOf(error), [lines[0], lines[3]]);
  const [first, second] = error.places;
  assertEquals(
    error.message,
    `Cannot declare the view of route "x" for the default methods twice: first at ${first}, again at ${second}`,
  );
});

Deno.test("everything that can be stated once conflicts where it is stated twice", async (t) => {
  const policy: SecurityPolicy = { identity: () => null, permits: () => true };
  const renderer: Renderer = () => html``;
  const predicate = () => ({ text: "x", holds: () => true });
  const view = () => html``;
  function tween<Answer>(handler: Answer): Answer {
    return handler;
  }
  const rows: Record<string, (config: Configurator) => void> = {
    'route "x"': (config) => config.addRoute(x),
    "exception view of HttpNotFound": (config) => config.addNotFoundView(view),
    "exception view of HttpForbidden": (config) => config.addForbiddenView(view),
    "exception view of Error": (config) => config.addExceptionView(view),
    'exception view of Error on route "x"': (config) =>
      config.addExceptionView(view, { routeName: "x" }),
    'request method "y"': (config) => config.addRequestMethod("y", () => 1),
    'tween "tween"': (config) => config.addTween(tween),
    'view deriver "tween"': (config) => config.addViewDeriver(tween),
    'renderer "csv"': (config) => config.addRenderer("csv", renderer),
    'view predicate "day"': (config) => config.addViewPredicate("day", predicate),
    'route predicate "day"': (config) => config.addRoutePredicate("day", predicate),
    "the security policy": (config) => config.setSecurityPolicy(policy),
    "the default permission": (config) => config.setDefaultPermission("read"),
    "the CSRF options": (config) => config.setDefaultCsrfOptions(),
  };
  for (const [subject, say] of Object.entries(rows)) {
    await t.step(subject, () => {
      const config = new Configurator();
      say(config);
      say(config);
      const error = assertThrows(() => config.makeApp(), ConfigurationConflictError);
      assertEquals(error.subject, subject);
      const [one, other] = linesOf(error);
      assertEquals(one, other, "both are stated by one line");
    });
  }
});

Deno.test("views of one class for other routes, and a general one, do not conflict", async () => {
  const app = new Configurator()
    .addRoute(x, {
      view: () => {
        throw new HttpNotFound();
      },
    })
    .addRoute("y", "/y", {
      view: () => {
        throw new HttpNotFound();
      },
    })
    .addExceptionView(() => html`of x`, { context: HttpNotFound, route: x })
    .addNotFoundView(() => html`of all`)
    .makeApp();
  assertEquals([await textOf(app, "/x"), await textOf(app, "/y"), await textOf(app, "/z")], [
    "404 of x",
    "404 of all",
    "404 of all",
  ]);
});

Deno.test("a not-found view and an exception view of its class are the same statement", () => {
  const config = new Configurator()
    .addForbiddenView(() => html`1`)
    .addExceptionView(() => html`2`, { context: HttpForbidden });
  assertThrows(() => config.makeApp(), ConfigurationConflictError, "HttpForbidden");
});

Deno.test("commit() carries out what was stated, and what is stated later replaces it", async () => {
  const config = new Configurator()
    .addRoute("x", "/old").addView(() => html`old`, { routeName: "x" })
    .addNotFoundView(() => html`nothing, says the old`)
    .addRenderer("shout", (value) => html`${String(value)}!`)
    .setDefaultPermission("never")
    .commit()
    .addRoute("x", "/new").addView(() => "new", { routeName: "x", renderer: "shout" })
    .addNotFoundView(() => html`nothing`)
    .addRenderer("shout", (value) => html`${String(value)}!!!`)
    .setDefaultPermission("read");
  const app = config.setSecurityPolicy({
    permitsAnonymous: true,
    identity: () => null,
    permits: (_request, _context, permission) => permission === "read",
  }).makeApp();
  assertEquals(await textOf(app, "/new"), "new!!!");
  assertEquals(await textOf(app, "/old"), "404 nothing");
  assertEquals(app.report.routes.length, 1);
});

Deno.test("a route that is replaced after commit() is matched last", async () => {
  const config = new Configurator().addRoute("a", "/:x", { view: () => html`a` })
    .addRoute("b", "/:x/b", { view: () => html`b` }).commit();
  const app = config.addRoute("a", "/:x/:y").makeApp();
  assertEquals(app.report.routes.map(({ name }) => name), ["b", "a"]);
  assertEquals(await textOf(app, "/1/2"), "a");
});

Deno.test("commit() refuses a conflict at once, which stays one: makeApp() refuses it too", () => {
  const config = new Configurator().addRoute(x);
  says("1")(config);
  says("2")(config);
  assertThrows(() => config.commit(), ConfigurationConflictError);
  assertThrows(() => config.makeApp(), ConfigurationConflictError);
  assertThrows(() => config.makeApp(), ConfigurationConflictError);
});

Deno.test("a view of a Route that another one of its name replaced is refused, and says so", () => {
  const config = new Configurator().addRoute(x);
  says("x")(config);
  config.commit().addRoute(route("x", "/other"));
  const { message } = assertThrows(() => config.makeApp(), ConfigurationError);
  assertEquals(
    message.replace(/file:\S+\/(conflicts_test\.ts):\d+/, "$1"),
    'Cannot add view at conflicts_test.ts: Cannot find route "x": another Route has this name, with the pattern "/other": give the Route that was added, or its name "x"',
  );
});
