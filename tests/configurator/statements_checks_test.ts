/**
 * What statements take: unknown options, and what is no function, are refused at once.
 *
 * @module
 */

import { assertEquals, assertThrows } from "jsr:@std/assert@^1.0.0";
import {
  ConfigurationError,
  Configurator,
  html,
  viewConfig,
  viewDefaults,
  type ViewRequest,
} from "@pyramidion/pyramidion";
import { checkFunction } from "../../lib/configurator/statements.ts";

const view = () => html`x`;

Deno.test("every statement refuses an option that it does not have, with the one that may be meant", async (t) => {
  const rows: Record<
    string,
    [say: (config: Configurator, options: object) => unknown, written: string, meant: string | null]
  > = {
    "the Configurator": [(_, options) => new Configurator(options), "publicOrgin", "publicOrigin"],
    "the Configurator, far off": [(_, options) => new Configurator(options), "moon", null],
    "addRoute": [
      (config, options) => config.addRoute("x", "/x", options),
      "request_method",
      "requestMethod",
    ],
    "addView": [
      (config, options) => config.addView(view, { routeName: "x", ...options }),
      "requireCSFR",
      "requireCsrf",
    ],
    "scan": [
      (config, options) => config.scan({ a: viewConfig({ routeName: "x", ...options }, view) }),
      "rendrer",
      "renderer",
    ],
    "include": [(config, options) => config.include(() => {}, options), "prefix", "routePrefix"],
    "include, nearly right": [
      (config, options) => config.include(() => {}, options),
      "routeprefx",
      "routePrefix",
    ],
    "addExceptionView": [
      (config, options) => config.addExceptionView(view, options),
      "contxt",
      "context",
    ],
    "addNotFoundView": [
      (config, options) => config.addNotFoundView(view, options),
      "append_slash",
      "appendSlash",
    ],
    "addForbiddenView": [
      (config, options) => config.addForbiddenView(view, options),
      "rendere",
      "renderer",
    ],
    "addRequestMethod": [
      (config, options) => config.addRequestMethod("y", view, options),
      "propery",
      "property",
    ],
    "addTween": [
      (config, options) => config.addTween((handler) => handler, options),
      "undr",
      "under",
    ],
    "addViewDeriver": [
      (config, options) => config.addViewDeriver((answer) => answer, options),
      "ovr",
      "over",
    ],
    "setDefaultCsrfOptions": [
      (config, options) => config.setDefaultCsrfOptions(options),
      "safe_methods",
      "safeMethods",
    ],
  };
  for (const [name, [say, written, meant]] of Object.entries(rows)) {
    await t.step(name, () => {
      const { message } = assertThrows(
        () => say(new Configurator().addRoute("x", "/x"), { [written]: undefined }),
        ConfigurationError,
      );
      const hint = meant === null ? "" : `: did you mean "${meant}"?`;
      assertEquals(message.includes(`Cannot use option "${written}" of `), true, message);
      assertEquals(message.endsWith(`: no such option${hint}`), true, message);
    });
  }
});

Deno.test("the defaults of a class are checked with its views, at the place of the mark", () => {
  @viewDefaults({ routeName: "x", rendrer: "json" } as object)
  class Pages {
    constructor(readonly request: ViewRequest) {}
    @viewConfig({})
    show() {
      return html`x`;
    }
  }
  const { message } = assertThrows(() => new Configurator().scan({ Pages }), ConfigurationError);
  assertEquals(
    message.replace(/file:\S+\/(statements_checks_test\.ts):\d+/, "$1"),
    'Cannot add view Pages.show at statements_checks_test.ts: Cannot use option "rendrer" of view Pages.show: no such option: did you mean "renderer"?',
  );
});

Deno.test("checkFunction() says what was given instead", async (t) => {
  const rows: Record<string, unknown> = {
    "undefined": undefined,
    "null": null,
    "string": "x",
    "object": {},
    "an array": [],
  };
  for (const [found, value] of Object.entries(rows)) {
    await t.step(found, () => {
      assertEquals(
        assertThrows(() => checkFunction("a view", value), ConfigurationError).message,
        `Cannot add a view: must be a function, not ${found}`,
      );
    });
  }
  checkFunction("a view", view);
  checkFunction("a view", class {});
});

Deno.test("statements refuse at once what is no function", async (t) => {
  const rows: Record<string, (config: Configurator, none: never) => unknown> = {
    "the view at statements_checks_test.ts": (config, none) =>
      config.addView(none, { routeName: "x" }),
    "the exception view of Error": (config, none) => config.addExceptionView(none),
    "the exception view of HttpNotFound": (config, none) => config.addNotFoundView(none),
    "the exception view of HttpForbidden": (config, none) => config.addForbiddenView(none),
    "an include": (config, none) => config.include(none),
    "a tween": (config, none) => config.addTween(none),
    "a view deriver": (config, none) => config.addViewDeriver(none),
    "a subscriber": (config, none) => config.addSubscriber(none, none),
    'renderer "y"': (config, none) => config.addRenderer("y", none),
    'view predicate "y"': (config, none) => config.addViewPredicate("y", none),
    'route predicate "y"': (config, none) => config.addRoutePredicate("y", none),
    'request method "y"': (config, none) => config.addRequestMethod("y", none),
  };
  for (const [what, say] of Object.entries(rows)) {
    await t.step(what, () => {
      assertEquals(
        assertThrows(() => say(new Configurator(), undefined as never), ConfigurationError).message
          .replace(/file:\S+\/([^/:]+):\d+/, "$1"),
        `Cannot add ${what}: must be a function, not undefined`,
      );
    });
  }
});
