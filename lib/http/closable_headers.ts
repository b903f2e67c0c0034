/**
 * Headers that are refused once nobody would read them any more.
 *
 * @module
 */

/**
 * Headers for an answer that is not made yet.
 *
 * @internal
 */
export class ClosableHeaders extends Headers {
  readonly #refusal: () => string | undefined;

  /**
   * Begins without a header.
   *
   * @param refusal Says why no header can be set any more, and what to do; undefined as long as one can.
   */
  constructor(refusal: () => string | undefined) {
    super();
    this.#refusal = refusal;
  }

  /** Adds a value. */
  override append(name: string, value: string): void {
    this.#refuseLate(`set header "${name}"`);
    super.append(name, value);
  }

  /** Sets a header. */
  override set(name: string, value: string): void {
    this.#refuseLate(`set header "${name}"`);
    super.set(name, value);
  }

  /** Removes a header. */
  override delete(name: string): void {
    this.#refuseLate(`delete header "${name}"`);
    super.delete(name);
  }

  #refuseLate(what: string): void {
    const refusal = this.#refusal();
    if (refusal !== undefined) throw new TypeError(`Cannot ${what}: ${refusal}`);
  }
}
