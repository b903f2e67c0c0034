/**
 * What is said on the console and to the logger of an app, and who has which logger.
 *
 * @module
 */

import { assertEquals, assertMatch, assertStrictEquals } from "jsr:@std/assert@^1.0.0";
import {
  Configurator,
  html,
  type Logger,
  signedCookieSessionFactory,
} from "@pyramidion/pyramidion";
import type { RevocationStore, SessionFactory } from "@pyramidion/pyramidion/session";
import { memoryRevocations } from "@pyramidion/pyramidion/stores/memory";
import { consoleLogger, guardedLogger } from "../lib/log.ts";
import { printableCause, printableCauseText } from "../lib/printable.ts";
import { ask } from "./ask.ts";
import { recordingLogger, SAMPLE_SECRET } from "./sample_app.ts";

/** What is said on the console meanwhile. */
function saidOnConsole(act: () => void): unknown[][] {
  const said: unknown[][] = [];
  const { warn, error } = console;
  const note = (kind: string) => (...args: unknown[]) => void said.push([kind, ...args]);
  Object.assign(console, { warn: note("warn"), error: note("error") });
  try {
    act();
  } finally {
    Object.assign(console, { warn, error });
  }
  return said;
}

Deno.test("consoleLogger warns and reports errors on standard error, with the cause", () => {
  const cause = new Error("disk full");
  const said = saidOnConsole(() => {
    consoleLogger.warn("set publicOrigin");
    consoleLogger.error("GET / failed", cause);
  });
  assertEquals(said, [["warn", "set publicOrigin"], ["error", "GET / failed", cause]]);
  assertStrictEquals(said[1]?.[2], cause);
});

Deno.test("consoleLogger names the request by its id", () => {
  const fields = { requestId: "f3a1", method: "GET", route: "/" };
  const [[, message] = []] = saidOnConsole(() => consoleLogger.error("GET / failed", 1, fields));
  assertEquals(message, "GET / failed (request f3a1)");
});

Deno.test("guardedLogger hands on printable fields of at most 512 characters, or none", () => {
  const told: unknown[][] = [];
  const logger = guardedLogger({ warn: () => {}, error: (...args) => void told.push(args) });
  logger.error("failed", 1);
  logger.error("failed", 2, { requestId: "a\n", method: "B\x1b", route: `/${"a".repeat(600)}` });
  logger.error("failed", 3, { requestId: "a", method: "GET", route: null });
  assertEquals(told, [
    ["failed", 1],
    ["failed", 2, { requestId: "a\\n", method: "B\\x1b", route: `/${"a".repeat(511)}` }],
    ["failed", 3, { requestId: "a", method: "GET", route: null }],
  ]);
});

Deno.test("consoleLogger takes no path for a format of the console, which would leave out the error", () => {
  const [[, message] = []] = saidOnConsole(() =>
    consoleLogger.error("GET /%d0%c3%s failed", new Error("boom"))
  );
  assertEquals(message, "GET /%%d0%%c3%%s failed");
});

