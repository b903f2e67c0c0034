/**
 * What the log says of what failed.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "jsr:@std/assert@^1.0.0";
import { Configurator, html } from "@pyramidion/pyramidion";
import { ask } from "../ask.ts";
import { recordingLogger } from "../sample_app.ts";

Deno.test("what is thrown and is no Error is logged with who was last at work", async (t) => {
  const boom = (): never => {
    throw "boom";
  };
  const unreadable = (): never => {
    throw new Proxy({}, {
      getPrototypeOf() {
        throw new Error("no");
      },
    });
  };
  const rows: Record<string, [state: (config: Configurator) => unknown, who: RegExp]> = {
    "a view with a name": [
      (config) => config.addView(boom, { routeName: "x" }),
      /view boom at file:\S+\/error_answer_test\.ts:\d+$/,
    ],
    "a view without a name": [
      (config) => config.addView(() => boom(), { routeName: "x" }),
      /view at file:\S+\/error_answer_test\.ts:\d+$/,
    ],
    "a view that rejects": [
      (config) => config.addView(async () => await boom(), { routeName: "x" }),
      /view at file:\S+\/error_answer_test\.ts:\d+$/,
    ],
    "a tween": [
      (config) =>
        config.addView(() => html`x`, { routeName: "x" })
          .addTween(() => boom, { name: "failing" }),
      /a tween, factory or predicate that comes before the view$/,
    ],
    "what cannot be asked what it is": [
      (config) => config.addView(unreadable, { routeName: "x" }),
      /view unreadable at file:\S+\/error_answer_test\.ts:\d+$/,
    ],
  };
  for (const [name, [state, who]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const logger = recordingLogger();
      const config = new Configurator({ logger }).addRoute("x", "/x");
      state(config);
      assertEquals((await ask(config.makeApp(), "/x")).status, 500);
      const { message = "" } = logger.errors[0] ?? {};
      assertMatch(message, /^GET \/x failed: what was thrown is no Error; last at work: /);
      assertMatch(message, who);
    });
  }
});

Deno.test("an Error is logged with the request alone: its stack says where", async () => {
  const logger = recordingLogger();
  const fail = () => {
    throw new Error("boom");
  };
  const app = new Configurator({ logger }).addRoute("x", "/x", { view: fail }).makeApp();
  await ask(app, "/x");
  assertEquals(logger.errors.map(({ message }) => message), ["GET /x failed"]);
});

Deno.test("what is thrown and cannot be asked what it is has an answer wherever it is thrown", async (t) => {
  const unreadable = (): never => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    throw proxy;
  };
  const rows: Record<string, (config: Configurator) => Configurator> = {
    "a view": (config) => config.addView(unreadable, { routeName: "x" }),
    "a tween over all": (config) =>
      config.addView(() => html`x`, { routeName: "x" })
        .addTween(() => unreadable, { name: "over", over: "exceptionViews" }),
    "a response callback": (config) =>
      config.addView((request) => {
        request.addResponseCallback(unreadable);
        return html`x`;
      }, { routeName: "x" }),
    "an exception view": (config) =>
      config.addView(() => {
        throw new Error("first");
      }, { routeName: "x" }).addExceptionView(unreadable),
  };
  for (const [name, state] of Object.entries(rows)) {
    await t.step(name, async () => {
      const logger = recordingLogger();
      const config = new Configurator({ logger }).addRoute("x", "/x");
      const { status } = await ask(state(config).makeApp(), "/x");
      assertEquals(status, 500);
      assert(logger.errors.length > 0);
    });
  }
});
