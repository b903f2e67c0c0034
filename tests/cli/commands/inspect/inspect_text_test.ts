/**
 * How `inspect` writes times.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import { durationText, timeText } from "../../../../lib/cli/commands/inspect/inspect_text.ts";

Deno.test("durationText() names the largest unit, rounded down", () => {
  const rows: Record<number, string> = {
    0: "0 seconds",
    1: "1 second",
    59: "59 seconds",
    60: "1 minute",
    3_599: "59 minutes",
    3_600: "1 hour",
    86_399: "23 hours",
    86_400: "1 day",
    [1_000 * 86_400]: "1,000 days",
  };
  for (const [seconds, text] of Object.entries(rows)) {
    assertEquals(durationText(Number(seconds)), text);
  }
});

Deno.test("timeText() writes the time, and how far it is from now", () => {
  const now = Date.UTC(2026, 0, 1);
  const written = (seconds: number) => timeText(now + 1000 * seconds, now).slice(24);
  assertEquals(timeText(now, now), "2026-01-01T00:00:00.000Z (now)");
  assertEquals(written(-120), " (2 minutes ago)");
  assertEquals(written(3_600), " (in 1 hour, by this machine's clock)");
  assertEquals(timeText(8.64e15 + 1, now), "8640000000000001 ms (not a date)");
});
