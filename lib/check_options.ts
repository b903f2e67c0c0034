/**
 * Options, checked where they are given: one that does not exist is refused, and so is a wrong type.
 *
 * @module
 */

import { ConfigurationError } from "./configuration_error.ts";
import { foreignOptionHint } from "./foreign_options.ts";
import { printable } from "./printable.ts";
import { quietly } from "./promises.ts";

/** What an option takes. */
export interface OptionKind {
  /** The same in words, behind "must be". */
  readonly expected: string;
  /** Whether a value is of this kind. */
  is(value: unknown): boolean;
  /** Says what a value is that is not of this kind. Default: {@linkcode describe}. */
  found?(value: unknown): string;
}

/** What each option of an interface takes: the compiler demands that none is left out. */
export type OptionKinds<Options> = { readonly [Name in keyof Required<Options>]: OptionKind };

/** The class of what is thrown. */
type Refusal = new (message: string) => Error;

/** The longest text that is shown in a message. */
const LONGEST_SHOWN = 40;
/** Options whose value is never shown. */
const SECRET = /secret|salt|passw/i;

/** What is checked elsewhere, or may be anything. It is not even read. */
export const ANY: OptionKind = { expected: "anything", is: () => true };
/** `true` or `false`, and nothing that is only taken for one of them. */
export const BOOLEAN: OptionKind = {
  expected: "true or false",
  is: (value) => typeof value === "boolean",
};
/** Text, possibly empty. */
export const TEXT: OptionKind = textThatIs("a string");
/** Text of a character at least. */
export const NAME: OptionKind = {
  expected: "a string that is not empty",
  is: (value) => typeof value === "string" && value !== "",
};
/** A list of texts. */
export const TEXTS: OptionKind = listOf(TEXT, "a list of strings");
/** A number; which ones is said elsewhere. */
export const NUMBER: OptionKind = numberOf("a number");
/** A limit: `Infinity` is none, and `NaN`, with which every comparison fails, is refused. */
export const LIMIT: OptionKind = {
  expected: "a number of 0 or more",
  is: (value) => typeof value === "number" && value >= 0,
};
/** A function. */
export const FUNCTION: OptionKind = {
  expected: "a function",
  is: (value) => typeof value === "function",
};
/** An object with members by their names. */
export const OBJECT: OptionKind = { expected: "an object", is: isBag };

/** Text of which more is said elsewhere. */
export function textThatIs(expected: string): OptionKind {
  return { expected, is: (value) => typeof value === "string" };
}

/** A number of which more is said elsewhere. */
export function numberOf(expected: string): OptionKind {
  return { expected, is: (value) => typeof value === "number" };
}

/** One of these values. */
export function oneOf(...values: readonly (string | number | boolean)[]): OptionKind {
  const words = values.map((value) => JSON.stringify(value));
  return { expected: inWords(words), is: (value) => values.some((one) => one === value) };
}

/** A value of a kind, or `null`. */
export function orNull({ expected, is }: OptionKind, meaning: string = ""): OptionKind {
  return { expected: `${expected}, or null${meaning}`, is: (value) => value === null || is(value) };
}

/** A value of one of several kinds. */
export function either(...kinds: readonly OptionKind[]): OptionKind {
  return {
    expected: inWords(kinds.map(({ expected }) => expected)),
    is: (value) => kinds.some((kind) => kind.is(value)),
  };
}

/** A list whose entries are all of a kind. */
export function listOf(kind: OptionKind, expected: string): OptionKind {
  return {
    expected,
    is: (value) => Array.isArray(value) && value.every((entry) => kind.is(entry)),
    found: (value) =>
      Array.isArray(value)
        ? `a list with ${describe(value.find((entry) => !kind.is(entry)))} in it`
        : describe(value),
  };
}

/** An object that has these functions, of its own or of its class. A text in its place may be a secret, and is not shown. */
export function withFunctions(...names: readonly [string, ...string[]]): OptionKind {
  const missing = (value: unknown): string | undefined =>
    names.find((name) => typeof memberOf(value, name) !== "function");
  return {
    expected: `an object with the function${names.length === 1 ? "" : "s"} ${
      inWords(names.map((name) => `${name}()`), "and")
    }`,
    is: (value) => isObjectOrFunction(value) && missing(value) === undefined,
    found: (value) =>
      isObjectOrFunction(value) && !(value instanceof Promise)
        ? `one without ${missing(value)}()`
        : withoutValue(value),
  };
}

/** An object of a class. */
export function instanceOf(
  constructor: abstract new (...args: never[]) => unknown,
  expected: string,
): OptionKind {
  return { expected, is: (value) => value instanceof constructor };
}

/**
 * Refuses options that do not exist, values of a wrong type, and what are no options at all.
 *
 * An option is an enumerable property of the object's own; `undefined` is the same as none. Costs
 * nothing but the questions where all is well.
 *
 * @param what What takes the options, for the message, such as `redirect()`.
 * @param options What was given.
 * @param kinds What each option takes.
 * @param ErrorClass The class of what is thrown: `TypeError` while requests are answered.
 * @throws {ConfigurationError} If something is wrong; or an error of that class.
 */
export function checkOptions<Options>(
  what: string,
  options: unknown,
  kinds: OptionKinds<Options>,
  ErrorClass: Refusal = ConfigurationError,
): void {
  if (!fitsOptions(options, kinds)) throw new ErrorClass(reasonAgainst(what, options, kinds));
}

/**
 * Whether {@linkcode checkOptions} would let options through: for where the words for a message cost
 * something.
 *
 * @param options What was given.
 * @param kinds What each option takes.
 */
