/**
 * The value that an input keeps of a text: the value sanitization algorithm of its type (HTML
 * standard, section 4.10.5).
 *
 * @module
 */

import type { HtmlElement } from "../html/element.ts";

/** Makes the value of a text. */
export type Sanitizer = (text: string) => string;

/** The latest date of ECMAScript, and so of browsers. */
const LAST = Date.UTC(275760, 8, 13);
const DATE = /^(\d{4,})-(\d\d)-(\d\d)$/;
const TIME = /^(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,3})?)?$/;

/**
 * Gives the function by which an input converts texts.
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

/** The text without ASCII white space at its ends. */
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
  // The last week with a day that a Date can represent.
  if (year > 275760 || year === 275760 && week > 37) return false;
  return week >= 1 && week <= (first === 4 || last === 4 ? 53 : 52);
}

/** The shortest form of the standard: with `T`, and without seconds that are zero. */
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

/** The names of CSS, each with its color. */
const NAMES: ReadonlyMap<string, string> = new Map(
  (
    "aliceblue:f0f8ff antiquewhite:faebd7 aqua:00ffff aquamarine:7fffd4 azure:f0ffff beige:f5f5dc " +
    "bisque:ffe4c4 black:000000 blanchedalmond:ffebcd blue:0000ff blueviolet:8a2be2 brown:a52a2a " +
    "burlywood:deb887 cadetblue:5f9ea0 chartreuse:7fff00 chocolate:d2691e coral:ff7f50 " +
    "cornflowerblue:6495ed cornsilk:fff8dc crimson:dc143c cyan:00ffff darkblue:00008b " +
    "darkcyan:008b8b darkgoldenrod:b8860b darkgray:a9a9a9 darkgreen:006400 darkgrey:a9a9a9 " +
    "darkkhaki:bdb76b darkmagenta:8b008b darkolivegreen:556b2f darkorange:ff8c00 darkorchid:9932cc " +
    "darkred:8b0000 darksalmon:e9967a darkseagreen:8fbc8f darkslateblue:483d8b darkslategray:2f4f4f " +
    "darkslategrey:2f4f4f darkturquoise:00ced1 darkviolet:9400d3 deeppink:ff1493 deepskyblue:00bfff " +
    "dimgray:696969 dimgrey:696969 dodgerblue:1e90ff firebrick:b22222 floralwhite:fffaf0 " +
    "forestgreen:228b22 fuchsia:ff00ff gainsboro:dcdcdc ghostwhite:f8f8ff gold:ffd700 " +
    "goldenrod:daa520 gray:808080 green:008000 greenyellow:adff2f grey:808080 honeydew:f0fff0 " +
    "hotpink:ff69b4 indianred:cd5c5c indigo:4b0082 ivory:fffff0 khaki:f0e68c lavender:e6e6fa " +
    "lavenderblush:fff0f5 lawngreen:7cfc00 lemonchiffon:fffacd lightblue:add8e6 lightcoral:f08080 " +
    "lightcyan:e0ffff lightgoldenrodyellow:fafad2 lightgray:d3d3d3 lightgreen:90ee90 " +
    "lightgrey:d3d3d3 lightpink:ffb6c1 lightsalmon:ffa07a lightseagreen:20b2aa lightskyblue:87cefa " +
    "lightslategray:778899 lightslategrey:778899 lightsteelblue:b0c4de lightyellow:ffffe0 " +
    "lime:00ff00 limegreen:32cd32 linen:faf0e6 magenta:ff00ff maroon:800000 mediumaquamarine:66cdaa " +
    "mediumblue:0000cd mediumorchid:ba55d3 mediumpurple:9370db mediumseagreen:3cb371 " +
    "mediumslateblue:7b68ee mediumspringgreen:00fa9a mediumturquoise:48d1cc mediumvioletred:c71585 " +
    "midnightblue:191970 mintcream:f5fffa mistyrose:ffe4e1 moccasin:ffe4b5 navajowhite:ffdead " +
    "navy:000080 oldlace:fdf5e6 olive:808000 olivedrab:6b8e23 orange:ffa500 orangered:ff4500 " +
    "orchid:da70d6 palegoldenrod:eee8aa palegreen:98fb98 paleturquoise:afeeee palevioletred:db7093 " +
    "papayawhip:ffefd5 peachpuff:ffdab9 peru:cd853f pink:ffc0cb plum:dda0dd powderblue:b0e0e6 " +
    "purple:800080 rebeccapurple:663399 red:ff0000 rosybrown:bc8f8f royalblue:4169e1 " +
    "saddlebrown:8b4513 salmon:fa8072 sandybrown:f4a460 seagreen:2e8b57 seashell:fff5ee " +
    "sienna:a0522d silver:c0c0c0 skyblue:87ceeb slateblue:6a5acd slategray:708090 slategrey:708090 " +
    "snow:fffafa springgreen:00ff7f steelblue:4682b4 tan:d2b48c teal:008080 thistle:d8bfd8 " +
    "tomato:ff6347 turquoise:40e0d0 violet:ee82ee wheat:f5deb3 white:ffffff whitesmoke:f5f5f5 " +
    "yellow:ffff00 yellowgreen:9acd32"
  ).split(" ").map((color) => color.split(":") as [name: string, hex: string]),
);

