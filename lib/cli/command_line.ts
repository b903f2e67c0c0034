/**
 * The program: selects a command by its name, checks its arguments, runs it, and reports errors.
 *
 * @module
 */

import { ConfigurationError } from "../configuration_error.ts";
import { didYouMean } from "../did_you_mean.ts";
import { printableCauseText, printableLines } from "../printable.ts";
import { checkPositionals, parseArguments, positionalsText, positionalText } from "./arguments.ts";
import { type Command, CommandFailure } from "./command.ts";
import * as commands from "./commands/mod.ts";
import type { CommandEnvironment } from "./environment.ts";

/** The commands by their names, in alphabetical order. */
const COMMANDS: ReadonlyMap<string, Command> = new Map(
  Object.values<Command>(commands).map((command) => [command.name, command]),
);

/** The output of the program, and its exit code. */
export interface CommandOutcome {
  /**
   * The exit code.
   *
   * 0: the command succeeded. 1: it failed or found a problem. 2: the arguments are wrong. 70: this
   * program has a bug.
   */
  readonly code: number;
  /** The text for standard output. */
  readonly stdout: string;
  /** The text for standard error. */
  readonly stderr: string;
}

/**
 * Runs a command.
 *
 * @param args The arguments after the program's name.
 * @param environment The environment of the program: its folder, terminal, clock, variables and
 * standard input.
 * @returns The output and the exit code. The promise never rejects.
 */
export async function runCommand(
  args: readonly string[],
  environment: CommandEnvironment,
): Promise<CommandOutcome> {
  const [name, ...rest] = args;
  try {
    if (name === undefined || isHelp(name)) return succeeded(programUsage());
    const command = COMMANDS.get(name);
    if (command === undefined) {
      const hint = didYouMean(name, COMMANDS.keys());
      throw new CommandFailure(`Cannot run "${name}": no such command${hint}`, 2);
    }
    const separator = rest.indexOf("--");
    if (rest.slice(0, separator === -1 ? rest.length : separator).some(isHelp)) {
      return succeeded(commandUsage(command));
    }
    const parsed = parseArguments(rest, command.options);
    checkPositionals(command, parsed);
    const { code, stdout } = await command.run(parsed, environment);
    return { code, stdout, stderr: "" };
  } catch (error) {
    return failureOf(error);
  }
}

function isHelp(argument: string): boolean {
  return argument === "--help" || argument === "-h" || argument === "help";
}

function succeeded(stdout: string): CommandOutcome {
  return { code: 0, stdout, stderr: "" };
}

/** The exit code of a program that has a bug (`EX_SOFTWARE` of BSD's `sysexits.h`). */
const BUG = 70;

/** Sorts an error: the arguments, the permissions, the app or this program can have caused it. */
function failureOf(error: unknown): CommandOutcome {
  if (error instanceof CommandFailure) return failed(error.code, error.message);
  // Limits and cookie names are checked by the options of a session.
  if (error instanceof ConfigurationError) return failed(2, error.message);
  if (error instanceof Deno.errors.NotCapable) return failed(1, error.message);
  return {
    code: BUG,
    stdout: "",
    stderr: "This is a bug in Pyramidion. Your arguments and your app are not at fault. " +
      `Please report it with the lines below, and remove every secret from them:\n${
        printableCauseText(error)
      }\n`,
  };
}

function failed(code: 1 | 2, message: string): CommandOutcome {
  const hint = code === 2 ? "\nUse --help to see how the commands are used" : "";
  return { code, stdout: "", stderr: `${printableLines(message)}${hint}\n` };
}

/** The command that starts the program. */
const PROGRAM = "deno run -A jsr:@pyramidion/pyramidion/cli";

function programUsage(): string {
  const lines = aligned([...COMMANDS.values()].map(({ name, summary }) => [name, summary]));
  return [
    `Usage: ${PROGRAM} <command> …`,
    "",
    ...lines,
    "",
    "<command> --help shows the arguments of a command.",
    "",
  ].join("\n");
}

function commandUsage(command: Command): string {
  const { name, summary, positionals, options, notes } = command;
  const explained = [
    ...positionals.flatMap((positional) => {
      const { help } = positional;
      return help === undefined ? [] : [[positionalText(positional), help]];
    }),
    ...Object.entries(options).map(([option, { value, help }]) => [
      `--${option}${value === undefined ? "" : ` ${value}`}`,
      help,
    ]),
  ];
  const details = [...aligned(explained), ...notes.map((line) => `  ${line}`)];
  return [
    `Usage: ${[PROGRAM, name, positionalsText(command)].join(" ").trimEnd()}`,
    "",
    `${summary}.`,
    ...details.length === 0 ? [] : ["", ...details],
    "",
  ].join("\n");
}

function aligned(rows: readonly (readonly string[])[]): string[] {
  const width = Math.max(0, ...rows.map(([label = ""]) => label.length));
  return rows.map(([label = "", text = ""]) => `  ${label.padEnd(width)}  ${text}`);
}
