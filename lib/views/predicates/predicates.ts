/**
 * The predicates of a view or a route: where a built-in one is added to the others.
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

/** The predicates that can be stated, but the method. */
export interface PredicateOptions {
  /** A parameter of the query or the form that must be there (`user`), or be something (`user=ada`), or several. */
  readonly requestParam?: OrNot<ParamConditions>;
  /** What the route's pattern must have captured, such as `action=edit`, or several. */
  readonly matchParam?: OrNot<ParamConditions>;
  /** A header that must be there (`X-Api`), or begin as an expression says (`X-Api:v[12]`), or several. */
  readonly header?: OrNot<HeaderConditions>;
  /** The media types that the view makes: of several views the most welcome answers. */
  readonly accept?: AcceptTypes;
  /** Predicates that `addViewPredicate`, or `addRoutePredicate` for routes, named, with their values. */
  readonly custom?: Readonly<Record<string, unknown>>;
}

type BuiltInName = Exclude<keyof PredicateOptions, "custom">;

/** The built-in predicates, the cheapest first: the compiler demands that none is left out. */
const BUILT_IN: {
  readonly [Name in BuiltInName]: PredicateOption<Pick<PredicateOptions, Name>>;
} = {
  matchParam: MATCH_PARAM,
  header: HEADER,
  accept: ACCEPT,
  requestParam: REQUEST_PARAM,
};

/** What {@linkcode PredicateOptions} take; what is in the texts is checked by each predicate. */
export const PREDICATE_KINDS: OptionKinds<PredicateOptions> = { ...BUILT_IN, custom: OBJECT };

const { matchParam: _ofViewsAlone, ...ofRoutes } = PREDICATE_KINDS;

/** What routes take, whose pattern was not matched yet when they are asked. */
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
 * The built-in predicates that are stated, the cheapest first.
 *
 * @param options What is stated.
 * @param atOnce Whether they must answer at once, as a route's must.
 * @throws {ConfigurationError} If one is not of its form.
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
 * The predicates that are stated: the built-in ones, which are made already, and those of the app's own.
 *
 * @param builtIn The built-in ones.
 * @param custom The values of the app's own, by name.
 * @param factories What makes these, by name.
 * @param owner Who states them.
 * @throws {ConfigurationError} If one is not known, or what its factory made is not a predicate.
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
