/**
 * `secret`: a new random secret.
 *
 * @module
 */

import { assertEquals, assertMatch, assertNotEquals } from "jsr:@std/assert@^1.0.0";
import { runCommand } from "@pyramidion/pyramidion/cli";
import { thisMachine } from "../../../lib/cli/environment.ts";

Deno.test("runCommand secret makes another one each time: 32 bytes and nothing else", async () => {
  const [one, other] = [
    await runCommand(["secret"], thisMachine()),
    await runCommand(["secret"], thisMachine()),
  ];
  assertEquals(Uint8Array.fromBase64(one.stdout.trim()).length, 32);
  assertMatch(one.stdout, /^[A-Za-z0-9+/]{43}=\n$/);
  assertNotEquals(one.stdout, other.stdout);
});
