import { assertEquals, assertStrictEquals } from "jsr:@std/assert@^1.0.0";
import { withStatus } from "../../lib/http/response.ts";

Deno.test("withStatus() keeps body and headers, each Set-Cookie apart", async () => {
  const headers = new Headers([["set-cookie", "a=1"], ["set-cookie", "b=2"], ["x-a", "1"]]);
  const response = withStatus(new Response("x", { headers, statusText: "Fine" }), 418);
  assertEquals([response.status, response.statusText, await response.text()], [418, "", "x"]);
  assertEquals(response.headers.getSetCookie(), ["a=1", "b=2"]);
  assertEquals(response.headers.get("x-a"), "1");
});

Deno.test("withStatus() of the same status is the same response", () => {
  const response = new Response("x", { status: 201 });
  assertStrictEquals(withStatus(response, 201), response);
});

Deno.test("withStatus() of a status without a body leaves the body out, and its type", () => {
  for (const status of [204, 205, 304]) {
    const headers = { "content-type": "text/plain", "content-length": "1", "x-a": "1" };
    const response = withStatus(new Response("x", { headers }), status);
    assertEquals([response.status, response.body, [...response.headers]], [
      status,
      null,
      [["x-a", "1"]],
    ]);
  }
});
