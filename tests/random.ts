/**
 * Numbers that look random and are the same on every run, so that a failure can be had again.
 *
 * @module
 */

/** A seeded stream of numbers (mulberry32). */
export class Random {
  /** What to write into a failure's message. */
  readonly seed: number;
  #state: number;

  /** Starts the stream of a seed, a 32-bit integer. */
  constructor(seed: number) {
    this.seed = seed;
    this.#state = seed | 0;
  }

  /** A number from 0, included, to 1, excluded. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  }

  /** An integer from 0, included, to `bound`, excluded. */
  below(bound: number): number {
    return Math.floor(this.next() * bound);
  }

  /** True in `share` of all cases. */
  chance(share: number): boolean {
    return this.next() < share;
  }

  /** One of a list, which must not be empty. */
  pick<T>(list: readonly T[]): T {
    const picked = list[this.below(list.length)];
    if (picked === undefined && list.length === 0) throw new RangeError("Cannot pick from nothing");
    return picked as T;
  }
}
