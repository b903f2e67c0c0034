/**
 * Tests that fail where something stays open: Deno looks for leaks only when it is told to.
 *
 * @module
 */

import { requireAll } from "../vectors.ts";

/**
 * Registers a test that must close whatever it opens.
 *
 * @param reason What the test needs and has not; `null` where nothing is missing. With `REQUIRE_ALL=1` it fails.
 * @param name The symbol and the rule.
 * @param fn The test.
 */
export function leakFree(
  reason: string | null,
  name: string,
  fn: (t: Deno.TestContext) => Promise<void>,
): void {
  Deno.test({
    name: reason === null ? name : `${name} (skipped: ${reason})`,
    ignore: reason !== null && !requireAll,
    sanitizeResources: true,
    async fn(t) {
      if (reason !== null) throw new Error(`Cannot run the test: ${reason}`);
      await fn(t);
    },
  });
}
