/**
 * The limits of calls to a store.
 *
 * @module
 */

import type { OptionKind, OptionKinds } from "../check_options.ts";
import { ConfigurationError } from "../configuration_error.ts";

/** The limits of calls to a store. */
export interface StoreLimits {
  /**
   * Milliseconds until a read of the store counts as failed: an integer from 1. @default {500}
   */
  readonly loadTimeout?: number;
  /**
   * Milliseconds until a write to the store counts as failed: an integer from 1. @default {1000}
   */
  readonly saveTimeout?: number;
  /**
   * The most calls that may wait for an answer at once: an integer from 1. A further call is refused
   * at once. @default {1000}
   */
  readonly maxPending?: number;
  /**
   * The number of failures in a row after which the store is left alone for a while: an integer
   * from 1. @default {5}
   */
  readonly maxFailures?: number;
  /** Milliseconds for which it is then left alone at first: an integer from 1. @default {500} */
  readonly minPause?: number;
  /**
   * The most milliseconds for which it is left alone: an integer from 1. Each pause is twice as long
   * as the one before, until a call works. @default {5000}
   */
  readonly maxPause?: number;
}

/** The limits that count where an option is left out. */
export const STORE_LIMITS: Readonly<Required<StoreLimits>> = {
  loadTimeout: 500,
  saveTimeout: 1_000,
  maxPending: 1_000,
  maxFailures: 5,
  minPause: 500,
  maxPause: 5_000,
};

const FROM_1: OptionKind = {
  expected: `an integer from 1 to ${2 ** 31 - 1}`,
  is: (value) =>
    typeof value === "number" && Number.isSafeInteger(value) && value >= 1 && value < 2 ** 31,
};

/** What each of the limits takes. */
export const STORE_LIMIT_KINDS: OptionKinds<StoreLimits> = {
  loadTimeout: FROM_1,
  saveTimeout: FROM_1,
  maxPending: FROM_1,
  maxFailures: FROM_1,
  minPause: FROM_1,
  maxPause: FROM_1,
};

const NAMES = [
  "loadTimeout",
  "saveTimeout",
  "maxPending",
  "maxFailures",
  "minPause",
  "maxPause",
] as const;

/** The names of the limits that are given. */
export function givenLimits(options: StoreLimits): (keyof StoreLimits)[] {
  return NAMES.filter((name) => options[name] !== undefined);
}

/**
 * The limits that count.
 *
 * @param what What takes the options, such as `"guardedStore()"`.
 * @param options Those that are given.
 * @throws {ConfigurationError} If the pauses could not grow.
 */
export function limitsOf(what: string, options: StoreLimits): Required<StoreLimits> {
  const limits = { ...STORE_LIMITS };
  for (const name of givenLimits(options)) limits[name] = options[name] ?? limits[name];
  const { minPause, maxPause } = limits;
  if (minPause <= maxPause) return limits;
  throw new ConfigurationError(
    `Cannot use the pauses of ${what}: minPause is ${minPause}, and maxPause is ${maxPause}: write a maxPause that is not less`,
  );
}
