/**
 * `consoleLogger`: what is said on the console.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import { consoleLogger } from "../lib/log.ts";

Deno.test("consoleLogger warns and reports errors on standard error, with the cause", () => {
  const said: unknown[][] = [];
  const { warn, error } = console;
  const note = (kind: string) => (...args: unknown[]) => void said.push([kind, ...args]);
  const cause = new Error("disk full");
  Object.assign(console, { warn: note("warn"), error: note("error") });
  try {
    consoleLogger.warn("set publicOrigin");
    consoleLogger.error("GET / failed", cause);
  } finally {
    Object.assign(console, { warn, error });
  }
  assertEquals(said, [["warn", "set publicOrigin"], ["error", "GET / failed", cause]]);
});
