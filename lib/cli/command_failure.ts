/**
 * Why a command did not do what it was asked for.
 *
 * @module
 */

/** What ends a command with a message and no stack. */
export class CommandFailure extends Error {
  /** Always `"CommandFailure"`. */
  override name = "CommandFailure";
  /** The exit code: 1 for a failure, 2 for a command line that means nothing. */
  readonly code: 1 | 2;

  /** Makes a failure. */
  constructor(message: string, code: 1 | 2, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
