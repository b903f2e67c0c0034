/**
 * The `Cookie` header, read strictly: no decoding, no quotes, no objects, in one pass.
 *
 * A pair is what stands between semicolons; its name ends at the first `=`; only spaces and tabs
 * are taken off. A pair without `=` or with nothing before it is nameless and is not seen
 * (CVE-2023-23934). Where a name occurs twice the first wins, which by RFC 6265bis, section 5.8.3,
 * is the one with the longer path.
 *
 * @module
 */

import { isOws, trimOws } from "./field_syntax.ts";

const EQUALS = 0x3d;
const SEMICOLON = 0x3b;
const MOST_PAIRS = 1_000;

/**
 * Reads one cookie.
 *
 * One pass over the header up to the cookie, whatever else it carries; nothing is built but the
 * value.
 *
 * @param header The value of the `Cookie` header, or `null` where there is none.
 * @param name The cookie's name, compared exactly.
 * @returns The bytes of the first cookie of that name, which may be `""`, or `null`.
 * @internal
 */
export function readCookie(header: string | null, name: string): string | null {
  if (header === null || !canBeRead(name)) return null;
  const equals = nextCookie(header, name, 0);
  return equals === -1 ? null : valueAt(header, equals);
}

/**
 * Reads every cookie of a name: browsers send several where they were set for several paths or
 * domains, or once partitioned and once not.
 *
 * @param header The value of the `Cookie` header, or `null` where there is none.
 * @param name The cookie's name, compared exactly.
 * @returns The bytes of each, in their order; the empty ones are left out.
 * @internal
 */
export function readCookies(header: string | null, name: string): string[] {
  const values: string[] = [];
  if (header === null || !canBeRead(name)) return values;
  for (
    let equals = nextCookie(header, name, 0);
    equals !== -1;
    equals = nextCookie(header, name, equals)
  ) {
    const value = valueAt(header, equals);
    if (value !== "") values.push(value);
  }
  return values;
}

/** The equals sign of the next pair of a name; -1 where there is none. */
function nextCookie(header: string, name: string, from: number): number {
  for (
    let at = header.indexOf(name, from);
    at !== -1;
    at = header.indexOf(name, at + name.length)
  ) {
    let before = at - 1;
    while (before >= 0 && isOws(header.charCodeAt(before))) before--;
    if (before >= 0 && header.charCodeAt(before) !== SEMICOLON) continue;
    let after = at + name.length;
    while (isOws(header.charCodeAt(after))) after++;
    if (header.charCodeAt(after) === EQUALS) return after;
  }
  return -1;
}

function valueAt(header: string, equals: number): string {
  const end = header.indexOf(";", equals);
  return trimOws(header, equals + 1, end === -1 ? header.length : end);
}

/** Names that the grammar of the header cannot spell. */
function canBeRead(name: string): boolean {
  return name !== "" && !name.includes("=") && !name.includes(";") &&
    !isOws(name.charCodeAt(0)) && !isOws(name.charCodeAt(name.length - 1));
}

/**
 * The cookies of a request: the first of each name, their bytes untouched.
 *
 * Pyramid: `request.cookies`. Values are not decoded, not unquoted and not to be trusted.
 *
 * @example Read one, read all
 * ```ts
 * import { RequestCookies } from "@pyramidion/pyramidion";
 * import { assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * const cookies = new RequestCookies("theme=dark; lang=en; theme=light");
 * assertEquals(cookies.get("theme"), "dark");
 * assertEquals([...cookies], [["theme", "dark"], ["lang", "en"]]);
 * ```
 */
export class RequestCookies implements Iterable<[name: string, value: string]> {
  readonly #header: string | null;

  /**
   * Keeps the header; it is read when it is asked.
   *
   * @param header The value of the `Cookie` header, or `null` where there is none.
   */
  constructor(header: string | null) {
    this.#header = header;
  }

  /**
   * The value of the first cookie of a name, in time linear in the header.
   *
   * @param name Compared exactly, letter case included.
   */
  get(name: string): string | undefined {
    return readCookie(this.#header, name) ?? undefined;
  }

  /**
   * Whether there is a cookie of a name, an empty one included.
   *
   * @param name Compared exactly, letter case included.
   */
  has(name: string): boolean {
    return readCookie(this.#header, name) !== null;
  }

  /**
   * The cookies in the order of the header, the first of each name: at most 1,000 of them, which
   * is five times what browsers keep for a site.
   */
  *[Symbol.iterator](): IterableIterator<[name: string, value: string]> {
    const header = this.#header;
    if (header === null) return;
    const seen = new Set<string>();
    for (let start = 0; start < header.length && seen.size < MOST_PAIRS;) {
      const semicolon = header.indexOf(";", start);
      const end = semicolon === -1 ? header.length : semicolon;
      const equals = indexWithin(header, start, end);
      if (equals !== -1) {
        const name = trimOws(header, start, equals);
        if (name !== "" && !seen.has(name)) {
          seen.add(name);
          yield [name, trimOws(header, equals + 1, end)];
        }
      }
      start = end + 1;
    }
  }
}

/** Looks for `=` no further than the pair: `indexOf` would scan the rest for every pair without one. */
function indexWithin(header: string, start: number, end: number): number {
  for (let at = start; at < end; at++) if (header.charCodeAt(at) === EQUALS) return at;
  return -1;
}
