/**
 * The report of the faults, as text.
 *
 * @module
 */

import { type Outcome, shown } from "./fault.ts";

/** One run, as it is reported. */
export interface Run {
  readonly fault: string;
  readonly on: string;
  readonly shows: string;
  /** Why it was not tried, or what ended it. `null` if it was tried to its end. */
  readonly failure: string | null;
  /** What it showed, if it was tried to its end. */
  readonly outcome: Outcome | null;
}

const HEAD = ["fault", "on", "sent", "acknowledged", "lost", "twice", "signed out", "p50", "max"];

/** Whether a run showed what it should. */
export function isGood({ outcome }: Run): boolean {
  return outcome !== null && outcome.wrong.length === 0;
}

/** The table, and below it what else was seen. */
export function reportText(runs: readonly Run[]): string {
  const rows = runs.map(({ fault, on, failure, outcome }) =>
    outcome === null ? [fault, on, failure ?? ""] : [
      fault,
      on,
      ...[outcome.sent, outcome.acknowledged, outcome.lost, outcome.repeated, outcome.signedOut]
        .map(String),
      shown(outcome.median),
      shown(outcome.longest),
    ]
  );
  const notes = runs.flatMap((run) => {
    const { fault, on, outcome } = run;
    if (outcome === null) return [];
    const { notes, wrong } = outcome;
    return [
      `${fault}, on ${on}: ${isGood(run) ? "as it should be" : "WRONG"}`,
      ...notes.map((note) => `  ${note}`),
      ...wrong.map((one) => `  WRONG: ${one}`),
    ];
  });
  return [...aligned([HEAD, ...rows]), "", ...notes, ""].join("\n");
}

function aligned(rows: readonly (readonly string[])[]): string[] {
  const full = rows.filter(({ length }) => length === HEAD.length);
  const widths = HEAD.map((_, at) => Math.max(...full.map((row) => row[at]?.length ?? 0)));
  return rows.map((row) =>
    row.map((cell, at) =>
      at < 2 || row.length < HEAD.length
        ? cell.padEnd(widths[at] ?? 0)
        : cell.padStart(widths[at] ?? 0)
    ).join("  ").trimEnd()
  );
}
