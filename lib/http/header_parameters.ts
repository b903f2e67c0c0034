/**
 * Header fields of a value and parameters: `Content-Type`, and `Content-Disposition` in forms.
 *
 * @module
 */

import { isOws, trimOws } from "./optional_whitespace.ts";
import { TOKEN } from "./token.ts";

/**
 * A header field's value and its parameters.
 *
 * @internal
 */
export interface ParameterizedField {
  /** What stands before the parameters, in lower case. */
  readonly value: string;
  /** The parameters; names in lower case, values without their quotes. */
  readonly parameters: ReadonlyMap<string, string>;
}

/**
 * Reads such as `form-data; name="a;b"`, in linear time.
 *
 * In quotes only `\"` is an escape; every other backslash is itself, since browsers send file names
 * such as `C:\x` so.
 *
 * @param text The field's value.
 * @returns Its parts, or `null` where the grammar is broken or a parameter occurs twice.
 * @internal
 */
export function parseParameters(text: string): ParameterizedField | null {
  const first = text.indexOf(";");
  const value = trimOws(text, 0, first === -1 ? text.length : first).toLowerCase();
  const parameters = new Map<string, string>();
  let at = first === -1 ? text.length : first;
  while (at < text.length) {
    if (text[at] !== ";") return null;
    do at++; while (isOws(text.charCodeAt(at)));
    if (at === text.length || text[at] === ";") continue;
    const equals = text.indexOf("=", at);
    if (equals === -1) return null;
    const name = text.slice(at, equals).toLowerCase();
    if (!TOKEN.test(name) || parameters.has(name)) return null;
    const quoted = text[equals + 1] === '"';
    const end = quoted ? endOfQuotes(text, equals + 2) : text.indexOf(";", equals);
    if (quoted && end === -1) return null;
    const stop = end === -1 ? text.length : end;
    parameters.set(
      name,
      quoted
        ? text.slice(equals + 2, stop).replaceAll('\\"', '"')
        : trimOws(text, equals + 1, stop),
    );
    at = quoted ? stop + 1 : stop;
    while (isOws(text.charCodeAt(at))) at++;
  }
  return { value, parameters };
}

function endOfQuotes(text: string, start: number): number {
  let at = text.indexOf('"', start);
  while (at > start && text[at - 1] === "\\") at = text.indexOf('"', at + 1);
  return at;
}
