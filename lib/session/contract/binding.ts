/**
 * What a session can be asked for: whom it may be bound to, for how long it may be remembered, and
 * whether a key can be changed at once.
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

/** What `session.bindTo()` takes besides the user. */
export interface BindOptions {
  /**
   * The user's stamp as it was when the password was checked: text that changes with the password, of
   * at most 256 characters. It is stored as it is. If a password is changed while a sign-in with the
   * old one is under way, then the session of that sign-in is over with its next request.
   */
  readonly stamp?: string | undefined;
}

const BIND_KINDS: OptionKinds<BindOptions> = { stamp: TEXT };
/** Most characters of a stamp. */
const MOST_STAMP = 256;

/**
 * Refuses what `session.bindTo()` cannot take.
 *
 * @param userId The user.
 * @param options The user's stamp.
 * @param policy Whether there has to be a stamp.
 * @throws {TypeError} If the user is not text, or if a stamp is missing.
 * @throws {RangeError} If the user is empty, or if the stamp is too long.
 * @throws {Error} If there is a stamp, and sessions have none.
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
 * Refuses `session.modify()` of a session that lives in its cookie.
 *
 * @param key The key, for the message.
 * @param change What makes its new value.
 * @param policy Whether sessions live in a store.
 * @throws {TypeError} If `change` is no function.
 * @throws {Error} If they do not.
 */
export function checkModifying(key: string, change: unknown, { canModify }: SessionPolicy): void {
  checkValue("the second argument of modify()", change, FUNCTION, TypeError);
  if (canModify === true) return;
  throw new Error(
    `Cannot modify "${key}" at once: the session lives in its cookie: use storedSessionFactory(), or set()`,
  );
}

/**
 * Refuses what `session.remember()` cannot take.
 *
 * @param seconds For how long.
 * @param policy Whether there is a place for it.
 * @throws {RangeError} If it is no integer from 1 to 400 days.
 * @throws {Error} If there is no place for it.
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
