/**
 * Reads the pathname of a `URLPattern`: as a list of parts (URL Pattern Standard, "parse a pattern
 * string"), or as the segments of a plain pattern.
 *
 * @module
 */

import { hasDotSegment } from "./request_target.ts";

/** What may follow a part: nothing, `?`, `*` or `+`. */
export type Modifier = "" | "?" | "*" | "+";

/** Text that is matched as it stands; with a modifier it stood in braces. */
export interface TextPart {
  /** Always `"text"`. */
  readonly kind: "text";
  /** The text, without escapes. */
  readonly text: string;
  /** How often it occurs. */
  readonly modifier: Modifier;
}

/** A group that captures. */
export interface GroupPart {
  /** Always `"group"`. */
  readonly kind: "group";
  /** The name, or `"0"`, `"1"` … for groups without one. */
  readonly key: string;
  /** `"segment"` for a bare `:name`, `"wildcard"` for `*` and `(.*)`, `"regexp"` for the rest. */
  readonly matches: "segment" | "wildcard" | "regexp";
  /** The source of the regular expression; empty unless `matches` is `"regexp"`. */
  readonly regexp: string;
  /** Text that belongs to the group and stands before it, repeated and left out with it. */
  readonly prefix: string;
  /** Text that belongs to the group and stands after it. */
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

/** What `URLPattern` writes for a bare `:name`. */
const SEGMENT_WILDCARD = "[^/]+?";
/** Made for the first name: V8 takes a millisecond to look its classes up. */
let nameExpression: RegExp | undefined;

/**
 * Reads a pattern's text.
 *
 * @param pattern The pathname of a `URLPattern`.
 * @returns The parts, or `null` where the text is not a pattern; `URLPattern` knows why.
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
  /** One literal character, escaped or not; `null` where something else begins. */
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
  /** Undefined where no group begins, `null` where one begins and is not well formed. */
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
    // A slash directly before a group, written without an escape, belongs to the group.
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
 * The text with which every path that a pattern matches begins.
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

/** A pattern of literal segments and whole-segment `:name`, at most with `/*` at its end. */
export interface PlainPattern {
  /** The segments: a literal, or a colon and a name. Without the `*` at the end. */
  readonly segments: readonly string[];
  /** The names, in order. */
  readonly names: readonly string[];
  /** Whether `/*` ends it: whatever follows the slash matches, nothing too, and is group `"0"`. */
  readonly open: boolean;
}

// Literals hold only what URLPattern leaves as it is. Everything else it may rewrite (`é` becomes
// `%C3%A9`, `/a/../b` becomes `/b`), and then the index would look for the wrong text.
const PLAIN = /^(?:\/(?:[A-Za-z0-9_\-~.!$&',;=@]*|:[A-Za-z_][A-Za-z0-9_]*))*(?:\/\*)?$/;
const NO_NAMES: readonly string[] = [];

/**
 * Reads a pattern as a plain one.
 *
 * @param pattern The pattern's text, which begins with a slash.
 * @returns The segments, or `null` where only `URLPattern` can decide.
 */
export function plainPattern(pattern: string): PlainPattern | null {
  if (!PLAIN.test(pattern)) return null;
  if (pattern.includes("/.") && hasDotSegment(pattern)) return null;
  const segments = pattern.split("/");
  segments.shift();
  const open = segments[segments.length - 1] === "*";
  if (open) segments.pop();
  let names = NO_NAMES;
  // An array that is pushed to, or spread into, keeps room for 17.
  for (const segment of segments) if (isVariable(segment)) names = names.concat(segment.slice(1));
  return { segments, names, open };
}

/**
 * Whether a segment of a {@linkcode PlainPattern} stands for any text.
 *
 * @param segment A literal, or a colon and a name.
 */
export function isVariable(segment: string): boolean {
  return segment.charCodeAt(0) === 58;
}
