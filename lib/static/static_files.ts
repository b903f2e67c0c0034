/**
 * Answers requests with the files of a folder.
 *
 * @module
 */

import { HttpNotFound } from "../http/errors.ts";
import { HttpMovedPermanently } from "../http/redirect.ts";
import { addVary } from "../http/response.ts";
import type { Logger } from "../log.ts";
import type { CacheControl } from "./cache_policy.ts";
import { type FileHashes, HASH_PARAMETER } from "./file_hashes.ts";
import {
  chooseCoding,
  type FilePath,
  findPrecompressed,
  type FoundFile,
  isAbsence,
  isDenial,
  type PublicFolder,
} from "./public_folder.ts";
import { type FileRequest, sendFile, type SentFile, typeOf, UNKNOWN_TYPE } from "./sent_file.ts";

/** The options for responses with files. */
export interface StaticFilesOptions {
  /** Gives the value of `Cache-Control` for a path within the folder. */
  readonly cacheControl: CacheControl;
  /** Hashes the files whose URL has a hash. */
  readonly hashes: FileHashes;
  /** Whether the app looks for compressed files beside the original. */
  readonly precompressed: boolean;
  /** Gets an error for each file to which the app has no access. */
  readonly logger: Logger;
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
      return await sendFile(request, await this.#represent(request, path, found));
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
  ): Promise<SentFile> {
    const { cacheControl } = this.#options;
    const path = segments.join("/");
    const isHashed = await this.#isHashed(request, original);
    const headers = new Headers({
      "accept-ranges": "bytes",
      "cache-control": cacheControl(path, isHashed),
      "x-content-type-options": "nosniff",
    });
    const type = typeOf(path) ?? UNKNOWN_TYPE;
    const compressed = this.#options.precompressed
      ? await findPrecompressed(this.#folder, segments, original)
      : [];
    if (compressed.length > 0) addVary(headers, "Accept-Encoding");
    const codings = compressed.map(({ coding }) => coding);
    const coding = chooseCoding(request.headers.get("accept-encoding"), codings);
    const file = compressed.find((one) => one.coding === coding)?.file ?? original;
    return { file, coding, headers, type, cacheControlOfChanged: cacheControl(path, false) };
  }

  /** Whether the URL has the hash of the file as it is now. */
  async #isHashed({ url }: FileRequest, file: FoundFile): Promise<boolean> {
    if (url.search === "") return false;
    const stated = url.searchParams.get(HASH_PARAMETER);
    return stated !== null && await this.#options.hashes.matches(file, stated);
  }
}

function notFound(): never {
  throw new HttpNotFound();
}
