/**
 * The upload example: large files go to the disk, and never into memory.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "jsr:@std/assert@^1.0.0";
import { TestClient } from "@pyramidion/pyramidion/testing";
import { makeUploadApp } from "../../examples/upload/app.ts";
import { missingPermission, testUnless } from "../requirements.ts";

const SECRET = "xkQy9wZC0TgJ3mVnB7sLrE5uHdA1fPo8iKcR2tWvXMY=";
const MB = 1_000_000;
const missing = missingPermission({ name: "read" }, { name: "write" });

async function withFolder(act: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await act(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function filesIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name);
}

testUnless(missing, "the upload example keeps what a form sends", async () => {
  await withFolder(async (folder) => {
    const client = new TestClient(makeUploadApp({ secret: SECRET, folder }));
    const page = await client.open("/");
    assert(page.text.includes(`<code>${folder}</code> until you delete them there`), page.text);
    const answer = await page.forms[0]!.submit({ file: new File(["hello"], "../a <b>.txt") });
    assertMatch(answer.text, /<li>\s*<b>a &lt;b&gt;\.txt<\/b> <span>5 bytes<\/span>\s*<\/li>/);
    const [name = "", ...others] = filesIn(folder);
    assertEquals(await Deno.readTextFile(`${folder}/${name}`), "hello");
    assertEquals(others, []);
  });
});

testUnless(missing, "the upload example says beside the field that a file is missing", async () => {
  await withFolder(async (folder) => {
    const client = new TestClient(makeUploadApp({ secret: SECRET, folder }));
    const answer = await (await client.open("/")).form().submit();
    assertEquals([answer.status, answer.title, filesIn(folder)], [
      422,
      "Please correct: Upload",
      [],
    ]);
    assertMatch(
      answer.text,
      /id="file"[^>]* aria-describedby="file-hint file-error"\s+aria-invalid="true"/,
    );
    assertMatch(answer.text, /<p class="error" id="file-error">Choose a file<\/p>/);
  });
});

testUnless(missing, "the upload example keeps nothing of a form that is cut short", async () => {
  await withFolder(async (folder) => {
    const { fetch } = makeUploadApp({ secret: SECRET, folder });
    const { headers, token } = await visit((path) => fetch(new Request(`https://app.test${path}`)));
    const head = (name: string) =>
      `--X\r\nContent-Disposition: form-data; name="file"; filename="${name}"\r\n\r\n`;
    const body = `${tokenPart(token)}${head("a")}whole\r\n${head("b")}cut sho`;
    const request = new Request("https://app.test/", { method: "POST", headers, body });
    const response = await fetch(request);
    await response.body?.cancel();
    assertEquals([response.status, filesIn(folder)], [400, []]);
  });
});

testUnless(
  missing ?? missingPermission({ name: "net", host: "127.0.0.1" }, { name: "run" }),
  "the upload example takes 200 MB with less than 32 MB of memory",
  async () => {
    await withFolder(async (folder) => {
      await using server = new UploadServer(folder);
      const origin = `http://127.0.0.1:${await server.port}`;
      const get = (path: string) => fetch(origin + path);
      const { headers, token } = await visit(get);
      const send = (bytes: number) =>
        sent(Number(new URL(origin).port), { ...headers, origin }, form(token, bytes));
      // What the code itself takes is there before.
      assertEquals(await send(5 * MB), "303");
      const before = await (await get("/memory")).json();
      assertEquals(await send(200 * MB), "303");
      const after = await (await get("/memory")).json();
      const sizes = filesIn(folder).map((name) => Deno.statSync(`${folder}/${name}`).size);
      assertEquals(sizes.sort((one, other) => one - other), [5 * MB, 200 * MB]);
      assert(after.held - before.held < 32 * MB, `${after.held} bytes are held`);
      assert(after.resident - before.resident < 32 * MB, `${after.resident} bytes are resident`);
    });
  },
);

/** The cookie and the token of a visitor, as headers of a form whose boundary is `X`. */
async function visit(get: (path: string) => Response | Promise<Response>) {
  const response = await get("/");
  const [, token = ""] = /name="csrf_token" value="(.*?)"/.exec(await response.text()) ?? [];
  const cookie = response.headers.getSetCookie().map((set) => set.split(";")[0]).join("; ");
  const headers = {
    cookie,
    "content-type": "multipart/form-data; boundary=X",
    origin: "https://app.test",
  };
  return { headers, token };
}

function tokenPart(token: string): string {
  return `--X\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n${token}\r\n`;
}

/** A form with a file of so many bytes, made while it is sent. */
function* form(token: string, bytes: number): Generator<Uint8Array<ArrayBuffer>> {
  const encoder = new TextEncoder();
  const head = 'Content-Disposition: form-data; name="file"; filename="large.bin"';
  yield encoder.encode(`${tokenPart(token)}--X\r\n${head}\r\n\r\n`);
  const piece = encoder.encode(`\r\n--${"x".repeat(96)}`.repeat(10_000));
  for (let sent = 0; sent < bytes; sent += piece.length) yield piece;
  yield encoder.encode("\r\n--X--\r\n");
}

/** Sends a form over a connection of its own, since `fetch()` takes a minute for it; gives the status. */
async function sent(
  port: number,
  headers: Readonly<Record<string, string>>,
  pieces: Iterable<Uint8Array<ArrayBuffer>>,
): Promise<string> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const writer = connection.writable.getWriter();
  const all = { ...headers, host: `127.0.0.1:${port}`, "transfer-encoding": "chunked" };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  const encoder = new TextEncoder();
  await writer.write(encoder.encode(`POST / HTTP/1.1\r\n${lines.join("")}\r\n`));
  for (const piece of pieces) {
    await writer.write(encoder.encode(`${piece.length.toString(16)}\r\n`));
    await writer.write(piece);
    await writer.write(encoder.encode("\r\n"));
  }
  await writer.write(encoder.encode("0\r\n\r\n"));
  const reader = connection.readable.pipeThrough(new TextDecoderStream()).getReader();
  const { value = "" } = await reader.read();
  await reader.cancel();
  return value.slice(9, 12);
}

class UploadServer implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly port: Promise<number>;

  constructor(folder: string) {
    const server = new URL("upload_server.ts", import.meta.url).pathname;
    const permissions = [
      "--allow-net=127.0.0.1",
      `--allow-read=${folder}`,
      `--allow-write=${folder}`,
    ];
    this.#process = new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-check", "--v8-flags=--expose-gc", ...permissions, server, folder],
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.port = this.#firstLine();
  }

  async #firstLine(): Promise<number> {
    const reader = this.#process.stdout.getReader();
    const { value } = await reader.read();
    await reader.cancel();
    return Number(new TextDecoder().decode(value));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill();
    await this.#process.status;
  }
}
