/**
 * Which renderer a view gets: by name, by suffix, and by default.
 *
 * @module
 */

import { assertEquals, assertThrows } from "jsr:@std/assert@^1.0.0";
import {
  type AnyConfigurator,
  ConfigurationConflictError,
  ConfigurationError,
  Configurator,
  html,
  HttpNotFound,
  type Renderer,
} from "@pyramidion/pyramidion";
import { ask, textOf } from "../ask.ts";

/** A renderer that tells its own name, the name that the view stated, and the value. */
const telling = (own: string): Renderer => (value, _request, { name }) =>
  new Response(`${own} ${name} ${JSON.stringify(value)}`);

Deno.test("a renderer is selected by its name, and then by the longest suffix", async (t) => {
  const rows: Record<string, [stated: string | Renderer, answer: string]> = {
    "its name": ["csv", "csv csv 1"],
    "a suffix": ["page.eta", "eta page.eta 1"],
    "a suffix of a path": ["pages/home.eta", "eta pages/home.eta 1"],
    "the longer of two suffixes": ["page.html.eta", "html.eta page.html.eta 1"],
    "another word before the suffix": ["page.txt.eta", "eta page.txt.eta 1"],
    "its name before a suffix": ["special.eta", "special special.eta 1"],
    "the suffix alone": [".eta", "eta .eta 1"],
    "a function": [
      function mine(value, _request, { name }) {
        return new Response(`${name} ${value}`);
      },
      "mine 1",
    ],
  };
  for (const [name, [renderer, answer]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const app = new Configurator().addRoute("x", "/x")
        .addView(() => 1, { routeName: "x", renderer })
        .addRenderer("csv", telling("csv"))
        .addRenderer(".eta", telling("eta"))
        .addRenderer(".html.eta", telling("html.eta"))
        .addRenderer("special.eta", telling("special")).makeApp();
      assertEquals(await textOf(app, "/x"), answer);
    });
  }
  await t.step("in an exception view", async () => {
    const app = new Configurator().addRenderer(".eta", telling("eta"))
      .addNotFoundView(({ status }) => status, { renderer: "missing.eta" }).makeApp();
    assertEquals((await textOf(app, "/y")).replace(/^404 /, ""), "eta missing.eta 404");
  });
});

Deno.test("a name without a renderer is refused when the app is made", async (t) => {
  const rows: Record<string, [stated: string, message: string]> = {
    "an unknown suffix": ["page.eta", 'write config.addRenderer(".eta", …)'],
    "a suffix without its dot": ["pageeta", 'write config.addRenderer("pageeta", …)'],
    "a dot at the end": ["page.", 'write config.addRenderer(".", …)'],
    "another case": ["page.TXT", "there is no such renderer"],
  };
  for (const [name, [renderer, message]] of Object.entries(rows)) {
    await t.step(name, () => {
      const config = new Configurator().addRenderer(".txt", telling("txt"))
        .addRoute("x", "/x").addView(() => 1, { routeName: "x", renderer });
      assertThrows(() => config.makeApp(), ConfigurationError, message);
    });
  }
});

Deno.test("setDefaultRenderer() makes the responses of views that state none", async () => {
  const app = new Configurator().setDefaultRenderer("json")
    .addRoute("option", "/option", { view: () => ({ of: "a route" }) })
    .addRoute("view", "/view").addView(async () => await Promise.resolve([1]), {
      routeName: "view",
    })
    .addRoute("stated", "/stated").addView(() => 7, { routeName: "stated", renderer: "text" })
    .addRoute("page", "/page", { view: () => html`<p>` })
    .addRoute("response", "/response", { view: () => new Response("r") })
    .addRoute("error", "/error", { view: () => new HttpNotFound() })
    .addNotFoundView(() => ({ not: "found" }))
    .makeApp();
  const answers: Record<string, string> = {
    "/option": '{"of":"a route"}',
    "/view": "[1]",
    "/stated": "7",
    "/page": "<p>",
    "/response": "r",
    "/error": '404 {"not":"found"}',
    "/nowhere": '404 {"not":"found"}',
  };
  for (const [path, answer] of Object.entries(answers)) {
    assertEquals(await textOf(app, path), answer, path);
  }
});

Deno.test("setDefaultRenderer() takes a template or a function, wherever it is stated", async () => {
  const byTemplate = new Configurator().addRoute("x", "/x").setDefaultRenderer("page.eta")
    .addView(() => 1, { routeName: "x" }).addRenderer(".eta", telling("eta")).makeApp();
  assertEquals(await textOf(byTemplate, "/x"), "eta page.eta 1");
  const byFunction = new Configurator().setDefaultRenderer(telling("mine"))
    .addRoute("x", "/x", { view: () => 1 }).makeApp();
  assertEquals((await ask(byFunction, "/x")).status, 200);
});

Deno.test("setDefaultRenderer() of a scoped part holds for the part alone", async () => {
  const app = new Configurator().setDefaultRenderer("json")
    .addRoute("app", "/app", { view: () => 1 })
    .include((part) => {
      part.addRenderer(".eta", telling("eta")).setDefaultRenderer("part.eta")
        .addRoute("part", "/view", { view: () => 2 })
        .addNotFoundView(() => 3);
    }, { routePrefix: "/part", scoped: true })
    .include((part) => {
      part.addRoute("plain", "/view", { view: () => 4 });
    }, { routePrefix: "/plain", scoped: true })
    .makeApp();
  assertEquals(await textOf(app, "/app"), "1");
  assertEquals(await textOf(app, "/part/view"), "eta part.eta 2");
  assertEquals((await textOf(app, "/part/nowhere")).replace(/^404 /, ""), "eta part.eta 3");
  assertEquals(await textOf(app, "/plain/view"), "4");
});

Deno.test("an app with a default renderer includes a part of any app", async () => {
  function part(config: AnyConfigurator) {
    config.addRoute("part", "/part", { view: () => html`part` });
  }
  const app = new Configurator().setDefaultRenderer("json").include(part)
    .addRequestMethod("one", () => 1)
    .addRoute("own", "/own", { view: (request) => request.one() }).makeApp();
  assertEquals([await textOf(app, "/part"), await textOf(app, "/own")], ["part", "1"]);
});

Deno.test("setDefaultRenderer() refuses what is no renderer, and a second one", async (t) => {
  await t.step("no name", () => {
    assertThrows(
      () => new Configurator().setDefaultRenderer(7 as never),
      ConfigurationError,
      "Cannot use the default renderer: must be the name of a renderer or a function, not the number 7",
    );
  });
  await t.step("a name without a renderer, even if no view needs it", () => {
    const config = new Configurator().setDefaultRenderer("jsn");
    const { message } = assertThrows(() => config.makeApp(), ConfigurationError);
    assertEquals(
      message.replace(/file:\S+\/(plan_renderers_test\.ts):\d+/, "$1"),
      'Cannot add the default renderer set at plan_renderers_test.ts: Cannot render by "jsn": there is no such renderer: did you mean "json"?',
    );
  });
  await t.step("a second one", () => {
    const config = new Configurator().setDefaultRenderer("json").setDefaultRenderer("text");
    assertThrows(() => config.makeApp(), ConfigurationConflictError, "the default renderer");
  });
});
