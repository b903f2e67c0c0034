/**
 * Revokes sessions together with all copies of their cookies.
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

/**
 * How long a revoked session is remembered after its end, in milliseconds, because clocks differ
 * and responses may be late.
 */
const SLACK = 5 * 60_000;
/** How long after a rotation a request may still come with the earlier cookie, in milliseconds. */
const GRACE = 10_000;
/** The length of the period whose times share one late id, in milliseconds. */
const LATE_SPAN = 15_000;
/** The longest that `remember()` takes, in milliseconds. */
const LONGEST = MAX_COOKIE_AGE * 1000;
const EPOCH: OptionKind = {
  expected: "an integer from 0",
  is: (value) => Number.isSafeInteger(value) && Number(value) >= 0,
};

/** The revocation store is down. Without an exception view Pyramidion answers with a 503. */
export class RevocationStoreError extends HttpServiceUnavailable {
  /** Always `"RevocationStoreError"`. */
  override name = "RevocationStoreError";
}

/** The parts of a session by which it is revoked. */
export interface Revocable {
  /**
   * The id of the session, which all copies of its cookie share: `family` or `family.generation`.
   */
  readonly id?: string | undefined;
  /** The id of the user who signed in. */
  readonly userId?: string | undefined;
  /** The user's epoch at sign-in. Sessions from a release without epochs have epoch 0. */
  readonly epoch?: number | undefined;
}

/**
 * The standing of a session in a cookie.
 *
 * - `valid`: it was not revoked.
 * - `ended`: it was revoked with all its generations, or with all sessions of its user.
 * - `rotated`: it continues under another id.
 * - `rotated lately` and `signed in lately`: the same, by a request at about the same time as this
 *   one.
 */
export type Standing = "valid" | "ended" | "rotated" | "rotated lately" | "signed in lately";

/**
 * Reads and writes the revocation store.
 *
 * An id is the name of a family. After a rotation or a sign-in, a dot and the number of the
 * generation follow. A rotation ends a generation. A sign-out ends the family and the next
 * generation, so that it also ends the session that a simultaneous rotation writes. A sign-in ends
 * the same, and begins a new family.
 */
export class RevocationGuard {
  readonly #store: RevocationStore;
  readonly #lifetimes: Lifetimes;

  /**
   * Takes the store.
   *
   * @throws {ConfigurationError} If sessions never end, because the store could then never forget a
   * revocation.
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

  /** Decides by its standing how a session within its limits is loaded. */
  async judge(written: WrittenRecord, now: number): Promise<Judgement<string>> {
    const { id: endableId, rememberFor: rotatedRememberFor } = written;
    switch (await this.standing(written, now)) {
      case "valid":
        return {};
      case "ended":
        return { refused: "revoked" };
      case "rotated":
        return { refused: "revoked", arrival: { endableId, rotatedRememberFor } };
      case "signed in lately":
        // An attacker who planted the cookie must not see the session that was signed in with it.
        return { refused: "revoked", arrival: { isLate: true } };
      case "rotated lately":
        return { arrival: { isLate: true, endableId } };
    }
  }

  /**
   * Finds the standing of a session. It costs one query for the id, and two more if a user is
   * signed in.
   */
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
   * Whether the session of a record was ended after it was loaded. A session that begins now, by
   * `invalidate()`, `forget()` or a sign-in, cannot have ended.
   */
  async isOver(record: LoadedRecord, now: number): Promise<boolean> {
    const { loadedId, userId, epoch } = record;
    if (record.isNew || record.leavesCookie) return false;
    return await this.standing({ id: loadedId, userId, epoch }, now) !== "valid";
  }

  /**
   * Gives a session its id and its user's epoch before it is written.
   *
   * @returns Whether the session already had both.
   */
  async name(record: LoadedRecord, makeToken: () => string): Promise<boolean> {
    // All copies under one id then have one limit, after which the store can forget the id.
    if (record.isRelived && record.id === record.loadedId) record.id = undefined;
    const { id, loadedId, userId, epoch } = record;
    const begins = record.isNew || record.leavesCookie || loadedId === undefined;
    record.id ??= begins ? firstId(makeToken(), userId !== undefined) : nextId(loadedId);
    if (userId === undefined || epoch !== undefined) return id !== undefined;
    record.epoch = await this.#epoch(userId);
    return false;
  }

