/**
 * Tables as text.
 *
 * @module
 */

import type { Table } from "../result.ts";

/** A table for the terminal: columns in line, no marks. */
export function textTable({ columns, text = [], rows }: Table): string {
  const widths = columns.map((head, at) =>
    Math.max(...[columns, ...rows].map((row) => (row[at] ?? head).length))
  );
  const line = (row: readonly string[]): string =>
    row.map((cell, at) => {
      const width = widths[at] ?? 0;
      return isText(at, columns, text) ? cell.padEnd(width) : cell.padStart(width);
    }).join("  ").trimEnd();
  return [line(columns), ...rows.map(line)].join("\n");
}

/** A table in Markdown. */
export function markdownTable({ columns, text = [], rows }: Table): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const marks = columns.map((_, at) => isText(at, columns, text) ? "---" : "--:");
  return [line(columns), line(marks), ...rows.map(line)].join("\n");
}

function isText(at: number, columns: readonly string[], text: readonly string[]): boolean {
  return at === 0 || text.includes(columns[at] ?? "");
}
