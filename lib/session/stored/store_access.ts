/**
 * Calls of the store: with a time limit, checked, and repeated once if that does no harm.
 *
 * @module
 */

import type { Logger } from "../../log.ts";
import { SessionOutcomeUnknownError, SessionStoreError, SessionTooLargeError } from "../errors.ts";
import { BrokenRecordError, RecordTooLargeError } from "./record_errors.ts";
import { faultOfTexts } from "./record_texts.ts";
import type { ListedSession, SessionChange, SessionStore, StoredRecord } from "./session_store.ts";
import { readHead, type StoredHead } from "./stored_head.ts";
import { isSessionId } from "./stored_token.ts";

/** The number of failures in a row after which Pyramidion stops calling the store. */
const MOST_FAILURES = 5;
/** How long the first pause lasts, in milliseconds. */
const FIRST_PAUSE = 500;
/** How long a pause lasts at most, in milliseconds. */
const LONGEST_PAUSE = 5_000;
/** The most calls that may run at once. */
const MOST_PENDING = 1_000;

const UNAVAILABLE = "Sessions are not available at the moment";

/** A record whose head was read. */
export interface ReadRecord extends StoredRecord {
  /** The head. */
  readonly read: StoredHead;
}

/** What a call of the store may take. */
export interface StoreLimits {
  /** Milliseconds until a read counts as failed. */
  readonly loadTimeout: number;
  /** Milliseconds until a write counts as failed. */
  readonly saveTimeout: number;
  /** The most bytes of a session. */
  readonly maxBytes: number;
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

/** The error of a call that took too long. */
class TooLate extends Error {}

/** Calls a store. */
export class StoreAccess {
  readonly #store: SessionStore;
  readonly #limits: StoreLimits;
  readonly #now: () => number;
  readonly #setTimer: SetTimer;
  #failures = 0;
  #pause = FIRST_PAUSE;
  #pausedAt = 0;
  #pending = 0;
  #isProbing = false;

  /** Takes the store, its limits, the clock, and what sets timers. */
  constructor(store: SessionStore, limits: StoreLimits, now: () => number, setTimer: SetTimer) {
    this.#store = store;
    this.#limits = limits;
    this.#now = now;
    this.#setTimer = setTimer;
  }

  /** Reads a session. If the call fails, then it is repeated once. */
  async load(id: string, now: number): Promise<ReadRecord | null> {
    const { loadTimeout } = this.#limits;
    const answer: unknown = await this.#twice(loadTimeout, () => this.#store.load(id, now));
    return answer === null ? null : this.#record(id, answer);
  }

  /**
   * Keeps a new session. A failed call is repeated once, because no other request knows the id yet.
   */
  async create(id: string, record: StoredRecord, now: number): Promise<boolean> {
    const answer: unknown = await this.#twice(
      this.#limits.saveTimeout,
      () => this.#store.create(id, record, now),
    );
    if (typeof answer !== "boolean") throw this.#broken("create() of the store gave no boolean");
    return answer;
  }

  /**
   * Changes a session. If the call fails, then it is repeated once, with the same operation.
   *
   * @throws {SessionOutcomeUnknownError} If it is not known whether the change was made.
   */
  async update(
    id: string,
    head: string,
    change: SessionChange,
    now: number,
  ): Promise<true | null | ReadRecord> {
    let isSecond = false;
    const attempt = () => this.#store.update(id, head, change, now);
    let answer: unknown;
    try {
      answer = await this.#call(this.#limits.saveTimeout, attempt);
    } catch (first) {
      if (!mayRepeat(first)) throw this.#unsaved(first);
      isSecond = true;
      try {
        answer = await this.#call(this.#limits.saveTimeout, attempt);
      } catch (cause) {
        throw this.#unsaved(cause);
      }
    }
    if (answer === true || answer === null) return answer;
    const record = this.#record(id, answer);
    // It may have been applied, and since then more was than the record remembers.
    if (isSecond && change.expect !== undefined) {
      const [key, text] = change.expect;
      if ((record.values.get(key) ?? null) !== text) throw unknownOutcome();
    }
    return record;
  }

  /**
   * Ends a session. If the call fails, then it is repeated once.
   *
   * @throws {SessionOutcomeUnknownError} If it is not known whether it is over.
   */
  async delete(id: string, account: string | null): Promise<void> {
    try {
      await this.#twice(this.#limits.saveTimeout, () => this.#store.delete(id, account));
    } catch (cause) {
      throw unknownOutcome(cause);
    }
  }

  /** Lists the sessions of a user. If the call fails, then it is repeated once. */
  async list(account: string, now: number): Promise<ListedSession[]> {
    const { loadTimeout } = this.#limits;
    const answer: unknown = await this.#twice(loadTimeout, () => this.#store.list(account, now));
    if (!Array.isArray(answer)) throw this.#broken("list() of the store gave no list");
    return answer;
  }

