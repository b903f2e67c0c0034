/**
 * `request.parts()`: a form part by part, its files as streams.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertRejects } from "jsr:@std/assert@^1.0.0";
import {
  BadCsrfToken,
  Configurator,
  HttpBadRequest,
  HttpContentTooLarge,
  HttpError,
  HttpUnsupportedMediaType,
  signedCookieSessionFactory,
  type ViewOptions,
  type ViewRequest,
} from "@pyramidion/pyramidion";
import type { FormPart, RequestLimits } from "@pyramidion/pyramidion/types";

const SECRET = "b2c5f0c1e94d4b7fa1a8d5c37e6f9048";
const STREAMED: RequestLimits = { maxStreamedBytes: 10_000, maxBytes: 2_000 };

function field(name: string, value: string): string {
  return `--X\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
}

function file(name: string, content: string): string {
  return `--X\r\nContent-Disposition: form-data; name="file"; filename="${name}"\r\n\r\n${content}\r\n`;
}

const END = "--X--\r\n";

interface Outcome {
  readonly seen: unknown[];
  readonly thrown: unknown;
  readonly status: number;
  readonly hungUp: boolean;
  /** Bytes that were asked of the body. */
  readonly asked: number;
}

interface Sent {
  readonly body: string | ((token: string) => string);
  /** The size of the pieces. */
  readonly pieces?: number;
  readonly type?: string;
  readonly token?: "header";
  readonly options?: ViewOptions;
  readonly read?: (request: ViewRequest, seen: unknown[]) => Promise<unknown>;
  /** Whether the body stops and never ends. */
  readonly stops?: boolean;
}

async function readAll(request: ViewRequest, seen: unknown[]): Promise<void> {
  for await (const part of request.parts()) seen.push(await shown(part));
}

async function shown(part: FormPart): Promise<unknown> {
  if (part.kind === "field") return [part.name, part.value];
  return [part.name, part.fileName, part.type, await new Response(part.stream).text()];
}

async function send(sent: Sent): Promise<Outcome> {
  const { pieces = 7, options = {}, read = readAll, type = "multipart/form-data; boundary=X" } =
    sent;
  const seen: unknown[] = [];
  let thrown: unknown;
  const config = new Configurator({
    sessionFactory: signedCookieSessionFactory<Record<string, unknown>>(SECRET),
    bodyTimeout: 0.05,
    logger: { warn() {}, error() {} },
  });
  config.setDefaultCsrfOptions({ requireCsrf: options.requireCsrf === true });
  config.addTween((handler) => async (request) => {
    const response = await handler(request);
    thrown = request.exception;
    return response;
  });
  config.addRoute("form", "/", {
    view: async (request) => new Response((await request.session).getCsrfToken()),
  });
  config.addView(async (request) => {
    await read(request, seen);
    return new Response("read");
  }, { routeName: "form", requestMethod: "POST", bodyLimits: STREAMED, ...options });
  const { fetch } = config.makeApp();
  const page = await fetch(new Request("https://app.test/"));
  const token = await page.text();
  const cookie = page.headers.getSetCookie().map((set) => set.split(";")[0]).join("; ");

  const text = typeof sent.body === "string" ? sent.body : sent.body(token);
  const bytes = new TextEncoder().encode(text);
  let asked = 0;
  let hungUp = false;
  const body = new ReadableStream({
    pull(controller) {
      if (asked < bytes.length) controller.enqueue(bytes.slice(asked, asked += pieces));
      else if (sent.stops !== true) controller.close();
      else return new Promise(() => {});
    },
    cancel() {
      hungUp = true;
    },
  }, { highWaterMark: 0 });
  const headers = new Headers({ cookie, "content-type": type, origin: "https://app.test" });
  if (sent.token === "header") headers.set("x-csrf-token", token);
  const response = await fetch(new Request("https://app.test/", { method: "POST", headers, body }));
  await response.body?.cancel();
  return { seen, thrown, status: response.status, hungUp, asked };
}

const FORM = field("a", "1") + file("x.txt", "hello\r\n--Y") + field("b", "é") + file("", "") + END;
const READ = [
  ["a", "1"],
  ["file", "x.txt", "application/octet-stream", "hello\r\n--Y"],
  ["b", "é"],
  ["file", "", "application/octet-stream", ""],
];

Deno.test("ViewRequest.parts() gives fields and files in their order, from any pieces", async (t) => {
  for (const pieces of [1, 2, 7, 1_000]) {
    await t.step(`of ${pieces} bytes`, async () => {
      const { seen, thrown, status } = await send({ body: FORM, pieces });
      assertEquals([seen, thrown, status], [READ, undefined, 200]);
    });
  }
  await t.step("no part", async () => {
    assertEquals((await send({ body: END })).seen, []);
  });
});

