/**
 * Whether a mutant is noticed.
 *
 * @module
 */

import { edited, type Mutation } from "./mutation.ts";
import type { Workspace } from "./workspace.ts";

/** A mutation of a file. */
export interface Mutant extends Mutation {
  /** The file, from the repository. */
  readonly file: string;
}

/** By what a mutant was noticed, or that it was not. */
export type Outcome = "failed" | "hung" | "refused by the types" | "survived";

/**
 * Tries a mutant. A program that does not end is noticed, too.
 *
 * The type checker comes last: it refuses much that a test would find.
 *
 * @param workspace Where: its file is as before afterwards.
 * @param source The file's text.
 * @param mutant The mutant.
 * @param helpings The tests that it has to pass, as `TestGraph.testsOf()` gives them.
 * @param limit Milliseconds that each helping may take.
 */
export async function tryMutant(
  workspace: Pick<Workspace, "write" | "test" | "check">,
  source: string,
  mutant: Mutant,
  helpings: readonly (readonly string[])[],
  limit: number,
): Promise<Outcome> {
  await workspace.write(mutant.file, edited(source, mutant));
  try {
    // The examples in its own documentation are tests, too.
    const [first = [], ...others] = helpings;
    for (const tests of [[mutant.file, ...first], ...others]) {
      const { success, late } = await workspace.test(tests, limit);
      if (late) return "hung";
      if (!success) return "failed";
    }
    return (await workspace.check(mutant.file)).success ? "survived" : "refused by the types";
  } finally {
    await workspace.write(mutant.file, source);
  }
}
