/**
 * `readForm({ files })`: the files of a form go to the app while they arrive.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "jsr:@std/assert@^1.0.0";
import {
  BadCsrfToken,
  Configurator,
  HttpBadRequest,
  HttpContentTooLarge,
  type HttpError,
  signedCookieSessionFactory,
  type StandardSchema,
  type ViewRequest,
} from "@pyramidion/pyramidion";
import type { FormFile, ReadFormOptions, RequestLimits } from "@pyramidion/pyramidion/types";
import * as z from "npm:zod@4.6.7";
import { recordingLogger, SAMPLE_SECRET } from "../../sample_app.ts";
import { ANYTHING, memberOf } from "./form_app.ts";

const STREAMED: RequestLimits = { maxStreamedBytes: 5_000, maxFileBytes: 1_000, maxBytes: 500 };
const END = "--X--\r\n";

function field(name: string, value: string): string {
  return `--X\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
}

function file(name: string, content: string, fileName = `${name}.txt`): string {
  return `--X\r\nContent-Disposition: form-data; name="${name}"; filename="${fileName}"\r\n` +
    `Content-Type: text/plain\r\n\r\n${content}\r\n`;
}

type Kind = abstract new (...args: never[]) => HttpError;

/** What one form came to. */
interface Outcome {
  /** What the functions were called for, in order. */
  readonly seen: unknown[];
  /** What was discarded. */
  readonly discarded: unknown[];
  readonly read: unknown;
  readonly thrown: unknown;
  readonly status: number;
  /** Whether the body was cancelled. */
  readonly hungUp: boolean;
  readonly errors: readonly unknown[];
}

interface Sent {
  readonly body: string | ((token: string) => string);
  readonly schema?: StandardSchema;
  /** What takes the files of `a`. Default: their text, behind their name. */
  readonly take?: (file: FormFile, seen: unknown[]) => unknown;
  readonly options?: ReadFormOptions;
  /** Whether there is a function that discards. Default: there is. */
  readonly discards?: boolean;
  readonly limits?: RequestLimits | null;
  readonly requireCsrf?: boolean;
  readonly token?: "header";
  readonly type?: string;
  /** Whether the connection fails at the end of the body. */
  readonly breaks?: boolean;
}

async function text({ name, fileName, type, maxBytes, stream }: FormFile, seen: unknown[]) {
  const content = await new Response(stream).text();
  seen.push([name, fileName, type, maxBytes]);
  return `${fileName}=${content}`;
}

async function send(sent: Sent): Promise<Outcome> {
  const { limits = STREAMED, requireCsrf = false, schema = ANYTHING, take = text } = sent;
  const seen: unknown[] = [], discarded: unknown[] = [];
  let read: unknown, thrown: unknown;
  const logger = recordingLogger();
  const config = new Configurator({
    sessionFactory: signedCookieSessionFactory<Record<string, unknown>>(SAMPLE_SECRET),
    logger,
  });
  config.setDefaultCsrfOptions({ requireCsrf });
  config.addTween((handler) => async (request) => {
    const response = await handler(request);
    thrown = request.exception;
    return response;
  });
  config.addRoute("form", "/", {
    view: async (request) => new Response((await request.session).getCsrfToken()),
  });
  config.addView(async (request: ViewRequest) => {
    read = await request.readForm(schema, {
      files: { a: (file) => take(file, seen) },
      ...(sent.discards === false
        ? {}
        : { discard: (kept, name) => void discarded.push([name, kept]) }),
      ...sent.options,
    });
    return new Response("read");
  }, {
    routeName: "form",
    requestMethod: "POST",
    ...(limits === null ? {} : { bodyLimits: limits }),
  });
  const { fetch } = config.makeApp();
  const page = await fetch(new Request("https://app.test/"));
  const token = await page.text();
  const cookie = page.headers.getSetCookie().map((set) => set.split(";")[0]).join("; ");
  const bytes = new TextEncoder().encode(
    typeof sent.body === "string" ? sent.body : sent.body(token),
  );
  let at = 0, hungUp = false;
  const body = new ReadableStream({
    pull(controller) {
      if (at < bytes.length) controller.enqueue(bytes.slice(at, at += 50));
      else if (sent.breaks === true) controller.error(new Error("gone"));
      else controller.close();
    },
    cancel: () => void (hungUp = true),
  }, { highWaterMark: 0 });
  const headers = new Headers({
    cookie,
    origin: "https://app.test",
    "content-type": sent.type ?? "multipart/form-data; boundary=X",
  });
  if (sent.token === "header") headers.set("x-csrf-token", token);
  const response = await fetch(new Request("https://app.test/", { method: "POST", headers, body }));
  await response.body?.cancel();
  const errors = logger.errors.map(({ message }) => message);
  return { seen, discarded, read, thrown, status: response.status, hungUp, errors };
}

