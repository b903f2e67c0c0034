/**
 * `generatePath`, by `Route.path()`: from values to a path that the route reads back.
 *
 * @module
 */

import type { PathOptions } from "../../lib/routing/path_generation.ts";
import { route } from "../../lib/configurator/route_statement.ts";
import { RouteTable } from "../../lib/routing/route_table.ts";
import { assertEquals, assertThrows } from "jsr:@std/assert@^1.0.0";

type Values = Record<string, string | number | (string | number)[] | undefined>;

/** A path of a pattern that the compiler does not know. */
function pathOf(pattern: string, values: Values, options?: PathOptions): string {
  return route("page", pattern).path(values, options ?? {});
}

const paths: Record<string, [pattern: string, values: Values, path: string]> = {
  "number": ["/users/:id", { id: 7 }, "/users/7"],
  "space": ["/foo/:bar", { bar: "a b" }, "/foo/a%20b"],
  "slash": ["/foo/:bar", { bar: "a/b" }, "/foo/a%2Fb"],
  "backslash": ["/foo/:bar", { bar: "a\\b" }, "/foo/a%5Cb"],
  "beyond ASCII": ["/foo/:bar", { bar: "Jürgen" }, "/foo/J%C3%BCrgen"],
  "beyond the basic plane": ["/foo/:bar", { bar: "🚲" }, "/foo/%F0%9F%9A%B2"],
  "reserved characters": ["/:bar", { bar: "a?b#c%d&e=f+g;h:i@j" }, "/a%3Fb%23c%25d&e=f+g;h:i@j"],
  "an escape is not decoded": ["/:bar", { bar: "%2F" }, "/%252F"],
  "more than the pattern has": ["/foo/:bar", { bar: "x", extra: "y" }, "/foo/x"],
  "zero": ["/:page", { page: 0 }, "/0"],
  "negative": ["/:page", { page: -1.5 }, "/-1.5"],
  "optional, given": ["/a/:x?", { x: "b" }, "/a/b"],
  "optional, not given": ["/a/:x?", {}, "/a"],
  "optional, undefined": ["/a/:x?", { x: undefined }, "/a"],
  "optional braces, given": ["{/:lang}?/about", { lang: "en" }, "/en/about"],
  "optional braces, not given": ["{/:lang}?/about", {}, "/about"],
  "optional text": ["/a{/b}?", {}, "/a"],
  "text, one or more": ["/a{/b}+", {}, "/a/b"],
  "one or more, text": ["/a/:x+", { x: "b/c d" }, "/a/b/c%20d"],
  "one or more, array": ["/a/:x+", { x: ["b/c", 7] }, "/a/b%2Fc/7"],
  "any number, empty array": ["/a/:x*", { x: [] }, "/a"],
  "repeated braces": ["/a{/:x}+", { x: ["b", "c"] }, "/a/b/c"],
  "wildcard": ["/files/*", { 0: "a/b.txt" }, "/files/a/b.txt"],
  "wildcard, array": ["/files/*", { 0: ["a/b", "c"] }, "/files/a%2Fb/c"],
  "wildcard, empty": ["/files/*", { 0: "" }, "/files/"],
  "wildcard with two slashes": ["/files/*", { 0: "a//b" }, "/files/a//b"],
  "named wildcard": ["/files/:rest(.*)", { rest: "a/b" }, "/files/a/b"],
  "two wildcards": ["/*/to/*", { 0: "a", 1: "b" }, "/a/to/b"],
  "regular expression": ["/:id(\\d+)", { id: 12 }, "/12"],
  "regular expression with a colon": ["/:id([a-z:]+)", { id: "a:b" }, "/a:b"],
  "unnamed regular expression": ["/(a|b)", { 0: "b" }, "/b"],
  "text around a name": ["/foo/:name.html", { name: "a.b" }, "/foo/a.b.html"],
  "dots within a segment": ["/a.:x", { x: "." }, "/a.."],
  "braces as separators": ["/{:a}b", { a: "x" }, "/xb"],
  "escapes": ["/a\\:b\\*/:x", { x: "1" }, "/a:b*/1"],
  "text beyond ASCII": ["/Jürgen/:x", { x: "1" }, "/J%C3%BCrgen/1"],
  "dot segments of the pattern": ["/a/../b", {}, "/b"],
  "slash at the end": ["/foo/", {}, "/foo/"],
  "the root": ["/", {}, "/"],
};

Deno.test("Route.path() writes values so that the route reads them back", async (t) => {
  for (const [name, [pattern, values, path]] of Object.entries(paths)) {
    await t.step(name, () => {
      assertEquals(pathOf(pattern, values), path);
      const table = new RouteTable<null>();
      table.add(route("page", pattern), null);
      const match = table.match(`http://app.test${path}`);
      assertEquals(match?.route.pattern, pattern);
      const read = Object.entries(match?.matchdict ?? {});
      for (const [key, text] of read) {
        const value = values[key];
        const expected = Array.isArray(value) ? value.join("/") : String(value ?? "");
        assertEquals(text ?? "", expected, key);
      }
      const names = read.map(([key]) => key);
      const lost = Object.keys(values).filter((key) => !names.includes(key));
      assertEquals(lost, name === "more than the pattern has" ? ["extra"] : []);
    });
  }
});

