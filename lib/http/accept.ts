/**
 * How welcome a media type is, by a request's `Accept` header.
 *
 * @module
 */

import { trimOws } from "./optional_whitespace.ts";

/** Browsers and libraries send 10 to 300 characters; a longer header says nothing. */
const LONGEST_ACCEPT = 1024;

/** A decimal; `.2` is none by RFC 9110, but Java's own client sends it. */
const DECIMAL = /^(?:\d+\.?\d*|\.\d+)$/;

const RANGE = /^[^\s\/,;]+\/[^\s\/,;]+$/;

/**
 * The weight of a media type, from 0 (not acceptable) to 1 (RFC 9110, section 12.5.1).
 *
 * The most specific range decides. No header, one of more than 1,024 characters, and one in which no
 * range can be read (`html`, `*`) take anything.
 * A weight of more than 1 is 1; one that is no number makes its range say nothing.
 *
 * @param accept The header's value.
 * @param type A media type without parameters, in lower case, such as `text/html`.
 */
export function acceptQuality(accept: string | null, type: string): number {
  if (accept === null || accept.trim() === "" || accept.length > LONGEST_ACCEPT) return 1;
  const anySubtype = `${type.slice(0, type.indexOf("/"))}/*`;
  let specificity = -1;
  let quality = 0;
  let isReadable = false;
  for (const range of accept.split(",")) {
    const [name = "", ...parameters] = range.split(";").map((part) => trimOws(part));
    isReadable ||= RANGE.test(name) && weightOf(parameters) !== null;
    const rank = [`*/*`, anySubtype, type].indexOf(name.toLowerCase());
    if (rank <= specificity) continue;
    // Other parameters make the range one of a kind that we do not offer.
    if (rank === 2 && parameters.some((parameter) => !/^q=/i.test(parameter))) continue;
    const weight = weightOf(parameters);
    if (weight !== null) [specificity, quality] = [rank, weight];
  }
  return isReadable ? quality : 1;
}

function weightOf(parameters: readonly string[]): number | null {
  const weight = parameters.find((parameter) => /^q=/i.test(parameter))?.slice(2);
  if (weight === undefined) return 1;
  return DECIMAL.test(weight) ? Math.min(1, Number(weight)) : null;
}
