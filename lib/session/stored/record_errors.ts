/**
 * Records that cannot be read, records that cannot be written, and stores that are not written to.
 *
 * @module
 */

import { printable } from "../../printable.ts";

/**
 * The store holds something under a session's id that is not a record of this version.
 *
 * A newer version of the app, another program or a faulty one wrote it. The visitor gets a 503, and
 * the log has the id. The record stays in the store. Call `delete(id)` of the store to end that
 * session.
 */
export class BrokenRecordError extends Error {
  /** Always `"BrokenRecordError"`. */
  override name = "BrokenRecordError";
  /**
   * The session's id. It is not a secret, because a visitor also needs the secret in the cookie.
   */
  readonly id: string;

  /**
   * Makes the error.
   *
   * @param id The session's id.
   * @param reason What is wrong with the record, such as `"its head is not text"`.
   * @param cause What was thrown by what read or wrote it, if something was.
   */
  constructor(id: string, reason: string, cause?: unknown) {
    super(`Cannot read session "${printable(id)}" from the store: ${reason}`, { cause });
    this.id = id;
  }
}

/**
 * A store cannot hold a record of this size. It kept no part of the change.
 *
 * The session layer has a limit of its own, which is lower by default. This error occurs if you
 * raised that limit, or if several requests at once exceeded it together.
 */
export class RecordTooLargeError extends RangeError {
  /** Always `"RecordTooLargeError"`. */
  override name = "RecordTooLargeError";
  /** The session's id. */
  readonly id: string;
  /** The most bytes that the store keeps of one session. */
  readonly limit: number;

  /**
   * Makes the error.
   *
   * @param id The session's id.
   * @param limit The most bytes that the store keeps of one session.
   * @param cause What was thrown by what read or wrote it, if something was.
   */
  constructor(id: string, limit: number, cause?: unknown) {
    super(
      `Cannot keep session "${
        printable(id)
      }": the store holds at most ${limit} bytes of one session`,
      { cause },
    );
    this.id = id;
    this.limit = limit;
  }
}

/**
 * A store that works refuses every change for now. It kept no part of this one.
 *
 * For example its memory is full, or the server has become a replica. The visitor gets a 503.
 * Pyramidion does not repeat the change, and goes on to call the store, because reads and sign-outs
 * can still work.
 */
export class ChangeRefusedError extends Error {
  /** Always `"ChangeRefusedError"`. */
  override name = "ChangeRefusedError";

  /**
   * Makes the error.
   *
   * @param cause What the server answered.
   */
  constructor(cause: Error) {
    super(`Cannot write to the store, because it refuses changes: ${cause.message}`, { cause });
  }
}
