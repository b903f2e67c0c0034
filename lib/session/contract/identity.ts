/**
 * Changes whose session it is: signing in, half and whole, and signing out with the keys kept.
 *
 * @module
 */

import { checkOptions, checkValue, NAME, NUMBER, type OptionKinds } from "../../check_options.ts";
import type { SessionPolicy, SessionRecord } from "./record.ts";

/** The options of `session.beginSignIn()`. */
export interface BeginSignInOptions {
  /**
   * Seconds for which the visitor can complete the sign-in: an integer from 1 to 86,400 (a day).
   * @default {600}
   */
  readonly maxAge?: number | undefined;
}

const BEGIN_KINDS: OptionKinds<BeginSignInOptions> = { maxAge: NUMBER };
const DEFAULT_MAX_AGE = 600;
const MOST_MAX_AGE = 86_400;

/**
 * Throws if the arguments of `session.beginSignIn()` are not valid.
 *
 * @returns The seconds until the sign-in must be complete.
 * @throws {TypeError} If the id is not a string with characters, or an option is wrong or unknown.
 * @throws {RangeError} If `maxAge` is out of bounds.
 */
export function checkBeginning(userId: unknown, options: BeginSignInOptions): number {
  checkValue("the user's id of session.beginSignIn()", userId, NAME, TypeError);
  checkOptions("session.beginSignIn()", options, BEGIN_KINDS, TypeError);
  const { maxAge = DEFAULT_MAX_AGE } = options;
  if (Number.isInteger(maxAge) && maxAge >= 1 && maxAge <= MOST_MAX_AGE) return maxAge;
  throw new RangeError(
    `Cannot begin a sign-in for ${maxAge} seconds: must be an integer from 1 to ${MOST_MAX_AGE}`,
  );
}

/** Removes everything that a user put into the session. */
export function emptyRecord(record: SessionRecord): void {
  record.values.clear();
  record.flash.clear();
  record.csrfToken = record.description = undefined;
}

/** Gives the session a new id and a new CSRF secret. */
export function rotateRecord(record: SessionRecord, policy: SessionPolicy): void {
  record.id = undefined;
  record.rotated = true;
  if (record.csrfToken !== undefined) record.csrfToken = policy.makeToken();
}

/** The user whose keys the session holds, if it is known: signed in, half signed in or signed out. */
function ownerOf({ ownerId, userId }: SessionRecord): string | undefined {
  return userId ?? ownerId;
}

/** Removes the keys if they are those of another user. */
function emptyForOther(record: SessionRecord, userId: string): void {
  const owner = ownerOf(record);
  if (owner !== undefined && owner !== userId) emptyRecord(record);
}

/** Makes the session that of a user who signed in. */
export function signIn(record: SessionRecord, userId: string, now: number): void {
  emptyForOther(record, userId);
  record.created = now;
  record.userId = userId;
  record.epoch = record.ownerId = record.pendingUntil = undefined;
}

/** Ends the identity of the session, and keeps the keys for the same user. */
export function signOut(record: SessionRecord, now: number): void {
  record.ownerId = ownerOf(record);
  record.created = now;
  record.userId =
    record.epoch =
    record.stamp =
    record.pendingUntil =
      undefined;
  // No earlier cookie may read the session: it was that of a user.
  record.isolated = true;
}

/** Notes that a user has passed the first factor of a sign-in, and has to pass another one. */
export function signInHalf(
  record: SessionRecord,
  userId: string,
  now: number,
  until: number,
): void {
  emptyForOther(record, userId);
  signOut(record, now);
  record.ownerId = userId;
  record.pendingUntil = until;
}

/** The user who is half signed in, if there is one. */
export function pendingUser(record: SessionRecord, now: number): string | undefined {
  const { ownerId, pendingUntil, userId } = record;
  const isPending = userId === undefined && pendingUntil !== undefined && now <= pendingUntil;
  return isPending ? ownerId : undefined;
}
