/**
 * What each ASCII character is in a path, by a table: one look-up a character.
 *
 * @module
 */

/** Stands for itself. */
export const SAFE = 1;
/** Ends a segment. */
export const SLASH = 2;
/** Ends the path. */
export const QUERY = 3;

const ALPHANUMERIC = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/**
 * The path of a URL as it came: what `URL` leaves as it is. Everything else has class 0, percent
 * signs too, because what they encode may have to be looked at.
 */
export const RAW_PATH: Uint8Array = classesOf(`${ALPHANUMERIC}!$&'()*+,-.:;=@_~`, "?");

/** A path as `URL` gives it, in which nothing but a slash has a meaning. */
export const CANONICAL_PATH: Uint8Array = classesOf(everything(), "");

/** The query of a URL as it came: `'` is encoded there. */
export const RAW_QUERY: Uint8Array = classesOf(`${ALPHANUMERIC}!$&()*+,-.:;=@_~?%`, "");
RAW_QUERY[0x2f] = SAFE;

function classesOf(safe: string, query: string): Uint8Array {
  const classes = new Uint8Array(128);
  for (const character of safe) classes[character.charCodeAt(0)] = SAFE;
  for (const character of query) classes[character.charCodeAt(0)] = QUERY;
  classes[0x2f] = SLASH;
  return classes;
}

function everything(): string {
  return String.fromCharCode(...Array.from({ length: 128 }, (_, code) => code));
}

/**
 * Whether a segment is `.` or `..`, which `URL` resolves.
 *
 * @param text The text that it stands in.
 * @param from Where it begins.
 * @param end Where it ends.
 */
export function isDotSegment(text: string, from: number, end: number): boolean {
  if (end === from || end > from + 2 || text.charCodeAt(from) !== 0x2e) return false;
  return end === from + 1 || text.charCodeAt(from + 1) === 0x2e;
}
