/**
 * The predicate `requestMethod` of views and routes.
 *
 * @module
 */

import type { OptionKind } from "../../check_options.ts";
import { ConfigurationError } from "../../configuration_error.ts";
import { Not, ONE_OR_MORE_TEXTS, type OrNot, orNot } from "./predicate.ts";

/** One method such as `"GET"`, a list of methods, or `"*"` for all methods. */
export type RequestMethod = string | readonly string[];

/** The values of an option `requestMethod`. */
export const REQUEST_METHOD_KIND: OptionKind = orNot(ONE_OR_MORE_TEXTS);

const DEFAULT_METHODS = ["GET", "HEAD"];
/** The methods of RFC 9110 and RFC 5789 that can reach an app. */
const COMMON_METHODS = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"];
/** A method in capital letters. */
export const METHOD: RegExp = /^[A-Z][A-Z-]*$/;

/** Matches requests with one of the methods. GET includes HEAD. */
export class MethodPredicate {
  /** The methods in alphabetical order. `null` means all methods, except those in `not(…)`. */
  readonly methods: readonly string[] | null;
  /** Whether the view names its methods. It does not if it has `"*"`. */
  readonly isStated: boolean;
  /** Whether neither the view nor its route names methods. */
  readonly isDefault: boolean;
  readonly #included: ReadonlySet<string> | null;
  readonly #excluded: ReadonlySet<string>;
  #text: string | undefined;

  /**
   * Checks the methods.
   *
   * @param stated The option of the view: methods, `"*"`, or `not(…)`. Default: `fallback`.
   * @param fallback The methods of a view without the option. Default: GET and HEAD.
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
      throw new ConfigurationError(
        'Cannot use requestMethod not("*"): it leaves no method: write the methods that the view answers',
      );
    }
    this.methods = wanted instanceof Not ? null : methodsOf(wanted);
    this.#included = this.methods === null ? null : new Set(this.methods);
    this.#excluded = new Set(excluded);
  }

  /**
   * The methods for the header `Allow`. If the view answers nearly all methods, these are the
   * common ones.
   */
  get allowed(): readonly string[] {
    return this.methods ?? COMMON_METHODS.filter((method) => this.holds(method));
  }

  /** Whether it matches a request with this method. */
  holds(method: string): boolean {
    return this.#included === null ? !this.#excluded.has(method) : this.#included.has(method);
  }

  /** Whether both predicates can match one request. */
  meets(other: MethodPredicate): boolean {
    const { allowed } = this;
    return allowed.some((method) => other.holds(method)) ||
      other.allowed.some((method) => this.holds(method)) ||
      // Both match methods that no standard defines.
      this.methods === null && other.methods === null;
  }

  /**
   * The weight that it adds to a view. Named methods weigh more than the default methods, and these
   * more than `"*"`.
   */
  get weight(): number {
    if (this.isStated) return 1;
    return this.methods === null ? 0 : 0.5;
  }

  /** The methods as text, for messages and for comparisons. */
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
 * Makes the predicate of a view. Views without methods share one predicate.
 *
 * @param stated The option of the view.
 * @param ofRoute The option of its route, which applies to a view without methods.
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
    throw new ConfigurationError(
      'Cannot use requestMethod: it has no method: write one such as "GET", or "*" for all',
    );
  }
  for (const method of given) {
    if (METHOD.test(method)) continue;
    const hint = METHOD.test(method.toUpperCase()) ? `: write "${method.toUpperCase()}"` : "";
    throw new ConfigurationError(
      `Cannot use requestMethod "${method}": must be a method in capitals${hint}`,
    );
  }
  const methods = new Set(given);
  if (methods.has("GET")) methods.add("HEAD");
  return [...methods].sort();
}
