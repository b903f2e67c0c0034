/**
 * What `session.describe()` notes.
 *
 * @module
 */

import { assertEquals, assertStrictEquals, assertThrows } from "jsr:@std/assert@^1.0.0";
import type { SessionDescription } from "@pyramidion/pyramidion/types";
import { describing, MOST_ADDRESS, MOST_LABEL } from "../../../lib/session/contract/description.ts";
import {
  BARE_POLICY,
  blankRecord,
  type NotedDescription,
} from "../../../lib/session/contract/record.ts";

const STORED = { ...BARE_POLICY, canModify: true };
const BEFORE: NotedDescription = { label: "Firefox on Linux", address: "192.0.2.1" };

function noted(given: SessionDescription, before?: NotedDescription) {
  return describing({ ...blankRecord(0), description: before }, STORED, given);
}

Deno.test("describing() keeps the parts that are missing, and removes those that are null", () => {
  const { label, address } = BEFORE;
  const rows: [given: SessionDescription, before: NotedDescription | undefined, after: unknown][] =
    [
      [{ label }, undefined, { label, address: undefined }],
      [{ address }, undefined, { label: undefined, address }],
      [{ address: "192.0.2.2" }, BEFORE, { label, address: "192.0.2.2" }],
      [{ label: null }, BEFORE, { label: undefined, address }],
      [{ label: null, address: "" }, BEFORE, undefined],
      [{ label: undefined, address: null }, undefined, undefined],
      [{}, undefined, undefined],
    ];
  for (const [given, before, after] of rows) {
    assertEquals(noted(given, before), after, JSON.stringify(given));
  }
});

Deno.test("describing() gives the same object if nothing changes", () => {
  for (const given of [{}, { ...BEFORE }, { label: ` ${BEFORE.label}\n` }]) {
    assertStrictEquals(noted(given, BEFORE), BEFORE);
  }
});

Deno.test("describing() cuts and cleans what a visitor can have written", () => {
  const rows: Record<string, [given: string, kept: string | undefined]> = {
    "too long": ["x".repeat(5000), "x".repeat(MOST_LABEL)],
    "a pair of surrogates at the end": [
      "x".repeat(MOST_LABEL - 1) + "\u{1f98a}",
      "x".repeat(MOST_LABEL - 1),
    ],
    "a space at the end": ["x".repeat(MOST_LABEL - 1) + " x", "x".repeat(MOST_LABEL - 1)],
    "a lone surrogate": ["a\ud800b", "a\ufffdb"],
    "control characters": ["\x1b[31m\0red\r\nline", "[31m red line"],
    "overrides of the direction": ["a\u202eb\u2066c", "a b c"],
    "words that are joined": ["\u0646\u200c\u0627", "\u0646\u200c\u0627"],
    "nothing but spaces": [" \t\u2028 ", undefined],
  };
  for (const [name, [given, kept]] of Object.entries(rows)) {
    assertEquals(noted({ label: given })?.label, kept, name);
  }
  assertEquals(noted({ address: "1".repeat(99) })?.address?.length, MOST_ADDRESS);
});

Deno.test("describing() refuses what is not text, unknown parts, and sessions in cookies", () => {
  const rows: [given: unknown, message: string][] = [
    [{ label: 7 }, 'option "label" of session.describe()'],
    [{ address: ["1"] }, 'option "address" of session.describe()'],
    [{ device: "x" }, "device"],
    ["Firefox", "session.describe()"],
    [undefined, "session.describe()"],
  ];
  for (const [given, message] of rows) {
    assertThrows(() => noted(given as SessionDescription), TypeError, message);
  }
  assertThrows(
    () => describing(blankRecord(0), BARE_POLICY, { label: "x" }),
    Error,
    "Cannot describe the session: it lives in its cookie, and no list shows it: use storedSessionFactory()",
  );
});
