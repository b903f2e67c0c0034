/**
 * How long a pattern's regular expression may work on a hostile path.
 *
 * @module
 */

import type { PatternPart } from "./pattern_part.ts";

/** Steps of the regular expression engine that one pattern may take on one path: about 20 ms. */
const STEPS = 2e7;

/** How much of a path a pattern may be asked about. */
export interface BacktrackingLimit {
  /** Characters; of one segment if `slashes` is known, else of the path. */
  readonly length: number;
  /** How many slashes the pattern matches, or `null` where that varies. */
  readonly slashes: number | null;
}

/**
 * Whether a regular expression has a quantifier within a group that is itself repeated.
 *
 * The time of such an expression can double with each character. `(?:…)?` is no repetition, and an
 * exact count such as `{4}` within a group is no quantifier.
 *
 * @param source The source of the regular expression.
 */
export function hasNestedQuantifier(source: string): boolean {
  const open: boolean[] = [];
  let quantified = false;
  for (let at = 0; at < source.length; at++) {
    switch (source[at]) {
      case "\\":
        at++;
        break;
      case "[":
        at = endOfClass(source, at);
        break;
      case "(":
        open.push(quantified);
        quantified = false;
        if (source[at + 1] === "?") at++;
        break;
      case ")": {
        const repeated = /^(?:[*+]|\{\d)/.test(source.slice(at + 1, at + 3));
        if (repeated && quantified) return true;
        quantified = (open.pop() ?? false) || quantified;
        break;
      }
      case "*":
      case "+":
      case "?":
        quantified = true;
        break;
      case "{":
        if (/^\{\d+,/.test(source.slice(at))) quantified = true;
        break;
    }
  }
  return false;
}

/** The index of the bracket that closes the class at `open`; classes may nest (flag `v`). */
function endOfClass(source: string, open: number): number {
  let depth = 0;
  for (let at = open; at < source.length; at++) {
    const character = source[at];
    if (character === "\\") at++;
    else if (character === "[") depth++;
    else if (character === "]" && --depth === 0) return at;
  }
  return source.length;
}

/** How many parts of variable length a regular expression has. */
function quantifiersOf(source: string): number {
  const withoutClasses = source.replace(/\\[^]|\[(?:\\[^]|[^\]])*\]|\(\?/g, "a");
  return withoutClasses.match(/[*+?]|\{\d+,/g)?.length ?? 0;
}

/**
 * Whether a part can take exponential time: a quantifier within what is itself repeated.
 *
 * @param part A part of the pattern.
 */
export function isExponential(part: PatternPart): boolean {
  if (part.kind === "text") return false;
  if (part.matches === "regexp" && hasNestedQuantifier(part.regexp)) return true;
  if (part.modifier !== "*" && part.modifier !== "+") return false;
  // `/:x+` is safe: no repetition can take the slash that separates it from the next.
  if (part.matches === "segment") return !(part.suffix + part.prefix).includes("/");
  return part.matches === "wildcard" || quantifiersOf(part.regexp) > 0;
}

/**
 * Bounds the input of a pattern so that it is decided within about 20 ms.
 *
 * With `n` parts of variable length next to each other an expression tries up to
 * `length ** n / n!` ways to divide what it is given.
 *
 * @param parts The parts of the canonical pattern.
 */
export function backtrackingLimit(parts: readonly PatternPart[]): BacktrackingLimit {
  let inSegment = 0;
  let most = 0;
  let spanning = 0;
  let slashes: number | null = 0;
  const pass = (text: string): void => {
    const found = text.split("/").length - 1;
    if (found > 0) inSegment = 0;
    if (slashes !== null) slashes += found;
  };
  for (const part of parts) {
    if (part.modifier !== "") slashes = null;
    if (part.kind === "text") {
      pass(part.text);
      continue;
    }
    pass(part.prefix);
    const repeated = part.modifier === "*" || part.modifier === "+";
    // A wildcard at the end takes whatever is left: nothing behind it can fail and try again.
    const takesRest = part.matches === "wildcard" && !repeated && part === parts.at(-1) &&
      part.suffix === "";
    if (takesRest) slashes = null;
    else if (part.matches === "segment" && !repeated) {
      most = Math.max(most, ++inSegment);
    } else {
      spanning += part.matches === "regexp" ? quantifiersOf(part.regexp) : 1;
      slashes = null;
    }
    pass(part.suffix);
  }
  const degree = most + spanning;
  if (degree < 2) return { length: Infinity, slashes };
  let factorial = 1;
  for (let n = 2; n <= degree; n++) factorial *= n;
  return { length: Math.floor((STEPS * factorial) ** (1 / degree)), slashes };
}