  /**
   * Revokes the ids that a written record no longer uses.
   *
   * @param record The record, with its new id.
   * @param isLeft Whether no earlier cookie may read the session, as after a sign-in.
   * @param now The time in milliseconds since 1970.
   * @returns Whether the cookie may be sent.
   */
  async leave(record: LoadedRecord, isLeft: boolean, now: number): Promise<boolean> {
    const { id, loadedId } = record;
    if (loadedId === undefined || id === undefined || id === loadedId) return true;
    // This before the end: a request between the two must not count as one that comes much later.
    await this.#add(lateId(loadedId, isLeft ? "s" : "r", now), now + GRACE);
    if (isLeft) {
      await this.#end(record, loadedId, now);
      return true;
    }
    await this.#rotate(record, loadedId, now);
    // After the rotation: of a simultaneous sign-out and rotation, one sees the other.
    return !await this.#has(id);
  }

  /** Ends a session with all its generations and all copies of its cookies. */
  async end(record: LoadedRecord, now: number): Promise<void> {
    const id = record.endableId ?? record.loadedId;
    if (id !== undefined) await this.#end(record, id, now);
  }

  async #end(record: LoadedRecord, id: string, now: number): Promise<void> {
    const { loadedId, loadedUserId } = record;
    const isUsers = loadedUserId !== undefined;
    // If a cookie was rotated long ago, then its user is not known.
    const families = [isUsers, ...(loadedId === undefined ? [!isUsers] : [])]
      .map((isUsers) => familyEnd(id, isUsers));
    const generation = generationOf(id, isUsers);
    const ends = [...families, nextId(id)].filter((one) => one !== generation);
    const last = this.#lastOf(record, now);
    await this.#addAll(ends, last);
    // Another request may remember a generation for longer.
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

  /** Gives the time when the last copy of the loaded session is over. */
  #lastOf({ loadedRememberFor, renewed }: LoadedRecord, now: number): number {
    return Math.max(now, renewed) + this.#lifetimes.longest(loadedRememberFor);
  }

  async #addAll(ids: readonly string[], last: number): Promise<void> {
    await Promise.all(ids.map((id) => this.#add(id, last + SLACK)));
  }

  /**
   * Whether the id was rotated less than ten seconds ago. With a store that forgets late, the
   * answer can stay `true` for 27 seconds. The rotation may be later than `now`, or come from a
   * server whose clock is 2.5 seconds ahead.
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

  /**
   * Queries the store. A result of the wrong type counts as a store that is down, so that it makes
   * no session valid.
   */
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

/**
 * Makes the first id of a session. A user's session has separate ids for family and generation, and
 * a guest's begins with the family alone.
 */
function firstId(family: string, isUsers: boolean): string {
  return isUsers ? `${family}.0` : family;
}

/**
 * Gives the id after a rotation. Ids are counted, so that a sign-out can end a generation that it
 * does not know.
 */
function nextId(id: string): string {
  const [family = "", generation = "0"] = id.split(".");
  return `${family}.${Number(generation) + 1}`;
}

function familyOf(id: string): string {
  return id.split(".")[0] ?? id;
}

/**
 * Gives the id that a sign-out revokes. For a guest's session the bare family is the first
 * generation.
 */
function familyEnd(id: string, isUsers: boolean): string {
  return isUsers ? familyOf(id) : `${familyOf(id)}.`;
}

/**
 * Gives the id that a rotation revokes. A user's session of release 0.1.0 has no generation in its
 * id.
 */
function generationOf(id: string, isUsers: boolean): string {
  return isUsers && !id.includes(".") ? `${id}.` : id;
}

/** Gives the id which shows that generations of one family live for different times. */
function relivedId(id: string): string {
  return `${familyOf(id)}@l`;
}

/**
 * Gives the id which shows that an id was rotated, and in which period, because a store may forget
 * late.
 */
function lateId(id: string, by: "s" | "r", at: number): string {
  return `${id}@${by}${Math.floor(at / LATE_SPAN)}`;
}
