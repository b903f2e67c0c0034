/**
 * The log: the one place that writes to the console.
 *
 * @module
 */

import { type OptionKind, withFunctions } from "./check_options.ts";
import { quietly } from "./quiet.ts";

/** Takes what went wrong on our side, and what a developer should know. */
export interface Logger {
  /** Something that a developer should mend. */
  warn(message: string): void;
  /** Something that went wrong while a request was answered. */
  error(message: string, cause: unknown): void;
}

/** What an option `logger` takes. */
export const LOGGER: OptionKind = withFunctions("warn", "error");

/** Writes to standard error. */
export const consoleLogger: Logger = {
  // deno-lint-ignore no-console -- the one place
  warn: (message) => console.warn(message),
  // deno-lint-ignore no-console -- the one place
  error: (message, cause) => console.error(message, cause),
};

/** Hands on to the app's logger, whose own failure is ignored. */
class GuardedLogger implements Logger {
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  warn(message: string): void {
    attempt(() => this.#logger.warn(message));
  }

  error(message: string, cause: unknown): void {
    attempt(() => this.#logger.error(message, cause));
  }
}

/**
 * A logger that neither throws nor rejects: a log that is full must not cost a visitor the answer.
 *
 * @param logger The app's own. Default: the console.
 */
export function guardedLogger(logger: Logger = consoleLogger): Logger {
  return logger instanceof GuardedLogger ? logger : new GuardedLogger(logger);
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
