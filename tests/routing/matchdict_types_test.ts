/**
 * What the compiler reads from a pattern; `deno check` is the test.
 *
 * @module
 */

import type { Matchdict, PathParams } from "../../lib/routing/matchdict.ts";
import { route } from "../../lib/configurator/route_statement.ts";
import type { Route } from "../../lib/routing/route.ts";
import { assertEquals, assertThrows } from "jsr:@std/assert@^1.0.0";

type IsEqual<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true
  : false;
/** Flattens intersections, so that only keys and values are compared. */
type Flat<T> = { [Key in keyof T]: T[Key] };
type IsMatchdict<Pattern extends string, Expected> = IsEqual<Flat<Matchdict<Pattern>>, Expected>;
type IsParams<Pattern extends string, Expected> = IsEqual<Flat<PathParams<Pattern>>, Expected>;

type One = string | number;
type Many = string | number | readonly (string | number)[];

/** Each of these lines is an error of the compiler if the type differs. */
export const matchdicts = {
  "no group": true satisfies IsMatchdict<"/about", Record<never, never>>,
  "the root": true satisfies IsMatchdict<"/", Record<never, never>>,
  "one segment": true satisfies IsMatchdict<"/users/:id", { id: string }>,
  "two segments": true satisfies IsMatchdict<"/:a/b/:c", { a: string; c: string }>,
  "optional": true satisfies IsMatchdict<"/:x?", { x: string | undefined }>,
  "any number": true satisfies IsMatchdict<"/:x*", { x: string | undefined }>,
  "one or more": true satisfies IsMatchdict<"/:x+", { x: string }>,
  "regular expression": true satisfies IsMatchdict<"/:x(\\d+)", { x: string }>,
  "optional regular expression": true satisfies IsMatchdict<
    "/:x(\\d+)?",
    { x: string | undefined }
  >,
  "regular expression with groups and escapes": true satisfies IsMatchdict<
    "/:x((?:a|\\))+)/:y",
    { x: string; y: string }
  >,
  "unnamed regular expression": true satisfies IsMatchdict<"/(a|b)", { 0: string }>,
  "colon within a regular expression": true satisfies IsMatchdict<"/(?:a:b)", { 0: string }>,
  "wildcard": true satisfies IsMatchdict<"/files/*", { 0: string }>,
  "two wildcards": true satisfies IsMatchdict<"/*/b/*", { 0: string; 1: string }>,
  "optional wildcard": true satisfies IsMatchdict<"/*?", { 0: string | undefined }>,
  "wildcard behind a name": true satisfies IsMatchdict<"/:x/*", { x: string; 0: string }>,
  "names do not count": true satisfies IsMatchdict<
    "/(a)/:x(b)/(c)",
    { 0: string; x: string; 1: string }
  >,
  "optional braces": true satisfies IsMatchdict<
    "{/:lang}?/about",
    { lang: string | undefined }
  >,
  "repeated braces": true satisfies IsMatchdict<"/a{/:x}*", { x: string | undefined }>,
  "braces, one or more": true satisfies IsMatchdict<"/a{/:x}+", { x: string }>,
  "plain braces": true satisfies IsMatchdict<"/{:x-}:y", { x: string; y: string }>,
  "before, in and behind braces": true satisfies IsMatchdict<
    "/:a{-:b}?/:c",
    { a: string; b: string | undefined; c: string }
  >,
  "dot ends a name": true satisfies IsMatchdict<"/:name.:ext", { name: string; ext: string }>,
  "dash ends a name": true satisfies IsMatchdict<"/:a-:b", { a: string; b: string }>,
  "escaped colon": true satisfies IsMatchdict<"/a\\:b", Record<never, never>>,
  "escaped star": true satisfies IsMatchdict<"/a\\*/:x", { x: string }>,
  "escaped brace": true satisfies IsMatchdict<"/a\\{/:x\\}?", { x: string }>,
  "name beyond ASCII": true satisfies IsMatchdict<"/:größe", { größe: string }>,
  "literal beyond ASCII": true satisfies IsMatchdict<"/é/:x", { x: string }>,
  "unknown pattern": true satisfies IsEqual<Matchdict<string>, Record<string, string | undefined>>,
  "300 characters": true satisfies IsMatchdict<
    `/${Hundred}/${Hundred}/${Hundred}/:x`,
    { x: string }
  >,
};
type Ten = "abcdefghij";
type Hundred = `${Ten}${Ten}${Ten}${Ten}${Ten}${Ten}${Ten}${Ten}${Ten}${Ten}`;

