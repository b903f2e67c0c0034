/**
 * Joins the code blocks of a page with the code around them that only the tests need.
 *
 * Imports and assertions that would keep a reader from the point stand in HTML comments beside the
 * block, ahead of it and behind it:
 *
 * ~~~md
 * <!-- before
 * import { html } from "@pyramidion/pyramidion";
 * -->
 *
 * `main.ts`
 *
 * ```ts ignore
 * const page = html`Hello`;
 * ```
 *
 * <!-- after
 * assertEquals(String(page), "Hello");
 * -->
 * ~~~
 *
 * @module
 */

const FENCE = "```";
const BEGIN = "<!-- before";
const END = "<!-- after";
const CLOSE = "-->";

/**
 * The page as `deno test --doc` should read it. No line moves, so that a failure names the line of
 * the page.
 *
 * @param text The Markdown.
 * @returns The same number of lines. Each block has its code from the comments.
 * @throws {SyntaxError} If a comment has no block, or no end.
 */
export function joinedPage(text: string): string {
  const lines = text.split("\n");
  let at = 0;
  while (at < lines.length) {
    const line = lines[at] ?? "";
    if (line === BEGIN) at = joinBlock(lines, at);
    else if (line.startsWith(FENCE)) at = joinAfter(lines, closing(lines, at, FENCE));
    else if (line.startsWith(BEGIN) || line.startsWith(END)) throw lost(line, at);
    else at++;
  }
  return lines.join("\n");
}

/** Joins the block below a comment `before` with it, and gives the line behind all of it. */
function joinBlock(lines: string[], begin: number): number {
  const close = closing(lines, begin, CLOSE);
  let fence = close + 1;
  while (fence < lines.length && !(lines[fence] ?? "").startsWith(FENCE)) {
    if (/^(?:#|<!--)/.test(lines[fence] ?? "")) throw lost(BEGIN, begin);
    fence++;
  }
  const info = lines[fence];
  if (info === undefined) throw lost(BEGIN, begin);
  lines[begin] = info;
  lines.fill("", close, fence + 1);
  return joinAfter(lines, closing(lines, fence, FENCE));
}

/** Joins a block that ends at `fence` with a comment `after` below it, if there is one. */
function joinAfter(lines: string[], fence: number): number {
  let begin = fence + 1;
  while (lines[begin] === "") begin++;
  if (lines[begin] !== END) return fence + 1;
  const close = closing(lines, begin, CLOSE);
  lines[fence] = "";
  lines[begin] = "";
  lines[close] = FENCE;
  return close + 1;
}

function closing(lines: readonly string[], begin: number, sign: string): number {
  const close = lines.indexOf(sign, begin + 1);
  if (close === -1) throw new SyntaxError(`Line ${begin + 1}: no line "${sign}" ends it`);
  return close;
}

function lost(sign: string, at: number): SyntaxError {
  return new SyntaxError(`Line ${at + 1}: "${sign}" stands beside no block of code`);
}
