/**
 * What the Web's own `Response` takes, checked.
 *
 * @module
 */

import { checkOptions, NUMBER, type OptionKind, type OptionKinds, TEXT } from "../check_options.ts";
import { printable } from "../printable.ts";
import { quiet } from "../promises.ts";
import { NULL_BODY_STATUSES } from "./response_headers.ts";

/** What `new Headers()` takes; what is in it is the platform's business. */
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

/** A promise would be written as `{}`, and awaited by nobody. */
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
