/**
 * Sign-outs that the store did not confirm.
 *
 * @module
 */

import type { Logger } from "../../../log.ts";
import { quiet } from "../../../promises.ts";
import type { SetTimer } from "./store_guard.ts";

/** The most sign-outs that are remembered. The oldest is forgotten first. */
const MOST = 1_000;
/** How many attempts are made for each. */
const MOST_ATTEMPTS = 10;
/** Milliseconds to the first attempt. Each later pause is twice as long. */
const FIRST_PAUSE = 1_000;
/** The longest pause, in milliseconds. */
const LONGEST_PAUSE = 60_000;

/** Ends a session of an account. */
type EndSession = (id: string, account: string | null) => Promise<void>;

/** A session that is to be ended, and what stops its next attempt. */
interface PendingEnd {
  readonly id: string;
  readonly account: string | null;
  stop: () => void;
}

/**
 * Ends sessions after the response was sent, in up to ten attempts over about five minutes.
 *
 * This process rejects their cookies meanwhile. If all attempts fail, then it rejects them until it
 * ends.
 */
export class PendingEnds {
  readonly #delete: EndSession;
  readonly #deleteAnyway: EndSession;
  readonly #setTimer: SetTimer;
  readonly #logger: Logger;
  readonly #ids = new Map<string, PendingEnd>();

  /**
   * Takes what ends a session, by the guard of the store and also while that leaves it alone, and
   * what sets timers. The logger gets each session that could not be ended.
   */
  constructor(
    { end, endAnyway }: { readonly end: EndSession; readonly endAnyway: EndSession },
    setTimer: SetTimer,
    logger: Logger,
  ) {
    this.#delete = end;
    this.#deleteAnyway = endAnyway;
    this.#setTimer = setTimer;
    this.#logger = logger;
  }

  /** Whether a session was signed out, and the store may not know it. */
  has(id: string): boolean {
    return this.#ids.size > 0 && this.#ids.has(id);
  }

  /** Takes a session that is to be ended. */
  add(id: string, account: string | null): void {
    if (this.#ids.has(id)) return;
    const pending: PendingEnd = { id, account, stop: () => {} };
    this.#ids.set(id, pending);
    const [oldest] = this.#ids.keys();
    if (this.#ids.size > MOST && oldest !== undefined) this.#ids.delete(oldest);
    this.#later(pending, 1);
  }

  /**
   * Makes one more attempt for each at once, before the process ends. A pause of the store does not
   * stop it, because there is no later attempt.
   *
   * @returns How many could not be ended.
   */
  async flush(): Promise<number> {
    const ends = [...this.#ids.values()].map(async (pending) => {
      await this.#end(pending, this.#deleteAnyway);
      pending.stop();
    });
    const settled = await Promise.allSettled(ends);
    return settled.filter(({ status }) => status === "rejected").length;
  }

  async #end({ id, account }: PendingEnd, end: EndSession): Promise<void> {
    await end(id, account);
    this.#ids.delete(id);
  }

  #later(pending: PendingEnd, attempt: number): void {
    const pause = Math.min(FIRST_PAUSE * 2 ** (attempt - 1), LONGEST_PAUSE);
    pending.stop = this.#setTimer(() => void quiet(this.#attempt(pending, attempt)), pause);
  }

  async #attempt(pending: PendingEnd, attempt: number): Promise<void> {
    try {
      await this.#end(pending, this.#delete);
    } catch (error) {
      if (attempt < MOST_ATTEMPTS) this.#later(pending, attempt + 1);
      else this.#logger.error("A session that was signed out could not be deleted", error);
    }
  }
}
