/**
 * Answers to what was thrown.
 *
 * @module
 */

import { HttpInternalServerError } from "../http/errors.ts";
import { HttpError } from "../http/http_error.ts";
import { Html } from "../http/html.ts";
import { errorPages, toResponse } from "../views/answer.ts";
import type { Route } from "../routing/route.ts";
import type { Renderer } from "../views/renderers.ts";
import type { ViewRequest } from "../views/request.ts";
import type { ErrorClass } from "../views/view.ts";
import type { DevelopmentPage } from "./development.ts";

/** A view for a class of errors. */
export interface RegisteredExceptionView<Data extends object> {
  /** The class; its subclasses are answered too, unless they have a view of their own. */
  readonly context: ErrorClass<unknown>;
  /** The route whose requests it answers, by the pattern as it was stated; `null`: those of every route and of none. */
  readonly route: Route | null;
  /** What the view is called in messages. */
  readonly label: { toString(): string };
  /** The view. */
  readonly view: (error: never, request: never) => unknown;
  /** Makes the response of what the view returns. */
  readonly renderer?: Renderer | undefined;
}

/** How something thrown was answered. */
export interface ErrorAnswer {
  /** What the visitor gets. */
  readonly response: Response;
  /** Whether somebody foresaw it: an exception view, or the class of an `HttpError`. */
  readonly foreseen: boolean;
}

/** The exception views of an app: those of the matched route go before, then the nearest class. */
export class ExceptionViews<Data extends object> {
  readonly #byRoute = new Map<Route | null, Map<unknown, RegisteredExceptionView<Data>>>();

  /** Shows what happened, in development mode alone. */
  readonly develop: DevelopmentPage<Data> | undefined;

  /** Takes the views; of each class and route at most one. */
  constructor(
    views: Iterable<RegisteredExceptionView<Data>>,
    develop?: DevelopmentPage<Data>,
  ) {
    this.develop = develop;
    for (const view of views) {
      const ofRoute = this.#byRoute.get(view.route) ?? new Map();
      this.#byRoute.set(view.route, ofRoute.set(view.context.prototype, view));
    }
  }

  /**
   * Answers what was thrown: by its view, else by the page of its status, else by a bare 500.
   *
   * @throws Whatever the exception view throws, but for an `HttpError`, which is answered with its page.
   */
  async answer(error: unknown, request: ViewRequest<Data>): Promise<ErrorAnswer> {
    const found = this.#find(error, request.matchedRoute);
    if (found !== undefined) {
      return { response: await this.#ask(found, error, request), foreseen: true };
    }
    return { response: await this.#page(error, request), foreseen: error instanceof HttpError };
  }

  /** Whether a view would answer it. */
  has(error: unknown, request: ViewRequest<Data>): boolean {
    return this.#find(error, request.matchedRoute) !== undefined;
  }

  async #ask(
    found: RegisteredExceptionView<Data>,
    error: unknown,
    request: ViewRequest<Data>,
  ): Promise<Response> {
    try {
      // The view is of the error's own class, which the map cannot say.
      const value = await found.view(error as never, request as never);
      const final = value instanceof Response || value instanceof Html ||
        value instanceof HttpError;
      const result = found.renderer === undefined || final
        ? value
        : await found.renderer(value, request);
      return await toResponse(result, request, found.label);
    } catch (thrown) {
      // Not asked again, so that two views cannot throw each other's errors for ever.
      if (thrown instanceof HttpError) return await this.#page(thrown, request);
      throw thrown;
    }
  }

  async #page(error: unknown, request: ViewRequest<Data>): Promise<Response> {
    const shown = this.develop === undefined ? null : await this.develop(error, request);
    if (shown !== null) return shown;
    const { lastErrorResponse } = await errorPages.get();
    const answered = error instanceof HttpError ? error : new HttpInternalServerError();
    return lastErrorResponse(answered, request);
  }

  #find(error: unknown, route: Route | undefined): RegisteredExceptionView<Data> | undefined {
    const ofRoute = route && this.#byRoute.get(route);
    return (ofRoute && nearest(ofRoute, error)) ?? nearest(this.#byRoute.get(null), error);
  }
}

function nearest<View>(views: Map<unknown, View> | undefined, error: unknown): View | undefined {
  if (views === undefined || typeof error !== "object" || error === null) return undefined;
  let prototype: unknown = Object.getPrototypeOf(error);
  while (prototype !== null) {
    const found = views.get(prototype);
    if (found !== undefined) return found;
    // A view for every Error is for what nobody foresaw: redirections and 404s have pages of their own.
    if (prototype === HttpError.prototype) return undefined;
    prototype = Object.getPrototypeOf(prototype);
  }
  return undefined;
}
