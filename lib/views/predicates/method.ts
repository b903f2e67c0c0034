/**
 * Which methods a view or a route answers.
 *
 * @module
 */

import type { OptionKind } from "../../check_options.ts";
import { ConfigurationError } from "../../configuration_error.ts";
import { Not, ONE_OR_MORE_TEXTS, type OrNot, orNot } from "./predicate.ts";

/** One method, several, or `"*"` for all of them. */
export type RequestMethod = string | readonly string[];

/** What an option `requestMethod` takes. */
export const REQUEST_METHOD_KIND: OptionKind = orNot(ONE_OR_MORE_TEXTS);

const DEFAULT_METHODS = ["GET", "HEAD"];
/** Those of RFC 9110 and RFC 5789 that reach an app. */
const COMMON_METHODS = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"];
/** A method, which is in capitals. */
export const METHOD: RegExp = /^[A-Z][A-Z-]*$/;

/** Holds for requests of the methods that a view names; GET implies HEAD. */
export class MethodPredicate {
  /** The methods in alphabetical order; `null`: all but `excluded`. */
  readonly methods: readonly string[] | null;
  /** Whether the view named them itself; `"*"` names none. */
  readonly isStated: boolean;
  /** Whether nobody named them: neither the view nor its route. */
  readonly isDefault: boolean;
  readonly #included: ReadonlySet<string> | null;
  readonly #excluded: ReadonlySet<string>;
  #text: string | undefined;

  /**
   * Checks the methods.
   *
   * @param stated What the view says, `"*"`, or `not(…)`. Default: `fallback`.
   * @param fallback What a view answers that says nothing. Default: GET and HEAD.
   * @throws {ConfigurationError} If one is not a method in capitals.
   */
  constructor(
    stated: OrNot<RequestMethod> | undefined,
    fallback: OrNot<RequestMethod> = DEFAULT_METHODS,
  ) {
    const wanted = stated ?? fallback;
    this.isStated = stated !== undefined && stated !== "*";
    this.isDefault = wanted === DEFAULT_METHODS;
    const excluded = wanted instanceof Not ? methodsOf(wanted.value) : [];
    if (excluded === null) {
      throw new ConfigurationError('Cannot answer no method: not("*") leaves none');
    }
    this.methods = wanted instanceof Not ? null : methodsOf(wanted);
    this.#included = this.methods === null ? null : new Set(this.methods);
    this.#excluded = new Set(excluded);
  }

  /** The methods that `Allow` names: of all but some, those that are common. */
  get allowed(): readonly string[] {
    return this.methods ?? COMMON_METHODS.filter((method) => this.holds(method));
  }

  /** Whether a request of this method is answered. */
  holds(method: string): boolean {
    return this.#included === null ? !this.#excluded.has(method) : this.#included.has(method);
  }

  /** Whether some request could be answered by both. */
  meets(other: MethodPredicate): boolean {
    const { allowed } = this;
    return allowed.some((method) => other.holds(method)) ||
      other.allowed.some((method) => this.holds(method)) ||
      // Each takes methods that nobody has heard of.
      this.methods === null && other.methods === null;
  }

  /** What it adds to a view's weight: who names methods goes before who takes the default ones, and these before who takes all. */
  get weight(): number {
    if (this.isStated) return 1;
    return this.methods === null ? 0 : 0.5;
  }

  /** The methods, for people and for telling predicates apart. */
  toString(): string {
    return this.#text ??= this.#inWords();
  }

  #inWords(): string {
    if (this.methods !== null) return this.methods.join(" ");
    return this.#excluded.size === 0 ? "*" : `not ${[...this.#excluded].join(" ")}`;
  }
}

const UNSTATED = new MethodPredicate(undefined);

/**
 * The methods of a view; views that state none share one predicate.
 *
 * @param stated What the view says.
 * @param ofRoute What its route says, which a view takes that says nothing.
 * @throws {ConfigurationError} If one is not a method in capitals.
 */
export function viewMethods(
  stated: OrNot<RequestMethod> | undefined,
  ofRoute?: OrNot<RequestMethod>,
): MethodPredicate {
  const isUnstated = stated === undefined && ofRoute === undefined;
  return isUnstated ? UNSTATED : new MethodPredicate(stated, ofRoute);
}

function methodsOf(stated: RequestMethod): readonly string[] | null {
  if (stated === "*") return null;
  const given = typeof stated === "string" ? [stated] : stated;
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
