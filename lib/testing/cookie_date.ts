/**
 * The dates of `Expires`, read as browsers read them (RFC 6265bis, section 5.1.1).
 *
 * @module
 */

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
// Every production allows any octets after a non-digit: "10:12:30.5" is a time, "2007x" is a year.
const REST = "(?:[^0-9][^]*)?$";
const TIME = new RegExp(`^(\\d{1,2}):(\\d{1,2}):(\\d{1,2})${REST}`);
const DAY = new RegExp(`^(\\d{1,2})${REST}`);
const YEAR = new RegExp(`^(\\d{2,4})${REST}`);
const DELIMITERS = /[\t\x20-\x2f\x3b-\x40\x5b-\x60\x7b-\x7e]+/;

/**
 * Reads a cookie-date, which is far wider than the dates of HTTP: the order of its parts is free,
 * weekday and time zone are ignored, years of two digits are 1970 to 2069.
 *
 * @param text The value of an `Expires` attribute.
 * @returns Milliseconds since 1970, UTC, or `null` where there is no such date.
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
