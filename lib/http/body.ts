/**
 * The body of a request, bounded before it is read and before it is parsed.
 *
 * @module
 */

import { Lazy } from "../lazy.ts";
import {
  HttpBadRequest,
  HttpContentTooLarge,
  HttpError,
  HttpUnsupportedMediaType,
} from "./errors.ts";
import { trimOws } from "./field_syntax.ts";

/**
 * Reads a body up to a limit.
 *
 * It stops as soon as the limit is passed, or at once where `Content-Length` says so, and holds at
 * most twice the limit, however small the pieces that arrive. One timer waits for the body: it costs
 * 2 µs, and 0.1 µs for each piece.
 *
 * @param request The request, its body unread.
 * @param limit Most bytes to read.
 * @param timeout Most seconds to wait for a piece; `null`: for ever.
 * @returns The body; empty where there is none.
 * @throws {HttpContentTooLarge} If there are more bytes.
 * @throws {HttpUnsupportedMediaType} If it has a `Content-Encoding`: nothing is inflated here.
 * @throws {HttpBadRequest} If the connection ends before the body does.
 * @throws {HttpError} 408 if no piece arrives in time; the connection is closed with the answer.
 * @throws {TypeError} If the body was read before, which is not the visitor's fault.
 * @throws {RangeError} If the limit is not a whole number.
 * @internal
 */
export async function readBytes(
  request: Request,
  limit: number,
  timeout: number | null,
): Promise<Uint8Array<ArrayBuffer>> {
  const reader = openBody(request, limit);
  if (reader === null) return new Uint8Array();
  const pieces = new Pieces(limit);
  if (timeout === null) return await readPieces(reader, pieces, null);
  const deadline = new Deadline(timeout);
  try {
    return await Promise.race([readPieces(reader, pieces, deadline), deadline.missed]);
  } finally {
    deadline.end();
    // The read that is under way may last as long as the connection.
    pieces.drop();
  }
}

async function readPieces(
  reader: BodyReader,
  pieces: Pieces,
  deadline: Deadline | null,
): Promise<Uint8Array<ArrayBuffer>> {
  for (let piece = await nextPiece(reader); piece !== null; piece = await nextPiece(reader)) {
    // Not cancelled before: Deno 2.9 keeps 64 KB for ever of a read that is under way then.
    const isMissed = deadline?.isMissed ?? false;
    if (!isMissed && pieces.add(piece)) {
      if (piece.length > 0) deadline?.progress();
      continue;
    }
    // Not awaited, because a client that sends without end must not delay the response.
    reader.cancel().catch(() => {});
    if (!isMissed) throw tooLarge(pieces.limit);
    break;
  }
  return pieces.whole();
}

const FIRST_CAPACITY = 16_384;

/** The pieces of a body, in one buffer that doubles. */
class Pieces {
  /** The most bytes. */
  readonly limit: number;
  #buffer: Uint8Array<ArrayBuffer>;
  #length = 0;

  /** Begins with nothing. */
  constructor(limit: number) {
    this.limit = limit;
    this.#buffer = new Uint8Array(Math.min(FIRST_CAPACITY, limit));
  }

