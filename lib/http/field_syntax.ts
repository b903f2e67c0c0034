/**
 * Reads the grammar of header fields: tokens, white space, parameters, quality values, file names.
 *
 * @module
 */

/**
 * Matches a text that is a token, such as the name of a header, a cookie or a parameter. It has no
 * flag, so it keeps no state. Source: RFC 9110, section 5.6.2.
 *
 * @internal
 */
export const TOKEN: RegExp = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/**
 * Whether a character code is optional whitespace.
 *
 * Source: RFC 9110, section 5.6.3.
 *
 * @param code A UTF-16 code unit. `NaN`, which stands for the end of a text, is not white space.
 * @returns Whether it is a space or a tab.
 * @internal
 */
export function isOws(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

/**
 * Removes optional whitespace from both ends of a part of a text. The time is linear in the removed
 * characters.
 *
 * @param text The text.
 * @param start The index of the first code unit of the part. Default: 0.
 * @param end The index after the part. Default: the end of the text.
 * @returns The part without spaces and tabs at its ends.
 * @internal
 */
export function trimOws(text: string, start = 0, end: number = text.length): string {
  while (start < end && isOws(text.charCodeAt(start))) start++;
  while (end > start && isOws(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

/**
 * The value of a header field, and its parameters.
 *
 * @internal
 */
export interface ParameterizedField {
  /** The text before the parameters, in lower case. */
  readonly value: string;
  /** The parameters. Names are in lower case, and values have no quotes. */
  readonly parameters: ReadonlyMap<string, string>;
}

/**
 * Reads a field such as `form-data; name="a;b"` in linear time.
 *
 * In quotes only `\"` is an escape. Every other backslash is kept, because browsers send file names
 * such as `C:\x`.
 *
 * @param text The field's value.
 * @returns The value and its parameters, or `null` if the grammar is broken or a parameter occurs
 * twice.
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

/**
 * The most characters of an `Accept` header. A longer header counts as missing. Browsers and
 * libraries send 10 to 300 characters, and parsing 64 KB would take 70 ms.
 *
 * @internal
 */
export const MAX_ACCEPT_LENGTH = 1_024;

/** A decimal number. RFC 9110 does not allow `.2`, but the HTTP client of Java sends it. */
const DECIMAL = /^(?:\d+\.?\d*|\.\d+)$/;

const MEDIA_RANGE = /^[^\s\/,;]+\/[^\s\/,;]+$/;

/**
 * Returns the quality of a media type, from 0 (not acceptable) to 1 (RFC 9110, section 12.5.1).
 *
 * The most specific range decides. If the header is missing, has more than 1,024 characters or no
 * valid range (`html`, `*`), then the quality is 1. A quality of more than 1 counts as 1. A range
 * whose quality is not a number is ignored.
 *
 * @param accept The value of the `Accept` header.
 * @param type A media type without parameters, in lower case, such as `text/html`.
 */
export function acceptQuality(accept: string | null, type: string): number {
  if (accept === null || accept.trim() === "" || accept.length > MAX_ACCEPT_LENGTH) return 1;
  const anySubtype = `${type.slice(0, type.indexOf("/"))}/*`;
  let specificity = -1;
  let quality = 0;
  let isReadable = false;
  for (const range of accept.split(",")) {
    const [name = "", ...parameters] = range.split(";").map((part) => trimOws(part));
    isReadable ||= MEDIA_RANGE.test(name) && qualityOf(parameters) !== null;
    const rank = [`*/*`, anySubtype, type].indexOf(name.toLowerCase());
    if (rank <= specificity) continue;
    // A range with other parameters names a variant that the app does not offer.
    if (rank === 2 && parameters.some((parameter) => !/^q=/i.test(parameter))) continue;
    const stated = qualityOf(parameters);
    if (stated !== null) [specificity, quality] = [rank, stated];
  }
  return isReadable ? quality : 1;
}

function qualityOf(parameters: readonly string[]): number | null {
  const quality = parameters.find((parameter) => /^q=/i.test(parameter))?.slice(2);
  if (quality === undefined) return 1;
  return DECIMAL.test(quality) ? Math.min(1, Number(quality)) : null;
}

const MAX_FILE_NAME_LENGTH = 255;
const INVISIBLE = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

/**
 * Reduces a file name to its last component.
 *
 * Both `/` and `\` separate components. Control characters, line separators and marks for the
 * direction of writing are removed. A name of more than 255 UTF-16 code units is cut at its end.
 * Lone surrogates become U+FFFD. The result is never `.` or `..`.
 *
 * @param given The name as the client sent it.
 * @returns A name without a path, or `""` if no character is left.
 * @internal
 */
export function safeFileName(given: string): string {
  const last = given.slice(Math.max(given.lastIndexOf("/"), given.lastIndexOf("\\")) + 1);
  const visible = last.replace(INVISIBLE, "");
  // The name is cut first, so that half a surrogate pair at the cut is replaced, too.
  const name = visible.slice(0, MAX_FILE_NAME_LENGTH).toWellFormed();
  return name === "." || name === ".." ? "" : name;
}
