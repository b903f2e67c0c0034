/**
 * A value that is made at its first use, and needs no promise afterwards.
 *
 * @module
 */

/**
 * Holds a value that is needed late or seldom: a module that most responses do without, or keys.
 *
 * Callers that ask before it is there share one promise. If it rejects then the next call tries again.
 * A module that failed to load stays failed, by the rules of `import()`.
 *
 * @typeParam T What is made.
 * @internal
 */
export class Lazy<T extends object> {
  #make: () => Promise<T>;
  #making: Promise<T> | undefined;
  #value: T | undefined;

  /**
   * Makes nothing yet.
   *
   * @param make Makes the value. Give `import()` a literal, so that bundlers and `deno publish` find
   * the module.
   */
  constructor(make: () => Promise<T>) {
    this.#make = make;
  }

  /** The value itself once it is there; until then a promise of it. */
  get(): T | Promise<T> {
    if (this.#value !== undefined) return this.#value;
    if (this.#making === undefined) {
      this.#making = this.#made();
      // Runs before the handlers of the callers, so that one that asks again starts a new attempt.
      this.#making.catch(() => this.#making = undefined);
    }
    return this.#making;
  }

  async #made(): Promise<T> {
    const value = await this.#make();
    this.#value = value;
    // Lets go of what it was made of, secrets among them.
    this.#make = () => Promise.resolve(value);
    return value;
  }
}
