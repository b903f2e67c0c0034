/**
 * A value that is being made from the start and needs no promise once it is there.
 *
 * @module
 */

/**
 * Holds what a promise will give, and afterwards gives it without a promise.
 *
 * A rejection is kept for whoever asks: nobody asking is no unhandled rejection.
 *
 * @typeParam T What is being made.
 * @internal
 */
export class Eager<T extends object> {
  readonly #promise: Promise<T>;
  #value: T | undefined;

  /**
   * Takes a promise that is already under way.
   *
   * @param promise Gives the value.
   */
  constructor(promise: Promise<T>) {
    this.#promise = promise.then((value) => this.#value = value);
    this.#promise.catch(() => {});
  }

  /** The value itself once it is there; until then, or if it failed, the promise. */
  get(): T | Promise<T> {
    return this.#value ?? this.#promise;
  }
}
