/**
 * The predicates of a view or a route.
 *
 * @module
 */

import {
  decided,
  describe,
  either,
  listOf,
  OBJECT,
  type OptionKind,
  type OptionKinds,
  TEXT,
  TEXTS,
} from "../../check_options.ts";
import { ConfigurationError } from "../../configuration_error.ts";
import { didYouMean } from "../../did_you_mean.ts";
import { TOKEN } from "../../http/field_syntax.ts";
import {
  AcceptPredicate,
  type AcceptTypes,
  type HeaderConditions,
  headerPredicate,
} from "./headers.ts";
import { matchParamPredicate, type ParamConditions } from "./params.ts";
import {
  type OrNot,
  orNot,
  type Predicate,
  type PredicateFactory,
  predicateOf,
} from "./predicate.ts";

/** The predicates that can be stated, but the method. */
export interface PredicateOptions {
  /** Parameters of the query or the form. */
  readonly requestParam?: OrNot<ParamConditions>;
  /** What the pattern captured. */
  readonly matchParam?: OrNot<ParamConditions>;
  /** Headers. */
  readonly header?: OrNot<HeaderConditions>;
  /** Media types. */
  readonly accept?: AcceptTypes;
  /** Predicates of the app's own. */
  readonly custom?: Readonly<Record<string, unknown>>;
}

/** One text or several. */
export const ONE_OR_MORE_TEXTS: OptionKind = either(TEXT, TEXTS);

/** What {@linkcode PredicateOptions} take; what is in the texts is checked by each predicate. */
export const PREDICATE_KINDS: OptionKinds<PredicateOptions> = {
  requestParam: orNot(ONE_OR_MORE_TEXTS),
  matchParam: orNot(ONE_OR_MORE_TEXTS),
  header: orNot(ONE_OR_MORE_TEXTS),
  accept: ONE_OR_MORE_TEXTS,
  custom: OBJECT,
};

const NONE: readonly Predicate[] = [];
const NO_NAMES: readonly string[] = [];

const HEADER_NAMES = listOf(
  { expected: "a header's name", is: (value) => typeof value === "string" && TOKEN.test(value) },
  "a list of header names",
);

/**
 * The request headers that predicates read, each once.
 *
 * @param predicates The predicates, of several views too.
 */
export function varyOfAll(predicates: readonly Predicate[]): readonly string[] {
  const names = new Map<string, string>();
  for (const { vary = [] } of predicates) {
    for (const name of vary) names.set(name.toLowerCase(), names.get(name.toLowerCase()) ?? name);
  }
  return names.size === 0 ? NO_NAMES : [...names.values()];
}

/** Whose predicates are made. */
export interface PredicateOwner {
  /** Names the view or route with its place, for messages; costs 13 µs. */
  readonly name: () => string;
  /** Whether they must answer at once, as a route's must. */
  readonly atOnce: boolean;
}

/**
 * The predicates that are stated, the cheapest first.
 *
 * @param options What is stated.
 * @param requestParam Makes the predicate on parameters.
 * @param factories The predicates of the app's own, by name.
 * @param owner Who states them.
 * @throws {ConfigurationError} If one is not of its form, or not known.
 */
export function predicatesOf(
  options: PredicateOptions,
  requestParam: (stated: ParamConditions) => Predicate,
  factories: ReadonlyMap<string, PredicateFactory>,
  owner: PredicateOwner,
): readonly Predicate[] {
  const builtIn = builtInPredicatesOf(options, requestParam);
  if (options.custom === undefined) return builtIn;
  const adding = owner.atOnce ? "addRoutePredicate" : "addViewPredicate";
  const own = Object.entries(options.custom).map(([name, value]) => {
    const factory = factories.get(name);
    if (factory === undefined) {
      const hint = didYouMean(name, factories.keys()) || `: write config.${adding}("${name}", …)`;
      throw new ConfigurationError(`Cannot use predicate "${name}": no such predicate${hint}`);
    }
    return predicateOf(value, (value) => exact(factory(value), name, owner));
  });
  return [...builtIn, ...own];
}

/** A predicate of the app's own, of which only `true` holds. */
function exact(predicate: Predicate, name: string, owner: PredicateOwner): Predicate {
  const given: Partial<Predicate> | null | undefined = predicate;
  if (typeof given?.text !== "string" || typeof given.holds !== "function") {
    throw new ConfigurationError(
      `Cannot use predicate "${name}": its factory must return { text, holds }, a string and a function`,
    );
  }
  const { vary = [] } = given;
  if (!HEADER_NAMES.is(vary)) {
    throw new ConfigurationError(
      `Cannot use predicate "${name}": its vary must be ${HEADER_NAMES.expected}, such as ["Accept-Language"], not ${
        describe(vary)
      }`,
    );
  }
  const callback = `predicate "${name}" of ${owner.name()}`;
  return {
    text: predicate.text,
    vary,
    holds(request) {
      const held = predicate.holds(request);
      if (held instanceof Promise && !owner.atOnce) {
        return held.then((held) => decided(held, callback));
      }
      return decided(held, callback);
    },
  };
}

/**
 * Those of the predicates that are not the app's own.
 *
 * @param options What is stated.
 * @param requestParam Makes the predicate on parameters.
 * @throws {ConfigurationError} If one is not of its form.
 */
export function builtInPredicatesOf(
  { accept, header, matchParam, requestParam: params }: PredicateOptions,
  requestParam: (stated: ParamConditions) => Predicate,
): readonly Predicate[] {
  const predicates: Predicate[] = [];
  if (matchParam !== undefined) predicates.push(predicateOf(matchParam, matchParamPredicate));
  if (header !== undefined) predicates.push(predicateOf(header, headerPredicate));
  if (accept !== undefined) predicates.push(new AcceptPredicate(accept));
  if (params !== undefined) predicates.push(predicateOf(params, requestParam));
  return predicates.length === 0 ? NONE : predicates;
}
