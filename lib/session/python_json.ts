/**
 * JSON as Python's `json` module spells it, and without what JavaScript's numbers would change.
 *
 * @module
 */

import { parseJson, stringifyJson } from "./json.ts";

/** All that Python spells otherwise, and the quotes and escapes that tell what lies within strings. */
const TOKEN = /\\.|["\x7f-\uffff,:]|-?\d[-+.\deE]*/g;

/** Integers of fewer digits are held exactly. */
const MANY_DIGITS = /\d{16}/;

/**
 * Writes a value as `json.dumps` does, keys sorted: `", "` and `": "` between members, ASCII only,
 * and a number that is no safe integer as the shortest float.
 *
 * @param value What to write.
 * @param path What messages call the value; may be empty.
 * @throws {SessionValueError} If JSON would lose or change any part of it.
 * @internal
 */
export function stringifyPythonJson(value: unknown, path: string): string {
  let quoted = false;
  return stringifyJson(value, path).replace(TOKEN, (token) => {
    if (token === '"') quoted = !quoted;
    if (quoted) return token > "~" ? escaped(token) : token;
    if (token === "," || token === ":") return `${token} `;
    return token === '"' ? token : number(token);
  });
}

/**
 * Writes a number as Python writes a float, whole ones with their `.0`.
 *
 * @internal
 */
export function stringifyPythonFloat(value: number): string {
  return Number.isSafeInteger(value) ? `${value}.0` : number(String(value));
}

/**
 * Reads JSON that Python wrote.
 *
 * @param text JSON text.
 * @throws {SyntaxError} If it is not JSON: `NaN` and `Infinity` are not.
 * @throws {RangeError} If it has an integer beyond 2^53, which would be read as another.
 * @internal
 */
export function parsePythonJson(text: string): unknown {
  const value = parseJson(text);
  if (MANY_DIGITS.test(text)) refuseUnsafeIntegers(text);
  return value;
}

function refuseUnsafeIntegers(text: string): void {
  let quoted = false;
  for (const [token] of text.matchAll(TOKEN)) {
    if (token === '"') quoted = !quoted;
    if (quoted || !/^-?\d+$/.test(token) || Number.isSafeInteger(Number(token))) continue;
    throw new RangeError("Cannot read the JSON: it has an integer beyond 2^53");
  }
}

function escaped(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** `float.__repr__` of all but safe integers, which are spelled alike. */
function number(token: string): string {
  const value = Number(token), size = Math.abs(value);
  if (Object.is(value, -0)) return "-0.0";
  if (Number.isSafeInteger(value)) return token;
  if (size < 1e-4 || size >= 1e16) {
    return value.toExponential().replace(/\d+$/, (exponent) => exponent.padStart(2, "0"));
  }
  return Number.isInteger(value) ? `${value}.0` : token;
}
