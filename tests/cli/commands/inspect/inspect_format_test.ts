/**
 * The format of a session cookie, by its bytes.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import { recognizeFormat } from "../../../../lib/cli/commands/inspect/inspect_format.ts";

function textOf(version: number, length: number, flags = 0): string {
  const token = new Uint8Array(length).fill(7);
  token[0] = version;
  token[1] = flags;
  return token.toBase64({ alphabet: "base64url", omitPadding: true });
}

Deno.test("recognizeFormat() tells formats by version and length", async (t) => {
  // Header 6, tag 32, key 48, nonce 12, block 32, tag 16.
  const rows: Record<string, [text: string, format: string]> = {
    "signed, empty": [textOf(1, 38), "signed"],
    "signed, one byte short": [textOf(1, 37), "unknown"],
    "encrypted, one block": [textOf(2, 66), "encrypted"],
    "encrypted, a byte too long": [textOf(2, 67), "unknown"],
    "the key of a stored session": [textOf(3, 86), "stored"],
    "the same, a byte too long": [textOf(3, 87), "unknown"],
    "the same, a byte short": [textOf(3, 85), "unknown"],
    "a later version": [textOf(4, 86), "unknown"],
    "no text": ["", "unknown"],
    "no base64url": ["a=b", "unknown"],
  };
  for (const [name, [text, wanted]] of Object.entries(rows)) {
    await t.step(name, () => assertEquals(recognizeFormat(text).format, wanted));
  }
  await t.step("version, flags and key id", () => {
    const found = recognizeFormat(textOf(3, 86, 1));
    const { version, flags, keyId } = { version: 0, flags: 0, keyId: "", ...found };
    assertEquals([version, flags, keyId], [3, 1, "07070707"]);
  });
});
