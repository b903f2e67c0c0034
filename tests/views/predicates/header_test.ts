/**
 * The predicate on headers.
 *
 * @module
 */

import { assert, assertEquals, assertThrows } from "jsr:@std/assert@^1.0.0";
import { ConfigurationError, Configurator, html, not } from "@pyramidion/pyramidion";
import { textOf } from "../../ask.ts";
import { type HeaderConditions, headerPredicate } from "../../../lib/views/predicates/header.ts";

Deno.test("header holds where every header is there and begins as its expression says", async (t) => {
  const rows: Record<string, [stated: HeaderConditions, headers: HeadersInit, holds: boolean]> = {
    "there": ["X-Api", { "X-Api": "1" }, true],
    "there, empty": ["X-Api", { "X-Api": "" }, true],
    "there, spelled otherwise": ["X-API", { "x-api": "1" }, true],
    "missing": ["X-Api", {}, false],
    "begins as stated": ["X-Api:v[12]", { "X-Api": "v1.5" }, true],
    "begins otherwise": ["X-Api:v[12]", { "X-Api": "v3" }, false],
    "has it later": ["X-Api:v[12]", { "X-Api": "api v1" }, false],
    "ends as stated": ["X-Api:v1$", { "X-Api": "v1" }, true],
    "goes on where it has to end": ["X-Api:v1$", { "X-Api": "v1.5" }, false],
    "of two choices the second": ["X-Api:v1|v2", { "X-Api": "v2" }, true],
    "has the second of two choices later": ["X-Api:v1|v2", { "X-Api": "xv2" }, false],
    "in other capitals": ["X-Api:v1", { "X-Api": "V1" }, false],
    "with a colon": ["X-Time:12:\\d\\d", { "X-Time": "12:30" }, true],
    "an empty expression": ["X-Api:", { "X-Api": "1" }, true],
    "an empty expression, and missing": ["X-Api:", {}, false],
    "all of a list": [["X-A", "X-B:1"], { "X-A": "0", "X-B": "1" }, true],
    "one of a list is missing": [["X-A", "X-B:1"], { "X-A": "0" }, false],
  };
  for (const [name, [header, headers, holds]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const app = new Configurator().addRoute("x", "/x")
        .addView(() => html`held`, { routeName: "x", header })
        .addView(() => html`else`, { routeName: "x" })
        .makeApp();
      assertEquals(await textOf(app, "/x", { headers }), holds ? "held" : "else");
    });
  }
});

Deno.test("a route's header tries the next route where it does not hold", async () => {
  const app = new Configurator()
    .addRoute("api", "/x", { header: "X-Api", view: () => html`api` })
    .addRoute("page", "/x", { view: () => html`page` })
    .makeApp();
  assertEquals(await textOf(app, "/x", { headers: { "x-api": "1" } }), "api");
  assertEquals(await textOf(app, "/x"), "page");
});

Deno.test("header says the same in whatever order, and whatever capitals the names have", () => {
  const { text } = headerPredicate(["X-B:Ab", "X-A"]);
  assertEquals(text, "header x-a x-b:Ab");
  assertEquals(headerPredicate(["x-a", "x-b:Ab"]).text, text);
  assert(headerPredicate(["x-a", "x-b:ab"]).text !== text);
});

