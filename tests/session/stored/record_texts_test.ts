/**
 * A session as texts by their keys.
 *
 * @module
 */

import { assertEquals, assertThrows } from "jsr:@std/assert@^1.0.0";
import { SessionTooLargeError, SessionValueError } from "@pyramidion/pyramidion";
import { BrokenRecordError } from "@pyramidion/pyramidion/stores";
import { DEVICE } from "../../../lib/session/stored/stored_keys.ts";
import { NativePayload } from "../../../lib/session/formats/native_payload.ts";
import {
  checkTexts,
  faultOfTexts,
  isBeyondLimits,
  readTexts,
  textsOf,
} from "../../../lib/session/stored/record_texts.ts";

const JSON_TEXTS = new NativePayload();
let made = 0;

function written(record: Parameters<typeof textsOf>[0], before?: ReadonlyMap<string, string>) {
  return textsOf(record, { payload: JSON_TEXTS, before, makeTag: () => `t${made++}` });
}

Deno.test("readTexts() reads what textsOf() wrote, whatever the app calls its keys", () => {
  const values = new Map<string, unknown>([
    ["", 1],
    ["(csrf:x)", 2],
    ["(flash:x)", 3],
    ["(device)", 5],
    ["((", 4],
    ["__proto__", { a: [null] }],
    ["ключ", "\u0000\ud800"],
    ["user", -0],
  ]);
  const flash = new Map<string, unknown[]>([["", ["hello"]], ["(csrf)", [{ a: 1 }]]]);
  const csrf = { csrfToken: "secret", csrfOthers: ["other"] };
  const texts = written({ values, flash, ...csrf });
  assertEquals(texts.size, 12);
  const read = readTexts("x", texts, JSON_TEXTS);
  assertEquals(read, { values, flash, ...csrf });
  assertEquals(written(read, texts), texts);
  assertEquals(
    [...read.values.keys()],
    [...values.keys()].map(String).sort((a, b) =>
      (a.startsWith("(") ? `(${a}` : a) < (b.startsWith("(") ? `(${b}` : b) ? -1 : 1
    ),
  );
});

Deno.test("textsOf() keeps messages under their keys, and gives those that were added one of their own", () => {
  const flashed = (messages: unknown[], before: ReadonlyMap<string, string>) =>
    written({ values: new Map(), flash: new Map([["q", messages]]) }, before);
  const one = flashed(["a", "b"], new Map());
  const two = flashed(["a", "b", "c"], one);
  const [first = "", second = ""] = two.keys();
  assertEquals([...two], [[first, '["a","b"]'], [second, '["c"]']]);
  assertEquals(one.has(first) && first < second, true);
  // The first two were taken, and another one came.
  assertEquals([...flashed(["c", "d"], two).values()], ['["c","d"]']);
  assertEquals([...flashed(["a", "x"], two).values()], ['["a","x"]']);
  const again = flashed(["a", "b", "d"], two);
  assertEquals([...again].map(([key, text]) => [two.has(key), text]), [
    [true, '["a","b"]'],
    [false, '["d"]'],
  ]);
  const read = readTexts("x", again, JSON_TEXTS);
  assertEquals(read.flash, new Map([["q", ["a", "b", "d"]]]));
});

Deno.test("readTexts() counts no more than eight CSRF secrets", () => {
  const texts = new Map(Array.from({ length: 9 }, (_, at) => [`(csrf:${at})`, `${at}`]));
  const { csrfToken, csrfOthers } = readTexts("x", texts, JSON_TEXTS);
  assertEquals([csrfToken, csrfOthers], ["0", ["1", "2", "3", "4", "5", "6", "7"]]);
});

Deno.test("readTexts() refuses what this version did not write", () => {
  const bad: Record<string, [key: string, text: string]> = {
    "a key of a later version": ["(later)", "1"],
    "broken JSON": ["a", "{"],
    "broken JSON under a key of brackets": ["((", ""],
    "a binding to a device": [DEVICE, "1"],
    "an empty CSRF secret": ["(csrf:x)", ""],
    "a CSRF secret of another name": ["(csrf:x)y", "secret"],
    "messages that are no list": ["(flash:000000x)", "{}"],
    "an empty list of messages": ["(flash:000000x)", "[]"],
  };
  for (const [name, entry] of Object.entries(bad)) {
    assertThrows(() => readTexts("x", new Map([entry]), JSON_TEXTS), BrokenRecordError, "", name);
  }
});

