/**
 * How the sending of a response ends, and how many bytes it had.
 *
 * @module
 */

import { assertEquals, assertRejects, assertStrictEquals } from "jsr:@std/assert@^1.0.0";
import { html, json } from "@pyramidion/pyramidion";
import { type Ending, follow } from "../../../lib/app/observed/delivery.ts";
import type { ConnectionInfo } from "../../../lib/http/request.ts";
import { noteBodyTexts } from "../../../lib/http/response.ts";

noteBodyTexts();

/** The connection of a request that was completed so. */
function info(completed: Promise<void> = Promise.resolve()): ConnectionInfo {
  return { remoteAddr: { transport: "tcp", hostname: "192.0.2.7" }, completed };
}

/** Sends a response: its text, and how that ended. */
async function sent(response: Response, method = "GET"): Promise<[Ending, string | undefined]> {
  const { response: given, ending } = await follow(response, method, undefined);
  const text = await given.text().catch(() => undefined);
  return [await ending, text];
}

const bytes = (length: number) => new Uint8Array(length);
const CSV = { headers: { "content-type": "text/csv" } };

function stream(...chunks: number[]): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({
    async pull(controller) {
      await new Promise((resolve) => setTimeout(resolve, 0));
      const next = chunks.shift();
      if (next === undefined) controller.close();
      else controller.enqueue(bytes(next));
    },
  });
}

Deno.test("follow hands on a chunk that is no bytes, so that the answer is the same as without it", async () => {
  for (const chunk of ["abc", 5, Symbol("abc")]) {
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(chunk);
        controller.close();
      },
    });
    const [{ end, bytes }, text] = await sent(new Response(body, CSV));
    assertEquals([end, bytes, text], ["failed", 0, undefined]);
  }
});

Deno.test("follow knows the bytes of every body but a plain text of the platform", async (t) => {
  const rows: Record<string, [response: () => Response, bytes: number | null, method?: string]> = {
    "html, in bytes": [() => html`é`.toResponse(), 2],
    "a page of 20,000 characters": [() => html`${"é".repeat(20_000)}`.toResponse(), 40_000],
    "json()": [() => json({ a: 1 }), 7],
    "Content-Length": [() => new Response("abc", { headers: { "content-length": "3" } }), 3],
    "no body": [() => new Response(null), 0],
    "204": [() => new Response(null, { status: 204 }), 0],
    "304": [() => new Response(null, { status: 304 }), 0],
    "HEAD": [() => html`é`.toResponse(), 0, "HEAD"],
    "bytes in memory": [() => new Response(bytes(1000), CSV), 1000],
    "a text with a type": [() => new Response("abc", CSV), 3],
    "an empty text": [() => new Response("", CSV), 0],
    "a stream": [() => new Response(stream(10, 20, 30), CSV), 60],
    "an empty stream": [() => new Response(stream(), CSV), 0],
    "a plain text of the platform": [() => new Response("abc"), null],
    "a wrong Content-Length": [
      () => new Response("abc", { headers: { "content-length": "x" } }),
      null,
    ],
  };
  for (const [name, [response, count, method]] of Object.entries(rows)) {
    await t.step(name, async () => {
      assertEquals((await sent(response(), method))[0], { end: "sent", bytes: count });
    });
  }
});

Deno.test("follow hands on every body as it was", async (t) => {
  const text = "é".repeat(5000);
  const rows: Record<string, () => Response> = {
    "a text": () => new Response(text, CSV),
    "a stream": () => new Response(new Blob([text]).stream(), CSV),
    "html": () => html`${text}`.toResponse(),
    "a plain text": () => new Response(text),
  };
  for (const [name, response] of Object.entries(rows)) {
    await t.step(name, async () => assertEquals((await sent(response()))[1], text));
  }
});

Deno.test("follow keeps status and headers of a body that it counts", async () => {
  const response = new Response(stream(1), { status: 201, headers: { "x-a": "b" } });
  const { response: given } = await follow(response, "GET", undefined);
  assertEquals([given.status, given.headers.get("x-a")], [201, "b"]);
  await given.bytes();
});

Deno.test("follow says that a stream failed, and fails it for the server too", async () => {
  const failing = new ReadableStream({
    start: (controller) => controller.enqueue(bytes(10)),
    pull: () => Promise.reject(new RangeError("disk full")),
  });
  const { response, ending } = await follow(new Response(failing, CSV), "GET", undefined);
  await assertRejects(() => response.bytes(), RangeError, "disk full");
  assertEquals(await ending, { end: "failed", bytes: 10 });
});

Deno.test("follow says that the visitor went away, and ends the stream", async () => {
  let reason: unknown;
  const endless = new ReadableStream({
    pull: (controller) => controller.enqueue(bytes(5)),
    cancel: (given) => void (reason = given),
  });
  const { response, ending } = await follow(new Response(endless, CSV), "GET", undefined);
  const reader = response.body!.getReader();
  await reader.read();
  await reader.cancel("gone");
  assertEquals([await ending, reason], [{ end: "aborted", bytes: 5 }, "gone"]);
});

Deno.test("follow says that the visitor went away where the server rejects", async () => {
  const rejected = Promise.reject(new Error("closed"));
  const { ending } = await follow(html`abc`.toResponse(), "GET", info(rejected));
  assertEquals(await ending, { end: "aborted", bytes: 3 });
});

Deno.test("follow waits for the server", async () => {
  const completed = Promise.withResolvers<void>();
  const { ending } = await follow(html`abc`.toResponse(), "GET", info(completed.promise));
  let isOver = false;
  const over = Promise.resolve(ending).then((end) => (isOver = true, end));
  await Promise.resolve();
  assertEquals(isOver, false);
  completed.resolve();
  assertEquals(await over, { end: "sent", bytes: 3 });
});

Deno.test("follow leaves a body alone that another reader holds", async () => {
  const response = new Response(new ReadableStream(), CSV);
  response.body!.getReader();
  const { response: given } = await follow(response, "GET", undefined);
  assertStrictEquals(given, response);
});

Deno.test("follow tells of an upgrade at once, although its connection goes on", async () => {
  const upgrade = Object.defineProperty(new Response(null), "status", { value: 101 });
  const { response, ending } = await follow(upgrade, "GET", info(new Promise(() => {})));
  assertStrictEquals(response, upgrade);
  assertEquals(ending, { end: "sent", bytes: 0 });
});
