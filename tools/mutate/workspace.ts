/**
 * A copy of the repository in which mutants are tried, so that the working tree stays as it is.
 *
 * @module
 */

import { vectorsFolder } from "../../tests/vectors.ts";
import { type Ended, run } from "./command.ts";
import { repositoryFiles } from "./repository_files.ts";

/** Milliseconds that a type check may take. */
const CHECK_LIMIT = 120_000;

/** A copy of the repository; it is removed when it is disposed of. */
export class Workspace implements AsyncDisposable {
  readonly #folder: string;
  readonly #testFlags: readonly string[];

  private constructor(folder: string, testFlags: readonly string[]) {
    this.#folder = folder;
    this.#testFlags = testFlags;
  }

  /**
   * Copies a repository as it lies there, without what git ignores.
   *
   * @param root The repository.
   */
  static async copyOf(root: string): Promise<Workspace> {
    const folder = await Deno.makeTempDir({ prefix: "mutate-" });
    await Deno.mkdir(`${folder}/temp`);
    for (const file of await repositoryFiles(root)) {
      const copy = `${folder}/copy/${file}`;
      await Deno.mkdir(copy.slice(0, copy.lastIndexOf("/")), { recursive: true });
      // One that is deleted and not yet committed is not there.
      await Deno.copyFile(`${root}/${file}`, copy).catch(() => {});
    }
    const { tasks } = JSON.parse(await Deno.readTextFile(`${root}/deno.json`));
    return new Workspace(folder, testFlags(tasks.test));
  }

  /** Writes a file of the copy. */
  async write(file: string, text: string): Promise<void> {
    await Deno.writeTextFile(`${this.#folder}/copy/${file}`, text);
  }

  /**
   * Runs tests until the first that fails, without type check.
   *
   * @param tests Their paths.
   * @param limit Milliseconds that they may take; none: for ever.
   */
  async test(tests: readonly string[], limit?: number): Promise<Ended> {
    const flags = ["--frozen", "--no-check", "--fail-fast", "--quiet"];
    return await this.#deno([...this.#testFlags, ...flags, ...tests], limit);
  }

  /** Type checks a file. */
  async check(file: string): Promise<Ended> {
    return await this.#deno(["check", "--frozen", "--quiet", file], CHECK_LIMIT);
  }

  /** Removes the copy. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.#folder, { recursive: true });
  }

  async #deno(args: readonly string[], limit: number | undefined): Promise<Ended> {
    return await run(Deno.execPath(), args, {
      cwd: `${this.#folder}/copy`,
      ...(limit === undefined ? {} : { limit }),
      // Tests that are ended in the middle leave files behind.
      env: { TMPDIR: `${this.#folder}/temp`, TEST_VECTORS: vectorsFolder },
    });
  }
}

/**
 * What follows `deno` for tests to be run as the gate runs them, but one after the other.
 *
 * @param task The text of the task that runs all tests.
 */
export function testFlags(task: string): string[] {
  return task.split(" ").filter((word) => word !== "deno" && word !== "--parallel");
}
