/**
 * Answers with one file, such as a download behind a permission.
 *
 * @module
 */

import {
  BOOLEAN,
  checkOptions,
  checkValue,
  describe,
  either,
  instanceOf,
  oneOf,
  type OptionKind,
  type OptionKinds,
  TEXT,
} from "../check_options.ts";
import { HttpNotFound } from "../http/errors.ts";
import type { Logger } from "../log.ts";
import { type AnyViewRequest, requestState } from "../views/request.ts";
import { contentDisposition } from "./content_disposition.ts";
import { isAbsence, isDenial, isName, isVisibleBelow, joined } from "./public_folder.ts";
import { type ReadableFile, sendFile, typeOf, UNKNOWN_TYPE } from "./sent_file.ts";

/** The options of {@linkcode fileResponse}. */
export interface FileResponseOptions {
  /**
   * The folder within which the path must stay. Give it if a visitor had a part in the path. The
   * path is then relative to the folder. Anything outside of it is a 404, also through a link.
   * Default: none, so that the path can be any file that the app may read.
   */
  readonly root?: string | URL;
  /** With `root`, whether names can begin with a dot. @default {false} */
  readonly dotfiles?: boolean;
  /**
   * The name under which the browser saves the file. A visitor may have chosen it. Only its last
   * component is used, without control characters, and at most 255 characters of it.
   */
  readonly downloadName?: string;
  /**
   * Whether the browser saves the file (`attachment`) or shows it (`inline`). Default: `attachment`
   * with `downloadName`. Without it the response has no `Content-Disposition`, and the browser
   * shows what it can.
   */
  readonly disposition?: "attachment" | "inline";
  /**
   * The media type. Default: by the extension of the path, then by that of `downloadName`, then
   * `application/octet-stream`.
   */
  readonly contentType?: string;
  /**
   * The header `Cache-Control`. With the default the browser asks each time, and shared caches keep
   * nothing. @default {"private, no-cache"}
   */
  readonly cacheControl?: string;
}

const PATH: OptionKind = either(TEXT, instanceOf(URL, 'a "file:" URL'));

/** What a header can hold: visible ASCII, spaces and tabs. */
const HEADER_VALUE: OptionKind = {
  expected: "the value of a header, in ASCII and in one line",
  is: (value) => typeof value === "string" && /^[!-~](?:[\t -~]*[!-~])?$/.test(value),
};

const KINDS: OptionKinds<FileResponseOptions> = {
  root: PATH,
  dotfiles: BOOLEAN,
  downloadName: TEXT,
  disposition: oneOf("attachment", "inline"),
  contentType: HEADER_VALUE,
  cacheControl: HEADER_VALUE,
};

const NO_OPTIONS: FileResponseOptions = {};

