/**
 * Cookie values in quotes, as WebOb writes them for characters that a cookie cannot carry.
 *
 * @module
 */

/** What a value may have without quotes: the `cookie-octet` of RFC 6265bis, section 4.1.1. */
const PLAIN = /^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*$/;

/**
 * Writes a value, in quotes if it needs them. Other characters become a backslash and three octal
 * digits.
 *
 * @param value Characters up to U+00FF.
 */
export function quoteValue(value: string): string {
  if (PLAIN.test(value)) return value;
  const escaped = value.replace(
    /[^\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]/g,
    (character) => `\\${character.charCodeAt(0).toString(8).padStart(3, "0")}`,
  );
  return `"${escaped}"`;
}

/**
 * Reads a value that {@linkcode quoteValue} or WebOb wrote. A value without quotes stays as it is.
 *
 * @param value What stands in the `Cookie` header.
 */
export function unquoteValue(value: string): string {
  if (value.length < 2 || !value.startsWith('"') || !value.endsWith('"')) return value;
  return value.slice(1, -1).replace(
    /\\([0-3][0-7]{2}|.)/g,
    (_, code: string) => code.length === 1 ? code : String.fromCharCode(parseInt(code, 8)),
  );
}