Deno.test("consoleLogger shows what was thrown without what a terminal obeys", async (t) => {
  class Shouting extends Error {
    override name = "Shouting\x07";
  }
  const rows: Record<string, [cause: unknown, shown: RegExp]> = {
    "a text": ["a\x1b[31m\nb", /^a\\x1b\[31m\\nb$/],
    "the message of an error": [new Error("a\x1b[31m"), /^Error: a\\x1b\[31m\n +at .*log_test/],
    "a line break in it": [
      new Error("a\n    at evil (file:///x.ts:1:1)"),
      /^Error: a\\n {4}at evil/,
    ],
    "an order of writing that is turned round": [new Error("a\u202e"), /^Error: a\\u\{202e\}\n/],
    "the name of an error": [new Shouting("x"), /^Shouting\\x07: x\n/],
    "a cause": [
      new Error("outer", { cause: new TypeError("in\x1b[0m") }),
      /^Error: outer\n +at [^]*\nCaused by: TypeError: in\\x1b\[0m\n/,
    ],
    "one of several": [
      new AggregateError([new Error("a"), new Error("b\r")], "both"),
      /^AggregateError: both\n[^]*Caused by: Error: a\n[^]*Caused by: Error: b\\r/,
    ],
    "an error in an object": [{ error: new Error("a\x1b[31m") }, /Error: a\\x1b\[31m/],
    "what cannot be read": [
      new Proxy({}, {
        getPrototypeOf() {
          throw new Error("no");
        },
      }),
      /^\(it cannot be read\)$/,
    ],
  };
  for (const [name, [cause, shown]] of Object.entries(rows)) {
    await t.step(name, () => {
      const [[, , text] = []] = saidOnConsole(() => consoleLogger.error("x", cause));
      assertMatch(String(text), shown);
      // deno-lint-ignore no-control-regex -- what must not be there
      assertEquals(/[\x00-\x09\x0b-\x1f\x7f\u202e]/.test(String(text)), false);
    });
  }
});

Deno.test("guardedLogger() makes messages one printable line, and hands on what was thrown as it is", () => {
  const said: unknown[][] = [];
  const logger = guardedLogger({
    warn: (...args) => void said.push(args),
    error: (...args) => void said.push(args),
  });
  const cause = new Error("\x1b[31m");
  logger.warn("a\r\n2026-11-29 forged\x1b[2J\u202e");
  logger.error("b\u2028", cause);
  assertEquals(said, [["a\\r\\n2026-11-29 forged\\x1b[2J\\u{202e}"], ["b\\u{2028}", cause]]);
});

Deno.test("an app's log shows what a visitor sent without what a terminal obeys", async () => {
  const said: string[] = [];
  const logger = {
    warn: (message: string) => void said.push(message),
    error: (message: string) => void said.push(message),
  };
  const app = new Configurator({
    logger,
    sessionFactory: signedCookieSessionFactory(SAMPLE_SECRET),
  })
    .addRoute("x", "/*", { requestMethod: "*" })
    .addView(async (request) => {
      await request.session;
      throw new Error("boom");
    }, { routeName: "x" }).makeApp();
  const method = new Request("https://app.test/");
  Object.defineProperty(method, "method", { value: "GET\x1b[31m" });
  await app.fetch(method);
  const headers = { origin: "https://evil.test\x9b31m" };
  await app.fetch(new Request("https://app.test/", { method: "POST", headers }));
  assertEquals(said.length, 2);
  assertMatch(said.join(), /GET\\x1b\[31m \//);
  assertMatch(said.join(), /evil\.test\\x9b31m/);
  for (const message of said) assertMatch(message, /^[\x20-\x7e]+$/);
});

/** A store that keeps the logger that it gets. */
function tellingStore(): RevocationStore & { readonly loggers: Logger[] } {
  const loggers: Logger[] = [];
  return Object.assign(memoryRevocations(), {
    loggers,
    useLogger: (logger: Logger) => void loggers.push(logger),
  });
}

/** A schema that fails, about which the factory has something to say. */
const failing = {
  "~standard": {
    version: 1 as const,
    vendor: "test",
    validate(): never {
      throw new Error("schema");
    },
  },
};

function appOf(logger: Logger, sessionFactory: SessionFactory) {
  return new Configurator({ logger, sessionFactory }).addRoute("x", "/x", {
    view: async (request) => html`${(await request.session).size}`,
  }).makeApp();
}

Deno.test("a session factory tells the logger of the app, unless it has one of its own", async (t) => {
  const own = recordingLogger(), ofApp = recordingLogger();
  const rows: Record<string, [options: { logger?: Logger }, told: () => number[]]> = {
    "none": [{}, () => [own.errors.length, ofApp.errors.length]],
    "one of its own": [{ logger: own }, () => [ofApp.errors.length, own.errors.length]],
  };
  for (const [name, [options, told]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const [silent, before] = told();
      await ask(
        appOf(ofApp, signedCookieSessionFactory(SAMPLE_SECRET, { schema: failing, ...options })),
        "/x",
      );
      assertEquals(told(), [silent, before! + 1]);
    });
  }
});

Deno.test("stores and former factories get the logger of the session factory", async (t) => {
  const ofApp = recordingLogger(), own = recordingLogger();
  await t.step("the app's", () => {
    const revocations = tellingStore();
    let late: Logger | undefined;
    const formerly = {
      load: () => ({}),
      commit: () => ({ do: "nothing" as const }),
      useLogger: (logger: Logger) => void (late = logger),
    };
    const said: string[] = [];
    const logger = { ...ofApp, warn: (message: string) => void said.push(message) };
    appOf(logger, signedCookieSessionFactory(SAMPLE_SECRET, { revocations, formerly }));
    late?.warn("formerly\n");
    revocations.loggers[0]?.warn("store");
    assertEquals([revocations.loggers.length, said], [1, ["formerly\\n", "store"]]);
  });
  await t.step("the factory's own, once", () => {
    const revocations = tellingStore();
    appOf(ofApp, signedCookieSessionFactory(SAMPLE_SECRET, { revocations, logger: own }));
    revocations.loggers[0]?.error("store\n", 1);
    assertEquals(revocations.loggers.length, 1);
    assertEquals(own.errors.at(-1), { message: "store\\n", cause: 1 });
  });
});

Deno.test("a factory of somebody else's gets the logger when the app is made, guarded", () => {
  const got: Logger[] = [];
  const factory: SessionFactory = {
    ...signedCookieSessionFactory(SAMPLE_SECRET),
    load: () => Promise.reject(new Error("no")),
    commit: () => ({ do: "nothing" }),
    useLogger: (logger) => void got.push(logger),
  };
  const full: Logger = {
    warn() {
      throw new Error("full");
    },
    error() {},
  };
  const config = new Configurator({ logger: full, sessionFactory: factory });
  assertEquals(got.length, 0);
  config.makeApp();
  assertEquals(got.length, 1);
  got[0]?.warn("x");
});

Deno.test("config.logger is the app's logger for what is included", () => {
  const said: string[] = [];
  const logger = { warn: (message: string) => void said.push(message), error: () => {} };
  new Configurator({ logger }).include((config) => config.logger.warn("a\x1b"));
  assertEquals(said, ["a\\x1b"]);
});

Deno.test("printableCauseText() of an error whose cause cannot be told keeps the error itself", () => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  const error = new Error("the first", { cause: proxy });
  for (const text of [printableCauseText(error), String(printableCause(error))]) {
    assertMatch(
      text,
      /^Error: the first\n {4}at [\s\S]+\nCaused by: \(it cannot be read\)$/,
    );
  }
});
