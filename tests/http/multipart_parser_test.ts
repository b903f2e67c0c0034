import { assert, assertEquals } from "jsr:@std/assert@^1.0.0";
import { HttpError } from "../../lib/http/errors.ts";
import { appendPart, parseMultipart } from "../../lib/http/multipart.ts";
import type { PartHead } from "../../lib/http/multipart.ts";
import { MultipartParser } from "../../lib/http/multipart.ts";
import { Random } from "../random.ts";

/** The form of a body that comes in pieces, or the refusal. */
function inPieces(pieces: readonly Uint8Array<ArrayBuffer>[], maxParts: number): unknown {
  const form = new FormData();
  const parser = new MultipartParser("X", maxParts);
  let head: PartHead | null = null;
  let content: Uint8Array<ArrayBuffer>[] = [];
  let at = 0;
  for (let event = parser.next(); event.kind !== "end"; event = parser.next()) {
    if (event.kind === "more") {
      const piece = pieces[at++];
      if (piece === undefined) parser.end();
      else parser.push(piece);
    } else if (event.kind === "part") head = event.head;
    else if (event.kind === "bytes") content.push(event.bytes);
    else {
      assert(head !== null);
      appendPart(form, head, content);
      content = [];
    }
  }
  return form;
}

async function outcome(read: () => unknown): Promise<unknown> {
  try {
    const form = read();
    assert(form instanceof FormData);
    return await Promise.all(
      [...form].map(async ([name, value]) => [
        name,
        typeof value === "string" ? value : [value.name, value.type, await value.bytes()],
      ]),
    );
  } catch (error) {
    if (error instanceof HttpError) return [error.status, error.detail];
    throw error;
  }
}

const SEED = 20261129;
const HEAD = "Content-Disposition: form-data; name=";
const WORDS = [
  ...["--X", "\r\n--X", "--X--", "\r\n--X--", "\r\n--X\r\n", "\r\n", "\r", "\n", "-", "--", "X"],
  ...[`\r\n${HEAD}"a"\r\n\r\n`, `\r\n${HEAD}"f"; filename="b"\r\n\r\n`, "v", " ", "é", "\0"],
];
const GOOD = [
  `--X\r\n${HEAD}"a"\r\n\r\n`,
  `--X\r\n${HEAD}"f"; filename="b"\r\nContent-Type: image/png\r\n\r\n`,
];

Deno.test("MultipartParser reads the same from any pieces as from the whole", async () => {
  const random = new Random(SEED);
  const kinds = new Set<string>();
  for (let round = 0; round < 4_000; round++) {
    let body = "";
    if (random.below(2) === 0) {
      for (let part = random.below(4); part > 0; part--) {
        body += random.pick(GOOD);
        for (let word = random.below(6); word > 0; word--) {
          body += random.pick(["\r\n--", "\r\n", "\r", "-X", "v", "é", "\r\n--\r\n-"]);
        }
        body += "\r\n";
      }
      body += random.pick(["--X--", "--X--\r\n", "--X-- \r\n\r\n", "--X", ""]);
    } else {
      for (let word = random.below(14); word > 0; word--) body += random.pick(WORDS);
    }
    const bytes = new TextEncoder().encode(body);
    const pieces: Uint8Array<ArrayBuffer>[] = [];
    for (let at = 0; at < bytes.length;) {
      const end = at + random.below(random.pick([2, 4, 30]));
      pieces.push(bytes.slice(at, end));
      at = end;
    }
    const maxParts = random.below(4);
    const whole = await outcome(() => parseMultipart(bytes, "X", maxParts));
    const message = `seed ${SEED}: ${JSON.stringify(body)} in ${
      pieces.map(({ length }) => length)
    }`;
    assertEquals(await outcome(() => inPieces(pieces, maxParts)), whole, message);
    assert(Array.isArray(whole));
    kinds.add(typeof whole[0] === "number" ? String(whole[0]) : `${whole.length} parts`);
  }
  // The bodies are not all broken.
  for (const kind of ["400", "413", "1 parts", "2 parts", "3 parts"]) assert(kinds.has(kind), kind);
});

Deno.test("MultipartParser keeps no more of a file than may begin a boundary", () => {
  const encoder = new TextEncoder();
  const parser = new MultipartParser("X", 1);
  parser.push(encoder.encode(GOOD[1]!));
  assertEquals(parser.next().kind, "part");
  assertEquals(parser.next().kind, "more");
  const rows: Record<string, number> = { "abc": 3, "abc\r": 3, "\n--Y": 5, "\r\r\n--": 1, "X": -1 };
  for (const [piece, given] of Object.entries(rows)) {
    parser.push(encoder.encode(piece));
    const event = parser.next();
    assertEquals(event.kind === "bytes" ? event.bytes.length : -1, given, piece);
    if (given !== -1) assertEquals(parser.next().kind, "more");
  }
});
