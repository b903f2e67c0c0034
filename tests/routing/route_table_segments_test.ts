/**
 * What the browser sent in a path is what the app gets, and what `path()` makes is read back.
 *
 * @module
 */

import { assert, assertEquals, assertThrows } from "jsr:@std/assert@^1.0.0";
import { ConfigurationError, Configurator, json } from "@pyramidion/pyramidion";
import { dummyRequest } from "@pyramidion/pyramidion/testing";
import { HttpBadRequest } from "../../lib/http/errors.ts";
import { route } from "../../lib/configurator/route_statement.ts";
import { type RouteMatch, RouteTable } from "../../lib/routing/route_table.ts";
import { Random } from "../random.ts";

function matchOf(pattern: string, path: string): RouteMatch<null> | null {
  const table = new RouteTable<null>();
  table.add(route("one", pattern, { insecureAllowRegExp: true }), null);
  return table.match(`http://a${path}`);
}

Deno.test("RouteMatch.segments() gives the decoded segments", async (t) => {
  const rows: Record<string, [pattern: string, path: string, key: string, segments: string[]]> = {
    "an expression": ["/x/:rest(.*)", "/x/a/b", "rest", ["a", "b"]],
    "a star, plain": ["/x/*", "/x/a/b", "0", ["a", "b"]],
    "one that repeats": ["/x/:rest+", "/x/a/b", "rest", ["a", "b"]],
    "one that is absent": ["/x/:rest*", "/x", "rest", []],
    "nothing": ["/x/*", "/x/", "0", []],
    "a slash within a segment": ["/x/*", "/x/a%2Fb/c", "0", ["a/b", "c"]],
    "a slash within, not plain": ["/x/:rest(.*)", "/x/a%2Fb/c", "rest", ["a/b", "c"]],
    "empty segments stay": ["/x/*", "/x/a//b/", "0", ["a", "", "b", ""]],
    "a backslash": ["/x/*", "/x/a%5Cb", "0", ["a\\b"]],
    "dots within a segment": ["/x/*", "/x/..%2Fetc", "0", ["../etc"]],
    "one segment": ["/:a/:b", "/a/%C3%A9", "b", ["é"]],
    "with a query": ["/x/*", "/x/a/b?c/d", "0", ["a", "b"]],
  };
  for (const [name, [pattern, path, key, segments]] of Object.entries(rows)) {
    await t.step(name, () => assertEquals(matchOf(pattern, path)?.segments(key), segments));
  }
  await t.step("no such group", () => {
    assertThrows(
      () => matchOf("/:a", "/x")?.segments("b"),
      TypeError,
      'the pattern "/:a" of route "one" has no group of this name',
    );
  });
});

Deno.test("ViewRequest.segments() gives those of the route that matched", async () => {
  const files = route("files", "/files/:rest(.*)");
  const app = new Configurator().addRoute(files)
    .addView((request) => json(request.segments("rest")), { route: files }).makeApp();
  const response = await app.fetch(new Request("https://app.test/files/a/b%2Fc"));
  assertEquals(await response.json(), ["a", "b/c"]);
  assertEquals(dummyRequest({ route: files, matchdict: { rest: "a/b" } }).segments("rest"), [
    "a",
    "b",
  ]);
  assertThrows(() => dummyRequest().segments("rest"), TypeError, "no route matched");
});

Deno.test("RouteMatch: a NUL in a captured value is a 400", async (t) => {
  for (const [pattern, path] of [["/:a", "/%00"], ["/:a(.+)", "/x%00"], ["/x/*", "/x/a/%00b"]]) {
    await t.step(`${pattern} on ${path}`, () => {
      const match = matchOf(pattern!, path!);
      assert(match !== null);
      assertThrows(() => match.matchdict, HttpBadRequest, "holds a NUL");
      const key = pattern!.includes("*") && pattern!.startsWith("/x") ? "0" : "a";
      assertThrows(() => match.segments(key), HttpBadRequest, "holds a NUL");
    });
  }
  await t.step("and path() makes none", () => {
    assertThrows(() => route("one", "/:a").path({ a: "x\0" }), TypeError, "has a NUL");
  });
});

