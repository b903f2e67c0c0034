/**
 * From what a view returned to a response.
 *
 * @module
 */

import { assertEquals, assertInstanceOf, assertMatch, assertThrows } from "jsr:@std/assert@^1.0.0";
import {
  ConfigurationError,
  Configurator,
  html,
  HttpNotFound,
  json,
  redirect,
  type Renderer,
} from "@pyramidion/pyramidion";
import { ask, textOf } from "../ask.ts";
import { recordingLogger } from "../sample_app.ts";

/** What a renderer makes of a value: content type and text. */
async function rendered(renderer: string | Renderer, value: unknown): Promise<string[]> {
  const app = new Configurator().addRoute("x", "/x")
    .addView(() => value, { routeName: "x", renderer }).makeApp();
  const response = await ask(app, "/x");
  return [response.headers.get("content-type") ?? "", await response.text()];
}

Deno.test("the built-in renderers write JSON, text, and HTML with what is text escaped", async (t) => {
  const JSON_TYPE = "application/json", TEXT = "text/plain; charset=utf-8";
  const HTML = "text/html; charset=utf-8";
  const rows: Record<string, [renderer: string, value: unknown, type: string, text: string]> = {
    "json of an object": ["json", { a: [1, "é", null] }, JSON_TYPE, '{"a":[1,"é",null]}'],
    "json of a text": ["json", "<b>", JSON_TYPE, '"<b>"'],
    "json of null": ["json", null, JSON_TYPE, "null"],
    "json of what has toJSON": ["json", { toJSON: () => 7 }, JSON_TYPE, "7"],
    "text of a text": ["text", "<b>", TEXT, "<b>"],
    "text of a number": ["text", 7, TEXT, "7"],
    "string, which is Pyramid's name of it": ["string", [1, "<"], TEXT, "1,<"],
    "html of a text": ["html", "<b>", HTML, "&lt;b&gt;"],
    "html of a number": ["html", 7, HTML, "7"],
    "html of markup": ["html", html`<b>${"<i>"}</b>`, HTML, "<b>&lt;i&gt;</b>"],
  };
  for (const [name, [renderer, value, type, text]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const [gotType, gotText] = await rendered(renderer, value);
      assertEquals([gotType?.toLowerCase(), gotText], [type, text]);
    });
  }
});

Deno.test("a renderer is not asked for what is a response already, a promised one included", async (t) => {
  const renderer: Renderer = () => html`rendered`;
  const rows: Record<string, [value: () => unknown, answer: string]> = {
    "a response": [() => new Response("done", { status: 201 }), "201 done"],
    "markup": [() => html`done`, "done"],
    "an error": [() => new HttpNotFound(), "404"],
    "a redirection": [() => redirect("/y"), "302"],
    "a promise of a response": [() => Promise.resolve(new Response("done")), "done"],
    "a value": [() => "value", "rendered"],
    "a promise of a value": [() => Promise.resolve("value"), "rendered"],
    "undefined": [() => undefined, "rendered"],
  };
  for (const [name, [value, answer]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const app = new Configurator().addRoute("x", "/x")
        .addView(value, { routeName: "x", renderer }).makeApp();
      assertEquals((await textOf(app, "/x")).slice(0, answer.length), answer);
    });
  }
});

Deno.test("addRenderer() names a renderer, which gets the value and the request and may take its time", async () => {
  const app = new Configurator()
    .addRoute("x", "/x").addView(() => [1, 2], { routeName: "x", renderer: "csv" })
    .addRenderer("csv", async (value, request) => {
      await Promise.resolve();
      return new Response(`${request.url.pathname};${String(value)}`, {
        headers: { "content-type": "text/csv" },
      });
    })
    .makeApp();
  const response = await ask(app, "/x");
  assertEquals([response.headers.get("content-type"), await response.text()], [
    "text/csv",
    "/x;1,2",
  ]);
});

