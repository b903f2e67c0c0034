/**
 * What may go wrong with a session: too large, a value that cannot be kept, a store that is down.
 *
 * @module
 */

import { HttpContentTooLarge, HttpServiceUnavailable } from "../http/errors.ts";

/** How much of a cookie one key takes. */
export interface SessionKeySize {
  /** The key; flash messages and the rest of what lies beside the app's keys are named in brackets. */
  readonly key: string;
  /** Bytes of its name and value in the payload, before encoding. */
  readonly bytes: number;
}

/**
 * A session whose cookie would be dropped by browsers: name and value over 4,096 bytes
 * (RFC 6265bis, section 5.6). Or a session that is larger than its store may keep: over `maxBytes`, or
 * over 256 keys.
 *
 * Thrown after the view, where exception views can answer it; without one the visitor gets a 413.
 * The cookie that the visitor has stays valid. Nothing is split or compressed: split cookies get
 * lost one by one, and the length of compressed text tells what is in it.
 */
export class SessionTooLargeError extends HttpContentTooLarge {
  /** Always `"SessionTooLargeError"`. */
  override name = "SessionTooLargeError";
  /** Bytes of the cookie's name and value; of a stored session, of its keys and values. */
  readonly size: number;
  /** The most that browsers keep, or that the factory allows, in bytes. */
  readonly limit: number;
  /** What each key takes, largest first. */
  readonly keys: readonly SessionKeySize[];

  /**
   * Makes the error.
   *
   * @param cookieName The cookie's name as it would be written.
   * @param size Bytes of its name and value.
   * @param limit The most that browsers keep, in bytes.
   * @param keys What each key takes.
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
 * A value that JSON would lose or change in silence, named by the path to it.
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
  /** Where it is, from the session's key down; empty: the value itself. */
  readonly path: string;
  /** What is there, such as `a function` or `an instance of Date`. */
  readonly found: string;

  /**
   * Makes the error.
   *
   * @param path Where it is, such as `cart.items[2].price`.
   * @param found What is there, after the word "is".
   * @param advice What to write instead; default nothing.
   */
  constructor(path: string, found: string, advice = "") {
    super(
      `Cannot keep a value in the session: ${path || "it"} is ${found}${advice && `: ${advice}`}`,
    );
    this.path = path;
    this.found = found;
  }
}

/** The store of sessions is down, late, or holds what is no session: answered with a 503. */
export class SessionStoreError extends HttpServiceUnavailable {
  /** Always `"SessionStoreError"`. */
  override name = "SessionStoreError";
}

/**
 * The store did not answer, and what was asked of it may have been done or not: answered with a 503.
 *
 * The page from before the request is still right if it was not done. After a sign-out the cookie is
 * deleted all the same.
 */
export class SessionOutcomeUnknownError extends HttpServiceUnavailable {
  /** Always `"SessionOutcomeUnknownError"`. */
  override name = "SessionOutcomeUnknownError";
}
