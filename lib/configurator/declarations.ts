/**
 * What an app's configuration says, and whether it contradicts itself.
 *
 * @module
 */

import { ConfigurationError } from "../configuration_error.ts";
import type { Place } from "../place.ts";

/** One statement of the configuration. */
export interface Declaration {
  /** What may be said only once, such as `route "home"`; `null` for what may be repeated. */
  readonly subject: string | null;
  /** Where it was said. */
  readonly place: Place;
  /** Carries it out. */
  readonly apply: () => void;
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
export class Declarations {
  readonly #pending: Declaration[] = [];
  #closed = false;

  /** Adds a statement. */
  add(declaration: Declaration): void {
    if (this.#closed) {
      const subject = declaration.subject ?? "anything";
      throw new ConfigurationError(
        `Cannot declare ${subject} at ${declaration.place}: the app was already made`,
      );
    }
    this.#pending.push(declaration);
  }

  /**
   * Carries every statement out; none can be added afterwards.
   *
   * @throws {ConfigurationConflictError} If two statements have one subject.
   */
  execute(): void {
    this.#closed = true;
    const bySubject = new Map<string, Declaration[]>();
    for (const declaration of this.#pending) {
      if (declaration.subject === null) continue;
      const same = bySubject.get(declaration.subject);
      if (same === undefined) bySubject.set(declaration.subject, [declaration]);
      else same.push(declaration);
    }
    for (const [subject, [...same]] of bySubject) {
      if (same.length < 2) continue;
      throw new ConfigurationConflictError(subject, same.map(({ place }) => String(place)));
    }
    for (const declaration of this.#pending) declaration.apply();
  }
}
