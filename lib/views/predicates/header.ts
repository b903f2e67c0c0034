/**
 * The predicate `header`.
 *
 * @module
 */

import { ConfigurationError } from "../../configuration_error.ts";
import { HttpError } from "../../http/errors.ts";
import { TOKEN } from "../../http/field_syntax.ts";
import { expressionChoices, LEAST_LIMIT, longestText } from "../../routing/backtracking.ts";
import {
  type BuiltInPredicate,
  ONE_OR_MORE_TEXTS,
  type OrNot,
  orNot,
  predicateOf,
  type PredicateOption,
} from "./predicate.ts";

/**
 * A header that the request must have (`X-Api`), or a list. `X-Api:v[12]` also demands that the
 * beginning of its value matches the regular expression `v[12]`.
 */
export type HeaderConditions = string | readonly string[];

/** The option `header`: its values, and the predicate of a value. */
export const HEADER: PredicateOption<{ readonly header?: OrNot<HeaderConditions> }> = {
  ...orNot(ONE_OR_MORE_TEXTS),
  predicate: ({ header }) =>
    header === undefined ? undefined : predicateOf(header, headerPredicate),
};

/**
 * Matches if the request has every header, and each value begins as its expression demands.
 * Pyramid: `header`.
 *
 * If an expression has two parts of variable length, the time grows with the square of the header's
 * length. With more parts it grows faster. The app answers with 431 if matching could take more
 * than about 20 ms. The limit is 6,323 characters for two such parts, and 491 for three.
 *
 * @throws {ConfigurationError} If a name or an expression is not valid, or an expression could run
 * for hours.
 */
export function headerPredicate(stated: HeaderConditions): BuiltInPredicate {
  const list = typeof stated === "string" ? [stated] : stated;
  if (list.length === 0) {
    throw new ConfigurationError(
      'Cannot use header: it has no name: write one such as "X-Api", or leave header out',
    );
  }
  const conditions = list.map(conditionOf);
  return {
    vary: conditions.map(({ name }) => name),
    text: `header ${conditions.map(({ text }) => text).sort().join(" ")}`,
    holds: ({ headers }) =>
      conditions.every(({ name, pattern, limit }) => {
        const value = headers.get(name);
        if (value === null || pattern === null) return value !== null;
        if (value.length <= limit) return pattern.test(value);
        throw new HttpError(431, `The header ${name} is too long for this page`);
      }),
  };
}

interface Condition {
  readonly text: string;
  readonly name: string;
  readonly pattern: RegExp | null;
  /** The longest value, in characters, to which the expression is applied. */
  readonly limit: number;
}

function conditionOf(text: string): Condition {
  const colon = text.indexOf(":");
  const name = colon === -1 ? text : text.slice(0, colon);
  if (!TOKEN.test(name)) {
    throw new ConfigurationError(
      `Cannot use header "${text}": must be a header's name, or a name, a colon and a regular expression`,
    );
  }
  // Names of headers do not depend on upper and lower case.
  const lowered = name.toLowerCase() + text.slice(name.length);
  if (colon === -1) return { text: lowered, name, pattern: null, limit: Infinity };
  const expression = text.slice(colon + 1);
  const pattern = compiled(text, expression);
  const choices = expressionChoices(expression);
  if (choices.repeatsChoice) {
    throw new ConfigurationError(
      `Cannot use header "${text}": the expression repeats a group that has a quantifier or "|" in it, and ` +
        "a hostile header could keep the server busy for hours: write a class such as [ab] or " +
        "alternatives that are not repeated",
    );
  }
  const limit = longestText(choices);
  if (limit < LEAST_LIMIT) {
    throw new ConfigurationError(
      `Cannot use header "${text}": the expression has so many parts of variable length that a ` +
        `header of more than ${limit} characters could keep the server busy: write fewer of them`,
    );
  }
  return { text: lowered, name, pattern, limit };
}

function compiled(text: string, expression: string): RegExp {
  try {
    return new RegExp(`^(?:${expression})`);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigurationError(
      `Cannot use header "${text}": the text after the colon is not a regular expression: ${reason}`,
      { cause },
    );
  }
}
