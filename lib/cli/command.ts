/**
 * What a command is. A command is one file in `commands/` and one line in `commands/mod.ts`. Its
 * help, its usage and the checks of its arguments follow from what stands here.
 *
 * @module
 */

import { printableJson } from "../printable.ts";
import type { CommandEnvironment } from "./environment.ts";

/** One command of the program. */
export interface Command {
  /** The argument that selects it. */
  readonly name: string;
  /** What it does, in one line without a full stop. */
  readonly summary: string;
  /** The arguments behind its name, in order. */
  readonly positionals: readonly Positional[];
  /** Its options by their names, without hyphens. */
  readonly options: Readonly<Record<string, CommandOption>>;
  /** What else its help says, line by line. */
  readonly notes: readonly string[];
  /**
   * Carries it out.
   *
   * @param args The command line: as many positionals as are declared, and only declared options.
   * @param environment What the command reads of the machine.
   * @throws {CommandFailure} If it cannot be carried out.
   */
  run(args: Arguments, environment: CommandEnvironment): Promise<CommandResult>;
}

/** An argument that is no option. */
export interface Positional {
  /** What the usage calls it. */
  readonly name: string;
  /** Whether it may be left out. @default {false} */
  readonly isOptional?: boolean;
  /** What it is, in one line; without it the help does not explain it. */
  readonly help?: string;
}

/** An option of a command. */
export interface CommandOption {
  /** What the help calls its value; an option without one is a flag. */
  readonly value?: string;
  /** What it does, in one line. */
  readonly help: string;
}

/** What a command wrote, and whether all is well. */
export interface CommandResult {
  /** The exit code: 1 where the command found something. */
  readonly code: 0 | 1;
  /** The text for standard output. */
  readonly stdout: string;
}

/** The arguments of a command. */
export interface Arguments {
  /** The arguments that are no options, in order. */
  readonly positionals: readonly string[];
  /** The options that were given, with their values in order; a flag has none. */
  readonly options: ReadonlyMap<string, readonly string[]>;
}

/** The last value of an option; undefined where it was not given. */
export function optionValue({ options }: Arguments, name: string): string | undefined {
  return options.get(name)?.at(-1);
}

/** The option of every command that can write its result as JSON. */
export const JSON_OPTION: CommandOption = { help: "writes JSON" };

/**
 * The result of a command: JSON if {@linkcode JSON_OPTION} was given as `--json`, else text.
 *
 * @param args The arguments.
 * @param data What JSON is written of.
 * @param text Makes the text.
 */
export function jsonOr({ options }: Arguments, data: unknown, text: () => string): string {
  return options.has("json") ? `${printableJson(data)}\n` : text();
}

/** Ends a command with a message and without a stack. */
export class CommandFailure extends Error {
  /** Always `"CommandFailure"`. */
  override name = "CommandFailure";
  /** The exit code: 1 for a failure, 2 for arguments that cannot be used. */
  readonly code: 1 | 2;

  /** Makes a failure. */
  constructor(message: string, code: 1 | 2, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
