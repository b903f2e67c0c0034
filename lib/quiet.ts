/**
 * Promises that nobody may be waiting for.
 *
 * @module
 */

import { isInstanceOf } from "./instance_of.ts";

/**
 * Lets a promise reject without an end to the process.
 *
 * Deno ends the process when a promise rejects that nobody awaits. The library hands out many whose
 * receiver may await something else first. Whoever awaits the promise still sees the rejection.
 *
 * @param promise The promise, which is returned.
 */
export function quiet<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}

/** {@linkcode quiet} for a value that may be a promise; any other value is returned as it is. */
export function quietly<T>(value: T): T {
  if (isInstanceOf<Promise<unknown>>(value, Promise)) quiet(value);
  return value;
}
