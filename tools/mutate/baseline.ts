/**
 * How the tests fare without a mutant: what fails then would be taken for a mutant that is noticed.
 *
 * @module
 */

import type { Workspace } from "./workspace.ts";

/** The tests of a mutant may take so many times as long as all of them without one. */
const PATIENCE = 2;
/** And so many milliseconds more: the machine may be busy. */
const GRACE = 10_000;

/**
 * Runs tests once.
 *
 * @param workspace Where.
 * @param tests The tests.
 * @returns Milliseconds after which a mutant hangs.
 * @throws {Error} If one fails.
 */
export async function limitOf(workspace: Workspace, tests: readonly string[]): Promise<number> {
  const { success, took, output, complaint } = await workspace.test(tests);
  if (!success) {
    throw new Error(
      "Cannot try mutants: tests fail without one: mend them, or leave them out by --without=PATH\n" +
        `${output.slice(Math.max(output.indexOf(" ERRORS "), 0))}${complaint}`,
    );
  }
  return took * PATIENCE + GRACE;
}
