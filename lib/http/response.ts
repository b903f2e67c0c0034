/**
 * Responses: JSON, and changes to the status and the headers of a response that somebody else made.
 *
 * @module
 */

import {
  checkOptions,
  describe,
  NUMBER,
  type OptionKind,
  type OptionKinds,
  TEXT,
} from "../check_options.ts";
import { printable } from "../printable.ts";
import { quiet } from "../promises.ts";
import { trimOws } from "./field_syntax.ts";

/**
 * A response with a value as JSON.
 *
 * @param value Anything that `JSON.stringify` writes.
 * @param init Status (default 200) and headers; `Content-Type` is `application/json` unless they
 * say otherwise.
 * @returns The response; its headers can still be changed.
 * @throws {TypeError} If JSON has no text for the value: `undefined`, a function, a symbol, a
 * bigint, a cycle; if it or a member of it is a promise; or if an option is wrong or unknown.
 *
 * @example A value and a status
 * ```ts
 * import { json } from "@pyramidion/pyramidion";
 * import { assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * const response = json({ id: 7 }, { status: 201 });
 * assertEquals([response.status, await response.text()], [201, '{"id":7}']);
 * ```
 */
export function json(value: unknown, init?: ResponseInit): Response {
  if (value === undefined || typeof value === "function" || typeof value === "symbol") {
    throw new TypeError(
      `Cannot answer with JSON: the value is ${
        value === undefined ? "undefined" : `a ${typeof value}`
      }, for which JSON has no text: give "null" or an object`,
    );
  }
  if (init !== undefined) checkOptions("json()", init, RESPONSE_INIT_KINDS, TypeError);
  if (typeof value === "object" && value !== null) refusePromises(value);
  return Response.json(value, init);
}

/** JSON would be `{}` for a promise, and nothing would await it. */
function refusePromises(value: object): void {
  let found: string | undefined;
  for (const [name, member] of Object.entries(value)) {
    if (!(member instanceof Promise)) continue;
    quiet(member);
    found ??= name;
  }
  if (found === undefined) return;
  throw new TypeError(
    `Cannot answer with JSON: member "${printable(found)}" is a promise: await it`,
  );
}

/** What `new Headers()` takes; the platform checks what is in it. */
export const HEADERS: OptionKind = {
  expected: "headers: an object, a list of pairs or Headers",
  is: (value) => typeof value === "object" && value !== null && !(value instanceof Promise),
};

/** What `new Response()` takes besides its body. */
export const RESPONSE_INIT_KINDS: OptionKinds<ResponseInit> = {
  status: NUMBER,
  statusText: TEXT,
  headers: HEADERS,
};

/**
 * Statuses without a body (Fetch, "null body status"); 101 is one too, and is never copied.
 *
 * @internal
 */
export const NULL_BODY_STATUSES: ReadonlySet<number> = new Set([204, 205, 304]);

/**
 * The statuses of redirections.
 *
 * @internal
 */
export const REDIRECT_STATUSES: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * The same response with another status; without its body where the status has none.
 *
 * @param response Its body must not be read any more, unless the status is the same.
 * @param status From 200 to 599.
 * @internal
 */
export function withStatus(response: Response, status: number): Response {
  if (response.status === status) return response;
  const { headers } = response;
  if (!NULL_BODY_STATUSES.has(status)) return new Response(response.body, { status, headers });
  const empty = new Response(null, { status, headers });
  for (const name of ["content-type", "content-length"]) empty.headers.delete(name);
  return empty;
}

/**
 * A constructor that returns the object that it gets, so that a subclass adds its private fields to it.
 *
 * A private field costs less than an entry of a `WeakMap` or `WeakSet`. With these the garbage
 * collector took a third of the time of a request.
 */
class Given {
  /** Returns the object. */
  constructor(given: object) {
    return given;
  }
}

/** Marks responses that answer a request. */
class Taken extends Given {
  readonly #isTouched: boolean;

  constructor(response: Response, isTouched: boolean) {
    super(response);
    this.#isTouched = isTouched;
  }

  /** Marks a response; tells whether it had not been marked before. */
  static mark(response: Response, isTouched: boolean): boolean {
    try {
      // Who has the field already throws: to ask first would cost more than the field.
      new Taken(response, isTouched);
      return true;
    } catch {
      return false;
    }
  }

