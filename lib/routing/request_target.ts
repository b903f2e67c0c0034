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

/** For each ASCII character of a raw path, whether `URL` leaves it as it is. */
const IN_PATH = characterClasses("!$&'()*+,-:;=@_~");
/** The same for a query: `'` is encoded in the query of an http URL. */
const IN_QUERY = characterClasses("!$&()*+,-:;=@_~./?%");

function characterClasses(punctuation: string): Uint8Array {
  const classes = new Uint8Array(128);
  classes[47] = SLASH;
  classes[46] = DOT;
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
 * @param canonical Paths known to be canonical, which need not be looked at.
 * @returns The path as `new URL(url).pathname` gives it.
 * @throws {HttpBadRequest} If the URL cannot be parsed, or the path's percent-escapes are not UTF-8.
 * @throws {HttpError} 414 if the path has more than {@linkcode MAX_PATH_LENGTH} characters.
 */
export function requestPathname(url: string, canonical?: ReadonlyMap<string, unknown>): string {
  if (!url.startsWith(knownOrigin)) return parseTarget(url).pathname;
  const from = knownOrigin.length - 1;
  const end = endOfPath(url);
  const pathname = url.slice(from, end);
  if (canonical !== undefined && canonical.size > 0 && canonical.has(pathname)) return pathname;
  return isCanonical(url, from, end) ? pathname : parseTarget(url).pathname;
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
  const end = endOfPath(url);
  const endOfQuery = endOfPlainQuery(url, end);
  if (endOfQuery === -1 || !isCanonical(url, from, end)) return parseTarget(url);
  return {
    pathname: url.slice(from, end),
    search: endOfQuery - end > 1 ? url.slice(end, endOfQuery) : "",
  };
}

/** Where the path of a URL of the known origin ends. A `#` within it is not canonical. */
function endOfPath(url: string): number {
  const query = url.indexOf("?", knownOrigin.length);
  return query === -1 ? url.length : query;
}

/** Whether `URL` leaves a path as it is; `false` where that would take longer to find out. */
function isCanonical(url: string, from: number, end: number): boolean {
  if (end - from > MAX_PATH_LENGTH) return false;
  let behindSlash = false;
  for (let at = from; at < end; at++) {
    const code = url.charCodeAt(at);
    if (code > 127) return false;
    const kind = IN_PATH[code];
    if (kind === SAFE || (kind === DOT && !behindSlash)) behindSlash = false;
    else if (kind === SLASH) behindSlash = true;
    else return false;
  }
  return true;
}

/** Where the query that begins at `from` ends, or -1 where `URL` must read it. */
function endOfPlainQuery(url: string, from: number): number {
  for (let at = from; at < url.length; at++) {
    const code = url.charCodeAt(at);
    if (code === 35) return at;
    if (code > 127 || IN_QUERY[code] !== SAFE) return -1;
  }
  return url.length;
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
