/**
 * `render`: from what a view returned to a response.
 *
 * @module
 */

import {
  assert,
  assertEquals,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "jsr:@std/assert@^1.0.0";
import {
  HttpBadRequest,
  HttpFound,
  HttpNotFound,
  redirect,
  type ViewRequest,
} from "@pyramidion/pyramidion";
import { html } from "../../lib/http/html.ts";
import { pageOf, render } from "../../lib/views/handler.ts";
import { requestState } from "../../lib/views/request.ts";
import { sampleRequest } from "../sample_app.ts";

const rendered = (value: unknown, request: ViewRequest) =>
  render(value, request, requestState(request), {
    label: "view a",
    renderer: undefined,
    answerException: pageOf,
  });

const requestOf = (init: RequestInit = {}) => sampleRequest("https://app.test/a/b", init);

Deno.test("render() returns a Response as it is", () => {
  const response = new Response("x");
  assertStrictEquals(rendered(response, requestOf()), response);
});

Deno.test("render() makes a page of markup", async () => {
  const response = await rendered(html`<b>${"<"}</b>`, requestOf());
  assertEquals([response.status, await response.text()], [200, "<b>&lt;</b>"]);
  assertEquals(response.headers.get("content-type"), "text/html; charset=utf-8");
});

Deno.test("render() answers a returned error with its page, negotiated by Accept", async () => {
  const request = requestOf({ headers: { accept: "application/json" } });
  const error = new HttpNotFound("No such user", { headers: { "x-why": "gone" } });
  const response = await rendered(error, request);
  assertEquals([response.status, response.headers.get("x-why")], [404, "gone"]);
  assertEquals((await response.json()).detail, "No such user");
});

Deno.test("render() resolves a redirection against the request and refuses one that leaves", async () => {
  const request = requestOf();
  assertEquals(
    (await rendered(redirect("c"), request)).headers.get("location"),
    "/a/c",
  );
  const refused = async () => await rendered(new HttpFound("//evil.test/"), request);
  await assertRejects(refused, HttpBadRequest, "write redirect(location, { external: true })");
  const away = await rendered(
    redirect("https://pay.test/", { external: true }),
    request,
  );
  assertEquals([away.status, away.headers.get("location")], [302, "https://pay.test/"]);
});

Deno.test("render() refuses what cannot be answered with, naming the view and what it was", async (t) => {
  const rows: Record<string, [result: unknown, found: string]> = {
    "nothing": [undefined, "not undefined: an await or a return may be missing"],
    "null": [null, "not null: write return html`…`, or throw new HttpNotFound()"],
    "an object": [
      { secret: 1 },
      'not a plain object: write return json(…), or state renderer: "json"',
    ],
    "an object without prototype": [
      Object.create(null),
      "not a plain object: write return json(…)",
    ],
    "an object of a class": [new URL("https://app.test"), "not an object of the class URL: write"],
    "an array": [[1], "not an array: write return json(…)"],
    "an array with a promise": [
      [1, Promise.resolve(2)],
      "not an array with a promise in it: await Promise.all(…) first, then write return json(…)",
    ],
    "what can be awaited": [{ then: () => {} }, "not an object that can be awaited: await it"],
    "a string": [
      "text",
      'not the string "text": write return html`…` for a page, or state renderer: "text"',
    ],
    "a long string": ["x".repeat(41), `not the string "${"x".repeat(40)}…": write`],
    "a string with control characters": ["a\x1b[31m\n", 'not the string "a\\x1b[31m\\n": write'],
    "a function": [() => {}, "not a function: it may have to be called: write return f(request)"],
    "the class of an error": [HttpNotFound, "not the class HttpNotFound: write new HttpNotFound()"],
    "a number": [0, "not 0"],
    "a symbol": [Symbol("s"), "not a symbol"],
    "another error": [
      new Error("x"),
      "not an object of the class Error: write throw instead of return",
    ],
  };
  for (const [name, [result, found]] of Object.entries(rows)) {
    await t.step(name, () => {
      const error = assertThrows(() => rendered(result, requestOf()), TypeError);
      assert(error.message.startsWith("Cannot answer with what view a returned: "), error.message);
      assert(error.message.includes(found), error.message);
    });
  }
});
