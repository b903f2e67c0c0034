/**
 * The statements of a configuration, and the search for conflicts among them.
 *
 * @module
 */

import { describe, NAME } from "../check_options.ts";
import { ConfigurationError } from "../configuration_error.ts";
import type { SourceLocation } from "../source_location.ts";
import { isIncludedBy, type Part } from "./includes.ts";

/** The origin of a statement. */
export interface Source {
  /** The part of the configuration that made the statement. */
  readonly part: Part;
  /** The source location of the statement. */
  readonly place: SourceLocation;
}

/**
 * One call that configures the app, such as `addRoute()`. The call has checked its arguments
 * already.
 *
 * @typeParam Target The plan on which statements are executed.
 */
export interface Statement<Target> extends Source {
  /**
   * The subject of the statement in words, such as `route "home"`. Two statements of one subject
   * conflict. `null` if it can be repeated.
   */
  readonly subject: string | null;
  /** A text that distinguishes two subjects of the same words, or `""`. */
  readonly identity: string;
  /**
   * What it is about.
   *
   * `"part"`: the routes of its inclusion, so that each inclusion of a function makes it. `"scope"`:
   * the scope of its part, so that the first inclusion there makes it. `"app"`: the app, so that
   * the first inclusion makes it.
   */
  readonly about: "part" | "scope" | "app";
  /** Executes it. A later statement of the same key replaces an earlier one. */
  apply(target: Target, key: string): void;
}

/**
 * The app declares one thing twice, for example two routes of one name.
 *
 * Pyramid: `pyramid.exceptions.ConfigurationConflictError`.
 */
export class ConfigurationConflictError extends ConfigurationError {
  /** Always `"ConfigurationConflictError"`. */
  override name = "ConfigurationConflictError";
  /** The thing that the app declares twice, such as `route "home"`. */
  readonly subject: string;
  /** The source locations of both declarations, each with file and line, the earlier one first. */
  readonly places: readonly string[];

  /**
   * Makes the error.
   *
   * @param subject The thing that the app declares twice.
   * @param places The source locations.
   */
  constructor(subject: string, places: readonly string[]) {
    const [first, ...others] = places;
    super(
      `Cannot declare ${subject} twice: first at ${first}, again at ${others.join(" and ")}`,
    );
    this.subject = subject;
    this.places = places;
  }
}

/** Collects statements, and executes them in their order if none conflicts with another. */
export class Statements<Target> {
  readonly #target: Target;
  #pending: Statement<Target>[] = [];
  #closed = false;

  /** Begins without statements. */
  constructor(target: Target) {
    this.#target = target;
  }

  /**
   * Adds a statement.
   *
   * @throws {ConfigurationError} If the app was already made.
   */
  add(statement: Statement<Target>): void {
    if (this.takes(statement)) this.#pending.push(statement);
  }

  /**
   * Whether a statement counts, because no earlier inclusion of its function made it.
   *
   * @throws {ConfigurationError} If the app was already made.
   */
  takes(statement: Pick<Statement<Target>, "about" | "part" | "place" | "subject">): boolean {
    if (isRepeated(statement)) return false;
    if (!this.#closed) return true;
    const subject = subjectOf(statement) ?? "anything";
    throw new ConfigurationError(
      `Cannot declare ${subject} at ${statement.place}: the app was already made: write this call before makeApp()`,
    );
  }

  /**
   * Executes the statements since the last call. Later statements can replace them.
   *
   * If several statements have one subject, the statement of the part that includes all other parts
   * counts. If no part includes all others, the statements conflict. Pyramid: `commit`, and its
   * rule for conflicts.
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
    // Not earlier: a second call must find the same conflict, and not make half an app.
    this.#pending = [];
    pending.forEach((statement, at) => {
      if (!beaten.has(statement)) statement.apply(this.#target, keys[at]!);
    });
  }

  /** Executes the last statements, and accepts no more. */
  close(): void {
    this.execute();
    this.#closed = true;
  }
}

/** What decides which statements have one subject. */
type Stated = Pick<Statement<never>, "about" | "part" | "subject">;

function isRepeated({ about, part }: Stated): boolean {
  return about === "scope" ? part.isRepeated : about === "app" && part.repetition !== "";
}

/** The subject, with the inclusion or the scoped part that it is about. */
function subjectOf({ about, subject, part }: Stated): string | null {
  if (subject === null || about === "app") return subject;
  if (about === "part") return subject + part.repetition;
  return part.scope.parent === null ? subject : `${subject} of the scoped part ${part.scope}`;
}

/** The key of a statement. It is `""` if the statement can be repeated. */
function keyOf(statement: Statement<never>): string {
  const subject = subjectOf(statement);
  if (subject === null) return "";
  const { about, identity, part } = statement;
  const isScoped = about === "scope" && part.scope.parent !== null;
  return subject + identity + (isScoped ? identityOf(part.scope) : "");
}

/** The groups of statements that share a key. */
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

/** A text that is unique for each object. */
export function identityOf(object: object): string {
  const number = numbers.get(object) ?? ++last;
  numbers.set(object, number);
  return `#${number}`;
}

/**
 * Adds the thing that was being added, and its source location, to a configuration error. Returns
 * any other error unchanged.
 */
export function declaredAt(error: unknown, what: string): unknown {
  return error instanceof ConfigurationError
    // The error is not also the cause, because Deno would print the message twice.
    ? new ConfigurationError(`Cannot add ${what}: ${error.message}`)
    : error;
}

/**
 * Checks that a value is a function.
 *
 * @param what The name of the value in the message.
 * @throws {ConfigurationError} If it is not a function.
 */
export function checkFunction(what: string, value: unknown): void {
  if (typeof value === "function") return;
  const found = value === null ? "null" : Array.isArray(value) ? "an array" : typeof value;
  throw new ConfigurationError(`Cannot add ${what}: must be a function, not ${found}`);
}

/**
 * Checks a name and its function.
 *
 * @param what The kind of the function in the message, such as `renderer`.
 * @param name The value that was given as the name.
 * @param value The value that was given as the function.
 * @throws {ConfigurationError} If the name is not a string or is empty, or the value is not a
 * function.
 */
export function checkNamed(what: string, name: unknown, value: unknown): void {
  if (!NAME.is(name)) {
    throw new ConfigurationError(
      `Cannot add a ${what}: its name must be ${NAME.expected}, not ${describe(name)}`,
    );
  }
  checkFunction(`${what} "${name}"`, value);
}
