/**
 * `decided`: `true` alone is yes.
 *
 * @module
 */

import { assertEquals, assertStrictEquals, assertThrows } from "jsr:@std/assert@^1.0.0";
import { decided } from "../lib/check_options.ts";
import { UNDECIDED } from "./views/undecided.ts";

Deno.test("decided() gives back true and false", () => {
  assertStrictEquals(decided(true, "permits()"), true);
  assertStrictEquals(decided(false, "permits()"), false);
});

Deno.test("decided() refuses every other value, and says which callback gave what", async (t) => {
  const words: Record<keyof typeof UNDECIDED, string> = {
    "undefined": "undefined",
    "null": "null",
    "0": "the number 0",
    "1": "the number 1",
    "NaN": "the number NaN",
    "an empty string": 'the string ""',
    "no": 'the string "no"',
    "the string true": 'the string "true"',
    "an object": "an object",
    "an object that denies": "an object",
    "an empty list": "an array",
    "a symbol": "a symbol",
    "a bigint": "a bigint",
    "a function": "a function",
    "a thenable": "an object",
    "new Boolean(false)": "an object of the class Boolean",
    "new Boolean(true)": "an object of the class Boolean",
  };
  assertEquals(Object.keys(words), Object.keys(UNDECIDED));
  for (const [name, value] of Object.entries(UNDECIDED)) {
    await t.step(name, () => {
      const error = assertThrows(() => decided(value(), "permits() at app.ts:7"), TypeError);
      assertEquals(
        error.message,
        `Cannot use the answer of permits() at app.ts:7: must be true or false, not ${words[name]}`,
      );
    });
  }
});

Deno.test("decided() refuses promises, whatever they settle to; one that rejects ends nothing", async (t) => {
  const promises: Record<string, () => Promise<unknown>> = {
    "of true": () => Promise.resolve(true),
    "of false": () => Promise.resolve(false),
    "that never settles": () => new Promise(() => {}),
    "that rejects": () => Promise.reject(new Error("nobody awaits it")),
  };
  for (const [name, promise] of Object.entries(promises)) {
    await t.step(name, () => {
      const error = assertThrows(() => decided(promise(), "insecureExempt"), TypeError);
      assertEquals(
        error.message,
        "Cannot use the answer of insecureExempt: must be true or false, not a promise: write a function that answers without await",
      );
    });
  }
});

Deno.test("decided() shows no string of more than 40 characters", () => {
  const error = assertThrows(() => decided("x".repeat(1_000), "permits()"), TypeError);
  assertEquals(error.message.endsWith("not a string of 1000 characters"), true);
});
