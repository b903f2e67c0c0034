/**
 * A predicate on headers.
 *
 * @module
 */

import { ConfigurationError } from "../configuration_error.ts";
import type { Predicate } from "./predicate.ts";

/** One header that must be there (`X-Api`), or begin as an expression says (`X-Api:v[12]`), or several. */
export type HeaderConditions = string | readonly string[];

/** Holds where every header is there and begins as stated. Pyramid: `header`. */
export function headerPredicate(stated: HeaderConditions): Predicate {
  const list = typeof stated === "string" ? [stated] : stated;
  const conditions = list.map(conditionOf);
  return {
    text: `header ${[...list].sort().join(" ")}`,
    holds: ({ headers }) =>
      conditions.every(({ name, pattern }) => {
        const value = headers.get(name);
        return value !== null && (pattern === null || pattern.test(value));
      }),
  };
}

function conditionOf(text: string): { name: string; pattern: RegExp | null } {
  const colon = text.indexOf(":");
  const name = colon === -1 ? text : text.slice(0, colon);
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) {
    throw new ConfigurationError(
      `Cannot use header "${text}": must be a header's name, or a name, a colon and an expression`,
    );
  }
  try {
    return { name, pattern: colon === -1 ? null : new RegExp(`^(?:${text.slice(colon + 1)})`) };
  } catch (cause) {
    throw new ConfigurationError(`Cannot use header "${text}": the expression is not one`, {
      cause,
    });
  }
}
