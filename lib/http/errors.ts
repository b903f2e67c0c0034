/**
 * Answers that can be thrown: one class for each status that applications commonly use.
 *
 * @module
 */

import { checkOptions, checkValue, TEXTS } from "../check_options.ts";
import { HttpClientError, HttpServerError } from "./http_error.ts";
import { HTTP_ERROR_KINDS, type HttpErrorOptions } from "./http_exception.ts";

/**
 * 400: the request cannot be understood.
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
  /** Makes a 400; the parameters are those of {@linkcode HttpClientError}. */
  constructor(detail?: string, options?: HttpErrorOptions) {
    super(400, detail, options);
  }
}

/**
 * 401: the visitor must sign in first.
 *
 * @example Say how to sign in
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
  /** Makes a 401; the parameters are those of {@linkcode HttpClientError}. */
  constructor(detail?: string, options?: HttpErrorOptions) {
    super(401, detail, options);
  }
}

/**
 * 403: this visitor may not.
 *
 * @example Not for this visitor
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
  /** Makes a 403; the parameters are those of {@linkcode HttpClientError}. */
  constructor(detail?: string, options?: HttpErrorOptions) {
    super(403, detail, options);
  }
}

/**
 * 404: there is nothing at this URL.
 *
 * @example Nothing here
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
  /** Makes a 404; the parameters are those of {@linkcode HttpClientError}. */
  constructor(detail?: string, options?: HttpErrorOptions) {
    super(404, detail, options);
  }
}

/**
 * 405: this URL answers other methods, which the `Allow` header names.
 *
 * @example The methods that would do
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
   * @param detail One sentence for the visitor; default none.
   * @param options Further headers, and the cause.
   * @throws {TypeError} If the methods are no list of strings, the detail is not text, or an option
   * is wrong or unknown.
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
 * 406: the page is there, and in no media type that the client takes.
 *
 * @example What there is
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
  /** Makes a 406; the parameters are those of {@linkcode HttpClientError}. */
  constructor(detail?: string, options?: HttpErrorOptions) {
    super(406, detail, options);
  }
}

/**
 * 409: the request contradicts what is stored.
 *
 * @example Somebody else was faster
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
  /** Makes a 409; the parameters are those of {@linkcode HttpClientError}. */
  constructor(detail?: string, options?: HttpErrorOptions) {
    super(409, detail, options);
  }
}

/**
 * 410: there was something at this URL and it will not come back.
 *
 * @example Once and never again
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
  /** Makes a 410; the parameters are those of {@linkcode HttpClientError}. */
  constructor(detail?: string, options?: HttpErrorOptions) {
    super(410, detail, options);
  }
}

/**
 * 413: the body, or what would have to be stored of it, is too large.
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
  /** Makes a 413; the parameters are those of {@linkcode HttpClientError}. */
  constructor(detail?: string, options?: HttpErrorOptions) {
    super(413, detail, options);
  }
}

/**
 * 415: the body is of a kind that the view does not read.
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
  /** Makes a 415; the parameters are those of {@linkcode HttpClientError}. */
  constructor(detail?: string, options?: HttpErrorOptions) {
    super(415, detail, options);
  }
}

/**
 * 422: the body was read and what it says is not acceptable.
 *
 * @example A field that is wrong
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
  /** Makes a 422; the parameters are those of {@linkcode HttpClientError}. */
  constructor(detail?: string, options?: HttpErrorOptions) {
    super(422, detail, options);
  }
}

/**
 * 429: too many requests from this visitor.
 *
 * @example When to come back
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
  /** Makes a 429; the parameters are those of {@linkcode HttpClientError}. */
  constructor(detail?: string, options?: HttpErrorOptions) {
    super(429, detail, options);
  }
}

/**
 * 500: something of ours went wrong.
 *
 * @example The cause stays inside
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
  /** Makes a 500; the parameters are those of {@linkcode HttpServerError}. */
  constructor(detail?: string, options?: HttpErrorOptions) {
    super(500, detail, options);
  }
}

/**
 * 503: something that we need is down.
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
  /** Makes a 503; the parameters are those of {@linkcode HttpServerError}. */
  constructor(detail?: string, options?: HttpErrorOptions) {
    super(503, detail, options);
  }
}
