/**
 * Times and their ages in words.
 *
 * @module
 */

/** The last millisecond of the calendar (ECMA-262, section 21.4.1.1). */
const LAST_TIME = 8.64e15;

const UNITS: readonly [name: string, seconds: number][] = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
];

/**
 * A time and how long ago it was: `2026-11-24T09:00:00.000Z (12 minutes ago)`.
 *
 * @param time Milliseconds.
 * @param now Milliseconds.
 */
export function timeText(time: number, now: number): string {
  if (!(Math.abs(time) <= LAST_TIME)) return `${time} ms (in no calendar)`;
  const age = Math.round((now - time) / 1000);
  const words = age === 0
    ? "now"
    : age > 0
    ? `${durationText(age)} ago`
    : `in ${durationText(-age)}, by this machine's clock`;
  return `${new Date(time).toISOString()} (${words})`;
}

/**
 * A duration in its largest unit, rounded down: `12 minutes`.
 *
 * @param seconds A whole number, at least 0.
 */
export function durationText(seconds: number): string {
  const [name, unit] = UNITS.find(([, unit]) => seconds >= unit) ?? ["second", 1];
  const count = Math.floor(seconds / unit);
  return `${count.toLocaleString("en")} ${name}${count === 1 ? "" : "s"}`;
}
