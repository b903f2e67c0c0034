/**
 * What a request leaves on the active span: of a registered API, and of Deno, as a collector gets it.
 *
 * @module
 */

import { assertEquals, assertMatch } from "jsr:@std/assert@^1.0.0";
import {
  Configurator,
  html,
  HttpNotFound,
  HttpServiceUnavailable,
  mount,
} from "@pyramidion/pyramidion";
import { telemetry } from "@pyramidion/pyramidion/telemetry";
import { exchange } from "../app/raw_socket.ts";
import { ask } from "../ask.ts";
import { missingPermission, testUnless } from "../requirements.ts";
import { recordingLogger } from "../sample_app.ts";
import { FakeSpan, withApi } from "./registered_api.ts";

const broken = new RangeError("No such book\x1b[31m");

function sampleOfAll() {
  return new Configurator({ logger: recordingLogger() })
    .include(telemetry())
    .addRoute("user", "/users/:id", {
      requestMethod: "*",
      view: function user() {
        return html`Ada`;
      },
    })
    .addRoute("broken", "/broken", {
      view: () => {
        throw broken;
      },
    })
    .addRoute("text", "/text", {
      view: () => {
        throw "a text";
      },
    })
    .addRoute("gone", "/gone", {
      view: () => {
        throw new HttpNotFound();
      },
    })
    .addRoute("down", "/down", {
      view: () => {
        throw new HttpServiceUnavailable();
      },
    })
    .addRoute("own", "/own", { view: () => new Response("own", { status: 502 }) })
    .makeApp();
}

Deno.test("telemetry names the span by method and route, and notes view, session and id", async () => {
  const span = new FakeSpan();
  await withApi(span, () => ask(sampleOfAll(), "/users/7"));
  const { "pyramidion.request.id": id, ...others } = span.attributes;
  assertMatch(String(id), /^[0-9a-f]{32}$/);
  assertEquals([span.name, others, span.status], ["GET /users/:id", {
    "http.route": "/users/:id",
    "pyramidion.view": "view user",
    "pyramidion.session": "none",
  }, undefined]);
});

Deno.test("telemetry leaves the name alone where no route matched", async () => {
  const span = new FakeSpan();
  await withApi(span, () => ask(sampleOfAll(), "/none"));
  assertEquals([span.name, Object.hasOwn(span.attributes, "http.route")], ["GET", false]);
});

Deno.test("telemetry notes failures from 500 on, and none of the visitor", async (t) => {
  const rows: Record<
    string,
    [path: string, exceptions: unknown[], status: unknown]
  > = {
    "an unforeseen error": [
      "/broken",
      [broken],
      { code: 2, message: "No such book\\x1b[31m" },
    ],
    "a text that was thrown": [
      "/text",
      ["string was thrown, which is no Error"],
      { code: 2, message: "string was thrown, which is no Error" },
    ],
    "a 502 that the view made": ["/own", [], { code: 2 }],
    "a 404": ["/gone", [], undefined],
    "a page": ["/users/7", [], undefined],
  };
  for (const [name, [path, exceptions, status]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const span = new FakeSpan();
      await withApi(span, () => ask(sampleOfAll(), path));
      assertEquals(span.exceptions, exceptions);
      assertEquals(span.status, status);
    });
  }
  await t.step("a 503 that was thrown", async () => {
    const span = new FakeSpan();
    await withApi(span, () => ask(sampleOfAll(), "/down"));
    assertEquals(span.exceptions.length, 1);
  });
});

Deno.test("telemetry makes no name of a method that a visitor invented", async () => {
  const span = new FakeSpan();
  await withApi(span, () => ask(sampleOfAll(), "/users/7", { method: "BREW" }));
  assertEquals(span.name, "HTTP /users/:id");
});

Deno.test("telemetry puts the prefix of a mount in front of the route", async () => {
  const span = new FakeSpan();
  const app = mount("/shop", sampleOfAll());
  await withApi(span, async () => await app.fetch(new Request("https://app.test/shop/users/7")));
  assertEquals(span.attributes["http.route"], "/shop/users/:id");
});

