/**
 * `secret`: a secret that nobody can guess.
 *
 * @module
 */

import { ConfigurationError } from "../configuration_error.ts";
import { didYouMean } from "../did_you_mean.ts";
import { HttpException } from "../http/errors.ts";
import { printableCauseText, printableJson, printableLines } from "../printable.ts";
import { isOfLibrary } from "../source_location.ts";
import { loadApp } from "./app_module.ts";
import { type Arguments, optionValue, parseArguments } from "./arguments.ts";
import { CommandFailure } from "./command_failure.ts";
import { diagnose, formSearchOf } from "./commands/doctor.ts";
import { diagnosisText } from "./commands/doctor_text.ts";
import { inspectCookie } from "./commands/inspect.ts";
import { inspectionJson, inspectionText } from "./commands/inspect_text.ts";
import { isAnswered, matchText, requestOf } from "./commands/match.ts";
import { routesText } from "./commands/routes.ts";
import type { Surroundings } from "./environment.ts";
import { fileUrl } from "./relative_place.ts";
import { type CommandName, COMMANDS, commandUsageText, usageText } from "./usage.ts";

const BYTES = 32;

/** Makes a secret: 32 random bytes in base64, 44 characters. */
export function makeSecret(): string {
  return crypto.getRandomValues(new Uint8Array(BYTES)).toBase64();
}

/** What a command says, and how it ends. */
export interface CommandOutcome {
  /** The exit code: 0 where all is well, 1 where it is not, 2 for words that mean nothing, 70 for a bug of this program. */
  readonly code: number;
  /** For standard output. */
  readonly output: string;
  /** For standard error. */
  readonly complaint: string;
}

/** Carries out one command. */
type Command = (args: Arguments, surroundings: Surroundings) => Promise<[number, string]>;

const RUN: Readonly<Record<CommandName, Command>> = {
  routes: async (args, surroundings) => {
    const [path] = words(args, 1, 1, "routes");
    const { report } = await loadApp(path, surroundings.folder);
    const { routes, tweens } = report;
    const text = isJson(args) ? json({ routes, tweens }) : routesText(report, surroundings);
    return [0, text];
  },

  match: async (args, surroundings) => {
    const [path, ...rest] = words(args, 2, 3, "match");
    const request = requestOf(rest, args.options.get("header") ?? []);
    const app = await loadApp(path, surroundings.folder);
    if (app.explain === undefined) {
      throw new CommandFailure(`Cannot ask the app in "${path}": it has no explain()`, 1);
    }
    const explanation = await app.explain(request).catch(refuse);
    const { route, ...others } = explanation;
    const data = { ...others, route: route?.name ?? null };
    const text = isJson(args) ? json(data) : matchText(request, explanation, surroundings);
    return [isAnswered(explanation) ? 0 : 1, text];
  },

  doctor: async (args, surroundings) => {
    const [path] = words(args, 1, 1, "doctor");
    const { folder } = surroundings;
    const search = formSearchOf(args);
    const { report } = await loadApp(path, folder);
    const diagnosis = await diagnose(report, fileUrl(path, folder), search);
    const text = isJson(args) ? json(diagnosis) : diagnosisText(diagnosis, surroundings);
    return [diagnosis.changes === 0 ? 0 : 1, text];
  },

  inspect: async (args, surroundings) => {
    const [given] = words(args, 1, 1, "inspect");
    const wanted = optionValue(args, "cookie-name");
    const text = given === "-" ? await surroundings.readInput() : given;
    const { name, value } = cookieOf(text, wanted);
    const salt = optionValue(args, "salt");
    const inspection = await inspectCookie(name, value, {
      secrets: secretsOf(surroundings.variable("SESSION_SECRET")),
      ...limit(args, "timeout"),
      ...limit(args, "lifetime"),
      ...salt === undefined ? {} : { salt },
      now: surroundings.now,
    }).catch(refuseWords);
    const showsValues = args.options.has("values");
    const told = isJson(args)
      ? json(inspectionJson(inspection, showsValues))
      : inspectionText(inspection, { ...surroundings, showsValues });
    return [inspection.verification.state === "refused" ? 1 : 0, told];
  },

  secret: (args) => {
    words(args, 0, 0, "secret");
    return Promise.resolve([0, `${makeSecret()}\n`]);
  },
};

/**
 * Runs a command.
 *
 * @param args The words behind the program's name.
 * @param surroundings What the command sees of the machine.
 * @returns What to write, and how to end. Never rejects.
 */
export async function runCommand(
  args: readonly string[],
  surroundings: Surroundings,
): Promise<CommandOutcome> {
  const [name, ...rest] = args;
  try {
    if (name === undefined || isHelp(name)) return said(usageText());
    if (!isCommand(name)) {
      const hint = didYouMean(name, Object.keys(COMMANDS));
      throw new CommandFailure(`Cannot run "${name}": no such command${hint}`, 2);
    }
    const behind = rest.indexOf("--");
    if (rest.slice(0, behind === -1 ? rest.length : behind).some(isHelp)) {
      return said(commandUsageText(name));
    }
    const [code, output] = await RUN[name](
      parseArguments(rest, COMMANDS[name].options),
      surroundings,
    );
    return { code, output, complaint: "" };
  } catch (error) {
    return complaint(error);
  }
}

