/**
 * `RouteNames`: routes by their names, and by the routes as they were stated.
 *
 * @module
 */

import {
  assertEquals,
  assertInstanceOf,
  assertMatch,
  assertStrictEquals,
  assertThrows,
} from "jsr:@std/assert@^1.0.0";
import { ConfigurationError } from "../../lib/configuration_error.ts";
import { route } from "../../lib/configurator/route_statement.ts";
import type { Route } from "../../lib/routing/route.ts";
import { RouteNames, RouteNotFoundError, type RoutePart } from "../../lib/routing/route_names.ts";

const APP: RoutePart = { parent: null };

const read = route("read", "/read"), add = route("add", "/add"), proto = route("__proto__", "/p");

function namesOf(...routes: (typeof read | typeof add | typeof proto)[]): RouteNames {
  const names = new RouteNames();
  for (const one of routes) names.add(one, one, APP);
  return names;
}

Deno.test("RouteNames finds each route by its name and lists names in the order of addition", () => {
  const names = namesOf(read, add, proto);
  assertStrictEquals(names.get("add", null), add);
  assertStrictEquals(names.get("__proto__", APP), proto);
  assertEquals(names.names(), ["read", "add", "__proto__"]);
});

Deno.test("RouteNames.get() of an unknown name says which names there are", async (t) => {
  for (const name of ["toString", "Read", "", "read "]) {
    await t.step(JSON.stringify(name), () => {
      const error = assertThrows(() => namesOf(read, add).get(name, APP), RouteNotFoundError);
      assertInstanceOf(error, ConfigurationError);
      assertMatch(
        error.message,
        new RegExp(
          `^Cannot find route "${name}": no route has this name: known routes are "read", "add"`,
        ),
      );
      assertEquals([error.name, error.route, error.known], [
        "RouteNotFoundError",
        name,
        ["read", "add"],
      ]);
    });
  }
});

Deno.test("RouteNames.get() guesses what was meant", () => {
  assertThrows(
    () => namesOf(read, add).get("reed", APP),
    RouteNotFoundError,
    ': known routes are "read", "add": did you mean "read"?',
  );
});

Deno.test("RouteNames.get() says so where there are no routes at all", () => {
  assertThrows(
    () => new RouteNames().get("read", null),
    RouteNotFoundError,
    'Cannot find route "read": no route has this name, because the app has no routes: call config.addRoute("read", pattern)',
  );
});

Deno.test("RouteNames.get() of a Route that was never added says how to add it", async (t) => {
  const rows: Record<string, [asked: Route, names: RouteNames, said: string]> = {
    "where there are no routes": [
      read,
      new RouteNames(),
      ", because the app has no routes: call config.addRoute(read)",
    ],
    "among others": [
      route("home", "/"),
      namesOf(read, add),
      ': known routes are "read", "add": call config.addRoute(home)',
    ],
    "with a name that no variable has": [
      route("read-all", "/all"),
      new RouteNames(),
      ", because the app has no routes: call config.addRoute(route)",
    ],
  };
  for (const [name, [asked, names, said]] of Object.entries(rows)) {
    await t.step(name, () => {
      const error = assertThrows(() => names.get(asked, APP), RouteNotFoundError);
      assertEquals(
        error.message,
        `Cannot find route "${asked.name}": no route has this name${said}`,
      );
    });
  }
});

Deno.test("RouteNames.get() of a stated route is what it became under its prefix", () => {
  const names = new RouteNames();
  const prefixed = route("read", "/v1/read");
  names.add(read, prefixed, { parent: APP });
  assertStrictEquals(names.get(read, null), prefixed);
  assertStrictEquals(names.get("read", null), prefixed);
});

Deno.test("RouteNames.get() of another route than the stated one is refused, also of the same name", () => {
  assertThrows(() => namesOf(read).get(route("read", "/other"), APP), RouteNotFoundError);
});

Deno.test("RouteNames.get() of a name that several have is the nearest from where it is asked", () => {
  const names = new RouteNames();
  const one: RoutePart = { parent: APP }, other: RoutePart = { parent: APP };
  const inner: RoutePart = { parent: other };
  const first = route("read", "/v1/read"), second = route("read", "/v2/read");
  names.add(read, first, one);
  names.add(read, second, other);
  assertStrictEquals(names.get("read", one), first);
  assertStrictEquals(names.get(read, other), second);
  assertStrictEquals(names.get(read, inner), second);
  assertEquals(names.names(), ["read"]);
  for (const from of [APP, null]) {
    const error = assertThrows(() => names.get(read, from), RouteNotFoundError);
    assertEquals(error.candidates, ["/v1/read", "/v2/read"]);
    assertMatch(
      error.message,
      /several routes have this name, with the patterns "\/v1\/read", "\/v2\/read"/,
    );
  }
});

Deno.test("RouteNames.get() knows all of three that have one name", () => {
  const names = new RouteNames();
  const added = ["/v1/read", "/v2/read", "/v3/read"].map((pattern) => {
    const part: RoutePart = { parent: APP }, prefixed = route("read", pattern);
    names.add(read, prefixed, part);
    return { part, prefixed };
  });
  for (const { part, prefixed } of added) {
    assertStrictEquals(names.get("read", part), prefixed);
    assertStrictEquals(names.get(read, part), prefixed);
  }
  const error = assertThrows(() => names.get("read", APP), RouteNotFoundError);
  assertEquals(error.candidates, ["/v1/read", "/v2/read", "/v3/read"]);
});
