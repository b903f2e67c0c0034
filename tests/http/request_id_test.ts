/**
 * Which ids of requests are taken from a proxy, and which are not.
 *
 * @module
 */

import { assertEquals, assertMatch, assertNotEquals } from "jsr:@std/assert@^1.0.0";
import { Configurator, NewRequest } from "@pyramidion/pyramidion";
import { randomRequestId, traceId, validRequestId } from "../../lib/http/request.ts";
import { sampleRequest } from "../sample_app.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const PARENT = "b7ad6b7169203331";

Deno.test("validRequestId takes 1 to 128 characters that need no escape anywhere", async (t) => {
  const rows: Record<string, [value: string | null, isTaken: boolean]> = {
    "a UUID": ["7b0c2a0e-3b0a-4d0e-9a55-0c8f1d1c2b3a", true],
    "an id of AWS": ["Self=1-67891234-12456789abcdef012345678;Root=1", false],
    "Base64": ["a+b/c==", true],
    "128 characters": ["a".repeat(128), true],
    "129 characters": ["a".repeat(129), false],
    "a megabyte": ["a".repeat(1_000_000), false],
    "nothing": [null, false],
    "an empty one": ["", false],
    "a line break": ["a\nb", false],
    "a carriage return": ["a\r\nx: y", false],
    "a space": ["a b", false],
    "a quote": ['a"b', false],
    "two headers": ["a, b", false],
    "an escape of a terminal": ["a\x1b[31m", false],
    "bytes that are not ASCII": ["\xff\xfe", false],
    "a reversed order of writing": ["a\u202eb", false],
  };
  for (const [name, [value, isTaken]] of Object.entries(rows)) {
    await t.step(name, () => assertEquals(validRequestId(value), isTaken ? value : null));
  }
});

Deno.test("traceId reads the trace id of a traceparent, and nothing of a wrong one", async (t) => {
  const rows: Record<string, [value: string | null, trace: string | null]> = {
    "a sampled one": [`00-${TRACE}-${PARENT}-01`, TRACE],
    "a later version with more fields": [`cc-${TRACE}-${PARENT}-01-more`, TRACE],
    "nothing": [null, null],
    "more fields in version 00": [`00-${TRACE}-${PARENT}-01-more`, null],
    "the version ff": [`ff-${TRACE}-${PARENT}-01`, null],
    "a trace id of zeros": [`00-${"0".repeat(32)}-${PARENT}-01`, null],
    "a parent of zeros": [`00-${TRACE}-${"0".repeat(16)}-01`, null],
    "capitals": [`00-${TRACE.toUpperCase()}-${PARENT}-01`, null],
    "a short one": ["00-1-2-01", null],
    "two headers": [`00-${TRACE}-${PARENT}-01, 00-${TRACE}-${PARENT}-01`, null],
    "a huge one": [`cc-${TRACE}-${PARENT}-01-${"x".repeat(100_000)}`, null],
    "a line break": [`cc-${TRACE}-${PARENT}-01-a\nb`, null],
  };
  for (const [name, [value, trace]] of Object.entries(rows)) {
    await t.step(name, () => assertEquals(traceId(value), trace));
  }
});

Deno.test("randomRequestId makes another id each time, as long as a trace id", () => {
  assertMatch(randomRequestId(), /^[0-9a-f]{32}$/);
  assertNotEquals(randomRequestId(), randomRequestId());
});

Deno.test("request.id is that of a trusted header, else a random one that stays", async (t) => {
  const given = { "x-request-id": "proxy-7", traceparent: `00-${TRACE}-${PARENT}-01` };
  const rows: Record<string, [headers: ("x-request-id" | "traceparent")[], id: RegExp]> = {
    "both": [["x-request-id", "traceparent"], /^proxy-7$/],
    "X-Request-Id": [["x-request-id"], /^proxy-7$/],
    "traceparent": [["traceparent"], new RegExp(`^${TRACE}$`)],
  };
  for (const [name, [headers, id]] of Object.entries(rows)) {
    await t.step(name, () => {
      const request = sampleRequest("https://app.test/", {
        headers: given,
        trusted: { hops: 1, headers },
      });
      assertMatch(request.id, id);
    });
  }
  await t.step("none is trusted", () => {
    const request = sampleRequest("https://app.test/", { headers: given });
    assertMatch(request.id, /^(?!0af7)[0-9a-f]{32}$/);
    assertEquals(request.id, request.id);
  });
  await t.step("a wrong X-Request-Id beside a traceparent", () => {
    const request = sampleRequest("https://app.test/", {
      headers: { ...given, "x-request-id": "a b" },
      trusted: { hops: 1, headers: ["x-request-id", "traceparent"] },
    });
    assertEquals(request.id, TRACE);
  });
  await t.step("trustedHops names neither", () => {
    const request = sampleRequest("https://app.test/", { headers: given, trustedHops: 1 });
    assertMatch(request.id, /^(?!0af7)[0-9a-f]{32}$/);
  });
});

Deno.test("the logger of an app gets the id, the method and the route of a request that failed", async () => {
  const told: unknown[] = [];
  const app = new Configurator({
    trusted: { hops: 1, headers: ["x-request-id"] },
    logger: { warn: () => {}, error: (...args) => void told.push(args.slice(2)) },
  }).addRoute("fail", "/fail/:id", {
    view: () => {
      throw new Error("broken");
    },
  }).addSubscriber(NewRequest, ({ request }) => {
    if (request.query.has("early")) throw new Error("early");
  }).makeApp();
  const ask = (path: string) =>
    app.fetch(new Request(`https://app.test${path}`, { headers: { "x-request-id": "r1" } }));
  await ask("/fail/7");
  await ask("/fail/7?early");
  assertEquals(told, [
    [{ requestId: "r1", method: "GET", route: "/fail/:id" }],
    [{ requestId: "r1", method: "GET", route: null }],
  ]);
});
