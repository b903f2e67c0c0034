/**
 * AES-256-GCM as the encrypted codec uses it, by Wycheproof's vectors.
 *
 * @module
 */

import { assertEquals, assertRejects, assertStrictEquals } from "jsr:@std/assert@^1.0.0";
import {
  aesGcmDecrypt,
  aesGcmEncrypt,
  importAesGcmKey,
} from "../../../lib/session/crypto/aes_gcm.ts";
import { testWithVectors } from "../../vectors.ts";

interface AeadVectors {
  readonly testGroups: readonly {
    readonly keySize: number;
    readonly ivSize: number;
    readonly tests: readonly {
      readonly tcId: number;
      readonly key: string;
      readonly iv: string;
      readonly aad: string;
      readonly msg: string;
      readonly ct: string;
      readonly tag: string;
      readonly result: "valid" | "invalid";
    }[];
  }[];
}

testWithVectors(
  "aesGcmDecrypt() judges Wycheproof's cases of 256-bit keys and 96-bit nonces, the only ones we use",
  "wycheproof_aes_gcm_test.json",
  async (vectors) => {
    let count = 0;
    for (const { keySize, ivSize, tests } of (vectors as AeadVectors).testGroups) {
      if (keySize !== 256 || ivSize !== 96) continue;
      for (const { tcId, key, iv, aad, msg, ct, tag, result } of tests) {
        const imported = await importAesGcmKey(Uint8Array.fromHex(key));
        const nonce = Uint8Array.fromHex(iv);
        const header = Uint8Array.fromHex(aad);
        const opened = await aesGcmDecrypt(imported, nonce, header, Uint8Array.fromHex(ct + tag));
        assertEquals(opened?.toHex(), result === "valid" ? msg : undefined, `tcId ${tcId}`);
        if (result === "valid") {
          const encrypted = await aesGcmEncrypt(imported, nonce, header, Uint8Array.fromHex(msg));
          assertEquals(encrypted.toHex(), ct + tag);
        }
        count++;
      }
    }
    assertEquals(count, 66);
  },
);

Deno.test("aesGcmDecrypt() is null for a wrong tag and tells a fault of ours", async (t) => {
  const key = await importAesGcmKey(new Uint8Array(32));
  const [nonce, nothing, tag] = [new Uint8Array(12), new Uint8Array(0), new Uint8Array(16)];
  assertEquals(await aesGcmDecrypt(key, nonce, nothing, tag), null);
  const faults: Record<string, Error> = {
    "an error": new Error("a fault"),
    "another error of the same name": Object.assign(new Error("a fault"), {
      name: "OperationError",
    }),
    "another DOMException": new DOMException("a fault", "InvalidAccessError"),
  };
  for (const [name, fault] of Object.entries(faults)) {
    await t.step(name, async () => {
      const value = () => Promise.reject(fault);
      Object.defineProperty(crypto.subtle, "decrypt", { configurable: true, value });
      try {
        const thrown = await assertRejects(() => aesGcmDecrypt(key, nonce, nothing, tag), Error);
        assertStrictEquals(thrown, fault);
      } finally {
        Reflect.deleteProperty(crypto.subtle, "decrypt");
      }
    });
  }
});
