import { assert, assertEquals, assertStrictEquals, assertThrows } from "jsr:@std/assert@^1.0.0";
import { mergeHeaders, withMutableHeaders } from "../../lib/http/response.ts";
import { requireAll } from "../vectors.ts";

/** A response whose headers cannot be changed: what `fetch()` brings, without a network. */
async function fetched(type = "text/plain", text = "upstream"): Promise<Response> {
  const response = await fetch(`data:${type},${text}`);
  assertThrows(() => response.headers.set("x-a", "1"), TypeError);
  return response;
}

Deno.test("withMutableHeaders() gives back the same response where it can", async (t) => {
  const rows: Record<string, Response> = {
    "new Response": new Response("a"),
    "Response.json": Response.json({}),
    "a null body": new Response(null, { status: 204 }),
    "not modified": new Response(null, { status: 304 }),
    "an upgrade": new Response(null, { status: 101 }),
  };
  for (const [name, response] of Object.entries(rows)) {
    await t.step(name, () => {
      const before = [...response.headers];
      assertStrictEquals(withMutableHeaders(response), response);
      assertEquals([...response.headers], before);
    });
  }
});

Deno.test("withMutableHeaders() copies Response.redirect() with its location", () => {
  const response = Response.redirect("https://app.test/a", 303);
  assertThrows(() => response.headers.set("x-a", "1"), TypeError);
  const copy = withMutableHeaders(response);
  copy.headers.append("set-cookie", "a=1");
  assertEquals([copy.status, copy.body], [303, null]);
  assertEquals([...copy.headers], [["location", "https://app.test/a"], ["set-cookie", "a=1"]]);
});

Deno.test("withMutableHeaders() copies a fetched response with its body", async () => {
  const copy = withMutableHeaders(await fetched("text/csv"));
  copy.headers.append("set-cookie", "a=1");
  assertEquals([copy.status, copy.statusText], [200, "OK"]);
  assertEquals([...copy.headers], [["content-type", "text/csv"], ["set-cookie", "a=1"]]);
  assertEquals(await copy.text(), "upstream");
});

const canListen =
  Deno.permissions.querySync({ name: "net", host: "127.0.0.1" }).state === "granted";

Deno.test({
  name: "withMutableHeaders() copies what a server upstream answered" +
    (canListen ? "" : " (skipped: the network is not permitted)"),
  ignore: !canListen && !requireAll,
  async fn(t) {
    const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
      const status = Number(new URL(request.url).pathname.slice(1));
      const headers = new Headers([["set-cookie", "a=1"], ["set-cookie", "b=2"]]);
      return new Response(status === 200 || status === 404 ? "body" : null, { status, headers });
    });
    for (const status of [200, 204, 205, 304, 404]) {
      await t.step(`status ${status}`, async () => {
        const response = await fetch(`http://127.0.0.1:${server.addr.port}/${status}`);
        const copy = mergeHeaders(response, new Headers({ "set-cookie": "session=T" }));
        assertEquals(copy.status, status);
        assertEquals(copy.headers.getSetCookie(), ["a=1", "b=2", "session=T"]);
        assertEquals(await copy.text(), status === 200 || status === 404 ? "body" : "");
      });
    }
    await server.shutdown();
  },
});

Deno.test("withMutableHeaders() refuses what cannot be copied and says why", async (t) => {
  await t.step("Response.error()", () => {
    assertThrows(() => withMutableHeaders(Response.error()), TypeError, "Response.error()");
  });
  await t.step("a body that was read", async () => {
    const response = await fetched();
    await response.text();
    assertThrows(() => withMutableHeaders(response), TypeError, "whose body was read before");
  });
  await t.step("a body of which a piece was read", async () => {
    const response = await fetched();
    const reader = response.body?.getReader();
    await reader?.read();
    reader?.releaseLock();
    assertThrows(() => withMutableHeaders(response), TypeError, "whose body was read before");
    await response.body?.cancel();
  });
  await t.step("a body that somebody is reading", async () => {
    const response = await fetched();
    const reader = response.body?.getReader();
    assertThrows(() => withMutableHeaders(response), TypeError, "whose body was read before");
    await reader?.cancel();
  });
});

Deno.test("mergeHeaders() appends cookies, merges Vary and sets the rest", () => {
  const response = new Response("a", {
    headers: [["set-cookie", "a=1"], ["vary", "Accept"], ["x-a", "1"], ["x-b", "1"]],
  });
  const headers = new Headers([
    ["set-cookie", "b=2, c; d"],
    ["set-cookie", "a=3"],
    ["vary", "accept, Cookie,,"],
    ["x-a", "2"],
  ]);
  assertStrictEquals(mergeHeaders(response, headers), response);
  assertEquals(response.headers.getSetCookie(), ["a=1", "b=2, c; d", "a=3"]);
  assertEquals(response.headers.get("vary"), "Accept, Cookie");
  assertEquals([response.headers.get("x-a"), response.headers.get("x-b")], ["2", "1"]);
});

Deno.test("mergeHeaders() of nothing leaves a response alone, whose headers cannot change too", async () => {
  const response = await fetched();
  assertStrictEquals(mergeHeaders(response, new Headers()), response);
  assert(!response.bodyUsed);
  await response.body?.cancel();
});

Deno.test("mergeHeaders() leaves a Vary of * alone", () => {
  const response = new Response("a", { headers: { vary: "*" } });
  mergeHeaders(response, new Headers({ vary: "Cookie" }));
  assertEquals(response.headers.get("vary"), "*");
});
