/**
 * The few statistics of the bench.
 *
 * @module
 */

/** The middle of some samples; NaN without any. */
export function median(samples: readonly number[]): number {
  const sorted = samples.toSorted((one, other) => one - other);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
}

/** The least of some samples: what a thing costs when nothing disturbs it. */
export function minimum(samples: readonly number[]): number {
  return samples.length === 0 ? NaN : Math.min(...samples);
}

/** The median of the ratios of samples that were taken in the same round. */
export function pairedRatio(ones: readonly number[], others: readonly number[]): number {
  const pairs = ones.slice(0, others.length);
  return median(pairs.map((one, round) => one / (others[round] ?? NaN)));
}