export function fitsOptions<Options>(options: unknown, kinds: OptionKinds<Options>): boolean {
  if (!isBag(options)) return false;
  for (const name in options) {
    if (!Object.hasOwn(kinds, name) && Object.hasOwn(options, name)) return false;
  }
  for (const name in kinds) {
    if (!takes(kinds[name], options, name)) return false;
  }
  return true;
}

/**
 * Refuses what are no options at all.
 *
 * @param what What takes them, for the message.
 * @param options What was given.
 * @param ErrorClass The class of what is thrown.
 * @throws {ConfigurationError} If it is no object; or an error of that class.
 */
export function checkBag(
  what: string,
  options: unknown,
  ErrorClass: Refusal = ConfigurationError,
): void {
  if (!isBag(options)) throw new ErrorClass(reasonAgainstBag(what, options, ""));
}

/**
 * Refuses a value that is not of a kind.
 *
 * @param what What the value is, behind "Cannot use".
 * @param value What was given.
 * @param kind What is taken.
 * @param ErrorClass The class of what is thrown.
 * @throws {ConfigurationError} If it is something else; or an error of that class.
 */
export function checkValue(
  what: string,
  value: unknown,
  kind: OptionKind,
  ErrorClass: Refusal = ConfigurationError,
): void {
  if (kind.is(value)) return;
  quietly(value);
  throw new ErrorClass(
    `Cannot use ${what}: must be ${kind.expected}, not ${(kind.found ?? describe)(value)}`,
  );
}

/** A value in a few words: what it is, and short texts and numbers themselves. */
export function describe(value: unknown): string {
  // What is refused is awaited by nobody.
  quietly(value);
  switch (typeof value) {
    case "string":
      return value.length > LONGEST_SHOWN
        ? `a string of ${value.length} characters`
        : `the string "${printable(value)}"`;
    case "number":
      return `the number ${value}`;
    case "boolean":
    case "undefined":
      return String(value);
    case "object":
      return value === null ? "null" : describeObject(value);
    default:
      return `a ${typeof value}`;
  }
}

function describeObject(value: object): string {
  if (Array.isArray(value)) return "an array";
  if (value instanceof Promise) return "a promise";
  const { constructor } = value;
  const name = typeof constructor === "function" && constructor !== Object ? constructor.name : "";
  return name === "" ? "an object" : `an object of the class ${printable(name)}`;
}

type Bag = Readonly<Record<string, unknown>>;

/** Whether something has its members by their names: lists, maps, promises and errors do not. */
function isBag(options: unknown): options is Bag {
  return typeof options === "object" && options !== null && !(Symbol.iterator in options) &&
    !(options instanceof Promise) && !(options instanceof Error);
}

/** What may be anything is not read: a getter may cost something. */
function takes(kind: OptionKind, options: Bag, name: string): boolean {
  if (kind === ANY) return true;
  const value = options[name];
  return value === undefined || kind.is(value);
}

function reasonAgainst<Options>(
  what: string,
  options: unknown,
  kinds: OptionKinds<Options>,
): string {
  if (!isBag(options)) {
    const isError = options instanceof Error && Object.hasOwn(kinds, "cause");
    return reasonAgainstBag(what, options, isError ? ": write { cause: error }" : "");
  }
  const known = Object.keys(kinds);
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    const hint = foreignOptionHint(unknown, known);
    return `Cannot use option "${shortened(unknown)}" of ${what}: no such option${hint}`;
  }
  for (const name in kinds) {
    const kind: OptionKind = kinds[name];
    if (takes(kind, options, name)) continue;
    const value = options[name];
    const found = SECRET.test(name) ? withoutValue(value) : (kind.found ?? describe)(value);
    return `Cannot use option "${name}" of ${what}: must be ${kind.expected}, not ${found}`;
  }
  return `Cannot use the options of ${what}: they are others each time they are read`;
}

// A text in the place of options may be a secret.
function reasonAgainstBag(what: string, options: unknown, hint: string): string {
  return `Cannot use the options of ${what}: must be an object of options, not ${
    withoutValue(options)
  }${hint}`;
}

function withoutValue(value: unknown): string {
  const isShown = typeof value === "string" || typeof value === "number";
  return isShown ? `a ${typeof value}` : describe(value);
}

function shortened(name: string): string {
  return printable(name.length > LONGEST_SHOWN ? `${name.slice(0, LONGEST_SHOWN)}…` : name);
}

function isObjectOrFunction(value: unknown): value is object {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}

function memberOf(value: unknown, name: string): unknown {
  return isObjectOrFunction(value) ? Reflect.get(value, name) : undefined;
}

function inWords(words: readonly string[], conjunction: "or" | "and" = "or"): string {
  const last = words.at(-1) ?? "";
  return words.length < 2 ? last : `${words.slice(0, -1).join(", ")} ${conjunction} ${last}`;
}

/**
 * What a callback decided: `true` alone is yes.
 *
 * @param answer What it returned, whatever its type promised.
 * @param callback Which one it is, and where it was stated, for the message.
 * @throws {TypeError} If the answer is neither true nor false, and so decides nothing.
 */
export function decided(answer: unknown, callback: string): boolean {
  if (typeof answer === "boolean") return answer;
  const promise = answer instanceof Promise;
  quietly(answer);
  throw new TypeError(
    `Cannot go by what ${callback} answered: must be true or false, not ${
      promise ? "a promise, since it must answer at once" : described(answer)
    }`,
  );
}

function described(answer: unknown): string {
  if (answer === null || answer === undefined) return String(answer);
  if (typeof answer === "string") return `the string ${JSON.stringify(answer.slice(0, 40))}`;
  return typeof answer === "object" ? "an object" : `a ${typeof answer}`;
}
