/**
 * `identityOf`: objects of one name are told apart.
 *
 * @module
 */

import { assertEquals, assertNotEquals } from "jsr:@std/assert@^1.0.0";
import { identityOf } from "../../lib/configurator/statements.ts";

Deno.test("identityOf() is the same for the same object alone", () => {
  const make = () => class Same extends Error {};
  const [one, other] = [make(), make()];
  assertEquals(identityOf(one), identityOf(one));
  assertNotEquals(identityOf(one), identityOf(other));
});
