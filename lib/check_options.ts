/**
 * Checks the options that a developer gives. An unknown option is refused, and so is a value of a
 * wrong type.
 *
 * @module
 */

import { ConfigurationError } from "./configuration_error.ts";
import { foreignOptionHint } from "./foreign_options.ts";
import { printable } from "./printable.ts";
import { quietly } from "./promises.ts";

/** The values that an option takes, and how a message describes them. */
export interface OptionKind {
  /** The values in words. A message writes them after "must be". */
  readonly expected: string;
  /** Whether a value is of this kind. */
  is(value: unknown): boolean;
  /** Describes a value that is not of this kind. Default: {@linkcode describe}. */
  found?(value: unknown): string;
}

/** What each option of an interface takes. The compiler requires an entry for each option. */
export type OptionKinds<Options> = { readonly [Name in keyof Required<Options>]: OptionKind };

/** The class of the error. */
type Refusal = new (message: string) => Error;

/** The most characters of a string that a message shows. */
const LONGEST_SHOWN = 40;
/** Names of options whose value a message never shows. */
const SECRET = /secret|salt|passw/i;

/** Any value. The option is not read, because its getter may cost time. */
export const ANY: OptionKind = { expected: "anything", is: () => true };
/** `true` or `false`. A value that JavaScript would convert to one of them is refused. */
export const BOOLEAN: OptionKind = {
  expected: "true or false",
  is: (value) => typeof value === "boolean",
};
/** A string. It may be empty. */
export const TEXT: OptionKind = textThatIs("a string");
/** A string of at least one character. */
export const NAME: OptionKind = {
  expected: "a string that is not empty",
  is: (value) => typeof value === "string" && value !== "",
};
/** A list of strings. */
export const TEXTS: OptionKind = listOf(TEXT, "a list of strings");
/** Any number, `NaN` included. The code that uses the option checks its bounds. */
export const NUMBER: OptionKind = numberOf("a number");
/**
 * A number of 0 or more. `Infinity` means that there is no limit. `NaN` is refused, because every
 * comparison with it is false.
 */
export const LIMIT: OptionKind = {
  expected: "a number of 0 or more",
  is: (value) => typeof value === "number" && value >= 0,
};
/** A function. */
export const FUNCTION: OptionKind = {
  expected: "a function",
  is: (value) => typeof value === "function",
};
/** An object, but not a list, a map, a promise or an error. */
export const OBJECT: OptionKind = { expected: "an object", is: isBag };

/** A string. The code that uses the option checks it further. */
export function textThatIs(expected: string): OptionKind {
  return { expected, is: (value) => typeof value === "string" };
}

/** A number. The code that uses the option checks it further. */
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

/**
 * An object that has these functions, its own or inherited ones. If the value is a string, then the
 * message does not show it, because it may be a secret.
 */
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

const STANDARD: OptionKind = withFunctions("validate");

/** A schema that implements Standard Schema. The schemas of some libraries are functions. */
export const SCHEMA: OptionKind = {
  expected: 'a schema that speaks Standard Schema, with validate() in its "~standard"',
  is: (value) => STANDARD.is(memberOf(value, "~standard")),
};

/** An instance of a class. */
export function instanceOf(
  constructor: abstract new (...args: never[]) => unknown,
  expected: string,
): OptionKind {
  return { expected, is: (value) => value instanceof constructor };
}

/**
 * Refuses unknown options, values of a wrong type, and an argument that cannot hold options.
 *
 * Only the object's own enumerable properties can be unknown options. An option of `undefined`
 * counts as not given. If all options are right, then no message is built.
 *
 * @param what What takes the options, such as `redirect()`. The message names it.
 * @param options The value that the developer gave.
 * @param kinds What each option takes.
 * @param ErrorClass The class of the error. Use `TypeError` for options that are given while the
 * app answers requests.
 * @throws {ConfigurationError} If an option is unknown or has a wrong type. `ErrorClass` replaces
 * this class.
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
 * Whether {@linkcode checkOptions} would accept the options. Use it first if the text for the
 * message costs time to build.
 *
 * @param options The value that the developer gave.
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
 * Refuses an argument that cannot hold options, such as a string or a list.
 *
 * @param what What takes the options. The message names it.
 * @param options The value that the developer gave.
 * @param ErrorClass The class of the error.
 * @throws {ConfigurationError} If the value cannot hold options. `ErrorClass` replaces this class.
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
 * @param what What the value is. The message writes it after "Cannot use".
 * @param value The value that the developer gave.
 * @param kind The kind of value that is accepted.
 * @param ErrorClass The class of the error.
 * @throws {ConfigurationError} If the value is of another kind. `ErrorClass` replaces this class.
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

/**
 * Reads the decision of a callback, which must return `true` or `false`.
 *
 * @param answer The value that the callback returned. It can be of another type than the callback
 * declares.
 * @param callback Which callback it is, and where it was stated. The message names it.
 * @throws {TypeError} If the answer is neither `true` nor `false`.
 */
export function decided(answer: unknown, callback: string): boolean {
  if (typeof answer === "boolean") return answer;
  const promise = answer instanceof Promise;
  quietly(answer);
  throw new TypeError(
    `Cannot use the answer of ${callback}: must be true or false, not ${
      promise ? "a promise: write a function that answers without await" : describe(answer)
    }`,
  );
}

/** Describes a value in a few words. Numbers, and strings of at most 40 characters, are shown. */
export function describe(value: unknown): string {
  // No code awaits a promise that was refused.
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

/** Whether a value can hold options. A list, a map, a promise and an error cannot. */
function isBag(options: unknown): options is Bag {
  return typeof options === "object" && options !== null && !(Symbol.iterator in options) &&
    !(options instanceof Promise) && !(options instanceof Error);
}

/** Whether an option is right. An option that takes any value is not read. */
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
  return `Cannot use the options of ${what}: they change each time they are read`;
}

// A string that was given in place of options may be a secret.
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
