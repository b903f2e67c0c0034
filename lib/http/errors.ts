/**
 * Errors that a view throws or returns to answer with an HTTP status.
 *
 * @module
 */

import { STATUS_TEXT } from "jsr:@std/http@^1.0.0/status";
import {
  ANY,
  checkOptions,
  checkValue,
  describe,
  type OptionKinds,
  TEXTS,
} from "../check_options.ts";
import { HEADERS, NULL_BODY_STATUSES, REDIRECT_STATUSES } from "./response.ts";

/** The options of every {@linkcode HttpException}. */
export interface HttpErrorOptions extends ErrorOptions {
  /** Headers of the response, added to those of the error page. */
  readonly headers?: HeadersInit;
}

/** The type of each option of {@linkcode HttpErrorOptions}. */
export const HTTP_ERROR_KINDS: OptionKinds<HttpErrorOptions> = { headers: HEADERS, cause: ANY };

const NO_OPTIONS: HttpErrorOptions = {};

/**
 * The common class of `HttpError` and `HttpRedirection`, which a view throws or returns.
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
  /** The status of the response, 300 to 599. */
  readonly status: number;
  /**
   * One sentence that the visitor reads, so it must not contain internals. If it is empty, then the
   * page shows the status only.
   */
  readonly detail: string;
  /** The headers of the response. */
  readonly headers: Headers;

  /**
   * Makes an exception. Only subclasses can be made, and each has its own range of statuses.
   *
   * @param status The status, 300 to 599.
   * @param detail One sentence for the visitor. Default: `""`.
   * @param options Headers of the response, and the cause. Visitors do not see the cause.
   * @throws {TypeError} If the detail is not a string, or an option is wrong or unknown. It is also
   * thrown for `new HttpException()` itself.
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
    // TypeScript refuses this, but JavaScript does not.
    if (new.target === HttpException) {
      throw new TypeError(
        "Cannot make HttpException: it is the common class of errors and redirections: make an HttpError or call redirect()",
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

/** The reason phrase of a status, or `Error` if the status is not registered. */
export function phraseOf(status: number): string {
  return hasPhrase(status) ? STATUS_TEXT[status] : "Error";
}

function hasPhrase(status: number): status is keyof typeof STATUS_TEXT {
  return Object.hasOwn(STATUS_TEXT, status);
}

/**
 * A view throws or returns it to answer with a status of 400 or more.
 *
 * An exception view can answer it. Otherwise the visitor gets a page with the status and the
 * detail, as HTML, JSON or text. A redirection is not an `HttpError`, but both are an
 * `HttpException`. Pyramid: `pyramid.httpexceptions.HTTPError`.
 *
 * `new HttpError()` makes an {@linkcode HttpClientError} for a 4xx status, and an
 * {@linkcode HttpServerError} for a 5xx status.
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
   * Makes an error with any status from 400 to 599.
   *
   * @param status The status, 400 to 599.
   * @param detail One sentence for the visitor. Default: `""`.
   * @param options Headers of the response, and the cause. Visitors do not see the cause.
   * @throws {TypeError} If the detail is not a string, or an option is wrong or unknown.
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
 * The class of every 4xx error: the request cannot be answered as it is. Pyramid:
 * `HTTPClientError`.
 *
 * @example A class of your app
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
   * Makes a 4xx error. The parameters are those of {@linkcode HttpError}.
   *
   * @throws {RangeError} If the status is not an integer from 400 to 499.
   */
  constructor(status: number, detail?: string, options?: HttpErrorOptions) {
    super(within(400, 499, status, new.target.name), detail, options);
  }
}

/**
 * The class of every 5xx error: the server failed, not the visitor. Pyramid: `HTTPServerError`.
 *
 * @example A server behind the app failed
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
   * Makes a 5xx error. The parameters are those of {@linkcode HttpError}.
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

/** What the developer can write if the status is not one of an error. */
function hintFor(status: number): string {
  if (REDIRECT_STATUSES.has(status)) {
    return `: write redirect(location, { status: ${status} })`;
  }
  if (!(status >= 200 && status < 400)) return "";
  const body = NULL_BODY_STATUSES.has(status) ? "null" : "body";
  return `: write new Response(${body}, { status: ${status} })`;
}

