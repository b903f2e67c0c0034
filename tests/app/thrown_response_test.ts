/**
 * Responses that are thrown: answers like those that are returned.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import { Configurator, html } from "@pyramidion/pyramidion";
import { ask } from "../ask.ts";
import { recordingLogger, sampleApp } from "../sample_app.ts";

const thrown = () => new Response("thrown", { status: 202, headers: { "x-a": "1" } });

Deno.test("a view that throws a Response answers it, its session committed as for a returned one", async () => {
  const { client, errors } = sampleApp({
    "/at-once": () => {
      throw thrown();
    },
    "/later": async (request) => {
      (await request.session).set("user", "ada");
      request.responseHeaders.set("x-b", "2");
      throw thrown();
    },
    "/read": async (request) => html`${(await request.session).get("user")}`,
  }, {
    session: { setOnException: false },
    configure: (config) => config.addExceptionView(() => html`asked`, { context: Object }),
  });
  for (const path of ["/at-once", "/later"]) {
    const response = await client.get(path);
    assertEquals([response.status, await response.text()], [202, "thrown"]);
    assertEquals(response.headers.get("x-a"), "1");
    assertEquals(response.headers.get("x-b"), path === "/later" ? "2" : null);
  }
  assertEquals(await (await client.get("/read")).text(), "ada");
  assertEquals(errors, []);
});

Deno.test("a decorator sees a thrown Response as it sees a returned one", async () => {
  const app = new Configurator().addRoute("x", "/x").addView(() => {
    throw thrown();
  }, {
    routeName: "x",
    httpCache: 60,
    decorator: (answer) => async (request) => {
      const response = await answer(request);
      response.headers.set("x-seen", String(response.status));
      return response;
    },
  }).makeApp();
  const { headers } = await ask(app, "/x");
  assertEquals([headers.get("x-seen"), headers.get("cache-control")], [
    "202",
    "private, max-age=60",
  ]);
});

Deno.test("a Response can be thrown wherever something can be refused", async (t) => {
  const refuse = (): never => {
    throw thrown();
  };
  const rows: Record<string, (config: Configurator) => unknown> = {
    "a tween": (config) => config.addTween(() => refuse),
    "a tween within exceptionViews": (config) =>
      config.addTween(() => refuse, { under: "exceptionViews", name: "t" }),
    "a decorator": (config) =>
      config.addRoute("y", "/y").addView(() => html`x`, {
        routeName: "y",
        decorator: () => refuse,
      }),
    "a factory": (config) => config.addRoute("y", "/y", { factory: refuse, view: () => html`x` }),
    "an exception view": (config) => config.addNotFoundView(refuse),
    "a renderer": (config) =>
      config.addRoute("y", "/y").addView(() => 1, { routeName: "y", renderer: refuse }),
    "permits()": (config) =>
      config.setSecurityPolicy({ identity: () => null, permits: refuse })
        .addRoute("y", "/y").addView(() => html`x`, { routeName: "y", permission: "see" }),
    "a predicate": (config) =>
      config.addViewPredicate("odd", () => ({ text: "odd", holds: refuse }))
        .addRoute("y", "/y").addView(() => html`x`, { routeName: "y", custom: { odd: 1 } }),
  };
  for (const [name, configure] of Object.entries(rows)) {
    await t.step(name, async () => {
      const logger = recordingLogger();
      const config = new Configurator({ logger });
      configure(config);
      const response = await ask(config.makeApp(), "/y");
      assertEquals([response.status, await response.text()], [202, "thrown"]);
      assertEquals(logger.errors, []);
    });
  }
});

Deno.test("a thrown Response that cannot be sent is a 500 that is logged", async () => {
  const { client, errors } = sampleApp({
    "/": () => {
      throw Response.error();
    },
  });
  assertEquals([(await client.get("/")).status, errors.length], [500, 1]);
});

Deno.test("explain() says the status of a Response that a predicate throws", async () => {
  const app = new Configurator()
    .addViewPredicate("odd", () => ({
      text: "odd",
      holds: () => {
        throw thrown();
      },
    }))
    .addRoute("x", "/x").addView(() => html`x`, { routeName: "x", custom: { odd: 1 } }).makeApp();
  const { status, views } = await app.explain(new Request("https://app.test/x"));
  assertEquals([status, views[0]?.because], [202, "odd (which threw a Response)"]);
});
