/**
 * `matchParam`: what the route's pattern captured.
 *
 * @module
 */

import { assertEquals, assertThrows } from "jsr:@std/assert@^1.0.0";
import { ConfigurationError, Configurator, html, not, route } from "@pyramidion/pyramidion";
import { textOf } from "../../ask.ts";
import { MATCH_PARAM, matchParamPredicate } from "../../../lib/views/predicates/match_param.ts";

Deno.test("matchParam holds where the pattern captured what is stated", async () => {
  const app = new Configurator().addRoute("x", "/:action/:id?")
    .addView(() => html`edit 7`, { routeName: "x", matchParam: ["action=edit", "id=7"] })
    .addView(() => html`edit`, { routeName: "x", matchParam: "action=edit" })
    .addView(() => html`é`, { routeName: "x", matchParam: "action=é" })
    .addView(() => html`else`, { routeName: "x" })
    .makeApp();
  for (
    const [path, answer] of [["/edit/7", "edit 7"], ["/edit/8", "edit"], ["/edit", "edit"], [
      "/%C3%A9",
      "é",
    ], ["/x", "else"]] as const
  ) {
    assertEquals(await textOf(app, path), answer);
  }
});

Deno.test("matchParam says the same in whatever order its conditions are stated", () => {
  assertEquals(matchParamPredicate(["b=2", "a=1"]).text, "matchParam a=1 b=2");
  assertEquals(matchParamPredicate(["a=1", "b=2"]).text, "matchParam a=1 b=2");
});

Deno.test("matchParam refuses what has no name, and what has no value", async (t) => {
  const rows: Record<string, [make: () => unknown, message: string]> = {
    "matchParam empty": [
      () => matchParamPredicate(""),
      'Cannot use matchParam: it has no name: write "name" or "name=value"',
    ],
    "matchParam without a value": [
      () => matchParamPredicate("action"),
      'Cannot use matchParam "action": must be a name and a value, such as "action=edit"',
    ],
  };
  for (const [name, [make, message]] of Object.entries(rows)) {
    await t.step(name, () => {
      assertEquals(assertThrows(make, ConfigurationError).message, message);
    });
  }
});

Deno.test("matchParam refuses a route whose pattern captures no such parameter, turned round too", () => {
  const [fit, unfit] = [route("fit", "/:action/:id"), route("unfit", "/:action")];
  for (const matchParam of [["action=edit", "id=7=8"], not(["action=edit", "id=7=8"])]) {
    const predicate = MATCH_PARAM.predicate({ matchParam }, false);
    predicate?.checkRoute?.(fit);
    const { message } = assertThrows(() => predicate?.checkRoute?.(unfit), ConfigurationError);
    assertEquals(
      message,
      'Cannot use matchParam "id": the pattern "/:action" captures no such parameter',
    );
  }
});
