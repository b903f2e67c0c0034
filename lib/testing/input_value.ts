/**
 * What an input holds where a text is put into it (HTML standard, section 4.10.5: the value
 * sanitization algorithm of each type).
 *
 * @module
 */

import { colorValue } from "./color_value.ts";
import type { HtmlElement } from "./html_element.ts";
import { isNumber, rangeValue } from "./range_value.ts";

/** Makes the value of a text. */
export type Sanitizer = (text: string) => string;

/** The latest time that dates of ECMAScript, and so those of browsers, can have. */
const LAST = Date.UTC(275760, 8, 13);
const DATE = /^(\d{4,})-(\d\d)-(\d\d)$/;
const TIME = /^(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,3})?)?$/;

/**
 * How an input makes values.
 *
 * @param input The element.
 * @param type Its `type`, in lower case.
 */
export function sanitizerOf(input: HtmlElement, type: string): Sanitizer {
  switch (type) {
    case "hidden":
      return (text) => text;
    case "url":
      return (text) => stripped(withoutBreaks(text));
    case "email":
      return input.has("multiple")
        ? (text) => withoutBreaks(text).split(",").map(stripped).join(",")
        : (text) => stripped(withoutBreaks(text));
    case "number":
      return only(isNumber);
    case "range":
      return rangeValue(input);
    case "color":
      return colorValue;
    case "date":
      return only(isDate);
    case "month":
      return only((text) => /^\d{4,}-\d\d$/.test(text) && isDate(`${text}-01`));
    case "week":
      return only(isWeek);
    case "time":
      return only((text) => TIME.test(text));
    case "datetime-local":
      return dateAndTime;
    default:
      return withoutBreaks;
  }
}

function only(isValid: (text: string) => boolean): Sanitizer {
  return (text) => isValid(text) ? text : "";
}

function withoutBreaks(text: string): string {
  return text.replace(/[\r\n]/g, "");
}

/** Without the white space of ASCII around it. */
function stripped(text: string): string {
  return text.replace(/^[\t\n\f\r ]+|[\t\n\f\r ]+$/g, "");
}

function isDate(text: string): boolean {
  const [, year, month, day] = DATE.exec(text)?.map(Number) ?? [];
  if (year === undefined || month === undefined || day === undefined || year === 0) return false;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getTime() <= LAST && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

/** A year has 53 weeks if its first or last day is a Thursday. */
function isWeek(text: string): boolean {
  const [, year, week] = /^(\d{4,})-W(\d\d)$/.exec(text)?.map(Number) ?? [];
  if (year === undefined || week === undefined || year === 0) return false;
  const [first, last] = [[0, 1], [11, 31]].map(([month, day]) => {
    const date = new Date(0);
    date.setUTCFullYear(year, month, day);
    return date.getUTCDay();
  });
  // The last week that has a day of which there is a time.
  if (year > 275760 || year === 275760 && week > 37) return false;
  return week >= 1 && week <= (first === 4 || last === 4 ? 53 : 52);
}

/** The shortest form of the standard: `T` between, no seconds that are zero. */
function dateAndTime(text: string): string {
  const [, date = "", time = ""] = /^([\d-]+)[T ]([\d:.]+)$/.exec(text) ?? [];
  if (!isDate(date) || !TIME.test(time)) return "";
  if (/^0*275760-09-13$/.test(date) && /[1-9]/.test(time)) return "";
  const shortest = time.replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, "").replace(
    /^(.{5}):00$/,
    "$1",
  );
  return `${date}T${shortest}`;
}
