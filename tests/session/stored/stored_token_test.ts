/**
 * The cookie of a stored session, byte by byte.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import { signedCodec } from "@pyramidion/pyramidion";
import { storedKeyCodec } from "../../../lib/session/formats/signed.ts";
import {
  isSessionId,
  keyLength,
  keyOf,
  keyText,
  makeKey,
  verifyKey,
  writeKey,
} from "../../../lib/session/stored/stored_token.ts";
import golden from "../../data/golden_stored_keys.json" with { type: "json" };

const count = (length: number) => Uint8Array.from({ length }, (_, at) => at);

Deno.test("writeKey() writes the golden tokens, and verifyKey() reads them", async () => {
  for (const { secret, cookieName, key, token } of golden.tokens) {
    const codec = storedKeyCodec(secret, { cookieName });
    assertEquals(await writeKey(codec, key), token);
    assertEquals(token.length, keyLength(codec));
    assertEquals(await verifyKey(codec, token), { payload: keyText(key), stale: false });
  }
});

Deno.test("verifyKey() knows a key by an older secret", async () => {
  const [{ secret, key, token }] = golden.tokens as [typeof golden.tokens[0]];
  const codec = storedKeyCodec([secret.split("").reverse().join(""), secret], {});
  assertEquals(await verifyKey(codec, token), { payload: keyText(key), stale: true });
});

Deno.test("verifyKey() refuses signed sessions, other cookies and other lengths", async () => {
  const { secret, key } = golden.tokens[0]!;
  const codec = storedKeyCodec(secret, {});
  const elsewhere = await writeKey(storedKeyCodec(secret, { cookieName: "other" }), key);
  assertEquals(await verifyKey(codec, elsewhere), { refused: "bad-mac" });
  const signed = await signedCodec(secret).encode(count(48));
  assertEquals(await verifyKey(codec, signed), { refused: "malformed" });
  assertEquals(await signedCodec(secret).decode(await writeKey(codec, key)), {
    refused: "malformed",
  });
  for (const length of [0, 47, 49]) {
    assertEquals(await verifyKey(codec, await codec.encode(count(length))), {
      refused: "malformed",
    });
  }
});

Deno.test("makeKey() makes an id and a secret, and keeps an id", () => {
  const key = makeKey(count);
  assertEquals(key.id, "AAECAwQFBgcICQoLDA0ODw");
  assertEquals(key.secret, "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8");
  // SHA-256 of the bytes 0 to 31, by sha256sum.
  assertEquals(
    Uint8Array.fromBase64(key.hash, { alphabet: "base64url" }).toHex(),
    "630dcd2966c4336691125448bbb25b4ff412a49c732db2c8abc1b8581bd710dd",
  );
  assertEquals((makeKey(count, "kept")).id, "kept");
  assertEquals(keyOf(keyText(key)), key);
});

Deno.test("isSessionId() takes the ids that are made, in their one spelling", () => {
  const good = ["AAECAwQFBgcICQoLDA0ODw", "_-_-_-_-_-_-_-_-_-_-_w"];
  const bad = [
    "",
    "AAECAwQFBgcICQoLDA0ODx",
    "AAECAwQFBgcICQoLDA0OD",
    `${good[0]}A`,
    "../../../etc/passwd....",
    null,
  ];
  assertEquals(good.filter(isSessionId), good);
  assertEquals(bad.filter(isSessionId), []);
});
