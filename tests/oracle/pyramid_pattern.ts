/**
 * Patterns as Pyramid writes them, for the comparison with it.
 *
 * @module
 */

/** `{name}`, `{name:expression}` with braces in it one deep, and `:name`, as Pyramid reads them. */
const PLACEHOLDER = /\{([A-Za-z][^{}:]*)(?::((?:[^{}]|\{[^{}]*\})*))?\}|(?<=\/):([A-Za-z]\w*)/g;

/**
 * The same pattern for `URLPattern`.
 *
 * `{x}` is `[^/]+` and takes as much as it can, which `:x` does not: it becomes `{:x([^/]+)}`. Groups
 * within an expression do not capture. `*rest` is everything that is left. Pyramid matches decoded
 * paths and takes other text as it stands, so that is percent-encoded, and escaped where it would
 * mean something. The slash at the beginning may be left out.
 */
export function urlPatternOf(pyramid: string): string {
  const [, path = "", rest] = /^(.*?)(?:\*([A-Za-z_]\w*))?$/s.exec(pyramid) ?? [];
  let pattern = path.startsWith("/") ? "" : "/";
  let end = 0;
  for (const found of path.matchAll(PLACEHOLDER)) {
    const [whole, braced, expression = "[^/]+", old] = found;
    pattern += literal(path.slice(end, found.index));
    pattern += `{:${braced ?? old}(${expression.replace(/\\[^]|\((?!\?)/g, uncaptured)})}`;
    end = found.index + whole.length;
  }
  return pattern + literal(path.slice(end)) + (rest === undefined ? "" : `{:${rest}(.*)}`);
}

function literal(text: string): string {
  return encodeURI(text).replace(/[+*?:(){}\\]/g, "\\$&");
}

function uncaptured(found: string): string {
  return found === "(" ? "(?:" : found;
}