Deno.test("telemetry answers as before without an API, and with a span that throws", async () => {
  assertEquals((await ask(sampleOfAll(), "/users/7")).status, 200);
  const span = new FakeSpan();
  span.setAttribute = () => {
    throw new Error("full");
  };
  assertEquals((await withApi(span, () => ask(sampleOfAll(), "/users/7"))).status, 200);
});

const APP = new URL("telemetry_app.ts", import.meta.url).pathname;

interface CollectedSpan {
  readonly name: string;
  readonly kind: number;
  readonly attributes: readonly { readonly key: string; readonly value: object }[];
  readonly events: readonly {
    readonly name: string;
    readonly attributes: CollectedSpan["attributes"];
  }[];
  readonly status: { readonly code: number };
}

/** What a collector gets of traces: OTLP as JSON. */
function serverSpans(body: unknown): CollectedSpan[] {
  // The shape is that of the OpenTelemetry protocol, which Deno writes.
  const { resourceSpans } = body as {
    resourceSpans: { scopeSpans: { spans: CollectedSpan[] }[] }[];
  };
  const spans = resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));
  return spans.filter(({ kind }) => kind === 2);
}

function attributesOf({ attributes }: Pick<CollectedSpan, "attributes">): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}

/** Starts a collector and a server, asks the server, and gives the spans of its requests. */
async function collected(args: readonly string[], targets: readonly string[]) {
  const spans: CollectedSpan[] = [];
  const all = Promise.withResolvers<void>();
  const collector = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      const body: unknown = await request.json();
      if (request.url.endsWith("/v1/traces")) spans.push(...serverSpans(body));
      if (spans.length === targets.length) all.resolve();
      return Response.json({});
    },
  );
  const child = new Deno.Command(Deno.execPath(), {
    args: [...args, APP],
    env: {
      NO_COLOR: "1",
      OTEL_DENO: "true",
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${collector.addr.port}`,
      OTEL_BSP_SCHEDULE_DELAY: "20",
    },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let output = "";
  const listens = Promise.withResolvers<number>();
  const read = async (stream: ReadableStream<Uint8Array<ArrayBuffer>>) => {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      output += text;
      const port = /Listening on http:\/\/127\.0\.0\.1:(\d+)/.exec(output)?.[1];
      if (port !== undefined) listens.resolve(Number(port));
    }
  };
  const wrote = Promise.all([read(child.stdout), read(child.stderr)]);
  const ended = child.status.then(() => listens.reject(new Error(`It did not start:\n${output}`)));
  const port = await listens.promise;
  for (const target of targets) await exchange(port, target);
  await all.promise;
  await child.stdin.close();
  if (args[0] === "serve") child.kill("SIGKILL");
  await Promise.all([ended, wrote]);
  await collector.shutdown();
  return spans;
}

const missing = missingPermission(
  { name: "run", command: Deno.execPath() },
  { name: "net", host: "127.0.0.1" },
);

const SERVERS: Readonly<Record<string, readonly string[]>> = {
  "Deno.serve": ["run", "--allow-net=127.0.0.1"],
  "deno serve": ["serve", "--host=127.0.0.1", "--port=0"],
};

for (const [server, args] of Object.entries(SERVERS)) {
  testUnless(
    missing,
    `telemetry describes the spans of ${server}, as a collector gets them`,
    async () => {
      const spans = await collected(args, ["GET /users/7", "GET /fail", "GET /none"]);
      assertEquals(spans.map(({ name }) => name), ["GET /users/:id", "GET /fail", "GET"]);
      const [user, fail, none] = spans.map(attributesOf);
      assertEquals([user?.["http.route"], user?.["pyramidion.session"]], ["/users/:id", "saved"]);
      for (const { attributes } of spans) {
        const names = attributes.map(({ key }) => key);
        assertEquals(names.length, new Set(names).size);
      }
      assertEquals([fail?.["http.response.status_code"], none?.["http.route"]], ["500", undefined]);
      assertEquals(spans.map(({ status }) => status.code), [0, 2, 0]);
      const [event] = spans[1]?.events ?? [];
      const exception = event === undefined ? {} : attributesOf(event);
      assertEquals([event?.name, exception["exception.type"], exception["exception.message"]], [
        "exception",
        "RangeError",
        "No such book",
      ]);
    },
  );
}