Deno.test("header refuses what is no name, what is no expression, and what could take for ever", async (t) => {
  const rows: Record<string, [stated: HeaderConditions, message: string]> = {
    "empty": [
      "",
      'Cannot use header "": must be a header\'s name, or a name, a colon and a regular expression',
    ],
    "a colon alone": [
      ":a",
      'Cannot use header ":a": must be a header\'s name, or a name, a colon and a regular expression',
    ],
    "with a space": [
      "X Api",
      'Cannot use header "X Api": must be a header\'s name, or a name, a colon and a regular expression',
    ],
    "in a list": [
      ["X-A", "é"],
      'Cannot use header "é": must be a header\'s name, or a name, a colon and a regular expression',
    ],
    "an empty list": [
      [],
      'Cannot use header: it has no name: write one such as "X-Api", or leave header out',
    ],
    "no expression": [
      "X-A:(",
      'Cannot use header "X-A:(": the text after the colon is not a regular expression: Invalid regular expression: /^(?:()/: Unterminated group',
    ],
    "an exponential expression": [
      "X-A:(?:a+)+b",
      'Cannot use header "X-A:(?:a+)+b": the expression repeats a group that has a quantifier or "|" in it, and a hostile header could keep the server busy for hours: write a class such as [ab] or alternatives that are not repeated',
    ],
    "repeated alternatives": [
      "X-A:(?:a|a)*b",
      'Cannot use header "X-A:(?:a|a)*b": the expression repeats a group that has a quantifier or "|" in it, and a hostile header could keep the server busy for hours: write a class such as [ab] or alternatives that are not repeated',
    ],
    "repeated alternatives behind a class of a bracket": [
      "X-A:[[](?:a|a)*b",
      'Cannot use header "X-A:[[](?:a|a)*b": the expression repeats a group that has a quantifier or "|" in it, and a hostile header could keep the server busy for hours: write a class such as [ab] or alternatives that are not repeated',
    ],
    "more parts of variable length than can be tried": [
      `X-A:${"a?".repeat(30)}b`,
      `Cannot use header "X-A:${
        "a?".repeat(30)
      }b": the expression has so many parts of variable length that a header of more than 0 characters could keep the server busy: write fewer of them`,
    ],
  };
  for (const [name, [header, message]] of Object.entries(rows)) {
    await t.step(name, () => {
      const error = assertThrows(() => headerPredicate(header), ConfigurationError);
      assertEquals(error.message, message);
      assertThrows(
        () => new Configurator().addView(() => html``, { routeName: "x", header }),
        ConfigurationError,
        message,
      );
      assertThrows(
        () => new Configurator().addRoute("x", "/x", { header }).makeApp(),
        ConfigurationError,
        message,
      );
    });
  }
});

Deno.test("header answers 431 where a header is too long for its expression, whatever it would say", async (t) => {
  const page = () => html`held`;
  const rows: Record<string, [header: HeaderConditions, value: string, status: number]> = {
    "one part of variable length, 16 KB": ["X-A:a*b", "a".repeat(16_384), 404],
    "two parts, 6,323 characters": ["X-A:a*a*b", "a".repeat(6_323), 404],
    "two parts, 6,324 characters": ["X-A:a*a*b", "a".repeat(6_324), 431],
    "two parts, 6,324 characters that hold": ["X-A:a*a*b", `${"a".repeat(6_323)}b`, 431],
    "four parts, 145 characters": ["X-A:a*a*a*a*b", "a".repeat(145), 404],
    "four parts, 16 KB": ["X-A:a*a*a*a*b", "a".repeat(16_384), 431],
    "no expression, 16 KB": ["X-A", "a".repeat(16_384), 200],
  };
  for (const [name, [header, value, status]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const ofView = new Configurator().addRoute("x", "/x")
        .addView(page, { routeName: "x", header }).makeApp();
      const ofRoute = new Configurator().addRoute("x", "/x", { header, view: page }).makeApp();
      for (const app of [ofView, ofRoute]) {
        const request = new Request("https://app.test/x", { headers: { "X-A": value } });
        assertEquals((await app.fetch(request)).status, status);
      }
    });
  }
  await t.step("turned round", async () => {
    const app = new Configurator().addRoute("x", "/x")
      .addView(page, { routeName: "x", header: not("X-A:a*a*b") }).makeApp();
    const headers = { "X-A": "a".repeat(16_384) };
    const request = new Request("https://app.test/x", { headers });
    assertEquals((await app.fetch(request)).status, 431);
  });
});
