/**
 * How long a body may stop coming.
 *
 * @module
 */

import { HttpError } from "./http_error.ts";

/** Milliseconds at most in which what arrived while the process was busy is read. */
const GRACE = 100;

/**
 * When a body that stops coming is given up.
 *
 * @internal
 */
export class Deadline {
  /** Rejects when the time is up. */
  readonly missed: Promise<never>;
  /** Whether the time is up. */
  isMissed = false;
  readonly #reject: (error: HttpError) => void;
  readonly #limit: number;
  #last = performance.now();
  #isDue = false;
  #timer: ReturnType<typeof setTimeout>;

  /** Begins to wait. */
  constructor(seconds: number) {
    const { promise, reject } = Promise.withResolvers<never>();
    this.missed = promise;
    this.#reject = reject;
    this.#limit = seconds * 1000;
    this.#timer = this.#wait(this.#limit);
  }

  /** A piece has arrived. */
  progress(): void {
    this.#last = performance.now();
  }

  /** Waits no more. */
  end(): void {
    clearTimeout(this.#timer);
  }

  #wait(milliseconds: number): ReturnType<typeof setTimeout> {
    return setTimeout(() => this.#fired(), milliseconds);
  }

  // Set anew only here: a timer costs more than looking at the time.
  #fired(): void {
    const waited = performance.now() - this.#last;
    // A timer may fire a fraction of a millisecond early.
    if (waited + 1 < this.#limit) {
      this.#isDue = false;
      this.#timer = this.#wait(this.#limit - waited);
    } else if (!this.#isDue) {
      this.#isDue = true;
      this.#timer = this.#wait(Math.min(GRACE, this.#limit / 10));
    } else {
      this.isMissed = true;
      const headers = { connection: "close" };
      this.#reject(new HttpError(408, "The body stopped coming", { headers }));
    }
  }
}
