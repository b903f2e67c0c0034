/**
 * A value that is made when it is first wanted, and needs no promise once it is there.
 *
 * @module
 */

/**
 * Holds what is seldom or late wanted: a module that most answers do without, or keys.
 *
 * All who ask before it is there share one making. If that fails they are told, and whoever asks
 * next has it tried again.
 *
 * @typeParam T What is made.
 * @internal
 */
export class Lazy<T extends object> {
  readonly #make: () => Promise<T>;
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
    return this.#value ?? (this.#making ??= this.#made());
  }

  async #made(): Promise<T> {
    try {
      return this.#value = await this.#make();
    } finally {
      this.#making = undefined;
    }
  }
}
