/**
 * The phrases are those of Deno's standard library.
 *
 * @module
 */

import { STATUS_TEXT } from "jsr:@std/http@^1.0.0/status";
import { assertEquals } from "jsr:@std/assert@^1.0.0";
import { reasonPhrase } from "../../lib/http/reason_phrase.ts";

Deno.test("reasonPhrase() says what STATUS_TEXT says from 300 on, and Error otherwise", () => {
  const theirs: Readonly<Record<number, string>> = STATUS_TEXT;
  for (let status = 300; status < 600; status++) {
    assertEquals(reasonPhrase(status), theirs[status] ?? "Error", `${status}`);
  }
});
