/**
 * The fields of a form as a test writes them down.
 *
 * @module
 */

import { describe, OBJECT, type OptionKind } from "../check_options.ts";

/** A plain object whose values are text. */
export const FIELDS: OptionKind = {
  expected: "an object of strings",
  is: (value) => OBJECT.is(value) && wrongField(value) === undefined,
  found: (value) => {
    const wrong = OBJECT.is(value) ? wrongField(value) : undefined;
    return wrong === undefined
      ? describe(value)
      : `an object with ${describe(wrong[1])} as "${wrong[0]}"`;
  },
};

function wrongField(fields: unknown): [name: string, value: unknown] | undefined {
  return Object.entries(Object(fields)).find(([, value]) => typeof value !== "string");
}
