/**
 * Clocks that differ.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import { compareClocks } from "../../../lib/session/stores/server_clock.ts";

Deno.test("compareClocks() warns above 5 seconds, whichever clock is ahead", () => {
  const warned = (theirs: number) => {
    const messages: string[] = [];
    const logger = { warn: (message: string) => messages.push(message), error: () => {} };
    compareClocks(logger, "Redis", theirs, 100_000);
    return messages;
  };
  for (const theirs of [95_000, 100_000, 105_000]) assertEquals(warned(theirs), []);
  assertEquals(warned(105_001), [
    "The clock of Redis is 5 seconds ahead of the clock of this process: set both by NTP",
  ]);
  assertEquals(warned(80_000), [
    "The clock of Redis is 20 seconds behind the clock of this process: set both by NTP",
  ]);
});
