/**
 * What can be awaited.
 *
 * @module
 */

/** Whether `await` waits for it: a promise, or such as the queries of some database libraries. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value &&
    typeof value.then === "function";
}
