/**
 * Makes JSON responses, and changes the status and headers of responses.
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
 * Makes a response with a value as JSON.
 *
 * @param value A value that `JSON.stringify()` can write.
 * @param init The status (default 200) and headers. The default `Content-Type` is
 * `application/json`, and that of `X-Content-Type-Options` is `nosniff`.
 * @returns The response. Its headers can be changed.
 * @throws {TypeError} If JSON cannot express the value: `undefined`, a function, a symbol, a bigint
 * or a cycle. It is also thrown if a member is a promise, or an option is wrong or unknown.
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
  refuseUnwritable(value, "answer with JSON");
  if (init !== undefined) checkOptions("json()", init, RESPONSE_INIT_KINDS, TypeError);
  const response = unsniffed(Response.json(value, init));
  return notesTexts ? withBodyText(response, JSON.stringify(value)) : response;
}

/**
 * Writes a value as JSON.
 *
 * @param value The value.
 * @param attempt What is done, as it stands in the message after "Cannot".
 * @throws {TypeError} As {@linkcode json} throws.
 */
export function jsonText(value: unknown, attempt: string): string {
  refuseUnwritable(value, attempt);
  const text: string | undefined = JSON.stringify(value);
  if (text !== undefined) return text;
  throw new TypeError(`Cannot ${attempt}: toJSON() of the value gives nothing: return a value`);
}

/** Refuses what has no JSON, and promises, because JSON would write `{}` for them. */
function refuseUnwritable(value: unknown, attempt: string): void {
  if (value === undefined || typeof value === "function" || typeof value === "symbol") {
    throw new TypeError(
      `Cannot ${attempt}: the value is ${
        value === undefined ? "undefined" : `a ${typeof value}`
      }, for which JSON has no text: give "null" or an object`,
    );
  }
  if (typeof value !== "object" || value === null) return;
  let found: string | undefined;
  for (const [name, member] of Object.entries(value)) {
    if (!(member instanceof Promise)) continue;
    quiet(member);
    found ??= name;
  }
  if (found === undefined) return;
  throw new TypeError(`Cannot ${attempt}: member "${printable(found)}" is a promise: await it`);
}

const SNIFFING = "x-content-type-options";

/**
 * Adds `X-Content-Type-Options: nosniff`, unless the response has that header. A browser then takes
 * the type of the response from its `Content-Type`, and never from its content. Every response that
 * the library makes has it.
 *
 * It is set afterwards, because a second header in the constructor of `Response` costs 3 µs.
 *
 * @param response A response whose headers can be changed. The function returns it.
 */
export function unsniffed(response: Response): Response {
  if (!response.headers.has(SNIFFING)) response.headers.set(SNIFFING, "nosniff");
  return response;
}

/** A value for `new Headers()`. The runtime checks the names and values in it. */
export const HEADERS: OptionKind = {
  expected: "headers: an object, a list of pairs or Headers",
  is: (value) => typeof value === "object" && value !== null && !(value instanceof Promise),
};

/** The type of each option of `new Response()`. */
export const RESPONSE_INIT_KINDS: OptionKinds<ResponseInit> = {
  status: NUMBER,
  statusText: TEXT,
  headers: HEADERS,
};

/**
 * The statuses without a body (Fetch standard, "null body status"). 101 is left out, because such a
 * response is never copied.
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
 * Returns the response with another status. If the status allows no body, then the body is dropped.
 *
 * @param response The response. If the status differs, then do not read its body afterwards.
 * @param status The status, 200 to 599.
 * @internal
 */
export function withStatus(response: Response, status: number): Response {
  if (response.status === status) return response;
  const { headers } = response;
  if (!NULL_BODY_STATUSES.has(status)) {
    return sameText(response, new Response(response.body, { status, headers }));
  }
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

/** Notes the text of a body, which a response does not tell. */
class Texted extends Given {
  readonly #text: string;

  constructor(response: Response, text: string) {
    super(response);
    this.#text = text;
  }

  /** The text, if it was noted. */
  static of(response: Response): string | undefined {
    return #text in response ? response.#text : undefined;
  }
}

let notesTexts = false;

/**
 * Notes from now on the text of every body that the library makes, for the sizes in an access log.
 * Without this call nothing is noted.
 *
 * @internal
 */
export function noteBodyTexts(): void {
  notesTexts = true;
}

/**
 * Notes the text of a body if that was asked for. Returns the response.
 *
 * @internal
 */
export function withBodyText(response: Response, text: string): Response {
  if (notesTexts) new Texted(response, text);
  return response;
}

/**
 * The text of the body, if it was noted.
 *
 * @internal
 */
export function bodyText(response: Response): string | undefined {
  return Texted.of(response);
}

/** Marks responses that answer a request. */
class Taken extends Given {
  readonly #isTouched: boolean;

  constructor(response: Response, isTouched: boolean) {
    super(response);
    this.#isTouched = isTouched;
  }

  /** Marks a response. Returns false if it is marked already. */
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
 * Checks a response that the app sends unchanged. Without this check, the server would answer with
 * a bare 500 in its place.
 *
 * A response without a body can be sent many times. Any other can be sent once, because sending
 * uses up its body. Reading `body` costs 4 µs, because it makes a stream of a text, so that only a
 * second use reads it. Reading `bodyUsed` costs 0.05 µs.
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
 * @returns The response itself, or a copy of a response without a body that can be sent again.
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

/**
 * The same as {@linkcode ownResponse}, also for a view that returns one response without a body to
 * many requests: each of them gets a copy.
 *
 * Reading `body` is cheap here: a text has a `Content-Type` by itself.
 *
 * @throws {TypeError} If it cannot be sent.
 */
export function separateResponse(response: Response): Response {
  refuseUnsendable(response);
  const isShared = response.status !== 101 && !response.headers.has("content-type") &&
    response.body === null;
  return isShared ? new Response(null, response) : ownResponse(response);
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
 * Returns the response if its headers can be changed, else a copy with changeable headers.
 *
 * The headers of `Response.redirect()` and of `fetch()` responses cannot be changed. The copy has
 * the same status, status text, headers and body stream. Each `Set-Cookie` stays a header of its
 * own. Do not read the body of the original afterwards. The headers of an upgrade (101) can be
 * changed, so it is never copied.
 *
 * @param response The response of a view.
 * @throws {TypeError} If a copy is needed but cannot be made, because the response is
 * `Response.error()` or its body was read.
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
        "return it unread, or make a new Response with the data that was read",
    );
  }
  const body = NULL_BODY_STATUSES.has(status) ? null : response.body;
  return sameText(response, new Response(body, { status, statusText, headers }));
}

