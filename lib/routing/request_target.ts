/**
 * The canonical path and query of a request.
 *
 * `Deno.serve` hands on what was on the wire: `/a/../b`, `%2e%2e`, `\` and a hostile `Host` are in
 * `request.url`, while `URL` and `URLPattern` resolve them. Whoever decides by the path must decide
 * by the resolved one.
 *
 * @module
 */

import { HttpBadRequest } from "../http/errors.ts";
import { HttpError } from "../http/http_error.ts";
import { isDotSegment, QUERY, RAW_PATH, RAW_QUERY, SAFE, SLASH } from "./path_characters.ts";

/** Where a request goes, within its origin. */
export interface RequestTarget {
  /** The path as `new URL(url).pathname` gives it; every percent-escape in it is valid UTF-8. */
  readonly pathname: string;
  /** The query as `new URL(url).search` gives it: with its `?`, or empty. */
  readonly search: string;
}

/** Characters of a path that are read; a longer one is answered with 414. */
export const MAX_PATH_LENGTH = 65_536;

/**
 * An origin that `URL` has parsed and left unchanged, with a slash at its end. What begins with it
 * has the same origin, because an authority ends at the first slash.
 */
let knownOrigin = "http://localhost/";

/**
 * Reads the path of a request.
 *
 * Where no byte of it needs canonicalisation the path is sliced from the URL (60 ns); everything
 * else goes through `URL`. The answer is the same.
 *
 * @param url `request.url`, as the server hands it on.
 * @returns The path as `new URL(url).pathname` gives it.
 * @throws {HttpBadRequest} If the URL cannot be parsed, or the path's percent-escapes are not UTF-8.
 * @throws {HttpError} 414 if the path has more than {@linkcode MAX_PATH_LENGTH} characters.
 */
export function requestPathname(url: string): string {
  if (!url.startsWith(knownOrigin)) return parseTarget(url).pathname;
  const from = knownOrigin.length - 1;
  const end = endOfCanonicalPath(url, from);
  return end === -1 ? parseTarget(url).pathname : url.slice(from, end);
}

/**
 * Where the path of a URL begins: behind its first slash; -1 where nobody parsed its origin yet.
 *
 * What stands there is the path only as far as its characters stand for themselves.
 *
 * @param url `request.url`, as the server hands it on.
 */
export function pathStart(url: string): number {
  // Twice as fast as `startsWith`.
  return url.slice(0, knownOrigin.length) === knownOrigin ? knownOrigin.length : -1;
}

/**
 * Whether the path that begins at a place is one that `URL` would leave as it is.
 *
 * @param url `request.url`, as the server hands it on.
 * @param start What {@linkcode pathStart} gave.
 */
export function isCanonicalPath(url: string, start: number): boolean {
  return endOfCanonicalPath(url, start - 1) !== -1;
}

/**
 * Reads the path and the query of a request.
 *
 * @param url `request.url`, as the server hands it on.
 * @returns Both as `URL` gives them.
 * @throws {HttpBadRequest} If the URL cannot be parsed, or the path's percent-escapes are not UTF-8.
 * @throws {HttpError} 414 if the path has more than {@linkcode MAX_PATH_LENGTH} characters.
 */
export function requestTarget(url: string): RequestTarget {
  if (!url.startsWith(knownOrigin)) return parseTarget(url);
  const from = knownOrigin.length - 1;
  const end = endOfCanonicalPath(url, from);
  if (end === -1 || !isPlainQuery(url, end)) return parseTarget(url);
  return { pathname: url.slice(from, end), search: url.length - end > 1 ? url.slice(end) : "" };
}

/** Where the path ends whose first slash is at `from`, or -1 where `URL` might change it. */
function endOfCanonicalPath(url: string, from: number): number {
  let segment = from;
  let at = from;
  for (; at < url.length; at++) {
    const kind = RAW_PATH[url.charCodeAt(at)];
    if (kind === SAFE) continue;
    if (kind !== SLASH && kind !== QUERY) return -1;
    if (isDotSegment(url, segment, at)) return -1;
    if (kind === QUERY) break;
    segment = at + 1;
  }
  return isDotSegment(url, segment, at) || at - from > MAX_PATH_LENGTH ? -1 : at;
}

/** Whether `URL` leaves everything from `from` on as it is, which is a query then. */
function isPlainQuery(url: string, from: number): boolean {
  for (let at = from; at < url.length; at++) {
    if (RAW_QUERY[url.charCodeAt(at)] !== SAFE) return false;
  }
  return true;
}

function parseTarget(url: string): RequestTarget {
  const parsed = URL.parse(url);
  if (parsed === null) {
    throw new HttpBadRequest("This address is not a valid URL. Check the address and try again.");
  }
  const { pathname, search, origin } = parsed;
  if (pathname.length > MAX_PATH_LENGTH) {
    throw new HttpError(414, "The path of this address is too long.");
  }
  if (pathname.includes("%")) checkEncoding(pathname);
  if (url.startsWith(`${origin}/`)) knownOrigin = `${origin}/`;
  return { pathname, search };
}

function checkEncoding(pathname: string): void {
  try {
    decodeURIComponent(pathname);
  } catch (cause) {
    throw new HttpBadRequest(
      "The path of this address is not valid percent-encoded UTF-8. Check the address and try again.",
      { cause },
    );
  }
}
