/**
 * A predicate on headers.
 *
 * @module
 */

import { ConfigurationError } from "../configuration_error.ts";
import { hasNestedQuantifier } from "../routing/backtracking.ts";
import type { Predicate } from "./predicate.ts";

/** One header that must be there (`X-Api`), or begin as an expression says (`X-Api:v[12]`), or several. */
export type HeaderConditions = string | readonly string[];

/**
 * Holds where every header is there and begins as stated. Pyramid: `header`.
 *
 * @throws {ConfigurationError} If a name is none, or an expression is none or may take for ever.
 */
export function headerPredicate(stated: HeaderConditions): Predicate {
  const list = typeof stated === "string" ? [stated] : stated;
  if (list.length === 0) {
    throw new ConfigurationError("Cannot use header without a name: name one, or leave it out");
  }
  const conditions = list.map(conditionOf);
  return {
    vary: conditions.map(({ name }) => name),
    text: `header ${conditions.map(({ text }) => text).sort().join(" ")}`,
    holds: ({ headers }) =>
      conditions.every(({ name, pattern }) => {
        const value = headers.get(name);
        return value !== null && (pattern === null || pattern.test(value));
      }),
  };
}

interface Condition {
  readonly text: string;
  readonly name: string;
  readonly pattern: RegExp | null;
}

function conditionOf(text: string): Condition {
  const colon = text.indexOf(":");
  const name = colon === -1 ? text : text.slice(0, colon);
  const expression = colon === -1 ? null : text.slice(colon + 1);
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) {
    throw new ConfigurationError(
      `Cannot use header "${text}": must be a header's name, or a name, a colon and an expression`,
    );
  }
  if (expression !== null && hasNestedQuantifier(expression)) {
    throw new ConfigurationError(
      `Cannot use header "${text}": the expression repeats something that is itself repeated, and a hostile header could keep the server busy for hours`,
    );
  }
  try {
    const pattern = expression === null ? null : new RegExp(`^(?:${expression})`);
    // Names of headers are the same in any case.
    return { text: name.toLowerCase() + text.slice(name.length), name, pattern };
  } catch (cause) {
    throw new ConfigurationError(`Cannot use header "${text}": the expression is not one`, {
      cause,
    });
  }
}
