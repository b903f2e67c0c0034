/**
 * Sends one file: conditions, ranges, HEAD, and the stream of its bytes.
 *
 * @module
 */

import { contentType } from "jsr:@std/media-types@^1.0.0/content-type";
import { HttpError, HttpNotFound } from "../http/errors.ts";
import {
  byteRange,
  evaluateConditions,
  mayContinue,
  type Validators,
  validatorsOf,
} from "./conditional_request.ts";
import { type Coding, hasSameVersion } from "./public_folder.ts";

/** The parts of a request that decide about the response. */
export interface FileRequest {
  /** The method. With another than GET and HEAD conditions and ranges are ignored. */
  readonly method: string;
  /** The headers with conditions, range and codings. */
  readonly headers: Headers;
  /** The URL as the visitor sees it. */
  readonly url: URL;
}

/** A file that exists. */
export interface ReadableFile {
  /** Its path, or a `file:` URL. */
  readonly path: string | URL;
  /** The size, the times and the kind, as the system reports them. */
  readonly info: Deno.FileInfo;
}

/** A file with its headers. */
export interface SentFile {
  /** The file, which may be a compressed one. */
  readonly file: ReadableFile;
  /** The content coding of the file. */
  readonly coding: Coding | null;
  /** The headers of every response with this file, also of a 304. */
  readonly headers: Headers;
  /** The media type of the file. */
  readonly type: string;
  /** The `Cache-Control` that replaces that of the headers if the file changed after it was found. */
  readonly cacheControlOfChanged?: string;
}

/**
 * Answers a request with a file.
 *
 * @param request The request.
 * @param sent The file and its headers.
 * @throws {HttpError} 412 if a condition of the request fails, and 416 if its range begins after
 * the end of the file.
 * @throws {HttpNotFound} If the name means no file any more.
 */
export async function sendFile(request: FileRequest, sent: SentFile): Promise<Response> {
  const { path, info } = sent.file;
  const validators = await validatorsOf(info, sent.coding);
  if (!isReading(request)) return await sendBody(request, sent, path);
  switch (evaluateConditions(request.headers, validators)) {
    case "failed":
      throw new HttpError(412);
    case "not-modified":
      return new Response(null, { status: 304, headers: headersOf(sent, validators) });
  }
  if (request.method !== "HEAD") return await sendBody(request, sent, path);
  const headers = contentHeadersOf(sent, validators);
  headers.set("content-length", String(info.size));
  return new Response(null, { headers });
}

/** Finds the media type by the extension of a file name. Undefined if it is unknown. */
export function typeOf(name: string): string | undefined {
  const dot = name.lastIndexOf(".");
  return dot === -1 ? undefined : contentType(name.slice(dot));
}

/** The media type of a file whose kind is unknown. */
export const UNKNOWN_TYPE = "application/octet-stream";

function isReading({ method }: FileRequest): boolean {
  return method === "GET" || method === "HEAD";
}

async function sendBody(
  request: FileRequest,
  sent: SentFile,
  path: string | URL,
): Promise<Response> {
  const file = await Deno.open(path);
  try {
    // Read again from the open file, because the name can mean another file now.
    const info = await file.stat();
    if (!info.isFile) throw new HttpNotFound();
    const validators = await validatorsOf(info, sent.coding);
    const headers = contentHeadersOf(sent, validators);
    if (sent.cacheControlOfChanged !== undefined && !hasSameVersion(info, sent.file.info)) {
      headers.set("cache-control", sent.cacheControlOfChanged);
    }
    const range = isReading(request) && mayContinue(request.headers.get("if-range"), validators)
      ? byteRange(request.headers.get("range"), info.size)
      : "whole";
    if (range === "unsatisfiable") {
      throw new HttpError(416, "", { headers: { "content-range": `bytes */${info.size}` } });
    }
    if (range === "whole") {
      headers.set("content-length", String(info.size));
      return new Response(fileStream(file, info.size), { headers });
    }
    const length = range.last - range.first + 1;
    await file.seek(range.first, Deno.SeekMode.Start);
    headers.set("content-length", String(length));
    headers.set("content-range", `bytes ${range.first}-${range.last}/${info.size}`);
    return new Response(fileStream(file, length), { status: 206, headers });
  } catch (error) {
    file.close();
    throw error;
  }
}

/** The headers that a 304 must also have (RFC 9110, section 15.4.5). */
function headersOf({ headers }: SentFile, { etag, lastModified }: Validators): Headers {
  const all = new Headers(headers);
  if (etag !== null) all.set("etag", etag);
  if (lastModified !== null) all.set("last-modified", new Date(lastModified).toUTCString());
  return all;
}

function contentHeadersOf(sent: SentFile, validators: Validators): Headers {
  const headers = headersOf(sent, validators);
  headers.set("content-type", sent.type);
  if (sent.coding !== null) headers.set("content-encoding", sent.coding);
  return headers;
}

/** An open file, such as a `Deno.FsFile`. */
export interface OpenFile {
  /** Reads into the buffer, and returns the number of bytes. `null` means the end of the file. */
  read(buffer: Uint8Array): Promise<number | null>;
  /** Closes the file. */
  close(): void;
}

const CHUNK_BYTES = 64 * 1024;

/**
 * Streams the next bytes of an open file, and then closes it. It also closes the file if the reader
 * cancels or reading fails.
 *
 * It reads only if the reader asks for bytes. If the file grows meanwhile, the stream ends at
 * `length`.
 *
 * @param file An open file, at the first byte to be sent.
 * @param length The number of bytes. If the file ends earlier, the stream fails, so that a visitor
 * does not mistake a part for the whole.
 */
export function fileStream(
  file: OpenFile,
  length: number,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  let left = length;
  let open = true;
  const close = () => {
    // A reader can cancel during a read. Closing twice would throw.
    if (open) file.close();
    open = false;
  };
  return new ReadableStream({
    start(controller) {
      if (left > 0) return;
      close();
      controller.close();
    },
    async pull(controller) {
      try {
        const buffer = new Uint8Array(Math.min(left, CHUNK_BYTES));
        const count = await file.read(buffer);
        if (count === null) {
          throw new Error(`Cannot send the whole file: it is ${left} bytes shorter than before`);
        }
        left -= count;
        controller.enqueue(buffer.subarray(0, count));
      } catch (error) {
        close();
        throw error;
      }
      if (left > 0) return;
      close();
      controller.close();
    },
    cancel: close,
  }, { highWaterMark: 0 });
}
