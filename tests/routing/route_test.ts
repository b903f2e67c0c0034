/**
 * `Route`: what is stated is kept, and a route of another site.
 *
 * @module
 */

import { route } from "../../lib/configurator/route_statement.ts";
import { assertEquals, assertThrows } from "jsr:@std/assert@^1.0.0";

Deno.test("Route keeps name, pattern and options as stated", () => {
  const user = route("user", "/users/:id", { insecureAllowRegExp: true });
  assertEquals([user.name, user.pattern], ["user", "/users/:id"]);
  assertEquals(user.options, { insecureAllowRegExp: true });
});

Deno.test("Route of another site has its origin beside its path", async (t) => {
  const rows: Record<string, [pattern: string, origin: string | null, path: string]> = {
    "a parameter": ["https://cdn.example/files/:id", "https://cdn.example", "/files/7"],
    "a port": ["http://cdn.example:8080/:id", "http://cdn.example:8080", "/7"],
    "no path": ["https://cdn.example", "https://cdn.example", "/"],
    "ours": ["/files/:id", null, "/files/7"],
  };
  for (const [name, [pattern, origin, path]] of Object.entries(rows)) {
    await t.step(name, () => {
      const made = route("file", pattern);
      assertEquals([made.origin, made.pattern, made.path({ id: 7 })], [origin, pattern, path]);
    });
  }
  await t.step("its parameters are typed", () => {
    const file = route("file", "https://cdn.example/files/:id");
    assertEquals(file.path({ id: "a" }), "/files/a");
    // @ts-expect-error: the parameter is missing
    assertThrows(() => file.path({}), TypeError);
  });
});