/**
 * 400: the server cannot understand the request.
 *
 * @example A parameter that is missing
 * ```ts
 * import { HttpBadRequest } from "@pyramidion/pyramidion";
 * import { assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * assertEquals(new HttpBadRequest("Give a name").message, "Give a name");
 * ```
 */
export class HttpBadRequest extends HttpClientError {
  /** Always `"HttpBadRequest"`. */
  override name = "HttpBadRequest";
  /** Makes a 400. The parameters are those of {@linkcode HttpClientError}. */
  constructor(detail?: string, options?: HttpErrorOptions) {
    super(400, detail, options);
  }
}

/**
 * 401: the visitor must sign in first.
 *
 * @example Name the scheme of the sign-in
 * ```ts
 * import { HttpUnauthorized } from "@pyramidion/pyramidion";
 * import { assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * const error = new HttpUnauthorized("", { headers: { "www-authenticate": "Basic" } });
 * assertEquals(error.headers.get("www-authenticate"), "Basic");
 * ```
 */
export class HttpUnauthorized extends HttpClientError {
  /** Always `"HttpUnauthorized"`. */
  override name = "HttpUnauthorized";
  /** Makes a 401. The parameters are those of {@linkcode HttpClientError}. */
  constructor(detail?: string, options?: HttpErrorOptions) {
    super(401, detail, options);
  }
}

/**
 * 403: the visitor is not permitted to do this.
 *
 * @example For editors only
 * ```ts
 * import { HttpForbidden } from "@pyramidion/pyramidion";
 * import { assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * assertEquals(new HttpForbidden("Only editors may").status, 403);
 * ```
 */
export class HttpForbidden extends HttpClientError {
  /** Always `"HttpForbidden"`. */
  override name = "HttpForbidden";
  /** Makes a 403. The parameters are those of {@linkcode HttpClientError}. */
  constructor(detail?: string, options?: HttpErrorOptions) {
    super(403, detail, options);
  }
}

/**
 * 404: the app has no page at this URL.
 *
 * @example A page that does not exist
 * ```ts
 * import { HttpNotFound } from "@pyramidion/pyramidion";
 * import { assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * const error = new HttpNotFound();
 * assertEquals([error.title, error.message], ["Not Found", "404 Not Found"]);
 * ```
 */
export class HttpNotFound extends HttpClientError {
  /** Always `"HttpNotFound"`. */
  override name = "HttpNotFound";
  /** Makes a 404. The parameters are those of {@linkcode HttpClientError}. */
  constructor(detail?: string, options?: HttpErrorOptions) {
    super(404, detail, options);
  }
}

/**
 * 405: the URL does not answer this method. The `Allow` header names the methods that it answers.
 *
 * @example The methods that the URL answers
 * ```ts
 * import { HttpMethodNotAllowed } from "@pyramidion/pyramidion";
 * import { assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * assertEquals(new HttpMethodNotAllowed(["POST", "GET"]).headers.get("allow"), "GET, POST");
 * ```
 */
export class HttpMethodNotAllowed extends HttpClientError {
  /** Always `"HttpMethodNotAllowed"`. */
  override name = "HttpMethodNotAllowed";
  /** The methods that the URL answers, in alphabetical order. */
  readonly allow: readonly string[];
  /**
   * Makes a 405 with its `Allow` header (RFC 9110, section 15.5.6).
   *
   * @param allow The methods that the URL answers.
   * @param detail One sentence for the visitor. Default: `""`.
   * @param options Other headers, and the cause.
   * @throws {TypeError} If the methods are not a list of strings, the detail is not a string, or an
   * option is wrong or unknown.
   */
  constructor(
    allow: readonly string[],
    detail?: string,
    options: HttpErrorOptions = {},
  ) {
    checkValue(`the methods of ${new.target.name}`, allow, TEXTS, TypeError);
    checkOptions(new.target.name, options, HTTP_ERROR_KINDS, TypeError);
    const headers = new Headers(options.headers);
    const sorted = [...new Set(allow)].sort();
    headers.set("allow", sorted.join(", "));
    super(405, detail, { ...options, headers });
    this.allow = sorted;
  }
}

