/**
 * What the task tells about mutants.
 *
 * @module
 */

import type { Equivalent } from "./equivalent.ts";
import type { Mutant, Outcome } from "./trial.ts";

/** Tells a mutant: where it is, and its lines before and after. */
export function mutantText({ file, number, operator, line, becomes }: Mutant): string {
  return `${file}:${number} (${operator})\n  - ${line}\n  + ${becomes}`;
}

/** Tells what is on the list of equivalents, and no mutant any more. */
export function outdatedText({ file, line, becomes }: Equivalent): string {
  return `equivalent.json is outdated: ${file} has no\n  - ${line}\n  + ${becomes}`;
}

/** Counts outcomes in one line. */
export function figures(outcomes: readonly Outcome[], equivalent: number): string {
  const count = (outcome: Outcome) => outcomes.filter((one) => one === outcome).length;
  return `${outcomes.length} mutants: ${count("failed")} failed a test, ${count("hung")} hung, ` +
    `${count("refused by the types")} were refused by the types, ${count("survived")} survived; ` +
    `${equivalent} equivalents were left out`;
}
