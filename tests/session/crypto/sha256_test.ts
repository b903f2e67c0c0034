/**
 * SHA-256 without a promise, against published hashes and SubtleCrypto.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import { sha256 } from "../../../lib/session/crypto/sha256.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);

Deno.test("sha256() gives the hashes of NIST's examples", () => {
  // csrc.nist.gov, Cryptographic Standards and Guidelines, Example Values: SHA256.pdf
  const published: Record<string, string> = {
    "": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    abc: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq:
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
    ["a".repeat(1_000_000)]: "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
  };
  for (const [text, hash] of Object.entries(published)) {
    assertEquals(sha256(bytesOf(text)).toHex(), hash);
  }
});

Deno.test("sha256() agrees with SubtleCrypto for every length up to four blocks", async () => {
  for (let length = 0; length <= 256; length++) {
    const bytes = crypto.getRandomValues(new Uint8Array(length));
    const expected = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
    assertEquals(sha256(bytes).toHex(), expected, `of ${bytes.toHex()}`);
  }
});

Deno.test("sha256() hashes part of a buffer, and leaves it as it is", () => {
  const bytes = bytesOf("xabcx");
  assertEquals(sha256(bytes.subarray(1, 4)), sha256(bytesOf("abc")));
  assertEquals(bytes, bytesOf("xabcx"));
});
