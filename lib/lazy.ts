/**
 * A value that is made at its first use. Later uses get it without a promise.
 *
 * @module
 */

/**
 * Makes a value at its first use and keeps it, such as a module that most responses do not need.
 *
 * Calls that come before the value exists share one promise. If the promise rejects, then the next
 * call tries again. If a module failed to load, then `import()` fails again, because the runtime
 * keeps the failure.
 *
 * @typeParam T The type of the value.
 * @internal
 */
export class Lazy<T extends object> {
  #make: () => Promise<T>;
  #making: Promise<T> | undefined;
  #value: T | undefined;

  /**
   * Keeps the function. The first `get()` calls it.
   *
   * @param make Makes the value. Give `import()` a literal, so that bundlers and `deno publish`
   * find the module.
   */
  constructor(make: () => Promise<T>) {
    this.#make = make;
  }

  /** Returns the value if it exists, else a promise of it. */
  get(): T | Promise<T> {
    if (this.#value !== undefined) return this.#value;
    if (this.#making === undefined) {
      this.#making = this.#made();
      // This runs before the handlers of the callers. A handler that calls `get()` again therefore
      // starts a new attempt.
      this.#making.catch(() => this.#making = undefined);
    }
    return this.#making;
  }

  async #made(): Promise<T> {
    const value = await this.#make();
    this.#value = value;
    // The old function may hold secrets, so it is released.
    this.#make = () => Promise.resolve(value);
    return value;
  }
}