/**
 * Answers with a file: with validators, conditions, single ranges, length and type. Pyramid:
 * `FileResponse`.
 *
 * It answers conditional requests with 304 and 412, and ranges with 206 and 416, as static views
 * do. To HEAD it sends no body. The file is read while it is sent. Its `ETag` is computed from its
 * size and time.
 *
 * > The path is yours. If a visitor had a part in it, such as a name in the URL, then give `root`.
 *
 * @param request The request that is answered.
 * @param path The path, relative to the working directory or to `root`, or a `file:` URL.
 * @param options The name for the browser, the type, caching, and `root`.
 * @returns The response, whose headers can be changed.
 * @throws {HttpNotFound} If the file does not exist, is a folder, or lies outside of `root`. If the
 * app has no access to it, which is logged.
 * @throws {HttpError} 412 if a condition of the request fails, and 416 if its range begins after
 * the end of the file.
 * @throws {TypeError} If the path is neither a string nor a `file:` URL. If an option is wrong or
 * unknown.
 *
 * @example A download
 * ```ts
 * import { Configurator } from "@pyramidion/pyramidion";
 * import { fileResponse } from "@pyramidion/pyramidion/static";
 * import { assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * const folder = await Deno.makeTempDir();
 * await Deno.writeTextFile(`${folder}/7f3a.pdf`, "%PDF");
 * const app = new Configurator().addRoute("report", "/report", {
 *   view: (request) =>
 *     fileResponse(request, `${folder}/7f3a.pdf`, { downloadName: "Résumé.pdf" }),
 * }).makeApp();
 * const { headers, body } = await app.fetch(new Request("https://app.test/report"));
 * assertEquals(headers.get("content-type"), "application/pdf");
 * assertEquals(
 *   headers.get("content-disposition"),
 *   `attachment; filename="Resume.pdf"; filename*=UTF-8''R%C3%A9sum%C3%A9.pdf`,
 * );
 * await body?.cancel();
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function fileResponse(
  request: AnyViewRequest,
  path: string | URL,
  options: FileResponseOptions = NO_OPTIONS,
): Promise<Response> {
  checkValue("the path of fileResponse()", path, PATH, TypeError);
  checkOptions("fileResponse()", options, KINDS, TypeError);
  for (const given of [path, options.root]) refuseOtherSchemes(given);
  const { logger } = requestState(request).environment;
  try {
    const file = options.root === undefined
      ? await fileAt(path)
      : await fileBelow(options.root, path, options.dotfiles === true, logger);
    if (file === null || !file.info.isFile) throw new HttpNotFound();
    const headers = headersOf(options);
    const type = options.contentType ?? typeOf(String(path)) ??
      typeOf(options.downloadName ?? "") ?? UNKNOWN_TYPE;
    return await sendFile(request, { file, coding: null, headers, type });
  } catch (cause) {
    if (isDenial(cause)) {
      logger.error(`${request.method} ${request.url.pathname}: no access to a file`, cause);
    } else if (!isAbsence(cause)) throw cause;
    throw new HttpNotFound("", { cause });
  }
}

function headersOf(options: FileResponseOptions): Headers {
  const { cacheControl = "private, no-cache", disposition, downloadName } = options;
  const headers = new Headers({
    "accept-ranges": "bytes",
    "cache-control": cacheControl,
    "x-content-type-options": "nosniff",
  });
  if (downloadName !== undefined) {
    const value = contentDisposition(disposition ?? "attachment", downloadName);
    headers.set("content-disposition", value);
  } else if (disposition !== undefined) headers.set("content-disposition", disposition);
  return headers;
}

function refuseOtherSchemes(path: string | URL | undefined): void {
  if (!(path instanceof URL) || path.protocol === "file:") return;
  throw new TypeError(
    `Cannot answer with the file "${path}": must be a path or a "file:" URL, because files are read from disk`,
  );
}

async function fileAt(path: string | URL): Promise<ReadableFile | null> {
  // Where Deno may not read everything, it has a TypeError for an empty path.
  if (path === "") return null;
  const info = await Deno.stat(path);
  return { path, info };
}

/** Finds a file below a folder by a name that a visitor may have chosen. */
async function fileBelow(
  root: string | URL,
  path: string | URL,
  dotfiles: boolean,
  logger: Logger,
): Promise<ReadableFile | null> {
  if (typeof path !== "string") {
    throw new TypeError(
      `Cannot answer with a file below a root: its path must be a string, not ${describe(path)}`,
    );
  }
  const segments = path.split("/");
  const rules = { dotfiles, windows: Deno.build.os === "windows" };
  if (!segments.every((segment) => isName(segment, rules))) return null;
  const folder = await Deno.realPath(root).catch((error) => {
    if (isAbsence(error)) {
      logger.error(`The root "${root}" of fileResponse() does not exist`, error);
    }
    throw error;
  });
  const found = await Deno.realPath(joined(folder, segments));
  return isVisibleBelow(folder, found, dotfiles)
    ? { path: found, info: await Deno.stat(found) }
    : null;
}