/**
 * 406: the page exists, but not in a media type that the client accepts.
 *
 * @example The media type that is available
 * ```ts
 * import { HttpNotAcceptable } from "@pyramidion/pyramidion";
 * import { assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * assertEquals(new HttpNotAcceptable("There is application/json").status, 406);
 * ```
 */
export class HttpNotAcceptable extends HttpClientError {
  /** Always `"HttpNotAcceptable"`. */
  override name = "HttpNotAcceptable";
  /** Makes a 406. The parameters are those of {@linkcode HttpClientError}. */
  constructor(detail?: string, options?: HttpErrorOptions) {
    super(406, detail, options);
  }
}

/**
 * 409: the request conflicts with stored data.
 *
 * @example A name that another user has taken
 * ```ts
 * import { HttpConflict } from "@pyramidion/pyramidion";
 * import { assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * assertEquals(new HttpConflict("This name is taken").status, 409);
 * ```
 */
export class HttpConflict extends HttpClientError {
  /** Always `"HttpConflict"`. */
  override name = "HttpConflict";
  /** Makes a 409. The parameters are those of {@linkcode HttpClientError}. */
  constructor(detail?: string, options?: HttpErrorOptions) {
    super(409, detail, options);
  }
}

/**
 * 410: the page at this URL was removed for ever.
 *
 * @example A page that was removed
 * ```ts
 * import { HttpGone } from "@pyramidion/pyramidion";
 * import { assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * assertEquals(new HttpGone().title, "Gone");
 * ```
 */
export class HttpGone extends HttpClientError {
  /** Always `"HttpGone"`. */
  override name = "HttpGone";
  /** Makes a 410. The parameters are those of {@linkcode HttpClientError}. */
  constructor(detail?: string, options?: HttpErrorOptions) {
    super(410, detail, options);
  }
}

/**
 * 413: the body is too large to read or to store.
 *
 * @example A limit
 * ```ts
 * import { HttpContentTooLarge } from "@pyramidion/pyramidion";
 * import { assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * assertEquals(new HttpContentTooLarge("At most 1 MiB").status, 413);
 * ```
 */
export class HttpContentTooLarge extends HttpClientError {
  /** Always `"HttpContentTooLarge"`. */
  override name = "HttpContentTooLarge";
  /** Makes a 413. The parameters are those of {@linkcode HttpClientError}. */
  constructor(detail?: string, options?: HttpErrorOptions) {
    super(413, detail, options);
  }
}

/**
 * 415: the view does not read bodies of this media type.
 *
 * @example Forms only
 * ```ts
 * import { HttpUnsupportedMediaType } from "@pyramidion/pyramidion";
 * import { assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * assertEquals(new HttpUnsupportedMediaType("Send a form").status, 415);
 * ```
 */
export class HttpUnsupportedMediaType extends HttpClientError {
  /** Always `"HttpUnsupportedMediaType"`. */
  override name = "HttpUnsupportedMediaType";
  /** Makes a 415. The parameters are those of {@linkcode HttpClientError}. */
  constructor(detail?: string, options?: HttpErrorOptions) {
    super(415, detail, options);
  }
}

/**
 * 422: the body is well formed, but its content is not valid.
 *
 * @example A field with a wrong value
 * ```ts
 * import { HttpUnprocessableContent } from "@pyramidion/pyramidion";
 * import { assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * assertEquals(new HttpUnprocessableContent("The date is past").status, 422);
 * ```
 */
export class HttpUnprocessableContent extends HttpClientError {
  /** Always `"HttpUnprocessableContent"`. */
  override name = "HttpUnprocessableContent";
  /** Makes a 422. The parameters are those of {@linkcode HttpClientError}. */
  constructor(detail?: string, options?: HttpErrorOptions) {
    super(422, detail, options);
  }
}

/** Why fields were refused, by the name of the field. A field without an error is missing. */
export type FieldErrors = Readonly<Record<string, readonly string[] | undefined>>;

/** What a visitor reads of a {@linkcode ValidationError} in one paragraph. */
const MOST_SHOWN = 10;
const LONGEST_REASON = 200;

