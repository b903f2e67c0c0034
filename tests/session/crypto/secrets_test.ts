/**
 * Bad secrets are refused before the first visitor.
 *
 * @module
 */

import { assert, assertEquals, assertThrows } from "jsr:@std/assert@^1.0.0";
import { checkSecrets } from "../../../lib/session/crypto/secrets.ts";

const GOOD = "7Yx0Jw1mC3sV9kQ2bN8tR5pL4zH6dFgA";
const OTHER = "q8W2eR4tY6uI1oP3aS5dF7gH9jK0lZxC";

// deno-lint-ignore no-explicit-any -- a caller without types
type Anything = any;

Deno.test("checkSecrets() refuses what no option excuses", async (t) => {
  const rows: Record<string, [secrets: Anything, kind: typeof RangeError, says: string]> = {
    "undefined": [undefined, TypeError, "the secret: it is undefined"],
    "null": [null, TypeError, "the secret: it is null"],
    "a number": [42, TypeError, "of type number"],
    "bytes": [new Uint8Array(32), TypeError, "must be text"],
    "an empty list": [[], TypeError, "the list is empty"],
    "undefined in a list": [[GOOD, undefined], TypeError, "secret 2 of 2: it is undefined"],
    "empty text": ["", RangeError, "is empty"],
    "empty text in a list": [[GOOD, ""], RangeError, "secret 2 of 2: it is empty"],
    "a lone surrogate": [GOOD + "\ud800", TypeError, "lone surrogates"],
    "the same twice": [
      [GOOD, OTHER, GOOD],
      RangeError,
      "secret 3 of 3: it stands in the list twice",
    ],
  };
  for (const [name, [secrets, kind, says]] of Object.entries(rows)) {
    for (const insecureAllowWeakSecret of [false, true]) {
      await t.step(`${name}, weak ones ${insecureAllowWeakSecret ? "" : "not "}allowed`, () => {
        assertThrows(() => checkSecrets(secrets, { insecureAllowWeakSecret }), kind, says);
      });
    }
  }
});

Deno.test("checkSecrets() refuses weak secrets unless told, and never prints them", async (t) => {
  const rows: Record<string, [secret: string, says: string]> = {
    "one space": [" ", "is 1 bytes long"],
    "31 bytes": [GOOD.slice(1), "is 31 bytes long and must be at least 32"],
    "keyboard cat": ["keyboard cat", "bytes long"],
    "one character 32 times": ["a".repeat(32), "one pattern repeated"],
    "32 spaces": [" ".repeat(32), "one pattern repeated"],
    "two characters in turn": ["ab".repeat(20), "one pattern repeated"],
    "a pattern that breaks off": ["0123456789abcdef".repeat(2) + "0123", "one pattern repeated"],
    "half of it twice": [GOOD.slice(0, 16).repeat(2), "one pattern repeated"],
    "an example, repeated with a rest": ["keyboard cat ".repeat(3) + "!", "public documentation"],
    "an example, lengthened": ["keyboard-cat-1234567890-1234567890-x", "public documentation"],
    "an example in capitals": ["CHANGE-ME-CHANGE-ME-PLEASE-CHANGE-ME", "public documentation"],
    "a tutorial's": ["complex_password_at_least_32_characters_long", "public documentation"],
    "a debugger's": ["a-string-secret-at-least-256-bits-long", "public documentation"],
    "examples in a row": [
      "shhhhh-seekrit-shhhhh-s3cret-shhhhh-12345",
      "public documentation",
    ],
    "the alphabet and digits": ["abcdefghijklmnopqrstuvwxyz0123456789", "public documentation"],
  };
  for (const [name, [secret, says]] of Object.entries(rows)) {
    await t.step(name, () => {
      const error = assertThrows(() => checkSecrets(secret), RangeError, says);
      assert(secret.trim() === "" || !error.message.includes(secret));
      assertEquals(checkSecrets(secret, { insecureAllowWeakSecret: true }), [secret]);
    });
  }
});

Deno.test("checkSecrets() accepts random secrets of every usual spelling, newest first", () => {
  for (let round = 0; round < 200; round++) {
    const bytes = crypto.getRandomValues(new Uint8Array(32));
    const spellings = [bytes.toHex(), bytes.toBase64(), bytes.slice(0, 24).toBase64()];
    for (const secret of spellings) assertEquals(checkSecrets(secret), [secret]);
  }
  assertEquals(checkSecrets([GOOD, OTHER]), [GOOD, OTHER]);
  assertEquals(checkSecrets(crypto.randomUUID()).length, 1);
});

Deno.test("checkSecrets() counts bytes, not characters", () => {
  assertEquals(checkSecrets("żółćąęśńźŻÓŁĆĄĘŚ").length, 1);
});

Deno.test("checkSecrets() accepts a long random secret that happens to contain a known word", () => {
  assertEquals(checkSecrets("secret-" + GOOD).length, 1);
});

Deno.test("checkSecrets() accepts a known word with 16 characters beside it, and none with 15", () => {
  const own = "7Yx0Jw1mC3sV9kQ2", word = "complexpasswordatleast32characterslong";
  assertEquals(checkSecrets(word + own), [word + own]);
  assertThrows(() => checkSecrets(word + own.slice(1)), RangeError, "public documentation");
});

Deno.test("checkSecrets() advises a command that runs and makes a good secret", () => {
  const { message } = assertThrows(() => checkSecrets("short"), RangeError);
  const script = /deno eval 'console\.log\((.+)\)'$/.exec(message)?.[1];
  assertEquals(script, "crypto.getRandomValues(new Uint8Array(32)).toBase64()");
  const secret = crypto.getRandomValues(new Uint8Array(32)).toBase64();
  assertEquals(checkSecrets(secret), [secret]);
});
