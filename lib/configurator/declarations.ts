/**
 * What an app's configuration says, and whether it contradicts itself.
 *
 * @module
 */

import { ConfigurationError } from "../configuration_error.ts";
import type { SourceLocation } from "../source_location.ts";
import { isIncludedBy, type Part } from "./includes.ts";

/**
 * One statement of the configuration.
 *
 * @typeParam Target What statements are carried out upon.
 */
export interface Declaration<Target> {
  /** What may be said only once, such as `route "home"`, in words; `null` for what may be repeated. */
  readonly subject: string | null;
  /** Tells subjects of the same words apart; `""` where words do. */
  readonly identity: string;
  /** Where it was said. */
  readonly place: SourceLocation;
  /** The part of the configuration that says it. */
  readonly part: Part;
  /** Carries it out; a later statement of the same key replaces an earlier one. */
  readonly apply: (target: Target, key: string) => void;
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
export class Declarations<Target> {
  readonly #target: Target;
  #pending: Declaration<Target>[] = [];
  #closed = false;

  /** Begins without a statement. */
  constructor(target: Target) {
    this.#target = target;
  }

  /** Adds a statement. */
  add(declaration: Declaration<Target>): void {
    if (this.#closed) {
      const subject = subjectOf(declaration) ?? "anything";
      throw new ConfigurationError(
        `Cannot declare ${subject} at ${declaration.place}: the app was already made: state it before makeApp()`,
      );
    }
    this.#pending.push(declaration);
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
    const beaten = new Set<Declaration<Target>>();
    for (const same of repeated(pending, keys)) {
      const winner = same.find(({ part }) =>
        same.every((other) => other.part === part || isIncludedBy(other.part, part))
      );
      const rivals = winner === undefined ? same : same.filter(({ part }) => part === winner.part);
      if (winner === undefined || rivals.length > 1) {
        const places = rivals.map(({ place }) => String(place));
        throw new ConfigurationConflictError(subjectOf(same[0]!) ?? "", places);
      }
      for (const declaration of same) if (declaration !== winner) beaten.add(declaration);
    }
    // Not before: what conflicts must conflict again, or a second try would make half an app.
    this.#pending = [];
    pending.forEach((declaration, at) => {
      if (!beaten.has(declaration)) declaration.apply(this.#target, keys[at]!);
    });
  }

  /** Carries out what is left, and takes no more. */
  close(): void {
    this.execute();
    this.#closed = true;
  }
}

/** Each inclusion of a callable makes its own statements. */
function subjectOf({ subject, part }: Declaration<never>): string | null {
  return subject === null ? null : subject + part.repetition;
}

/** Tells statements apart; `""` for those that may be repeated. */
function keyOf(declaration: Declaration<never>): string {
  const subject = subjectOf(declaration);
  return subject === null ? "" : subject + declaration.identity;
}

/** The statements whose key is not theirs alone, by key. */
function repeated<Target>(
  declarations: readonly Declaration<Target>[],
  keys: readonly string[],
): readonly (readonly Declaration<Target>[])[] {
  const once = keys.filter((key) => key !== "");
  if (new Set(once).size === once.length) return [];
  return [...Map.groupBy(declarations, (_, at) => keys[at]!)]
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
