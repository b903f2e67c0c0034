/**
 * How long a pattern's regular expression may work on a hostile path.
 *
 * @module
 */

import { isOptional, isRepeated, type PatternPart } from "./pattern_parts.ts";

/** The most steps of the regular expression engine for one pattern and one path: about 20 ms. */
const MAX_STEPS = 2e7;
/** The first characters of an expression cost almost nothing; two of the others cost a step. */
const FREE_CHARACTERS = 8;
/** The most characters of a path or a header. */
const MAX_TEXT = 2 ** 18;

/** An expression is refused if its limit is below this number of characters. */
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
    if (isOptional(part)) inSegment = Math.max(inSegment, before);
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
  if (stepsFor(MAX_TEXT, choices) <= MAX_STEPS) return Infinity;
  let fits = 0;
  for (let step = MAX_TEXT / 2; step >= 1; step /= 2) {
    if (stepsFor(fits + step, choices) <= MAX_STEPS) fits += step;
  }
  return fits;
}

function stepsFor(
  length: number,
  { unbounded, bounded, size }: Pick<ExpressionChoices, "unbounded" | "bounded" | "size">,
): number {
  let steps = Math.max(1, (size - FREE_CHARACTERS) / 2);
  for (let n = 1; n <= unbounded && steps <= MAX_STEPS; n++) steps *= (length + n) / n;
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

/** How many ways an expression has to match one text. */
export interface ExpressionChoices {
  /** Parts without a greatest length (`*`, `+`, `{2,}`), and back references, whose length varies. */
  readonly unbounded: number;
  /** How many choices each other part has: alternatives, and the lengths of `?` and `{2,5}`. */
  readonly bounded: readonly number[];
  /** Characters that it reads at least; `a{500}` counts 500 times. */
  readonly size: number;
  /** Whether it has a choice at all. */
  readonly varies: boolean;
  /** Whether a choice lies within what is itself repeated: the time can double with each character. */
  readonly repeatsChoice: boolean;
}

/** A group while it is read. */
interface Group {
  alternatives: number;
  varies: boolean;
  size: number;
}

/** What opens a group: its name, lookaround and flags included. */
const OPENING = /\((?:\?(?:[:=!]|<[=!]|<[^>]*>|[a-z-]*:))?/y;
const QUANTIFIER = /[*+?]|\{(\d+)(,?)(\d*)\}/y;

/**
 * Counts the choices of a regular expression, in one pass.
 *
 * A quantifier and a list of alternatives are choices, lazy ones too. `(?:…)?` repeats nothing, and
 * an exact count such as `{4}` is no choice. Names of groups, lookaround and flags (`(?<a>`, `(?=`,
 * `(?i:`) change nothing. `{` that begins no quantifier, and whatever stands in a class, is text.
 *
 * @param source The source of an expression with any flags. What is no expression gives some count.
 */
export function expressionChoices(source: string): ExpressionChoices {
  const bounded: number[] = [];
  const outer: Group[] = [];
  let unbounded = 0;
  let repeatsChoice = false;
  let group: Group = { alternatives: 1, varies: false, size: 0 };
  let last = { varies: false, size: 0 };

  const atom = (varies: boolean, size: number): void => {
    last = { varies, size };
    group.varies ||= varies;
    group.size += size;
  };
  const closed = (): void => {
    if (group.alternatives === 1) return;
    bounded.push(group.alternatives);
    group.varies = true;
  };
  for (let at = 0; at < source.length; at++) {
    const quantifier = quantifierAt(source, at);
    if (quantifier !== null) {
      const { least, most, length } = quantifier;
      if (most > 1 && last.varies) repeatsChoice = true;
      if (most === Infinity) unbounded++;
      else if (most > least) bounded.push(most - least + 1);
      group.size += last.size * (Math.max(least, 1) - 1);
      group.varies ||= most > least;
      at += length - 1;
      // The mark of a lazy one.
      if (source[at + 1] === "?") at++;
      continue;
    }
    switch (source[at]) {
      case "\\":
        at++;
        if (/[1-9k]/.test(source[at] ?? "")) unbounded++;
        atom(false, 1);
        break;
      case "[":
        at = endOfClass(source, at);
        atom(false, 1);
        break;
      case "(":
        outer.push(group);
        group = { alternatives: 1, varies: false, size: 0 };
        OPENING.lastIndex = at;
        at += (OPENING.exec(source)?.[0].length ?? 1) - 1;
        break;
      case ")": {
        closed();
        const { varies, size } = group;
        group = outer.pop() ?? { alternatives: 1, varies: false, size: 0 };
        atom(varies, size);
        break;
      }
      case "|":
        group.alternatives++;
        break;
      default:
        atom(false, 1);
    }
  }
  closed();
  return { unbounded, bounded, size: group.size, varies: group.varies, repeatsChoice };
}

function quantifierAt(source: string, at: number) {
  QUANTIFIER.lastIndex = at;
  const found = QUANTIFIER.exec(source);
  if (found === null) return null;
  const [text, least = "", comma = "", most = ""] = found;
  const { length } = text;
  if (text === "?") return { least: 0, most: 1, length };
  if (text === "*" || text === "+") return { least: text === "*" ? 0 : 1, most: Infinity, length };
  const from = Number(least);
  if (comma === "") return { least: from, most: from, length };
  return { least: from, most: most === "" ? Infinity : Number(most), length };
}

/**
 * The index of the bracket that closes the class at `open`.
 *
 * Only flag `v` nests classes. Within those a parenthesis or a bar has to be escaped, so that
 * reading what follows an inner class as no class can only find more choices.
 */
function endOfClass(source: string, open: number): number {
  for (let at = open + 1; at < source.length; at++) {
    if (source[at] === "\\") at++;
    else if (source[at] === "]") return at;
  }
  return source.length;
}
