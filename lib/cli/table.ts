/**
 * Tables for a terminal: columns beside each other, and lines broken where there is no room.
 *
 * @module
 */

import { characterWidth, displayWidth } from "./display_width.ts";

/** The least that a column is narrowed to, unless it needs less. */
const NARROWEST = 12;
const GAP = "  ";

/**
 * Writes rows below titles. A column in which no row has anything is left out.
 *
 * @param titles What stands over the columns.
 * @param rows Their cells: printable text of one line.
 * @param columns How wide the terminal is; Infinity where it does not matter.
 * @returns The lines, the titles first, without spaces at their ends.
 */
export function table(
  titles: readonly string[],
  rows: readonly (readonly string[])[],
  columns: number,
): string[] {
  const used = titles.map((_, at) => at).filter((at) => rows.some((row) => (row[at] ?? "") !== ""));
  const all = [titles, ...rows].map((row) => used.map((at) => row[at] ?? ""));
  const widths = fitted(
    used.map((_, at) => Math.max(...all.map((row) => displayWidth(row[at] ?? "")))),
    columns,
  );
  return all.flatMap((row) => lines(row, widths));
}

/** Takes from the widest column as long as the line is too long. */
function fitted(widths: readonly number[], columns: number): number[] {
  const narrowed = [...widths];
  const total = () => narrowed.reduce((sum, width) => sum + width + GAP.length, -GAP.length);
  while (total() > columns) {
    const widest = Math.max(...narrowed);
    if (widest <= NARROWEST) break;
    narrowed[narrowed.indexOf(widest)] = widest - 1;
  }
  return narrowed;
}

function lines(row: readonly string[], widths: readonly number[]): string[] {
  const cells = row.map((cell, at) => broken(cell, widths[at] ?? 0));
  const height = Math.max(1, ...cells.map((cell) => cell.length));
  return Array.from(
    { length: height },
    (_, line) =>
      cells.map((cell, at) => padded(cell[line] ?? "", widths[at] ?? 0)).join(GAP).trimEnd(),
  );
}

function padded(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - displayWidth(text)));
}

/** Breaks at the last space that fits, else behind the last slash, else where it must. */
function broken(text: string, width: number): string[] {
  const found: string[] = [];
  let rest = text;
  while (displayWidth(rest) > width) {
    const fits = head(rest, width);
    const space = rest.slice(0, fits + 1).lastIndexOf(" ");
    const slash = rest.slice(0, fits).lastIndexOf("/") + 1;
    const end = space > 0 ? space : slash > 0 ? slash : fits;
    found.push(rest.slice(0, end));
    rest = rest.slice(end).trimStart();
  }
  return [...found, rest];
}

/** How much of a text fits: at least one character, so that breaking comes to an end. */
function head(text: string, width: number): number {
  let end = 0;
  let taken = 0;
  for (const character of text) {
    taken += characterWidth(character);
    if (taken > width && end > 0) break;
    end += character.length;
  }
  return end;
}
