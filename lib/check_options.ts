/**
 * Checks options: it refuses unknown names and values of a wrong type.
 *
 * @module
 */

import { ConfigurationError } from "./configuration_error.ts";
import { foreignOptionHint } from "./foreign_options.ts";
import { printable } from "./printable.ts";
import { quietly } from "./promises.ts";

/** The values of an option. */
export interface OptionKind {
  /** The values in words, after "must be". */
  readonly expected: string;
  /** Whether a value is of this kind. */
  is(value: unknown): boolean;
  /** Describes a value of another kind. Default: {@linkcode describe}. */
  found?(value: unknown): string;
}

/** The kinds of all options of an interface. TypeScript rejects an object without one of them. */
export type OptionKinds<Options> = { readonly [Name in keyof Required<Options>]: OptionKind };

/** The class of the error. */
type Refusal = new (message: string) => Error;

/** The longest text that is shown in a message. */
const LONGEST_SHOWN = 40;
/** Options whose value is never shown. */
const SECRET = /secret|salt|passw/i;

/** Any value. The check does not even read it. */
export const ANY: OptionKind = { expected: "anything", is: () => true };
/** Exactly `true` or `false`. */
export const BOOLEAN: OptionKind = {
  expected: "true or false",
  is: (value) => typeof value === "boolean",
};
/** A string, which can be empty. */
export const TEXT: OptionKind = textThatIs("a string");
/** A string of at least one character. */
export const NAME: OptionKind = {
  expected: "a string that is not empty",
  is: (value) => typeof value === "string" && value !== "",
};
/** A list of strings. */
export const TEXTS: OptionKind = listOf(TEXT, "a list of strings");
/** A number. */
export const NUMBER: OptionKind = numberOf("a number");
/**
 * A limit of 0 or more. `Infinity` sets no limit. `NaN` is refused, because every comparison with
 * it fails.
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
/** An object with named members. */
export const OBJECT: OptionKind = { expected: "an object", is: isBag };

/** A string with a description of its own. */
export function textThatIs(expected: string): OptionKind {
  return { expected, is: (value) => typeof value === "string" };
}

/** A number with a description of its own. */
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
 * An object with these methods. If a string is given instead, the message does not show it, because
 * it can be a secret.
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

/** An object of a class. */
export function instanceOf(
  constructor: abstract new (...args: never[]) => unknown,
  expected: string,
): OptionKind {
  return { expected, is: (value) => value instanceof constructor };
}

/**
 * Throws for unknown options, for values of a wrong type, and for options that are not an object.
 *
 * An option is an own enumerable property of the object. The value `undefined` counts as a missing
 * option.
 *
 * @param what The function with these options, for the message, such as `redirect()`.
 * @param options The given options.
 * @param kinds The kinds of the options.
 * @param ErrorClass The class of the error: `TypeError` while the app answers requests.
 * @throws {ConfigurationError} If an option is wrong or unknown. With `ErrorClass` it is an error
 * of that class.
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
 * Whether {@linkcode checkOptions} would accept options. It saves the cost of a message.
 *
 * @param options The given options.
 * @param kinds The kinds of the options.
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
 * Throws for options that are not an object.
 *
 * @param what The function with these options, for the message.
 * @param options The given options.
 * @param ErrorClass The class of the error.
 * @throws {ConfigurationError} If they are not an object. With `ErrorClass` it is an error of that
 * class.
 */
export function checkBag(
  what: string,
  options: unknown,
  ErrorClass: Refusal = ConfigurationError,
): void {
  if (!isBag(options)) throw new ErrorClass(reasonAgainstBag(what, options, ""));
}

/**
 * Throws for a value of another kind.
 *
 * @param what The name of the value in the message, after "Cannot use".
 * @param value The given value.
 * @param kind The kind of the value.
 * @param ErrorClass The class of the error.
 * @throws {ConfigurationError} If it is of another kind. With `ErrorClass` it is an error of that
 * class.
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

/** Describes a value in a few words. Short strings and numbers are shown. */
export function describe(value: unknown): string {
  // No code awaits a refused promise.
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

/** Whether a value is an object with named members. Lists, maps, promises and errors are not. */
function isBag(options: unknown): options is Bag {
  return typeof options === "object" && options !== null && !(Symbol.iterator in options) &&
    !(options instanceof Promise) && !(options instanceof Error);
}

/**
 * Whether an option has the right kind. An option of kind ANY is not read, because a getter can be
 * costly.
 */
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
 * Checks the decision of a callback, which must be exactly true or false.
 *
 * @param answer The value that it returned, which its type does not guarantee.
 * @param callback The name and the source location of the callback, for the message.
 * @throws {TypeError} If the value is neither true nor false.
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