const value = ({ read }: Outcome) => ({ ...memberOf(read, "value") as object });

Deno.test("readForm({ files }) hands out files in order, and puts what it gets into the form", async () => {
  const outcome = await send({
    body: field("x", "1") + file("a", "one") + field("y", "2") + file("a", "two", "../b.txt") + END,
    options: { lists: ["a"] },
  });
  assertEquals(outcome.seen, [
    ["a", "a.txt", "text/plain", 1_000],
    ["a", "b.txt", "text/plain", 1_000],
  ]);
  assertEquals(value(outcome), { x: "1", a: ["a.txt=one", "b.txt=two"], y: "2" });
  assertEquals(outcome.discarded, []);
});

Deno.test("readForm({ files }) does not show again what a function gave, such as a path", async () => {
  const { read } = await send({
    body: field("t", "one") + file("a", "first") + END,
    schema: z.object({ t: z.string().min(9), a: z.string() }),
  });
  assertEquals(String(memberOf(read, "input")), "t=one");
});

Deno.test("readForm({ files }) reads a content type in capitals", async () => {
  const type = "Multipart/Form-Data; boundary=X";
  assertEquals(value(await send({ body: file("a", "one") + END, type })), { a: "a.txt=one" });
});

Deno.test("readForm({ files }) keeps the files of other fields in memory, up to maxBytes", async () => {
  const read = await send({ body: file("b", "one") + file("a", "two") + END });
  const { a, b } = value(read) as { a: string; b: File };
  assertEquals([a, b.name, await b.text()], ["a.txt=two", "b.txt", "one"]);
  const both = (bytes: number) =>
    send({
      body: file("b", "x".repeat(300)) + file("a", "two") + file("c", "x".repeat(bytes)) + END,
      limits: { ...STREAMED, maxBytes: 500 },
    });
  assertEquals((await both(200)).status, 200);
  const large = await both(201);
  assert(large.thrown instanceof HttpContentTooLarge);
  assertEquals(large.discarded, [["a", "a.txt=two"]]);
});

Deno.test("readForm({ files }) takes neither a text for a file, nor the name of a prototype", async (t) => {
  const schema = z.object({ a: z.string().optional(), x: z.string() });
  await t.step("a text in place of a file", async () => {
    const { read, seen } = await send({
      schema,
      body: field("a", "/etc/passwd") + field("x", "1") + END,
    });
    assertEquals(memberOf(read, "ok"), false);
    assertEquals({ ...memberOf(read, "errors") as object }, { a: ["Send a file."] });
    assertEquals([seen, String(memberOf(read, "input"))], [[], "x=1"]);
  });
  await t.step("a form without files", async () => {
    const { read } = await send({
      schema,
      body: "a=%2Fetc%2Fpasswd&x=1",
      type: "application/x-www-form-urlencoded",
    });
    assertEquals({ ...memberOf(read, "errors") as object }, { a: ["Send a file."] });
  });
  await t.step("a text beside a file", async () => {
    const { read, discarded } = await send({
      schema,
      body: field("a", "x") + file("a", "one") + field("x", "1") + END,
    });
    assertEquals(memberOf(read, "ok"), false);
    assertEquals(discarded, [["a", "a.txt=one"]]);
  });
  await t.step("a file for the name of a prototype is kept in memory", async () => {
    const outcome = await send({ body: file("toString", "x") + file("constructor", "y") + END });
    assertEquals(Object.values(value(outcome)).map((one) => one instanceof File), [true, true]);
  });
});

