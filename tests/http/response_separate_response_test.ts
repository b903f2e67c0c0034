import {
  assertEquals,
  assertNotStrictEquals,
  assertStrictEquals,
  assertThrows,
} from "jsr:@std/assert@^1.0.0";
import { separateResponse } from "../../lib/http/response.ts";

Deno.test("separateResponse copies a response without a body, each time", () => {
  const shared = new Response(null, { status: 302, headers: { location: "/" } });
  for (const _ of [1, 2, 3]) {
    const own = separateResponse(shared);
    assertNotStrictEquals(own, shared);
    assertEquals([own.status, own.headers.get("location")], [302, "/"]);
    own.headers.set("set-cookie", "a=b");
  }
  assertEquals(shared.headers.get("set-cookie"), null);
});

Deno.test("separateResponse takes a response with a body once, and leaves its body alone", async () => {
  for (const body of ["text", new ReadableStream(), new Uint8Array(1)]) {
    const response = new Response(body);
    assertStrictEquals(separateResponse(response), response);
    assertThrows(() => separateResponse(response), TypeError, "answered another request");
    await response.body?.cancel();
  }
});

Deno.test("separateResponse refuses what cannot be sent", () => {
  assertThrows(() => separateResponse(Response.error()), TypeError, "Response.error()");
});
