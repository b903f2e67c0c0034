/**
 * Which requests are played against each other.
 *
 * @module
 */

import type { Scenario, Step } from "./explorer.ts";

const STEPS: readonly Step[] = [
  "set",
  "modify",
  "delete",
  "flash",
  "rotate",
  "sign in",
  "sign out",
  "end all",
  "read",
  "expire",
  "grace passes",
];
const CORE: readonly Step[] = ["set", "modify", "rotate", "sign in", "sign out", "end all"];

/** Every two steps, of a guest and of a user. */
export function pairs(more: Partial<Scenario> = {}): Scenario[] {
  return [false, true].flatMap((signedIn) =>
    STEPS.flatMap((one, at) =>
      STEPS.slice(at).map((other) => ({ signedIn, steps: [one, other], ...more }))
    )
  );
}

/** Every three of the steps that change most, of a guest and of a user. */
export function triples(more: Partial<Scenario> = {}): Scenario[] {
  return [false, true].flatMap((signedIn) =>
    CORE.flatMap((one, at) =>
      CORE.slice(at).flatMap((two, further) =>
        CORE.slice(at + further).map((three) => ({ signedIn, steps: [one, two, three], ...more }))
      )
    )
  );
}