/** Each of these lines is an error of the compiler if the type differs. */
export const params = {
  "no group": true satisfies IsParams<"/about", { readonly [name: string]: never }>,
  "one segment": true satisfies IsParams<"/:id", { readonly id: One }>,
  "optional": true satisfies IsParams<"/:id?", { readonly id?: One | undefined }>,
  "one or more": true satisfies IsParams<"/:id+", { readonly id: Many }>,
  "any number": true satisfies IsParams<"/:id*", { readonly id?: Many | undefined }>,
  "wildcard": true satisfies IsParams<"/*", { readonly 0: Many }>,
  "named wildcard": true satisfies IsParams<"/:rest(.*)", { readonly rest: Many }>,
  "regular expression": true satisfies IsParams<"/:id(\\d+)", { readonly id: One }>,
  "optional braces": true satisfies IsParams<
    "{/:lang}?/:page",
    { readonly lang?: One | undefined; readonly page: One }
  >,
  "repeated braces": true satisfies IsParams<"/a{/:x}+", { readonly x: Many }>,
  "unknown pattern": true satisfies IsEqual<
    PathParams<string>,
    Readonly<Record<string, Many | undefined>>
  >,
};

/** Every matchdict can be handed to `path()` of the same pattern. */
export function handOn(matchdict: Matchdict<"{/:lang}?/:page/*">): string {
  return route("page", "{/:lang}?/:page/*").path(matchdict);
}

/** A route of a known pattern is a route. */
export const anyRoute: Route = route("user", "/users/:id");
export const routes: Route[] = [anyRoute, route("home", "/"), route("files", "/files/*")];

/** Never called: what must not compile. */
export function mistakes(): void {
  const user = route("user", "/users/:id");
  // @ts-expect-error no parameters at all
  user.path();
  // @ts-expect-error a parameter is missing
  user.path({});
  // @ts-expect-error a parameter is misspelt
  user.path({ identity: 7 });
  // @ts-expect-error a parameter that the pattern does not have
  user.path({ id: 7, page: 2 });
  // @ts-expect-error null
  user.path({ id: null });
  // @ts-expect-error undefined
  user.path({ id: undefined });
  // @ts-expect-error an array where one segment is wanted
  user.path({ id: ["a", "b"] });
  // @ts-expect-error a Date
  user.path({ id: new Date() });
  // @ts-expect-error an unknown option
  user.path({ id: 7 }, { anchor: "top" });
  // @ts-expect-error null in a query
  user.path({ id: 7 }, { query: { a: null } });
  // @ts-expect-error a matchdict that may lack the name
  user.path({} as Matchdict<"/:id?">);
  // @ts-expect-error no pattern
  route("user");
  // @ts-expect-error an unknown option
  route("user", "/", { insecureAllowRegex: true });
  const home = route("home", "/");
  // @ts-expect-error a pattern without groups takes no parameter
  home.path({ id: 7 });
  // @ts-expect-error a name that the pattern does not have
  ({} as Matchdict<"/users/:id">).name;
}

Deno.test("Route.path() needs no argument where the pattern needs none", () => {
  assertEquals(route("home", "/").path(), "/");
  assertEquals(route("home", "/").path({}, { fragment: "top" }), "/#top");
  assertEquals(route("about", "{/:lang}?/about").path(), "/about");
  assertEquals(route("files", "/files/:rest*").path({ rest: ["a", 1] }), "/files/a/1");
});

Deno.test("Route.path() of a pattern that the compiler does not know is checked when it runs", () => {
  const pattern: string = "/users/:id";
  assertEquals(route("user", pattern).path({ id: 7 }), "/users/7");
  assertThrows(() => route("user", pattern).path(), TypeError);
});

Deno.test("a matchdict's type can be handed to path() of the same pattern", () => {
  assertEquals(handOn({ lang: "en", page: "a", 0: "b/c" }), "/en/a/b/c");
  assertEquals(handOn({ lang: undefined, page: "a", 0: "" }), "/a/");
  assertThrows(mistakes);
});
