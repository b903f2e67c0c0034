/**
 * The words behind `deno task house`.
 *
 * @module
 */

/** What is asked for. */
export interface Options {
  /** The checkouts: one, or one before and one after. */
  readonly folders: readonly string[];
  /** How many rounds of starts are timed. */
  readonly rounds: number;
  /** Whether JSON is printed. */
  readonly json: boolean;
  /** Whether what breaks the rules is listed. */
  readonly faults: boolean;
}

/** How the task is called. */
export const USAGE = `deno task house [checkout [checkout after]] [options]

  --rounds=N  starts the app N times (15), 0 to time nothing
  --faults    lists what breaks the rules, besides counting it
  --json      prints JSON`;

/**
 * Reads the words.
 *
 * @param words What stands behind the task's name.
 * @param present The checkout where none is named.
 * @throws {TypeError} If a word is none of {@linkcode USAGE}.
 */
export function readOptions(words: readonly string[], present: string): Options {
  const folders: string[] = [];
  const options = { rounds: 15, json: false, faults: false };
  const rest = words.values();
  for (const word of rest) {
    if (word === "--json") options.json = true;
    else if (word === "--faults") options.faults = true;
    else if (word === "--rounds") options.rounds = rounds(word, rest.next().value);
    else if (word.startsWith("--rounds=")) options.rounds = rounds(word, word.slice(9));
    else if (word.startsWith("-") || folders.length === 2) {
      throw new TypeError(`Cannot read "${word}":\n\n${USAGE}`);
    } else folders.push(word.replace(/(?<=.)\/$/, ""));
  }
  return { ...options, folders: folders.length === 0 ? [present] : folders };
}

function rounds(word: string, value: string | undefined): number {
  if (value === undefined || !/^\d{1,4}$/.test(value)) {
    throw new TypeError(`Cannot read "${word}": must be a whole number from 0 to 9999`);
  }
  return Number(value);
}
