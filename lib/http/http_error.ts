/**
 * Errors that say how to answer: the visitor's, 4xx, and ours, 5xx.
 *
 * @module
 */

import { type HttpErrorOptions, HttpException } from "./http_exception.ts";

/**
 * An answer with a status of 400 or more that a view may throw or return.
 *
 * Exception views see it; without one the visitor gets a page with the status and the detail,
 * negotiated by `Accept`. Redirections are none: `HttpException` is the class of both. Pyramid:
 * `pyramid.httpexceptions.HTTPError`.
 *
 * `new HttpError()` makes an {@linkcode HttpClientError} of a 4xx, an {@linkcode HttpServerError} of
 * a 5xx.
 *
 * @example Any status
 * ```ts
 * import { HttpClientError, HttpError } from "@pyramidion/pyramidion";
 * import { assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * const error = new HttpError(418, "No coffee here");
 * assertEquals([error.status, error.detail], [418, "No coffee here"]);
 * assertEquals(error instanceof HttpClientError, true);
 * ```
 */
export class HttpError extends HttpException {
  /** The name of the class. */
  override name = "HttpError";

  /**
   * Makes an error that can be answered with.
   *
   * @param status From 400 to 599.
   * @param detail One sentence for the visitor; default none.
   * @param options Headers of the answer, and the cause, which stays inside.
   * @throws {TypeError} If the detail is not text, or an option is wrong or unknown.
   * @throws {RangeError} If the status is not an integer from 400 to 599.
   */
  constructor(status: number, detail?: string, options?: HttpErrorOptions) {
    super(within(400, 599, status, new.target.name), detail, options);
    if (new.target === HttpError) {
      const kind = status < 500 ? HttpClientError : HttpServerError;
      Object.setPrototypeOf(this, kind.prototype);
    }
  }
}

/**
 * An error of the visitor's: the class of every 4xx. Pyramid: `HTTPClientError`.
 *
 * @example A kind of the app's own
 * ```ts
 * import { HttpClientError } from "@pyramidion/pyramidion";
 * import { assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * class OutOfStock extends HttpClientError {
 *   constructor() {
 *     super(409, "Nothing left");
 *   }
 * }
 * assertEquals(new OutOfStock().title, "Conflict");
 * ```
 */
export class HttpClientError extends HttpError {
  /** The name of the class. */
  override name = "HttpClientError";

  /**
   * Makes a 4xx; the parameters are those of {@linkcode HttpError}.
   *
   * @throws {RangeError} If the status is not an integer from 400 to 499.
   */
  constructor(status: number, detail?: string, options?: HttpErrorOptions) {
    super(within(400, 499, status, new.target.name), detail, options);
  }
}

/**
 * An error of ours: the class of every 5xx. Pyramid: `HTTPServerError`.
 *
 * @example Something behind the app failed
 * ```ts
 * import { HttpServerError } from "@pyramidion/pyramidion";
 * import { assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * assertEquals(new HttpServerError(502).title, "Bad Gateway");
 * ```
 */
export class HttpServerError extends HttpError {
  /** The name of the class. */
  override name = "HttpServerError";

  /**
   * Makes a 5xx; the parameters are those of {@linkcode HttpError}.
   *
   * @throws {RangeError} If the status is not an integer from 500 to 599.
   */
  constructor(status: number, detail?: string, options?: HttpErrorOptions) {
    super(within(500, 599, status, new.target.name), detail, options);
  }
}

function within(least: number, most: number, status: number, name: string): number {
  if (Number.isInteger(status) && status >= least && status <= most) return status;
  throw new RangeError(
    `Cannot make ${name} of status ${status}: must be ${least} to ${most}${hintFor(status)}`,
  );
}

/** What to write where the status is of an answer, and of no error. */
function hintFor(status: number): string {
  if ([301, 302, 303, 307, 308].includes(status)) {
    return `: write redirect(location, { status: ${status} })`;
  }
  if (!(status >= 200 && status < 400)) return "";
  const isEmpty = status === 204 || status === 205 || status === 304;
  return `: write new Response(${isEmpty ? "null" : "body"}, { status: ${status} })`;
}
