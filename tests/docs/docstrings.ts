/**
 * Reads the docstrings of a module as a page: one paragraph for each text and each tag.
 *
 * @module
 */

import { type Line, type Page, readPage } from "./prose.ts";

const DOCSTRING = /^[ \t]*\/\*\*(.*?)\*\//gms;
const STAR = /^[ \t]*\* ?/;
const LINK = /\{@link(?:code|plain)?\s+([^}|\s]+)(?:[^}]*)\}/g;
const TAG = /(?:^|\s)@(?:param \S+|typeParam \S+|throws \{[^}]*\}|\w+)/;
const DEFAULT_VALUE = /@default\s+\{+.*\}+(?=\s|$)/;

/**
 * Takes the docstrings of a module apart.
 *
 * @param source The source text.
 * @returns Their paragraphs, with the lines of the source. Code and values of defaults are left out.
 */
export function readDocstrings(source: string): Page {
  const paragraphs: Line[] = [];
  for (const { 0: whole, 1: text = "", index } of source.matchAll(DOCSTRING)) {
    const first = source.slice(0, index).split("\n").length;
    const lines = text.split("\n").map((line, at) =>
      (at === 0 ? line : line.replace(STAR, "")).replace(DEFAULT_VALUE, "").replace(LINK, "`$1`")
    );
    if (whole.includes("\n\n")) throw new Error(`An empty line in the docstring at ${first}`);
    const page = readPage(lines.map(tagsApart).join("\n"));
    for (const { line, text } of page.paragraphs) {
      paragraphs.push({ line: first + lineWithin(lines, line), text });
    }
  }
  return { headings: [], paragraphs, blocks: [] };
}

/** A tag begins a paragraph of its own. */
function tagsApart(line: string): string {
  const tag = TAG.exec(line);
  if (tag === null || line.includes("`@")) return line;
  return `${line.slice(0, tag.index)}\n\n${line.slice(tag.index + tag[0].length).trim()}`;
}

/** The line of a docstring in which a line of its page was. */
function lineWithin(lines: readonly string[], line: number): number {
  let seen = 0;
  return lines.findIndex((text) => (seen += tagsApart(text).split("\n").length) >= line);
}
