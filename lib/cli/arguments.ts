/**
 * Parses the arguments of a command.
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
 * Parses `--name value`, `--name=value`, flags, and `--`, after which all arguments are
 * positionals. A single hyphen does not begin an option, because a cookie can begin with one.
 *
 * @param args The arguments after the command's name.
 * @param options The options that the command takes.
 * @throws {CommandFailure} If an option does not exist, its value is missing, or a flag has a
 * value.
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
 * Checks the number of positionals.
 *
 * @throws {CommandFailure} If the number is too small or too large.
 */
export function checkPositionals(command: Command, { positionals }: Arguments): void {
  const most = command.positionals.length;
  const least = command.positionals.filter(({ isOptional }) => isOptional !== true).length;
  const { length } = positionals;
  if (length >= least && length <= most) return;
  const expected = positionalsText(command);
  throw new CommandFailure(
    `Cannot run "${command.name}" with ${length} argument${length === 1 ? "" : "s"}: it takes ${
      expected === "" ? "no arguments" : expected
    }`,
    2,
  );
}

/** The positionals as the usage of a command shows them: `<app module> [method] <path>`. */
export function positionalsText({ positionals }: Command): string {
  return positionals.map(positionalText).join(" ");
}

/** One positional as the usage shows it: `<path>`, or `[method]` if it is optional. */
export function positionalText({ name, isOptional }: Positional): string {
  return isOptional === true ? `[${name}]` : `<${name}>`;
}
