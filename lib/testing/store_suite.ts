/**
 * The contract of a store of sessions, as checks that every store must pass.
 *
 * @module
 */

import { BOOLEAN, checkOptions, checkValue, FUNCTION, type OptionKinds } from "../check_options.ts";
import { CREATING } from "./store_suite/creating.ts";
import { ENDING } from "./store_suite/ending.ts";
import { EXPIRING, SWEEPING } from "./store_suite/expiring.ts";
import { playInterleavings } from "./store_suite/interleavings.ts";
import { LISTING } from "./store_suite/listing.ts";
import { OPERATIONS } from "./store_suite/operations.ts";
import { REVOKING, REVOKING_BESIDE_SESSIONS } from "./store_suite/revocations.ts";
import { ODD_TEXTS } from "./store_suite/texts.ts";
import type { Checks, TestedStore } from "./store_suite/trial.ts";
import { UPDATING } from "./store_suite/updating.ts";
import { settableClock } from "./settable_clock.ts";

/** How {@linkcode storeSuite} tries a store. */
export interface StoreSuiteOptions {
  /**
   * Whether the store keeps revocations of cookie sessions too: `has`, `add`, `epoch` and `bump`.
   * @default {true}
   */
  readonly revocations?: boolean;
  /** Whether the store has `sweep()`. @default {true} */
  readonly sweep?: boolean;
  /** What the random calls are made of: an integer. The same seed gives the same calls. @default {1} */
  readonly seed?: number;
  /** How many rounds of random calls there are. @default {1000} */
  readonly rounds?: number;
}

/** One rule of the contract. */
export interface StoreCheck {
  /** The rule. */
  readonly name: string;
  /**
   * Tries a store of its own. Needs no `this`.
   *
   * @throws {Error} If the store breaks the rule. The message says what was found.
   */
  run(): Promise<void>;
}

const KINDS: OptionKinds<StoreSuiteOptions> = {
  revocations: BOOLEAN,
  sweep: BOOLEAN,
  seed: { expected: "an integer", is: Number.isSafeInteger },
  rounds: {
    expected: "an integer from 1",
    is: (value) => Number.isSafeInteger(value) && Number(value) > 0,
  },
};

/** What every store keeps. */
const SESSIONS: Checks = {
  ...CREATING,
  ...UPDATING,
  ...OPERATIONS,
  ...ENDING,
  ...EXPIRING,
  ...ODD_TEXTS,
  ...LISTING,
  "ready() resolves, and closing twice is no fault": async ({ store, now }) => {
    await store.ready?.(now);
    await store[Symbol.asyncDispose]?.();
    await store[Symbol.asyncDispose]?.();
  },
};

/**
 * Lists the rules that a store of sessions keeps, each with what proves it.
 *
 * Give each to the runner of your tests. Each opens a store of its own, and closes it. The checks
 * bring their own times: they wait for nothing, and the store's clock is moved by them.
 *
 * @param open Opens a store that is empty. It gets the clock by which revocations pass, in
 * milliseconds. What it opened is closed by the store's `Symbol.asyncDispose`.
 * @param options What the store can do, and how the random calls are made.
 * @returns The checks: 53 for sessions, 3 for `sweep()`, 16 for revocations.
 * @throws {TypeError} If `open` is no function, or an option is wrong or unknown.
 *
 * @example The memory of one process
 * ```ts
 * import { memoryStore } from "@pyramidion/pyramidion/stores/memory";
 * import { storeSuite } from "@pyramidion/pyramidion/testing";
 *
 * for (const { name, run } of storeSuite((clock) => memoryStore({ clock }), { rounds: 10 })) {
 *   Deno.test(`memoryStore(): ${name}`, run);
 * }
 * ```
 */
export function storeSuite(
  open: (clock: () => number) => TestedStore | Promise<TestedStore>,
  options: StoreSuiteOptions = {},
): StoreCheck[] {
  checkValue("the first argument of storeSuite()", open, FUNCTION, TypeError);
  checkOptions("storeSuite()", options, KINDS, TypeError);
  const { revocations = true, sweep = true, seed = 1, rounds = 1000 } = options;
  const checks: Checks = {
    ...SESSIONS,
    ...(sweep ? SWEEPING : {}),
    ...(revocations ? { ...REVOKING, ...REVOKING_BESIDE_SESSIONS } : {}),
    [`${rounds} rounds of random calls at once are explained by a plain map (seed ${seed})`]: (
      { store, now },
    ) => playInterleavings(store, seed, rounds, now),
  };
  return Object.entries(checks).map(([name, check]) => ({
    name,
    run: async () => {
      const clock = settableClock();
      const store = await open(clock);
      try {
        await check({ store, clock, now: clock() });
      } finally {
        await store[Symbol.asyncDispose]?.();
      }
    },
  }));
}
