/**
 * What stands between an app and a store: time limits, a bounded number of calls, a breaker, one more
 * attempt, and counters.
 *
 * @module
 */

import { SessionOutcomeUnknownError, SessionStoreError } from "../../errors.ts";
import type { StoreLimits } from "../../store_limits.ts";
import { BrokenRecordError, ChangeRefusedError, RecordTooLargeError } from "../record_errors.ts";

/** The numbers of a store in one process, since its guard was made. */
export interface StoreHealth {
  /** Whether the store is left alone, because it failed too often in a row. */
  readonly isPaused: boolean;
  /** How many calls wait for an answer now. */
  readonly pending: number;
  /** How many calls were made of the store. */
  readonly calls: number;
  /**
   * How many of them the store rejected, also because of a broken record or a full memory. Those
   * that were late are not counted here.
   */
  readonly failed: number;
  /** How many of them did not answer in time. */
  readonly late: number;
  /** How many further calls were refused without asking the store. */
  readonly refused: number;
}

/** Sets a timer, and gives what stops it. */
export type SetTimer = (then: () => void, milliseconds: number) => () => void;

/** Timers of the platform. */
export const PLATFORM_TIMERS: SetTimer = (then, milliseconds) => {
  const timer = setTimeout(then, milliseconds);
  // A process that is done does not wait for it.
  if (typeof timer === "number") Deno.unrefTimer(timer);
  return () => clearTimeout(timer);
};

/** How many promises a store within the process may have to wait for. */
const FEW_PROMISES = 8;

/** Calls a function after the next few promises, and before anything else happens. */
async function afterPromises(then: () => void): Promise<void> {
  for (let turn = 0; turn < FEW_PROMISES; turn++) await null;
  then();
}

/** A call that rejects where it would throw. */
async function called<T>(attempt: () => T | Promise<T>): Promise<T> {
  return await attempt();
}

const UNAVAILABLE = "Sessions are not available at the moment";

/** The error of a call that took too long. */
class TooLate extends Error {}

/** Makes calls of one store. */
export class StoreGuard {
  readonly #limits: Required<StoreLimits>;
  readonly #now: () => number;
  readonly #setTimer: SetTimer;
  readonly #counts = { calls: 0, failed: 0, late: 0, refused: 0 };
  #failures = 0;
  #pause: number;
  #pausedAt = 0;
  #pending = 0;
  #isProbing = false;

  /** Takes the limits, the clock, and what sets timers. */
  constructor(
    limits: Required<StoreLimits>,
    now: () => number,
    setTimer: SetTimer = PLATFORM_TIMERS,
  ) {
    this.#limits = limits;
    this.#pause = limits.minPause;
    this.#now = now;
    this.#setTimer = setTimer;
  }

  /** The numbers. */
  health(): StoreHealth {
    return {
      isPaused: this.#isLeftAlone && !this.#mayProbe(),
      pending: this.#pending,
      ...this.#counts,
    };
  }

  /** Reads. If the call fails, then it is repeated once. */
  read<T>(attempt: () => T | Promise<T>): Promise<T> {
    return this.#repeated(this.#limits.loadTimeout, attempt);
  }

  /** Writes what may be written twice. If the call fails, then it is repeated once. */
  write<T>(attempt: () => T | Promise<T>): Promise<T> {
    return this.#repeated(this.#limits.saveTimeout, attempt);
  }

  /** Writes what must not be written twice. */
  writeOnce<T>(attempt: () => T | Promise<T>): Promise<T> {
    return this.#call(this.#limits.saveTimeout, attempt);
  }

  /** Makes a call, also while the store is left alone. It is not counted. */
  callAnyway<T>(attempt: () => Promise<T>): Promise<T> {
    const { saveTimeout } = this.#limits;
    return this.inTime("the store", saveTimeout, attempt);
  }

