/**
 * Checks the arguments of `session.bindTo()`, `session.remember()` and `session.modify()`.
 *
 * @module
 */

import {
  checkOptions,
  checkValue,
  describe,
  FUNCTION,
  type OptionKinds,
  TEXT,
} from "../../check_options.ts";
import { MAX_COOKIE_AGE } from "../../http/cookies.ts";
import type { SessionPolicy } from "./record.ts";

/** The options of `session.bindTo()`. */
export interface BindOptions {
  /**
   * The user's stamp at the time of the password check: a string that changes with the password, of at
   * most 256 characters. The session stores it unchanged. If the password changes during a sign-in
   * with the old one, then that session is over at its next request.
   */
  readonly stamp?: string | undefined;
}

const BIND_KINDS: OptionKinds<BindOptions> = { stamp: TEXT };
/** Most characters of a stamp. */
const MOST_STAMP = 256;

/**
 * Throws if the arguments of `session.bindTo()` are not valid.
 *
 * @param userId The id of the user.
 * @param options The user's stamp.
 * @param policy Whether sessions need a stamp.
 * @throws {TypeError} If the id is not a string, or if a stamp is missing.
 * @throws {RangeError} If the id is empty, or if the stamp is too long.
 * @throws {Error} If there is a stamp, and the factory has no `stampOf`.
 */
export function checkBinding(
  userId: unknown,
  options: BindOptions,
  { needsStamp = false }: SessionPolicy,
): void {
  if (typeof userId !== "string") throw new TypeError(notText(userId));
  if (userId === "") {
    throw new RangeError('Cannot bind the session to user "": must not be empty');
  }
  checkOptions("session.bindTo()", options, BIND_KINDS, TypeError);
  const { stamp } = options;
  if (stamp === undefined && needsStamp) {
    throw new TypeError(
      "Cannot bind the session without a stamp: the session factory has the option stampOf: write bindTo(id, { stamp })",
    );
  }
  if (stamp !== undefined && !needsStamp) {
    throw new Error(
      "Cannot bind the session to a stamp: give storedSessionFactory() the option stampOf; sessions in cookies have no stamps",
    );
  }
  if (stamp !== undefined && stamp.length > MOST_STAMP) {
    throw new RangeError(
      `Cannot bind the session to a stamp of ${stamp.length} characters: at most ${MOST_STAMP}`,
    );
  }
}

/**
 * Throws for `session.modify()` of a session that lives in its cookie.
 *
 * @param key The key, for the message.
 * @param change The function that makes the new value.
 * @param policy Whether sessions live in a store.
 * @throws {TypeError} If `change` is not a function.
 * @throws {Error} If sessions do not live in a store.
 */
export function checkModifying(key: string, change: unknown, { canModify }: SessionPolicy): void {
  checkValue("the second argument of modify()", change, FUNCTION, TypeError);
  if (canModify === true) return;
  throw new Error(
    `Cannot modify "${key}" at once: the session lives in its cookie: use storedSessionFactory(), or set()`,
  );
}

/**
 * Throws if the argument of `session.remember()` is not valid.
 *
 * @param seconds The seconds for which the session is remembered.
 * @param policy Whether the format has a place for the seconds.
 * @throws {RangeError} If it is not an integer from 1 to 34,560,000 (400 days).
 * @throws {Error} If the format has no place for the seconds.
 */
export function checkRemembering(seconds: number, policy: SessionPolicy): void {
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > MAX_COOKIE_AGE) {
    throw new RangeError(
      `Cannot remember a session for ${seconds} seconds: must be an integer from 1 to ${MAX_COOKIE_AGE}`,
    );
  }
  if (!policy.canRemember) {
    throw new Error(
      "Cannot remember the session: the format of its cookie has no place for it: use signedCookieSessionFactory() or encryptedCookieSessionFactory()",
    );
  }
}

function notText(userId: unknown): string {
  const isNumber = typeof userId === "number" || typeof userId === "bigint";
  return `Cannot bind the session to ${describe(userId)}: user ids are text${
    isNumber ? ": write String(id)" : ""
  }`;
}
