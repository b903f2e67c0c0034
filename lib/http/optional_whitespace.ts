/**
 * Optional whitespace of header fields: space and tab, and nothing else.
 *
 * `String.prototype.trim` also takes U+00A0, vertical tabs and form feeds, by which a cookie can be
 * forged that other programs do not see as the same.
 *
 * @module
 */

/**
 * Whether a character code is optional whitespace.
 *
 * Source: RFC 9110, section 5.6.3.
 *
 * @param code A UTF-16 code unit; `NaN` (past the end) is none.
 * @returns Whether it is a space or a tab.
 * @internal
 */
export function isOws(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

/**
 * Takes optional whitespace off both ends of a part of a text, in time linear in what it takes off.
 *
 * @param text The text.
 * @param start First code unit of the part; default 0.
 * @param end Code unit after the part; default the end of the text.
 * @returns The part without spaces and tabs at its ends.
 * @internal
 */
export function trimOws(text: string, start = 0, end: number = text.length): string {
  while (start < end && isOws(text.charCodeAt(start))) start++;
  while (end > start && isOws(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}