  async #repeated<T>(limit: number, attempt: () => T | Promise<T>): Promise<T> {
    try {
      return await this.#call(limit, attempt);
    } catch (first) {
      if (!mayRepeat(first)) throw first;
      return await this.#call(limit, attempt).catch((second) => {
        // The first attempt can have been carried out. These say only that the second one was not.
        const isOfSecond = second instanceof SessionStoreError ||
          second instanceof ChangeRefusedError;
        throw isOfSecond ? first : second;
      });
    }
  }

  /** Calls the store, unless it has failed too often, or too many calls wait for it. */
  async #call<T>(limit: number, attempt: () => T | Promise<T>): Promise<T> {
    const { maxPending, minPause } = this.#limits;
    const isProbe = this.#isLeftAlone;
    if (isProbe && !this.#mayProbe() || this.#pending >= maxPending) {
      this.#counts.refused++;
      throw this.failure(undefined);
    }
    this.#pending++;
    this.#counts.calls++;
    if (isProbe) this.#isProbing = true;
    try {
      const answer = await this.inTime("the store", limit, attempt);
      this.#failures = 0;
      this.#pause = minPause;
      return answer;
    } catch (error) {
      if (error instanceof TooLate) this.#counts.late++;
      else this.#counts.failed++;
      if (isOfRecord(error)) this.#failures = 0;
      else this.#countFailure(isProbe);
      throw error;
    } finally {
      this.#pending--;
      if (isProbe) this.#isProbing = false;
    }
  }

  /**
   * Gives up a call that takes too long.
   *
   * @param who Who is to answer, as the error names it.
   * @param limit Milliseconds.
   * @param attempt Makes the call.
   */
  inTime<T>(who: string, limit: number, attempt: () => T | Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      let stop: (() => void) | undefined;
      let isSettled = false;
      const settle = () => {
        isSettled = true;
        stop?.();
      };
      called(attempt).then(
        (answer) => (settle(), resolve(answer)),
        (error) => (settle(), reject(error)),
      );
      // A store within the process answers before that, and needs no timer.
      afterPromises(() => {
        if (isSettled) return;
        const late = () => reject(new TooLate(`${who} did not answer within ${limit} ms`));
        stop = this.#setTimer(late, limit);
      });
    });
  }

  /** Counts one more failure in a row. The last one that may be begins a pause. */
  #countFailure(isProbe: boolean): void {
    const { maxPause } = this.#limits;
    this.#failures++;
    if (!this.#isLeftAlone) return;
    if (isProbe) this.#pause = Math.min(2 * this.#pause, maxPause);
    this.#pausedAt = this.#now();
  }

  /** Whether the store failed too often in a row. */
  get #isLeftAlone(): boolean {
    return this.#failures >= this.#limits.maxFailures;
  }

  /** Whether a store that failed too often is asked again: by one call, after a pause. */
  #mayProbe(): boolean {
    if (this.#isProbing) return false;
    const waited = this.#now() - this.#pausedAt;
    // A clock that was put back must not keep the store away.
    return waited < 0 || waited >= this.#pause;
  }

  /** The error for a request that needs the store. */
  failure(cause: unknown): SessionStoreError {
    if (cause instanceof SessionStoreError) return cause;
    const headers = retryHeaders(Math.ceil(this.#pause / 1000));
    return new SessionStoreError(
      UNAVAILABLE,
      cause === undefined ? { headers } : {
        cause,
        headers,
      },
    );
  }
}

function retryHeaders(seconds: number): Record<string, string> {
  return { "retry-after": String(seconds), "cache-control": "no-store" };
}

/** Makes the error for a caller that cannot know whether its call was carried out. */
export function unknownOutcome(cause?: unknown): SessionOutcomeUnknownError {
  const headers = retryHeaders(1);
  return new SessionOutcomeUnknownError(
    UNAVAILABLE,
    cause === undefined ? { headers } : { cause, headers },
  );
}

/** Whether a call that failed may be repeated at once: not if the store is slow, or has judged. */
function mayRepeat(error: unknown): boolean {
  return !(error instanceof TooLate || error instanceof SessionStoreError || isOfRecord(error));
}

/** Whether a store that works has refused this one record, or this one change. */
function isOfRecord(error: unknown): boolean {
  return error instanceof BrokenRecordError || error instanceof RecordTooLargeError ||
    error instanceof ChangeRefusedError;
}

/** Whether a call took too long. */
export function isLate(error: unknown): boolean {
  return error instanceof TooLate;
}

/** Whether a call that failed has certainly changed nothing. */
export function isUndone(error: unknown): boolean {
  return error instanceof SessionStoreError || isOfRecord(error);
}
