/**
 * Who is told of a response, when, and what happens where they fail.
 *
 * @module
 */

import { assert, assertEquals, assertStrictEquals } from "jsr:@std/assert@^1.0.0";
import { Configurator, html, HttpNotFound, mount } from "@pyramidion/pyramidion";
import { ResponseSent } from "@pyramidion/pyramidion/access-log";
import { ask } from "../../ask.ts";
import { recordingLogger } from "../../sample_app.ts";

Deno.test("ResponseSent is told once for each response, with the status that the visitor got", async () => {
  const told: unknown[] = [];
  const logger = recordingLogger();
  const app = new Configurator({ logger })
    .addRoute("user", "/users/:id", {
      view: function user() {
        return html`Ada`;
      },
    })
    .addRoute("gone", "/gone", {
      view: function gone() {
        throw new HttpNotFound();
      },
    })
    .addRoute("broken", "/broken", {
      view: function broken() {
        throw new Error("broken");
      },
    })
    .addRoute("teapot", "/teapot", {
      view: function teapot() {
        throw new RangeError("I cannot");
      },
    })
    .addExceptionView(function refused(_, request) {
      request.responseStatus = 418;
      return html`no`;
    }, { context: RangeError })
    .addTween((handler) => (request) => {
      if (request.url.pathname === "/tween") throw new Error("early");
      return handler(request);
    })
    .addSubscriber(ResponseSent, ({ response, facts, delivery }) => {
      told.push([response.status, facts.route, facts.view, facts.isUnforeseen, delivery.end]);
    })
    .makeApp();
  for (const path of ["/users/7", "/gone", "/broken", "/teapot", "/tween", "/none"]) {
    await ask(app, path);
  }
  assertEquals(told, [
    [200, "/users/:id", "view user", false, "sent"],
    [404, "/gone", "view gone", false, "sent"],
    [500, "/broken", "view broken", true, "sent"],
    [418, "/teapot", "exception view refused", false, "sent"],
    [500, null, null, true, "sent"],
    [404, null, null, false, "sent"],
  ]);
});

Deno.test("ResponseSent has the path of the visitor, with that of the mount, and the query apart", async () => {
  const told: unknown[] = [];
  const inner = new Configurator()
    .addRoute("cart", "/cart", { view: () => html`cart` })
    .addSubscriber(ResponseSent, ({ facts }) => void told.push([facts.path, facts.search]))
    .makeApp();
  await mount("/shop", inner).fetch(new Request("https://app.test/shop/cart?token=7"));
  assertEquals(told, [["/shop/cart", "?token=7"]]);
});

Deno.test("a subscriber of ResponseSent that throws or rejects is logged, and changes no answer", async () => {
  const logger = recordingLogger();
  let told = 0;
  const app = new Configurator({ logger })
    .addRoute("x", "/x", { view: () => html`x` })
    .addSubscriber(ResponseSent, () => {
      throw new Error("first");
    })
    .addSubscriber(ResponseSent, () => Promise.reject(new Error("second")))
    .addSubscriber(ResponseSent, () => void told++)
    .makeApp();
  const response = await ask(app, "/x");
  assertEquals([response.status, await response.text(), told], [200, "x", 1]);
  assertEquals(logger.errors.map(({ cause }) => String(cause)), ["Error: first", "Error: second"]);
});

Deno.test("a subscriber of a scoped part hears of the responses of that part alone", async () => {
  const told: string[] = [];
  const app = new Configurator()
    .addRoute("home", "/", { view: () => html`home` })
    .include((config) => {
      config.addRoute("api", "/items", { view: () => html`items` });
      config.addSubscriber(ResponseSent, ({ facts }) => void told.push(facts.path));
    }, { routePrefix: "/api", scoped: true })
    .makeApp();
  for (const path of ["/", "/api/items", "/api/none"]) await ask(app, path);
  assertEquals(told, ["/api/items", "/api/none"]);
});

Deno.test("an address that no trusted header can tell is left out, and the answer goes out", async () => {
  const told: unknown[] = [];
  const app = new Configurator({
    trusted: { hops: 1, headers: ["forwarded"] },
    logger: recordingLogger(),
  })
    .addRoute("x", "/x", { view: () => html`x` })
    .addSubscriber(ResponseSent, ({ facts }) => void told.push(facts.clientAddress))
    .makeApp();
  const response = await ask(app, "/x", { headers: { forwarded: 'for="broken' } });
  assertEquals([response.status, told], [200, [undefined]]);
});

Deno.test("an app that nobody observes sends the response of its view itself", () => {
  const response = new Response("x");
  const app = new Configurator().addRoute("x", "/x", { view: () => response }).makeApp();
  const answer = app.fetch(new Request("https://app.test/x"));
  assert(!(answer instanceof Promise));
  assertStrictEquals(answer, response);
});
