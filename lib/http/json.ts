/**
 * Responses in JSON.
 *
 * @module
 */

import { checkOptions } from "../check_options.ts";
import { printable } from "../printable.ts";
import { quiet } from "../quiet.ts";
import { RESPONSE_INIT_KINDS } from "./response_init.ts";

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
