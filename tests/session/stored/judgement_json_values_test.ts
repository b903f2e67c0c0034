/**
 * Values that a database keeps as JSON.
 *
 * @module
 */

import { assertEquals, assertThrows } from "jsr:@std/assert@^1.0.0";
import { BrokenRecordError } from "@pyramidion/pyramidion/stores";
import { valuesInJson } from "../../../lib/session/stored/judgement.ts";

Deno.test("valuesInJson() reads an object of texts, whatever its keys are", () => {
  assertEquals(valuesInJson("a", "{}"), new Map());
  const wanted = new Map([["", "1"], ["__proto__", "2"], ["0", ""]]);
  assertEquals(valuesInJson("a", '{"0": "", "": "1", "__proto__": "2"}'), wanted);
});

Deno.test("valuesInJson() refuses everything else", () => {
  for (const data of ["", "{", "[]", "null", "1", '"k"', '{"k":1}', '{"k":null}', '{"k":{}}']) {
    assertThrows(() => valuesInJson("a", data), BrokenRecordError, 'session "a"', data);
  }
});
