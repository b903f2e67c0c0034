/**
 * The predicate `matchParam`.
 *
 * @module
 */

import { ConfigurationError } from "../../configuration_error.ts";
import { didYouMean } from "../../did_you_mean.ts";
import type { Route } from "../../routing/route.ts";
import {
  type BuiltInPredicate,
  ONE_OR_MORE_TEXTS,
  type OrNot,
  orNot,
  predicateOf,
  type PredicateOption,
} from "./predicate.ts";
import { type ParamConditions, paramConditions, paramsText } from "./request_param.ts";

/** The option `matchParam` of views: its values, and the predicate of a value. */
export const MATCH_PARAM: PredicateOption<{ readonly matchParam?: OrNot<ParamConditions> }> = {
  ...orNot(ONE_OR_MORE_TEXTS),
  predicate: ({ matchParam }) =>
    matchParam === undefined ? undefined : predicateOf(matchParam, matchParamPredicate),
};

/**
 * Matches if the route's pattern captured the given values. Pyramid: `match_param`.
 *
 * @throws {ConfigurationError} If a condition has no name or no value.
 */
export function matchParamPredicate(stated: ParamConditions): BuiltInPredicate {
  const conditions = paramConditions("matchParam", stated);
  for (const { name, value } of conditions) {
    if (value === null) {
      throw new ConfigurationError(
        `Cannot use matchParam "${name}": must be a name and a value, such as "${name}=edit"`,
      );
    }
  }
  return {
    text: paramsText("matchParam", conditions),
    holds: ({ matchdict }) => conditions.every(({ name, value }) => matchdict[name] === value),
    checkRoute: (route) => checkCaptured(conditions.map(({ name }) => name), route),
  };
}

/**
 * Throws for a parameter that the pattern does not capture, because the predicate would never
 * match.
 */
function checkCaptured(names: readonly string[], { compiled, pattern }: Route): void {
  const captured = compiled.parts.flatMap((part) => part.kind === "group" ? [part.key] : []);
  for (const name of names) {
    if (captured.includes(name)) continue;
    throw new ConfigurationError(
      `Cannot use matchParam "${name}": the pattern "${pattern}" captures no such parameter${
        didYouMean(name, captured)
      }`,
    );
  }
}
