/**
 * `RouteMatch`: what a route made of a path.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import { route } from "../../lib/configurator/route_statement.ts";
import { RouteMatch, RouteTable } from "../../lib/routing/route_table.ts";

const ORDERS: Record<string, [pattern: string, path: string, keys: string[]]> = {
  "a plain pattern": ["/:zone/:id/:part", "/a/7/b", ["zone", "id", "part"]],
  "an expression": ["/:zone/:id(\\d+)/:part", "/a/7/b", ["zone", "id", "part"]],
  "a name that is absent": ["/:zone(a)/:id?", "/a", ["zone", "id"]],
  "several in a segment": ["/:zone-:id.:part", "/a-7.b", ["zone", "id", "part"]],
  "one that repeats": ["/:zone+/:id(\\d+)", "/a/b/7", ["zone", "id"]],
  "a plain pattern with a star, which comes first": [
    "/:zone/:id/*",
    "/a/7/b",
    ["0", "zone", "id"],
  ],
  "groups without a name, which come first": [
    "{/:zone}?/(\\d+)/:id/*",
    "/a/7/b/c",
    ["0", "1", "zone", "id"],
  ],
};

/** The same groups, the last first, as another engine may give them. */
function reversed<T>(groups: Record<string, T>): Record<string, T> {
  return Object.fromEntries(Object.entries(groups).reverse());
}

Deno.test("RouteMatch.matchdict has its keys in the order of the pattern", async (t) => {
  for (const [name, [pattern, path, keys]] of Object.entries(ORDERS)) {
    await t.step(name, () => {
      const one = route("one", pattern);
      const table = new RouteTable<null>();
      table.add(one, null);
      const found = table.match(`http://a${path}`)?.matchdict;
      const groups = one.compiled.exec(path);
      assertEquals(Object.keys(found ?? {}), keys);
      // However the engine sorts them, and whoever decides.
      const other = new RouteMatch(one, null, path, 1, reversed(groups ?? {})).matchdict;
      assertEquals(Object.entries(other), Object.entries(found ?? {}));
    });
  }
});
