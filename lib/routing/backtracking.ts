/**
 * How long a pattern's regular expression may work on a hostile path.
 *
 * @module
 */

import { type ExpressionChoices, expressionChoices } from "./expression_choices.ts";
import type { PatternPart } from "./pattern_part.ts";

/** Steps of the regular expression engine that one pattern may take on one path: about 20 ms. */
const STEPS = 2e7;
/** Characters of an expression that cost nothing worth counting; two of the others cost a step. */
const FREE_CHARACTERS = 8;
/** No path or header is longer. */
const LONGEST = 2 ** 18;

/** An expression that may not even be asked about so many characters is refused. */
export const LEAST_LIMIT = 16;

/** How much of a path a pattern may be asked about. */
export interface BacktrackingLimit {
  /** Characters; of one segment if `slashes` is known, else of the path. */
  readonly length: number;
  /** How many slashes the pattern matches, or `null` where that varies. */
  readonly slashes: number | null;
}

/**
 * Whether a part can take exponential time: a quantifier or a list of alternatives within what is
 * itself repeated.
 *
 * @param part A part of the pattern.
 */
export function isExponential(part: PatternPart): boolean {
  if (part.kind === "text") return false;
  const choices = part.matches === "regexp" ? expressionChoices(part.regexp) : null;
  if (choices?.repeatsChoice) return true;
  if (!isRepeated(part)) return false;
  // `/:x+` is safe: no repetition can take the slash that separates it from the next.
  if (part.matches === "segment") return !(part.suffix + part.prefix).includes("/");
  return choices === null || choices.varies;
}

function isRepeated({ modifier }: PatternPart): boolean {
  return modifier === "*" || modifier === "+";
}

/**
 * Bounds the input of a pattern so that it is decided within about 20 ms, 0.4 s at worst.
 *
 * Parts of one segment share its length, and a slash ends it. But whatever stands in front of a
 * segment that does not match is divided anew in every other way, so that the choices of all
 * segments multiply.
 *
 * @param parts The parts of the canonical pattern.
 */
export function backtrackingLimit(parts: readonly PatternPart[]): BacktrackingLimit {
  const bounded: number[] = [];
  let unbounded = 0;
  let size = 0;
  let hasSegment = false;
  let inSegment = 0;
  let slashes: number | null = 0;
  const pass = (text: string): void => {
    const found = text.split("/").length - 1;
    if (found > 0) inSegment = 0;
    if (slashes !== null) slashes += found;
  };
  for (const part of parts) {
    const before = inSegment;
    if (part.modifier !== "") slashes = null;
    if (part.modifier === "?") bounded.push(2);
    if (isRepeated(part) && (part.kind === "text" || part.matches === "regexp")) unbounded++;
    if (part.kind === "text") pass(part.text);
    else {
      pass(part.prefix);
      // A wildcard at the end takes whatever is left: nothing behind it can fail and try again.
      const takesRest = part.matches === "wildcard" && !isRepeated(part) &&
        part === parts.at(-1) && part.suffix === "";
      if (part.matches === "segment" && !isRepeated(part)) {
        hasSegment = true;
        if (inSegment++ > 0) unbounded++;
      } else {
        slashes = null;
        if (part.matches === "regexp") {
          const choices = expressionChoices(part.regexp);
          unbounded += choices.unbounded;
          bounded.push(...choices.bounded);
          size += choices.size;
        } else if (!takesRest) unbounded++;
      }
      pass(part.suffix);
    }
    // Its slash may be absent.
    if (part.modifier === "?" || part.modifier === "*") inSegment = Math.max(inSegment, before);
  }
  if (hasSegment) unbounded++;
  return { length: longestText({ unbounded, bounded, size }), slashes };
}

/**
 * How many characters an expression may be asked about, so that it is decided within about 20 ms,
 * 0.4 s at worst; `Infinity` where even 262,144 take no longer.
 *
 * `n` parts without a greatest length divide a text in `(length + n) over n` ways at most.
 *
 * @param choices Those of an expression that repeats no choice.
 */
export function longestText(
  choices: Pick<ExpressionChoices, "unbounded" | "bounded" | "size">,
): number {
  if (stepsFor(LONGEST, choices) <= STEPS) return Infinity;
  let fits = 0;
  for (let step = LONGEST / 2; step >= 1; step /= 2) {
    if (stepsFor(fits + step, choices) <= STEPS) fits += step;
  }
  return fits;
}

function stepsFor(
  length: number,
  { unbounded, bounded, size }: Pick<ExpressionChoices, "unbounded" | "bounded" | "size">,
): number {
  let steps = Math.max(1, (size - FREE_CHARACTERS) / 2);
  for (let n = 1; n <= unbounded && steps <= STEPS; n++) steps *= (length + n) / n;
  for (const choices of bounded) steps *= Math.min(choices, length + 1);
  return steps;
}

/**
 * Whether a pattern may be asked about a path: `"differs"` where the path is long and cannot match
 * because of its slashes.
 *
 * @param limit The pattern's.
 * @param pathname A canonical path.
 */
export function mayAsk(
  limit: BacktrackingLimit,
  pathname: string,
): "yes" | "differs" | "too long" {
  if (pathname.length <= limit.length) return "yes";
  if (limit.slashes === null) return "too long";
  const segments = pathname.split("/");
  if (segments.length - 1 !== limit.slashes) return "differs";
  return segments.every((segment) => segment.length <= limit.length) ? "yes" : "too long";
}
