/**
 * Reads the pathname of a `URLPattern` as a list of parts, or as the segments of a plain pattern.
 *
 * Source: URL Pattern Standard, "parse a pattern string".
 *
 * @module
 */

import { hasDotSegment } from "./request_target.ts";

/** The modifier after a part: `""`, `?`, `*` or `+`. */
export type Modifier = "" | "?" | "*" | "+";

/** Literal text of a pattern. If it has a modifier, then it is in braces. */
export interface TextPart {
  /** Always `"text"`. */
  readonly kind: "text";
  /** The text, without escapes. */
  readonly text: string;
  /** How often it occurs. */
  readonly modifier: Modifier;
}

/** A group that captures a value. */
export interface GroupPart {
  /** Always `"group"`. */
  readonly kind: "group";
  /** The name, or `"0"`, `"1"` and so on for groups without a name. */
  readonly key: string;
  /**
   * `"segment"` for `:name` without an expression, `"wildcard"` for `*` and `(.*)`, else
   * `"regexp"`.
   */
  readonly matches: "segment" | "wildcard" | "regexp";
  /** The source of the regular expression. It is empty unless `matches` is `"regexp"`. */
  readonly regexp: string;
  /** The text before the value. It is repeated and left out together with the value. */
  readonly prefix: string;
  /** The text after the value. It is repeated and left out together with the value. */
  readonly suffix: string;
  /** How often it occurs. */
  readonly modifier: Modifier;
}

/** One part of a pattern. */
export type PatternPart = TextPart | GroupPart;

/** Whether a part may occur several times. */
export function isRepeated({ modifier }: PatternPart): boolean {
  return modifier === "*" || modifier === "+";
}

/** Whether a part may be absent. */
export function isOptional({ modifier }: PatternPart): boolean {
  return modifier === "?" || modifier === "*";
}

/** The expression that `URLPattern` writes for `:name`. */
const SEGMENT_WILDCARD = "[^/]+?";
/**
 * The expression is made for the first name, because V8 needs a millisecond for its Unicode
 * classes.
 */
let nameExpression: RegExp | undefined;

/**
 * Reads a pattern's text.
 *
 * @param pattern The pathname of a `URLPattern`.
 * @returns The parts, or `null` if the text is not a pattern. `URLPattern` gives the reason.
 */
export function parsePattern(pattern: string): readonly PatternPart[] | null {
  const parts: PatternPart[] = [];
  let at = 0;
  let unnamed = 0;
  let pending = "";

  function flush(): void {
    if (pending !== "") parts.push({ kind: "text", text: pending, modifier: "" });
    pending = "";
  }
  /** Reads one literal character, escaped or not, or returns `null`. */
  function takeCharacter(): string | null {
    const point = pattern.codePointAt(at);
    if (point === undefined) return null;
    const character = String.fromCodePoint(point);
    if (character === "\\") {
      const escaped = pattern.codePointAt(at + 1);
      if (escaped === undefined) return null;
      const text = String.fromCodePoint(escaped);
      at += 1 + text.length;
      return text;
    }
    if (":({}*+?".includes(character)) return null;
    at += character.length;
    return character;
  }
  function takeText(): string {
    let text = "";
    for (let next = takeCharacter(); next !== null; next = takeCharacter()) text += next;
    return text;
  }
  function takeModifier(): Modifier {
    const next = pattern[at];
    if (next !== "?" && next !== "*" && next !== "+") return "";
    at++;
    return next;
  }
  /**
   * Reads a group. It returns undefined if no group begins here, and `null` if the group is
   * malformed.
   */
  function takeGroup(): Pick<GroupPart, "key" | "matches" | "regexp"> | null | undefined {
    let name: string | null = null;
    if (pattern[at] === ":") {
      name = nameAt(pattern, at + 1);
      if (name === null) return null;
      at += 1 + name.length;
    }
    if (pattern[at] === "(") {
      const end = endOfRegExp(pattern, at);
      if (end === -1) return null;
      const source = pattern.slice(at + 1, end);
      at = end + 1;
      const key = name ?? String(unnamed++);
      if (source === ".*") return { key, matches: "wildcard", regexp: "" };
      if (source === SEGMENT_WILDCARD) return { key, matches: "segment", regexp: "" };
      return { key, matches: "regexp", regexp: source };
    }
    if (name !== null) return { key: name, matches: "segment", regexp: "" };
    if (pattern[at] !== "*") return undefined;
    at++;
    return { key: String(unnamed++), matches: "wildcard", regexp: "" };
  }

  while (at < pattern.length) {
    if (pattern[at] === "{") {
      at++;
      const prefix = takeText();
      const group = takeGroup();
      if (group === null) return null;
      const suffix = takeText();
      if (pattern[at] !== "}") return null;
      at++;
      const modifier = takeModifier();
      if (group !== undefined) {
        flush();
        parts.push({ kind: "group", ...group, prefix, suffix, modifier });
      } else if (modifier === "") {
        pending += prefix + suffix;
      } else {
        flush();
        if (prefix + suffix !== "") parts.push({ kind: "text", text: prefix + suffix, modifier });
      }
      continue;
    }
    // A slash directly before a group belongs to the group, unless it is escaped.
    const prefix = pattern[at] === "/" && ":(*".includes(pattern[at + 1] ?? " ") ? "/" : "";
    at += prefix.length;
    const group = takeGroup();
    if (group === null) return null;
    if (group !== undefined) {
      flush();
      parts.push({ kind: "group", ...group, prefix, suffix: "", modifier: takeModifier() });
      continue;
    }
    const character = takeCharacter();
    if (character === null) return null;
    pending += character;
  }
  flush();
  return parts;
}

