/**
 * What a view answers, in words: two that say the same conflict, two that do not do not.
 *
 * @module
 */

import { assertEquals, assertNotEquals, assertThrows } from "jsr:@std/assert@^1.0.0";
import {
  ConfigurationConflictError,
  ConfigurationError,
  Configurator,
  html,
  not,
  route,
  type ViewOptions,
} from "@pyramidion/pyramidion";
import { ownPart } from "../../lib/configurator/includes.ts";
import { StatedView } from "../../lib/configurator/view_statement.ts";
import { SourceLocation } from "../../lib/source_location.ts";

const first = () => html`first`, second = () => html`second`;
const today = new Date();

/** What a view is called where it conflicts. */
function subjectOf(options: ViewOptions): string {
  return new StatedView(first, options, { part: ownPart(), place: new SourceLocation() }).subject;
}

function configured(one: ViewOptions, other: ViewOptions): Configurator {
  return new Configurator().addRoute("x", "/:id")
    .addViewPredicate("day", (value) => ({ text: `day ${value}`, holds: () => true }))
    .addViewPredicate("night", (value) => ({ text: `night ${value}`, holds: () => true }))
    .addView(first, { routeName: "x", ...one })
    .addView(second, { routeName: "x", ...other });
}

Deno.test("two views that state the same conflict, in whatever order they state it", async (t) => {
  const rows: Record<string, [one: ViewOptions, other: ViewOptions]> = {
    "nothing": [{}, {}],
    "methods": [{ requestMethod: ["PUT", "PATCH"] }, { requestMethod: ["PATCH", "PUT"] }],
    "GET, and HEAD that it implies": [{ requestMethod: "GET" }, { requestMethod: ["HEAD", "GET"] }],
    "not a method": [{ requestMethod: not("GET") }, { requestMethod: not(["HEAD", "GET"]) }],
    "a list of one": [{ requestParam: "a" }, { requestParam: ["a"] }],
    "parameters": [{ requestParam: ["a", "b=1"] }, { requestParam: ["b=1", "a"] }],
    "captured parameters": [{ matchParam: ["id=1", "id=2"] }, { matchParam: ["id=2", "id=1"] }],
    "headers, in other capitals": [{ header: ["X-A", "X-B"] }, { header: ["x-b", "x-a"] }],
    "media types": [
      { accept: ["text/html", "Text/Plain"] },
      { accept: ["text/plain", "text/html"] },
    ],
    "predicates of the app's own": [
      { custom: { day: 1, night: 2 } },
      { custom: { night: 2, day: 1 } },
    ],
    "one object": [{ custom: { day: today } }, { custom: { day: today } }],
    "not one object": [{ custom: { day: not(today) } }, { custom: { day: not(today) } }],
    "lists": [{ custom: { day: [1, "2"] } }, { custom: { day: [1, "2"] } }],
    "kinds": [
      { requestParam: "a", header: "X-A", requestMethod: "GET" },
      { requestMethod: "GET", header: "X-A", requestParam: "a" },
    ],
    "what is no predicate": [
      { renderer: "json", httpCache: 5 },
      { permission: "read", requireCsrf: false },
    ],
  };
  for (const [name, [one, other]] of Object.entries(rows)) {
    await t.step(name, () => {
      assertThrows(() => configured(one, other).makeApp(), ConfigurationConflictError);
    });
  }
});

Deno.test("two views that state something else do not conflict", async (t) => {
  const rows: Record<string, [one: ViewOptions, other: ViewOptions]> = {
    "another method": [{ requestMethod: "GET" }, { requestMethod: "POST" }],
    "all methods, and those of a view that names none": [{}, { requestMethod: "*" }],
    "GET, and no method, which comes to the same": [{}, { requestMethod: "GET" }],
    "a parameter, and its value": [{ requestParam: "a" }, { requestParam: "a=" }],
    "a predicate, and its opposite": [{ requestParam: "a" }, { requestParam: not("a") }],
    "another case in a header's expression": [{ header: "X-A:a" }, { header: "X-A:A" }],
    "another kind": [{ requestParam: "id=1" }, { matchParam: "id=1" }],
    "another object": [{ custom: { day: today } }, { custom: { day: new Date() } }],
    "another function": [{ custom: { day: () => 1 } }, { custom: { day: () => 1 } }],
    "another predicate of the app's own": [{ custom: { day: 1 } }, { custom: { night: 1 } }],
    "one more": [{ custom: { day: 1 } }, { custom: { day: 1 }, requestParam: "a" }],
  };
  for (const [name, [one, other]] of Object.entries(rows)) {
    await t.step(name, () => void configured(one, other).makeApp());
  }
});

Deno.test("StatedView.subject says what is stated, for people", () => {
  assertEquals(subjectOf({ routeName: "x" }), 'the view of route "x" for the default methods');
  assertEquals(
    subjectOf({
      route: route("y", "/y"),
      requestMethod: "*",
      requestParam: "a",
      custom: { day: 1 },
    }),
    'the view of route "y" for * where requestParam a, day 1',
  );
});

Deno.test("StatedView.subject tells a text from a list, and a list from what it is made of", () => {
  const said = (day: unknown) => subjectOf({ routeName: "x", custom: { day } });
  assertNotEquals(said(["a", "b"]), said("a b"));
  assertNotEquals(said([["a"], "b"]), said([["a", "b"]]));
  assertEquals(said(null), said(null));
  assertNotEquals(said(null), said(undefined));
});

Deno.test("StatedView refuses a predicate that is not of its form", () => {
  assertThrows(() => subjectOf({ routeName: "x", requestParam: "" }), ConfigurationError);
});
