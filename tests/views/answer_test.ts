/**
 * `toResponse`: from what a view returned to a response.
 *
 * @module
 */

import { assert, assertEquals, assertStrictEquals, assertThrows } from "jsr:@std/assert@^1.0.0";
import { HttpFound, HttpNotFound, redirect } from "@pyramidion/pyramidion";
import { html } from "../../lib/http/html.ts";
import { toResponse } from "../../lib/views/answer.ts";
import { sampleRequest } from "../sample_app.ts";

const requestOf = (init: RequestInit = {}) => sampleRequest("https://app.test/a/b", init);

Deno.test("toResponse() returns a Response as it is", () => {
  const response = new Response("x");
  assertStrictEquals(toResponse(response, requestOf(), "view a"), response);
});

Deno.test("toResponse() makes a page of markup", async () => {
  const response = await toResponse(html`<b>${"<"}</b>`, requestOf(), "view a");
  assertEquals([response.status, await response.text()], [200, "<b>&lt;</b>"]);
  assertEquals(response.headers.get("content-type"), "text/html; charset=utf-8");
});

Deno.test("toResponse() answers a returned error with its page, negotiated by Accept", async () => {
  const request = requestOf({ headers: { accept: "application/json" } });
  const error = new HttpNotFound("No such user", { headers: { "x-why": "gone" } });
  const response = await toResponse(error, request, "view a");
  assertEquals([response.status, response.headers.get("x-why")], [404, "gone"]);
  assertEquals((await response.json()).detail, "No such user");
});

Deno.test("toResponse() resolves a redirection against the request and refuses one that leaves", async () => {
  const request = requestOf();
  assertEquals(
    (await toResponse(redirect("c"), request, "view a")).headers.get("location"),
    "/a/c",
  );
  assertEquals((await toResponse(new HttpFound("//evil.test/"), request, "view a")).status, 400);
  const away = await toResponse(
    redirect("https://pay.test/", { external: true }),
    request,
    "view a",
  );
  assertEquals([away.status, away.headers.get("location")], [302, "https://pay.test/"]);
});

Deno.test("toResponse() refuses what cannot be answered with, naming the view and what it was", async (t) => {
  const rows: Record<string, [result: unknown, found: string]> = {
    "nothing": [undefined, "not undefined"],
    "null": [null, "not null"],
    "an object": [{ secret: 1 }, "not an object"],
    "a string": ["text", "not text"],
    "a number": [0, "not 0"],
    "a symbol": [Symbol("s"), "not Symbol(s)"],
    "another error": [new Error("x"), "not an object"],
    "an object without prototype": [Object.create(null), "not an object"],
  };
  for (const [name, [result, found]] of Object.entries(rows)) {
    await t.step(name, () => {
      const error = assertThrows(() => toResponse(result, requestOf(), "view a"), TypeError);
      assert(error.message.startsWith("Cannot answer with what view a returned: "), error.message);
      assert(error.message.includes(found), error.message);
    });
  }
});