  /** Ends the sessions of a user. If the call fails, then it is repeated once. */
  async deleteAll(account: string, except: readonly string[], now: number): Promise<number> {
    const answer: unknown = await this.#twice(
      this.#limits.saveTimeout,
      () => this.#store.deleteAll(account, except, now),
    );
    if (typeof answer === "number" && Number.isSafeInteger(answer)) return answer;
    throw this.#broken("deleteAll() of the store gave no number");
  }

  async #twice<T>(limit: number, attempt: () => Promise<T>): Promise<T> {
    try {
      return await this.#call(limit, attempt);
    } catch (first) {
      if (!mayRepeat(first)) throw this.failure(first);
      try {
        return await this.#call(limit, attempt);
      } catch (cause) {
        throw this.failure(cause);
      }
    }
  }

  /** Calls the store, unless it has failed too often, or too many calls wait for it. */
  async #call<T>(limit: number, attempt: () => Promise<T>): Promise<T> {
    const isProbe = this.#failures >= MOST_FAILURES;
    if (isProbe && !this.#mayProbe()) {
      throw new SessionStoreError(UNAVAILABLE, this.#options(undefined));
    }
    if (this.#pending >= MOST_PENDING) {
      throw new SessionStoreError(UNAVAILABLE, this.#options(undefined));
    }
    this.#pending++;
    if (isProbe) this.#isProbing = true;
    try {
      const answer = await this.inTime("the store", limit, attempt());
      this.#failures = 0;
      this.#pause = FIRST_PAUSE;
      return answer;
    } catch (error) {
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
   * @param call The call.
   */
  inTime<T>(who: string, limit: number, call: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      let stop: (() => void) | undefined;
      let isSettled = false;
      const settle = () => {
        isSettled = true;
        stop?.();
      };
      call.then(
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

  #countFailure(isProbe: boolean): void {
    this.#failures++;
    if (this.#failures < MOST_FAILURES) return;
    if (isProbe) this.#pause = Math.min(2 * this.#pause, LONGEST_PAUSE);
    this.#pausedAt = this.#now();
  }

  /** Whether a store that failed too often is asked again: by one call, after a pause. */
  #mayProbe(): boolean {
    if (this.#isProbing) return false;
    const waited = this.#now() - this.#pausedAt;
    // A clock that was put back must not keep the store away.
    return waited < 0 || waited >= this.#pause;
  }

  #record(id: string, answer: unknown): ReadRecord {
    const fault = faultOf(answer, this.#limits.maxBytes);
    if (typeof fault === "string") throw this.failure(new BrokenRecordError(id, fault));
    return fault;
  }

  #unsaved(cause: unknown): Error {
    return cause instanceof TooLate || !(cause instanceof SessionStoreError || isOfRecord(cause))
      ? unknownOutcome(cause)
      : this.failure(cause);
  }

  /** The error for a request that cannot be answered by it. */
  failure(cause: unknown): Error {
    if (cause instanceof SessionStoreError) return cause;
    if (cause instanceof RecordTooLargeError) {
      const tooLarge = new SessionTooLargeError("", cause.limit, cause.limit, []);
      tooLarge.message = cause.message;
      tooLarge.cause = cause;
      return tooLarge;
    }
    return new SessionStoreError(UNAVAILABLE, this.#options(cause));
  }

  #broken(reason: string): SessionStoreError {
    return new SessionStoreError(UNAVAILABLE, this.#options(new TypeError(reason)));
  }

  #options(cause: unknown): { cause?: unknown; headers: Record<string, string> } {
    const headers = retryHeaders(Math.ceil(this.#pause / 1000));
    return cause === undefined ? { headers } : { cause, headers };
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

/** Whether a call may be repeated at once: not if the store is slow, or has judged. */
function mayRepeat(error: unknown): boolean {
  return !(error instanceof TooLate || error instanceof SessionStoreError || isOfRecord(error));
}

/** Whether a store that works has refused this one record. */
function isOfRecord(error: unknown): boolean {
  return error instanceof BrokenRecordError || error instanceof RecordTooLargeError;
}

/** The record that a store returned, or why it is not a record of this version. */
function faultOf(answer: unknown, maxBytes: number): ReadRecord | string {
  if (typeof answer !== "object" || answer === null) return "it is no record";
  const { head, renewed, expires, account, values } = Object(answer);
  if (typeof head !== "string") return "its head is not text";
  if (!Number.isSafeInteger(renewed) || !Number.isSafeInteger(expires)) {
    return "one of its times is no integer";
  }
  if (account !== null && (typeof account !== "string" || account === "")) {
    return "its account is not text";
  }
  const read = readHead(head);
  if (read === null) return "its head is not of this version";
  return faultOfTexts(values, maxBytes) ?? { head, renewed, expires, account, values, read };
}

/** Whether an entry of a list is one of our sessions. */
export function isListed(entry: ListedSession | null): boolean {
  return isSessionId(entry?.id) && typeof entry?.head === "string" &&
    readHead(entry.head) !== null;
}

/**
 * Waits for what a view asked of the store. The 503 that a failure becomes is logged here and nowhere
 * else: to the app it is an answer.
 *
 * @param logger The logger.
 * @param what What was done, such as `"Changing a session"`.
 * @param asked What is under way.
 */
export async function loggedOnce<T>(logger: Logger, what: string, asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    const isOurs = error instanceof SessionStoreError ||
      error instanceof SessionOutcomeUnknownError;
    if (isOurs) logger.error(`${what} failed`, error);
    throw error;
  }
}