function nameAt(pattern: string, at: number): string | null {
  nameExpression ??= /[\p{ID_Start}_$][\p{ID_Continue}$\u200c\u200d]*/uy;
  nameExpression.lastIndex = at;
  return nameExpression.exec(pattern)?.[0] ?? null;
}

/** The index of the parenthesis that closes the one at `open`, or -1. */
function endOfRegExp(pattern: string, open: number): number {
  let depth = 0;
  for (let at = open; at < pattern.length; at++) {
    const character = pattern[at];
    if (character === "\\") at++;
    else if (character === "(") depth++;
    else if (character === ")" && --depth === 0) return at;
  }
  return -1;
}

/**
 * Finds the text that begins every path that the pattern matches.
 *
 * @param parts The parts of the canonical pattern.
 */
export function fixedPrefix(parts: readonly PatternPart[]): string {
  let prefix = "";
  for (const part of parts) {
    if (isOptional(part)) return prefix;
    prefix += part.kind === "text" ? part.text : part.prefix;
    if (part.kind === "group" || part.modifier === "+") return prefix;
  }
  return prefix;
}

/** A pattern whose segments are literal text or a whole `:name`. It can end with `/*`. */
export interface PlainPattern {
  /** The segments: literal text, or a colon and a name. The `*` at the end is not in the list. */
  readonly segments: readonly string[];
  /** The names, in order. */
  readonly names: readonly string[];
  /**
   * Whether it ends with `/*`. Any text after the slash then matches, even `""`, and is group
   * `"0"`.
   */
  readonly open: boolean;
}

// Literal text has only characters that URLPattern does not rewrite. It writes `é` as `%C3%A9` and
// `/a/../b` as `/b`, and the index would look for the wrong text.
const PLAIN = /^(?:\/(?:[A-Za-z0-9_\-~.!$&',;=@]*|:[A-Za-z_][A-Za-z0-9_]*))*(?:\/\*)?$/;
const NO_NAMES: readonly string[] = [];

/**
 * Reads a pattern as a plain pattern.
 *
 * @param pattern The pattern's text. It must begin with a slash.
 * @returns The plain pattern, or `null` if only `URLPattern` can match it.
 */
export function plainPattern(pattern: string): PlainPattern | null {
  if (!PLAIN.test(pattern)) return null;
  if (pattern.includes("/.") && hasDotSegment(pattern)) return null;
  const segments = pattern.split("/");
  segments.shift();
  const open = segments[segments.length - 1] === "*";
  if (open) segments.pop();
  let names = NO_NAMES;
  // After `push()` or a spread, V8 reserves room for 17 entries. `concat()` does not.
  for (const segment of segments) if (isVariable(segment)) names = names.concat(segment.slice(1));
  return { segments, names, open };
}

/**
 * Whether a segment of a {@linkcode PlainPattern} is a `:name`.
 *
 * @param segment Literal text, or a colon and a name.
 */
export function isVariable(segment: string): boolean {
  return segment.charCodeAt(0) === 58;
}
