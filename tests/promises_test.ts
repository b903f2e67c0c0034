/**
 * Promises that nothing awaits, and values that may be promises.
 *
 * @module
 */

import { assertEquals, assertRejects, assertStrictEquals } from "jsr:@std/assert@^1.0.0";
import { isInstanceOf, isThenable, quiet, quietly } from "../lib/promises.ts";

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
