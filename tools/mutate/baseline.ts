/**
 * How the tests fare without a mutant: what fails then would be taken for a mutant that is noticed.
 *
 * @module
 */

import type { TestGraph } from "./test_graph.ts";
import type { Trial } from "./trial.ts";
import type { Workspace } from "./workspace.ts";

/** Tests may take so many times as long as without a mutant. */
const PATIENCE = 3;
/** And so many milliseconds more: the machine may be busy. */
const GRACE = 10_000;

/** Knows the tests of each file and their limits of time. */
export class Baseline {
  readonly #graph: TestGraph;
  readonly #farLimit: number;
  readonly #trials = new Map<string, Promise<Trial>>();

  private constructor(graph: TestGraph, farLimit: number) {
    this.#graph = graph;
    this.#farLimit = farLimit;
  }

  /**
   * Runs all tests once.
   *
   * @param workspace Where.
   * @param graph The tests.
   * @throws {Error} If one fails.
   */
  static async take(workspace: Workspace, graph: TestGraph): Promise<Baseline> {
    return new Baseline(graph, await limitOf(workspace, graph.tests));
  }

  /** The tests of a file, those near by run once. */
  async trialOf(file: string, workspace: Workspace): Promise<Trial> {
    const known = this.#trials.get(file) ?? this.#trialOf(file, workspace);
    this.#trials.set(file, known);
    return await known;
  }

  async #trialOf(file: string, workspace: Workspace): Promise<Trial> {
    const { near, far } = this.#graph.testsOf(file);
    // The examples in the file's own documentation are tests, too.
    const all = [file, ...near];
    const nearLimit = await limitOf(workspace, all);
    return { near: all, far, nearLimit, farLimit: this.#farLimit };
  }
}

async function limitOf(workspace: Workspace, tests: readonly string[]): Promise<number> {
  const { success, took, output, complaint } = await workspace.test(tests);
  if (!success) {
    throw new Error(
      `Cannot try mutants: tests fail without one: mend them, or leave them out by --without=PATH\n` +
        `${output.slice(Math.max(output.indexOf(" ERRORS "), 0))}${complaint}`,
    );
  }
  return took * PATIENCE + GRACE;
}
