/**
 * The rules of prose that a machine can check.
 *
 * @module
 */

import { type Block, type Page, sentences, wordsOf } from "./prose.ts";

/** How strictly a page is read. */
export interface Strictness {
  /** Whether each block has a file name above it, and semicolons are faults. */
  readonly isDoor: boolean;
  /** Whether it is a page of docstrings, in which more words are faults. @default {false} */
  readonly isDocstrings?: boolean;
}

/** More words in one sentence are a fault. */
export const MOST_WORDS = 30;

const FORBIDDEN =
  /\b(?:in earnest|whoever|nobody|nothing at all|on trust|as it came|so does|but for|(?:is|are) told|says so)\b/i;
/** Words of docstrings that hide what is meant. */
const RIDDLE = /\b(?:whatever|whomever|(?:is|are) none)\b/i;
const CONTRACTION = /\b(?:\w+n't|(?:it|that|there|what|let)'s|\w+'(?:ll|re|ve|d))\b/i;
const DASH = /\s[–—]\s|—/;
const QUESTION = /\?\s*$|^(?:how|what|why|when|where|which|who)\b/i;
const FILE = /`[\w./-]+\.\w+`/;
const RUNS = /\bdeno (?:run|serve)\b/;
const FLAG = /\s(?:-A|-P|--allow-\S+|--permission-set\S*)(?=\s|$)/;
const NO_FLAG = /needs? no permission/;

/**
 * What is wrong with a page.
 *
 * @param page The page.
 * @param strictness How strictly it is read.
 * @returns One line for each fault, with its line number.
 */
export function faultsOf(page: Page, strictness: Strictness): string[] {
  const { isDoor } = strictness;
  const faults: string[] = [];
  for (const { line, text } of page.headings) {
    if (QUESTION.test(text)) faults.push(`${line}: the heading is a question: ${text}`);
  }
  for (const { line, text } of page.paragraphs) {
    for (const sentence of sentences(text)) {
      const fault = faultOf(sentence, strictness);
      if (fault !== null) faults.push(`${line}: ${fault}: ${sentence}`);
    }
  }
  for (const block of page.blocks) {
    if (isDoor && block.info === "ts" && !FILE.test(block.above)) {
      faults.push(`${block.line}: no file name stands above the block`);
    }
    const line = commandWithoutPermission(block);
    if (line !== undefined) faults.push(`${block.line}: no permission is named: ${line}`);
  }
  return faults;
}

function faultOf(
  sentence: string,
  { isDoor, isDocstrings = false }: Strictness,
): string | null {
  const prose = sentence.replace(/(`+)[^`](?:.*?[^`])??\1/g, "code");
  const words = wordsOf(sentence);
  if (words > MOST_WORDS) return `${words} words`;
  const [found] = FORBIDDEN.exec(prose) ?? CONTRACTION.exec(prose) ?? DASH.exec(prose) ?? [];
  if (found !== undefined) return `"${found.trim()}"`;
  const [riddle] = isDocstrings ? RIDDLE.exec(prose) ?? [] : [];
  if (riddle !== undefined) return `"${riddle}"`;
  return isDoor && prose.includes(";") ? "a semicolon" : null;
}

/** A command needs flags, or a line above or in the block that says why it needs none. */
function commandWithoutPermission({ info, text, above }: Block): string | undefined {
  if (info !== "sh" && info !== "console") return undefined;
  if (NO_FLAG.test(above) || NO_FLAG.test(text)) return undefined;
  return text.split("\n").find((line) => RUNS.test(line) && !FLAG.test(line));
}
