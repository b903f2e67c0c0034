/**
 * The name of an uploaded file: what a visitor calls it, never where it goes.
 *
 * @module
 */

const MOST_CHARACTERS = 255;
const INVISIBLE = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

/**
 * Reduces a file name to its last component.
 *
 * Both separators count, `/` and `\`; control characters, NUL included, line separators and marks
 * that turn the direction of writing are left out; what is longer than 255 UTF-16 code units is cut
 * at its end; lone surrogates become U+FFFD. Never `.` or `..`.
 *
 * @param given The name as it was sent.
 * @returns A name without any path; `""` where none is left.
 * @internal
 */
export function safeFileName(given: string): string {
  const last = given.slice(Math.max(given.lastIndexOf("/"), given.lastIndexOf("\\")) + 1);
  const visible = last.replace(INVISIBLE, "");
  // Cut before mending: half of a surrogate pair at the cut is mended too.
  const name = visible.slice(0, MOST_CHARACTERS).toWellFormed();
  return name === "." || name === ".." ? "" : name;
}
