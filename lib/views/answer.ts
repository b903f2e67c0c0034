/**
 * From what a view returned to a response.
 *
 * @module
 */

import { HttpError } from "../http/errors.ts";
import { Html } from "../http/html.ts";
import { errorResponse } from "../http/problem_page.ts";
import { HttpRedirection } from "../http/redirect.ts";
import { redirectionResponse } from "../http/redirection_page.ts";
import type { ViewRequest } from "./request.ts";

/** Answers a request with a response; what is thrown goes to the exception views. */
export type Answer<Data extends object> = (
  request: ViewRequest<Data>,
) => Response | Promise<Response>;

/**
 * The response that says what a view returned.
 *
 * @param result What the view returned, whatever its type promised.
 * @param request The request that it answers.
 * @param view The view's name, for the message.
 * @throws {TypeError} If it is nothing that can be answered with.
 */
export function toResponse<Data extends object>(
  result: unknown,
  request: ViewRequest<Data>,
  view: string,
): Response {
  if (result instanceof Response) {
    if (result.type !== "error") return result;
    throw new TypeError(
      `Cannot answer with what ${view} returned: Response.error() has no status: throw an HttpError instead`,
    );
  }
  if (result instanceof Html) return result.toResponse();
  if (result instanceof HttpError) return httpErrorResponse(result, request);
  const found = result === null || typeof result !== "object" ? String(result) : "an object";
  throw new TypeError(
    `Cannot answer with what ${view} returned: must be a Response, html\`…\`, an HttpError or a redirect(), not ${found}; a return may be missing`,
  );
}

/** The page of an error, or the redirection that it is. */
export function httpErrorResponse<Data extends object>(
  error: HttpError,
  request: ViewRequest<Data>,
): Response {
  return error instanceof HttpRedirection
    ? redirectionResponse(error, request.url.href, request)
    : errorResponse(error, request);
}
