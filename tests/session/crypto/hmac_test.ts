/**
 * HMAC as the codecs use it, by Wycheproof's vectors.
 *
 * @module
 */

import { assertEquals, assertNotEquals } from "jsr:@std/assert@^1.0.0";
import {
  HMAC_TAG_LENGTH,
  hmacSign,
  hmacVerify,
  importHmacKey,
} from "../../../lib/session/crypto/hmac.ts";
import { testWithVectors } from "../../vectors.ts";

interface MacVectors {
  readonly testGroups: readonly {
    readonly tagSize: number;
    readonly tests: readonly {
      readonly tcId: number;
      readonly key: string;
      readonly msg: string;
      readonly tag: string;
      readonly result: "valid" | "invalid";
    }[];
  }[];
}

for (const hash of ["SHA-256", "SHA-512"] as const) {
  const file = `wycheproof_hmac_${hash.toLowerCase().replace("-", "")}_test.json`;
  testWithVectors(
    `hmacVerify() judges Wycheproof's ${hash} tags, whole ones only`,
    file,
    async (vectors) => {
      let whole = 0, short = 0;
      for (const { tagSize, tests } of (vectors as MacVectors).testGroups) {
        for (const { tcId, key, msg, tag, result } of tests) {
          const imported = await importHmacKey(Uint8Array.fromHex(key), hash);
          const [data, given] = [Uint8Array.fromHex(msg), Uint8Array.fromHex(tag)];
          const made = await hmacSign(imported, data);
          assertEquals(made.length, HMAC_TAG_LENGTH[hash]);
          const verified = await hmacVerify(imported, given, data);
          if (tagSize / 8 === HMAC_TAG_LENGTH[hash]) {
            assertEquals(verified, result === "valid", `tcId ${tcId}`);
            if (result === "valid") assertEquals(made, given);
            whole++;
          } else {
            // A shortened tag is nothing that we accept, however right its beginning.
            assertEquals(verified, false, `tcId ${tcId}`);
            const start = made.slice(0, tagSize / 8);
            if (result === "valid") assertEquals(start, given);
            else assertNotEquals(start, given);
            short++;
          }
        }
      }
      assertEquals([whole, short], [87, 87]);
    },
  );
}

Deno.test("hmacVerify() refuses no tag, a part of one and a longer one", async () => {
  const key = await importHmacKey(new Uint8Array([1]), "SHA-256");
  const data = new Uint8Array(3);
  const tag = await hmacSign(key, data);
  assertEquals(await hmacVerify(key, tag, data), true);
  for (const length of [0, 1, 16, 31]) {
    assertEquals(await hmacVerify(key, tag.slice(0, length), data), false);
  }
  assertEquals(await hmacVerify(key, new Uint8Array([...tag, 0]), data), false);
});
