/**
 * What views are called in messages: by their name, and without one by their file and line.
 *
 * @module
 */

import { assertEquals, assertMatch, assertThrows } from "jsr:@std/assert@^1.0.0";
import { Configurator, html, viewConfig } from "@pyramidion/pyramidion";
import { ask } from "../ask.ts";
import { recordingLogger } from "../sample_app.ts";

const HERE = /^view at file:\/\/\/\S+\/view_label_test\.ts:\d+$/;

Deno.test("a view without a name is called by its file and line in the report and by explain()", async (t) => {
  const named = { view: () => html`x` };
  const rows: Record<string, (config: Configurator) => unknown> = {
    "an arrow": (config) => config.addView(() => html`x`, { routeName: "x" }),
    "the option view": (config) => config.addRoute("y", "/y", { view: () => html`x` }),
    "a function that is called view": (config) => config.addView(named.view, { routeName: "x" }),
    "a marked default export": (config) =>
      config.scan({ default: viewConfig({ routeName: "x" }, () => html`x`) }),
  };
  for (const [name, state] of Object.entries(rows)) {
    await t.step(name, async () => {
      const config = new Configurator().addRoute("x", "/x");
      state(config);
      const app = config.makeApp();
      const view = app.report.routes.flatMap(({ views }) => views)[0];
      assertMatch(view?.name ?? "", HERE);
      assertEquals(view?.name, `view at ${view?.place}`);
      const path = app.report.routes.find(({ views }) => views.length > 0)?.pattern;
      const { views } = await app.explain(new Request(`https://app.test${path}`));
      assertMatch(views[0]?.name ?? "", HERE);
    });
  }
});

Deno.test("a marked default export is called by the name of its function, where it has one", () => {
  function show() {
    return html`x`;
  }
  const marked = viewConfig({ routeName: "x" }, show);
  const { routes } = new Configurator().addRoute("x", "/x").scan({ default: marked }).makeApp()
    .report;
  assertEquals(routes[0]?.views[0]?.name, "view show");
});

Deno.test("no message says a view, view view or (unnamed)", async () => {
  const logger = recordingLogger();
  const said: string[] = [];
  const refused = (state: (config: Configurator) => unknown) => {
    const config = new Configurator({ logger }).addRoute("x", "/x");
    said.push(assertThrows(() => (state(config), config.makeApp()), Error).message);
  };
  refused((config) => config.addRoute("y", "/y", { view: () => html`x` }).addRoute("y", "/z"));
  refused((config) => {
    config.addView(() => html`x`, { routeName: "x" });
    config.addView(() => html`y`, { routeName: "x" });
  });
  refused((config) => config.addView(() => html`x`, {} as never));
  refused((config) => config.addView(() => html`x`, { routeName: "x", requireCsrf: true }));
  refused((config) => config.addView(() => html`x`, { routeName: "x", permission: "edit" }));
  refused((config) => config.addView(() => html`x`, { routeName: "z" }));
  refused((config) => config.addView(() => html`x`, { routeName: "x", methods: [] } as never));
  refused((config) => config.include((async () => {}) as never));
  const app = new Configurator({ logger })
    .addRoute("x", "/x", { view: (() => {}) as never }).makeApp();
  await ask(app, "/x");
  said.push(...logger.errors.map(({ cause }) => String(cause)));
  assertEquals(said.length, 9);
  for (const message of said) {
    assertMatch(message, /view_label_test\.ts:\d+/);
    assertEquals(/\ba view\b(?! of a)|view view|unnamed|include ""/.test(message), false, message);
  }
});
