/**
 * Reads a page of the documentation as its reader does: sentences, headings and blocks of code.
 *
 * @module
 */

/** A text of a page with the line on which it begins, counted from 1. */
export interface Line {
  /** The line. */
  readonly line: number;
  /** The text. */
  readonly text: string;
}

/** A fenced block of code. */
export interface Block extends Line {
  /** What stands behind the fence, such as `ts` or `ts ignore`. */
  readonly info: string;
  /** The last line of prose above it; empty if there is none. */
  readonly above: string;
}

/** What is read of a page. */
export interface Page {
  /** The headings, without their signs. */
  readonly headings: readonly Line[];
  /** Paragraphs, entries of lists and cells of tables, each in one line. */
  readonly paragraphs: readonly Line[];
  /** The blocks of code. */
  readonly blocks: readonly Block[];
}

const FENCE = /^ *(`{3,})(.*)$/;
const HEADING = /^#{1,6} (.*)$/;
const ROW = /^\s*\|/;
const RULE = /^[\s|:-]+$/;
const ENTRY = /^\s*(?:[-*]|\d+\.) /;
const END = /(?<=[.!?][)"*_]*)\s+/;
const ABBREVIATIONS = /\b(?:e\.g|i\.e|etc|vs|No)\.$/;

/**
 * Takes a page apart.
 *
 * @param text The Markdown.
 */
export function readPage(text: string): Page {
  const headings: Line[] = [], paragraphs: Line[] = [], blocks: Block[] = [];
  const open: string[] = [];
  let begin = 0;
  const close = () => {
    if (open.length > 0) paragraphs.push({ line: begin, text: open.join(" ") });
    open.length = 0;
  };
  const lines = withoutComments(text).split("\n");
  for (let at = 0; at < lines.length; at++) {
    const content = (lines[at] ?? "").replace(/^(?:> ?)+/, "");
    const line = at + 1;
    const [, fence, info = ""] = FENCE.exec(content) ?? [];
    if (fence !== undefined) {
      close();
      const code: string[] = [];
      while (++at < lines.length && lines[at]?.trim() !== fence) code.push(lines[at] ?? "");
      const above = paragraphs.at(-1)?.text ?? "";
      blocks.push({ line, info: info.trim(), text: code.join("\n"), above });
      continue;
    }
    const [, heading] = HEADING.exec(content) ?? [];
    if (content.trim() === "" || heading !== undefined || ROW.test(content)) close();
    if (heading !== undefined) headings.push({ line, text: heading });
    else if (ROW.test(content)) {
      if (RULE.test(content)) continue;
      const cells = content.split(/(?<!\\)\|/).map((cell) => cell.trim()).filter(Boolean);
      paragraphs.push(...cells.map((cell) => ({ line, text: cell })));
    } else if (content.trim() !== "") {
      if (ENTRY.test(content)) close();
      if (open.length === 0) begin = line;
      open.push(content.trim().replace(/^(?:[-*]|\d+\.) /, ""));
    }
  }
  close();
  return { headings, paragraphs, blocks };
}

/**
 * The sentences of a text, in which each piece of code and each link is as a reader sees it.
 *
 * @param text A paragraph.
 */
export function sentences(text: string): string[] {
  const plain = text
    .replace(/!\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1");
  const found: string[] = [];
  for (const part of plain.split(END)) {
    const last = found.at(-1);
    if (last !== undefined && ABBREVIATIONS.test(last)) found[found.length - 1] = `${last} ${part}`;
    else found.push(part);
  }
  return found.filter((one) => one !== "");
}

/**
 * How many words a sentence has; a piece of code is one.
 *
 * @param sentence The sentence.
 */
export function wordsOf(sentence: string): number {
  return sentence.replace(/(`+)[^`](?:.*?[^`])??\1/g, "code").split(/\s+/)
    .filter((word) => /[\p{L}\p{N}]/u.test(word)).length;
}

/** Blanks comments, and keeps their lines. */
function withoutComments(text: string): string {
  return text.replace(/<!--.*?-->/gs, (comment) => comment.replace(/[^\n]/g, ""));
}
