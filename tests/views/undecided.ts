/**
 * What a callback that decides may return by mistake: everything but true and false.
 *
 * @module
 */

/** Makes each value anew, since a promise is settled once; by the value's name. */
export const UNDECIDED: Readonly<Record<string, () => unknown>> = {
  "undefined": () => undefined,
  "null": () => null,
  "0": () => 0,
  "1": () => 1,
  "NaN": () => NaN,
  "an empty string": () => "",
  "no": () => "no",
  "the string true": () => "true",
  "an object": () => ({}),
  "an object that denies": () => ({ allowed: false }),
  "an empty list": () => [],
  "a symbol": () => Symbol("yes"),
  "a bigint": () => 1n,
  "a function": () => () => true,
  "a thenable": () => ({ then: (settle: (value: string) => void) => settle("yes") }),
  "new Boolean(false)": () => new Boolean(false),
  "new Boolean(true)": () => new Boolean(true),
};
