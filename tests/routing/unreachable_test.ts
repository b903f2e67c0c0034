import { route } from "../../lib/configurator/route_statement.ts";
import { RouteTable } from "../../lib/routing/route_table.ts";
import { assertEquals } from "jsr:@std/assert@^1.0.0";

/** The patterns that cannot be reached, each with the one that takes its place. */
function unreachable(patterns: readonly string[], predicated: readonly number[] = []): string[] {
  const table = new RouteTable<null>();
  for (const [at, pattern] of patterns.entries()) {
    table.add(route(`route${at}`, pattern), null, { predicated: predicated.includes(at) });
  }
  return table.unreachable().map(({ route, by }) => `${route.pattern} by ${by.pattern}`);
}

const covered: Record<string, [earlier: string, later: string]> = {
  "same text": ["/a", "/a"],
  "same up to names": ["/:a/b", "/:c/b"],
  "same up to names, not plain": ["/:a(\\d+)/b", "/:c(\\d+)/b"],
  "same text in braces": ["/a/b", "/a{/b}"],
  "same text behind one in braces": ["/a{/b}", "/a/b"],
  "same name in braces": ["/a{/:x}", "/a/:y"],
  "same as URLPattern writes it": ["/é", "/%C3%A9"],
  "dot segments": ["/b", "/a/../b"],
  "a name before a literal": ["/users/:id", "/users/me"],
  "a name before an expression": ["/users/:id", "/users/:id(\\d+)"],
  "a name before a name with text": ["/files/:file", "/files/:name.:ext"],
  "a wildcard before a literal": ["/files/*", "/files/a/b"],
  "a wildcard before the empty remainder": ["/files/*", "/files/"],
  "a wildcard before a wildcard": ["/*", "/files/*"],
  "a wildcard before a name": ["/:a/*", "/x/:b/:c"],
  "a wildcard before an expression": ["/files/*", "/files/:path(.*\\.png)"],
  "a wildcard before optional parts": ["/files/*", "/files/x/:a?"],
  "a wildcard before everything": ["/*", "{/:lang}?/about"],
};

const reachable: Record<string, [earlier: string, later: string]> = {
  "a literal before a name": ["/users/me", "/users/:id"],
  "a name before an empty segment": ["/users/:id", "/users/"],
  "a name before more segments": ["/users/:id", "/users/:id/x"],
  "a name before a wildcard": ["/users/:id", "/users/*"],
  "a name and a wildcard before a wildcard": ["/a/:x/*", "/a/*"],
  "a name and a slash before a wildcard": ["/:x/", "/a/*"],
  "an empty segment and a wildcard before a wildcard": ["/a//*", "/a/*"],
  "a wildcard before the path without slash": ["/files/*", "/files"],
  "a wildcard before an optional slash": ["/files/*", "/files/:a?"],
  "a name before an expression with slashes": ["/:x", "/:x(a/b)"],
  "a name before an expression that may be empty": ["/a/:x", "/a/:x(\\d*)"],
  "another expression": ["/:a(\\d+)", "/:a(\\w+)"],
  "an expression before a literal": ["/:a(\\d+)", "/12"],
  "a name before a repeated name": ["/:a", "/:a+"],
  "another case": ["/a", "/A"],
  "a slash at the end": ["/a", "/a/"],
};

Deno.test("RouteTable.unreachable() names a route for which an earlier one leaves nothing", async (t) => {
  for (const [name, [earlier, later]] of Object.entries(covered)) {
    await t.step(name, () => {
      assertEquals(unreachable(["/other", earlier, later]), [`${later} by ${earlier}`]);
    });
  }
});

Deno.test("RouteTable.unreachable() leaves routes alone that some path reaches", async (t) => {
  for (const [name, [earlier, later]] of Object.entries(reachable)) {
    await t.step(name, () => assertEquals(unreachable([earlier, later]), []));
  }
});

Deno.test("RouteTable.unreachable() takes no route with predicates for a cover", () => {
  assertEquals(unreachable(["/a", "/a"], [0]), []);
  assertEquals(unreachable(["/*", "/:x(a)", "/:y(a)"], [0, 1]), []);
  assertEquals(unreachable(["/a", "/a"], [1]), ["/a by /a"]);
  assertEquals(unreachable(["/:x", "/a", "/:y"], [0]), []);
});

Deno.test("RouteTable.unreachable() names the first of several that leave nothing", () => {
  assertEquals(unreachable(["/a", "/:x", "/a"]), ["/a by /a"]);
  assertEquals(unreachable(["/:x(\\d+)", "/:y", "/:z(\\d+)"]), ["/:z(\\d+) by /:x(\\d+)"]);
  assertEquals(unreachable(["/:x", "/*", "/b"]), ["/b by /:x"]);
});
