/**
 * One spelling for each sequence of bytes.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import { base64urlLength, decodeBase64url, encodeBase64url } from "../../lib/session/base64url.ts";

Deno.test("decodeBase64url() reads what encodeBase64url() wrote, at the length foretold", () => {
  for (let length = 0; length < 100; length++) {
    const bytes = crypto.getRandomValues(new Uint8Array(length));
    const text = encodeBase64url(bytes);
    assertEquals(text.length, base64urlLength(length));
    assertEquals(decodeBase64url(text), bytes);
  }
});

Deno.test("decodeBase64url() reads RFC 4648's examples without padding", () => {
  const rows: Record<string, string> = {
    "": "",
    f: "Zg",
    fo: "Zm8",
    foo: "Zm9v",
    "\xfb\xff": "-_8",
  };
  for (const [plain, text] of Object.entries(rows)) {
    assertEquals(decodeBase64url(text), Uint8Array.from(plain, (char) => char.charCodeAt(0)));
  }
});

Deno.test("decodeBase64url() accepts exactly one text of four characters or fewer for each value", () => {
  const alphabet = "AQgwZ-_+/= \n\0é";
  let accepted = 0;
  for (let number = 0; number < alphabet.length ** 4; number++) {
    const text = [0, 1, 2, 3].map((place) =>
      alphabet[Math.trunc(number / alphabet.length ** place) % alphabet.length]
    ).join("");
    const bytes = decodeBase64url(text);
    if (bytes === null) continue;
    accepted++;
    assertEquals(encodeBase64url(bytes), text);
  }
  assertEquals(accepted, 7 ** 4);
  for (const text of ["YR", "YWJ", "A", "AAAAA", "YQ=", "YQ==", "Y Q"]) {
    assertEquals(decodeBase64url(text), null, text);
  }
});

Deno.test("decodeBase64url() reads 4,096 characters and no more", () => {
  assertEquals(decodeBase64url("A".repeat(4_096))?.length, 3_072);
  assertEquals(decodeBase64url("A".repeat(4_100)), null);
});
