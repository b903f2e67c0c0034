/**
 * Takes the arguments of a command apart.
 *
 * @module
 */

import { didYouMean } from "../did_you_mean.ts";
import {
  type Arguments,
  type Command,
  CommandFailure,
  type CommandOption,
  type Positional,
} from "./command.ts";

/**
 * Takes arguments apart: `--name value`, `--name=value`, flags, and `--` before positionals only. A
 * single hyphen begins no option, because cookies may begin with one.
 *
 * @param args The arguments behind the command's name.
 * @param options The options that the command takes.
 * @throws {CommandFailure} For an option that does not exist, or whose value is missing.
 */
export function parseArguments(
  args: readonly string[],
  options: Command["options"],
): Arguments {
  const positionals: string[] = [];
  const given = new Map<string, string[]>();
  for (let at = 0; at < args.length; at++) {
    const argument = args[at] ?? "";
    if (argument === "--") {
      positionals.push(...args.slice(at + 1));
      break;
    }
    if (!argument.startsWith("--")) {
      positionals.push(argument);
      continue;
    }
    const equals = argument.indexOf("=");
    const name = argument.slice(2, equals === -1 ? argument.length : equals);
    const values = given.get(name) ?? [];
    if (optionOf(name, options).value !== undefined) {
      const value = equals === -1 ? args[++at] : argument.slice(equals + 1);
      if (value === undefined) {
        throw new CommandFailure(`Cannot use option "--${name}": its value is missing`, 2);
      }
      values.push(value);
    } else if (equals !== -1) {
      throw new CommandFailure(`Cannot use option "--${name}": it takes no value`, 2);
    }
    given.set(name, values);
  }
  return { positionals, options: given };
}

function optionOf(name: string, options: Command["options"]): CommandOption {
  const option = Object.hasOwn(options, name) ? options[name] : undefined;
  if (option !== undefined) return option;
  const hint = didYouMean(`--${name}`, Object.keys(options).map((one) => `--${one}`));
  throw new CommandFailure(`Cannot use option "--${name}": no such option${hint}`, 2);
}

/**
 * Checks how many positionals were given.
 *
 * @throws {CommandFailure} If there are too few or too many of them.
 */
export function checkPositionals(command: Command, { positionals }: Arguments): void {
  const most = command.positionals.length;
  const least = command.positionals.filter(({ isOptional }) => isOptional !== true).length;
  const { length } = positionals;
  if (length >= least && length <= most) return;
  const expected = positionalsText(command);
  throw new CommandFailure(
    `Cannot run "${command.name}" with ${length} argument${length === 1 ? "" : "s"}: it takes ${
      expected === "" ? "none" : expected
    }`,
    2,
  );
}

/** The positionals as the usage of a command shows them: `<app module> [method] <path>`. */
export function positionalsText({ positionals }: Command): string {
  return positionals.map(positionalText).join(" ");
}

/** One positional as the usage shows it: `<path>`, or `[method]` where it may be left out. */
export function positionalText({ name, isOptional }: Positional): string {
  return isOptional === true ? `[${name}]` : `<${name}>`;
}
