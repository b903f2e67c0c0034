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
import type { WrittenRecord } from "./payload.ts";

/** How long after its end a revoked session is remembered: clocks differ, and answers are under way. */
const SLACK = 5 * 60_000;

/** The store of revocations is down: answered with a 503 unless an exception view knows better. */
export class RevocationStoreError extends HttpServiceUnavailable {
  /** Always `"RevocationStoreError"`. */
  override name = "RevocationStoreError";
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
  async isRevoked(record: WrittenRecord): Promise<boolean> {
    const { id, userId, epoch = 0 } = record;
    const ended = id !== undefined && await this.#ask((store) => store.has(id));
    if (ended || userId === undefined) return ended;
    return epoch < await this.#ask((store) => store.epoch(userId));
  }

  /** Ends the session under the id with which it was loaded. */
  async revoke(record: CookieRecord, now: number): Promise<void> {
    const { loadedId, loadedRememberFor, renewed } = record;
    if (loadedId === undefined) return;
    const last = Math.max(now, renewed) + this.#lifetimes.longest(loadedRememberFor);
    await this.#ask((store) => store.add(loadedId, last + SLACK));
  }

  /** Gives a session that is about to be written its user's epoch. */
  async bind(record: CookieRecord): Promise<void> {
    const { userId } = record;
    if (userId === undefined || record.epoch !== undefined) return;
    record.epoch = await this.#ask((store) => store.epoch(userId));
  }

  async #ask<T>(question: (store: RevocationStore) => T | Promise<T>): Promise<T> {
    try {
      return await question(this.#store);
    } catch (cause) {
      throw new RevocationStoreError("Sessions cannot be read at the moment", { cause });
    }
  }
}
