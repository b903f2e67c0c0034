import { assertEquals, assertThrows } from "jsr:@std/assert@^1.0.0";
import { json } from "../../lib/http/response.ts";

Deno.test("json() answers with the value's JSON, its type and headers that can be changed", async () => {
  const response = json({ a: [1, null, "é"] });
  assertEquals(response.headers.get("content-type"), "application/json");
  response.headers.append("vary", "cookie");
  assertEquals([response.status, await response.text()], [200, '{"a":[1,null,"é"]}']);
});

Deno.test("json() keeps a status and headers", () => {
  const response = json(null, { status: 201, headers: { "x-a": "1", "content-type": "a/b+json" } });
  assertEquals(response.status, 201);
  assertEquals([...response.headers], [
    ["content-type", "a/b+json"],
    ["x-a", "1"],
    ["x-content-type-options", "nosniff"],
  ]);
});

Deno.test("json() refuses what JSON has no text for", async (t) => {
  const cycle: unknown[] = [];
  cycle.push(cycle);
  const rows: Record<string, unknown> = {
    "undefined": undefined,
    "a function": () => 1,
    "a symbol": Symbol("x"),
    "a bigint": 1n,
    "a cycle": cycle,
    "an object that writes nothing": { toJSON: () => undefined },
  };
  for (const [name, value] of Object.entries(rows)) {
    await t.step(name, () => {
      assertThrows(() => json(value), TypeError);
    });
  }
  assertThrows(() => json(undefined), TypeError, "the value is undefined");
  assertThrows(() => json(() => 1), TypeError, "the value is a function");
});
