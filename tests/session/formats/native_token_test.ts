/**
 * Header and keys of the tokens of formats 1 and 2.
 *
 * @module
 */

import { assertEquals, assertThrows } from "jsr:@std/assert@^1.0.0";
import { hmacSign } from "../../../lib/session/crypto/hmac.ts";
import {
  HEADER_LENGTH,
  type NativeFormat,
  NativeToken,
} from "../../../lib/session/formats/native_token.ts";

const FORMAT: NativeFormat = { version: 7, info: "7/test", algorithm: "HMAC-SHA-256" };
const OLD = "an older secret: 7Yx0Jw1mC3sV9kQ2bN8tR5pL4zH";
const NEW = "the newest secret: q8W2eR4tY6uI1oP3aS5dF7gH9j";
const PAYLOAD = new Uint8Array([1, 2, 3]);
// Of these two the key ids are one.
const TWINS = [
  "a secret whose key id collides, number 58845",
  "a secret whose key id collides, number 159205",
] as const;

Deno.test("NativeToken.begin() writes version, empty flags and key id, and leaves the rest zero", async () => {
  const tokens = new NativeToken(FORMAT, [NEW, OLD], {});
  const { token, key } = await tokens.begin(HEADER_LENGTH + 2);
  assertEquals([token.length, token[0], token[1], token[6], token[7]], [8, 7, 0, 0, 0]);
  const again = await new NativeToken(FORMAT, NEW, {}).begin(HEADER_LENGTH);
  assertEquals(again.token, token.subarray(0, HEADER_LENGTH));
  assertEquals(await hmacSign(again.key, PAYLOAD), await hmacSign(key, PAYLOAD));
});

Deno.test("NativeToken has other keys for another format, purpose or cookie", async () => {
  const formats = [FORMAT, { ...FORMAT, info: "8/test" }];
  const options = [{}, { purpose: "stored" }, { cookieName: "cart" }] as const;
  const tags = await Promise.all(formats.flatMap((format) =>
    options.map(async (options) => {
      const { key } = await new NativeToken(format, NEW, options).begin(HEADER_LENGTH);
      return (await hmacSign(key, PAYLOAD)).toHex();
    })
  ));
  assertEquals(new Set(tags).size, 6);
});

Deno.test("NativeToken.open() asks with the keys of the header's id only", async (t) => {
  const { token } = await new NativeToken(FORMAT, OLD, {}).begin(HEADER_LENGTH);
  const changed = (at: number) => token.with(at, token[at]! ^ 1);
  const rows: Record<
    string,
    [token: Uint8Array<ArrayBuffer>, secrets: [string, ...string[]], asked: number, answer: unknown]
  > = {
    "the newest secret": [token, [OLD], 1, { payload: PAYLOAD, stale: false }],
    "an older secret": [token, [NEW, OLD], 1, { payload: PAYLOAD, stale: true }],
    "a secret that is not ours": [token, [NEW], 0, { refused: "unknown-key" }],
    "another version": [changed(0), [OLD], 0, { refused: "malformed" }],
    "a flag": [changed(1), [OLD], 0, { refused: "malformed" }],
    "another key id": [changed(5), [OLD], 0, { refused: "unknown-key" }],
  };
  for (const [name, [token, secrets, expected, answer]] of Object.entries(rows)) {
    await t.step(name, async () => {
      let asked = 0;
      const decoded = await new NativeToken(FORMAT, secrets, {}).open(token, () => {
        asked++;
        return Promise.resolve(PAYLOAD);
      });
      assertEquals<unknown>([decoded, asked], [answer, expected]);
    });
  }
  await t.step("two secrets of one id are both asked", async () => {
    const tokens = new NativeToken(FORMAT, TWINS, {});
    const { token, key } = await tokens.begin(HEADER_LENGTH);
    const open = (other: CryptoKey) => Promise.resolve(other === key ? null : PAYLOAD);
    assertEquals(await tokens.open(token, open), { payload: PAYLOAD, stale: true });
    assertEquals(await tokens.open(token, () => Promise.resolve(null)), { refused: "bad-mac" });
  });
});

Deno.test("NativeToken refuses a cookie name that is no token, or has a prefix", () => {
  for (const cookieName of ["", "a b", "é", "__Host-session", "__secure-session", "__Http-a"]) {
    assertThrows(
      () => new NativeToken(FORMAT, NEW, { cookieName }),
      TypeError,
      "Cannot bind a codec to the cookie name",
    );
  }
});
