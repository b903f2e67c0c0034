/**
 * The words of a command line.
 *
 * @module
 */

import { didYouMean } from "../did_you_mean.ts";
import { CommandFailure } from "./command_failure.ts";

/** The options of a command: whether each takes a value. */
export type KnownOptions = Readonly<Record<string, "flag" | "value">>;

/** A command line, taken apart. */
export interface Arguments {
  /** What is no option, in order. */
  readonly positional: readonly string[];
  /** The options that were given, with their values in order; a flag has none. */
  readonly options: ReadonlyMap<string, readonly string[]>;
}

/**
 * Takes a command line apart: `--name value`, `--name=value`, flags, and `--` before what is no
 * option. A single hyphen begins none, since cookies may begin with one.
 *
 * @param args The words behind the command's name.
 * @param known The options that the command takes, without hyphens.
 * @throws {CommandFailure} For an option that does not exist, or whose value is missing.
 */
export function parseArguments(args: readonly string[], known: KnownOptions): Arguments {
  const positional: string[] = [];
  const options = new Map<string, string[]>();
  for (let at = 0; at < args.length; at++) {
    const word = args[at] ?? "";
    if (word === "--") {
      positional.push(...args.slice(at + 1));
      break;
    }
    if (!word.startsWith("--")) {
      positional.push(word);
      continue;
    }
    const equals = word.indexOf("=");
    const name = word.slice(2, equals === -1 ? word.length : equals);
    const values = options.get(name) ?? [];
    if (takesValue(name, known)) {
      const value = equals === -1 ? args[++at] : word.slice(equals + 1);
      if (value === undefined) {
        throw new CommandFailure(`Cannot use option "--${name}": its value is missing`, 2);
      }
      values.push(value);
    } else if (equals !== -1) {
      throw new CommandFailure(`Cannot use option "--${name}": it takes no value`, 2);
    }
    options.set(name, values);
  }
  return { positional, options };
}

function takesValue(name: string, known: KnownOptions): boolean {
  if (Object.hasOwn(known, name)) return known[name] === "value";
  const hint = didYouMean(`--${name}`, Object.keys(known).map((one) => `--${one}`));
  throw new CommandFailure(`Cannot use option "--${name}": no such option${hint}`, 2);
}

/** The last value of an option; undefined where it was not given. */
export function optionValue({ options }: Arguments, name: string): string | undefined {
  return options.get(name)?.at(-1);
}