/**
 * The color of a text.
 *
 * @param text A color of CSS.
 * @returns The color as `#rrggbb`, without transparency. A text that is not a color gives
 * `#000000`.
 */
export function colorValue(text: string): string {
  const color = stripped(text).toLowerCase();
  const [, short, long] = /^#(?:([\da-f]{3})[\da-f]?|([\da-f]{6})(?:[\da-f]{2})?)$/.exec(color) ??
    [];
  if (long !== undefined) return `#${long}`;
  if (short !== undefined) return `#${short.replace(/./g, "$&$&")}`;
  return `#${NAMES.get(color) ?? "000000"}`;
}

/** `digits` divided by ten to the power of `scale`: numbers of JavaScript have no exact tenth. */
interface Decimal {
  readonly digits: bigint;
  readonly scale: number;
}

const NUMBER = /^(-?)(?=\.?\d)(\d*)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;
const ZERO: Decimal = { digits: 0n, scale: 0 };
const ONE: Decimal = { digits: 1n, scale: 0 };
const HUNDRED: Decimal = { digits: 100n, scale: 0 };

/** Whether a text is a floating-point number of the HTML standard, and one that browsers can hold. */
export function isNumber(text: string): boolean {
  return NUMBER.test(text) && Number.isFinite(Number(text));
}

/**
 * How a slider makes values.
 *
 * @param input An `<input type="range">`.
 */
export function rangeValue(input: HtmlElement): (text: string) => string {
  const read = (name: string) => decimalOf(input.attribute(name) ?? "");
  const least = read("min") ?? ZERO;
  const most = read("max") ?? HUNDRED;
  const base = read("min") ?? read("value") ?? ZERO;
  const given = read("step") ?? ONE;
  const step = given.digits > 0n ? given : ONE;
  return (text) => {
    const wanted = decimalOf(text);
    // One digit more, for the middle between two numbers.
    const scale = Math.max(...[least, most, base, step, wanted ?? ZERO].map((one) => one.scale)) +
      1;
    const scaled = (one: Decimal) => one.digits * 10n ** BigInt(scale - one.scale);
    const low = scaled(least);
    const high = scaled(most) < low ? low : scaled(most);
    const value = wanted === null ? low + (high - low) / 2n : scaled(wanted);
    const within = value < low ? low : value > high ? high : value;
    const stepped = input.keyword("step") === "any"
      ? within
      : onStep(within, scaled(base), scaled(step), low, high);
    return wanted !== null && stepped === value ? text : String(Number(`${stepped}e-${scale}`));
  };
}

/** The nearest value on a step, of two the greater one. */
function onStep(value: bigint, base: bigint, step: bigint, low: bigint, high: bigint): bigint {
  const over = ((value - base) % step + step) % step;
  const below = value - over;
  const above = over === 0n ? value : below + step;
  const [nearest, other] = above - value <= over ? [above, below] : [below, above];
  const fits = (one: bigint) => low <= one && one <= high;
  return fits(nearest) ? nearest : fits(other) ? other : value;
}

function decimalOf(text: string): Decimal | null {
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = NUMBER.exec(text) ?? [];
  if (!isNumber(text)) return null;
  // A number that is zero for browsers could have very many digits here.
  if (Number(text) === 0) return ZERO;
  const digits = BigInt(sign + whole + fraction);
  const scale = fraction.length - Number(exponent);
  return scale >= 0 ? { digits, scale } : { digits: digits * 10n ** BigInt(-scale), scale: 0 };
}
