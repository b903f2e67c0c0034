/**
 * What an app's configuration states, and whether it contradicts itself.
 *
 * @module
 */

import { describe, NAME } from "../check_options.ts";
import { ConfigurationError } from "../configuration_error.ts";
import type { SourceLocation } from "../source_location.ts";
import { isIncludedBy, type Part } from "./includes.ts";

/** Who states something, and where. */
export interface Source {
  /** The part of the configuration that states it. */
  readonly part: Part;
  /** Where in the app's source it is stated. */
  readonly place: SourceLocation;
}

/**
 * One statement of the configuration; it was checked when it was made.
 *
 * @typeParam Target What statements are carried out upon.
 */
export interface Statement<Target> extends Source {
  /** What may be stated only once, such as `route "home"`, in words; `null` for what may be repeated. */
  readonly subject: string | null;
  /** Tells subjects of the same words apart; `""` where words do. */
  readonly identity: string;
  /** Whether it is about the app as a whole: the first inclusion of a callable has stated it for all. */
  readonly isOfApp: boolean;
  /** Carries it out; a later statement of the same key replaces an earlier one. */
  apply(target: Target, key: string): void;
}

/**
 * The same thing was declared twice.
 *
 * Pyramid: `pyramid.exceptions.ConfigurationConflictError`.
 */
export class ConfigurationConflictError extends ConfigurationError {
  /** Always `"ConfigurationConflictError"`. */
  override name = "ConfigurationConflictError";
  /** What was declared twice. */
  readonly subject: string;
  /** Where, in the order of statement: files and lines. */
  readonly places: readonly string[];

  /** Makes the error. */
  constructor(subject: string, places: readonly string[]) {
    const [first, ...others] = places;
    super(
      `Cannot declare ${subject} twice: first at ${first}, again at ${others.join(" and ")}`,
    );
    this.subject = subject;
    this.places = places;
  }
}

/** Collects statements, and carries them out in their order once none contradicts another. */
export class Statements<Target> {
  readonly #target: Target;
  #pending: Statement<Target>[] = [];
  #closed = false;

  /** Begins without a statement. */
  constructor(target: Target) {
    this.#target = target;
  }

  /**
   * Adds a statement.
   *
   * @throws {ConfigurationError} If no more are taken.
   */
  add(statement: Statement<Target>): void {
    if (statement.isOfApp && statement.part.repetition !== "") return;
    if (this.#closed) {
      const subject = subjectOf(statement) ?? "anything";
      throw new ConfigurationError(
        `Cannot declare ${subject} at ${statement.place}: the app was already made: state it before makeApp()`,
      );
    }
    this.#pending.push(statement);
  }

  /**
   * Carries out what was stated since the last time; later statements may replace it.
   *
   * Of several statements of one subject that of the part which includes all the others counts;
   * where there is none, they conflict. Pyramid: `commit`, and its rule for conflicts.
   *
   * @throws {ConfigurationConflictError} If statements conflict.
   */
  execute(): void {
    const pending = this.#pending;
    const keys = pending.map(keyOf);
    const beaten = new Set<Statement<Target>>();
    for (const same of repeated(pending, keys)) {
      const winner = same.find(({ part }) =>
        same.every((other) => other.part === part || isIncludedBy(other.part, part))
      );
      const rivals = winner === undefined ? same : same.filter(({ part }) => part === winner.part);
      if (winner === undefined || rivals.length > 1) {
        const places = rivals.map(({ place }) => String(place));
        throw new ConfigurationConflictError(subjectOf(same[0]!) ?? "", places);
      }
      for (const statement of same) if (statement !== winner) beaten.add(statement);
    }
    // Not before: what conflicts must conflict again, or a second try would make half an app.
    this.#pending = [];
    pending.forEach((statement, at) => {
      if (!beaten.has(statement)) statement.apply(this.#target, keys[at]!);
    });
  }

  /** Carries out what is left, and takes no more. */
  close(): void {
    this.execute();
    this.#closed = true;
  }
}

/** Each inclusion of a callable makes its own statements. */
function subjectOf({ subject, part }: Statement<never>): string | null {
  return subject === null ? null : subject + part.repetition;
}

/** Tells statements apart; `""` for those that may be repeated. */
function keyOf(statement: Statement<never>): string {
  const subject = subjectOf(statement);
  return subject === null ? "" : subject + statement.identity;
}

/** The statements whose key is not theirs alone, by key. */
function repeated<Target>(
  statements: readonly Statement<Target>[],
  keys: readonly string[],
): readonly (readonly Statement<Target>[])[] {
  const once = keys.filter((key) => key !== "");
  if (new Set(once).size === once.length) return [];
  return [...Map.groupBy(statements, (_, at) => keys[at]!)]
    .filter(([key, same]) => key !== "" && same.length > 1)
    .map(([, same]) => same);
}

const numbers = new WeakMap<object, number>();
let last = 0;

/** A text that is the same for the same object alone. */
export function identityOf(object: object): string {
  const number = numbers.get(object) ?? ++last;
  numbers.set(object, number);
  return `#${number}`;
}

/** The same error with what was being added, and where; any other error as it is. */
export function declaredAt(error: unknown, what: string): unknown {
  return error instanceof ConfigurationError
    // Not as a cause too: Deno would print the message twice.
    ? new ConfigurationError(`Cannot add ${what}: ${error.message}`)
    : error;
}

/**
 * Refuses what ought to be a function and is none.
 *
 * @param what What it is, for the message.
 * @throws {ConfigurationError} If it is none.
 */
export function checkFunction(what: string, value: unknown): void {
  if (typeof value === "function") return;
  const found = value === null ? "null" : Array.isArray(value) ? "an array" : typeof value;
  throw new ConfigurationError(`Cannot add ${what}: must be a function, not ${found}`);
}

/**
 * Refuses a function under a name where one of them is none.
 *
 * @param what What is named, for the message, such as `renderer`.
 * @param name What was given for its name.
 * @param value What was given for the function.
 * @throws {ConfigurationError} If the name is no text or empty, or the function is none.
 */
export function checkNamed(what: string, name: unknown, value: unknown): void {
  if (!NAME.is(name)) {
    throw new ConfigurationError(
      `Cannot add a ${what}: its name must be ${NAME.expected}, not ${describe(name)}`,
    );
  }
  checkFunction(`${what} "${name}"`, value);
}
