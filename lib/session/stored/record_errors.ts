/**
 * Records that cannot be read, and records that cannot be written.
 *
 * @module
 */

import { printable } from "../../printable.ts";

/**
 * What lies in the store under a session's id is not a record of this version.
 *
 * The visitor did nothing wrong, and waiting does not help. Somebody else wrote it, or a newer version
 * of the app, or a program with a fault. It stays where it is. A 503 is the right answer, and the log
 * says which id. `delete(id)` of the store ends that session.
 */
export class BrokenRecordError extends Error {
  /** Always `"BrokenRecordError"`. */
  override name = "BrokenRecordError";
  /** The session's id. It is not a secret: without the secret in the cookie it opens nothing. */
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
 * A store has no place for a record of this size. Nothing of the change was kept.
 *
 * The session layer has a limit of its own, which is lower by default. This error comes if that limit
 * was raised, or if several requests at once added up to too much.
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
