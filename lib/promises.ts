/**
 * Promises that may reject before anything awaits them, and values that may be promises.
 *
 * @module
 */

/**
 * Keeps a rejection from ending the process.
 *
 * Deno ends the process when a promise rejects that nothing awaits. The app may await something else
 * before a promise of the library. Code that awaits the promise still sees the rejection.
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

/**
 * Goes on with a value, at once where it is there, and after it where it is a promise.
 *
 * What has not to wait costs no promise.
 *
 * @param value The value, or a promise of it.
 * @param next Goes on; what it throws is thrown, or rejects.
 */
export function whenReady<T, Next>(
  value: T | Promise<T>,
  next: (value: T) => Next | Promise<Next>,
): Next | Promise<Next> {
  return value instanceof Promise ? value.then(next) : next(value);
}

/** Whether `await` waits for it: a promise, or such as the queries of some database libraries. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value &&
    typeof value.then === "function";
}

/**
 * `instanceof` for what may be anything: a proxy that cannot be asked is no instance.
 *
 * @param value What was thrown, returned or given.
 * @param wanted The class.
 */
export function isInstanceOf<Instance>(
  value: unknown,
  wanted: abstract new (...args: never[]) => Instance,
): value is Instance {
  try {
    return value instanceof wanted;
  } catch {
    return false;
  }
}
