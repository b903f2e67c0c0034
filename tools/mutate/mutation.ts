/**
 * One change of a module's text.
 *
 * @module
 */

/** What an operator replaces by what. */
export interface Edit {
  /** Where the replaced text begins, in UTF-16 code units. */
  readonly start: number;
  /** Where it ends. */
  readonly end: number;
  /** What stands there instead. */
  readonly text: string;
}

/** An edit, and where and by what it was made. */
export interface Mutation extends Edit {
  /** The operator's name. */
  readonly operator: string;
  /** The number of its first line, from 1. */
  readonly number: number;
  /** The lines that it touches, as one, with single blanks. */
  readonly line: string;
  /** The same lines after it. */
  readonly becomes: string;
}

/** Applies an edit to the source that it was made for. */
export function edited(source: string, { start, end, text }: Edit): string {
  return source.slice(0, start) + text + source.slice(end);
}

/**
 * Tells an edit by the lines that it touches.
 *
 * @param source The source that it was made for.
 * @param edit The edit.
 * @param operator The name of the operator that made it.
 */
export function mutation(source: string, edit: Edit, operator: string): Mutation {
  const from = source.lastIndexOf("\n", edit.start - 1) + 1;
  const next = source.indexOf("\n", edit.end);
  const to = next === -1 ? source.length : next;
  const before = source.slice(from, to);
  const after = edited(before, { ...edit, start: edit.start - from, end: edit.end - from });
  return {
    ...edit,
    operator,
    number: source.slice(0, from).split("\n").length,
    line: inOneLine(before),
    becomes: inOneLine(after),
  };
}

function inOneLine(text: string): string {
  return text.trim().replaceAll(/\s+/g, " ");
}
