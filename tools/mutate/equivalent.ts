/**
 * Mutants that no test can notice, with the reason: `equivalent.json`.
 *
 * @module
 */

import list from "./equivalent.json" with { type: "json" };

/** A mutant that is known to be equivalent. It is known by its lines, not by their number. */
export interface Equivalent {
  /** The file, from the repository. */
  readonly file: string;
  /** The lines that are touched, as one, with single blanks. */
  readonly line: string;
  /** The same lines after the mutation. */
  readonly becomes: string;
  /** Why nothing that is promised changes. */
  readonly why: string;
}

/** The list. */
export const EQUIVALENT: readonly Equivalent[] = list;

type Told = Omit<Equivalent, "why">;

/** Whether a mutant is on a list. */
export function isEquivalent(mutant: Told, known: readonly Equivalent[]): boolean {
  return known.some((one) => same(one, mutant));
}

/** What is on a list of some files, and no mutant of theirs any more. */
export function outdated(
  known: readonly Equivalent[],
  files: readonly string[],
  mutants: readonly Told[],
): Equivalent[] {
  return known.filter((one) =>
    files.includes(one.file) && !mutants.some((mutant) => same(one, mutant))
  );
}

function same(one: Told, other: Told): boolean {
  return one.file === other.file && one.line === other.line && one.becomes === other.becomes;
}
