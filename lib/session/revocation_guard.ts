/**
 * Ends sessions for good, copies of their cookies included.
 *
 * @module
 */

import { ConfigurationError } from "../configuration_error.ts";
import { HttpServiceUnavailable } from "../http/errors.ts";
import type { RevocationStore } from "../../session.ts";
import type { CookieRecord } from "./cookie_record.ts";
import type { Lifetimes } from "./lifetimes.ts";

/** How long after its end a revoked session is remembered: clocks differ, and answers are under way. */
const SLACK = 5 * 60_000;

/** The store of revocations is down: answered with a 503 unless an exception view knows better. */
export class RevocationStoreError extends HttpServiceUnavailable {
  /** Always `"RevocationStoreError"`. */
  override name = "RevocationStoreError";
}

/** What a session is ended by. */
export interface Revocable {
  /** The session's name among all its copies. */
  readonly id?: string | undefined;
  /** Who signed in. */
  readonly userId?: string | undefined;
  /** The user's epoch then; sessions from before there were epochs have the first. */
  readonly epoch?: number | undefined;
}

/** Asks the store of revocations, and tells it. */
export class RevocationGuard {
  readonly #store: RevocationStore;
  readonly #lifetimes: Lifetimes;

  /**
   * Takes the store.
   *
   * @throws {ConfigurationError} If sessions have no end, since then a revocation could never be forgotten.
   */
  constructor(store: RevocationStore, lifetimes: Lifetimes) {
    if (!Number.isFinite(lifetimes.timeout) && !Number.isFinite(lifetimes.lifetime)) {
      throw new ConfigurationError(
        "Cannot revoke sessions that never end: set timeout or lifetime to a number of seconds",
      );
    }
    this.#store = store;
    this.#lifetimes = lifetimes;
  }

  /** Whether the session, or every session of its user, was ended. */
  async isRevoked({ id, userId, epoch = 0 }: Revocable): Promise<boolean> {
    const [ended, current] = await Promise.all([
      id !== undefined && this.#has(id),
      userId === undefined ? 0 : this.#epoch(userId),
    ]);
    return ended || epoch < current;
  }

  /**
   * Whether the session that a record goes on with was ended since it was loaded. One that begins
   * now, by `invalidate()` or by signing in, goes on with none.
   */
  async isEnded(record: CookieRecord): Promise<boolean> {
    const { userId, epoch } = record;
    // Whoever was signed in when the session was loaded has an epoch; bindTo() takes it away.
    const signsIn = userId !== undefined && epoch === undefined;
    if (record.isNew || signsIn) return false;
    return await this.isRevoked({ id: record.loadedId, userId, epoch });
  }

  /** Gives a session that is about to be written its id and its user's epoch; tells whether it had both. */
  async name(record: CookieRecord, makeToken: () => string): Promise<boolean> {
    // So that all copies under one id have one limit, and it can be forgotten when that has passed.
    const relived = record.rememberFor !== record.loadedRememberFor;
    if (relived && record.id === record.loadedId) record.id = undefined;
    const { id, userId, epoch } = record;
    record.id ??= makeToken();
    if (userId === undefined || epoch !== undefined) return id !== undefined;
    record.epoch = await this.#epoch(userId);
    return false;
  }

  /** Ends the session under the id with which it was loaded, copies included. */
  async revoke(record: CookieRecord, now: number): Promise<void> {
    const { loadedId, loadedRememberFor, renewed } = record;
    if (loadedId === undefined) return;
    const last = Math.max(now, renewed) + this.#lifetimes.longest(loadedRememberFor);
    await this.#ask((store) => store.add(loadedId, last + SLACK));
  }

  // "no" is truthy, and NaN is less than nothing: what a store gives is not believed unseen.
  #has(id: string): Promise<boolean> {
    return this.#ask(async (store) => {
      const ended: unknown = await store.has(id);
      if (typeof ended === "boolean") return ended;
      throw wrongAnswer("has", ended, "true or false");
    });
  }

  #epoch(user: string): Promise<number> {
    return this.#ask(async (store) => {
      const epoch: unknown = await store.epoch(user);
      if (typeof epoch === "number" && Number.isSafeInteger(epoch) && epoch >= 0) return epoch;
      throw wrongAnswer("epoch", epoch, "an integer from 0");
    });
  }

  async #ask<T>(question: (store: RevocationStore) => T | Promise<T>): Promise<T> {
    try {
      return await question(this.#store);
    } catch (cause) {
      throw new RevocationStoreError("Sessions cannot be read at the moment", { cause });
    }
  }
}

function wrongAnswer(method: string, found: unknown, wanted: string): TypeError {
  const shown = typeof found === "object" && found !== null || typeof found === "function"
    ? `of type "${typeof found}"`
    : typeof found === "string"
    ? JSON.stringify(found)
    : String(found);
  return new TypeError(
    `Cannot use what ${method}() of the revocation store gave: it is ${shown}: must be ${wanted}`,
  );
}
