/**
 * The predicate `accept`.
 *
 * @module
 */

import { ConfigurationError } from "../../configuration_error.ts";
import { acceptQuality } from "../../http/field_syntax.ts";
import { ONE_OR_MORE_TEXTS, type Predicate, type PredicateOption } from "./predicate.ts";

/** One media type that a view makes, or several. */
export type AcceptTypes = string | readonly string[];

/** The option that states it: what it takes, and what is made of it. */
export const ACCEPT: PredicateOption<{ readonly accept?: AcceptTypes }> = {
  ...ONE_OR_MORE_TEXTS,
  predicate: ({ accept }) => accept === undefined ? undefined : new AcceptPredicate(accept),
};

// Of types that are equally welcome, the first here (Pyramid's order).
const PREFERENCE = [
  "text/html",
  "application/xhtml+xml",
  "application/xml",
  "text/xml",
  "text/plain",
  "application/json",
];

/** Holds where one of the types is acceptable; tells how welcome it is. Pyramid: `accept`. */
export class AcceptPredicate implements Predicate {
  /** The types, in words. */
  readonly text: string;
  /** Which of the views answers depends on this header. */
  readonly vary: readonly string[] = ["Accept"];
  /** The types, in lower case, as they were stated. */
  readonly types: readonly string[];

  /**
   * Checks the types.
   *
   * @throws {ConfigurationError} If one is a range or no media type, or there is none.
   */
  constructor(stated: AcceptTypes) {
    const list = typeof stated === "string" ? [stated] : stated;
    if (list.length === 0) {
      throw new ConfigurationError(
        "Cannot use accept without a media type: name one, or leave it out",
      );
    }
    this.types = list.map((type) => type.toLowerCase());
    for (const type of this.types) {
      if (/^[a-z0-9!#$&^_.+-]+\/[a-z0-9!#$&^_.+-]+$/.test(type)) continue;
      throw new ConfigurationError(
        `Cannot use accept "${type}": must be a media type without wildcard, such as "text/html"`,
      );
    }
    this.text = `accept ${[...this.types].sort().join(" ")}`;
  }

  /** Whether one of the types is acceptable. */
  holds(request: { readonly headers: Headers }): boolean {
    return this.quality(request) > 0;
  }

  /** How welcome the best of the types is: more is better, 0 is not acceptable. */
  quality(request: { readonly headers: Headers }): number {
    const accept = request.headers.get("accept");
    const qualities = this.types.map((type) => {
      const quality = acceptQuality(accept, type);
      const rank = PREFERENCE.indexOf(type);
      // A tie-break smaller than any difference of qualities, which have three decimals.
      return quality === 0 ? 0 : quality - (rank === -1 ? PREFERENCE.length : rank) * 1e-5;
    });
    return Math.max(...qualities);
  }
}

/** The one of the predicates that is about media types. */
export function acceptOf(predicates: readonly Predicate[]): AcceptPredicate | null {
  return predicates.find((predicate) => predicate instanceof AcceptPredicate) ?? null;
}
