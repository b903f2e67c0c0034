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
/** How long a request that is under way may still come with the cookie from before a rotation, in milliseconds. */
const GRACE = 10_000;
/** The longest that `remember()` takes, in milliseconds. */
const LONGEST = 34_560_000_000;
const GENERATION_LENGTH = 8;

/** The store of revocations is down: answered with a 503 unless an exception view knows better. */
export class RevocationStoreError extends HttpServiceUnavailable {
  /** Always `"RevocationStoreError"`. */
  override name = "RevocationStoreError";
}

/** What a session is ended by. */
export interface Revocable {
  /** The session's name among all its copies: a family, and once it was rotated a dot and a generation. */
  readonly id?: string | undefined;
  /** Who signed in. */
  readonly userId?: string | undefined;
  /** The user's epoch then; sessions from before there were epochs have the first. */
  readonly epoch?: number | undefined;
}

/**
 * How a session stands that a cookie holds.
 *
 * - `valid`.
 * - `ended`, with all its generations, or all sessions of its user.
 * - `rotated`: it goes on under another id.
 * - `rotated lately` and `signed in lately`: the same, by a request that was under way with this one.
 */
export type Standing = "valid" | "ended" | "rotated" | "rotated lately" | "signed in lately";

/**
 * Asks the store of revocations, and tells it.
 *
 * An id is `family` or `family.generation`. Signing out ends the family, so that it also ends what a
 * rotation under way is about to write. A rotation ends the generation. A sign-in begins a family.
 */
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

  /** How a session stands: two questions for its id, and one for its user. */
  async standing({ id, userId, epoch = 0 }: Revocable, now: number): Promise<Standing> {
    const [isEnded, isRotated, current] = await Promise.all([
      id !== undefined && this.#has(familyOf(id)),
      id !== undefined && this.#has(generationOf(id)),
      userId === undefined ? 0 : this.#epoch(userId),
    ]);
    if (isEnded || epoch < current) return "ended";
    if (!isRotated || id === undefined) return "valid";
    const [signedIn, rotated] = await Promise.all([
      this.#isLate(id, "s", now),
      this.#isLate(id, "r", now),
    ]);
    return signedIn ? "signed in lately" : rotated ? "rotated lately" : "rotated";
  }

  /**
   * Whether the session that a record goes on with is over since it was loaded. One that begins now,
   * by `invalidate()` or by signing in, goes on with none.
   */
  async isOver(record: CookieRecord, now: number): Promise<boolean> {
    const { loadedId, userId, epoch } = record;
    if (record.isNew || signsIn(record)) return false;
    return await this.standing({ id: loadedId, userId, epoch }, now) !== "valid";
  }

  /** Gives a session that is about to be written its id and its user's epoch; tells whether it had both. */
  async name(record: CookieRecord, makeToken: () => string): Promise<boolean> {
    // So that all copies under one id have one limit, and it can be forgotten when that has passed.
    const relived = record.rememberFor !== record.loadedRememberFor;
    if (relived && record.id === record.loadedId) record.id = undefined;
    const { id, loadedId, userId, epoch } = record;
    const begins = record.isNew || signsIn(record) || loadedId === undefined;
    record.id ??= begins
      ? makeToken()
      : `${familyOf(loadedId)}.${makeToken().slice(0, GENERATION_LENGTH)}`;
    if (userId === undefined || epoch !== undefined) return id !== undefined;
    record.epoch = await this.#epoch(userId);
    return false;
  }

  /**
   * Ends what a record that was written no longer goes on with; tells whether the record may be sent.
   *
   * @param record The record, with its new id.
   * @param signedIn Whether a user signs in by it.
   * @param now The time.
   */
  async leave(record: CookieRecord, signedIn: boolean, now: number): Promise<boolean> {
    const { id, loadedId } = record;
    if (record.ended === true) await this.end(record, now);
    else if (loadedId !== undefined && id !== loadedId) {
      await this.#rotate(record, loadedId, signedIn ? "s" : "r", now);
      // Asked behind that: of a sign-out and a rotation at once, one sees the other.
      return signedIn || !await this.#has(familyOf(loadedId));
    }
    return true;
  }

  /** Ends a session with all its generations, copies included. */
  async end(record: CookieRecord, now: number): Promise<void> {
    const { loadedId, loadedRememberFor, renewed, rotatedId } = record;
    if (rotatedId !== undefined) return await this.#endFamily(rotatedId, now + LONGEST);
    if (loadedId === undefined || !record.heldSomething) return;
    const last = Math.max(now, renewed) + this.#lifetimes.longest(loadedRememberFor);
    await this.#endFamily(loadedId, last);
    // A rotation that is under way may be about to remember it for longer.
    if (await this.#has(generationOf(loadedId))) await this.#endFamily(loadedId, now + LONGEST);
  }

  async #endFamily(id: string, last: number): Promise<void> {
    const family = familyOf(id);
    // Release 0.1.0 knows the whole id alone.
    const ids = id === family ? [family] : [family, id];
    await Promise.all(ids.map((id) => this.#add(id, last + SLACK)));
  }

  async #rotate(record: CookieRecord, id: string, by: "s" | "r", now: number): Promise<void> {
    const { loadedRememberFor, renewed } = record;
    const last = Math.max(now, renewed) + this.#lifetimes.longest(loadedRememberFor);
    await Promise.all([
      this.#add(generationOf(id), last + SLACK),
      this.#add(lateId(id, by, now), now + GRACE),
    ]);
  }

  /** Whether it was rotated less than ten seconds ago; a store that forgets late may say so for twenty. */
  async #isLate(id: string, by: "s" | "r", now: number): Promise<boolean> {
    const [one, other] = await Promise.all([
      this.#has(lateId(id, by, now)),
      this.#has(lateId(id, by, now - GRACE)),
    ]);
    return one || other;
  }

  #has(id: string): Promise<boolean> {
    return this.#ask("has", (store) => store.has(id), (answer) => typeof answer === "boolean");
  }

  #epoch(user: string): Promise<number> {
    const isEpoch = (answer: unknown) => Number.isSafeInteger(answer) && Number(answer) >= 0;
    return this.#ask("epoch", (store) => store.epoch(user), isEpoch);
  }

  #add(id: string, until: number): Promise<void> {
    return this.#ask("add", (store) => store.add(id, until), () => true);
  }

  /** Whatever is doubtful counts as a store that is down: nobody is let in by it. */
  async #ask<T>(
    method: string,
    question: (store: RevocationStore) => T | Promise<T>,
    fits: (answer: unknown) => boolean,
  ): Promise<T> {
    try {
      const answer = await question(this.#store);
      if (fits(answer)) return answer;
      throw new TypeError(`Cannot go by what ${method}() of the revocation store answered`);
    } catch (cause) {
      throw new RevocationStoreError("Sessions cannot be read at the moment", { cause });
    }
  }
}

/** Whoever was signed in when the session was loaded has an epoch; `bindTo()` takes it away. */
export function signsIn({ epoch, userId }: CookieRecord): boolean {
  return userId !== undefined && epoch === undefined;
}

function familyOf(id: string): string {
  const dot = id.indexOf(".");
  return dot === -1 ? id : id.slice(0, dot);
}

/** What a rotation ends. The first generation has no name of its own. */
function generationOf(id: string): string {
  return id.includes(".") ? id : `${id}.`;
}

/** What tells for a while that an id was rotated: for the ten seconds of its name and those after. */
function lateId(id: string, by: "s" | "r", now: number): string {
  return `${generationOf(id)}@${by}${Math.floor(now / GRACE)}`;
}
