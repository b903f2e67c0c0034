/**
 * Ends sessions for good, copies of their cookies included.
 *
 * @module
 */

import type { RevocationStore } from "../../../session.ts";
import { ANY, BOOLEAN, checkValue, type OptionKind } from "../../check_options.ts";
import { ConfigurationError } from "../../configuration_error.ts";
import { HttpServiceUnavailable } from "../../http/errors.ts";
import { MAX_COOKIE_AGE } from "../../http/cookies.ts";
import type { Judgement, LoadedRecord } from "../backend.ts";
import type { WrittenRecord } from "../formats/payload.ts";
import type { Lifetimes } from "../lifetimes.ts";

/** How long after its end a revoked session is remembered: clocks differ, and answers are under way. */
const SLACK = 5 * 60_000;
/** How long a request that is under way may still come with the cookie from before a rotation, in milliseconds. */
const GRACE = 10_000;
/** The times that share the name of a late id, in milliseconds. */
const LATE_SPAN = 15_000;
/** The longest that `remember()` takes, in milliseconds. */
const LONGEST = MAX_COOKIE_AGE * 1000;
const EPOCH: OptionKind = {
  expected: "an integer from 0",
  is: (value) => Number.isSafeInteger(value) && Number(value) >= 0,
};

/** The store of revocations is down: answered with a 503, unless there is an exception view for it. */
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
 * that it also ends what a rotation under way is about to write. A sign-in does so too, and begins a
 * family of its own.
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

  /** What the standing of a session that is within its limits means for loading it. */
  async judge(written: WrittenRecord, now: number): Promise<Judgement<string>> {
    const { id: rotatedId, rememberFor: rotatedRememberFor } = written;
    switch (await this.standing(written, now)) {
      case "valid":
        return {};
      case "ended":
        return { refused: "revoked" };
      case "rotated":
        return { refused: "revoked", arrival: { rotatedId, rotatedRememberFor } };
      case "signed in lately":
        // Whoever planted the cookie must not see the session that was signed in with it.
        return { refused: "revoked", arrival: { isLate: true } };
      case "rotated lately":
        return { arrival: { isLate: true, rotatedId } };
    }
  }

  /** How a session stands: one question for its id, and two more where somebody is signed in. */
  async standing({ id, userId, epoch = 0 }: Revocable, now: number): Promise<Standing> {
    const isUsers = userId !== undefined;
    const [isEnded, isRotated, current] = await Promise.all([
      isUsers && id !== undefined && this.#has(familyEnd(id, true)),
      id !== undefined && this.#has(generationOf(id, isUsers)),
      isUsers ? this.#epoch(userId) : 0,
    ]);
    if (id === undefined || !(isEnded || isRotated)) return epoch < current ? "ended" : "valid";
    const [signedIn, rotated, isOver] = await Promise.all([
      this.#isLate(id, "s", now),
      this.#isLate(id, "r", now),
      isUsers ? isEnded : this.#has(familyEnd(id, false)),
    ]);
    if (signedIn) return "signed in lately";
    if (isOver || epoch < current) return "ended";
    return rotated ? "rotated lately" : "rotated";
  }

  /**
   * Whether the session that a record goes on with is over since it was loaded. One that begins now,
   * by `invalidate()` or by signing in, goes on with none.
   */
  async isOver(record: LoadedRecord, now: number): Promise<boolean> {
    const { loadedId, userId, epoch } = record;
    if (record.isNew || record.signsIn) return false;
    return await this.standing({ id: loadedId, userId, epoch }, now) !== "valid";
  }

  /** Gives a session that is about to be written its id and its user's epoch; tells whether it had both. */
  async name(record: LoadedRecord, makeToken: () => string): Promise<boolean> {
    // So that all copies under one id have one limit, and it can be forgotten when that has passed.
    if (record.isRelived && record.id === record.loadedId) record.id = undefined;
    const { id, loadedId, userId, epoch } = record;
    const begins = record.isNew || record.signsIn || loadedId === undefined;
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
  async leave(record: LoadedRecord, signedIn: boolean, now: number): Promise<boolean> {
    const { id, loadedId } = record;
    if (loadedId === undefined || id === undefined || id === loadedId) return true;
    // First this, then the end: a request between the two must not be refused as one that comes much later.
    await this.#add(lateId(loadedId, signedIn ? "s" : "r", now), now + GRACE);
    if (signedIn) {
      await this.#end(record, loadedId, now);
      return true;
    }
    await this.#rotate(record, loadedId, now);
    // Asked behind that: of a sign-out and a rotation at once, one sees the other.
    return !await this.#has(id);
  }

  /** Ends a session with all its generations, copies included. */
  async end(record: LoadedRecord, now: number): Promise<void> {
    const id = record.rotatedId ?? record.loadedId;
    if (id !== undefined) await this.#end(record, id, now);
  }

  async #end(record: LoadedRecord, id: string, now: number): Promise<void> {
    const { loadedId, loadedUserId } = record;
    const isUsers = loadedUserId !== undefined;
    // Of a cookie that was rotated away long ago it is not known whose it was.
    const families = [isUsers, ...(loadedId === undefined ? [!isUsers] : [])]
      .map((isUsers) => familyEnd(id, isUsers));
    const generation = generationOf(id, isUsers);
    const ends = [...families, nextId(id)].filter((one) => one !== generation);
    const last = this.#lastOf(record, now);
    await this.#addAll(ends, last);
    // Another request may have remembered a generation for longer, or is about to.
    const isLong = await this.#has(relivedId(id));
    await this.#addAll(isLong ? [...ends, id] : [id], isLong ? now + LONGEST : last);
  }

  async #rotate(record: LoadedRecord, id: string, now: number): Promise<void> {
    const last = this.#lastOf(record, now);
    const ends = [this.#add(generationOf(id, record.loadedUserId !== undefined), last + SLACK)];
    if (record.isRelived) {
      const longest = Math.max(last, now + this.#lifetimes.longest(record.rememberFor));
      ends.push(this.#add(relivedId(id), longest + SLACK));
    }
    await Promise.all(ends);
  }

  /** When the last copy of what was loaded is over. */
  #lastOf({ loadedRememberFor, renewed }: LoadedRecord, now: number): number {
    return Math.max(now, renewed) + this.#lifetimes.longest(loadedRememberFor);
  }

  async #addAll(ids: readonly string[], last: number): Promise<void> {
    await Promise.all(ids.map((id) => this.#add(id, last + SLACK)));
  }

  /**
   * Whether it was rotated less than ten seconds ago; a store that forgets late may say so for 27. It
   * may have been rotated since `now`, or by a server whose clock is 2.5 seconds ahead.
   */
  async #isLate(id: string, by: "s" | "r", now: number): Promise<boolean> {
    const newest = now + GRACE / 4;
    const [one, other] = await Promise.all([
      this.#has(lateId(id, by, newest)),
      this.#has(lateId(id, by, newest - LATE_SPAN)),
    ]);
    return one || other;
  }

  #has(id: string): Promise<boolean> {
    return this.#ask("has", (store) => store.has(id), BOOLEAN);
  }

  #epoch(user: string): Promise<number> {
    return this.#ask("epoch", (store) => store.epoch(user), EPOCH);
  }

  #add(id: string, until: number): Promise<void> {
    return this.#ask("add", (store) => store.add(id, until));
  }

  /** Asks the store. A doubtful answer counts as a store that is down: no session is valid by it. */
  async #ask<T>(
    method: string,
    question: (store: RevocationStore) => T | Promise<T>,
    wanted: OptionKind = ANY,
  ): Promise<T> {
    try {
      const answer = await question(this.#store);
      checkValue(`what ${method}() of the revocation store gave`, answer, wanted, TypeError);
      return answer;
    } catch (cause) {
      throw new RevocationStoreError("Sessions cannot be read at the moment", { cause });
    }
  }
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

/** What signing out ends. Of a guest's session the bare family is the first generation. */
function familyEnd(id: string, isUsers: boolean): string {
  return isUsers ? familyOf(id) : `${familyOf(id)}.`;
}

/** What a rotation ends. A user's session of release 0.1.0 has no generation in its id. */
function generationOf(id: string, isUsers: boolean): string {
  return isUsers && !id.includes(".") ? `${id}.` : id;
}

/** What tells that generations of one family live for different times. */
function relivedId(id: string): string {
  return `${familyOf(id)}@l`;
}

/** What tells for a while that an id was rotated, and when about that was: a store may forget late. */
function lateId(id: string, by: "s" | "r", at: number): string {
  return `${id}@${by}${Math.floor(at / LATE_SPAN)}`;
}
