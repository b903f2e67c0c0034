/**
 * Who may store a response, so that no shared cache hands one visitor's cookie to another.
 *
 * @module
 */

import { trimOws } from "./optional_whitespace.ts";

/**
 * Who may store a response by what its headers say.
 *
 * - `"unstated"`: there is no `Cache-Control`, so caches decide for themselves.
 * - `"private"`: only the visitor's own browser, or nobody.
 * - `"shared"`: a shared cache may, since neither `private` nor `no-store` is said.
 *
 * @internal
 */
export type CacheSharing = "unstated" | "private" | "shared";

/**
 * The names of fields that tell some caches something else than `Cache-Control` does: those of RFC
 * 9213 (`CDN-Cache-Control`, and with a vendor's name in front, as of Akamai, Cloudflare,
 * LiteSpeed, Netlify and Vercel), of Fastly and Varnish, of Akamai, and of nginx.
 */
const TARGETED = /^(?:.+-cache-control|surrogate-control|edge-control|x-accel-expires)$/;

/** How `X-Accel-Expires` says that a response is not stored: for no second. */
const NEVER = "0";

/**
 * Says who may store a response.
 *
 * `private="field"` and whatever else is doubtful counts as shared. A field for some caches alone
 * (RFC 9213) goes before `Cache-Control`, for them, and counts. Linear in the headers. Source: RFC
 * 9111, section 5.2.2.
 *
 * @param headers The headers of the response.
 * @internal
 */
export function cacheSharing(headers: Headers): CacheSharing {
  for (const [name, value] of headers) {
    if (TARGETED.test(name) && !keepsToOneVisitor(value) && value !== NEVER) return "shared";
  }
  const value = headers.get("cache-control");
  if (value === null) return "unstated";
  return keepsToOneVisitor(value) ? "private" : "shared";
}

/**
 * Keeps a response out of every cache, in place of what it said before.
 *
 * @param headers Headers that can be changed.
 * @internal
 */
export function makePrivate(headers: Headers): void {
  for (const name of [...headers.keys()]) {
    if (TARGETED.test(name)) headers.delete(name);
  }
  headers.set("cache-control", "private, no-store");
}

/**
 * Keeps a response that says nothing about caches to the visitor's own browser; leaves others alone.
 *
 * @param headers Headers that can be changed.
 * @internal
 */
export function addPrivate(headers: Headers): void {
  if (!headers.has("cache-control")) headers.set("cache-control", "private");
}

/**
 * Keeps a response with a cookie out of shared caches, whatever it said before.
 *
 * @param headers Headers that can be changed.
 * @internal
 */
export function keepFromSharedCaches(headers: Headers): void {
  if (cacheSharing(headers) === "shared") makePrivate(headers);
  else addPrivate(headers);
}

function keepsToOneVisitor(value: string): boolean {
  let start = 0;
  while (start <= value.length) {
    const end = endOfDirective(value, start);
    const directive = trimOws(value, start, end).toLowerCase();
    if (directive === "private" || directive === "no-store") return true;
    start = end + 1;
  }
  return false;
}

/** The next comma that does not stand in a quoted string, or the end. */
function endOfDirective(value: string, start: number): number {
  let quoted = false;
  for (let at = start; at < value.length; at++) {
    const character = value[at];
    if (character === '"') quoted = !quoted;
    else if (quoted && character === "\\") at++;
    else if (!quoted && character === ",") return at;
  }
  return value.length;
}
