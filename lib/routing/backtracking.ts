/**
 * Limits how long a pattern's regular expression can work on a hostile path.
 *
 * @module
 */

import { isOptional, isRepeated, type PatternPart } from "./pattern_parts.ts";

/** The most steps of the regular expression engine for one pattern and one path: about 20 ms. */
const MAX_STEPS = 2e7;
/**
 * The first 8 characters of an expression cost almost no time. Each two of the others cost a step.
 */
const FREE_CHARACTERS = 8;
/** The most characters of a path or a header that are considered. */
const MAX_TEXT = 2 ** 18;

/** A pattern is refused if its limit is below this number of characters. */
export const LEAST_LIMIT = 16;

/** The longest path that is matched against a pattern. */
export interface BacktrackingLimit {
  /** The most characters: of each segment if `slashes` is a number, else of the whole path. */
  readonly length: number;
  /** The number of slashes that the pattern matches, or `null` if it varies. */
  readonly slashes: number | null;
}

/**
 * Whether a part can take exponential time, because a quantifier or a list of alternatives is
 * itself repeated.
 *
 * @param part A part of the pattern.
 */
export function isExponential(part: PatternPart): boolean {
  if (part.kind === "text") return false;
  const choices = part.matches === "regexp" ? expressionChoices(part.regexp) : null;
  if (choices?.repeatsChoice) return true;
  if (!isRepeated(part)) return false;
  // `/:x+` is safe, because a repetition cannot match the slash before the next one.
  if (part.matches === "segment") return !(part.suffix + part.prefix).includes("/");
  return choices === null || choices.varies;
}

/**
 * Computes the longest path that a pattern decides within about 20 ms, 0.4 s at worst.
 *
 * The parts of a segment share its length, and a slash ends it. If a segment does not match, then
 * the engine tries every other division of the segments before it. The choices of all segments
 * therefore multiply.
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
      // A wildcard at the end matches the rest of the path. No part after it can fail and cause
      // another attempt.
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
    // If the part is absent, then its slash is absent too.
    if (isOptional(part)) inSegment = Math.max(inSegment, before);
  }
  if (hasSegment) unbounded++;
  return { length: longestText({ unbounded, bounded, size }), slashes };
}

/**
 * Computes the longest text that an expression decides within about 20 ms, 0.4 s at worst. The
 * result is `Infinity` if 262,144 characters do not take longer.
 *
 * Parts of unbounded length, `n` of them, divide a text in at most `(length + n) over n` ways.
 *
 * @param choices The choices of an expression that repeats no choice.
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
 * Whether a path is short enough for a pattern. `"differs"`: the path is long, and its number of
 * slashes cannot match.
 *
 * @param limit The limit of the pattern.
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

/** The choices that an expression has when it matches a text. */
export interface ExpressionChoices {
  /** The number of parts of unbounded length (`*`, `+`, `{2,}`), and of back references. */
  readonly unbounded: number;
  /** The number of choices of each other part: alternatives, and the lengths of `?` and `{2,5}`. */
  readonly bounded: readonly number[];
  /** The least number of characters that it reads. `a{500}` counts as 500. */
  readonly size: number;
  /** Whether it has any choice. */
  readonly varies: boolean;
  /** Whether it repeats a choice. The time can then double with each character. */
  readonly repeatsChoice: boolean;
}

/** A group while it is read. */
interface Group {
  alternatives: number;
  varies: boolean;
  size: number;
}

/** The text that opens a group, with its name, lookaround and flags. */
const OPENING = /\((?:\?(?:[:=!]|<[=!]|<[^>]*>|[a-z-]*:))?/y;
const QUANTIFIER = /[*+?]|\{(\d+)(,?)(\d*)\}/y;

/**
 * Counts the choices of a regular expression, in one pass.
 *
 * Quantifiers, lazy ones too, and lists of alternatives are choices. `(?:…)?` is not a repetition,
 * and an exact count such as `{4}` is not a choice. Names of groups, lookaround and flags (`(?<a>`,
 * `(?=`, `(?i:`) do not matter. A class counts as one character, and also a `{` that does not begin
 * a quantifier.
 *
 * @param source The source of an expression with any flags. For other text the count has no
 * meaning.
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
      // A question mark after a quantifier makes it lazy.
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
 * Finds the bracket that closes the class at `open`.
 *
 * Only flag `v` allows nested classes. The text after an inner class is then read as if it were
 * outside of a class. A class must escape parentheses and bars, so this reading finds the same
 * choices or more.
 */
function endOfClass(source: string, open: number): number {
  for (let at = open + 1; at < source.length; at++) {
    if (source[at] === "\\") at++;
    else if (source[at] === "]") return at;
  }
  return source.length;
}
