/**
 * Where the library says what nobody asked for: the one place that writes to the console.
 *
 * @module
 */

import { type OptionKind, withFunctions } from "./check_options.ts";

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
