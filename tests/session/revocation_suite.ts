/**
 * The contract of a `RevocationStore`, for what keeps nothing but revocations.
 *
 * @module
 */

import type { RevocationStore } from "@pyramidion/pyramidion";
import { settableClock } from "@pyramidion/pyramidion/testing";
import { REVOCATION_RULES } from "../../lib/testing/store_suite/revocations.ts";

/** Opens an empty store whose time is the clock's; `close` ends what it holds open. */
export type OpenRevocations = (
  clock: () => number,
) => Promise<{ readonly store: RevocationStore; close(): void }>;

/**
 * Runs the contract: each rule on a store of its own.
 *
 * @param open Opens an empty store.
 * @param step Runs one named part, such as `t.step`.
 */
export async function revocationSuite(
  open: OpenRevocations,
  step: (name: string, fn: () => Promise<void>) => Promise<unknown>,
): Promise<void> {
  for (const [name, rule] of Object.entries(REVOCATION_RULES)) {
    await step(name, async () => {
      const clock = settableClock();
      const { store, close } = await open(clock);
      try {
        await rule(store, clock);
      } finally {
        close();
      }
    });
  }
}