function sameText(from: Response, copy: Response): Response {
  const text = notesTexts ? Texted.of(from) : undefined;
  return text === undefined ? copy : withBodyText(copy, text);
}

function areMutable(headers: Headers): boolean {
  try {
    // Deleting a missing header has no effect, but immutable headers throw.
    headers.delete("x-pyramidion-none");
    return true;
  } catch {
    return false;
  }
}

/**
 * Adds headers to a response. Each `Set-Cookie` is appended, `Vary` is merged, and other headers
 * are replaced. Shared caches must not store a response with a cookie, so `Cache-Control` is
 * changed for it.
 *
 * @param response The response of a view.
 * @param headers The headers to add. If it is empty, then the response is not changed.
 * @returns The same response, or the copy that {@linkcode withMutableHeaders} made.
 * @throws {TypeError} As {@linkcode withMutableHeaders} throws.
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
 * Adds names of request headers to `Vary`. An upgrade (101) is not changed.
 *
 * @param response The response of a view.
 * @param names The request headers that the response depends on.
 * @throws {TypeError} As {@linkcode withMutableHeaders} throws.
 * @internal
 */
export function withVary(response: Response, names: readonly string[]): Response {
  if (response.status === 101) return response;
  const varied = withMutableHeaders(response);
  for (const name of names) addVary(varied.headers, name);
  return varied;
}

/**
 * Adds a field to `Vary`, unless `Vary` has it in any letter case, or has `*`.
 *
 * The time is linear in the header, even if an upstream server sent a hostile one. Source: RFC
 * 9110, section 12.5.5.
 *
 * @param headers The headers, which must be changeable.
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

/**
 * Which caches may store a response, by its headers.
 *
 * - `"unstated"`: the response has no `Cache-Control`, so each cache decides by itself.
 * - `"private"`: at most the visitor's browser may store it.
 * - `"shared"`: a shared cache may store it, because it has neither `private` nor `no-store`.
 *
 * @internal
 */
export type CacheSharing = "unstated" | "private" | "shared";

/**
 * Header names that some caches read in place of `Cache-Control`. RFC 9213 defines
 * `CDN-Cache-Control`. Akamai, Cloudflare, LiteSpeed, Netlify and Vercel use it with their own
 * names in front. The others are of Fastly and Varnish, of Akamai, and of nginx.
 */
const TARGETED = /^(?:.+-cache-control|surrogate-control|edge-control|x-accel-expires)$/;

/** The value of `X-Accel-Expires` for a response that is not stored: 0 seconds. */
const NEVER = "0";

/**
 * Reads which caches may store a response.
 *
 * If a directive is doubtful, such as `private="field"`, then the response counts as shared. A
 * header for some caches only (RFC 9213) counts too, because it overrides `Cache-Control` for them.
 * The time is linear in the headers. Source: RFC 9111, section 5.2.2.
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
 * Forbids all caches to store a response, and replaces its former directives.
 *
 * @param headers The headers, which must be changeable.
 * @internal
 */
export function makePrivate(headers: Headers): void {
  for (const name of [...headers.keys()]) {
    if (TARGETED.test(name)) headers.delete(name);
  }
  headers.set("cache-control", "private, no-store");
}

/**
 * Adds `Cache-Control: private` to a response without `Cache-Control`.
 *
 * @param headers The headers, which must be changeable.
 * @internal
 */
export function addPrivate(headers: Headers): void {
  if (!headers.has("cache-control")) headers.set("cache-control", "private");
}

/**
 * Forbids shared caches to store a response with a cookie, even if its headers allowed it.
 *
 * @param headers The headers, which must be changeable.
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

/** The index of the next comma outside of a quoted string, or the end. */
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
 * Headers that a view sets before the response exists. They refuse changes that come too late.
 *
 * @internal
 */
export class ClosableHeaders extends Headers {
  readonly #refusal: () => string | undefined;

  /**
   * Starts without headers.
   *
   * @param refusal Returns why headers cannot be changed any more, and what to do. It returns
   * undefined while they can.
   */
  constructor(refusal: () => string | undefined) {
    super();
    this.#refusal = refusal;
  }

  /** Adds a value to a header. */
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
