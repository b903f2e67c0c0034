/**
 * `MethodPredicate`: which methods a view answers.
 *
 * @module
 */

import { assertEquals, assertThrows } from "jsr:@std/assert@^1.0.0";
import { Configurator, html, type ViewOptions } from "@pyramidion/pyramidion";
import { ConfigurationError } from "../../../lib/configuration_error.ts";
import { MethodPredicate, type RequestMethod } from "../../../lib/views/predicates/method.ts";
import { type Not, not } from "../../../lib/views/predicates/predicate.ts";
import { textOf } from "../../ask.ts";

Deno.test("MethodPredicate holds for the methods that are named, and GET implies HEAD", async (t) => {
  type Row = [stated: RequestMethod | undefined, methods: string[] | null, stated: boolean];
  const rows: Record<string, Row> = {
    "nothing named": [undefined, ["GET", "HEAD"], false],
    "GET": ["GET", ["GET", "HEAD"], true],
    "HEAD alone": ["HEAD", ["HEAD"], true],
    "POST": ["POST", ["POST"], true],
    "several": [["PUT", "GET", "DELETE"], ["DELETE", "GET", "HEAD", "PUT"], true],
    "one twice": [["PUT", "PUT"], ["PUT"], true],
    "a method of one's own": ["VERSION-CONTROL", ["VERSION-CONTROL"], true],
  };
  const all = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "VERSION-CONTROL"];
  for (const [name, [stated, methods, isStated]] of Object.entries(rows)) {
    await t.step(name, () => {
      const predicate = new MethodPredicate(stated);
      assertEquals(predicate.methods, methods);
      assertEquals(all.filter((method) => predicate.holds(method)).sort(), methods);
      assertEquals(predicate.isStated, isStated);
      assertEquals(String(predicate), methods?.join(" "));
    });
  }
});

Deno.test('MethodPredicate of "*" holds for every method', () => {
  const predicate = new MethodPredicate("*");
  assertEquals(predicate.methods, null);
  assertEquals(["GET", "PROPFIND", "x"].map((method) => predicate.holds(method)), [
    true,
    true,
    true,
  ]);
  assertEquals(String(predicate), "*");
});

Deno.test("MethodPredicate of not() holds for all other methods; not GET is not HEAD either", async (t) => {
  const rows: Record<string, [stated: RequestMethod, methods: string[], text: string]> = {
    "GET": ["GET", ["DELETE", "POST", "PUT"], "not GET HEAD"],
    "several": [["PUT", "POST"], ["DELETE", "GET", "HEAD"], "not POST PUT"],
  };
  for (const [name, [stated, methods, text]] of Object.entries(rows)) {
    await t.step(name, () => {
      const predicate = new MethodPredicate(not(stated));
      const all = ["DELETE", "GET", "HEAD", "POST", "PUT"];
      assertEquals(all.filter((method) => predicate.holds(method)), methods);
      assertEquals([predicate.methods, predicate.isStated, String(predicate)], [null, true, text]);
    });
  }
});

Deno.test("MethodPredicate takes another default, as routes have it", () => {
  assertEquals(String(new MethodPredicate(undefined, "*")), "*");
});

Deno.test("MethodPredicate compares methods exactly: they are case-sensitive (RFC 9110, 9.1)", () => {
  const predicate = new MethodPredicate("PATCH");
  assertEquals([predicate.holds("PATCH"), predicate.holds("patch")], [true, false]);
});

Deno.test("MethodPredicate refuses what is no method in capitals", async (t) => {
  const rows: Record<string, [stated: RequestMethod | Not<RequestMethod>, message: string]> = {
    "small letters": [
      "get",
      'Cannot use requestMethod "get": must be a method in capitals: write "GET"',
    ],
    "one of several": [
      ["GET", "Post"],
      'Cannot use requestMethod "Post": must be a method in capitals: write "POST"',
    ],
    "nothing": ["", 'Cannot use requestMethod "": must be a method in capitals'],
    "two in one": [
      "GET, POST",
      'Cannot use requestMethod "GET, POST": must be a method in capitals',
    ],
    "the star in a list": [
      ["*"],
      'Cannot use requestMethod "*": must be a method in capitals',
    ],
    "an empty list": [
      [],
      'Cannot use requestMethod: it has no method: write one such as "GET", or "*" for all',
    ],
    "not all": [
      not("*"),
      'Cannot use requestMethod not("*"): it leaves no method: write the methods that the view answers',
    ],
  };
  for (const [name, [stated, message]] of Object.entries(rows)) {
    await t.step(name, () => {
      const error = assertThrows(() => new MethodPredicate(stated), ConfigurationError);
      assertEquals(error.message, message);
    });
  }
});

Deno.test("MethodPredicate.meets() tells whether some request could be answered by both", async (t) => {
  type Row = [one: MethodPredicate, other: MethodPredicate, meets: boolean];
  const of = (stated: RequestMethod | Not<RequestMethod>) => new MethodPredicate(stated);
  const rows: Record<string, Row> = {
    "the same": [of("POST"), of("POST"), true],
    "GET implies HEAD": [of("GET"), of("HEAD"), true],
    "apart": [of("POST"), of("GET"), false],
    "all": [of("PURGE"), of("*"), true],
    "all but it": [of("POST"), of(not("POST")), false],
    "all but another, of a method that is not common": [of("PURGE"), of(not("POST")), true],
    "all but every common one": [
      of(not(["DELETE", "GET", "OPTIONS", "PATCH", "POST", "PUT"])),
      of(not("PURGE")),
      true,
    ],
  };
  for (const [name, [one, other, meets]] of Object.entries(rows)) {
    await t.step(name, () => assertEquals([one.meets(other), other.meets(one)], [meets, meets]));
  }
});

Deno.test("a view that names methods goes before one of the default methods, and this before one of all, however they are declared", async () => {
  const views: Readonly<Record<string, ViewOptions>> = {
    all: { requestMethod: "*" },
    default: {},
    named: { requestMethod: "GET" },
  };
  for (const names of [Object.keys(views), Object.keys(views).toReversed()]) {
    for (
      const [stated, answer] of [[names, "named"], [
        names.filter((name) => name !== "named"),
        "default",
      ]] as const
    ) {
      const config = new Configurator().addRoute("x", "/x");
      for (const name of stated) {
        config.addView(() => html`${name}`, { routeName: "x", ...views[name] });
      }
      assertEquals(await textOf(config.makeApp(), "/x"), answer);
    }
  }
});