Deno.test("readForm({ files }) calls nothing for a file input without a choice", async (t) => {
  const rows: Record<string, [body: string, seen: number]> = {
    "no choice": [file("a", "", ""), 0],
    "an empty file": [file("a", "", "a.txt"), 1],
    "a file without a name": [file("a", "x".repeat(120), ""), 1],
  };
  for (const [name, [body, count]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const outcome = await send({ body: body + END });
      assertEquals([outcome.status, outcome.seen.length], [200, count]);
      assertEquals("a" in value(outcome), count === 1);
      if (body.includes("xx")) assertEquals(value(outcome), { a: `=${"x".repeat(120)}` });
    });
  }
});

Deno.test("readForm({ files }) discards what the form does not use", async (t) => {
  const kept = [["a", "a.txt=one"], ["a", "b.txt=two"]];
  const two = file("a", "one") + file("a", "two", "b.txt");
  const rows: Record<string, [sent: Sent, discarded: unknown[], status: number]> = {
    "a valid form": [{ body: two + END, options: { lists: ["a"] } }, [], 200],
    "a file that a later one replaces": [{ body: two + END }, kept.slice(0, 1), 200],
    "an invalid form": [{ body: two + END, schema: z.object({ x: z.string() }) }, kept, 200],
    "a broken form": [{ body: two + field("x", "1") }, kept, 400],
    "a visitor who goes away": [{ body: two + field("x", "1"), breaks: true }, kept, 400],
    "a schema that throws": [
      {
        body: two + END,
        schema: z.any().transform(() => {
          throw new Error("down");
        }),
      },
      kept,
      500,
    ],
    "a form without its one-time token": [{ body: two + END, options: { once: true } }, kept, 400],
    "a second file that is too large": [
      {
        body: file("a", "one") + file("a", "x".repeat(1_001)) + END,
      },
      kept.slice(0, 1),
      413,
    ],
    "a form that is too large": [
      {
        body: file("a", "one") + Array(6).fill(file("b", "x".repeat(900))).join("") + END,
        options: { files: { a: (file) => text(file, []), b: () => {} } },
      },
      kept.slice(0, 1),
      413,
    ],
  };
  for (const [name, [sent, discarded, status]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const outcome = await send(sent);
      assertEquals([outcome.status, outcome.discarded], [status, discarded]);
    });
  }
  await t.step("without discard() nothing is logged", async () => {
    const { errors, status } = await send({
      body: two + field("x", "1"),
      discards: false,
    });
    assertEquals([errors, status], [[], 400]);
  });
  await t.step("what discard() throws is logged, and the others are discarded", async () => {
    const seen: unknown[] = [];
    const discard = (one: unknown) => {
      seen.push(one);
      throw new Error("busy");
    };
    const { errors, status } = await send({
      body: two + field("x", "1"),
      options: { discard },
    });
    assertEquals([seen.length, status], [2, 400]);
    assertEquals(errors, Array(2).fill('Discarding a file of field "a" failed'));
  });
});

