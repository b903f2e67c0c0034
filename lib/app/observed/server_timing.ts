/**
 * The header `Server-Timing` of development mode, which browsers show beside each request.
 *
 * @module
 */

import type { ObservedRequest } from "../../http/request.ts";

/** The steps of a request, in their order, with the text that a browser shows. */
const STEPS: readonly [name: "routing" | "session" | "view" | "commit", text: string][] = [
  ["routing", "before the view"],
  ["session", "load the session"],
  ["view", "view"],
  ["commit", "commit the session"],
];

/**
 * Writes the value of `Server-Timing` (W3C Server Timing). A step that did not happen is left out.
 *
 * @param observed The times of the request.
 */
export function serverTiming(observed: ObservedRequest): string {
  const parts: string[] = [];
  for (const [name, text] of STEPS) {
    const took = observed[name];
    if (took !== undefined) parts.push(`${name};desc="${text}";dur=${rounded(took)}`);
  }
  return [...parts, `total;dur=${rounded(observed.elapsed)}`].join(", ");
}

/** Milliseconds with at most three digits behind the point. */
function rounded(milliseconds: number): number {
  return Math.round(milliseconds * 1000) / 1000;
}
