/**
 * Reads the body of a request within limits, as bytes, a form or JSON.
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
 * It stops as soon as the body exceeds the limit. If `Content-Length` is over the limit, then it
 * reads no byte. It holds at most twice the limit in memory. The timer costs 2 µs, and 0.1 µs for
 * each piece.
 *
 * @param request The request. Its body must be unread.
 * @param limit The most bytes to read.
 * @param timeout The most seconds to wait for each piece. `null` sets no limit.
 * @returns The bytes of the body. They are empty if the request has no body.
 * @throws {HttpContentTooLarge} If the body has more bytes than the limit.
 * @throws {HttpUnsupportedMediaType} If the body has a `Content-Encoding`. Compressed bodies are
 * not read.
 * @throws {HttpBadRequest} If the connection ends before the body does.
 * @throws {HttpError} 408 if no piece arrives in time. The response closes the connection.
 * @throws {TypeError} If the app has read the body before.
 * @throws {RangeError} If the limit is not a whole number of 0 or more.
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
    // A pending read can last as long as the connection.
    pieces.drop();
  }
}

async function readPieces(
  reader: BodyReader,
  pieces: Pieces,
  deadline: Deadline | null,
): Promise<Uint8Array<ArrayBuffer>> {
  for (let piece = await nextPiece(reader); piece !== null; piece = await nextPiece(reader)) {
    // The reader is not cancelled earlier: Deno 2.9 leaks 64 KB if a read is pending then.
    const isMissed = deadline?.isMissed ?? false;
    if (!isMissed && pieces.add(piece)) {
      if (piece.length > 0) deadline?.progress();
      continue;
    }
    // This is not awaited, because a client that sends without end must not delay the response.
    reader.cancel().catch(() => {});
    if (!isMissed) throw tooLarge(pieces.limit);
    break;
  }
  return pieces.whole();
}

const FIRST_CAPACITY = 16_384;

/** Collects the pieces of a body in one buffer, which doubles when it is full. */
class Pieces {
  /** The most bytes that it holds. */
  readonly limit: number;
  #buffer: Uint8Array<ArrayBuffer>;
  #length = 0;

  /** Starts with an empty buffer. */
  constructor(limit: number) {
    this.limit = limit;
    this.#buffer = new Uint8Array(Math.min(FIRST_CAPACITY, limit));
  }

  /** Appends a piece. If the limit would be exceeded, then it returns false and appends nothing. */
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

  /** All bytes so far. */
  whole(): Uint8Array<ArrayBuffer> {
    const { length } = this.#buffer;
    return this.#length === length ? this.#buffer : this.#buffer.slice(0, this.#length);
  }

  /** Releases the buffer. */
  drop(): void {
    this.#buffer = new Uint8Array();
  }
}

/** Reads the pieces of a body as they arrive. */
export type BodyReader = ReadableStreamDefaultReader<unknown>;

/**
 * Checks a body before it is read, and returns its reader.
 *
 * @param request The request. Its body must be unread.
 * @param limit The most bytes. The function compares `Content-Length` with it.
 * @returns The reader, or `null` if the request has no body.
 * @throws As {@linkcode readBytes}, before the first piece.
 * @internal
 */
export function openBody(request: Request, limit: number): BodyReader | null {
  if (!Number.isSafeInteger(limit) || limit < 0) {
    throw new RangeError(
      `Cannot read a body of at most ${limit} bytes: the limit must be a whole number of 0 or more`,
    );
  }
  if (request.bodyUsed || request.body?.locked === true) {
    throw new TypeError(
      "Cannot read the body of the request: it was read before: read it once and keep the result",
    );
  }
  const body = request.body;
  if (body === null) return null;
  const encoding = request.headers.get("content-encoding");
  if (encoding !== null && trimOws(encoding).toLowerCase() !== "identity") {
    // RFC 9110, section 12.5.3: the header names the encoding that would be read.
    const headers = { "accept-encoding": "identity" };
    throw new HttpUnsupportedMediaType(
      "The data of this request is compressed. Send it without compression.",
      { headers },
    );
  }
  const declared = request.headers.get("content-length");
  if (declared !== null && /^\d+$/.test(declared) && Number(declared) > limit) {
    throw tooLarge(limit);
  }
  return body.getReader();
}

