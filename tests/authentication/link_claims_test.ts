/** What the token of a link says: read as written, and nothing else. */

import { assertEquals, assertThrows } from "jsr:@std/assert@^1.0.0";
import { readClaims, writeClaims } from "../../lib/authentication/link_claims.ts";

Deno.test("readClaims() reads what writeClaims() wrote, and refuses every other shape", async (t) => {
  const claims = { purpose: "p", path: "/x", expires: 7, subject: "", stamp: null, once: "o" };
  assertEquals(readClaims(writeClaims(claims)), claims);
  const rows: Record<string, unknown> = {
    "null": null,
    "an object": { ...claims },
    "five members": ["p", "/x", 7, "", null],
    "seven members": ["p", "/x", 7, "", null, "o", 1],
    "a purpose that is a number": [1, "/x", 7, "", null, null],
    "a path that is a list": ["p", ["/x"], 7, "", null, null],
    "a time as text": ["p", "/x", "7", "", null, null],
    "a time without end": ["p", "/x", 1e300, "", null, null],
    "half a millisecond": ["p", "/x", 0.5, "", null, null],
    "no subject": ["p", "/x", 7, null, null, null],
    "a stamp that is true": ["p", "/x", 7, "", true, null],
    "a use that is 0": ["p", "/x", 7, "", null, 0],
  };
  for (const [name, value] of Object.entries(rows)) {
    await t.step(name, () => assertEquals(readClaims(JSON.stringify(value)), null));
  }
  assertThrows(() => readClaims("["), SyntaxError);
});
