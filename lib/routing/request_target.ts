/**
 * The canonical path and query of a request.
 *
 * `Deno.serve` hands on what was on the wire: `/a/../b`, `%2e%2e`, `\` and a hostile `Host` are in
 * `request.url`, while `URL` and `URLPattern` resolve them. Whoever decides by the path must decide
 * by the resolved one.
 *
 * @module
 */

import { HttpBadRequest, HttpError } from "../http/errors.ts";

/** Where a request goes, within its origin. */
export interface RequestTarget {
  /** The path as `new URL(url).pathname` gives it; every percent-escape in it is valid UTF-8. */
  readonly pathname: string;
  /** The query as `new URL(url).search` gives it: with its `?`, or empty. */
  readonly search: string;
}

/** Characters of a path that are read; a longer one is answered with 414. */
export const MAX_PATH_LENGTH = 65_536;

const SAFE = 1;
const SLASH = 2;
const DOT = 3;
const QUERY = 4;

/** For each ASCII character of a raw path, whether `URL` leaves it as it is. */
const IN_PATH = characterClasses("!$&'()*+,-:;=@_~");
/** The same for a query: `'` is encoded in the query of an http URL. */
const IN_QUERY = characterClasses("!$&()*+,-:;=@_~./?%");

function characterClasses(punctuation: string): Uint8Array {
  const classes = new Uint8Array(128);
  classes[47] = SLASH;
  classes[46] = DOT;
  classes[63] = QUERY;
  const alphanumeric = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  for (const character of alphanumeric + punctuation) classes[character.charCodeAt(0)] = SAFE;
  return classes;
}

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
 * What stands between the origin and the query, looked at by nobody; `null` where the origin was
 * not parsed before. It is the path only if it is one that is known to be canonical.
 *
 * @param url `request.url`, as the server hands it on.
 */
export function slicedPath(url: string): string | null {
  if (!url.startsWith(knownOrigin)) return null;
  const from = knownOrigin.length - 1;
  const query = url.indexOf("?", from);
  return url.slice(from, query === -1 ? url.length : query);
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

/** Where the path that begins at `from` ends, or -1 where `URL` might change it. */
function endOfCanonicalPath(url: string, from: number): number {
  let behindSlash = false;
  let at = from;
  for (; at < url.length; at++) {
    const kind = IN_PATH[url.charCodeAt(at)];
    if (kind === SAFE || (kind === DOT && !behindSlash)) behindSlash = false;
    else if (kind === SLASH) behindSlash = true;
    else if (kind === QUERY) break;
    else return -1;
  }
  return at - from > MAX_PATH_LENGTH ? -1 : at;
}

/** Whether `URL` leaves everything from `from` on as it is, which is a query then. */
function isPlainQuery(url: string, from: number): boolean {
  for (let at = from; at < url.length; at++) {
    if (IN_QUERY[url.charCodeAt(at)] !== SAFE) return false;
  }
  return true;
}

function parseTarget(url: string): RequestTarget {
  const parsed = URL.parse(url);
  if (parsed === null) throw new HttpBadRequest("The URL of this request cannot be read");
  const { pathname, search, origin } = parsed;
  if (pathname.length > MAX_PATH_LENGTH) {
    throw new HttpError(414, "The path of this URL is too long");
  }
  if (pathname.includes("%")) checkEncoding(pathname);
  if (url.startsWith(`${origin}/`)) knownOrigin = `${origin}/`;
  return { pathname, search };
}

function checkEncoding(pathname: string): void {
  try {
    decodeURIComponent(pathname);
  } catch (cause) {
    throw new HttpBadRequest("The path of this URL is not percent-encoded UTF-8", { cause });
  }
}
