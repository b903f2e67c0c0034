/**
 * The phrases are those of Deno's standard library.
 *
 * @module
 */

import { STATUS_TEXT } from "jsr:@std/http@^1.0.0/status";
import { assertEquals } from "jsr:@std/assert@^1.0.0";
import { REASON_PHRASES } from "../../lib/http/reason_phrases.ts";

Deno.test("REASON_PHRASES has what STATUS_TEXT has from 300 on, and nothing else", () => {
  const theirs = Object.entries(STATUS_TEXT).filter(([status]) => Number(status) >= 300);
  assertEquals(REASON_PHRASES, Object.fromEntries(theirs));
});
