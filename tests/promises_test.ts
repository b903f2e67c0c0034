/**
 * Promises that nothing awaits, and values that may be promises.
 *
 * @module
 */

import {
  assertEquals,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "jsr:@std/assert@^1.0.0";
import { isInstanceOf, isThenable, quiet, quietly, whenReady } from "../lib/promises.ts";

Deno.test("quiet() gives back the promise, which still rejects for those who await it", async () => {
  const promise = Promise.reject(new Error("planted"));
  assertStrictEquals(quiet(promise), promise);
  // A rejection that nothing handled would end the test run here.
  await new Promise((resolve) => setTimeout(resolve));
  await assertRejects(() => promise, Error, "planted");
});

Deno.test("quietly() leaves other values alone, and keeps a rejection from ending the process", async () => {
  assertStrictEquals(quietly(7), 7);
  const rejected = quietly(Promise.reject(new Error("planted")));
  await new Promise((resolve) => setTimeout(resolve));
  await assertRejects(() => rejected, Error, "planted");
});

Deno.test("isThenable() is whether await waits for a value", () => {
  assertEquals([Promise.resolve(), { then() {} }].map(isThenable), [true, true]);
  assertEquals([null, undefined, {}, { then: 1 }, "then"].map(isThenable), [
    false,
    false,
    false,
    false,
    false,
  ]);
});

Deno.test("isInstanceOf() is false for a proxy that cannot be asked", () => {
  const { proxy, revoke } = Proxy.revocable(new Error(), {});
  assertEquals([isInstanceOf(new TypeError(), Error), isInstanceOf({}, Error)], [true, false]);
  assertEquals(isInstanceOf(proxy, Error), true);
  revoke();
  assertEquals(isInstanceOf(proxy, Error), false);
});

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