Deno.test("readForm({ files }): the stream of a function fails with the error of the form", async (t) => {
  const rows: Record<string, [sent: Sent, kind: Kind]> = {
    "a file that is too large": [{ body: file("a", "x".repeat(1_001)) + END }, HttpContentTooLarge],
    "a body that is cut short": [{ body: file("a", "one").slice(0, -2) }, HttpBadRequest],
    "a visitor who goes away": [
      { body: file("a", "one").slice(0, -2), breaks: true },
      HttpBadRequest,
    ],
  };
  for (const [name, [sent, kind]] of Object.entries(rows)) {
    await t.step(name, async () => {
      let seen: unknown;
      const take = async (file: FormFile) => {
        try {
          await file.stream.pipeTo(new WritableStream());
        } catch (error) {
          seen = error;
          throw error;
        }
      };
      const outcome = await send({ ...sent, take });
      assert(seen instanceof kind);
      assertEquals(outcome.thrown, seen);
    });
  }
  await t.step("a function that keeps the error to itself changes nothing", async () => {
    const take = (file: FormFile) => new Response(file.stream).text().catch(() => "a part of it");
    const outcome = await send({
      body: file("a", "x".repeat(1_001)) + field("x", "1") + END,
      take,
    });
    assertEquals(outcome.status, 413);
    assertEquals(outcome.discarded, [["a", "a part of it"]]);
  });
});

Deno.test("readForm({ files }): a function need not read its stream, and may throw", async (t) => {
  await t.step("unread", async () => {
    const outcome = await send({ body: file("a", "one") + field("x", "1") + END, take: () => 7 });
    assertEquals(value(outcome), { a: 7, x: "1" });
  });
  await t.step("nothing is kept", async () => {
    const outcome = await send({ body: file("a", "one") + field("x", "1") + END, take: () => {} });
    assertEquals(value(outcome), { x: "1" });
  });
  await t.step("it throws, and the rest is not read", async () => {
    const broken = new Error("disk full");
    const outcome = await send({
      body: file("a", "one") + field("x", "1".repeat(400)) + END,
      take: () => Promise.reject(broken),
    });
    assertEquals([outcome.status, outcome.thrown, outcome.hungUp], [500, broken, true]);
  });
});

Deno.test("readForm({ files }) streams nothing before the CSRF check", async (t) => {
  const rows: Record<string, [sent: Sent, kind: Kind | null]> = {
    "the token before the file": [{
      body: (token) => field("csrf_token", token) + file("a", "one") + END,
    }, null],
    "the token in the header": [{ body: file("a", "one") + END, token: "header" }, null],
    "the token behind the file": [{
      body: (token) => file("a", "one") + field("csrf_token", token) + END,
    }, HttpContentTooLarge],
    "a wrong token": [{ body: field("csrf_token", "x") + file("a", "one") + END }, BadCsrfToken],
    "no token and no file": [{ body: field("x", "1") + END }, BadCsrfToken],
  };
  for (const [name, [sent, kind]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const { seen, status, thrown, read } = await send({ ...sent, requireCsrf: true });
      if (kind === null) {
        assertEquals([status, seen.length], [200, 1]);
        assertEquals({ ...memberOf(read, "value") as object }, { a: "a.txt=one" });
      } else {
        assert(thrown instanceof kind);
        assertEquals(seen, []);
      }
    });
  }
});

Deno.test("readForm({ files }) refuses a view that cannot stream, by its name", async (t) => {
  const rows: Record<string, [sent: Sent, message: RegExp]> = {
    "no limit for files": [
      { body: END, limits: null },
      /^Cannot stream the files of request\.readForm\(\): state bodyLimits: \{ maxStreamedBytes \} with the view/,
    ],
    "a number of parts": [
      { body: END, options: { maxParts: 1 } },
      /^Cannot stream the files of request\.readForm\(\): state maxBytes and maxParts with the view/,
    ],
    "limits of the call": [
      { body: END, options: { maxBytes: 1 } },
      /^Cannot stream the files of request\.readForm\(\): state maxBytes and maxParts with the view/,
    ],
  };
  for (const [name, [sent, message]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const { thrown } = await send(sent);
      assert(thrown instanceof TypeError);
      assertMatch(thrown.message, message);
    });
  }
});
