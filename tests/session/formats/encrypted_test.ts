/**
 * What only the encrypted format promises.
 *
 * @module
 */

import { assert, assertEquals, assertNotEquals, assertThrows } from "jsr:@std/assert@^1.0.0";
import { aesGcmEncrypt, importAesGcmKey } from "../../../lib/session/crypto/aes_gcm.ts";
import { hkdfSha256, importHkdfSecret } from "../../../lib/session/crypto/hmac.ts";
import { encryptedCodec } from "../../../lib/session/formats/encrypted.ts";
import { SubtleSpy } from "../subtle_spy.ts";

const SECRET = "sealed: 7Yx0Jw1mC3sV9kQ2bN8tR5pL4zH6dF";
const TWINS = [
  "a secret whose key id collides, number 58845",
  "a secret whose key id collides, number 159205",
] as const;
const BASE64URL = { alphabet: "base64url", omitPadding: true } as const;
const UTF8 = new TextEncoder();
const PAYLOAD = UTF8.encode("[1,2,{}]");

Deno.test("encryptedCodec() says why it refuses", async (t) => {
  const codec = encryptedCodec(SECRET);
  const token = Uint8Array.fromBase64(await codec.encode(PAYLOAD), BASE64URL);
  const rows: Record<string, [change: (bytes: Uint8Array) => void, reason: string]> = {
    "version 1": [(b) => b[0] = 1, "malformed"],
    "a flag": [(b) => b[1] = 1, "malformed"],
    "the key id": [(b) => b[5]! ^= 1, "unknown-key"],
    "the nonce": [(b) => b[6]! ^= 1, "bad-mac"],
    "the ciphertext": [(b) => b[18]! ^= 1, "bad-mac"],
    "the tag": [(b) => b[b.length - 1]! ^= 1, "bad-mac"],
  };
  for (const [name, [change, reason]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const changed = token.slice();
      change(changed);
      const refused = await codec.decode(changed.toBase64(BASE64URL));
      assertEquals<unknown>(refused, { refused: reason });
    });
  }
});

Deno.test("encryptedCodec() refuses a token moved to another cookie", async () => {
  const text = await encryptedCodec(SECRET).encode(PAYLOAD);
  const prefs = encryptedCodec(SECRET, { cookieName: "prefs" });
  assertEquals(await prefs.decode(text), { refused: "bad-mac" });
});

Deno.test("encryptedCodec() authenticates the header, so that a twin's key id does not fit", async () => {
  const [first, second] = TWINS;
  const text = await encryptedCodec(second).encode(PAYLOAD);
  assertEquals(await encryptedCodec(first).decode(text), { refused: "bad-mac" });
  using spy = new SubtleSpy();
  const both = encryptedCodec([first, second]);
  await both.decode("junk");
  assertEquals(await both.decode(text), { payload: PAYLOAD, stale: true });
  assertEquals(spy.calls.filter((call) => call === "decrypt").length, 2);
});

Deno.test("encryptedCodec() hides the payload and its exact length, and never repeats itself", async () => {
  const codec = encryptedCodec(SECRET);
  const texts = await Promise.all(
    Array.from({ length: 32 }, (_, length) => codec.encode(new Uint8Array(length))),
  );
  assertEquals(new Set(texts.map((text) => text.length)).size, 1);
  assertEquals(new Set(texts).size, texts.length);
  assertNotEquals((await codec.encode(new Uint8Array(32))).length, texts[0]!.length);
  const token = Uint8Array.fromBase64(await codec.encode(UTF8.encode("Admin")), BASE64URL);
  assert(!new TextDecoder("latin1").decode(token).includes("Admin"));
});

Deno.test("encryptedCodec() refuses a broken padding under a good tag as malformed", async (t) => {
  const material = await importHkdfSecret(UTF8.encode(SECRET));
  const info = UTF8.encode("pyramidion/2/sealed/session/session");
  const key = await importAesGcmKey(await hkdfSha256(material, info, 32));
  const id = await hkdfSha256(material, UTF8.encode("pyramidion/1/key-id"), 4);
  const header = new Uint8Array([2, 0, ...id]);
  const nonce = new Uint8Array(12);
  const encrypted = async (plaintext: Uint8Array<ArrayBuffer>) => {
    const ciphertext = await aesGcmEncrypt(key, nonce, header, plaintext);
    return new Uint8Array([...header, ...nonce, ...ciphertext]).toBase64(BASE64URL);
  };
  const block = (...bytes: number[]) =>
    new Uint8Array([...bytes, ...new Array(32 - bytes.length).fill(0)]);
  const rows: Record<string, [Uint8Array<ArrayBuffer>, boolean]> = {
    "good, as a control": [block(1, 0x80), true],
    "good and empty, as a control": [block(0x80), true],
    "no mark": [block(), false],
    "another mark": [block(1, 0x81), false],
    "a whole block of zeros after the mark": [new Uint8Array([...block(0x80), ...block()]), false],
    "no padding at all": [new Uint8Array(32).fill(1), false],
    "half a block": [new Uint8Array([1, 0x80]), false],
    "nothing": [new Uint8Array(0), false],
  };
  const codec = encryptedCodec(SECRET);
  for (const [name, [plaintext, good]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const decoded = await codec.decode(await encrypted(plaintext));
      if (good) assert("payload" in decoded);
      else assertEquals(decoded, { refused: "malformed" });
    });
  }
});

Deno.test("encryptedCodec() refuses names that are no cookie's, or carry a prefix", () => {
  for (const cookieName of ["", "a b", "__Host-session"]) {
    assertThrows(() => encryptedCodec(SECRET, { cookieName }), TypeError, "Cannot bind a codec");
  }
});