Deno.test("Route.path() keeps the slashes that an expression takes", async (t) => {
  const rows: Record<string, [pattern: string, values: Record<string, string>, path: string]> = {
    "a slash in a class": ["/:a([a-z/]+)", { a: "x/y" }, "/x/y"],
    "a slash as it stands": ["/:a(x/y)", { a: "x/y" }, "/x/y"],
    "anything of a character at least": ["/:a(.+)", { a: "x/y" }, "/x/y"],
    "no slash": ["/:a([^/]+)", { a: "x/y" }, "/x%2Fy"],
    "one of each": ["/:a([^/]+)/:b(.+)", { a: "x/y", b: "x/y" }, "/x%2Fy/x/y"],
    "the other way round": ["/:b(.+)/z/:a([^/]+)", { a: "x/y", b: "x/y" }, "/x/y/z/x%2Fy"],
    "within a segment that repeats": ["/{:a-}+", { a: "x/y" }, "/x%2Fy-"],
  };
  for (const [name, [pattern, values, path]] of Object.entries(rows)) {
    await t.step(name, () => {
      assertEquals(
        route("one", pattern as string, { insecureAllowRegExp: true }).path(values),
        path,
      );
      assertEquals({ ...matchOf(pattern, path)?.matchdict }, values);
    });
  }
  await t.step("one empty segment is refused", () => {
    assertThrows(
      () => route("one", "/x/*").path({ 0: [""] }),
      TypeError,
      "would read back as an empty list",
    );
  });
});

Deno.test("Route.path() makes what is read back as it was given", () => {
  const seed = 29_112_026;
  const random = new Random(seed);
  const groups = ["", "([^/]+)", "(.+)", "(.*)", "([a-z/]+)", "(a/b|c)", "(\\d+)", "([^-]+)"];
  const words = ["a", "b", "c", "/", "/", "-", ".", "..", "é", "%2F", "7", "\\", "?", ""];
  let made = 0;
  for (let round = 0; round < 1_500; round++) {
    let pattern = "";
    const values: Record<string, string | string[]> = {};
    const lists: string[] = [];
    for (let part = 1 + random.below(3); part > 0; part--) {
      const name = `p${part}`;
      const isStar = part === 1 && random.chance(0.2);
      const key = isStar ? "0" : name;
      pattern += isStar
        ? "/*"
        : `${random.pick(["/", "/", "/x-", "/x/"])}:${name}${random.pick(groups)}${
          random.pick(["", "", "", "?", "+", "*"])
        }`;
      const word = () => Array.from({ length: random.below(4) }, () => random.pick(words)).join("");
      if (isStar && random.chance(0.5)) {
        lists.push(key);
        values[key] = Array.from({ length: random.below(4) }, word);
      } else values[key] = word();
    }
    let path: string;
    try {
      path = route("one", pattern, { insecureAllowRegExp: true }).path(values);
    } catch (error) {
      // Too slow a pattern, or values that it does not take.
      assert(error instanceof ConfigurationError || error instanceof TypeError, String(error));
      continue;
    }
    made++;
    const match = matchOf(pattern, path);
    const message = `seed ${seed}: ${pattern} of ${JSON.stringify(values)}: ${path}`;
    assert(match !== null, message);
    for (const [key, value] of Object.entries(values)) {
      if (lists.includes(key)) assertEquals(match.segments(key), value, message);
      else assertEquals(match.matchdict[key] ?? "", value, message);
    }
  }
  assert(made > 300, `${made}`);
});

Deno.test("Configurator refuses a route that looks as if it matched /", async (t) => {
  const rows: Record<string, [pattern: string, remedy: string]> = {
    "one parameter": ["/:lang?", 'write "/{:lang}?", or a route of its own for "/"'],
    "with an expression": ["/:lang(en|de)?", 'write "/{:lang(en|de)}?"'],
    "in braces": ["{/:lang}?", 'write "/{:lang}?"'],
    "several segments": ["/:rest*", 'write a route of its own for "/"'],
    "two parameters": ["/:a?/:b?", 'write a route of its own for "/"'],
  };
  for (const [name, [pattern, remedy]] of Object.entries(rows)) {
    await t.step(name, () => {
      const config = new Configurator().addRoute("one", pattern);
      const error = assertThrows(() => config.makeApp(), ConfigurationError, remedy);
      assert(error.message.includes(`"${pattern}" does not match "/"`), error.message);
    });
  }
  await t.step("but not what is written in its place", () => {
    new Configurator().addRoute("one", "/{:lang}?").makeApp();
    assertEquals({ ...matchOf("/{:lang}?", "/")?.matchdict }, { lang: undefined });
    assertEquals({ ...matchOf("/{:lang}?", "/en")?.matchdict }, { lang: "en" });
  });
  await t.step("nor behind a prefix", () => {
    new Configurator().include((config) => void config.addRoute("one", "/:lang?"), {
      routePrefix: "/blog",
    }).makeApp();
  });
  await t.step("nor a route that only makes URLs", () => {
    new Configurator().addRoute("one", "/:lang?", { static: true }).makeApp();
  });
});