const refusals: Record<string, [pattern: string, values: unknown, reason: string]> = {
  "missing": ["/:id", {}, 'parameter "id" is missing'],
  "undefined": ["/:id", { id: undefined }, 'parameter "id" is missing'],
  "null": ["/:id", { id: null }, 'parameter "id" is null: must be a string or a number'],
  "null where it may be absent": [
    "/:id?",
    { id: null },
    'parameter "id" is null: must be a string or a number',
  ],
  "inherited": ["/:toString", {}, 'parameter "toString" is missing'],
  "empty": ["/:id", { id: "" }, 'parameter "id" is empty: must have at least one character'],
  "empty and optional": [
    "/:id?",
    { id: "" },
    'parameter "id" is empty: must have at least one character',
  ],
  "no entry": ["/:id+", { id: [] }, 'parameter "id" is empty: must have at least one entry'],
  "NaN": ["/:id", { id: NaN }, 'parameter "id" is NaN: must be a string or a finite number'],
  "infinite": [
    "/:id",
    { id: Infinity },
    'parameter "id" is Infinity: must be a string or a finite number',
  ],
  "object": [
    "/:id",
    { id: new Date() },
    'parameter "id" is of type "object": must be a string or a finite number',
  ],
  "boolean": [
    "/:id",
    { id: true },
    'parameter "id" is of type "boolean": must be a string or a finite number',
  ],
  "array for one segment": [
    "/:id",
    { id: ["a"] },
    'parameter "id" is an array: must be a string or a number',
  ],
  "null in an array": [
    "/:id+",
    { id: ["a", null] },
    'parameter "id" is of type "object": must be a string or a finite number',
  ],
  "half a surrogate pair": [
    "/:id",
    { id: "\ud800" },
    'parameter "id" has half a surrogate pair: must be well-formed text',
  ],
  "dot": ["/a/:id", { id: "." }, 'parameter "id" is ".": URLs remove the segments "." and ".."'],
  "two dots": [
    "/:id/b",
    { id: ".." },
    'parameter "id" is "..": URLs remove the segments "." and ".."',
  ],
  "two dots in a wildcard": [
    "/files/*",
    { 0: "a/../b" },
    'parameter "0" is "a/../b": URLs remove the segments "." and ".."',
  ],
  "dots together with text": [
    "/.:id",
    { id: "." },
    'parameter "id" is ".": URLs remove the segments "." and ".."',
  ],
  "another host": [
    "/*",
    { 0: "/evil.test" },
    '"//evil.test" begins with "//", which a browser reads as another host',
  ],
  "another host by an array": [
    "/*",
    { 0: ["", "evil.test"] },
    '"//evil.test" begins with "//", which a browser reads as another host',
  ],
  "not by the expression": [
    "/:id(\\d+)",
    { id: "abc" },
    '"/abc" does not match its own pattern "/:id(\\d+)"',
  ],
  "empty entry": [
    "/:id+",
    { id: ["a", "", "b"] },
    '"/a//b" does not match its own pattern "/:id+"',
  ],
  "divided elsewhere": [
    "/:name.:ext",
    { name: "a.tar", ext: "gz" },
    'parameter "name", which is "a.tar", would be read back as "a" from "/a.tar.gz" by ' +
    '"/:name.:ext"',
  ],
  "nothing left": ["{/a}?", {}, '"" does not begin with "/"'],
};

Deno.test("Route.path() refuses what the route would not read back", async (t) => {
  for (const [name, [pattern, values, reason]] of Object.entries(refusals)) {
    await t.step(name, () => {
      const error = assertThrows(() => pathOf(pattern, values as Values), TypeError);
      assertEquals(error.message, `Cannot make path of route "page": ${reason}`);
    });
  }
});

const followers: Record<string, [options: PathOptions, text: string]> = {
  "record": [{ query: { a: "1", b: ["x", "y"] } }, "?a=1&b=x&b=y"],
  "pairs": [{ query: [["a", "1"], ["a", 2]] }, "?a=1&a=2"],
  "URLSearchParams": [{ query: new URLSearchParams("a=1&a=2") }, "?a=1&a=2"],
  "boolean and number": [{ query: { a: true, b: 0 } }, "?a=true&b=0"],
  "beyond ASCII": [{ query: { q: "ü" } }, "?q=%C3%BC"],
  "reserved characters": [{ query: { q: "a b&c=d+e" } }, "?q=a+b%26c%3Dd%2Be"],
  "undefined": [{ query: { a: undefined, b: "1" } }, "?b=1"],
  "empty record": [{ query: {} }, ""],
  "empty value": [{ query: { a: "" } }, "?a="],
  "fragment": [{ fragment: "sec tion/1" }, "#sec%20tion/1"],
  "empty fragment": [{ fragment: "" }, ""],
  "query and fragment": [{ query: { a: 1 }, fragment: "top" }, "?a=1#top"],
};

Deno.test("Route.path() refuses a path that the route would answer with 414", () => {
  const slow = route("slow", "/:a.:b.:c/end");
  const b = ".".repeat(400);
  assertEquals(slow.path({ a: "a", b: "b", c: "x".repeat(400) }), `/a.b.${"x".repeat(400)}/end`);
  const error = assertThrows(() => slow.path({ a: "a", b, c: b }), TypeError);
  assertEquals(
    error.message,
    'Cannot make path of route "slow": a path of 808 characters is too long for its pattern "/:a.:b.:c/end"',
  );
});

Deno.test("Route.path() appends query and fragment", async (t) => {
  for (const [name, [options, text]] of Object.entries(followers)) {
    await t.step(name, () => assertEquals(pathOf("/a", {}, options), `/a${text}`));
  }
});

Deno.test("Route.path() refuses null in a query", () => {
  const query = { a: null } as unknown as Record<string, string>;
  const error = assertThrows(() => pathOf("/", {}, { query }), TypeError);
  assertEquals(
    error.message,
    'Cannot make path of route "page": the query value "a" is null: leave it out',
  );
});
