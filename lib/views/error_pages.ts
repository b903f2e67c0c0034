/**
 * Answers to errors: their pages, and redirections.
 *
 * @module
 */

import { HttpError } from "../http/http_error.ts";
import type { HttpException } from "../http/http_exception.ts";
import { errorResponse } from "../http/problem_page.ts";
import { HttpRedirection } from "../http/redirect.ts";
import { redirectionResponse } from "../http/redirection_page.ts";
import type { ViewRequest } from "./request.ts";

/**
 * The page of an error, or the redirection that it is.
 *
 * @throws {HttpBadRequest} If it is a redirection and the request's own origin cannot be told.
 */
export function httpErrorResponse<Data extends object>(
  error: HttpException,
  request: ViewRequest<Data>,
): Response {
  return error instanceof HttpRedirection
    ? redirectionResponse(error, request.url.href, request)
    : errorResponse(error, request);
}

/** The same, and for a redirection whose own origin cannot be told, the page of the 400. */
export function lastErrorResponse<Data extends object>(
  error: HttpException,
  request: ViewRequest<Data>,
): Response {
  try {
    return httpErrorResponse(error, request);
  } catch (thrown) {
    if (thrown instanceof HttpError) return errorResponse(thrown, request);
    throw thrown;
  }
}
