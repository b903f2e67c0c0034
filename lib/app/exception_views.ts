/**
 * Answers to what was thrown.
 *
 * @module
 */

import { HttpError, HttpInternalServerError } from "../http/errors.ts";
import { errorResponse } from "../http/problem_page.ts";
import { httpErrorResponse, toResponse } from "../views/answer.ts";
import type { ViewRequest } from "../views/request.ts";
import type { ErrorClass, ExceptionView } from "../views/view.ts";

/** A view for a class of errors. */
export interface RegisteredExceptionView<Data extends object> {
  /** The class; its subclasses are answered too, unless they have a view of their own. */
  readonly context: ErrorClass<unknown>;
  /** The view's name, for messages. */
  readonly name: string;
  /** The view. */
  readonly view: ExceptionView<never, Data>;
}

/** How something thrown was answered. */
export interface ErrorAnswer {
  /** What the visitor gets. */
  readonly response: Response;
  /** Whether somebody foresaw it: an exception view, or the class of an `HttpError`. */
  readonly foreseen: boolean;
}

/** The exception views of an app: the one of the nearest class answers. */
export class ExceptionViews<Data extends object> {
  readonly #byContext = new Map<unknown, RegisteredExceptionView<Data>>();

  /** Takes the views; of each class at most one. */
  constructor(views: Iterable<RegisteredExceptionView<Data>>) {
    for (const view of views) this.#byContext.set(view.context.prototype, view);
  }

  /**
   * Answers what was thrown: by its view, else by the page of its status, else by a bare 500.
   *
   * @throws Whatever the exception view throws, but for an `HttpError`, which is answered with its page.
   */
  async answer(error: unknown, request: ViewRequest<Data>): Promise<ErrorAnswer> {
    const found = this.#find(error);
    if (found !== undefined) {
      return { response: await this.#ask(found, error, request), foreseen: true };
    }
    if (error instanceof HttpError) return { response: page(error, request), foreseen: true };
    const response = httpErrorResponse(new HttpInternalServerError(), request);
    return { response, foreseen: false };
  }

  /** Whether a view would answer it. */
  has(error: unknown): boolean {
    return this.#find(error) !== undefined;
  }

  async #ask(
    found: RegisteredExceptionView<Data>,
    error: unknown,
    request: ViewRequest<Data>,
  ): Promise<Response> {
    try {
      // The view is of the error's own class, which the map cannot say.
      return toResponse(await found.view(error as never, request), request, found.name);
    } catch (thrown) {
      // Not asked again, so that two views cannot throw each other's errors for ever.
      if (thrown instanceof HttpError) return page(thrown, request);
      throw thrown;
    }
  }

  #find(error: unknown): RegisteredExceptionView<Data> | undefined {
    if (this.#byContext.size === 0 || typeof error !== "object") return undefined;
    let prototype: unknown = error === null ? null : Object.getPrototypeOf(error);
    while (prototype !== null && prototype !== undefined) {
      const found = this.#byContext.get(prototype);
      if (found !== undefined) return found;
      prototype = Object.getPrototypeOf(prototype);
    }
    return undefined;
  }
}

/** The page of an error; of a redirection whose own origin cannot be told, that of the 400 it throws. */
function page<Data extends object>(error: HttpError, request: ViewRequest<Data>): Response {
  try {
    return httpErrorResponse(error, request);
  } catch (thrown) {
    if (thrown instanceof HttpError) return errorResponse(thrown, request);
    throw thrown;
  }
}
