/**
 * HKDF as the key ring uses it, by Wycheproof's vectors.
 *
 * @module
 */

import { assertEquals, assertRejects } from "jsr:@std/assert@^1.0.0";
import { hkdfSha256, importHkdfSecret } from "../../../lib/session/crypto/hmac.ts";
import { testWithVectors } from "../../vectors.ts";

interface HkdfVectors {
  readonly testGroups: readonly {
    readonly tests: readonly {
      readonly tcId: number;
      readonly ikm: string;
      readonly salt: string;
      readonly info: string;
      readonly size: number;
      readonly okm: string;
      readonly result: "valid" | "invalid";
    }[];
  }[];
}

testWithVectors(
  "hkdfSha256() derives Wycheproof's bytes and refuses too many",
  "wycheproof_hkdf_sha256_test.json",
  async (vectors) => {
    let count = 0, unsalted = 0;
    for (const { tests } of (vectors as HkdfVectors).testGroups) {
      for (const { tcId, ikm, salt, info, size, okm, result } of tests) {
        const secret = await importHkdfSecret(Uint8Array.fromHex(ikm));
        const derive = () =>
          salt === ""
            ? hkdfSha256(secret, Uint8Array.fromHex(info), size)
            : hkdfSha256(secret, Uint8Array.fromHex(info), size, Uint8Array.fromHex(salt));
        if (result === "valid") assertEquals((await derive()).toHex(), okm, `tcId ${tcId}`);
        else await assertRejects(derive, DOMException);
        count++;
        if (salt === "") unsalted++;
      }
    }
    assertEquals(count, 86);
    assertEquals(unsalted > 0, true);
  },
);

Deno.test("hkdfSha256() without salt gives RFC 5869's third test case", async () => {
  const secret = await importHkdfSecret(new Uint8Array(22).fill(0x0b));
  assertEquals(
    (await hkdfSha256(secret, new Uint8Array(0), 42)).toHex(),
    "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8",
  );
});
