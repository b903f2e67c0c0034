/**
 * Tweens: what stands round the handling of every request, and in which order.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertThrows } from "jsr:@std/assert@^1.0.0";
import {
  ConfigurationError,
  Configurator,
  html,
  HttpNotFound,
  type Tween,
} from "@pyramidion/pyramidion";
import { ask, textOf } from "../ask.ts";
import { recordingLogger } from "../sample_app.ts";

const passing: Tween = (handler) => handler;

/** A tween that writes its name behind the answer. */
function named(name: string): Tween {
  const tween: Tween = (handler) => async (request) => {
    const response = await handler(request);
    return new Response(`${await response.text()} ${name}`, response);
  };
  Object.defineProperty(tween, "name", { value: name });
  return tween;
}

const [a, b, c] = [named("a"), named("b"), named("c")];

Deno.test("addTween(): the last added is outermost, but for under and over, by name or function", async (t) => {
  const rows: Record<string, [say: (config: Configurator) => void, order: string]> = {
    "nothing is said": [(config) => config.addTween(a).addTween(b).addTween(c), "x a b c"],
    "under, by name": [(config) => config.addTween(a).addTween(b, { under: "a" }), "x b a"],
    "under, by function": [(config) => config.addTween(a).addTween(b, { under: a }), "x b a"],
    "under one that is added later": [
      (config) => config.addTween(a, { under: b }).addTween(b),
      "x a b",
    ],
    "over, by name": [(config) => config.addTween(a, { over: "b" }).addTween(b), "x b a"],
    "over, by function": [(config) => config.addTween(a, { over: b }).addTween(b), "x b a"],
    "between": [
      (config) => config.addTween(a).addTween(b).addTween(c, { under: [b], over: ["a"] }),
      "x a c b",
    ],
    "under another's name": [
      (config) => config.addTween(a, { name: "first" }).addTween(b, { under: "first" }),
      "x b a",
    ],
    "under the function of another's name": [
      (config) => config.addTween(a, { name: "first" }).addTween(b, { under: a }),
      "x b a",
    ],
    "under the outermost place": [(config) => config.addTween(a, { under: "ingress" }), "x a"],
    "over the innermost place": [(config) => config.addTween(a, { over: "main" }), "x a"],
  };
  for (const [name, [say, order]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const config = new Configurator().addRoute("x", "/x", { view: () => html`x` });
      say(config);
      assertEquals(await textOf(config.makeApp(), "/x"), order);
    });
  }
});

Deno.test("a tween sees a response for what is thrown below; under exceptionViews it sees the throw", async () => {
  const seen: string[] = [];
  const watching = (where: string): Tween => (handler) => async (request) => {
    try {
      const response = await handler(request);
      seen.push(`${where} ${response.status}`);
      return response;
    } catch (error) {
      seen.push(`${where} ${error instanceof Error ? error.name : error}`);
      throw error;
    }
  };
  const app = new Configurator()
    .addTween(watching("outside"), { name: "outside" })
    .addTween(watching("inside"), { name: "inside", under: "exceptionViews" })
    .addNotFoundView(() => new Response("nothing", { status: 404 }))
    .makeApp();
  assertEquals(await textOf(app, "/x"), "404 nothing");
  assertEquals(seen, ["inside HttpNotFound", "outside 404"]);
  assertEquals(app.report.tweens, ["ingress", "outside", "exceptionViews", "inside", "main"]);
});

Deno.test("a tween can answer itself, and what it throws is answered by exception views too", async () => {
  const logger = recordingLogger();
  const gate: Tween = (handler) => (request) => {
    if (request.query.has("closed")) return new Response("closed", { status: 503 });
    if (request.query.has("lost")) throw new HttpNotFound("lost");
    if (request.query.has("broken")) throw new Error("broken");
    return handler(request);
  };
  const app = new Configurator({ logger })
    .addRoute("x", "/x", { view: () => html`x` })
    .addTween(gate)
    .addNotFoundView((error) => html`${error.detail}`)
    .makeApp();
  assertEquals(await textOf(app, "/x"), "x");
  assertEquals(await textOf(app, "/x?closed"), "503 closed");
  assertEquals(await textOf(app, "/x?lost"), "404 lost");
  assertEquals((await ask(app, "/x?broken")).status, 500);
  assertEquals(logger.errors.length, 1);
});