function said(output: string): CommandOutcome {
  return { code: 0, output, complaint: "" };
}

/** What ends a program that has a bug (`EX_SOFTWARE` of BSD's `sysexits.h`). */
const BUG = 70;

/** Whoever is at fault is told: the words, the permissions, the app; or this program. */
function complaint(error: unknown): CommandOutcome {
  if (error instanceof CommandFailure) return failed(error.code, error.message);
  // What an option takes is said where it is read: limits and cookie names.
  if (error instanceof ConfigurationError) return failed(2, error.message);
  if (error instanceof Deno.errors.NotCapable) return failed(1, error.message);
  return {
    code: BUG,
    output: "",
    complaint: "This is a bug of Pyramidion, and neither your words nor your app are at fault. " +
      `Please report it with these lines, without what is secret in them:\n${
        printableCauseText(error)
      }\n`,
  };
}

function failed(code: 1 | 2, message: string): CommandOutcome {
  const hint = code === 2 ? "\n--help says how the commands are used" : "";
  return { code, output: "", complaint: `${printableLines(message)}${hint}\n` };
}

/** Secrets and salts that are none are the words' fault; messages never have a secret in them. */
function refuseWords(error: unknown): never {
  // The engine says "Cannot use 'in' operator" of a bug.
  const isRefusal = (error instanceof TypeError || error instanceof RangeError) &&
    /^Cannot use (?!')/.test(error.message);
  throw isRefusal ? new CommandFailure(error.message, 2, { cause: error }) : error;
}

function isHelp(word: string): boolean {
  return word === "--help" || word === "-h" || word === "help";
}

function isCommand(name: string): name is CommandName {
  return Object.hasOwn(COMMANDS, name);
}

function isJson({ options }: Arguments): boolean {
  return options.has("json");
}

function json(value: unknown): string {
  return `${printableJson(value)}\n`;
}

/** The words of a command line that are no options; the first is there where one must be. */
function words(
  { positional }: Arguments,
  least: number,
  most: number,
  name: CommandName,
): [first: string, ...others: string[]] {
  if (positional.length < least || positional.length > most) {
    const wanted = COMMANDS[name].words;
    throw new CommandFailure(
      `Cannot run "${name}" with ${positional.length} words behind it: it takes ${
        wanted === "" ? "none" : wanted
      }`,
      2,
    );
  }
  const [first = "", ...others] = positional;
  return [first, ...others];
}

/** An answer to a URL that cannot be read, or a failure of the app's own code. */
async function refuse(error: unknown): Promise<never> {
  if (!(error instanceof HttpException) && await isThrownByLibrary(error)) throw error;
  const reason = error instanceof HttpException
    ? `${error.status} ${error.title}: ${error.message}`
    : error instanceof Error
    ? `${error.name}: ${error.message}`
    : String(error);
  throw new CommandFailure(`Answered before any route is asked: ${reason}`, 1, { cause: error });
}

/** Whether the line that threw is of this library. */
async function isThrownByLibrary(error: unknown): Promise<boolean> {
  if (!(error instanceof Error)) return false;
  const { stackFrames } = await import("../app/development/stack.ts");
  const [first] = stackFrames(error.stack ?? "", error.message);
  return first !== undefined && first.at !== null && isOfLibrary(first.at.url);
}

/**
 * A cookie as it is copied from wherever: a value, a pair, or a whole header, of which the wanted
 * one is taken, or the first.
 */
function cookieOf(text: string, wanted: string | undefined): { name: string; value: string } {
  const cookies = text.trim().replace(/^(?:set-)?cookie:\s*/i, "").split(";").map(pairOf);
  const named = cookies.find(({ name }) =>
    name !== undefined && (name === wanted || name === `__Host-${wanted}`)
  );
  const { name, value } = named ?? cookies[0] ?? { name: undefined, value: "" };
  return { name: named?.name ?? wanted ?? name ?? "session", value };
}

function pairOf(pair: string): { name: string | undefined; value: string } {
  // Padding of a value alone makes no pair.
  const [, name, value = pair] = /^([^=]+)=(?!=*\s*$)(.*)$/s.exec(pair) ?? [];
  return { name: name?.trim(), value: value.trim() };
}

/** One secret a line, the newest first. */
function secretsOf(variable: string | undefined): string[] {
  return (variable ?? "").split(/\r?\n/).filter((line) => line !== "");
}

function limit<Name extends "timeout" | "lifetime">(
  args: Arguments,
  name: Name,
): { readonly [Key in Name]?: number | null } {
  const given = optionValue(args, name);
  if (given === undefined) return {};
  const seconds = given === "never" ? null : given.trim() === "" ? NaN : Number(given);
  return Object.fromEntries([[name, seconds]]) as { readonly [Key in Name]?: number | null };
}