Deno.test("ViewRequest.parts() skips what is not read, and ends what was read in part", async (t) => {
  await t.step("files that nobody reads", async () => {
    const { seen, status } = await send({
      body: FORM,
      async read(request, seen) {
        for await (const part of request.parts()) seen.push(part.name);
      },
    });
    assertEquals([seen, status], [["a", "file", "b", "file"], 200]);
  });
  await t.step("a file that is read too late", async () => {
    const { seen, status } = await send({
      body: FORM,
      async read(request, seen) {
        const files: FormPart[] = [];
        for await (const part of request.parts()) {
          if (part.kind === "field") continue;
          files.push(part);
          if (files.length > 1) break;
          const reader = part.stream.getReader();
          seen.push(new TextDecoder().decode((await reader.read()).value).length < 11);
          reader.releaseLock();
        }
        const [first] = files;
        assert(first?.kind === "file");
        seen.push((await assertRejects(() => first.stream.getReader().read(), TypeError)).message);
      },
    });
    assertEquals(seen[0], true);
    assertMatch(String(seen[1]), /the next part was read before|request\.parts\(\) ended before/);
    assertEquals(status, 200);
  });
  await t.step("a form that is left", async () => {
    const { hungUp, asked, status } = await send({
      body: field("a", "1") + file("x", "y".repeat(5_000)) + END,
      async read(request) {
        for await (const _ of request.parts()) break;
      },
    });
    assertEquals([hungUp, status, asked < 200], [true, 200, true]);
  });
});

Deno.test("ViewRequest.parts() reads no more of the body than is read of its files", async () => {
  const asked: number[] = [];
  const body = file("x", "y".repeat(5_000)) + END;
  let sent = 0;
  const stream = new ReadableStream({
    pull: (controller) =>
      controller.enqueue(new TextEncoder().encode(body.slice(sent, sent += 100))),
  }, { highWaterMark: 0 });
  const app = new Configurator().addRoute("form", "/").addView(async (request) => {
    for await (const part of request.parts()) {
      assert(part.kind === "file");
      const reader = part.stream.getReader();
      for (let read = 0; read < 3; read++) {
        for (let turn = 0; turn < 50; turn++) await null;
        asked.push(sent);
        await reader.read();
      }
      break;
    }
    return new Response("read");
  }, { routeName: "form", requestMethod: "POST" }).makeApp();
  await app.fetch(
    new Request("https://app.test/", {
      method: "POST",
      headers: { "content-type": "multipart/form-data; boundary=X" },
      body: stream,
    }),
  );
  assertEquals(asked, [100, 100, 200]);
});

Deno.test("ViewRequest.parts() refuses what is broken or too large, in the file's stream too", async (t) => {
  const limits = (bodyLimits: RequestLimits): ViewOptions => ({ bodyLimits });
  const rows: Record<
    string,
    [sent: Sent, refusal: abstract new (...args: never[]) => Error, said: RegExp]
  > = {
    "cut short in a file": [
      { body: field("a", "1") + file("x", "hello").slice(0, -2) },
      HttpBadRequest,
      /last boundary is missing/,
    ],
    "cut short in a head": [
      { body: field("a", "1") + "--X\r\nContent" },
      HttpBadRequest,
      /headers/,
    ],
    "text behind": [{ body: FORM + "text" }, HttpBadRequest, /after its last boundary/],
    "no boundary": [
      { body: FORM, type: "multipart/form-data" },
      HttpBadRequest,
      /boundary is malformed/,
    ],
    "another type": [{ body: "{}", type: "application/json" }, HttpUnsupportedMediaType, /./],
    "a body of more bytes": [
      { body: file("x", "y".repeat(10_000)) + END },
      HttpContentTooLarge,
      /larger than 10000 bytes/,
    ],
    "a file of more bytes": [
      {
        body: file("x", "y".repeat(100)) + file("z", "y".repeat(101)) + END,
        options: limits({ maxStreamedBytes: 10_000, maxFileBytes: 100 }),
      },
      HttpContentTooLarge,
      /A file of this form is larger than 100 bytes/,
    ],
    "a file of more bytes that is skipped": [
      {
        body: file("x", "y".repeat(101)) + END,
        options: limits({ maxStreamedBytes: 10_000, maxFileBytes: 100 }),
        async read(request) {
          for await (const _ of request.parts());
        },
      },
      HttpContentTooLarge,
      /A file of this form is larger than 100 bytes/,
    ],
    "fields of more bytes": [
      { body: field("a", "y".repeat(1_000)).repeat(2) + END },
      HttpContentTooLarge,
      /The text of this form is larger than 2000 bytes/,
    ],
    "more parts": [
      { body: FORM, options: limits({ maxParts: 3 }) },
      HttpContentTooLarge,
      /more than 3 fields and files/,
    ],
    "without maxStreamedBytes, a body of more than maxBytes": [
      { body: file("x", "y".repeat(500)) + END, options: limits({ maxBytes: 400 }) },
      HttpContentTooLarge,
      /larger than 400 bytes/,
    ],
    "a body that stops coming": [
      { body: file("x", "hello").slice(0, -4), stops: true },
      HttpError,
      /did not arrive in time/,
    ],
  };
  for (const [name, [sent, refusal, said]] of Object.entries(rows)) {
    await t.step(name, async () => {
      let inStream: unknown;
      const { thrown } = await send({
        read: async (request, seen) => {
          for await (const part of request.parts()) {
            seen.push(
              await shown(part).catch((error) => {
                inStream = error;
                throw error;
              }),
            );
          }
        },
        ...sent,
      });
      assert(thrown instanceof refusal, `${thrown}`);
      assertMatch(String(thrown), said);
      assert(inStream === undefined || inStream === thrown);
    });
  }
});

