/**
 * One spelling for each sequence of bytes.
 *
 * @module
 */

import { assert, assertEquals } from "jsr:@std/assert@^1.0.0";
import {
  base64urlLength,
  decodeBase64url,
  encodeBase64url,
} from "../../../lib/session/crypto/bytes.ts";
import { Random } from "../../random.ts";

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

Deno.test("decodeBase64url() takes what writing the bytes again gives back, and nothing else", () => {
  const random = new Random(20261124);
  const alphabet = "ABCabc019-_+/= \n\t=Zz";
  // The plain rule, which costs a second encoding: the authority.
  const plain = (text: string): string | null => {
    try {
      const bytes = Uint8Array.fromBase64(text, { alphabet: "base64url" });
      const again = bytes.toBase64({ alphabet: "base64url", omitPadding: true });
      return again === text ? again : null;
    } catch {
      return null;
    }
  };
  let taken = 0;
  for (let round = 0; round < 20_000; round++) {
    const odd = random.chance(0.4) ? alphabet.length : 11;
    const length = random.below(14);
    const text = Array.from({ length }, () => alphabet[random.below(odd)]).join("");
    const bytes = decodeBase64url(text);
    const found = bytes === null ? null : encodeBase64url(bytes);
    assertEquals(found, plain(text), `seed ${random.seed}, ${JSON.stringify(text)}`);
    if (found !== null) taken++;
  }
  assert(taken > 1_000 && taken < 19_000, `${taken} were taken`);
});