  /** Whether headers of that request may be on it. */
  static isTouched(response: Response): boolean {
    return #isTouched in response && response.#isTouched;
  }
}

/**
 * Takes a response that is sent as it is; the server would answer one that cannot be sent with a
 * bare 500.
 *
 * One without a body can be sent many times. Any other is sent once, since its body is used up. (To
 * ask for its body makes a stream of a text and costs 4 µs, so only a second use asks; whether it was
 * used costs 0.05 µs.)
 *
 * @param response What a view, a tween, a decorator or a callback made.
 * @throws {TypeError} If it cannot be sent.
 */
export function takeResponse(response: Response): void {
  refuseUnsendable(response);
  if (NULL_BODY_STATUSES.has(response.status) || response.status === 101) return;
  if (!Taken.mark(response, false)) refuseSecondUse(response);
}

/**
 * The response of this request alone, whose headers may be changed, so that no `Set-Cookie` of one
 * visitor reaches the next.
 *
 * @returns The response itself; of one without a body that can be sent again a copy.
 * @throws {TypeError} If it cannot be sent.
 */
export function ownResponse(response: Response): Response {
  refuseUnsendable(response);
  const { status } = response;
  if (status === 101) return response;
  if (NULL_BODY_STATUSES.has(status)) return new Response(null, response);
  if (Taken.mark(response, true)) return response;
  refuseSecondUse(response);
  return new Response(null, response);
}

function refuseSecondUse(response: Response): void {
  if (!Taken.isTouched(response) && response.body === null) return;
  throw new TypeError(
    "Cannot answer with a response that answered another request, whose cookies may be on it: make a new Response for each request",
  );
}

/**
 * Refuses what cannot be sent.
 *
 * @throws {TypeError} If it is no response, its body was read, or it stands for a failed `fetch()`.
 */
export function refuseUnsendable(response: Response): void {
  const given: unknown = response;
  if (!(given instanceof Response)) {
    throw new TypeError(
      `Cannot answer with what a tween, decorator or callback returned: must be a Response, not ${
        describe(given)
      }: a return or an await may be missing`,
    );
  }
  if (response.type === "error") {
    throw new TypeError(
      "Cannot answer with Response.error(): it stands for a failed fetch and has no status: throw an HttpError instead",
    );
  }
  if (response.bodyUsed) {
    throw new TypeError(
      "Cannot answer with a response whose body was read or sent before: make a new Response for each request, and read response.clone() instead",
    );
  }
}

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

/**
 * Adds a field to `Vary` unless it is there already, in any letter case, or `*` says it all.
 *
 * Linear in the header, whatever an upstream server put there. Source: RFC 9110, section 12.5.5.
 *
 * @param headers Headers that can be changed.
 * @param field The name of a request header, or `*`.
 * @internal
 */
export function addVary(headers: Headers, field: string): void {
  const present = headers.get("vary");
  if (present === null || field === "*") return headers.set("vary", field);
  const wanted = field.toLowerCase();
  for (let start = 0; start <= present.length;) {
    const comma = present.indexOf(",", start);
    const end = comma === -1 ? present.length : comma;
    const listed = trimOws(present, start, end).toLowerCase();
    if (listed === "*" || listed === wanted) return;
    start = end + 1;
  }
  headers.set("vary", present === "" ? field : `${present}, ${field}`);
}

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

/**
 * Headers for an answer that is not made yet.
 *
 * @internal
 */
export class ClosableHeaders extends Headers {
  readonly #refusal: () => string | undefined;

  /**
   * Begins without a header.
   *
   * @param refusal Says why no header can be set any more, and what to do; undefined as long as one can.
   */
  constructor(refusal: () => string | undefined) {
    super();
    this.#refusal = refusal;
  }

  /** Adds a value. */
  override append(name: string, value: string): void {
    this.#refuseLate(`set header "${name}"`);
    super.append(name, value);
  }

  /** Sets a header. */
  override set(name: string, value: string): void {
    this.#refuseLate(`set header "${name}"`);
    super.set(name, value);
  }

  /** Removes a header. */
  override delete(name: string): void {
    this.#refuseLate(`delete header "${name}"`);
    super.delete(name);
  }

  #refuseLate(what: string): void {
    const refusal = this.#refusal();
    if (refusal !== undefined) throw new TypeError(`Cannot ${what}: ${refusal}`);
  }
}
