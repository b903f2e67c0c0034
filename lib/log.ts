/**
 * The log. Only this module writes to the console.
 *
 * @module
 */

import { type OptionKind, withFunctions } from "./check_options.ts";
import { printable, printableCause } from "./printable.ts";
import { quietly } from "./promises.ts";

/**
 * Takes warnings for the developer, and errors that are not the visitor's fault.
 *
 * A message is one line with control characters escaped. Text from a visitor therefore cannot forge
 * a line of the log. The cause is the thrown value, unchanged. It can contain text from a visitor,
 * so your logger must escape it.
 */
export interface Logger {
  /** Takes a warning that a developer should act on. */
  warn(message: string): void;
  /**
   * Takes an error that occurred while the app answered a request.
   *
   * @param message What failed.
   * @param cause What was thrown.
   * @param fields The request during which it failed. Left out where no request is known.
   */
  error(message: string, cause: unknown, fields?: LogFields): void;
}

/**
 * The request during which something failed. Its strings are printable, and at most 512 characters
 * long.
 */
export interface LogFields {
  /** The id of the request: `request.id`. */
  readonly requestId: string;
  /** The method of the request. */
  readonly method: string;
  /** The pattern of the route. It is `null` if no route matched. */
  readonly route: string | null;
}

/**
 * Writes text to standard output. The promise resolves when the text was taken.
 *
 * @param text Whole lines, each with its line break.
 */
export async function writeToStandardOutput(text: string): Promise<void> {
  // deno-lint-ignore no-console -- this is the only place
  if (!("Deno" in globalThis)) return console.log(text.slice(0, -1));
  let rest: Uint8Array = new TextEncoder().encode(text);
  while (rest.length > 0) rest = rest.subarray(await Deno.stdout.write(rest));
}

/** What the option `logger` takes: an object with `warn()` and `error()`. */
export const LOGGER: OptionKind = withFunctions("warn", "error");

/**
 * Writes messages and causes to standard error, with control characters escaped. The lines of a
 * stack are kept.
 */
export const consoleLogger: Logger = {
  // deno-lint-ignore no-console -- this is the only place
  warn: (message) => console.warn(message),
  error: (message, cause, fields) => {
    const request = fields === undefined ? "" : ` (request ${fields.requestId})`;
    // deno-lint-ignore no-console -- this is the only place
    console.error(unformatted(message + request), printableCause(cause));
  },
};

/**
 * Escapes percent signs. The console would read `%d` in the path `/%d0` as a format, and would not
 * print the cause.
 */
function unformatted(message: string): string {
  return message.replaceAll("%", "%%");
}

/** Passes printable lines to the app's logger, and ignores its failures. */
class GuardedLogger implements Logger {
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  warn(message: string): void {
    attempt(() => this.#logger.warn(printable(message)));
  }

  error(message: string, cause: unknown, fields?: LogFields): void {
    const line = printable(message);
    attempt(() =>
      fields === undefined
        ? this.#logger.error(line, cause)
        : this.#logger.error(line, cause, printableFields(fields))
    );
  }
}

/**
 * Wraps a logger so that it neither throws nor rejects, and gets printable messages only.
 *
 * A visitor must get the response even if the log is full. Text from a visitor must not forge a
 * line of the log.
 *
 * @param logger The app's logger. Default: the console.
 */
export function guardedLogger(logger: Logger = consoleLogger): Logger {
  return logger instanceof GuardedLogger ? logger : new GuardedLogger(logger);
}

/** The logger of a part of the app: the part's own logger, or else the app's. */
export class InheritedLogger implements Logger {
  readonly #isOwn: boolean;
  #logger: Logger;

  /**
   * Starts with the part's own logger.
   *
   * @param own The part's own logger. Default: the console, until `inherit()` is called.
   */
  constructor(own: Logger | undefined) {
    this.#isOwn = own !== undefined;
    this.#logger = guardedLogger(own);
  }

  /** Takes over the logger of the app, unless the part has its own. */
  inherit(logger: Logger): void {
    if (!this.#isOwn) this.#logger = guardedLogger(logger);
  }

  /** Takes a warning that a developer should act on. */
  warn(message: string): void {
    this.#logger.warn(message);
  }

  /** Takes an error that occurred while the app answered a request. */
  error(message: string, cause: unknown, fields?: LogFields): void {
    this.#logger.error(message, cause, fields);
  }
}

/** Most characters of a field. */
const LONGEST_FIELD = 512;

function printableFields({ requestId, method, route }: LogFields): LogFields {
  const short = (text: string) => printable(text.slice(0, LONGEST_FIELD)).slice(0, LONGEST_FIELD);
  return {
    requestId: short(requestId),
    method: short(method),
    route: route === null ? null : short(route),
  };
}

/**
 * Calls a logger. If it throws or rejects, then the error is ignored.
 *
 * @param tell The call.
 */
function attempt(tell: () => unknown): void {
  try {
    quietly(tell());
  } catch {
    // No other log is left that could take this error.
  }
}
