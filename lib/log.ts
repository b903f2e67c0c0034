/**
 * The log: the one place that writes to the console.
 *
 * @module
 */

import { type OptionKind, withFunctions } from "./check_options.ts";
import { printable } from "./printable.ts";
import { printableCause } from "./printable.ts";
import { quietly } from "./promises.ts";

/**
 * Takes what went wrong on our side, and what a developer should know.
 *
 * A message is one printable line: what a visitor sent cannot move a cursor or begin a line of its
 * own. A cause is what was thrown, as it is: it may quote a visitor.
 */
export interface Logger {
  /** Something that a developer should mend. */
  warn(message: string): void;
  /** Something that went wrong while a request was answered. */
  error(message: string, cause: unknown): void;
}

/** What an option `logger` takes. */
export const LOGGER: OptionKind = withFunctions("warn", "error");

/** Writes to standard error, what was thrown included: printable, with the lines of its stack. */
export const consoleLogger: Logger = {
  // deno-lint-ignore no-console -- the one place
  warn: (message) => console.warn(message),
  // deno-lint-ignore no-console -- the one place
  error: (message, cause) => console.error(unformatted(message), printableCause(cause)),
};

/** Of a path such as `/%d0` the console would make a number, and leave out the error behind it. */
function unformatted(message: string): string {
  return message.replaceAll("%", "%%");
}

/** Hands on to the app's logger in printable lines; its own failure is ignored. */
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
 * A logger that neither throws nor rejects, and whose messages are printable: a log that is full must
 * not cost a visitor the answer, and what a visitor sent must not forge a line of it.
 *
 * @param logger The app's own. Default: the console.
 */
export function guardedLogger(logger: Logger = consoleLogger): Logger {
  return logger instanceof GuardedLogger ? logger : new GuardedLogger(logger);
}

/** The logger of something that belongs to an app: its own, or else that of the app. */
export class InheritedLogger implements Logger {
  readonly #isOwn: boolean;
  #logger: Logger;

  /**
   * Begins with its own logger.
   *
   * @param own Default: the console, until an app hands on its own.
   */
  constructor(own: Logger | undefined) {
    this.#isOwn = own !== undefined;
    this.#logger = guardedLogger(own);
  }

  /** Takes the logger of the app, unless it has one of its own. */
  inherit(logger: Logger): void {
    if (!this.#isOwn) this.#logger = guardedLogger(logger);
  }

  /** Something that a developer should mend. */
  warn(message: string): void {
    this.#logger.warn(message);
  }

  /** Something that went wrong while a request was answered. */
  error(message: string, cause: unknown): void {
    this.#logger.error(message, cause);
  }
}

/**
 * Calls a function of the app that only listens; what it throws, or rejects with, is ignored.
 *
 * @param tell The call.
 */
function attempt(tell: () => unknown): void {
  try {
    quietly(tell());
  } catch {
    // There is nowhere left to tell it.
  }
}
