/**
 * User ids in tickets.
 *
 * @module
 */

import { assertEquals, assertThrows } from "jsr:@std/assert@^1.0.0";
import { readUserId, userDataOf, type UserId, writeUserId } from "../../lib/auth_tkt/user_id.ts";

Deno.test("readUserId() reads what writeUserId() wrote, in the same type", async (t) => {
  const rows: Record<string, [id: UserId, text: string, type: string]> = {
    "text": ["ada", "YWRh", "b64unicode"],
    "text beyond ASCII": ["\ufeffé😀", "77u/w6nwn5iA", "b64unicode"],
    "a number": [7, "7", "int"],
    "a negative number": [-7, "-7", "int"],
    "zero": [0, "0", "int"],
    "a number that only a bigint holds": [2n ** 64n, "18446744073709551616", "int"],
    "bytes": [new Uint8Array([255, 0]), "/wA=", "b64str"],
  };
  for (const [name, [id, text, type]] of Object.entries(rows)) {
    await t.step(name, () => {
      const written = writeUserId(id);
      assertEquals(written, { text, type: type as typeof written.type });
      assertEquals(readUserId(text, userDataOf(written)), id);
    });
  }
});

Deno.test("readUserId() takes an id that is not of its type for nobody's", async (t) => {
  const rows: Record<string, [text: string, userData: string]> = {
    "nothing": ["", ""],
    "nothing in Base64": ["", "userid_type:b64unicode"],
    "letters as a number": ["ada", "userid_type:int"],
    "a number with a zero in front": ["07", "userid_type:int"],
    "a number with a sign": ["+7", "userid_type:int"],
    "minus zero": ["-0", "userid_type:int"],
    "a number with underscores": ["1_000", "userid_type:int"],
    "a fraction": ["1.5", "userid_type:int"],
    "no Base64": ["?", "userid_type:b64str"],
    "Base64 without padding": ["YQ", "userid_type:b64str"],
    "Base64 with a space": ["YW Rh", "userid_type:b64str"],
    "Base64 with loose bits": ["YR==", "userid_type:b64str"],
    "bytes that are no UTF-8": ["/w==", "userid_type:b64unicode"],
    "two types": ["7", "userid_type:int|userid_type:b64unicode"],
  };
  for (const [name, [text, userData]] of Object.entries(rows)) {
    await t.step(name, () => assertEquals(readUserId(text, userData), null));
  }
});

Deno.test("readUserId() reads the id of another program as text", () => {
  for (const userData of ["", "hello", "userid_type:unicode", "a|b"]) {
    assertEquals(readUserId("ada", userData), "ada");
  }
  assertEquals(readUserId("7", "a|userid_type:int|b"), 7);
});

Deno.test("writeUserId() refuses what is no id", () => {
  const ids: unknown[] = ["", "\ud800", 1.5, NaN, 2 ** 53, null, undefined, {}, new Uint8Array()];
  for (const id of ids) {
    assertThrows(() => writeUserId(id as UserId), TypeError, "Cannot remember a user");
  }
});
