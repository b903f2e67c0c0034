/**
 * From what a view returned to a response.
 *
 * @module
 */

import { HttpError } from "../http/http_error.ts";
import { Html } from "../http/html.ts";
import { Lazy } from "../lazy.ts";
import { quietly } from "../quiet.ts";
import { requestState, type ViewRequest } from "./request.ts";
import { wrongAnswer } from "./wrong_answer.ts";

/** Answers a request with a response; what is thrown goes to the exception views. */
export type Answer<Data extends object> = (
  request: ViewRequest<Data>,
) => Response | Promise<Response>;

/**
 * The same for code of the app that wraps it: what it gives may be awaited late, or never.
 *
 * @param answer What is wrapped.
 */
export function quietAnswer<Data extends object>(answer: Answer<Data>): Answer<Data> {
  return (request) => quietly(answer(request));
}

/** What answers errors and redirections: loaded with the first of them. */
export const errorPages: Lazy<typeof import("./error_pages.ts")> = new Lazy(() =>
  import("./error_pages.ts")
);

/**
 * The response that says what a view returned.
 *
 * @param result What the view returned, whatever its type promised.
 * @param request The request that it answers.
 * @param view What the view is called in messages.
 * @throws {TypeError} If it is nothing that can be answered with.
 */
export function toResponse<Data extends object>(
  result: unknown,
  request: ViewRequest<Data>,
  view: { toString(): string },
): Response | Promise<Response> {
  if (result instanceof Response) {
    // Known from now on, whatever a decorator or tween makes of it.
    if (result.status === 101) requestState(request).upgrade = result;
    if (result.type !== "error") return result;
    throw new TypeError(
      `Cannot answer with what ${view} returned: Response.error() has no status: throw an HttpError instead`,
    );
  }
  if (result instanceof Html) return result.toResponse();
  if (result instanceof HttpError) return errorAnswer(result, request);
  throw wrongAnswer(result, view);
}

function errorAnswer<Data extends object>(
  error: HttpError,
  request: ViewRequest<Data>,
): Response | Promise<Response> {
  const pages = errorPages.get();
  return pages instanceof Promise
    ? firstErrorAnswer(pages, error, request)
    : pages.httpErrorResponse(error, request);
}

/** Answers the first error of a process, whose pages are still being loaded. */
async function firstErrorAnswer<Data extends object>(
  pages: ReturnType<typeof errorPages.get>,
  error: HttpError,
  request: ViewRequest<Data>,
): Promise<Response> {
  const { httpErrorResponse } = await pages;
  // A view that awaited nothing may have left something to be done with its session. Where nothing
  // has to be loaded the app waits for that; here it cannot tell.
  await requestState(request).session?.catch(() => {});
  return httpErrorResponse(error, request);
}
