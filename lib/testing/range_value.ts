/**
 * What a slider holds: a number between its ends and on one of its steps.
 *
 * @module
 */

import type { HtmlElement } from "./html_element.ts";

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
  // What no browser can tell from zero would be a number of very many digits here.
  if (Number(text) === 0) return ZERO;
  const digits = BigInt(sign + whole + fraction);
  const scale = fraction.length - Number(exponent);
  return scale >= 0 ? { digits, scale } : { digits: digits * 10n ** BigInt(-scale), scale: 0 };
}