Deno.test("checkTexts() keeps to the limits, to the byte", () => {
  const fits = (texts: Iterable<[string, string]>, maxBytes = 1_024) =>
    checkTexts(new Map(texts), maxBytes);
  fits([["k", "x".repeat(1_023)]]);
  fits([["k", "é".repeat(511)]]);
  fits([["é".repeat(128), ""]]);
  const keys = Array.from({ length: 256 }, (_, at): [string, string] => [`${at}`, ""]);
  fits(keys);
  const tooLarge = assertThrows(
    () => fits([["a", "x".repeat(1_000)], ["b", "x".repeat(23)]]),
    SessionTooLargeError,
    "1025 bytes in 2 keys",
  );
  assertEquals(tooLarge.keys, [{ key: "a", bytes: 1_001 }, { key: "b", bytes: 24 }]);
  assertEquals([tooLarge.status, tooLarge.limit], [413, 1_024]);
  assertThrows(() => fits([["k", "é".repeat(512)]]), SessionTooLargeError);
  assertThrows(() => fits([...keys, ["one more", ""]]), SessionTooLargeError, "257 keys");
  assertThrows(() => fits([["é".repeat(128) + "x", ""]]), SessionValueError, "a key of 257 bytes");
  assertThrows(() => fits([["abc" + "x".repeat(254), ""]]), SessionValueError, ": abcxxx");
  assertThrows(() => fits([["a\0", ""]]), SessionValueError, "U+0000");
  assertThrows(() => fits([["a\ud800", ""]]), SessionValueError, "lone surrogate");
  assertThrows(() => fits([["a", "\0"]]), SessionValueError, "serializer");
  assertThrows(() => fits([["a", "\udc00"]]), SessionValueError, "serializer");
});

Deno.test("checkTexts() lets a session that is too large already become smaller, and no larger", () => {
  const before = new Map([["a", "x".repeat(2_000)], ["b", "x".repeat(47)]]);
  const check = (texts: Iterable<[string, string]>) => checkTexts(new Map(texts), 1_024, before);
  check([["a", "x".repeat(2_000)]]);
  check([["c", "x".repeat(2_048)]]);
  assertThrows(() => check([["c", "x".repeat(2_049)]]), SessionTooLargeError, "at most 1024 bytes");
  const many = Array.from({ length: 300 }, (_, at): [string, string] => [`${at}`, ""]);
  checkTexts(new Map(many.slice(1)), 1_024, new Map(many));
  const more: [string, string][] = [...many, ["one more", ""]];
  assertThrows(() => checkTexts(new Map(more), 9_999, new Map(many)), SessionTooLargeError);
});

Deno.test("isBeyondLimits() is true for four times the limits and more", () => {
  assertEquals(isBeyondLimits(new Map([["a", "x".repeat(4_095)]]), 1_024), false);
  assertEquals(isBeyondLimits(new Map([["a", "x".repeat(4_096)]]), 1_024), true);
  const keys = (count: number) => new Map(Array.from({ length: count }, (_, at) => [`${at}`, ""]));
  assertEquals(isBeyondLimits(keys(1_024), 32_768), false);
  assertEquals(isBeyondLimits(keys(1_025), 32_768), true);
});

Deno.test("faultOfTexts() tells what no session layer wrote", () => {
  assertEquals(faultOfTexts(new Map([["a", "1"]])), null);
  const bad: unknown[] = [
    {},
    null,
    new Map([["a", 1]]),
    new Map([[1, "a"]]),
    new Map([["a", "\0"]]),
    new Map([["\ud800", "a"]]),
  ];
  assertEquals(bad.filter((values) => faultOfTexts(values) === null), []);
});
