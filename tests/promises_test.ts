/**
 * `whenReady`: what goes on at once, and what waits.
 *
 * @module
 */

import {
  assertEquals,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "jsr:@std/assert@^1.0.0";
import { isThenable, quietly, whenReady } from "../lib/promises.ts";

Deno.test("whenReady() goes on at once with what is there, without a promise", () => {
  assertStrictEquals(whenReady(2, (value) => value + 1), 3);
  assertStrictEquals(whenReady(undefined, (value) => value), undefined);
  assertThrows(
    () =>
      whenReady(1, () => {
        throw new RangeError("next");
      }),
    RangeError,
    "next",
  );
});

Deno.test("whenReady() goes on after a promise, and rejects with what it or next rejects with", async () => {
  const steps: string[] = [];
  const later = whenReady(Promise.resolve("value"), (value) => void steps.push(value));
  steps.push("before");
  await later;
  assertEquals(steps, ["before", "value"]);
  assertStrictEquals(await whenReady(1, (value) => Promise.resolve(value + 1)), 2);
  const failing = Promise.reject(new RangeError("first"));
  await assertRejects(async () => await whenReady(failing, () => {}), RangeError, "first");
});

Deno.test("quietly() lets a promise reject without an end to the process, and hands on anything else", async () => {
  const rejecting = quietly(Promise.reject(new RangeError("nobody waits")));
  await new Promise((resolve) => setTimeout(resolve));
  await assertRejects(() => rejecting, RangeError);
  assertStrictEquals(quietly(7), 7);
});

Deno.test("isThenable() is true of what await waits for", () => {
  assertEquals([Promise.resolve(), { then() {} }, { then: 1 }, null, "then"].map(isThenable), [
    true,
    true,
    false,
    false,
    false,
  ]);
});
