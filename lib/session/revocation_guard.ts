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

/** The store of revocations is down: answered with a 503 unless an exception view knows better. */
export class RevocationStoreError extends HttpServiceUnavailable {
  /** Always `"RevocationStoreError"`. */
  override name = "RevocationStoreError";
}

/** What a session is ended by. */
export interface Revocable {
  /** The session's name among all its copies: `family` or `family.generation`. */
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
 * An id is a family, and once it was rotated or somebody signed in, a dot and the number of the
 * generation. A rotation ends a generation. Signing out ends the family and the next generation, so
 * that it also ends what a rotation under way is about to write. A sign-in begins a family.
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

  /** How a session stands: one question for its id, and two more where somebody is signed in. */
  async standing({ id, userId, epoch = 0 }: Revocable, now: number): Promise<Standing> {
    const isUsers = userId !== undefined;
    const [isEnded, isRotated, current] = await Promise.all([
      isUsers && id !== undefined && this.#has(familyOf(id)),
      id !== undefined && this.#has(generationOf(id, isUsers)),
      isUsers ? this.#epoch(userId) : 0,
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
    record.id ??= begins ? firstId(makeToken(), userId !== undefined) : nextId(loadedId);
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
    if (loadedId === undefined || id === undefined || id === loadedId) return true;
    await this.#rotate(record, loadedId, signedIn ? "s" : "r", now);
    // Asked behind that: of a sign-out and a rotation at once, one sees the other.
    return signedIn || !await this.#has(id);
  }

  /** Ends a session with all its generations, copies included. */
  async end(record: CookieRecord, now: number): Promise<void> {
    const { loadedRememberFor, renewed, rotatedId, loadedUserId } = record;
    const id = rotatedId ?? record.loadedId;
    if (id === undefined) return;
    const generation = generationOf(id, loadedUserId !== undefined);
    const ends = [familyOf(id), nextId(id)].filter((one) => one !== generation);
    const last = Math.max(now, renewed) + this.#lifetimes.longest(loadedRememberFor);
    await this.#addAll(ends, last);
    // A rotation that was under way may remember what it wrote for longer.
    const wasRotated = rotatedId !== undefined || await this.#has(generation);
    await this.#addAll(wasRotated ? [...ends, id] : [id], wasRotated ? now + LONGEST : last);
  }

  async #rotate(record: CookieRecord, id: string, by: "s" | "r", now: number): Promise<void> {
    const { loadedRememberFor, loadedUserId, renewed } = record;
    const last = Math.max(now, renewed) + this.#lifetimes.longest(loadedRememberFor);
    await Promise.all([
      this.#add(generationOf(id, loadedUserId !== undefined), last + SLACK),
      this.#add(lateId(id, by, now), now + GRACE),
    ]);
  }

  async #addAll(ids: readonly string[], last: number): Promise<void> {
    await Promise.all(ids.map((id) => this.#add(id, last + SLACK)));
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

/** Of a user's session family and generation have names of their own; a guest's begins as a family. */
function firstId(family: string, isUsers: boolean): string {
  return isUsers ? `${family}.0` : family;
}

/** The id behind a rotation: counted, so that a sign-out can end what it does not know of. */
function nextId(id: string): string {
  const [family = "", generation = "0"] = id.split(".");
  return `${family}.${Number(generation) + 1}`;
}

function familyOf(id: string): string {
  return id.split(".")[0] ?? id;
}

/** What a rotation ends. A user's session of release 0.1.0 has no generation in its id. */
function generationOf(id: string, isUsers: boolean): string {
  return isUsers && !id.includes(".") ? `${id}.` : id;
}

/** What tells for a while that an id was rotated: for the ten seconds of its name and those after. */
function lateId(id: string, by: "s" | "r", now: number): string {
  return `${id}@${by}${Math.floor(now / GRACE)}`;
}
