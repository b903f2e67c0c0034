/**
 * Parses one `Set-Cookie` value as browsers do (RFC 6265bis, section 5.6).
 *
 * @module
 */

import { MAX_COOKIE_ATTRIBUTE_BYTES } from "../http/cookies.ts";
import { trimOws } from "../http/field_syntax.ts";

/**
 * The attribute `SameSite` of a cookie. `"Default"` is a missing or unknown value, which counts as
 * `Lax`.
 */
export type SameSite = "Strict" | "Lax" | "None" | "Default";

/** A `Set-Cookie` value before it is checked. */
export interface ReceivedCookie {
  /** The name. It is empty for a cookie without a name. */
  name: string;
  /** The value, unchanged. */
  value: string;
  /** `Expires` in milliseconds. `null` if it is missing or not a date. */
  expires: number | null;
  /** `Max-Age` in seconds. `null` if it is missing or not a number. */
  maxAge: number | null;
  /** `Domain` in lower case without its leading dot. `null` if it is missing. */
  domain: string | null;
  /** `Path`. It is `""` if it means the default path, and `null` if it is missing. */
  path: string | null;
  /** Whether the cookie has the attribute `Secure`. */
  secure: boolean;
  /** Whether the cookie has the attribute `HttpOnly`. */
  httpOnly: boolean;
  /** The attribute `SameSite`. */
  sameSite: SameSite;
  /** Whether the cookie has the attribute `Partitioned`. */
  partitioned: boolean;
}

/**
 * Parses a `Set-Cookie` value. If an attribute occurs more than once, the last valid one counts.
 *
 * @param text The value of one header.
 * @returns The cookie. `null` if the value has a control character other than the tab, because
 * browsers reject such a cookie.
 */
export function parseSetCookie(text: string): ReceivedCookie | null {
  // deno-lint-ignore no-control-regex -- control characters are searched for
  if (/[\x00-\x08\x0a-\x1f\x7f]/.test(text)) return null;
  const [pair, attributes] = split(text, ";");
  const [left, right] = split(pair, "=");
  const cookie: ReceivedCookie = {
    name: right === null ? "" : trimOws(left),
    value: trimOws(right ?? left),
    expires: null,
    maxAge: null,
    domain: null,
    path: null,
    secure: false,
    httpOnly: false,
    sameSite: "Default",
    partitioned: false,
  };
  for (const attribute of attributes?.split(";") ?? []) {
    const [name, value] = split(attribute, "=");
    apply(cookie, trimOws(name).toLowerCase(), trimOws(value ?? ""));
  }
  return cookie;
}

function split(text: string, separator: string): [before: string, after: string | null] {
  const at = text.indexOf(separator);
  return at === -1 ? [text, null] : [text.slice(0, at), text.slice(at + 1)];
}

const SAME_SITE: ReadonlyMap<string, SameSite> = new Map([
  ["strict", "Strict"],
  ["lax", "Lax"],
  ["none", "None"],
]);

function apply(cookie: ReceivedCookie, name: string, value: string): void {
  if (octets(value) > MAX_COOKIE_ATTRIBUTE_BYTES) return;
  switch (name) {
    case "expires":
      cookie.expires = parseCookieDate(value) ?? cookie.expires;
      break;
    case "max-age":
      if (/^-?\d+$/.test(value)) cookie.maxAge = Number(value);
      break;
    case "domain":
      cookie.domain = value.replace(/^\./, "").toLowerCase();
      break;
    case "path":
      cookie.path = value.startsWith("/") ? value : "";
      break;
    case "secure":
      cookie.secure = true;
      break;
    case "httponly":
      cookie.httpOnly = true;
      break;
    case "samesite":
      cookie.sameSite = SAME_SITE.get(value.toLowerCase()) ?? "Default";
      break;
    case "partitioned":
      cookie.partitioned = true;
      break;
  }
}

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
// Every production allows any octets after a non-digit: "10:12:30.5" is a time, "2007x" is a year.
const REST = "(?:[^0-9][^]*)?$";
const TIME = new RegExp(`^(\\d{1,2}):(\\d{1,2}):(\\d{1,2})${REST}`);
const DAY = new RegExp(`^(\\d{1,2})${REST}`);
const YEAR = new RegExp(`^(\\d{2,4})${REST}`);
const DELIMITERS = /[\t\x20-\x2f\x3b-\x40\x5b-\x60\x7b-\x7e]+/;

/**
 * Reads a date of a cookie (RFC 6265bis, section 5.1.1).
 *
 * It accepts far more than the dates of HTTP. The parts can stand in any order. It ignores the
 * weekday and the time zone. Years of two digits are 1970 to 2069.
 *
 * @param text The value of an `Expires` attribute.
 * @returns Milliseconds since 1970, or `null` if the text is not a date.
 */
export function parseCookieDate(text: string): number | null {
  let time: number[] | undefined;
  let day: number | undefined;
  let month: number | undefined;
  let year: number | undefined;
  for (const token of text.split(DELIMITERS)) {
    const clock = time === undefined ? TIME.exec(token) : null;
    if (clock !== null) {
      time = clock.slice(1, 4).map(Number);
      continue;
    }
    const date = day === undefined ? DAY.exec(token) : null;
    if (date !== null) {
      day = Number(date[1]);
      continue;
    }
    const name = month === undefined ? MONTHS.indexOf(token.slice(0, 3).toLowerCase()) : -1;
    if (name !== -1) {
      month = name;
      continue;
    }
    const era = year === undefined ? YEAR.exec(token) : null;
    if (era !== null) year = Number(era[1]);
  }
  if (time === undefined || day === undefined || month === undefined || year === undefined) {
    return null;
  }
  if (year < 70) year += 2000;
  else if (year < 100) year += 1900;
  const [hour = 0, minute = 0, second = 0] = time;
  if (year < 1601 || hour > 23 || minute > 59 || second > 59) return null;
  const date = new Date(Date.UTC(year, month, day, hour, minute, second));
  // 31 February would roll over into March.
  return date.getUTCMonth() === month ? date.getTime() : null;
}

/**
 * The size of a header's text in bytes. Text from `Headers` holds one byte in each character. Any
 * other text is measured as UTF-8.
 *
 * @param text A part of a header.
 */
export function octets(text: string): number {
  // deno-lint-ignore no-control-regex -- the whole range of octets is meant
  return /^[\x00-\xff]*$/.test(text) ? text.length : new TextEncoder().encode(text).length;
}
