/**
 * The scripts by their digests.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import * as scripts from "../../../../lib/session/stores/redis/redis_scripts.ts";

Deno.test("each script has the SHA-1 of its text", async () => {
  assertEquals(Object.keys(scripts).length, 8);
  for (const [name, { lua, sha1 }] of Object.entries(scripts)) {
    const digest = await crypto.subtle.digest("SHA-1", new TextEncoder().encode(lua));
    assertEquals(sha1, new Uint8Array(digest).toHex(), name);
  }
});
