/**
 * Answers to errors: their pages, and redirections.
 *
 * @module
 */

import type { HttpException } from "../http/errors.ts";
import { errorResponse, redirectionResponse } from "../http/error_pages.ts";
import { HttpRedirection } from "../http/redirect.ts";
import { refusedRedirection } from "./refused_redirection.ts";
import type { ViewRequest } from "./request.ts";

/**
 * The page of an error, or the redirection that it is.
 *
 * @throws {HttpBadRequest} If it is a redirection that leads out of this site, of which the log is
 * told, or the request's own origin cannot be told.
 */
export function httpErrorResponse<Data extends object>(
  error: HttpException,
  request: ViewRequest<Data>,
): Response {
  if (!(error instanceof HttpRedirection)) return errorResponse(error, request);
  const response = redirectionResponse(error, request.url.href, request);
  if (response === null) throw refusedRedirection(error, request);
  return response;
}
