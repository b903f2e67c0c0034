/**
 * Configurations that real Pyramid refused or took, stated again in our words.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import {
  ConfigurationConflictError,
  ConfigurationError,
  Configurator,
} from "@pyramidion/pyramidion";
import oracle from "../data/pyramid_http.json" with { type: "json" };
import { recordingLogger } from "../sample_app.ts";
import { compare } from "./http_differences.ts";

interface Stated {
  readonly name: string;
  readonly result: string;
  readonly probe?: string | undefined;
  readonly answer?: string | undefined;
}

const says = (text: string) => (): Response => new Response(text);
const answering = (text: string) => (config: Configurator): void =>
  void config.addView(says(text), { routeName: "x" });

/** What the compiler would refuse. */
const UNKNOWN: object = { nosuch: 1 };

/** A part with a route of its own. */
function part(config: Configurator): void {
  config.addRoute("p", "/p").addView(says("a"), { routeName: "p" });
}

/** Functions of one name that state different things. */
function closure(name: string): (config: Configurator) => void {
  return function part(config: Configurator): void {
    config.addRoute(name, `/${name}`).addView(says(name), { routeName: name });
  };
}

/** The same configurations, by the names that the oracle has for them. */
const CONFIGURATIONS: Readonly<Record<string, (config: Configurator) => void>> = {
  "two views of one route with equal predicates": (config) => {
    config.addRoute("x", "/x");
    answering("1")(config);
    answering("2")(config);
  },
  "commit() between: the later one overrides": (config) => {
    config.addRoute("x", "/x").addView(says("1"), { routeName: "x" }).commit();
    config.addView(says("2"), { routeName: "x" });
  },
  "own statement beats the included one": (config) => {
    config.addRoute("x", "/x").include(answering("included"));
    config.addView(says("own"), { routeName: "x" });
  },
  "two includes that differ, and an own statement": (config) => {
    config.addRoute("x", "/x").include(answering("a")).include(answering("b"));
    config.addView(says("own"), { routeName: "x" });
  },
  "the same callable included twice runs once": (config) => {
    const a = answering("a");
    config.addRoute("x", "/x").include(a).include(a);
  },
  "the same callable included under two route prefixes: the second is silently dropped": (
    config,
  ) => config.include(part, { routePrefix: "/one" }).include(part, { routePrefix: "/two" }),
  "two different closures of one name: the second is silently dropped": (config) =>
    config.include(closure("one")).include(closure("two")),
  "two notfound views": (config) => {
    config.addNotFoundView(says("1"));
    config.addNotFoundView(says("2"));
  },
  "add_request_method twice with one name": (config) => {
    config.addRequestMethod("foo", () => 1);
    config.addRequestMethod("foo", () => 2);
  },
  "an unknown view predicate": (config) =>
    config.addRoute("x", "/x").addView(says("x"), { routeName: "x", ...UNKNOWN }),
  "an unknown route predicate": (config) => config.addRoute("x", "/x", UNKNOWN),
  "a route without pattern": (config) => config.addRoute("x", undefined as never),
  "add_view without view": (config) =>
    config.addRoute("x", "/x").addView(undefined as never, { routeName: "x" }),
};

Deno.test("configurations conflict where Pyramid's do, but for what is decided otherwise", async (t) => {
  const stated: readonly Stated[] = oracle.conflicts;
  await compare(t, "conflicts", stated, async ({ name, result, probe, answer }) => ({
    // Pyramid wraps what is wrong in an action.
    theirs: words(
      result.replace("ConfigurationExecutionError", "ConfigurationError"),
      probe,
      answer,
    ),
    ours: await ours(name, probe),
  }));
});

Deno.test("commit() after each statement is Pyramid's autocommit: the last one counts", async (t) => {
  const cases = Object.entries(oracle.autocommit).map(([name, answer]) => ({ name, answer }));
  await compare(t, "autocommit", cases, ({ answer }) => {
    const config = new Configurator();
    config.addRoute("x", "/a").commit();
    config.addRoute("x", "/b").commit();
    const { routes } = config.makeApp().report;
    assertEquals(routes.length, 1);
    return { theirs: answer, ours: routes[0]?.pattern ?? "no route" };
  });
});

async function ours(name: string, probe: string | undefined): Promise<string> {
  const say = CONFIGURATIONS[name];
  if (say === undefined) throw new Error(`There is no configuration "${name}"`);
  const config = new Configurator({ logger: recordingLogger() });
  try {
    say(config);
    const app = config.makeApp();
    if (probe === undefined) return words("no conflict");
    const response = await app.fetch(new Request(`https://app.test${probe}`));
    return words("no conflict", probe, response.ok ? await response.text() : `${response.status}`);
  } catch (error) {
    if (error instanceof ConfigurationConflictError) {
      assertEquals(error.places.length, 2, "both places are named");
      return words(error.name);
    }
    if (error instanceof ConfigurationError) return words(error.name);
    throw error;
  }
}

function words(result: string, probe?: string, answer?: string): string {
  return probe === undefined ? result : `${result}, ${probe} answers ${answer}`;
}
