/**
 * The body of a request, bounded before it is read and before it is parsed.
 *
 * @module
 */

import { HttpBadRequest, HttpContentTooLarge, HttpUnsupportedMediaType } from "./errors.ts";
import { Lazy } from "../lazy.ts";
import { trimOws } from "./optional_whitespace.ts";

/**
 * Bounds of a form.
 *
 * @internal
 */
export interface FormLimits {
  /** Most fields and files together. */
  readonly maxParts: number;
}

const FIRST_CAPACITY = 16_384;
const AMPERSAND = 0x26;

/** Most apps get no files. */
const multipart = new Lazy(() => import("./multipart.ts"));

/**
 * Reads a body up to a limit.
 *
 * It stops as soon as the limit is passed, or at once where `Content-Length` says so, and holds at
 * most twice the limit, however small the pieces that arrive.
 *
 * @param request The request, its body unread.
 * @param limit Most bytes to read.
 * @returns The body; empty where there is none.
 * @throws {HttpContentTooLarge} If there are more bytes.
 * @throws {HttpUnsupportedMediaType} If it has a `Content-Encoding`: nothing is inflated here.
 * @throws {HttpBadRequest} If the connection ends before the body does.
 * @throws {TypeError} If the body was read before, which is not the visitor's fault.
 * @throws {RangeError} If the limit is not a whole number.
 * @internal
 */
export async function readBytes(
  request: Request,
  limit: number,
): Promise<Uint8Array<ArrayBuffer>> {
  if (!Number.isSafeInteger(limit) || limit < 0) {
    throw new RangeError(`Cannot read a body of at most ${limit} bytes: give a whole number`);
  }
  if (request.bodyUsed || request.body?.locked === true) {
    throw new TypeError(
      "Cannot read the body of the request: it was read before: read it once and keep what was read",
    );
  }
  const body = request.body;
  if (body === null) return new Uint8Array();
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
  return await readStream(body.getReader(), limit);
}

async function readStream(
  reader: ReadableStreamDefaultReader<unknown>,
  limit: number,
): Promise<Uint8Array<ArrayBuffer>> {
  let buffer = new Uint8Array(Math.min(FIRST_CAPACITY, limit));
  let length = 0;
  for (let chunk = await next(reader); chunk !== null; chunk = await next(reader)) {
    const needed = length + chunk.length;
    if (needed > limit) {
      // Not awaited: whoever sends without end must not keep us here.
      reader.cancel().catch(() => {});
      throw tooLarge(limit);
    }
    if (needed > buffer.length) {
      const larger = new Uint8Array(Math.min(Math.max(needed, 2 * buffer.length), limit));
      larger.set(buffer.subarray(0, length));
      buffer = larger;
    }
    buffer.set(chunk, length);
    length = needed;
  }
  return length === buffer.length ? buffer : buffer.slice(0, length);
}

async function next(reader: ReadableStreamDefaultReader<unknown>): Promise<Uint8Array | null> {
  let result: ReadableStreamReadResult<unknown>;
  try {
    result = await reader.read();
  } catch (cause) {
    throw new HttpBadRequest("The body ended before its time", { cause });
  }
  if (result.done) return null;
  if (result.value instanceof Uint8Array) return result.value;
  throw new TypeError("Cannot read the body of the request: its stream does not give Uint8Arrays");
}

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
  limits: FormLimits,
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

async function parseUrlEncoded(
  bytes: Uint8Array<ArrayBuffer>,
  maxParts: number,
): Promise<FormData> {
  let fields = 0;
  let previous = AMPERSAND;
  for (const byte of bytes) {
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
export function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new HttpBadRequest("The body is not JSON in UTF-8", { cause });
  }
}

function tooLarge(limit: number): HttpContentTooLarge {
  return new HttpContentTooLarge(`The body has more than ${limit} bytes`);
}
