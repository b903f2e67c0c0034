/**
 * What sessions may be bound to.
 *
 * @module
 */

import { assertEquals, assertThrows } from "jsr:@std/assert@^1.0.0";
import {
  checkBinding,
  checkModifying,
  checkRemembering,
} from "../../../lib/session/contract/binding.ts";
import { BARE_POLICY } from "../../../lib/session/contract/record.ts";

const STAMPED = { ...BARE_POLICY, needsStamp: true };

Deno.test("checkBinding() takes a stamp where there is a look-up for it, and only there", () => {
  assertEquals(checkBinding("ada", {}, BARE_POLICY), undefined);
  assertEquals(checkBinding("ada", { stamp: "" }, STAMPED), undefined);
  assertEquals(checkBinding("ada", { stamp: "x".repeat(256) }, STAMPED), undefined);
  assertThrows(() => checkBinding("ada", {}, STAMPED), TypeError, "without a stamp");
  assertThrows(() => checkBinding("ada", { stamp: "1" }, BARE_POLICY), Error, "cookies");
  assertThrows(() => checkBinding("ada", { stamp: "x".repeat(257) }, STAMPED), RangeError, "257");
  assertThrows(() => checkBinding("ada", { stamp: 1 as never }, STAMPED), TypeError, "stamp");
  assertThrows(() => checkBinding("", {}, BARE_POLICY), RangeError, "empty");
  assertThrows(() => checkBinding(7, {}, BARE_POLICY), TypeError, "String(id)");
});

Deno.test("checkRemembering() takes a second to 400 days", () => {
  for (const seconds of [1, 34_560_000]) {
    assertEquals(checkRemembering(seconds, BARE_POLICY), undefined);
  }
  for (const seconds of [0, -1, 1.5, 34_560_001, NaN]) {
    assertThrows(() => checkRemembering(seconds, BARE_POLICY), RangeError, String(seconds));
  }
  assertThrows(() => checkRemembering(1, { ...BARE_POLICY, canRemember: false }), Error, "place");
});

Deno.test("checkModifying() lets stored sessions through alone", () => {
  assertEquals(checkModifying("n", () => 1, { ...BARE_POLICY, canModify: true }), undefined);
  assertThrows(() => checkModifying("n", () => 1, BARE_POLICY), Error, '"n" at once');
});
