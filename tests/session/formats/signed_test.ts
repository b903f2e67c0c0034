/**
 * What only the signed format promises.
 *
 * @module
 */

import { assertEquals, assertThrows } from "jsr:@std/assert@^1.0.0";
import { hkdfSync } from "node:crypto";
import type { DecodedCookie } from "../../../session.ts";
import { signedCodec } from "../../../lib/session/formats/signed.ts";
import { SubtleSpy } from "../subtle_spy.ts";

const SECRET = "signed: 7Yx0Jw1mC3sV9kQ2bN8tR5pL4zH6dF";
const OLDER = "older: q8W2eR4tY6uI1oP3aS5dF7gH9jK0lZ";
/** Two secrets whose key ids are one: found by search. */
const TWINS = [
  "a secret whose key id collides, number 58845",
  "a secret whose key id collides, number 159205",
] as const;
const BASE64URL = { alphabet: "base64url", omitPadding: true } as const;
const PAYLOAD = new TextEncoder().encode("[1,2,{}]");

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.fromBase64(text, BASE64URL);
}

Deno.test("signedCodec() says why it refuses", async (t) => {
  const codec = signedCodec(SECRET);
  const token = bytesOf(await codec.encode(PAYLOAD));
  const rows: Record<string, [change: (bytes: Uint8Array) => void, reason: string]> = {
    "version 0": [(b) => b[0] = 0, "malformed"],
    "version 2": [(b) => b[0] = 2, "malformed"],
    "a flag": [(b) => b[1] = 1, "malformed"],
    "the last flag": [(b) => b[1] = 128, "malformed"],
    "the first byte of the key id": [(b) => b[2]! ^= 255, "unknown-key"],
    "the last byte of the key id": [(b) => b[5]! ^= 1, "unknown-key"],
    "the payload": [(b) => b[6]! ^= 1, "bad-mac"],
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
  await t.step("a token one byte too short for header and tag", async () => {
    const short = token.slice(0, 37).toBase64(BASE64URL);
    assertEquals(await codec.decode(short), { refused: "malformed" });
  });
});

Deno.test("signedCodec() refuses a token moved to another cookie or another use", async (t) => {
  const text = await signedCodec(SECRET).encode(PAYLOAD);
  const bad: DecodedCookie = { refused: "bad-mac" };
  await t.step("another cookie's name", async () => {
    assertEquals(await signedCodec(SECRET, { cookieName: "prefs" }).decode(text), bad);
  });
  await t.step("a name that differs in case", async () => {
    assertEquals(await signedCodec(SECRET, { cookieName: "Session" }).decode(text), bad);
  });
  await t.step("the id of a stored session", async () => {
    const stored = signedCodec(SECRET, { purpose: "stored" });
    assertEquals(await stored.decode(text), bad);
    assertEquals(await signedCodec(SECRET).decode(await stored.encode(PAYLOAD)), bad);
  });
});

Deno.test("signedCodec() marks a fresh token with the key id of the newest secret", async () => {
  const token = bytesOf(await signedCodec([SECRET, OLDER]).encode(PAYLOAD));
  const id = hkdfSync("sha256", SECRET, "", "pyramidion/1/key-id", 4);
  assertEquals(token.slice(2, 6), new Uint8Array(id));
});

Deno.test("signedCodec() tries every secret whose key id is the token's, and no other", async () => {
  const [first, second] = TWINS;
  const [one, two] = await Promise.all(
    TWINS.map((secret) => signedCodec(secret).encode(PAYLOAD)),
  );
  assertEquals(bytesOf(one!).slice(2, 6), bytesOf(two!).slice(2, 6));
  assertEquals(await signedCodec(first).decode(two!), { refused: "bad-mac" });

  const both = signedCodec([OLDER, first, SECRET, second]);
  assertEquals(await both.decode(one!), { payload: PAYLOAD, stale: true });
  using spy = new SubtleSpy();
  assertEquals(await both.decode(two!), { payload: PAYLOAD, stale: true });
  assertEquals(spy.calls, ["verify", "verify"]);
});

Deno.test("signedCodec() spends on a forged token no more than on a good one", async (t) => {
  const codec = signedCodec([SECRET, OLDER, ...TWINS]);
  const token = bytesOf(await codec.encode(PAYLOAD));
  const unknown = token.slice();
  unknown[2]! ^= 1;
  const forged = token.slice();
  forged[6]! ^= 1;
  using spy = new SubtleSpy();
  await t.step("a key that is not ours costs nothing", async () => {
    await codec.decode(unknown.toBase64(BASE64URL));
    assertEquals(spy.calls, []);
  });
  await t.step("a wrong tag costs one verification", async () => {
    await codec.decode(forged.toBase64(BASE64URL));
    assertEquals(spy.calls, ["verify"]);
  });
});

Deno.test("signedCodec() refuses names that are no cookie's, or carry a prefix", async (t) => {
  const names = [
    "",
    "a b",
    "a;b",
    "a=b",
    "sess\r\nion",
    "é",
    "a/b",
    "__Host-session",
    "__secure-a",
  ];
  for (const cookieName of names) {
    await t.step(JSON.stringify(cookieName), () => {
      assertThrows(() => signedCodec(SECRET, { cookieName }), TypeError, "Cannot bind a codec");
    });
  }
  assertEquals(signedCodec(SECRET).cookieName, "session");
  assertEquals(signedCodec(SECRET, { cookieName: "cart" }).cookieName, "cart");
});