/**
 * Reads the next piece of a body, or `null` at its end.
 *
 * @throws {HttpBadRequest} If the connection ends before the body does.
 * @throws {TypeError} If the stream does not give bytes.
 * @internal
 */
export async function nextPiece(reader: BodyReader): Promise<Uint8Array<ArrayBuffer> | null> {
  let result: ReadableStreamReadResult<unknown>;
  try {
    result = await reader.read();
  } catch (cause) {
    throw new HttpBadRequest("The connection ended before all data arrived. Send the data again.", {
      cause,
    });
  }
  if (result.done) return null;
  if (result.value instanceof Uint8Array) return result.value as Uint8Array<ArrayBuffer>;
  throw new TypeError("Cannot read the body of the request: its stream does not give Uint8Arrays");
}

/**
 * Makes the error for a body that is larger than a limit.
 *
 * @internal
 */
export function tooLarge(limit: number): HttpContentTooLarge {
  return new HttpContentTooLarge(
    `The data of this request is larger than ${limit} bytes. Send less data and try again.`,
  );
}

/** The most milliseconds to read pieces that arrived while the process was busy. */
const GRACE = 100;

/**
 * Ends the wait for a body that stops arriving.
 *
 * @internal
 */
export class Deadline {
  /** Rejects with a 408 when the time is over. */
  readonly missed: Promise<never>;
  /** Whether the time is over. */
  isMissed = false;
  readonly #reject: (error: HttpError) => void;
  readonly #limit: number;
  #last = performance.now();
  #isDue = false;
  #timer: ReturnType<typeof setTimeout>;

  /** Starts the wait for the first piece. */
  constructor(seconds: number) {
    const { promise, reject } = Promise.withResolvers<never>();
    this.missed = promise;
    this.#reject = reject;
    this.#limit = seconds * 1000;
    this.#timer = this.#wait(this.#limit);
  }

  /** Starts the wait anew, because a piece has arrived. */
  progress(): void {
    this.#last = performance.now();
  }

  /** Ends the wait. */
  end(): void {
    clearTimeout(this.#timer);
  }

  #wait(milliseconds: number): ReturnType<typeof setTimeout> {
    return setTimeout(() => this.#fired(), milliseconds);
  }

  // Only this function sets the timer anew, because setting a timer costs more than reading the
  // clock.
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
      this.#reject(
        new HttpError(
          408,
          "The data of this request did not arrive in time. Check your connection and try again.",
          { headers },
        ),
      );
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

/** This module is loaded late, because most apps receive no files. */
const multipart = new Lazy(() => import("./multipart.ts"));

/**
 * Reads a form of the two media types that browsers send.
 *
 * Fields are counted before they are parsed. Text is read as UTF-8, and `charset` and `_charset_`
 * are ignored (URL standard, RFC 7578). Bytes that are not UTF-8 become U+FFFD. Brackets and dots
 * in names have no meaning. `safeFileName` reduces the names of files.
 *
 * @param bytes The whole body.
 * @param contentType The request's `Content-Type`. If it is `null`, then only an empty body is a
 * form.
 * @param limits The most fields and files.
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
        "This address accepts forms only. Send application/x-www-form-urlencoded or multipart/form-data.",
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
      throw new HttpContentTooLarge(
        `The form has more than ${maxParts} fields. Send fewer fields.`,
      );
    }
    previous = byte;
  }
  return await new Response(bytes, {
    headers: { "content-type": "application/x-www-form-urlencoded" },
  }).formData();
}

/**
 * Parses a body as JSON.
 *
 * @param bytes The whole body: UTF-8, with or without a byte order mark.
 * @returns The value. An own key `__proto__` of it is harmless until you copy it by assignment.
 * @throws {HttpBadRequest} If the body is not UTF-8, or not JSON.
 * @internal
 */
export function parseJsonBody(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new HttpBadRequest(
      "The data of this request is not valid JSON in UTF-8. Check the data and try again.",
      { cause },
    );
  }
}
