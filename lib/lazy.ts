/**
 * A value that is made when it is first wanted, and needs no promise once it is there.
 *
 * @module
 */

/**
 * Holds what is seldom or late wanted: a module that most answers do without, or keys.
 *
 * All who ask before it is there share one making. If that fails they are told, and whoever asks
 * next has it tried again; a module that could not be loaded stays so, by the rules of `import()`.
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
   * @param make Makes the value. Where that is `import()`, it gets a literal, so that bundlers and
   * `deno publish` know the module.
   */
  constructor(make: () => Promise<T>) {
    this.#make = make;
  }

  /** The value itself once it is there; until then a promise of it. */
  get(): T | Promise<T> {
    if (this.#value !== undefined) return this.#value;
    if (this.#making === undefined) {
      this.#making = this.#made();
      // Before anybody who waits is told: who asks again then has it tried again.
      this.#making.catch(() => this.#making = undefined);
    }
    return this.#making;
  }

  async #made(): Promise<T> {
    const value = await this.#make();
    this.#value = value;
    // What it was made of, secrets among them, need not be kept.
    this.#make = () => Promise.resolve(value);
    return value;
  }
}
