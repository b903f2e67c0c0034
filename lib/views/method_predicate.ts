/**
 * Which methods a view answers.
 *
 * @module
 */

import { ConfigurationError } from "../configuration_error.ts";

/** One method, several, or `"*"` for all of them. */
export type RequestMethod = string | readonly string[];

const DEFAULT_METHODS = ["GET", "HEAD", "POST"];
const METHOD = /^[A-Z][A-Z-]*$/;

/** Holds for requests of the methods that a view names; GET implies HEAD. */
export class MethodPredicate {
  /** The methods in alphabetical order; `null`: all of them. */
  readonly methods: readonly string[] | null;
  /** Whether the view named them itself. */
  readonly isStated: boolean;
  readonly #set: ReadonlySet<string> | null;

  /**
   * Checks the methods.
   *
   * @param stated What the view says. Default: GET, HEAD and POST.
   * @throws {ConfigurationError} If one is not a method in capitals.
   */
  constructor(stated: RequestMethod | undefined) {
    this.isStated = stated !== undefined;
    this.methods = methodsOf(stated);
    this.#set = this.methods === null ? null : new Set(this.methods);
  }

  /** Whether a request of this method is answered. */
  holds(method: string): boolean {
    return this.#set === null || this.#set.has(method);
  }

  /** The methods, for people and for telling predicates apart. */
  toString(): string {
    return this.methods === null ? "*" : this.methods.join(" ");
  }
}

function methodsOf(stated: RequestMethod | undefined): readonly string[] | null {
  if (stated === "*") return null;
  const given = typeof stated === "string" ? [stated] : stated ?? DEFAULT_METHODS;
  if (given.length === 0) {
    throw new ConfigurationError('Cannot answer no method: name one, or write "*" for all');
  }
  for (const method of given) {
    if (METHOD.test(method)) continue;
    const hint = METHOD.test(method.toUpperCase()) ? `: write "${method.toUpperCase()}"` : "";
    throw new ConfigurationError(
      `Cannot answer requestMethod "${method}": must be a method in capitals${hint}`,
    );
  }
  const methods = new Set(given);
  if (methods.has("GET")) methods.add("HEAD");
  return [...methods].sort();
}
