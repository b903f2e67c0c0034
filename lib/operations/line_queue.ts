/**
 * Lines on their way to a writer that may be slow.
 *
 * @module
 */

import type { Logger } from "../log.ts";
import { isThenable } from "../promises.ts";

/** The most lines that wait. A line has a few hundred bytes. */
const MOST_LINES = 10_000;

/**
 * Hands lines to a writer, one call after the other. Lines that come meanwhile are handed over
 * together.
 */
export class LineQueue {
  readonly #write: (lines: string) => void | Promise<void>;
  readonly #logger: Logger;
  #waiting: string[] = [];
  #isWriting = false;
  #dropped = 0;
  #hasFailed = false;

  /**
   * Takes the writer.
   *
   * @param write Takes whole lines, each with its line break.
   * @param logger Gets one error if writing fails, until it works again. It gets a warning with the
   * number of lines that were dropped.
   */
  constructor(write: (lines: string) => void | Promise<void>, logger: Logger) {
    this.#write = write;
    this.#logger = logger;
  }

  /** Adds a line, without its line break. Never throws, and never waits. */
  add(line: string): void {
    if (this.#waiting.length === MOST_LINES) this.#dropped++;
    else this.#waiting.push(line);
    if (!this.#isWriting) this.#writeNext();
  }

  #writeNext(): void {
    while (this.#waiting.length > 0) {
      const lines = this.#waiting;
      this.#waiting = [];
      try {
        // Its type is not trusted.
        const written: unknown = this.#write(`${lines.join("\n")}\n`);
        if (isThenable(written)) return this.#wait(written, lines.length);
        this.#written();
      } catch (error) {
        this.#failed(error, lines.length);
      }
    }
  }

  #wait(written: PromiseLike<unknown>, count: number): void {
    this.#isWriting = true;
    Promise.resolve(written).then(
      () => this.#written(),
      (error) => this.#failed(error, count),
    ).then(() => {
      this.#isWriting = false;
      this.#writeNext();
    });
  }

  #written(): void {
    this.#hasFailed = false;
    if (this.#dropped === 0) return;
    this.#logger.warn(
      `The access log lost ${this.#dropped} lines: its writer failed, or more than ${MOST_LINES} lines waited`,
    );
    this.#dropped = 0;
  }

  #failed(error: unknown, count: number): void {
    this.#dropped += count;
    if (!this.#hasFailed) this.#logger.error("The access log cannot be written", error);
    this.#hasFailed = true;
  }
}