  /** Appends a piece, unless that were more than the limit. */
  add(piece: Uint8Array): boolean {
    const needed = this.#length + piece.length;
    if (needed > this.limit) return false;
    if (needed > this.#buffer.length) {
      const capacity = Math.min(Math.max(needed, 2 * this.#buffer.length), this.limit);
      const larger = new Uint8Array(capacity);
      larger.set(this.#buffer.subarray(0, this.#length));
      this.#buffer = larger;
    }
    this.#buffer.set(piece, this.#length);
    this.#length = needed;
    return true;
  }

  /** All of them. */
  whole(): Uint8Array<ArrayBuffer> {
    const { length } = this.#buffer;
    return this.#length === length ? this.#buffer : this.#buffer.slice(0, this.#length);
  }

  /** Keeps nothing. */
  drop(): void {
    this.#buffer = new Uint8Array();
  }
}

/** The pieces of a body as they come. */
export type BodyReader = ReadableStreamDefaultReader<unknown>;

/**
 * Begins to read a body.
 *
 * @param request The request, its body unread.
 * @param limit Most bytes, for what `Content-Length` says.
 * @returns `null` where there is no body.
 * @throws As {@linkcode readBytes}, before the first piece.
 * @internal
 */
export function openBody(request: Request, limit: number): BodyReader | null {
  if (!Number.isSafeInteger(limit) || limit < 0) {
    throw new RangeError(`Cannot read a body of at most ${limit} bytes: give a whole number`);
  }
  if (request.bodyUsed || request.body?.locked === true) {
    throw new TypeError(
      "Cannot read the body of the request: it was read before: read it once and keep what was read",
    );
  }
  const body = request.body;
  if (body === null) return null;
  const encoding = request.headers.get("content-encoding");
  if (encoding !== null && trimOws(encoding).toLowerCase() !== "identity") {
    // RFC 9110, section 12.5.3: what would be read.
    const headers = { "accept-encoding": "identity" };
    throw new HttpUnsupportedMediaType("The body is compressed: send it as it is", { headers });
  }
  const declared = request.headers.get("content-length");
  if (declared !== null && /^\d+$/.test(declared) && Number(declared) > limit) {
    throw tooLarge(limit);
  }
  return body.getReader();
}

/**
 * The next piece of a body; `null` where it ends.
 *
 * @throws {HttpBadRequest} If the connection ends before the body does.
 * @throws {TypeError} If it is no bytes.
 * @internal
 */
export async function nextPiece(reader: BodyReader): Promise<Uint8Array<ArrayBuffer> | null> {
  let result: ReadableStreamReadResult<unknown>;
  try {
    result = await reader.read();
  } catch (cause) {
    throw new HttpBadRequest("The body ended before its time", { cause });
  }
  if (result.done) return null;
  if (result.value instanceof Uint8Array) return result.value as Uint8Array<ArrayBuffer>;
  throw new TypeError("Cannot read the body of the request: its stream does not give Uint8Arrays");
}

/**
 * The refusal of a body that is larger than a limit.
 *
 * @internal
 */
export function tooLarge(limit: number): HttpContentTooLarge {
  return new HttpContentTooLarge(`The body has more than ${limit} bytes`);
}

/** Milliseconds at most in which what arrived while the process was busy is read. */
const GRACE = 100;

/**
 * When a body that stops coming is given up.
 *
 * @internal
 */
export class Deadline {
  /** Rejects when the time is up. */
  readonly missed: Promise<never>;
  /** Whether the time is up. */
  isMissed = false;
  readonly #reject: (error: HttpError) => void;
  readonly #limit: number;
  #last = performance.now();
  #isDue = false;
  #timer: ReturnType<typeof setTimeout>;

  /** Begins to wait. */
  constructor(seconds: number) {
    const { promise, reject } = Promise.withResolvers<never>();
    this.missed = promise;
    this.#reject = reject;
    this.#limit = seconds * 1000;
    this.#timer = this.#wait(this.#limit);
  }

  /** A piece has arrived. */
  progress(): void {
    this.#last = performance.now();
  }

  /** Waits no more. */
  end(): void {
    clearTimeout(this.#timer);
  }

  #wait(milliseconds: number): ReturnType<typeof setTimeout> {
    return setTimeout(() => this.#fired(), milliseconds);
  }

  // Set anew only here: a timer costs more than looking at the time.
  #fired(): void {
    const waited = performance.now() - this.#last;
    // A timer may fire a fraction of a millisecond early.
    if (waited + 1 < this.#limit) {
      this.#isDue = false;
      this.#timer = this.#wait(this.#limit - waited);
    } else if (!this.#isDue) {
      this.#isDue = true;
      this.#timer = this.#wait(Math.min(GRACE, this.#limit / 10));
    } else {
      this.isMissed = true;
      const headers = { connection: "close" };
      this.#reject(new HttpError(408, "The body stopped coming", { headers }));
    }
  }
}

/**
 * The limit of a form that is parsed as a whole.
 *
 * @internal
 */
export interface FormPartLimit {
  /** The most fields and files together. */
  readonly maxParts: number;
}

/** Loaded late, because most apps get no files. */
const multipart = new Lazy(() => import("./multipart.ts"));

/**
 * Reads a form of either kind that browsers send.
 *
 * Fields are counted before they are parsed. Text is UTF-8 whatever `charset` or `_charset_` say
 * (URL standard, RFC 7578), what cannot be decoded becomes U+FFFD, and names are plain names: no
 * brackets, no dots. Names of files are reduced, see `safeFileName`.
 *
 * @param bytes The whole body.
 * @param contentType The request's `Content-Type`; without one only an empty body is a form.
 * @param limits Most fields and files.
 * @returns The form.
 * @throws {HttpUnsupportedMediaType} If the type is neither `application/x-www-form-urlencoded` nor
 * `multipart/form-data`.
 * @throws {HttpBadRequest} If the body is malformed.
 * @throws {HttpContentTooLarge} If there are more parts than allowed.
 * @internal
 */
export async function parseForm(
  bytes: Uint8Array<ArrayBuffer>,
  contentType: string | null,
  limits: FormPartLimit,
): Promise<FormData> {
  if (contentType === null && bytes.length === 0) return new FormData();
  const semicolon = contentType?.indexOf(";") ?? -1;
  const essence = trimOws(contentType ?? "", 0, semicolon === -1 ? undefined : semicolon);
  switch (essence.toLowerCase()) {
    case "application/x-www-form-urlencoded":
      return await parseUrlEncoded(bytes, limits.maxParts);
    case "multipart/form-data": {
      const { boundaryOf, parseMultipart } = await multipart.get();
      return parseMultipart(bytes, boundaryOf(contentType ?? ""), limits.maxParts);
    }
    default:
      throw new HttpUnsupportedMediaType(
        "Send a form: application/x-www-form-urlencoded or multipart/form-data",
        // RFC 9110, section 15.5.16.
        { headers: { accept: "application/x-www-form-urlencoded, multipart/form-data" } },
      );
  }
}

const AMPERSAND = 0x26;

async function parseUrlEncoded(
  bytes: Uint8Array<ArrayBuffer>,
  maxParts: number,
): Promise<FormData> {
  let fields = 0;
  let previous = AMPERSAND;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]!;
    if (byte !== AMPERSAND && previous === AMPERSAND && ++fields > maxParts) {
      throw new HttpContentTooLarge(`The form has more than ${maxParts} fields`);
    }
    previous = byte;
  }
  return await new Response(bytes, {
    headers: { "content-type": "application/x-www-form-urlencoded" },
  }).formData();
}

/**
 * Reads a body as JSON.
 *
 * @param bytes The whole body: UTF-8, with or without a byte order mark.
 * @returns What it says; `__proto__` in it is a key like any other until it is assigned elsewhere.
 * @throws {HttpBadRequest} If it is not UTF-8, or not JSON.
 * @internal
 */
export function parseJsonBody(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new HttpBadRequest("The body is not JSON in UTF-8", { cause });
  }
}
