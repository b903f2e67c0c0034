/**
 * `Plan`: what the statements of a configuration add up to.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import type { Renderer } from "@pyramidion/pyramidion";
import { checkOptions } from "../../lib/check_options.ts";
import { ownPart } from "../../lib/configurator/includes.ts";
import { Plan, REQUEST_METHOD_KINDS } from "../../lib/configurator/plan.ts";
import { StatedRoute } from "../../lib/configurator/route_statement.ts";
import { SourceLocation } from "../../lib/source_location.ts";
import { BUILT_IN_RENDERERS } from "../../lib/views/handler.ts";

Deno.test("Plan begins with the built-in renderers, which it shares with no other", () => {
  const json = BUILT_IN_RENDERERS.get("json");
  const plan = new Plan(false);
  assertEquals([...plan.renderers.keys()], ["json", "text", "string", "html"]);
  const own: Renderer = () => new Response();
  plan.renderers.set("json", own);
  assertEquals(new Plan(false).renderers.get("json"), json);
});

Deno.test("Plan.addRoute() puts a route behind all others, also where one of its key stood before", () => {
  const source = { part: ownPart(), place: new SourceLocation() };
  const stated = (pattern: string) => new StatedRoute("x", pattern, undefined, source);
  const plan = new Plan<object>(false);
  plan.addRoute("a", stated("/first"));
  plan.addRoute("b", stated("/b"));
  plan.addRoute("a", stated("/second"));
  assertEquals([...plan.routes].map(([key, { route }]) => [key, route.pattern]), [
    ["b", "/b"],
    ["a", "/second"],
  ]);
});

Deno.test("REQUEST_METHOD_KINDS take property: true or false", () => {
  for (const property of [true, false]) {
    checkOptions("addRequestMethod()", { property }, REQUEST_METHOD_KINDS);
  }
  assertEquals(REQUEST_METHOD_KINDS.property.is("yes"), false);
});