Deno.test("addRenderer() replaces a built-in renderer, for one app", async () => {
  const configured = () =>
    new Configurator().addRoute("x", "/x")
      .addView(() => 7, { routeName: "x", renderer: "json" });
  const app = configured().addRenderer("json", (value) => json({ value })).makeApp();
  assertEquals(await textOf(app, "/x"), '{"value":7}');
  assertEquals(await textOf(configured().makeApp(), "/x"), "7");
});

Deno.test("exception views can have renderers, by name or as functions", async () => {
  const app = new Configurator()
    .addRoute("x", "/x", {
      view: () => {
        throw new RangeError("too far");
      },
    })
    .addExceptionView(({ message }) => ({ message }), { context: RangeError, renderer: "json" })
    .addNotFoundView(({ name }) => name, {
      renderer: (value) => new Response(String(value), { status: 404 }),
    })
    .addForbiddenView(({ name }) => name, { renderer: "text" })
    .addRoute("secret", "/secret")
    .addView(() => html`secret`, { routeName: "secret", permission: "see" })
    .setSecurityPolicy({ identity: () => null, permits: () => false })
    .makeApp();
  assertEquals(await textOf(app, "/x"), '500 {"message":"too far"}');
  assertEquals(await textOf(app, "/y"), "404 HttpNotFound");
  assertEquals(await textOf(app, "/secret"), "403 HttpForbidden");
});

Deno.test("an exception view's renderer is not asked for what is a response already", async () => {
  for (
    const [done, answer] of [[html`done`, "404 done"], [new Response("done"), "done"]] as const
  ) {
    const app = new Configurator()
      .addNotFoundView(() => done, { renderer: () => html`rendered` }).makeApp();
    assertEquals(await textOf(app, "/x"), answer);
  }
});

Deno.test("an unknown renderer is refused when the app is made, with the one that may be meant", () => {
  const unknown = (renderer: string) => () =>
    new Configurator().addRoute("x", "/x").addView(() => 1, { routeName: "x", renderer }).makeApp();
  const { message } = assertThrows(unknown("jsn"), ConfigurationError);
  assertEquals(
    message.replace(/file:\S+\/(handler_renderers_test\.ts):\d+/, "$1"),
    'Cannot add view at handler_renderers_test.ts: Cannot render by "jsn": there is no such renderer: did you mean "json"?',
  );
  assertThrows(
    unknown("mako"),
    ConfigurationError,
    'Cannot render by "mako": there is no such renderer: write config.addRenderer("mako", …)',
  );
  assertThrows(
    () => new Configurator().addNotFoundView(() => 1, { renderer: "jsn" }).makeApp(),
    ConfigurationError,
    'did you mean "json"?',
  );
});

Deno.test("what a renderer gives that is no response is an error that names the view", async () => {
  const logger = recordingLogger();
  const text = (() => "text") as unknown as Renderer;
  const app = new Configurator({ logger }).addRoute("x", "/x")
    .addView(function show() {
      return 1;
    }, { routeName: "x", renderer: text }).makeApp();
  assertEquals((await ask(app, "/x")).status, 500);
  const cause = logger.errors[0]?.cause;
  assertInstanceOf(cause, TypeError);
  assertMatch(
    cause.message,
    /^Cannot answer with what the renderer of view show at \S+\/handler_renderers_test\.ts:\d+ returned/,
  );
});

Deno.test("json of nothing is an error, since a return may be missing", async () => {
  const logger = recordingLogger();
  const app = new Configurator({ logger }).addRoute("x", "/x")
    .addView(() => {}, { routeName: "x", renderer: "json" }).makeApp();
  assertEquals((await ask(app, "/x")).status, 500);
  assertEquals(logger.errors.length, 1);
  assertMatch(
    String(logger.errors[0]?.cause),
    /^TypeError: Cannot render what view at \S+\/handler_renderers_test\.ts:\d+ returned: JSON has no text for undefined: an await or a return may be missing; write return null where there is nothing to say$/,
  );
});
