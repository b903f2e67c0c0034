/**
 * The log: the only code that writes to the console.
 *
 * @module
 */

import { type OptionKind, withFunctions } from "./check_options.ts";
import { printable } from "./printable.ts";
import { printableCause } from "./printable.ts";
import { quietly } from "./promises.ts";

/**
 * Gets the errors of the server, and the warnings for the developer.
 *
 * A message is one printable line. Text of a visitor in it cannot move the cursor or begin another
 * line. A cause is the thrown value itself, unchanged. It can contain text of a visitor.
 */
export interface Logger {
  /**
   * Writes a warning about a mistake that the developer should correct.
   *
   * @param message One printable line.
   */
  warn(message: string): void;
  /**
   * Writes an error that occurred while the app answered a request.
   *
   * @param message One printable line.
   * @param cause The thrown value.
   */
  error(message: string, cause: unknown): void;
}

/** The values of an option `logger`. */
export const LOGGER: OptionKind = withFunctions("warn", "error");

/**
 * Writes messages and errors to standard error, with control characters escaped and with the stack.
 */
export const consoleLogger: Logger = {
  // deno-lint-ignore no-console -- the one place
  warn: (message) => console.warn(message),
  // deno-lint-ignore no-console -- the one place
  error: (message, cause) => console.error(unformatted(message), printableCause(cause)),
};

/**
 * Escapes `%`, because the console would replace the `%d` in a path such as `/%d0` by the error.
 */
function unformatted(message: string): string {
  return message.replaceAll("%", "%%");
}

/** Passes printable lines to the app's logger, and ignores the errors of that logger. */
class GuardedLogger implements Logger {
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  warn(message: string): void {
    attempt(() => this.#logger.warn(printable(message)));
  }

  error(message: string, cause: unknown): void {
    attempt(() => this.#logger.error(printable(message), cause));
  }
}

/**
 * Makes a logger that never throws and never rejects, and that escapes control characters.
 *
 * So a full log does not cost a visitor the response, and a visitor cannot forge a line of the log.
 *
 * @param logger The logger of the app. Default: the console.
 */
export function guardedLogger(logger: Logger = consoleLogger): Logger {
  return logger instanceof GuardedLogger ? logger : new GuardedLogger(logger);
}

/** The logger of a part of an app: its own logger, or else the logger of the app. */
export class InheritedLogger implements Logger {
  readonly #isOwn: boolean;
  #logger: Logger;

  /**
   * Begins with its own logger.
   *
   * @param own The logger of the part. Default: the console, until the app gives its logger.
   */
  constructor(own: Logger | undefined) {
    this.#isOwn = own !== undefined;
    this.#logger = guardedLogger(own);
  }

  /** Takes the logger of the app, unless the part has its own. */
  inherit(logger: Logger): void {
    if (!this.#isOwn) this.#logger = guardedLogger(logger);
  }

  /**
   * Writes a warning about a mistake that the developer should correct.
   *
   * @param message One printable line.
   */
  warn(message: string): void {
    this.#logger.warn(message);
  }

  /**
   * Writes an error that occurred while the app answered a request.
   *
   * @param message One printable line.
   * @param cause The thrown value.
   */
  error(message: string, cause: unknown): void {
    this.#logger.error(message, cause);
  }
}

/**
 * Calls a function of the app that only listens, and ignores its errors.
 *
 * @param tell The call.
 */
function attempt(tell: () => unknown): void {
  try {
    quietly(tell());
  } catch {
    // The log itself failed, so that no place is left to report it.
  }
}
