/**
 * The predicate `accept`.
 *
 * @module
 */

import { ConfigurationError } from "../../configuration_error.ts";
import { acceptQuality } from "../../http/field_syntax.ts";
import { ONE_OR_MORE_TEXTS, type Predicate, type PredicateOption } from "./predicate.ts";

/** The media types that a view can make: one such as `text/html`, or a list. */
export type AcceptTypes = string | readonly string[];

/** The option `accept`: its values, and the predicate of a value. */
export const ACCEPT: PredicateOption<{ readonly accept?: AcceptTypes }> = {
  ...ONE_OR_MORE_TEXTS,
  predicate: ({ accept }) => accept === undefined ? undefined : new AcceptPredicate(accept),
};

// If the visitor accepts several types with equal quality, the first one here wins (Pyramid's order).
const PREFERENCE = [
  "text/html",
  "application/xhtml+xml",
  "application/xml",
  "text/xml",
  "text/plain",
  "application/json",
];

/**
 * Matches if the visitor accepts one of the types (RFC 9110, section 12.5.1). Pyramid: `accept`.
 */
export class AcceptPredicate implements Predicate {
  /** The types, in words. */
  readonly text: string;
  /** The response depends on this header, because it selects the view. */
  readonly vary: readonly string[] = ["Accept"];
  /** The types in lower case, in the given order. */
  readonly types: readonly string[];

  /**
   * Checks the types.
   *
   * @throws {ConfigurationError} If the list is empty, or an entry is a range or not a media type.
   */
  constructor(stated: AcceptTypes) {
    const list = typeof stated === "string" ? [stated] : stated;
    if (list.length === 0) {
      throw new ConfigurationError(
        'Cannot use accept: it has no media type: write one such as "text/html", or leave accept out',
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

  /** Whether the visitor accepts one of the types. */
  holds(request: { readonly headers: Headers }): boolean {
    return this.quality(request) > 0;
  }

  /** The quality of the best type: from 0 to 1, where 0 means not acceptable. */
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

/** Finds the `accept` predicate. `null` if the view has none. */
export function acceptOf(predicates: readonly Predicate[]): AcceptPredicate | null {
  return predicates.find((predicate) => predicate instanceof AcceptPredicate) ?? null;
}
