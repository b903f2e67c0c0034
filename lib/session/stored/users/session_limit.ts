/**
 * The limit of sessions that a user has at the same time.
 *
 * @module
 */

import type { LoadedRecord } from "../../backend.ts";
import { TooManySessionsError } from "../../errors.ts";
import type { StoredBackendParts, StoredSession, StoredState } from "../stored_state.ts";
import { listedSessions } from "./listed_sessions.ts";

/** Sign-ins this close, in milliseconds, count as made at once. */
const AT_ONCE = 10_000;

type Parts = Pick<
  StoredBackendParts,
  "access" | "atMaxSessions" | "ends" | "lifetimes" | "logger" | "maxSessionsPerUser" | "stampOf"
>;

/** A sign-in: the record of the session, and its user. */
interface SignIn {
  readonly record: LoadedRecord<StoredState>;
  readonly userId: string;
  readonly now: number;
}

/**
 * Keeps the number of a user's sessions at or below a limit.
 *
 * The store is asked after the sign-in was saved, so that each of two sign-ins at once sees the
 * other one.
 */
export class SessionLimit {
  readonly #parts: Parts;
  readonly #most: number;

  /** Takes the parts. Without `maxSessionsPerUser` there is no limit. */
  constructor(parts: Parts) {
    this.#parts = parts;
    this.#most = parts.maxSessionsPerUser ?? Infinity;
  }

  /**
   * Saves a session. If a user signs in by it, then the limit is applied.
   *
   * @param record The session.
   * @param now The time in milliseconds.
   * @param save Saves it.
   * @throws {TooManySessionsError} If the sign-in is refused. Nothing of the session is saved.
   */
  async around<T>(
    record: LoadedRecord<StoredState>,
    now: number,
    save: () => Promise<T>,
  ): Promise<T> {
    const { userId } = record;
    if (this.#most === Infinity || userId === undefined || !record.signsIn) return await save();
    const signIn = { record, userId, now: Math.floor(now) };
    const refuses = this.#parts.atMaxSessions === "refuseSignIn";
    // Before it is saved, so that a session keeps its values when the sign-in is refused.
    const isAgain = signsInAgain(record);
    if (refuses && !isAgain) await this.#refuseIfFull(signIn, record.loadedId);
    const saved = await save();
    const added = record.id ?? (isAgain ? undefined : record.loadedId);
    if (!refuses) await this.#endOldest(signIn);
    else if (added !== undefined) await this.#refuseLate(signIn, added);
    return saved;
  }

  /** Those of another stamp than that of the sign-in are over, although the store has them. */
  async #list({ record, userId, now }: SignIn): Promise<StoredSession[]> {
    const { access, lifetimes, stampOf } = this.#parts;
    const stamp = stampOf === undefined ? undefined : record.stamp;
    return listedSessions(await access.list(userId, now), { lifetimes, stamp, now });
  }

  async #refuseIfFull(signIn: SignIn, own: string | undefined): Promise<void> {
    const others = (await this.#list(signIn)).filter(({ id }) => id !== own);
    if (others.length < this.#most) return;
    const { record, userId } = signIn;
    // An exception view must not take the visitor for the user.
    record.userId = record.loadedUserId;
    throw new TooManySessionsError(userId, this.#most);
  }

  /** Of sign-ins at once, each that sees too many is undone. */
  async #refuseLate(signIn: SignIn, own: string): Promise<void> {
    try {
      await this.#refuseIfFull(signIn, own);
    } catch (error) {
      const { access, ends } = this.#parts;
      await access.delete(own, signIn.userId).catch(() => ends.add(own, signIn.userId));
      throw error;
    }
  }

  async #endOldest(signIn: SignIn): Promise<void> {
    const { access, logger } = this.#parts;
    try {
      const listed = await this.#list(signIn);
      const order = byAge(listed, signIn.record.created);
      const ended = order.slice(0, Math.max(0, listed.length - this.#most));
      for (const { id } of ended) await access.delete(id, signIn.userId);
    } catch (error) {
      // The user is signed in. The next sign-in ends what is too many.
      logger.error("Ending the oldest sessions of a user failed", error);
    }
  }
}

/**
 * Whether the user of a session enters the password once more, which makes no session more. If the
 * session ended meanwhile, then the save makes a new one, and names it in the record.
 */
function signsInAgain(
  { ended, loadedId, loadedUserId, userId }: LoadedRecord<StoredState>,
): boolean {
  return loadedId !== undefined && loadedUserId === userId && ended !== true;
}

/**
 * Sessions in the order in which they end.
 *
 * Those that were used least recently come first. Sign-ins at about the same time come last.
 *
 * Invariant: sign-ins at once order each other equally. Otherwise each would end the other.
 */
function byAge(listed: readonly StoredSession[], began: number): StoredSession[] {
  const isLate = ({ created }: StoredSession) => created > began - AT_ONCE;
  const earlier = listed.filter((one) => !isLate(one))
    .sort((one, other) => one.renewed - other.renewed);
  const late = listed.filter(isLate)
    .sort((one, other) => one.created - other.created || (one.id < other.id ? -1 : 1));
  return [...earlier, ...late];
}
