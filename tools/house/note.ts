/**
 * What the noted copy of a checkout and the tool that made it agree on.
 *
 * @module
 */

/** The name of the global function that a noted module calls. */
export const NOTE = "houseNote";

/** The trips by their names: the number of each file whose function began, in their order. */
export type RecordedTrips = Record<string, number[]>;

/**
 * The call that a noted module makes. Before a recording nobody hears it.
 *
 * @param file The module's number.
 */
export function noteCall(file: number): string {
  return `globalThis.${NOTE}?.(${file})`;
}