Deno.test("ViewRequest.parts(): the CSRF token stands before the files, or in the header", async (t) => {
  const options: ViewOptions = { requireCsrf: true };
  const tokenField = (token: string) => field("csrf_token", token);
  await t.step("before", async () => {
    const { seen, status } = await send({ body: (token) => tokenField(token) + FORM, options });
    assertEquals([seen.slice(1), status], [READ, 200]);
  });
  await t.step("in the header", async () => {
    const { seen, status } = await send({ body: FORM, options, token: "header" });
    assertEquals([seen, status], [READ, 200]);
  });
  await t.step("behind", async () => {
    const body = (token: string) => file("x", "y".repeat(5_000)) + tokenField(token) + END;
    const { thrown, asked, status } = await send({ body, options });
    assertMatch(
      String(thrown),
      /put the field before the file, or send it in the header X-CSRF-Token/,
    );
    assertEquals([status, asked < 200], [413, true]);
  });
  await t.step("nowhere", async () => {
    const { thrown } = await send({ body: field("a", "1") + END, options });
    assert(thrown instanceof BadCsrfToken);
  });
  await t.step("as a file is none", async () => {
    const { thrown } = await send({ body: file("csrf_token", "1") + END, options });
    assert(thrown instanceof HttpContentTooLarge);
  });
  await t.step("a view that reads the form as a whole gets all of it", async () => {
    const { seen, status } = await send({
      body: (token) => tokenField(token) + FORM,
      options,
      read: async (request, seen) => {
        for (const [name, value] of (await request.form())) {
          seen.push([name, typeof value === "string" ? value : await value.text()]);
        }
      },
    });
    assertEquals(
      [seen.slice(1), status],
      [[["a", "1"], ["file", "hello\r\n--Y"], ["b", "é"], ["file", ""]], 200],
    );
  });
  await t.step("but no more than maxBytes", async () => {
    const { thrown } = await send({
      body: (token) => tokenField(token) + file("x", "y".repeat(3_000)) + END,
      options,
      read: (request) => request.form(),
    });
    assertMatch(String(thrown), /larger than 2000 bytes/);
  });
});

Deno.test("ViewRequest.parts(): a requestParam predicate sees the fields before the files", async () => {
  const options = { requestParam: "a=1" };
  const before = await send({ body: FORM, options });
  const behind = await send({ body: file("x", "y") + field("a", "1") + END, options });
  assertEquals([before.seen, before.status, behind.status], [READ, 200, 405]);
});

Deno.test("ViewRequest: a form is read once, part by part or as a whole", async (t) => {
  const rows: Record<string, [(request: ViewRequest) => Promise<unknown>, RegExp]> = {
    "parts() twice": [async (request) => {
      for await (const _ of request.parts());
      for await (const _ of request.parts());
    }, /the parts were read before/],
    "parts(), then form()": [async (request) => {
      for await (const _ of request.parts());
      await request.form();
    }, /the parts were read before/],
    "parts(), then bytes()": [async (request) => {
      for await (const _ of request.parts());
      await request.bytes();
    }, /the parts were read before/],
    "form(), then parts()": [async (request) => {
      await request.form();
      for await (const _ of request.parts());
    }, /was read before as a whole.*bodyLimits: \{ maxStreamedBytes \}/],
  };
  for (const [name, [read, said]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const { thrown } = await send({ body: END, read });
      assert(thrown instanceof TypeError);
      assertMatch(String(thrown), said);
    });
  }
});
