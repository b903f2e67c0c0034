/**
 * Tests that need more than the language: permissions, a browser.
 *
 * @module
 */

import { requireAll } from "./vectors.ts";

const WORDS: Readonly<Record<Deno.PermissionDescriptor["name"], string>> = {
  env: "reading the environment",
  ffi: "loading libraries",
  import: "importing from elsewhere",
  net: "the network",
  read: "reading files",
  run: "running programs",
  sys: "reading about the system",
  write: "writing files",
};

/**
 * Says which permission is missing, without asking anybody for it.
 *
 * @param needed What the test needs.
 * @returns The first that is not granted, in words; `null` where all are.
 */
export function missingPermission(
  ...needed: readonly Deno.PermissionDescriptor[]
): string | null {
  const missing = needed.find((one) => Deno.permissions.querySync(one).state !== "granted");
  return missing === undefined ? null : `${WORDS[missing.name]} is not permitted`;
}

/**
 * Registers a test that needs something; without it the test is skipped and its name says why, or it
 * fails when `REQUIRE_ALL=1`.
 *
 * @param reason What is missing; `null` where nothing is.
 * @param name The symbol and the rule.
 * @param fn The test.
 * @param sanitizers Which of the runner's checks a library makes impossible.
 */
export function testUnless(
  reason: string | null,
  name: string,
  fn: (t: Deno.TestContext) => void | Promise<void>,
  sanitizers: Pick<Deno.TestDefinition, "sanitizeOps" | "sanitizeResources"> = {},
): void {
  Deno.test({
    ...sanitizers,
    name: reason === null ? name : `${name} (skipped: ${reason})`,
    ignore: reason !== null && !requireAll,
    async fn(t) {
      if (reason !== null) throw new Error(`Cannot run the test: ${reason}`);
      await fn(t);
    },
  });
}
