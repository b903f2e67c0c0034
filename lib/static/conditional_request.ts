/**
 * Conditional requests (RFC 9110, section 13), their validators, and ranges.
 *
 * @module
 */

import { eTag, ifMatch, ifNoneMatch } from "jsr:@std/http@^1.0.0/etag";

/** The result of the conditions of a GET or HEAD request: the file, a 304 or a 412. */
export type ConditionOutcome = "proceed" | "not-modified" | "failed";

/**
 * Evaluates the conditions of a GET or HEAD request in the order of RFC 9110, section 13.2.2.
 *
 * It ignores invalid dates. The entity tags of files are weak, and `If-Match` needs strong ones. So
 * only the value `*` of `If-Match` matches.
 *
 * @param headers The headers of the request.
 * @param validators The validators of the file.
 */
export function evaluateConditions(headers: Headers, validators: Validators): ConditionOutcome {
  return holdsPreconditions(headers, validators)
    ? isModified(headers, validators) ? "proceed" : "not-modified"
    : "failed";
}

/**
 * Whether the app can send a range, because the browser has the rest of the same version.
 *
 * A date must equal the date of the file, and its second must be over. An entity tag never matches,
 * because those of files are weak. The app then sends the whole file. Source: RFC 9110, section
 * 13.1.5.
 *
 * @param header The value of `If-Range`. Without it the app can send a range.
 * @param validators The validators of the file.
 * @param now The time in milliseconds.
 */
export function mayContinue(
  header: string | null,
  { lastModified }: Validators,
  now: number = Date.now(),
): boolean {
  if (header === null) return true;
  return lastModified !== null && now - lastModified >= 1000 &&
    parseHttpDate(header, now) === lastModified;
}

function holdsPreconditions(headers: Headers, { etag, lastModified }: Validators): boolean {
  const tags = headers.get("if-match");
  if (tags !== null) return tags.trim() === "*" || ifMatch(withoutSpace(tags), etag ?? undefined);
  const date = dateOf(headers, "if-unmodified-since");
  return date === null || lastModified === null || lastModified <= date;
}

function isModified(headers: Headers, { etag, lastModified }: Validators): boolean {
  const tags = headers.get("if-none-match");
  if (tags !== null) {
    return tags.trim() !== "*" && ifNoneMatch(withoutSpace(tags), etag ?? undefined);
  }
  const date = dateOf(headers, "if-modified-since");
  return date === null || lastModified === null || lastModified > date;
}

function dateOf(headers: Headers, name: string): number | null {
  const value = headers.get(name);
  return value === null ? null : parseHttpDate(value);
}

/**
 * Removes white space, because the standard library splits at `\s*,\s*` in quadratic time. No
 * entity tag has white space.
 */
function withoutSpace(tags: string): string {
  return tags.replace(/\s+/g, "");
}

/** The values that distinguish two versions of a file. */
export interface Validators {
  /** A weak entity tag of size and time. `null` if the system reports no time. */
  readonly etag: string | null;
  /**
   * The time of the last change in milliseconds, rounded down to seconds. `null` if it is unknown
   * or in the future.
   */
  readonly lastModified: number | null;
}

/**
 * Makes the validators of a file without reading it.
 *
 * Two versions of one size and one millisecond get the same tag, so that the tag is weak. It costs
 * one SHA-256 of a few bytes. Source: RFC 9110, section 8.8.
 *
 * @param info The size and the time of the file.
 * @param coding The content coding of this file, which becomes a part of its tag.
 * @param now The time in milliseconds.
 */
export async function validatorsOf(
  { mtime, size }: Pick<Deno.FileInfo, "mtime" | "size">,
  coding: string | null = null,
  now: number = Date.now(),
): Promise<Validators> {
  if (mtime === null) return { etag: null, lastModified: null };
  const tag = await eTag({ mtime, size }) ?? null;
  const seconds = Math.floor(mtime.getTime() / 1000) * 1000;
  return {
    etag: coding === null || tag === null ? tag : tag.replace(/"$/, `-${coding}"`),
    lastModified: seconds > now ? null : seconds,
  };
}

const RFC_850 = /^([A-Z][a-z]{2})[a-z]*day, (\d\d)-([A-Z][a-z]{2})-(\d\d) (\d\d:\d\d:\d\d) GMT$/;
const ASCTIME = /^([A-Z][a-z]{2}) ([A-Z][a-z]{2}) ([ \d]\d) (\d\d:\d\d:\d\d) (\d{4})$/;

/**
 * Reads a date in one of the three formats of HTTP. `Date.parse()` alone would accept many more.
 *
 * The day of the week must be right. Source: RFC 9110, section 5.6.7.
 *
 * @param text The value of a header.
 * @param now The time in milliseconds, by which a year of two digits is read.
 * @returns Milliseconds since 1970, or `null` if the text is not such a date.
 */
export function parseHttpDate(text: string, now: number = Date.now()): number | null {
  const fixed = text.replace(ASCTIME, asctimeFixed).replace(
    RFC_850,
    (_, weekday, day, month, year, time) =>
      `${weekday}, ${day} ${month} ${wholeYear(Number(year), now)} ${time} GMT`,
  );
  const date = new Date(fixed);
  // If the date writes another text, the text was not a date in this format.
  return Number.isNaN(date.getTime()) || date.toUTCString() !== fixed ? null : date.getTime();
}

function asctimeFixed(
  _: string,
  weekday: string,
  month: string,
  day: string,
  time: string,
  year: string,
): string {
  return `${weekday}, ${day.replace(" ", "0")} ${month} ${year} ${time} GMT`;
}

/** A year of this century, or of the last if it would be more than 50 years ahead. */
function wholeYear(digits: number, now: number): number {
  const present = new Date(now).getUTCFullYear();
  const year = present - (present % 100) + digits;
  return year > present + 50 ? year - 100 : year;
}

/** A range of bytes, with both ends. */
export interface ByteRange {
  /** The position of the first byte. */
  readonly first: number;
  /** The position of the last byte, at least `first` and less than the file's size. */
  readonly last: number;
}

const SINGLE = /^bytes=[ \t]*(\d*)-(\d*)$/i;

/**
 * Reads a `Range` header.
 *
 * It accepts one range (`bytes=0-99`) or one suffix (`bytes=-500`). For several ranges, another
 * unit or an invalid value the app sends the whole file. It also does so for an empty file. Source:
 * RFC 9110, section 14.2.
 *
 * @param header The header's value.
 * @param size The size of the file in bytes.
 * @returns The range, `"whole"`, or `"unsatisfiable"` if the range begins after the end of the
 * file.
 */
export function byteRange(
  header: string | null,
  size: number,
): ByteRange | "whole" | "unsatisfiable" {
  const [, from = "", to = ""] = SINGLE.exec(header ?? "") ?? [];
  if ((from === "" && to === "") || size === 0) return "whole";
  if (from === "") {
    const length = Math.min(Number(to), size);
    return length === 0 ? "unsatisfiable" : { first: size - length, last: size - 1 };
  }
  const first = Number(from);
  const last = to === "" ? size - 1 : Math.min(Number(to), size - 1);
  if (to !== "" && Number(to) < first) return "whole";
  return first >= size ? "unsatisfiable" : { first, last };
}
