/**
 * Patterns written as Pyramid writes them, which `URLPattern` reads as something else in silence.
 *
 * @module
 */

/** `{id}` and `{id:\d+}`; `{v:major}` is `URLPattern`'s own: the text `v` and the group `major`. */
const REPLACEMENT = /\{([A-Za-z_]\w*)(?::((?![A-Za-z_])(?:[^{}]|\{[^{}]*\})*))?\}(?![?*+])/g;
/** `*rest` at the end. */
const REMAINDER = /\*([A-Za-z_]\w*)$/;

/**
 * Rewrites Pyramid's placeholders.
 *
 * @param pattern The pattern's text.
 * @returns The same in `URLPattern`'s spelling, or `null` where nothing is Pyramid's.
 */
export function withoutPyramidSpelling(pattern: string): string | null {
  const rewritten = pattern
    .replace(REPLACEMENT, (_, name: string, regexp: string | undefined) => {
      return regexp === undefined ? `:${name}` : `:${name}(${withoutCaptures(regexp)})`;
    })
    .replace(REMAINDER, ":$1(.*)");
  return rewritten === pattern ? null : rewritten;
}

/** `URLPattern` refuses groups that capture within a group. */
function withoutCaptures(regexp: string): string {
  return regexp.replace(/\\[^]|\((?!\?)/g, (found) => found === "(" ? "(?:" : found);
}
