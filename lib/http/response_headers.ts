/**
 * Headers added to a response that is made already, whoever made it.
 *
 * @module
 */

import { keepFromSharedCaches } from "./cache_control.ts";
import { addVary } from "./vary.ts";

/**
 * Statuses without a body (Fetch, "null body status"); 101 is one too, and is never copied.
 *
 * @internal
 */
export const NULL_BODY_STATUSES: ReadonlySet<number> = new Set([204, 205, 304]);

/**
 * The same response where its headers can be changed, otherwise a copy whose headers can.
 *
 * `Response.redirect()` and what `fetch()` brings have headers that cannot. The copy has the same
 * status, status text, headers (every `Set-Cookie` apart) and body stream; the original's body must
 * not be read any more. An upgrade (101) can be changed and is never copied.
 *
 * @param response What a view made.
 * @throws {TypeError} If a copy is needed and cannot be made: `Response.error()`, or a body that was
 * read before.
 * @internal
 */
export function withMutableHeaders(response: Response): Response {
  if (response.type === "error") {
    throw new TypeError(
      "Cannot answer with Response.error(): it stands for a failed fetch and has no status: " +
        "throw an HttpError instead",
    );
  }
  if (areMutable(response.headers)) return response;
  const { status, statusText, headers } = response;
  if (status === 101) {
    throw new TypeError("Cannot copy an upgrade: return the response of Deno.upgradeWebSocket()");
  }
  if (response.bodyUsed || response.body?.locked === true) {
    throw new TypeError(
      "Cannot answer with a response whose body was read before: " +
        "return it unread, or a new Response with what was read",
    );
  }
  const body = NULL_BODY_STATUSES.has(status) ? null : response.body;
  return new Response(body, { status, statusText, headers });
}

/**
 * Puts headers on a response: each `Set-Cookie` is appended, `Vary` is merged, all others replace. One
 * with a cookie is kept out of shared caches.
 *
 * @param response What a view made.
 * @param headers What to put on it; none leaves the response alone.
 * @returns The same response, or a copy where {@linkcode withMutableHeaders} has to make one.
 * @throws {TypeError} As {@linkcode withMutableHeaders} does.
 * @internal
 */
export function mergeHeaders(response: Response, headers: Headers): Response {
  let merged: Response | undefined;
  for (const [name, value] of headers) {
    merged ??= withMutableHeaders(response);
    if (name === "set-cookie") merged.headers.append(name, value);
    else if (name === "vary") mergeVary(merged.headers, value);
    else merged.headers.set(name, value);
  }
  if (merged !== undefined && headers.has("set-cookie")) keepFromSharedCaches(merged.headers);
  return merged ?? response;
}

/**
 * The same response with request headers in its `Vary`; an upgrade (101) is left alone.
 *
 * @param response What a view made.
 * @param names What the answer was chosen by.
 * @throws {TypeError} As {@linkcode withMutableHeaders} does.
 * @internal
 */
export function withVary(response: Response, names: readonly string[]): Response {
  if (response.status === 101) return response;
  const varied = withMutableHeaders(response);
  for (const name of names) addVary(varied.headers, name);
  return varied;
}

/**
 * Adds the fields of one `Vary` to another.
 *
 * @internal
 */
export function mergeVary(headers: Headers, value: string): void {
  for (const field of value.split(",")) {
    const name = field.trim();
    if (name !== "") addVary(headers, name);
  }
}

function areMutable(headers: Headers): boolean {
  try {
    // Removing what is not there changes nothing, yet immutable headers refuse it.
    headers.delete("x-pyramidion-none");
    return true;
  } catch {
    return false;
  }
}
