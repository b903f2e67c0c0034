/**
 * Answers to what was thrown, and to errors and redirections that were returned.
 *
 * @module
 */

import { type HttpException, HttpInternalServerError } from "../http/errors.ts";
import { unsniffed } from "../http/response.ts";
import type { Logger } from "../log.ts";
import { isInstanceOf, quietly } from "../promises.ts";
import { errorPages, type ExceptionAnswer, pageOf } from "../views/handler.ts";
import type { StateOf, ViewRequest } from "../views/request.ts";
import type { ErrorAnswer, ExceptionViews } from "./exception_views.ts";

/**
 * Answers a value that was thrown: by an exception view, else by the page of its status, else by a
 * bare 500. One of them always answers. A thrown response is the answer itself. After an upgrade
 * the answer is the 101, and the thrown value is logged.
 */
export async function answerError<Data extends object>(
  exceptionViews: ExceptionViews<Data>,
  logger: Logger,
  request: ViewRequest<Data>,
  state: StateOf<Data>,
  error: unknown,
): Promise<ErrorAnswer> {
  // It was stated for another answer.
  state.responseStatus = undefined;
  if (isInstanceOf(error, Response)) {
    if (error.status === 101) state.upgrade = error;
    return { response: error, foreseenBy: "view" };
  }
  // An app may throw a promise, which is never awaited.
  quietly(error);
  // Set before the view runs, which may read `request.exception`.
  state.exception = error;
  const upgrade = state.failedUpgrade();
  if (upgrade !== undefined) {
    state.failure = "unforeseen";
    logFailure(logger, state, error);
    return { response: upgrade, foreseenBy: "nobody" };
  }
  state.failure = "foreseen";
  const answer = await answerForeseen(exceptionViews, logger, request, state, error);
  if (answer.foreseenBy === "nobody") state.failure = "unforeseen";
  return answer;
}

/**
 * Makes the function that answers with an error or a redirection that a view returned. Exception
 * views answer it like one that was thrown. The session is committed as for any other returned
 * answer.
 *
 * @param views The exception views.
 * @param logger Receives what the exception views throw.
 */
export function returnedAnswer<Data extends object>(
  views: () => ExceptionViews<Data>,
  logger: Logger,
): ExceptionAnswer<Data> {
  return (error, request, state) => {
    const exceptionViews = views();
    state.responseStatus = undefined;
    state.exception = error;
    const isAsked = exceptionViews.develop !== undefined ||
      exceptionViews.mayAnswer(error, state);
    return isAsked
      ? answerReturned(exceptionViews, logger, request, state, error)
      : pageOf(error, request, state);
  };
}

async function answerReturned<Data extends object>(
  exceptionViews: ExceptionViews<Data>,
  logger: Logger,
  request: ViewRequest<Data>,
  state: StateOf<Data>,
  error: HttpException,
): Promise<Response> {
  // A view that awaited nothing may have left something to be done with its session.
  await state.session?.catch(() => {});
  const answer = await answerForeseen(exceptionViews, logger, request, state, error);
  if (answer.foreseenBy === "nobody") state.failure = "unforeseen";
  return answer.response;
}

/** Calls the exception views, and logs an error that no view or class foresaw. */
async function answerForeseen<Data extends object>(
  exceptionViews: ExceptionViews<Data>,
  logger: Logger,
  request: ViewRequest<Data>,
  state: StateOf<Data>,
  error: unknown,
): Promise<ErrorAnswer> {
  try {
    const answer = await exceptionViews.answer(error, request, state);
    if (answer.foreseenBy === "nobody") logFailure(logger, state, error);
    return answer;
  } catch (second) {
    logFailure(logger, state, error);
    logFailure(logger, state, second);
    const response = await exceptionViews.develop?.(second, request, state, error) ??
      await plainError(request, state);
    return { response, foreseenBy: "nobody" };
  }
}

/**
 * The page of a 500. If the request can no longer be read, as after an upgrade, the response has no
 * page.
 */
export async function plainError<Data extends object>(
  request: ViewRequest<Data>,
  state: StateOf<Data>,
): Promise<Response> {
  try {
    return (await errorPages.get()).httpErrorResponse(
      new HttpInternalServerError(),
      request,
      state,
    );
  } catch {
    return unsniffed(new Response(null, { status: 500 }));
  }
}

/**
 * Logs what failed, and where. For a value that is not an error it adds the view, because the value
 * has no stack.
 */
export function logFailure<Data extends object>(
  logger: Logger,
  { method, raw, view }: StateOf<Data>,
  error: unknown,
): void {
  const path = URL.parse(raw.url)?.pathname ?? "(a URL that cannot be read)";
  const where = isInstanceOf(error, Error)
    ? ""
    : `: what was thrown is no Error; last at work: ${view}`;
  logger.error(`${method} ${path} failed${where}`, error);
}
