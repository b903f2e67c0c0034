/**
 * Counts attempts in a session store, by the generic cell rate algorithm: one time for each name.
 *
 * @module
 */

import { encodeBase64url } from "../session/crypto/bytes.ts";
import { sha256 } from "../session/crypto/sha256.ts";
import type { SessionStore, StoredRecord } from "../session/stored/session_store.ts";

/** How many attempts are free, and in which time they come back. */
export interface AttemptLimit {
  /** The attempts that can be made at once: an integer from 1 to 1,000,000. */
  readonly attempts: number;
  /** The seconds in which as many come back, one after the other: an integer from 1 to 86,400. */
  readonly seconds: number;
}

/** What became of an attempt. `retryAfter` are the milliseconds until the next one is free. */
export type AttemptAnswer = { readonly isFree: true } | {
  readonly isFree: false;
  readonly retryAfter: number;
};

/** The key of the time at which all attempts are free again, in milliseconds. */
const FULL_AT = "fullAt";
/** How many tries are made if other requests count at the same time. */
const MOST_TRIES = 16;
/** Milliseconds by which the sum of fractions may be off. Without them the last attempt could be lost. */
const ROUNDING = 0.5;
const UTF8 = new TextEncoder();
const RANDOM_LENGTH = 12;

/** Counts attempts by name. The record of a name ends when all of its attempts are free again. */
export class RateLimit {
  readonly #store: SessionStore;
  readonly #randomBytes: (length: number) => Uint8Array<ArrayBuffer>;

  /** Takes the store, and what makes random names of changes. */
  constructor(store: SessionStore, randomBytes: (length: number) => Uint8Array<ArrayBuffer>) {
    this.#store = store;
    this.#randomBytes = randomBytes;
  }

  /**
   * Counts an attempt, unless none is free. An attempt that is not free does not count, so
   * that an attacker cannot prolong the wait of a user.
   *
   * @param names What tells the counter from others. It is hashed.
   * @param limit The limit.
   * @param now The time in milliseconds.
   * @throws What the store throws.
   */
  async take(names: readonly string[], limit: AttemptLimit, now: number): Promise<AttemptAnswer> {
    const id = idOf(names);
    const at = Math.floor(now);
    const span = limit.seconds * 1000, each = span / limit.attempts;
    let held = await this.#store.load(id, at);
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      // Records of an hour with another limit, or of a clock that was ahead, count as full ones.
      const before = held === null ? at : Math.min(Math.max(timeIn(held.values), at), at + span);
      const after = before + each;
      if (after > at + span + Math.min(ROUNDING, each / 2)) {
        return { isFree: false, retryAfter: Math.ceil(after - at - span) };
      }
      const changed = await this.#write(id, held, after, at);
      if (changed === true) return { isFree: true };
      held = changed;
    }
    // So many at once are an attack, or a store in trouble: in doubt the attempt is not free.
    return { isFree: false, retryAfter: Math.ceil(each) };
  }

  /** Gives one attempt back, as far as there is one. */
  async giveBack(names: readonly string[], limit: AttemptLimit, now: number): Promise<void> {
    const id = idOf(names);
    const at = Math.floor(now);
    let held = await this.#store.load(id, at);
    for (let tries = 0; held !== null && tries < MOST_TRIES; tries++) {
      const after = timeIn(held.values) - limit.seconds * 1000 / limit.attempts;
      const changed = await this.#write(id, held, Math.max(after, at), at);
      if (changed === true) return;
      held = changed;
    }
  }

  /** Makes all attempts free again. */
  async clear(names: readonly string[]): Promise<void> {
    await this.#store.delete(idOf(names), null);
  }

  /** Writes the time, unless another request was faster: then it gives the record of that one. */
  async #write(
    id: string,
    held: StoredRecord | null,
    fullAt: number,
    now: number,
  ): Promise<StoredRecord | null | true> {
    const text = String(fullAt), expires = Math.ceil(fullAt);
    const name = encodeBase64url(this.#randomBytes(RANDOM_LENGTH));
    if (held === null) {
      const values = new Map([[FULL_AT, text]]);
      // The head is made anew, because a store takes an equal one for the same call once more.
      const record = { head: name, renewed: now, expires, account: null, values };
      return await this.#store.create(id, record, now) || await this.#store.load(id, now);
    }
    const change = {
      set: new Map([[FULL_AT, text]]),
      expect: [FULL_AT, held.values.get(FULL_AT) ?? null] as const,
      expires,
      operation: name,
    };
    return await this.#store.update(id, held.head, change, now);
  }
}

function timeIn(values: ReadonlyMap<string, string>): number {
  const time = Number(values.get(FULL_AT) ?? NaN);
  return Number.isFinite(time) ? time : Infinity;
}

function idOf(names: readonly string[]): string {
  return encodeBase64url(sha256(UTF8.encode(JSON.stringify(["limit", ...names]))));
}