/**
 * 422: what was sent does not fit its schema. `request.validForm()`, `validJson()` and
 * `validQuery()` throw it.
 *
 * The page shows at most ten of the errors. A client that prefers JSON gets all of them, as the
 * members `errors` and `formErrors` of the problem details (RFC 9457, section 3.2).
 *
 * @example A name that is taken
 * ```ts
 * import { ValidationError } from "@pyramidion/pyramidion";
 * import { assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * const error = new ValidationError({ name: ["Somebody has this name"] });
 * assertEquals([error.status, error.errors.name], [422, ["Somebody has this name"]]);
 * ```
 */
export class ValidationError extends HttpUnprocessableContent {
  /** Always `"ValidationError"`. */
  override name = "ValidationError";
  /** Why fields were refused, by the name of the field. */
  readonly errors: FieldErrors;
  /** Why the form was refused as a whole. */
  readonly formErrors: readonly string[];
  /**
   * Makes the error.
   *
   * @param errors Why fields were refused. The visitor reads it.
   * @param formErrors Why the form was refused as a whole. Default: no reason.
   * @param options Headers of the response, and the cause.
   * @throws {TypeError} If a list of errors is not one of strings, or an option is wrong or unknown.
   */
  constructor(
    errors: FieldErrors,
    formErrors: readonly string[] = [],
    options?: HttpErrorOptions,
  ) {
    checkValue("the form errors of ValidationError", formErrors, TEXTS, TypeError);
    const reasons = [...formErrors];
    for (const [field, list = []] of Object.entries(errors)) {
      checkValue(`the errors of field "${field}"`, list, TEXTS, TypeError);
      reasons.push(...list.map((reason) => `${field}: ${reason}`));
    }
    super(["Some of the data is not valid", ...shownReasons(reasons)].join(". "), options);
    this.errors = errors;
    this.formErrors = formErrors;
  }
}

function shownReasons(reasons: readonly string[]): string[] {
  const cut = (text: string) =>
    text.length > LONGEST_REASON ? `${text.slice(0, LONGEST_REASON)}…` : text;
  const rest = reasons.length - MOST_SHOWN;
  return [...reasons.slice(0, MOST_SHOWN).map(cut), ...rest > 0 ? [`More errors: ${rest}`] : []];
}

/**
 * 429: the visitor sent too many requests.
 *
 * @example When the visitor can try again
 * ```ts
 * import { HttpTooManyRequests } from "@pyramidion/pyramidion";
 * import { assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * const error = new HttpTooManyRequests("", { headers: { "retry-after": "60" } });
 * assertEquals(error.headers.get("retry-after"), "60");
 * ```
 */
export class HttpTooManyRequests extends HttpClientError {
  /** Always `"HttpTooManyRequests"`. */
  override name = "HttpTooManyRequests";
  /** Makes a 429. The parameters are those of {@linkcode HttpClientError}. */
  constructor(detail?: string, options?: HttpErrorOptions) {
    super(429, detail, options);
  }
}

/**
 * 500: the app failed.
 *
 * @example Visitors do not see the cause
 * ```ts
 * import { HttpInternalServerError } from "@pyramidion/pyramidion";
 * import { assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * const error = new HttpInternalServerError("", { cause: new Error("disk full") });
 * assertEquals(error.detail, "");
 * ```
 */
export class HttpInternalServerError extends HttpServerError {
  /** Always `"HttpInternalServerError"`. */
  override name = "HttpInternalServerError";
  /** Makes a 500. The parameters are those of {@linkcode HttpServerError}. */
  constructor(detail?: string, options?: HttpErrorOptions) {
    super(500, detail, options);
  }
}

/**
 * 503: a service that the app needs is down.
 *
 * @example Down for a while
 * ```ts
 * import { HttpServiceUnavailable } from "@pyramidion/pyramidion";
 * import { assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * const error = new HttpServiceUnavailable("", { headers: { "retry-after": "120" } });
 * assertEquals(error.status, 503);
 * ```
 */
export class HttpServiceUnavailable extends HttpServerError {
  /** Always `"HttpServiceUnavailable"`. */
  override name = "HttpServiceUnavailable";
  /** Makes a 503. The parameters are those of {@linkcode HttpServerError}. */
  constructor(detail?: string, options?: HttpErrorOptions) {
    super(503, detail, options);
  }
}
