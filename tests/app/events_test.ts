/**
 * What subscribers are told, in which order, and what happens where they fail.
 *
 * @module
 */

import { assert, assertEquals, assertInstanceOf, assertStrictEquals } from "jsr:@std/assert@^1.0.0";
import {
  ApplicationCreated,
  BeforeRender,
  Configurator,
  html,
  HttpServiceUnavailable,
  NewRequest,
  NewResponse,
  type Renderer,
} from "@pyramidion/pyramidion";
import { ask, textOf } from "../ask.ts";
import { recordingLogger } from "../sample_app.ts";

Deno.test("subscribers are told of their events alone, in the order they were added", async () => {
  const told: string[] = [];
  const app = new Configurator()
    .addRoute("x", "/x", {
      view: () => {
        told.push("view");
        return html`x`;
      },
    })
    .addSubscriber(NewResponse, ({ response }) => void told.push(`response ${response.status}`))
    .addSubscriber(NewRequest, ({ request }) => void told.push(`first ${request.method}`))
    .addSubscriber(NewRequest, async ({ request }) => {
      await Promise.resolve();
      told.push(`second ${request.matchedRoute?.name}`);
    })
    .addSubscriber(NewRequest, () => void told.push("third"))
    .addSubscriber(ApplicationCreated, () => void told.push("created"))
    .makeApp();
  assertEquals(told.splice(0), ["created"]);
  await ask(app, "/x");
  assertEquals(told.splice(0), ["first GET", "second undefined", "third", "view", "response 200"]);
  await ask(app, "/nothing");
  assertEquals(told, ["first GET", "second undefined", "third", "response 404"]);
});

Deno.test("one function can subscribe twice, and is told twice", async () => {
  let told = 0;
  const count = () => void told++;
  const app = new Configurator().addSubscriber(NewRequest, count).addSubscriber(NewRequest, count)
    .makeApp();
  await ask(app, "/");
  assertEquals(told, 2);
});

Deno.test("NewRequest is told within the tweens, before a route is matched", async () => {
  const told: string[] = [];
  const app = new Configurator()
    .addRoute("x", "/x", { view: () => html`x` })
    .addTween((handler) => (request) => {
      told.push("tween");
      return handler(request);
    })
    .addSubscriber(NewRequest, ({ request }) => {
      told.push("event");
      request.responseHeaders.set("x-told", "yes");
    })
    .makeApp();
  const response = await ask(app, "/x");
  assertEquals(told, ["tween", "event"]);
  assertEquals(response.headers.get("x-told"), "yes");
});

Deno.test("what a subscriber of NewRequest throws is answered by exception views, and no view is asked", async () => {
  let asked = 0;
  const logger = recordingLogger();
  const app = new Configurator({ logger })
    .addRoute("x", "/x", { view: () => (asked++, html`x`) })
    .addSubscriber(NewRequest, ({ request }) => {
      if (request.query.has("down")) throw new HttpServiceUnavailable("Back soon");
      if (request.query.has("broken")) throw new Error("broken");
    })
    .addSubscriber(NewRequest, async ({ request }) => {
      await Promise.resolve();
      if (request.query.has("later")) throw new HttpServiceUnavailable("Back later");
    })
    .addExceptionView((error) => new Response(error.detail, { status: error.status }), {
      context: HttpServiceUnavailable,
    })
    .makeApp();
  assertEquals(await textOf(app, "/x?down"), "503 Back soon");
  assertEquals(await textOf(app, "/x?later"), "503 Back later");
  assertEquals((await ask(app, "/x?broken")).status, 500);
  assertEquals([asked, logger.errors.length], [0, 1]);
  assertEquals(await textOf(app, "/x"), "x");
});

Deno.test("what a subscriber of NewResponse throws is logged, and the response is as it was", async () => {
  const logger = recordingLogger();
  const told: string[] = [];
  const app = new Configurator({ logger })
    .addRoute("x", "/x", { view: () => new Response("x", { headers: { "x-from": "view" } }) })
    .addSubscriber(NewResponse, ({ request }) => {
      told.push("first");
      if (request.query.has("broken")) throw new Error("broken");
    })
    .addSubscriber(NewResponse, () => void told.push("second"))
    .makeApp();
  const response = await ask(app, "/x?broken");
  assertEquals([response.status, await response.text(), response.headers.get("x-from")], [
    200,
    "x",
    "view",
  ]);
  assertEquals(told.splice(0), ["first"]);
  const [logged] = logger.errors;
  assert(logged);
  assertEquals(logged.message, "GET /x failed");
  assertInstanceOf(logged.cause, Error);
  assertEquals(logged.cause.message, "broken");
  await ask(app, "/x");
  assertEquals(told, ["first", "second"]);
});

