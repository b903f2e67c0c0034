/**
 * What differs between two states.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import { differenceOf } from "../../../lib/session/stored/stored_state.ts";

Deno.test("differenceOf() names what was set and what was removed, and nothing else", () => {
  const before = new Map([["same", "1"], ["changed", "1"], ["gone", "1"]]);
  const after = new Map([["same", "1"], ["changed", "2"], ["new", ""]]);
  assertEquals(differenceOf(after, before), {
    set: new Map([["changed", "2"], ["new", ""]]),
    delete: ["gone"],
    isEmpty: false,
  });
  assertEquals(differenceOf(before, before).isEmpty, true);
  assertEquals(differenceOf(new Map(), before).isEmpty, false);
});
