/**
 * Queries without their values.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import { maskedQuery } from "../../lib/operations/log_line.ts";

Deno.test("maskedQuery keeps the names alone", async (t) => {
  const rows: Record<string, [query: string, masked: string]> = {
    "two parameters": ["page=2&token=secret", "page=*&token=*"],
    "an empty value": ["q=", "q=*"],
    "a value with equals signs": ["token=a=b", "token=*"],
    "a value alone": ["secret", "*"],
    "an empty parameter": ["&a=1", "*&a=*"],
    "an empty name": ["=secret", "=*"],
    "escapes": ["%74oken=%73", "%74oken=*"],
  };
  for (const [name, [query, masked]] of Object.entries(rows)) {
    await t.step(name, () => assertEquals(maskedQuery(query), masked));
  }
});

Deno.test("maskedQuery leaves out parameters after the hundredth", () => {
  assertEquals(maskedQuery("a=1&".repeat(100_000)), Array(100).fill("a=*").join("&"));
});
