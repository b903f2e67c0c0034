/**
 * What is refused of a view when the app is made.
 *
 * @module
 */

import { assertEquals, assertMatch, assertThrows } from "jsr:@std/assert@^1.0.0";
import {
  ConfigurationError,
  Configurator,
  html,
  not,
  type ViewOptions,
} from "@pyramidion/pyramidion";

/** The message with which a view of `/:action/:id?` is refused. */
function refusal(options: ViewOptions, pattern = "/:action/:id?"): string {
  const config = new Configurator().addRoute("x", pattern)
    .addView(function show() {
      return html`x`;
    }, { routeName: "x", ...options });
  const { message } = assertThrows(() => config.makeApp(), ConfigurationError);
  return message.replace(/file:\S+\/(view_assembly_test\.ts):\d+/, "$1");
}

Deno.test("matchParam of what the pattern does not capture is refused, with what may be meant", async (t) => {
  const begin = "Cannot add view show at view_assembly_test.ts: Cannot use matchParam";
  const captures = 'the pattern "/:action/:id?" captures no such parameter';
  const rows: Record<string, [options: ViewOptions, message: string]> = {
    "nearly right": [
      { matchParam: "acton=edit" },
      `${begin} "acton": ${captures}: did you mean "action"?`,
    ],
    "far off": [{ matchParam: "moon=full" }, `${begin} "moon": ${captures}`],
    "in a list": [{ matchParam: ["id=7", "moon=full"] }, `${begin} "moon": ${captures}`],
    "in not()": [{ matchParam: not("moon=full") }, `${begin} "moon": ${captures}`],
    "a member of every object": [
      { matchParam: "constructor=1" },
      `${begin} "constructor": ${captures}`,
    ],
  };
  for (const [name, [options, message]] of Object.entries(rows)) {
    await t.step(name, () => assertEquals(refusal(options), message));
  }
});

Deno.test("matchParam of what the pattern captures is taken, stars and prefixes included", () => {
  const view = () => html`x`;
  new Configurator()
    .addRoute("files", "/files/*").addView(view, { routeName: "files", matchParam: "0=a/b" })
    .include((config) => {
      config.addRoute("x", "/x").addView(view, { routeName: "x", matchParam: "lang=de" });
    }, { routePrefix: "/:lang" })
    .makeApp();
});

Deno.test("makeApp() refuses a view whose methods its route does not match", () => {
  const config = new Configurator()
    .addRoute("x", "/x", { requestMethod: "GET" })
    .addView(function save() {
      return html`x`;
    }, { routeName: "x", requestMethod: "POST" });
  assertMatch(
    assertThrows(() => config.makeApp(), ConfigurationError).message,
    /^Cannot add view save at \S+: Cannot use requestMethod POST: route "x" matches only GET HEAD: write one of these methods$/,
  );
});
