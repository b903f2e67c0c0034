/**
 * Defines the errors of sessions: too large, a value that cannot be kept, a store that is down.
 *
 * @module
 */

import { HttpContentTooLarge, HttpForbidden, HttpServiceUnavailable } from "../http/errors.ts";

/** The size of one key in a session. */
export interface SessionKeySize {
  /**
   * The name of the key. Names in brackets stand for flash messages and other data that are not
   * keys of the app.
   */
  readonly key: string;
  /** The bytes of its name and value in the payload, before encoding. */
  readonly bytes: number;
}

/**
 * A session is too large for its cookie or its store.
 *
 * Browsers drop a cookie whose name and value are over 4,096 bytes (RFC 6265bis, section 5.6). A
 * stored session is too large if it is over `maxBytes` or has more than 256 keys.
 *
 * Pyramidion throws it after the view, so an exception view can answer it. Without an exception
 * view the visitor gets a 413. The visitor's earlier cookie stays valid. Pyramidion does not split
 * a session into several cookies, because browsers can lose one of them. It does not compress data,
 * because the compressed length can reveal the contents.
 */
export class SessionTooLargeError extends HttpContentTooLarge {
  /** Always `"SessionTooLargeError"`. */
  override name = "SessionTooLargeError";
  /**
   * The bytes of the cookie's name and value. For a stored session, the bytes of its keys and
   * values.
   */
  readonly size: number;
  /** The most bytes that browsers keep, or that the factory allows. */
  readonly limit: number;
  /** The size of each key, largest first. */
  readonly keys: readonly SessionKeySize[];

  /**
   * Makes the error.
   *
   * @param cookieName The cookie's name as it would be written.
   * @param size Bytes of its name and value.
   * @param limit The most that browsers keep, in bytes.
   * @param keys The size of each key.
   * @param stored How many keys a stored session has, and how many it may have.
   */
  constructor(
    cookieName: string,
    size: number,
    limit: number,
    keys: readonly SessionKeySize[],
    stored?: { readonly count: number; readonly most: number },
  ) {
    super("There is more to remember than fits");
    this.size = size;
    this.limit = limit;
    this.keys = [...keys].sort((one, other) => other.bytes - one.bytes);
    const table = this.keys.map(({ key, bytes }) => `${key} ${bytes}`).join(", ");
    this.message = stored !== undefined
      ? `Cannot keep the session in the store: ${size} bytes in ${stored.count} keys, at most ${limit} bytes in ${stored.most} keys are kept; bytes by key: ${table}; keep large values in a database and their names in the session`
      : `Cannot store the session in cookie "${cookieName}": ${size} bytes of name and value, at most ${limit} are kept by browsers, and nginx by default answers 502 from about 2,750 bytes of session; bytes by key: ${table}; keep large values in a database and their names in the session`;
  }
}

/**
 * A session was given a value that JSON would lose or change without an error.
 *
 * @example The path says where
 * ```ts
 * import { SessionValueError } from "@pyramidion/pyramidion";
 * import { assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * const error = new SessionValueError("cart.items[2].price", "a function");
 * assertEquals(error.message, "Cannot keep a value in the session: cart.items[2].price is a function");
 * ```
 */
export class SessionValueError extends TypeError {
  /** Always `"SessionValueError"`. */
  override name = "SessionValueError";
  /**
   * The path to the value, which begins with the session's key. An empty path means the value
   * itself.
   */
  readonly path: string;
  /** What was found there, such as `a function` or `an instance of Date`. */
  readonly found: string;

  /**
   * Makes the error.
   *
   * @param path The path to the value, such as `cart.items[2].price`.
   * @param found What was found there, as it stands after the word "is".
   * @param advice What the developer can write instead. Default: no advice.
   */
  constructor(path: string, found: string, advice = "") {
    super(
      `Cannot keep a value in the session: ${path || "it"} is ${found}${advice && `: ${advice}`}`,
    );
    this.path = path;
    this.found = found;
  }
}

/**
 * A user signs in, and already has as many sessions as `maxSessionsPerUser` allows.
 *
 * Pyramidion throws it after the view if the option `atMaxSessions` is `"refuseSignIn"`. The sign-in
 * is not saved, and the visitor stays who the visitor was. An exception view can answer it. Without
 * an exception view the visitor gets a 403. OWASP ASVS 5.0, 7.1.2.
 */
export class TooManySessionsError extends HttpForbidden {
  /** Always `"TooManySessionsError"`. */
  override name = "TooManySessionsError";
  /** The user whose sign-in was refused. */
  readonly userId: string;
  /** The most sessions that a user may have. */
  readonly limit: number;

  /**
   * Makes the error.
   *
   * @param userId The user.
   * @param limit The most sessions that a user may have.
   */
  constructor(userId: string, limit: number) {
    super("You are signed in on too many devices. Sign out on one of them, and sign in again");
    this.userId = userId;
    this.limit = limit;
  }
}

/**
 * The session store is down or late, or holds data that are not a session. Pyramidion answers with
 * a 503.
 */
export class SessionStoreError extends HttpServiceUnavailable {
  /** Always `"SessionStoreError"`. */
  override name = "SessionStoreError";
}

/**
 * The session store did not answer, and it may or may not have saved the change. Pyramidion answers
 * with a 503.
 *
 * If the store did not save the change, then the previous page is still correct. After a sign-out
 * the response deletes the cookie in both cases.
 */
export class SessionOutcomeUnknownError extends HttpServiceUnavailable {
  /** Always `"SessionOutcomeUnknownError"`. */
  override name = "SessionOutcomeUnknownError";
}
