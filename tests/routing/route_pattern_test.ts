import { ConfigurationError } from "../../lib/configuration_error.ts";
import { route } from "../../lib/configurator/route_statement.ts";
import { Route } from "../../lib/routing/route.ts";
import {
  assertEquals,
  assertInstanceOf,
  assertStringIncludes,
  assertThrows,
} from "jsr:@std/assert@^1.0.0";

const refusals: Record<string, [pattern: string, reason: string]> = {
  "no slash": ["users/:id", 'must start with "/": write "/users/:id" instead'],
  "no slash and Pyramid's placeholder": [
    "users/{id}",
    'must start with "/": write "/users/:id" instead',
  ],
  "a star alone": ["*", 'must start with "/": write "/*" instead'],
  "another scheme than the Web's": [
    "ftp://a.test/x",
    'must be a path and start with "/": remove scheme and host',
  ],
  "Pyramid's placeholder": [
    "/users/{id}",
    'has Pyramid\'s placeholders: write "/users/:id" instead',
  ],
  "Pyramid's expression": [
    "/{year:\\d{4}}/{id:\\d+}",
    'has Pyramid\'s placeholders: write "/:year(\\d{4})/:id(\\d+)" instead',
  ],
  "Pyramid's expression with a group": [
    "/{x:(a|b)}",
    'has Pyramid\'s placeholders: write "/:x((?:a|b))" instead',
  ],
  "Pyramid's remainder": [
    "/files/*rest",
    'has Pyramid\'s placeholders: write "/files/:rest(.*)" instead: request.segments("rest") returns the list that Pyramid gives',
  ],
  "Pyramid's traverse": [
    "/x/{traverse:.*}",
    'has Pyramid\'s placeholders: write "/x/:traverse(.*)" instead',
  ],
  "one name twice": ["/:id/:id", 'has two groups named "id": give each a name of its own'],
  "one name twice, not plain": [
    "/:id(\\d+)/:id",
    'has two groups named "id": give each a name of its own',
  ],
  "__proto__": ["/:__proto__", 'has a group named "__proto__": choose another name'],
  "__proto__, not plain": ["/:__proto__?", 'has a group named "__proto__": choose another name'],
  "a plus without a group": [
    "/a+b",
    "is not a pattern that URLPattern can read: parser error: expected token End, found '+' of type " +
    "OtherModifier",
  ],
  "an open brace": ["/a{b", "is not a pattern that URLPattern can read: "],
  "an open parenthesis": ["/a(b", "is not a pattern that URLPattern can read: "],
  "a colon without a name": ["/a:", "is not a pattern that URLPattern can read: "],
  "a capturing group within a group": ["/(a(b))", "is not a pattern that URLPattern can read: "],
};

Deno.test("route() refuses what is not a pattern, and says what to write", async (t) => {
  for (const [name, [pattern, reason]] of Object.entries(refusals)) {
    await t.step(name, () => {
      const error = assertThrows(() => route("user", pattern), ConfigurationError);
      const expected = `Cannot make route "user": the pattern "${pattern}" ${reason}`;
      assertEquals(error.message.slice(0, expected.length), expected);
      if (!reason.endsWith(": ")) assertEquals(error.message, expected);
    });
  }
});

Deno.test("route() keeps what URLPattern said as the cause", () => {
  const error = assertThrows(() => route("user", "/a+b"), ConfigurationError);
  assertInstanceOf(error.cause, TypeError);
});

Deno.test("route() refuses a route without a name", () => {
  const error = assertThrows(() => route("", "/"), ConfigurationError);
  assertEquals(
    error.message,
    'Cannot make route of the pattern "/": the name must be a string that is not empty',
  );
});

const exponential = {
  "a quantifier in a quantified group": "/((?:a+)+)b",
  "the same with a star": "/:x((?:a|b*)*)",
  "an open count": "/:x((?:[a-z]+){2,})",
  "deeper": "/:x((?:a(?:b+)c)*)",
  "a repeated expression": "/:x(\\d+)+",
  "a repeated wildcard": "/*+",
  "a name repeated without a slash": "/{:x}+b",
  "a name repeated behind a dash": "/a{-:x}*",
  "alternatives in a repeated group": "/r/:y((?:a|a)*)b",
  "alternatives that are optional in a repeated group": "/:y((?:b(?:a|a)?)*)",
  "alternatives that URLPattern repeats": "/:y(a|a)+",
};

Deno.test("route() refuses a choice within what is repeated, unless told otherwise", async (t) => {
  for (const [name, pattern] of Object.entries(exponential)) {
    await t.step(name, () => {
      const error = assertThrows(() => route("slow", pattern), ConfigurationError);
      assertStringIncludes(
        error.message,
        "write a class such as [ab] or alternatives that are not repeated, " +
          'or set "insecureAllowRegExp: true"',
      );
      assertEquals(error.message.includes(`the pattern "${pattern}"`), true);
      assertInstanceOf(route("slow", pattern, { insecureAllowRegExp: true }), Route);
    });
  }
});

Deno.test("route() refuses a pattern that no path could be asked about, unless told otherwise", () => {
  const pattern = `/:x(${"a?".repeat(30)})b`;
  const error = assertThrows(() => route("slow", pattern), ConfigurationError);
  assertEquals(
    error.message,
    `Cannot make route "slow": the pattern "${pattern}" has so many parts of variable length that a ` +
      "path of more than 0 characters could keep the server busy: write fewer of them, or several routes",
  );
  assertInstanceOf(route("slow", pattern, { insecureAllowRegExp: true }), Route);
});

const accepted = {
  "the root": "/",
  "braces first": "{/:lang}?/about",
  "text in braces": "/foo{/bar}?",
  "URLPattern's own braces": "/{v:major}.:minor",
  "a star in the middle": "/*.png",
  "a repeated name": "/files/:path+",
  "an exact count in a repetition": "/:id((?:[0-9a-f]{4}-)+)",
  "an optional group with a quantifier": "/:price(\\d+(?:\\.\\d+)?)",
  "alternatives": "/:file.:type(jpg|png|gif|webp)",
  "alternatives that may be absent": "/:file{.:type(jpg|png)}?",
  "a date of optional parts": "/:d(\\d{4}(?:-\\d{2}(?:-\\d{2}(?:T\\d{2}(?::\\d{2})?)?)?)?)",
  "alternatives within a class, repeated": "/:x((?:[a|b])+)",
  "quantifiers within a class": "/:x((?:[+*])+)",
  "quantifiers that are escaped": "/:x((?:\\+\\*)+)",
  "an escaped brace": "/\\{id\\}",
  "a name beyond ASCII": "/:größe",
  "constructor as a name": "/:constructor/:toString",
};

Deno.test("route() accepts what only looks like a mistake", async (t) => {
  for (const [name, pattern] of Object.entries(accepted)) {
    await t.step(name, () => assertEquals(route("any", pattern).pattern, pattern));
  }
});
