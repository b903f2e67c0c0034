/**
 * Routes and their views, put together.
 *
 * @module
 */

import { assertEquals, assertThrows } from "jsr:@std/assert@^1.0.0";
import { ConfigurationError, Configurator, html } from "@pyramidion/pyramidion";
import { ask, textOf } from "../ask.ts";

Deno.test("a view of a route that matches nothing is refused when the app is made", async (t) => {
  const rows: Record<string, (config: Configurator) => Configurator> = {
    "static": (config) => config.addRoute("x", "/x", { static: true }),
    "of another site": (config) => config.addRoute("x", "https://cdn.test/x"),
  };
  for (const [name, add] of Object.entries(rows)) {
    await t.step(name, () => {
      const config = add(new Configurator()).addView(() => html`x`, { routeName: "x" });
      const { message } = assertThrows(() => config.makeApp(), ConfigurationError);
      assertEquals(
        message.replace(/file:\S+\/(route_assembly_test\.ts):\d+/, "$1"),
        'Cannot add view at route_assembly_test.ts: route "x" only makes URLs and matches no request: remove the view, or give it a route that is neither static nor of another site',
      );
    });
  }
});

Deno.test("a route that only makes URLs makes no other one unreachable", () => {
  new Configurator().addRoute("a", "/*", { static: true }).addRoute("b", "/x").makeApp();
});

Deno.test("a route's predicates try the next route; those of its views do not", async () => {
  const app = new Configurator()
    .addRoute("post", "/x", { requestMethod: "POST", view: () => html`post` })
    .addRoute("api", "/x", { header: "X-Api", view: () => html`api` })
    .addRoute("page", "/x", { requestParam: "page" })
    .addView(() => html`page 1`, { routeName: "page", requestParam: "page=1" })
    .addRoute("else", "/x", { view: () => html`else` })
    .makeApp();
  assertEquals(await textOf(app, "/x", { method: "POST" }), "post");
  assertEquals(await textOf(app, "/x", { headers: { "x-api": "1" } }), "api");
  assertEquals(await textOf(app, "/x?page=1"), "page 1");
  // The route that is taken is "page"; but a POST would be answered by the one before it.
  const refused = await ask(app, "/x?page=2");
  assertEquals([refused.status, refused.headers.get("allow")], [405, "POST"]);
  assertEquals(await textOf(app, "/x"), "else");
});
