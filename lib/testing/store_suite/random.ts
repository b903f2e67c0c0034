/**
 * Numbers that look random and are the same for one seed.
 *
 * @module
 */

/** A seeded stream of numbers (mulberry32). */
export class Random {
  #state: number;

  /** Starts the stream of a seed, a 32-bit integer. */
  constructor(seed: number) {
    this.#state = seed | 0;
  }

  /** An integer from 0, included, to `bound`, excluded. */
  below(bound: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor(((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296 * bound);
  }

  /** One of a list, which is not empty. */
  pick<T>(first: T, ...others: readonly T[]): T {
    return others[this.below(others.length + 1) - 1] ?? first;
  }

  /** True in so many of a hundred cases. */
  chance(percent: number): boolean {
    return this.below(100) < percent;
  }
}
