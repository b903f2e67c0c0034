/**
 * Calls of a store that keeps our sessions: what it answers is checked.
 *
 * @module
 */

import type { Logger } from "../../../log.ts";
import {
  SessionOutcomeUnknownError,
  SessionStoreError,
  SessionTooLargeError,
} from "../../errors.ts";
import { BrokenRecordError, RecordTooLargeError } from "../record_errors.ts";
import { faultOfTexts, isBeyondLimits } from "../record_texts.ts";
import type { ListedSession, SessionChange, SessionStore, StoredRecord } from "../session_store.ts";
import { readHead, type StoredHead } from "../stored_head.ts";
import { isUndone, type StoreGuard, unknownOutcome } from "./store_guard.ts";

/** A record whose head was read. */
export interface ReadRecord extends StoredRecord {
  /** The head. */
  readonly read: StoredHead;
  /** Whether requests at once have made it so large that it is not read. */
  readonly isTooLarge: boolean;
}

/** The id of no session, since no random bytes are all zero. */
const NOBODY = "A".repeat(22);

/** Calls a store, by its guard. */
export class StoreAccess {
  readonly #store: SessionStore;
  readonly #guard: StoreGuard;
  readonly #maxBytes: number;

  /** Takes the store, its guard, and the most bytes of a session. */
  constructor(store: SessionStore, guard: StoreGuard, maxBytes: number) {
    this.#store = store;
    this.#guard = guard;
    this.#maxBytes = maxBytes;
  }

  /** Reads a session. If the call fails, then it is repeated once. */
  async load(id: string, now: number): Promise<ReadRecord | null> {
    const answer: unknown = await this.#guard.read(() => this.#store.load(id, now))
      .catch((cause) => this.#fail(cause));
    return answer === null ? null : this.#record(id, answer);
  }

  /**
   * Keeps a new session. A failed call is repeated once, because no other request knows the id yet.
   */
  async create(id: string, record: StoredRecord, now: number): Promise<boolean> {
    const answer: unknown = await this.#guard.write(() => this.#store.create(id, record, now))
      .catch((cause) => this.#fail(cause));
    if (typeof answer !== "boolean") throw this.#broken("create() of the store gave no boolean");
    return answer;
  }

  /**
   * Changes a session. If the call fails, then it is repeated once, with the same operation.
   *
   * A session that became too large to be read is over for the request, as one that is gone.
   *
   * @throws {SessionOutcomeUnknownError} If it is not known whether the change was made.
   */
  async update(
    id: string,
    head: string,
    change: SessionChange,
    now: number,
  ): Promise<true | null | ReadRecord> {
    let attempts = 0;
    const answer: unknown = await this.#guard.write(() => {
      attempts++;
      return this.#store.update(id, head, change, now);
    }).catch((cause) => this.#failUnsaved(cause));
    if (answer === true || answer === null) return answer;
    const record = this.#record(id, answer);
    // It may have been applied, and since then more was than the record remembers.
    if (attempts > 1 && change.expect !== undefined) {
      const [key, text] = change.expect;
      if ((record.values.get(key) ?? null) !== text) throw unknownOutcome();
    }
    return record.isTooLarge ? null : record;
  }

  /**
   * Ends a session. If the call fails, then it is repeated once.
   *
   * @throws {SessionOutcomeUnknownError} If it is not known whether it is over.
   */
  async delete(id: string, account: string | null): Promise<void> {
    await this.#guard.write(() => this.#store.delete(id, account)).catch((cause) => {
      throw unknownOutcome(cause);
    });
  }

  /** Ends a session, also while the store is left alone. It makes one attempt. */
  async deleteAnyway(id: string, account: string | null): Promise<void> {
    await this.#guard.callAnyway(() => this.#store.delete(id, account));
  }

  /** Lists the sessions of a user. If the call fails, then it is repeated once. */
  async list(account: string, now: number): Promise<ListedSession[]> {
    const answer: unknown = await this.#guard.read(() => this.#store.list(account, now))
      .catch((cause) => this.#fail(cause));
    if (!Array.isArray(answer)) throw this.#broken("list() of the store gave no list");
    try {
      return answer.map((entry) => {
        const { id, head, renewed, expires } = Object(entry);
        return { id, head, renewed, expires };
      });
    } catch (cause) {
      throw this.failure(cause);
    }
  }

  /**
   * Ends the sessions of a user. If the call fails, then it is repeated once.
   *
   * @throws {SessionOutcomeUnknownError} If it is not known whether they are over.
   */
  async deleteAll(account: string, except: readonly string[], now: number): Promise<number> {
    const answer: unknown = await this.#guard
      .write(() => this.#store.deleteAll(account, except, now))
      .catch((cause) => this.#failUnsaved(cause));
    if (typeof answer === "number" && Number.isSafeInteger(answer)) return answer;
    throw this.#broken("deleteAll() of the store gave no number");
  }

  /** Asks whether the store is ready, also while it is left alone. */
  async ready(now: number): Promise<void> {
    await this.#guard.callAnyway(() => askReady(this.#store, now))
      .catch((cause) => this.#fail(cause));
  }

  #record(id: string, answer: unknown): ReadRecord {
    let fault: ReadRecord | string;
    try {
      fault = faultOf(answer, this.#maxBytes);
    } catch (cause) {
      throw this.failure(new BrokenRecordError(id, "one of its members throws", cause));
    }
    if (typeof fault === "string") throw this.failure(new BrokenRecordError(id, fault));
    return fault;
  }

  #fail(cause: unknown): never {
    throw this.failure(cause);
  }

  #failUnsaved(cause: unknown): never {
    throw isUndone(cause) ? this.failure(cause) : unknownOutcome(cause);
  }

  /** The error for a request that cannot be answered by it. */
  failure(cause: unknown): Error {
    if (!(cause instanceof RecordTooLargeError)) return this.#guard.failure(cause);
    const tooLarge = new SessionTooLargeError("", cause.limit, cause.limit, []);
    tooLarge.message = cause.message;
    tooLarge.cause = cause;
    return tooLarge;
  }

  #broken(reason: string): SessionStoreError {
    return this.#guard.failure(new TypeError(reason));
  }
}

/** Asks a store whether it is ready. One without `ready()` is asked for a session that cannot exist. */
export async function askReady(store: SessionStore, now: number): Promise<void> {
  if (store.ready === undefined) await store.load(NOBODY, now);
  else await store.ready(now);
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
  const fault = faultOfTexts(values);
  if (fault !== null) return fault;
  const isTooLarge = isBeyondLimits(values, maxBytes);
  return { head, renewed, expires, account, values, read, isTooLarge };
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
