/**
 * An error that says how to answer.
 *
 * @module
 */

import { STATUS_TEXT } from "jsr:@std/http@^1.0.0/status";
import { ANY, checkOptions, describe, type OptionKinds } from "../check_options.ts";
import { HEADERS } from "./response_init.ts";

/** What every {@linkcode HttpError} takes besides its detail. */
export interface HttpErrorOptions extends ErrorOptions {
  /** Headers of the answer, besides those that its page brings. */
  readonly headers?: HeadersInit;
}

/** What {@linkcode HttpErrorOptions} take. */
export const HTTP_ERROR_KINDS: OptionKinds<HttpErrorOptions> = { headers: HEADERS, cause: ANY };

const NO_OPTIONS: HttpErrorOptions = {};

/**
 * An answer with a status of 300 or more that a view may throw or return.
 *
 * Exception views see it; without one the visitor gets a page with the status and the detail,
 * negotiated by `Accept`. Pyramid: `pyramid.httpexceptions.HTTPException`.
 *
 * @example Any status
 * ```ts
 * import { HttpError } from "@pyramidion/pyramidion";
 * import { assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * const error = new HttpError(418, "No coffee here");
 * assertEquals([error.status, error.detail], [418, "No coffee here"]);
 * ```
 */
export class HttpError extends Error {
  /** The name of the class. */
  override name = "HttpError";
  /** The status of the answer, 300 to 599. */
  readonly status: number;
  /** One sentence for the visitor, who will read it: no internals. Empty: only the status is told. */
  readonly detail: string;
  /** Headers of the answer. */
  readonly headers: Headers;

  /**
   * Makes an answer that can be thrown.
   *
   * @param status From 300 to 599.
   * @param detail One sentence for the visitor; default none.
   * @param options Headers of the answer, and the cause, which stays inside.
   * @throws {TypeError} If the detail is not text, or an option is wrong or unknown.
   * @throws {RangeError} If the status is not an integer from 300 to 599.
   */
  constructor(status: number, detail = "", options: HttpErrorOptions = NO_OPTIONS) {
    if (typeof detail !== "string") {
      throw new TypeError(
        `Cannot make ${new.target.name}: the detail must be a string, not ${describe(detail)}`,
      );
    }
    if (options !== NO_OPTIONS) {
      checkOptions(new.target.name, options, HTTP_ERROR_KINDS, TypeError);
    }
    const { headers, ...rest } = options;
    super(detail || `${status} ${phraseOf(status)}`, rest);
    if (!Number.isInteger(status) || status < 300 || status > 599) {
      throw new RangeError(
        `Cannot make an HttpError of status ${status}: must be 300 to 599`,
      );
    }
    this.status = status;
    this.detail = detail;
    this.headers = new Headers(headers);
  }

  /** The reason phrase of the status, such as `Not Found`. */
  get title(): string {
    return phraseOf(this.status);
  }
}

function phraseOf(status: number): string {
  return hasPhrase(status) ? STATUS_TEXT[status] : "Error";
}

function hasPhrase(status: number): status is keyof typeof STATUS_TEXT {
  return Object.hasOwn(STATUS_TEXT, status);
}
