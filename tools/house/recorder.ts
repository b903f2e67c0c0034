/**
 * Hears which functions begin.
 *
 * @module
 */

import { NOTE } from "./note.ts";

/** Hears what noted modules say, from its making on. */
export class Recorder {
  readonly #begun: number[] = [];

  /** Takes the place of every earlier recorder. */
  constructor() {
    Object.assign(globalThis, { [NOTE]: (file: number): void => void this.#begun.push(file) });
  }

  /**
   * Makes a trip twice, and tells the second: what is loaded or remembered once is there by then.
   *
   * @param prepare What comes before the trip, each time, and is not heard.
   * @param make The trip. It ends when a timer has passed behind it.
   * @returns The number of each file whose function began, in their order.
   */
  async secondOf<Prepared>(
    prepare: () => Prepared,
    make: (prepared: Prepared) => unknown,
  ): Promise<number[]> {
    for (let time = 0; time < 2; time++) {
      const prepared = prepare();
      this.#begun.length = 0;
      await make(prepared);
      await new Promise((resolve) => setTimeout(resolve));
    }
    return [...this.#begun];
  }
}
