/**
 * The declaration of a command.
 *
 * A command is one file in `commands/` and one line in `commands/mod.ts`. The program derives its
 * help, its usage and the checks of its arguments from the declaration.
 *
 * @module
 */

import { printableJson } from "../printable.ts";
import type { CommandEnvironment } from "./environment.ts";

/** One command of the program. */
export interface Command {
  /** The argument that selects it. */
  readonly name: string;
  /** A summary of the command, in one line without a full stop. */
  readonly summary: string;
  /** The arguments after its name, in their order. */
  readonly positionals: readonly Positional[];
  /** Its options by their names, without hyphens. */
  readonly options: Readonly<Record<string, CommandOption>>;
  /** More lines of its help. */
  readonly notes: readonly string[];
  /**
   * Runs the command.
   *
   * @param args The checked arguments: as many positionals as declared, and only declared options.
   * @param environment The environment of the program.
   * @throws {CommandFailure} If the command fails.
   */
  run(args: Arguments, environment: CommandEnvironment): Promise<CommandResult>;
}

/** An argument that is not an option. */
export interface Positional {
  /** Its name in the usage. */
  readonly name: string;
  /** Whether it is optional. @default {false} */
  readonly isOptional?: boolean;
  /** An explanation in one line. Without it the help does not list the argument. */
  readonly help?: string;
}

/** An option of a command. */
export interface CommandOption {
  /** The name of its value in the help. An option without a value is a flag. */
  readonly value?: string;
  /** An explanation in one line. */
  readonly help: string;
}

/** The output of a command, and its exit code. */
export interface CommandResult {
  /** The exit code. It is 1 if the command found a problem. */
  readonly code: 0 | 1;
  /** The text for standard output. */
  readonly stdout: string;
}

/** The arguments of a command. */
export interface Arguments {
  /** The arguments that are not options, in their order. */
  readonly positionals: readonly string[];
  /** The given options, with their values in order. A flag has no value. */
  readonly options: ReadonlyMap<string, readonly string[]>;
}

/** The last value of an option. Undefined without the option. */
export function optionValue({ options }: Arguments, name: string): string | undefined {
  return options.get(name)?.at(-1);
}

/** The option `--json` of commands that can write JSON. */
export const JSON_OPTION: CommandOption = { help: "writes JSON" };

/**
 * The result of a command: JSON with the option `--json`, and text without it.
 *
 * @param args The arguments.
 * @param data The value that is written as JSON.
 * @param text Makes the text.
 */
export function jsonOr({ options }: Arguments, data: unknown, text: () => string): string {
  return options.has("json") ? `${printableJson(data)}\n` : text();
}

/** An error that ends a command with a message and without a stack. */
export class CommandFailure extends Error {
  /** Always `"CommandFailure"`. */
  override name = "CommandFailure";
  /** The exit code: 1 for a failure, 2 for wrong arguments. */
  readonly code: 1 | 2;

  /** Makes the error. */
  constructor(message: string, code: 1 | 2, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
