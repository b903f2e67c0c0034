/**
 * An answer that can be thrown: errors and redirections.
 *
 * @module
 */

import { STATUS_TEXT } from "jsr:@std/http@^1.0.0/status";
import { ANY, checkOptions, describe, type OptionKinds } from "../check_options.ts";
import { HEADERS } from "./response_init.ts";

/** What every {@linkcode HttpException} takes besides its detail. */
export interface HttpErrorOptions extends ErrorOptions {
  /** Headers of the answer, besides those that its page brings. */
  readonly headers?: HeadersInit;
}

/** What {@linkcode HttpErrorOptions} take. */
export const HTTP_ERROR_KINDS: OptionKinds<HttpErrorOptions> = { headers: HEADERS, cause: ANY };

const NO_OPTIONS: HttpErrorOptions = {};

/**
 * What a view may throw or return to answer with a status of 300 or more: the common class of
 * `HttpError` and `HttpRedirection`.
 *
 * An exception view with `context: HttpException` answers all of them, redirections too. Pyramid:
 * `pyramid.httpexceptions.HTTPException`.
 *
 * @example An error and a redirection
 * ```ts
 * import { HttpException, HttpNotFound, redirect } from "@pyramidion/pyramidion";
 * import { assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * const both = [new HttpNotFound(), redirect("/login")];
 * assertEquals(both.map((one) => one instanceof HttpException), [true, true]);
 * assertEquals(both.map(({ status }) => status), [404, 302]);
 * ```
 */
export abstract class HttpException extends Error {
  /** The name of the class. */
  override name = "HttpException";
  /** The status of the answer, 300 to 599. */
  readonly status: number;
  /** One sentence for the visitor, who will read it: no internals. Empty: only the status is told. */
  readonly detail: string;
  /** Headers of the answer. */
  readonly headers: Headers;

  /**
   * Makes an answer that can be thrown; the kinds of it say which statuses they take.
   *
   * @param status From 300 to 599.
   * @param detail One sentence for the visitor; default none.
   * @param options Headers of the answer, and the cause, which stays inside.
   * @throws {TypeError} If the detail is not text, or an option is wrong or unknown; or if it is
   * neither an error nor a redirection.
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
    // The compiler refuses it, which a user of JavaScript does not see.
    if (new.target === HttpException) {
      throw new TypeError(
        "Cannot make HttpException: it stands for errors and redirections alike: make an HttpError, or a redirect()",
      );
    }
    if (!Number.isInteger(status) || status < 300 || status > 599) {
      throw new RangeError(
        `Cannot make ${new.target.name} of status ${status}: must be 300 to 599`,
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

/** The reason phrase of a status; `Error` where it is none of the registered ones. */
export function phraseOf(status: number): string {
  return hasPhrase(status) ? STATUS_TEXT[status] : "Error";
}

function hasPhrase(status: number): status is keyof typeof STATUS_TEXT {
  return Object.hasOwn(STATUS_TEXT, status);
}
