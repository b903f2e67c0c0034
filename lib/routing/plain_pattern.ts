/**
 * Patterns that a tree can decide with the same answer as `URLPattern`.
 *
 * @module
 */

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
// `%C3%A9`, `/a/../b` becomes `/b`), and then the tree would look for the wrong text.
const PLAIN = /^(?:\/(?:[A-Za-z0-9_\-~.!$&',;=@]*|:[A-Za-z_][A-Za-z0-9_]*))*(?:\/\*)?$/;
const DOT_SEGMENT = /\/\.\.?(?:\/|$)/;
const NO_NAMES: readonly string[] = [];

/**
 * Reads a pattern as a plain one.
 *
 * @param pattern The pattern's text, which begins with a slash.
 * @returns The segments, or `null` where only `URLPattern` can decide.
 */
export function plainPattern(pattern: string): PlainPattern | null {
  if (!PLAIN.test(pattern)) return null;
  if (pattern.includes("/.") && DOT_SEGMENT.test(pattern)) return null;
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
