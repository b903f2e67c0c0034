/**
 * Dates as HTTP writes them.
 *
 * @module
 */

const RFC_850 = /^([A-Z][a-z]{2})[a-z]*day, (\d\d)-([A-Z][a-z]{2})-(\d\d) (\d\d:\d\d:\d\d) GMT$/;
const ASCTIME = /^([A-Z][a-z]{2}) ([A-Z][a-z]{2}) ([ \d]\d) (\d\d:\d\d:\d\d) (\d{4})$/;

/**
 * Reads a date in any of the three formats of HTTP; `Date.parse` alone would read many more.
 *
 * The day of the week must be right. Source: RFC 9110, section 5.6.7.
 *
 * @param text The value of a header.
 * @param now The time in milliseconds, by which a year of two digits is read.
 * @returns Milliseconds since 1970, or `null` where it is no such date.
 */
export function parseHttpDate(text: string, now: number = Date.now()): number | null {
  const fixed = text.replace(ASCTIME, asctimeFixed).replace(
    RFC_850,
    (_, weekday, day, month, year, time) =>
      `${weekday}, ${day} ${month} ${wholeYear(Number(year), now)} ${time} GMT`,
  );
  const date = new Date(fixed);
  // What is written back differently was no date, or not in this format.
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