Deno.test("NewResponse is told of the response that is sent, errors and cookies included", async () => {
  const told: Response[] = [];
  const logger = recordingLogger();
  const app = new Configurator({ logger })
    .addRoute("x", "/x", {
      view: (request) => {
        request.addResponseCallback(() => new Response("replaced"));
        return html`x`;
      },
    })
    .addRoute("broken", "/broken", {
      view: () => {
        throw new Error("broken");
      },
    })
    .addSubscriber(NewResponse, ({ response }) => void told.push(response))
    .makeApp();
  for (const path of ["/x", "/broken", "/nothing"]) {
    assertStrictEquals(await ask(app, path), told.pop());
  }
});

Deno.test("ApplicationCreated brings the app, which can be asked; what it throws is logged", async () => {
  const logger = recordingLogger();
  const { promise, resolve } = Promise.withResolvers<string>();
  const app = new Configurator({ logger })
    .addRoute("x", "/x", { view: () => html`x` })
    .addSubscriber(ApplicationCreated, async ({ app }) => {
      const response = await app.fetch(new Request("https://app.test/x"));
      resolve(await response.text());
      throw new Error("broken");
    })
    .makeApp();
  assertEquals(await promise, "x");
  assertEquals(await textOf(app, "/x"), "x");
  assertEquals(logger.errors.map(({ message }) => message), [
    "A subscriber of ApplicationCreated failed",
  ]);
});

/** A renderer that shows what it gets. */
const shown: Renderer = (value, _request, { system }) =>
  html`${String(value)}: ${[...system].map(([name, one]) => `${name}=${one}`).join(" ")}`;

Deno.test("BeforeRender is told before a renderer, which gets what subscribers added", async () => {
  const told: unknown[] = [];
  const app = new Configurator()
    .addRenderer("shown", shown)
    .addRoute("x", "/x/:name")
    .addView(({ matchdict }) => matchdict.name, { routeName: "x", renderer: "shown" })
    .addSubscriber(BeforeRender, async (event) => {
      await Promise.resolve();
      told.push([event.renderingVal, event.request.matchdict.name]);
      event.set("year", 2026).set("user", "nobody");
    })
    .addSubscriber(BeforeRender, (event) => void event.set("user", `not ${event.get("user")}`))
    .makeApp();
  assertEquals(await textOf(app, "/x/ada"), "ada: year=2026 user=not nobody");
  assertEquals(await textOf(app, "/x/eve"), "eve: year=2026 user=not nobody");
  assertEquals(told, [["ada", "ada"], ["eve", "eve"]]);
});

Deno.test("BeforeRender is told once for exception views and functions, and not for whole answers", async () => {
  let told = 0;
  const app = new Configurator({ logger: recordingLogger() })
    .addRoute("failing", "/failing", {
      view: () => {
        throw new Error("down");
      },
    })
    .addExceptionView(() => "failed", { renderer: shown })
    .addRoute("function", "/function")
    .addView(() => "rendered", { routeName: "function", renderer: shown })
    .addRoute("html", "/html")
    .addView(() => html`whole`, { routeName: "html", renderer: shown })
    .addRoute("response", "/response")
    .addView(() => new Response("whole"), { routeName: "response", renderer: shown })
    .addSubscriber(BeforeRender, (event) => void event.set("n", ++told))
    .makeApp();
  assertEquals(await textOf(app, "/failing"), "500 failed: n=1");
  assertEquals(await textOf(app, "/function"), "rendered: n=2");
  assertEquals(await textOf(app, "/html"), "whole");
  assertEquals(await textOf(app, "/response"), "whole");
});

Deno.test("without subscribers a renderer gets no values, and a failed subscriber is an error of the view", async () => {
  const config = () =>
    new Configurator({ logger: recordingLogger() }).addRoute("x", "/x")
      .addView(() => "x", { routeName: "x", renderer: shown })
      .addExceptionView((error) => html`${error.message}`);
  assertEquals(await textOf(config().makeApp(), "/x"), "x: ");
  const failing = config().addSubscriber(BeforeRender, () => {
    throw new Error("no year");
  });
  assertEquals(await textOf(failing.makeApp(), "/x"), "500 no year");
});

Deno.test("a scoped part's BeforeRender is told of its own requests only", async () => {
  const view = { view: () => "x" };
  const app = new Configurator()
    .addRoute("x", "/x").addView(view.view, { routeName: "x", renderer: shown })
    .addSubscriber(BeforeRender, (event) => void event.set("app", 1))
    .include((config) => {
      config.addRoute("y", "/y").addView(view.view, { routeName: "y", renderer: shown })
        .addSubscriber(BeforeRender, (event) => void event.set("part", 2));
    }, { routePrefix: "/part", scoped: true })
    .makeApp();
  assertEquals(await textOf(app, "/x"), "x: app=1");
  assertEquals(await textOf(app, "/part/y"), "x: app=1 part=2");
});
