/**
 * Padding to 32 bytes.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import { pad, paddedLength, unpad } from "../../../lib/session/crypto/aes_gcm.ts";

Deno.test("pad() appends 0x80 and then zeros up to a multiple of 32", () => {
  const rows: [length: number, padded: number][] = [[0, 32], [1, 32], [31, 32], [32, 64], [33, 64]];
  for (const [length, expected] of rows) {
    const payload = new Uint8Array(length).fill(7);
    const padded = pad(payload);
    assertEquals(padded.length, expected);
    assertEquals(paddedLength(length), expected);
    assertEquals(padded[length], 0x80);
    assertEquals(padded.subarray(length + 1), new Uint8Array(expected - length - 1));
    assertEquals(unpad(padded), payload);
  }
});

Deno.test("unpad() gives back payloads that look like padding", () => {
  for (const payload of [[0x80], [0x80, 0, 0], [0], [0, 0x80], new Array(64).fill(0)]) {
    assertEquals(unpad(pad(new Uint8Array(payload))), new Uint8Array(payload));
  }
});

Deno.test("unpad() takes nothing that pad() does not make", () => {
  assertEquals(unpad(new Uint8Array(0)), null);
  assertEquals(unpad(new Uint8Array(32)), null);
  assertEquals(unpad(new Uint8Array([0x80])), null);
  assertEquals(unpad(new Uint8Array([...new Uint8Array(31), 0x81])), null);
  assertEquals(unpad(new Uint8Array([...new Uint8Array(31), 0x80, ...new Uint8Array(32)])), null);
});