Deno.test("a tween is made once, when the app is made", async () => {
  let made = 0;
  const config = new Configurator().addRoute("x", "/x", { view: () => html`x` })
    .addTween((handler) => (made++, handler));
  assertEquals(made, 0);
  const app = config.makeApp();
  await ask(app, "/x");
  await ask(app, "/x");
  assertEquals(made, 1);
});

Deno.test("addTween() and makeApp() refuse what cannot be ordered, with a hint", async (t) => {
  const rows: Record<string, [say: (config: Configurator) => unknown, message: string]> = {
    "an unknown name": [
      (config) => config.addTween(a).addTween(b, { under: "aa" }).makeApp(),
      'Cannot order tween "b": there is no tween "aa": did you mean "a"?',
    ],
    "a place that is misspelled": [
      (config) => config.addTween(a, { under: "exceptionviews" }).makeApp(),
      'Cannot order tween "a": there is no tween "exceptionviews": did you mean "exceptionViews"?',
    ],
    "a circle": [
      (config) => config.addTween(a, { under: b }).addTween(b, { under: a }).makeApp(),
      'Cannot order tweens: their options "under" and "over" form a circle: "b" under "a" under "b"',
    ],
    "over the outermost place": [
      (config) => config.addTween(a, { over: "ingress" }).makeApp(),
      'Cannot order tweens: their options "under" and "over" form a circle: "ingress" under "a" under "ingress"',
    ],
    "under the innermost place": [
      (config) => config.addTween(a, { under: "main" }).makeApp(),
      'Cannot order tweens: their options "under" and "over" form a circle: "a" under "main" under "a"',
    ],
    "the name of a place": [
      (config) => config.addTween(a, { name: "main" }),
      'Cannot add "main": every app has one of this name already: give it another "name"',
    ],
    "no function": [
      (config) => config.addTween({} as never),
      "Cannot add a tween: must be a function, not object",
    ],
    "an unknown option": [
      (config) => config.addTween(a, { undr: "b" } as object),
      'Cannot use option "undr" of a tween: no such option: did you mean "under"?',
    ],
  };
  for (const [name, [say, message]] of Object.entries(rows)) {
    await t.step(name, () => {
      assertEquals(
        assertThrows(() => say(new Configurator()), ConfigurationError).message,
        message,
      );
    });
  }
});

Deno.test("an anonymous function has a name of its own, and two of them do not conflict", () => {
  const app = new Configurator().addTween((handler) => handler).addTween((handler) => handler)
    .makeApp();
  assert(app.report.tweens.every((name) => name !== ""));
  assertEquals(new Set(app.report.tweens).size, 5);
  const anonymous = app.report.tweens.filter((name) => name.startsWith("#"));
  assertEquals(anonymous.length, 2);
  for (const name of anonymous) assertMatch(name, /^#\d+ at file:\S+\/tweens_test\.ts:\d+$/);
  assertThrows(
    () => new Configurator().addTween(passing).addTween(passing).makeApp(),
    ConfigurationError,
    "twice",
  );
});

Deno.test("code of the app that wraps a handler is called with the request alone", async (t) => {
  const given: Record<string, number> = {};
  // Counts what it is called with, as a rest parameter of the app's own would.
  const counting = (name: string) => (handler: (request: never) => unknown) =>
    ((...args: [never]) => {
      given[name] = args.length;
      return handler(...args);
    }) as never;
  const config = new Configurator();
  config.addTween(counting("tween")).addViewDeriver(counting("deriver"), { name: "counting" });
  config.addRoute("x", "/x").addView((...args) => {
    given["view"] = args.length;
    return html`x`;
  }, { routeName: "x", decorator: counting("decorator") });
  assertEquals(await textOf(config.makeApp(), "/x"), "x");
  for (const name of ["tween", "deriver", "decorator", "view"]) {
    await t.step(name, () => assertEquals(given[name], 1));
  }
});
