/**
 * What tweens, decorators and derivers are handed can be changed.
 *
 * @module
 */

import { assert, assertEquals, assertStrictEquals } from "jsr:@std/assert@^1.0.0";
import { Configurator, html, type RequestHandler, type View } from "@pyramidion/pyramidion";
import { ask } from "../ask.ts";
import { recordingLogger } from "../sample_app.ts";

// deno-lint-ignore no-explicit-any -- it wraps the answers of every app
type Wrap = (answer: RequestHandler<any>) => RequestHandler<any>;

const marking: Wrap = (answer) => async (request) => {
  const response = await answer(request);
  response.headers.set("x-mark", "1");
  return response;
};

const WRAPPERS: Record<string, (config: Configurator, view: View, wrap: Wrap) => unknown> = {
  "a tween": (config, view, wrap) => config.addView(view, { routeName: "x" }).addTween(wrap),
  "a tween within exceptionViews": (config, view, wrap) =>
    config.addView(view, { routeName: "x" }).addTween(wrap, { under: "exceptionViews" }),
  "a decorator": (config, view, wrap) => config.addView(view, { routeName: "x", decorator: wrap }),
  "the outer of two decorators": (config, view, wrap) =>
    config.addView(view, {
      routeName: "x",
      decorator: [wrap, () => () => Response.redirect("https://app.test/y", 302)],
    }),
  "a deriver": (config, view, wrap) =>
    config.addView(view, { routeName: "x" }).addViewDeriver(wrap),
  "the outermost deriver": (config, view, wrap) =>
    config.addView(view, { routeName: "x" }).addViewDeriver(wrap, { over: "secured" }),
};

Deno.test("headers of Response.redirect() and of fetch() can be set where they are wrapped", async (t) => {
  const fetched = await fetch("data:text/plain,fetched");
  const views: Record<string, [view: View, status: number]> = {
    "Response.redirect()": [() => Response.redirect("https://app.test/y", 302), 302],
    "the same, later": [
      async () => await Promise.resolve(Response.redirect("https://app.test/y", 302)),
      302,
    ],
    "fetch()": [() => fetch("data:text/plain,fetched"), 200],
    "a thrown one": [
      () => {
        throw Response.redirect("https://app.test/y", 302);
      },
      302,
    ],
  };
  await fetched.body?.cancel();
  for (const [wrapper, configure] of Object.entries(WRAPPERS)) {
    for (const [name, [view, status]] of Object.entries(views)) {
      await t.step(`${wrapper}, ${name}`, async () => {
        const logger = recordingLogger();
        const config = new Configurator({ logger }).addRoute("x", "/x");
        configure(config, view, marking);
        const response = await ask(config.makeApp(), "/x");
        const text = await response.text();
        assertEquals([response.headers.get("x-mark"), logger.errors], ["1", []]);
        if (wrapper === "the outer of two decorators") return;
        assertEquals([response.status, text], [status, status === 200 ? "fetched" : ""]);
      });
    }
  }
});

Deno.test("what can be changed is handed on as it is, and an upgrade is never copied", async () => {
  const made = new Response("x");
  const seen: Response[] = [];
  const app = new Configurator().addRoute("x", "/x").addRoute("up", "/up")
    .addView(() => made, { routeName: "x" })
    .addView((request) => request.upgradeWebSocket().response, { routeName: "up" })
    .addTween((handler) => async (request) => {
      const response = await handler(request);
      seen.push(response);
      return response;
    })
    .makeApp();
  await (await ask(app, "/x")).text();
  assertStrictEquals(seen[0], made);
  const headers = {
    connection: "Upgrade",
    upgrade: "websocket",
    "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
  };
  const response = await ask(app, "/up", { headers });
  assertEquals(response.status, 101);
  assertStrictEquals(seen[1], response);
});

Deno.test("a response that cannot be sent is refused with its own name, wrapped or not", async () => {
  const logger = recordingLogger();
  const used = new Response("x");
  await used.text();
  const app = new Configurator({ logger })
    .addRoute("used", "/used").addView(() => used, { routeName: "used", decorator: marking })
    .addRoute("none", "/none")
    .addView(() => html`x`, { routeName: "none", decorator: [marking, () => () => 7 as never] })
    .makeApp();
  assertEquals((await ask(app, "/used")).status, 500);
  assertEquals((await ask(app, "/none")).status, 500);
  assert(String(logger.errors[0]?.cause).includes("whose body was read"));
  assertEquals(logger.errors.length, 2);
});
