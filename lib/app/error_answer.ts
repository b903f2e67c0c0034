/**
 * Answers to what was thrown.
 *
 * @module
 */

import { HttpInternalServerError } from "../http/errors.ts";
import type { Logger } from "../log.ts";
import { type Answer, errorPages } from "../views/answer.ts";
import { requestState, type ViewRequest } from "../views/request.ts";
import type { ExceptionViews } from "./exception_views.ts";
import { failedUpgradeOf } from "./upgrade_answer.ts";

/**
 * Answers what was thrown: exception views, then the page of the status, then a bare 500. One of
 * them always answers. After an upgrade the 101 does, and what was thrown is logged.
 */
export async function answerError<Data extends object>(
  exceptionViews: ExceptionViews<Data>,
  logger: Logger,
  request: ViewRequest<Data>,
  error: unknown,
): Promise<Response> {
  const state = requestState(request);
  try {
    // Set before the view is asked, which may read `request.exception`.
    state.exception = error;
    const upgrade = failedUpgradeOf(request);
    if (upgrade !== undefined) {
      state.failure = "unforeseen";
      logFailure(logger, request, error);
      return upgrade;
    }
    state.failure = "foreseen";
    const { response, foreseen } = await exceptionViews.answer(error, request);
    if (!foreseen) {
      state.failure = "unforeseen";
      logFailure(logger, request, error);
    }
    return response;
  } catch (second) {
    state.failure = "unforeseen";
    logFailure(logger, request, error);
    logFailure(logger, request, second);
    return await exceptionViews.develop?.(second, request, error) ?? await plainError(request);
  }
}

/** The page of a 500; without one where the request can no longer be read, as after an upgrade. */
export async function plainError<Data extends object>(
  request: ViewRequest<Data>,
): Promise<Response> {
  try {
    return (await errorPages.get()).httpErrorResponse(new HttpInternalServerError(), request);
  } catch {
    return new Response(null, { status: 500 });
  }
}

/** Makes the tween in which exception views answer what is thrown below. */
export function exceptionTween<Data extends object>(
  exceptionViews: ExceptionViews<Data>,
  logger: Logger,
): (handler: Answer<Data>) => Answer<Data> {
  return (handler) => (request) => {
    try {
      const answer = handler(request);
      return answer instanceof Promise
        ? answer.catch((error) => answerError(exceptionViews, logger, request, error))
        : answer;
    } catch (error) {
      return answerError(exceptionViews, logger, request, error);
    }
  };
}

/** Tells the log what failed, and where: what is no error says nothing of that itself. */
export function logFailure<Data extends object>(
  logger: Logger,
  request: ViewRequest<Data>,
  error: unknown,
): void {
  const { raw, view } = requestState(request);
  const path = URL.parse(raw.url)?.pathname ?? "(a URL that cannot be read)";
  const where = isError(error) ? "" : `: what was thrown is no Error; last at work: ${view}`;
  logger.error(`${request.method} ${path} failed${where}`, error);
}

/** Whether it is an error, which has a stack; anything may be thrown, proxies included. */
function isError(thrown: unknown): boolean {
  try {
    return thrown instanceof Error;
  } catch {
    return false;
  }
}
