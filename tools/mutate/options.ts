/**
 * The words behind `deno task mutate`.
 *
 * @module
 */

/** What is asked for. */
export interface Options {
  /** Files and folders of the library; none: what the change touches. */
  readonly paths: readonly string[];
  /** Chooses the sample. */
  readonly seed: number;
  /** How many mutants are tried at most. */
  readonly sample: number;
  /** How many are tried at once. */
  readonly jobs: number;
  /** Seconds that the tests of a mutant may take; none: as one run of all tests tells. */
  readonly limit: number | null;
  /** Tests that are left out, by the beginnings of their paths. */
  readonly without: readonly string[];
  /** Whether the sample is only told. */
  readonly list: boolean;
}

/** How the task is called. */
export const USAGE = `deno task mutate [files or folders of the library] [options]

  --seed=N         chooses the sample (else one is drawn, and told)
  --sample=N       tries at most N mutants (100)
  --jobs=1|2       tries so many at once (1)
  --limit=SECONDS  lets the tests of a mutant run so long (else all tests are run once, to see)
  --without=PATH   leaves out tests that begin so; may be given again
  --list           tells the sample and tries nothing`;

/**
 * Reads the words.
 *
 * @param words What stands behind the task's name.
 * @param drawn The seed where none is given.
 * @throws {TypeError} If a word is none of {@linkcode USAGE}.
 */
export function readOptions(words: readonly string[], drawn: number): Options {
  const options = {
    paths: [] as string[],
    seed: drawn,
    sample: 100,
    jobs: 1,
    limit: null as number | null,
    without: [] as string[],
    list: false,
  };
  for (const word of words) {
    const [name = "", value] = word.split(/=(.*)/s);
    if (!word.startsWith("--")) options.paths.push(word.replace(/^\.\//, ""));
    else if (name === "--seed") options.seed = number(word, value, 0, 2 ** 32 - 1);
    else if (name === "--sample") options.sample = number(word, value, 1, Infinity);
    else if (name === "--jobs") options.jobs = number(word, value, 1, 2);
    else if (name === "--limit") options.limit = number(word, value, 1, Infinity);
    else if (name === "--without" && value) options.without.push(value.replace(/^\.\//, ""));
    else if (word === "--list") options.list = true;
    else throw new TypeError(`Cannot read "${word}":\n\n${USAGE}`);
  }
  return options;
}

function number(word: string, value: string | undefined, least: number, most: number): number {
  if (value === undefined || !/^\d+$/.test(value) || +value < least || +value > most) {
    throw new TypeError(`Cannot read "${word}": must be a whole number from ${least} to ${most}`);
  }
  return Number(value);
}
