/**
 * Answers requests with the files of a folder.
 *
 * @module
 */

import { contentType } from "jsr:@std/media-types@^1.0.0/content-type";
import { HttpError, HttpNotFound } from "../http/errors.ts";
import { HttpMovedPermanently } from "../http/redirect.ts";
import { addVary } from "../http/response.ts";
import type { Logger } from "../log.ts";
import {
  byteRange,
  evaluateConditions,
  mayContinue,
  type Validators,
  validatorsOf,
} from "./conditional_request.ts";
import {
  chooseCoding,
  type Coding,
  type FilePath,
  findPrecompressed,
  type FoundFile,
  isAbsence,
  isDenial,
  type PublicFolder,
} from "./public_folder.ts";

/** The options for responses with files. */
export interface StaticFilesOptions {
  /** Gives the value of `Cache-Control` for a path within the folder. */
  readonly cacheControl: (path: string) => string;
  /** Whether the app looks for compressed files beside the original. */
  readonly precompressed: boolean;
  /** Gets an error for each file to which the app has no access. */
  readonly logger: Logger;
}

/** The parts of a request that decide about the response. */
export interface FileRequest {
  /** GET or HEAD. */
  readonly method: string;
  /** The headers with conditions, range and codings. */
  readonly headers: Headers;
  /** The URL as the visitor sees it. */
  readonly url: URL;
}

/** A file with its headers. */
interface Representation {
  readonly file: FoundFile;
  readonly coding: Coding | null;
  /** The headers of every response with this file, also of a 304. */
  readonly headers: Headers;
  readonly type: string;
}

const INDEX = "index.html";

/** Answers requests with the files of a folder. */
export class StaticFiles {
  readonly #folder: PublicFolder;
  readonly #options: StaticFilesOptions;

  /**
   * Prepares responses from a folder.
   *
   * @param folder The folder with the files.
   * @param options Caching, compressed files, and the logger.
   */
  constructor(folder: PublicFolder, options: StaticFilesOptions) {
    this.#folder = folder;
    this.#options = options;
  }

  /**
   * Answers a request.
   *
   * @param request The request.
   * @param path The path of the file, or `null` if no file can have the path of the request.
   * @throws {HttpNotFound} If the file does not exist, or the app has no access to it. The latter
   * is logged.
   * @throws {HttpError} 412 if a condition of the request fails, and 416 if its range begins after
   * the end of the file.
   */
  async answer(
    request: FileRequest,
    path: FilePath | null,
  ): Promise<Response | HttpMovedPermanently> {
    try {
      return path === null ? notFound() : await this.#find(request, path);
    } catch (cause) {
      if (isDenial(cause)) {
        this.#options.logger.error(`${request.method} ${request.url.pathname}: no access`, cause);
      } else if (!isAbsence(cause)) throw cause;
      throw new HttpNotFound("", { cause });
    }
  }

  async #find(
    request: FileRequest,
    { segments, isDirectory }: FilePath,
  ): Promise<Response | HttpMovedPermanently> {
    const path = isDirectory ? [...segments, INDEX] : segments;
    const found = await this.#folder.find(path);
    if (found?.info.isFile) {
      return this.#send(request, await this.#represent(request, path, found));
    }
    if (found?.info.isDirectory && !isDirectory) {
      const index = await this.#folder.find([...segments, INDEX]);
      if (index?.info.isFile) return this.#toDirectory(request, segments);
    }
    return notFound();
  }

  /**
   * Redirects to the address with a final slash, because links in the page are relative to the
   * folder.
   */
  #toDirectory({ url }: FileRequest, segments: readonly string[]): HttpMovedPermanently {
    const location = new URL(url);
    location.pathname += "/";
    const cacheControl = this.#options.cacheControl(`${segments.join("/")}/${INDEX}`);
    return new HttpMovedPermanently(location, { headers: { "cache-control": cacheControl } });
  }

  /** Chooses between the file and the compressed files beside it. */
  async #represent(
    request: FileRequest,
    segments: readonly string[],
    original: FoundFile,
  ): Promise<Representation> {
    const headers = new Headers({
      "accept-ranges": "bytes",
      "cache-control": this.#options.cacheControl(segments.join("/")),
      "x-content-type-options": "nosniff",
    });
    const type = typeOf(segments.at(-1) ?? "");
    const compressed = this.#options.precompressed
      ? await findPrecompressed(this.#folder, segments, original)
      : [];
    if (compressed.length > 0) addVary(headers, "Accept-Encoding");
    const codings = compressed.map(({ coding }) => coding);
    const coding = chooseCoding(request.headers.get("accept-encoding"), codings);
    const file = compressed.find((one) => one.coding === coding)?.file ?? original;
    return { file, coding, headers, type };
  }

  async #send(request: FileRequest, representation: Representation): Promise<Response> {
    const { path, info } = representation.file;
    const validators = await validatorsOf(info, representation.coding);
    switch (evaluateConditions(request.headers, validators)) {
      case "failed":
        throw new HttpError(412);
      case "not-modified":
        return new Response(null, { status: 304, headers: headersOf(representation, validators) });
    }
    if (request.method !== "HEAD") return await this.#sendBody(request, representation, path);
    const headers = contentHeadersOf(representation, validators);
    headers.set("content-length", String(info.size));
    return new Response(null, { headers });
  }

  async #sendBody(
    request: FileRequest,
    representation: Representation,
    path: string,
  ): Promise<Response> {
    const file = await Deno.open(path);
    try {
      // Read again from the open file, because the name can mean another file now.
      const info = await file.stat();
      if (!info.isFile) notFound();
      const validators = await validatorsOf(info, representation.coding);
      const headers = contentHeadersOf(representation, validators);
      const range = mayContinue(request.headers.get("if-range"), validators)
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
}

function notFound(): never {
  throw new HttpNotFound();
}

/** The headers that a 304 must also have (RFC 9110, section 15.4.5). */
function headersOf({ headers }: Representation, { etag, lastModified }: Validators): Headers {
  const all = new Headers(headers);
  if (etag !== null) all.set("etag", etag);
  if (lastModified !== null) all.set("last-modified", new Date(lastModified).toUTCString());
  return all;
}

function contentHeadersOf(representation: Representation, validators: Validators): Headers {
  const headers = headersOf(representation, validators);
  headers.set("content-type", representation.type);
  if (representation.coding !== null) headers.set("content-encoding", representation.coding);
  return headers;
}

function typeOf(name: string): string {
  const dot = name.lastIndexOf(".");
  const type = dot === -1 ? undefined : contentType(name.slice(dot));
  return type ?? "application/octet-stream";
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
