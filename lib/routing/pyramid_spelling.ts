/**
 * Patterns written as Pyramid writes them, which `URLPattern` reads as something else in silence.
 *
 * @module
 */

/**
 * `{id}` and `{id:\d+}`, with a colon before it; `{v:major}` is `URLPattern`'s own: the text `v` and
 * the group `major`.
 */
const REPLACEMENT = /(:?)\{([A-Za-z_]\w*)(?::((?![A-Za-z_])(?:[^{}]|\{[^{}]*\})*))?\}(?![?*+])/g;
/** `*rest` at the end; behind a group the asterisk is `URLPattern`'s: `{:dir/}*edit`, `:x*rest`. */
const REMAINDER = /(?<![})]|:[A-Za-z_]\w*)\*([A-Za-z_]\w*)$/;
/** What an expression would find in a decoded path only. */
const OF_DECODED_PATH = /[^\0-\x7f]|\s|\\[wWsSbB]/;

/**
 * Rewrites Pyramid's placeholders: what takes as much as it can there does so here.
 *
 * @param pattern The pattern's text.
 * @returns The same in `URLPattern`'s spelling, or `null` where nothing is Pyramid's.
 */
export function withoutPyramidSpelling(pattern: string): string | null {
  const rewritten = pattern
    .replace(REPLACEMENT, (whole, colon: string, name: string, regexp = "", at: number) => {
      const next = pattern[at + whole.length] ?? "/";
      // `:id` takes as little as it can: before a slash, or the end, that is the same.
      const expression = regexp === "" && next !== "/" ? "[^/]+" : withoutCaptures(regexp);
      return `${colon && "\\:"}:${name}${expression && `(${expression})`}`;
    })
    .replace(REMAINDER, ":$1(.*)");
  return rewritten === pattern ? null : rewritten;
}

/**
 * Where the rewritten pattern is still another one than Pyramid's.
 *
 * @param pattern The pattern's text, as Pyramid writes it.
 * @returns What to say behind it; the empty text where nothing differs.
 */
export function differenceFromPyramid(pattern: string): string {
  const rest = REMAINDER.exec(pattern)?.[1];
  const expressions = pattern.matchAll(REPLACEMENT).map(([, , , regexp = ""]) => regexp).toArray();
  const isOfDecoded = expressions.some((regexp) => OF_DECODED_PATH.test(regexp));
  return (rest === undefined ? "" : `; request.segments("${rest}") is Pyramid's list`) +
    (isOfDecoded ? '; an expression is asked about the path as it was sent: "é" is "%C3%A9"' : "");
}

/** `URLPattern` refuses groups that capture within a group. */
function withoutCaptures(regexp: string): string {
  return regexp.replace(/\\[^]|\((?!\?)/g, (found) => found === "(" ? "(?:" : found);
}
