/**
 * Handles promises that may reject before code awaits them, and values that may be promises.
 *
 * @module
 */

/**
 * Keeps a rejection from ending the process.
 *
 * Deno ends the process if a promise rejects and no code handles it. The app may await something
 * else first, and a promise of the library later. Code that awaits the promise still sees the
 * rejection.
 *
 * @param promise The promise. The function returns it.
 */
export function quiet<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}

/** Calls {@linkcode quiet} if the value is a promise, and returns the value. */
export function quietly<T>(value: T): T {
  if (isInstanceOf<Promise<unknown>>(value, Promise)) quiet(value);
  return value;
}

/**
 * Calls a function with a value. If the value is a promise, then the call waits for it.
 *
 * If the value is not a promise, then no promise is made.
 *
 * @param value The value, or a promise of it.
 * @param next The function. If it throws, then `whenReady()` throws, or its promise rejects.
 */
export function whenReady<T, Next>(
  value: T | Promise<T>,
  next: (value: T) => Next | Promise<Next>,
): Next | Promise<Next> {
  return value instanceof Promise ? value.then(next) : next(value);
}

/**
 * Whether `await` waits for the value: a promise, or an object with its own `then()`, as the
 * queries of some database libraries.
 */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value &&
    typeof value.then === "function";
}

/**
 * Tests `instanceof` and never throws. If a proxy throws, then the answer is false.
 *
 * @param value Any value.
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
