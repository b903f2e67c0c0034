/**
 * Conditional requests (RFC 9110, section 13), the validators that they compare, and ranges.
 *
 * @module
 */

import { eTag, ifMatch, ifNoneMatch } from "jsr:@std/http@^1.0.0/etag";

/** What the conditions of a GET or HEAD lead to: the file, a 304 or a 412. */
export type ConditionOutcome = "proceed" | "not-modified" | "failed";

/**
 * Evaluates the conditions of a GET or HEAD in the order of RFC 9110, section 13.2.2.
 *
 * Dates that cannot be read are ignored. Our entity tags are weak, and `If-Match` compares strongly:
 * of its values only `*` holds.
 *
 * @param headers The headers of the request.
 * @param validators Those of the file that would be sent.
 */
export function evaluateConditions(headers: Headers, validators: Validators): ConditionOutcome {
  return holdsPreconditions(headers, validators)
    ? isModified(headers, validators) ? "proceed" : "not-modified"
    : "failed";
}

/**
 * Whether a range may be sent, because the client has the rest of the same version.
 *
 * A date counts if it is that of the file, to the second, and that second is over. Entity tags are
 * compared strongly, so ours never match and the whole file is sent. Source: RFC 9110, section 13.1.5.
 *
 * @param header The value of `If-Range`; without it a range may be sent.
 * @param validators Those of the file that would be sent.
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

/** The standard library splits at `\s*,\s*`: quadratic in white space, of which no tag has any. */
function withoutSpace(tags: string): string {
  return tags.replace(/\s+/g, "");
}

/** What distinguishes one version of a file from another. */
export interface Validators {
  /** A weak entity tag of size and time; `null` where the system reports no time. */
  readonly etag: string | null;
  /** When the file was changed, milliseconds of whole seconds; `null` if unknown or in the future. */
  readonly lastModified: number | null;
}

/**
 * Makes the validators of a file without reading it.
 *
 * Two versions of the same size that were written in the same millisecond get the same tag, so the
 * tag is weak. Costs one SHA-256 of a few bytes. Source: RFC 9110, section 8.8.
 *
 * @param info Size and time.
 * @param coding The content coding of this file, which distinguishes its tag from that of the original.
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
 * Reads a date in any of the three formats of HTTP; `Date.parse` alone would read many more.
 *
 * The day of the week must be right. Source: RFC 9110, section 5.6.7.
 *
 * @param text The value of a header.
 * @param now The time in milliseconds, by which a year of two digits is read.
 * @returns Milliseconds since 1970, or `null` if it is no such date.
 */
export function parseHttpDate(text: string, now: number = Date.now()): number | null {
  const fixed = text.replace(ASCTIME, asctimeFixed).replace(
    RFC_850,
    (_, weekday, day, month, year, time) =>
      `${weekday}, ${day} ${month} ${wholeYear(Number(year), now)} ${time} GMT`,
  );
  const date = new Date(fixed);
  // If it is written back differently, it was no date or not in this format.
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

/** Bytes of a file, both ends included. */
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
 * One range and one suffix (`bytes=-500`) are read. Several ranges, another unit and whatever is
 * malformed mean the whole file, as a server may decide; so does every range of an empty file.
 * Source: RFC 9110, section 14.2.
 *
 * @param header The header's value.
 * @param size The size of the file in bytes.
 * @returns The range, `"whole"`, or `"unsatisfiable"` where it lies behind the end.
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
