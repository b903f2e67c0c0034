/**
 * The header `Content-Disposition` of responses (RFC 6266).
 *
 * @module
 */

import { safeFileName } from "../http/field_syntax.ts";

/** The name of a file whose own name has no character left. */
const NAMELESS = "download";

/** Combining marks, which stand behind their letters after NFKD: `é` is `e` and an accent. */
const MARKS = /\p{Mn}/gu;

/** What browsers read in different ways in a quoted string, so that the fallback has none of it. */
const AMBIGUOUS = /[^\x20-\x7e]|["\\%]/gu;

/** What `encodeURIComponent()` leaves although `filename*` must not have it (RFC 8187). */
const NOT_ATTRIBUTE = /['()*]/g;

/**
 * Writes the header for a file name.
 *
 * The name is reduced to its last component, without control characters. If it has more than plain
 * ASCII, or a character that browsers read differently, then `filename*` has the whole name. In
 * that case `filename` has a name in ASCII for older clients.
 *
 * @param type Whether the browser saves the file or shows it.
 * @param name The name, which a visitor may have chosen.
 */
export function contentDisposition(type: "attachment" | "inline", name: string): string {
  const safe = safeFileName(name) || NAMELESS;
  const plain = safe.normalize("NFKD").replace(MARKS, "").replace(AMBIGUOUS, "_");
  const header = `${type}; filename="${plain}"`;
  return plain === safe ? header : `${header}; filename*=UTF-8''${extended(safe)}`;
}

function extended(name: string): string {
  return encodeURIComponent(name).replace(
    NOT_ATTRIBUTE,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
