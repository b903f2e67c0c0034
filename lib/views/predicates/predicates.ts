/**
 * The predicates of a view or a route. Add a built-in predicate to this list.
 *
 * @module
 */

import { decided, describe, listOf, OBJECT, type OptionKinds } from "../../check_options.ts";
import { ConfigurationError } from "../../configuration_error.ts";
import { didYouMean } from "../../did_you_mean.ts";
import { TOKEN } from "../../http/field_syntax.ts";
import { ACCEPT, type AcceptTypes } from "./accept.ts";
import { HEADER, type HeaderConditions } from "./header.ts";
import { MATCH_PARAM } from "./match_param.ts";
import {
  type BuiltInPredicate,
  type OrNot,
  type Predicate,
  type PredicateFactory,
  predicateOf,
  type PredicateOption,
} from "./predicate.ts";
import { type ParamConditions, REQUEST_PARAM } from "./request_param.ts";

/** The predicates of a view or a route, except `requestMethod`. */
export interface PredicateOptions {
  /**
   * A parameter of the query or the form that the request must have (`user`), or a list. `user=ada`
   * also demands the value.
   */
  readonly requestParam?: OrNot<ParamConditions>;
  /** A parameter of the route's pattern with its value, such as `action=edit`, or a list. */
  readonly matchParam?: OrNot<ParamConditions>;
  /**
   * A header that the request must have (`X-Api`), or a list. `X-Api:v[12]` also demands that the
   * beginning of its value matches the regular expression `v[12]`.
   */
  readonly header?: OrNot<HeaderConditions>;
  /**
   * The media types that the view makes. Of several views, the one with the highest quality in the
   * visitor's `Accept` header answers.
   */
  readonly accept?: AcceptTypes;
  /**
   * Values for your own predicates, by their names. You add these with `addViewPredicate()`, or
   * with `addRoutePredicate()` for routes.
   */
  readonly custom?: Readonly<Record<string, unknown>>;
}

type BuiltInName = Exclude<keyof PredicateOptions, "custom">;

/**
 * The built-in predicates, the cheapest first. TypeScript rejects this object if a predicate is
 * missing.
 */
const BUILT_IN: {
  readonly [Name in BuiltInName]: PredicateOption<Pick<PredicateOptions, Name>>;
} = {
  matchParam: MATCH_PARAM,
  header: HEADER,
  accept: ACCEPT,
  requestParam: REQUEST_PARAM,
};

/**
 * The kinds of the values in {@linkcode PredicateOptions}. Each predicate checks its text itself.
 */
export const PREDICATE_KINDS: OptionKinds<PredicateOptions> = { ...BUILT_IN, custom: OBJECT };

const { matchParam: _ofViewsAlone, ...ofRoutes } = PREDICATE_KINDS;

/**
 * The predicates of routes. `matchParam` is missing, because these run before the pattern is
 * matched.
 */
export const ROUTE_PREDICATE_KINDS: OptionKinds<Omit<PredicateOptions, "matchParam">> = ofRoutes;

const IN_ORDER = Object.values(BUILT_IN);
const NONE: readonly BuiltInPredicate[] = [];
const NO_NAMES: readonly string[] = [];

const HEADER_NAMES = listOf(
  { expected: "a header's name", is: (value) => typeof value === "string" && TOKEN.test(value) },
  "a list of header names",
);

/**
 * The request headers that predicates read, each once.
 *
 * @param predicates The predicates of one view, or of several.
 */
export function varyOfAll(predicates: readonly Predicate[]): readonly string[] {
  const names = new Map<string, string>();
  for (const { vary = [] } of predicates) {
    for (const name of vary) names.set(name.toLowerCase(), names.get(name.toLowerCase()) ?? name);
  }
  return names.size === 0 ? NO_NAMES : [...names.values()];
}

/** The view or route to which predicates belong. */
export interface PredicateOwner {
  /** Its name and source location for messages. One call costs 13 µs. */
  readonly name: () => string;
  /** Whether the predicates must not return a promise, as for a route. */
  readonly atOnce: boolean;
}

/**
 * Makes the built-in predicates of a view or route, the cheapest first.
 *
 * @param options The options of the view or route.
 * @param atOnce Whether they must not return a promise, as for a route.
 * @throws {ConfigurationError} If a value has the wrong form.
 */
export function builtInPredicates(
  options: PredicateOptions,
  atOnce: boolean,
): readonly BuiltInPredicate[] {
  let predicates: BuiltInPredicate[] | undefined;
  for (const option of IN_ORDER) {
    const predicate = option.predicate(options, atOnce);
    if (predicate !== undefined) (predicates ??= []).push(predicate);
  }
  return predicates ?? NONE;
}

/**
 * Adds the app's own predicates to the built-in ones.
 *
 * @param builtIn The built-in predicates.
 * @param custom The values of the app's own predicates, by name.
 * @param factories The factories of these predicates, by name.
 * @param owner The view or route that has them.
 * @throws {ConfigurationError} If a name is unknown, or a factory returns something that is not a
 * predicate.
 */
export function withCustom(
  builtIn: readonly BuiltInPredicate[],
  custom: PredicateOptions["custom"],
  factories: ReadonlyMap<string, PredicateFactory>,
  owner: PredicateOwner,
): readonly Predicate[] {
  if (custom === undefined) return builtIn;
  const adding = owner.atOnce ? "addRoutePredicate" : "addViewPredicate";
  const own = Object.entries(custom).map(([name, value]) => {
    const factory = factories.get(name);
    if (factory === undefined) {
      const hint = didYouMean(name, factories.keys()) || `: write config.${adding}("${name}", …)`;
      throw new ConfigurationError(`Cannot use predicate "${name}": no such predicate${hint}`);
    }
    return predicateOf(value, (value) => exact(factory(value), name, owner));
  });
  return [...builtIn, ...own];
}

/** A predicate of the app's own, which must return exactly true or false. */
function exact(predicate: Predicate, name: string, owner: PredicateOwner): Predicate {
  const given: Partial<Predicate> | null | undefined = predicate;
  if (typeof given?.text !== "string" || typeof given.holds !== "function") {
    throw new ConfigurationError(
      `Cannot use predicate "${name}": its factory must return an object with a string "text" and a function "holds"`,
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
