/**
 * A sample that a seed chooses.
 *
 * @module
 */

import { Random } from "../../tests/random.ts";

/**
 * Some of a list, in the list's order; the same for the same seed and list.
 *
 * @param list The list.
 * @param size How many at most.
 * @param seed The seed, a 32-bit integer.
 */
export function sampleOf<T>(list: readonly T[], size: number, seed: number): T[] {
  const random = new Random(seed);
  const places = list.map((_, place) => place);
  const chosen: number[] = [];
  while (chosen.length < size && places.length > 0) {
    const at = random.below(places.length);
    const last = places.pop();
    const taken = at === places.length ? last : places[at];
    if (at < places.length && last !== undefined) places[at] = last;
    if (taken !== undefined) chosen.push(taken);
  }
  const picked = new Set(chosen);
  return list.filter((_, place) => picked.has(place));
}
