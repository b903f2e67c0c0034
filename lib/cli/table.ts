/**
 * Tables for a terminal, with broken lines if a row is too long.
 *
 * @module
 */

/** The least width of a narrowed column, in characters. */
const NARROWEST = 12;
const GAP = "  ";

/**
 * Writes rows below titles. It leaves out a column without contents.
 *
 * @param titles The titles of the columns.
 * @param rows The cells of the rows: printable text of one line.
 * @param columns The width of the terminal, or Infinity for no limit.
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

/** Narrows the widest column until the line fits. */
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

/**
 * Breaks a text at the last space that fits, or else after the last slash, or else at the width.
 */
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

/** The length of the part that fits. It is at least one character, so that the loop ends. */
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

/** Marks that stand over or under the character before them. */
const COMBINING = /^\p{M}$/u;

/** East Asian wide and fullwidth characters, and emoji that are shown as pictures. */
const WIDE =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}\p{Emoji_Presentation}]$/u;

/**
 * The width of one character: 0, 1 or 2 columns.
 *
 * @param character One code point, printable.
 */
export function characterWidth(character: string): 0 | 1 | 2 {
  if (COMBINING.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}

/**
 * The width of a printable text in columns.
 *
 * @param text One line.
 */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

/** Emphasizes text. Without colors the text stays unchanged. */
export interface Emphasis {
  /** For titles. */
  strong(text: string): string;
  /** For less important text. */
  faint(text: string): string;
}

/** Emphasis by escape codes of terminals (ECMA-48, SGR). */
export function emphasis(isColoured: boolean): Emphasis {
  const set = (on: number, off: number) => (text: string): string =>
    isColoured && text !== "" ? `\x1b[${on}m${text}\x1b[${off}m` : text;
  return { strong: set(1, 22), faint: set(2, 22) };
}
