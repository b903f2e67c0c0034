/**
 * Answers to what was thrown, and to errors and redirections that were returned.
 *
 * @module
 */

import { HttpException, HttpInternalServerError } from "../http/errors.ts";
import { HttpRedirection } from "../http/redirect.ts";
import { mergeVary, withMutableHeaders, withStatus } from "../http/response.ts";
import { Lazy } from "../lazy.ts";
import type { Logger } from "../log.ts";
import { whenReady } from "../promises.ts";
import type { Route } from "../routing/route.ts";
import { errorPages, inStatedStatus, pageOf, render, type Renderer } from "../views/handler.ts";
import { varyOfAll } from "../views/predicates/predicates.ts";
import type { StateOf, ViewRequest } from "../views/request.ts";
import type { ErrorClass } from "../views/view.ts";
import type { ViewLabel } from "../views/view_label.ts";
import type { DevelopmentPage } from "./development/page.ts";
import type { ChosenBy } from "./routed_view.ts";
import { chooseView } from "./router.ts";
import type { AppReport } from "./report.ts";

/** A view for a class of errors. */
export interface RegisteredExceptionView extends ChosenBy {
  /** The class; its subclasses are answered too, unless they have a view of their own. */
  readonly context: ErrorClass<unknown>;
  /** The route whose requests it answers, by the pattern as it was stated; `null`: those of every route and of none. */
  readonly route: Route | null;
  /** What the view is called in messages. */
  readonly label: ViewLabel;
  /** The view. */
  readonly view: (error: never, request: never) => unknown;
  /** Makes the response of what the view returns. */
  readonly renderer?: Renderer | undefined;
}

/**
 * Development mode: errors that no exception view answers show what happened. What draws the page is
 * loaded with the first error; where that cannot be done the plain page answers, as it does for
 * redirections and for visitors who are not at this machine.
 *
 * @param explain Says who would answer a request.
 * @param logger Told why a page could not be made, and once that somebody else did not get it.
 * @param publicOrigin Where the app says that it is.
 */
export function developmentPages<Data extends object>(
  explain: AppReport<Data>["explain"],
  logger: Logger,
  publicOrigin: string | undefined,
): DevelopmentPage<Data> {
  const page = new Lazy(async () => {
    const { developmentPage } = await import("./development/page.ts");
    return developmentPage(explain, logger, publicOrigin);
  });
  return async (error, request, state, first) => {
    if (error instanceof HttpRedirection) return null;
    try {
      return await (await page.get())(error, request, state, first);
    } catch (failure) {
      logger.error("The development page cannot be made", failure);
      return null;
    }
  };
}

/** How something thrown was answered. */
export interface ErrorAnswer {
  /** What the visitor gets. */
  readonly response: Response;
  /** Who foresaw it: an exception view, the class of an `HttpException`, or nobody. */
  readonly foreseenBy: "view" | "class" | "nobody";
}

/** The views of one class and route, those that state more first. */
interface OfClass {
  readonly views: RegisteredExceptionView[];
  /** The request headers that the choice among them depends on. */
  vary: readonly string[];
}

/**
 * The exception views of an app: those of the matched route go before, then the nearest class; one
 * whose predicates do not hold leaves the error to the next class.
 */
export class ExceptionViews<Data extends object> {
  readonly #byRoute = new Map<Route | null, Map<unknown, OfClass>>();

  /** Shows what happened, in development mode alone. */
  readonly develop: DevelopmentPage<Data> | undefined;

  /** Takes the views. */
  constructor(views: Iterable<RegisteredExceptionView>, develop?: DevelopmentPage<Data>) {
    this.develop = develop;
    for (const view of views) {
      const ofRoute = this.#byRoute.get(view.route) ?? new Map<unknown, OfClass>();
      const { prototype } = view.context;
      const ofClass = ofRoute.get(prototype) ?? { views: [], vary: [] };
      ofClass.views.push(view);
      ofClass.views.sort((one, other) => other.weight - one.weight);
      ofClass.vary = varyOfAll(ofClass.views.flatMap(({ predicates }) => predicates));
      this.#byRoute.set(view.route, ofRoute.set(prototype, ofClass));
    }
  }

  /**
   * Answers what was thrown: by its view, else by the page of its status, else by a bare 500.
   *
   * @throws Whatever the exception view throws, but for an `HttpException`, which is answered with its page.
   */
  async answer(
    error: unknown,
    request: ViewRequest<Data>,
    state: StateOf<Data>,
  ): Promise<ErrorAnswer> {
    const finding = firstOf(this.#ofClasses(error, state.match?.route), request, state);
    // A view that is found at once is called at once.
    const found = finding instanceof Promise ? await finding : finding;
    if (found !== undefined) {
      return { response: await this.#ask(found, error, request, state), foreseenBy: "view" };
    }
    try {
      const response = await this.#page(error, request, state);
      return { response, foreseenBy: error instanceof HttpException ? "class" : "nobody" };
    } catch (refused) {
      // A redirection that leads out of this site is the error that it is refused with.
      if (!(error instanceof HttpRedirection) || !(refused instanceof HttpException)) throw refused;
      return await this.answer(refused, request, state);
    }
  }

  /** Whether a view might answer it, by its class. */
  mayAnswer(error: unknown, { match }: StateOf<Data>): boolean {
    return this.#ofClasses(error, match?.route).length > 0;
  }

  async #ask(
    found: RegisteredExceptionView,
    error: unknown,
    request: ViewRequest<Data>,
    state: StateOf<Data>,
  ): Promise<Response> {
    state.view = found.label;
    try {
      const { label, renderer } = found;
      const finish = (response: Response) => inErrorStatus(response, error, request, state);
      const rendering = { label, renderer, finish, answerException: pageOf<Data> };
      // The view is of the error's own class, which the map cannot say.
      const value = await found.view(error as never, request as never);
      return await render(value, request, state, rendering);
    } catch (thrown) {
      if (thrown instanceof Response) return thrown;
      // Not asked again, so that two views cannot throw each other's errors for ever.
      if (thrown instanceof HttpException) return await this.#lastPage(thrown, request, state);
      throw thrown;
    }
  }

  /** The page of an error; of a redirection that leads out of this site the page of that. */
  async #lastPage(
    error: HttpException,
    request: ViewRequest<Data>,
    state: StateOf<Data>,
  ): Promise<Response> {
    try {
      return await this.#page(error, request, state);
    } catch (refused) {
      if (!(refused instanceof HttpException)) throw refused;
      return await this.#page(refused, request, state);
    }
  }

  async #page(
    error: unknown,
    request: ViewRequest<Data>,
    state: StateOf<Data>,
  ): Promise<Response> {
    const shown = this.develop === undefined ? null : await this.develop(error, request, state);
    if (shown !== null) return shown;
    const answered = error instanceof HttpException ? error : new HttpInternalServerError();
    return (await errorPages.get()).httpErrorResponse(answered, request, state);
  }

  /** Those of the route, the nearest class first, then those of all routes. */
  #ofClasses(error: unknown, route: Route | undefined): OfClass[] {
    const ofRoute = route === undefined ? [] : nearestFirst(this.#byRoute.get(route), error);
    return [...ofRoute, ...nearestFirst(this.#byRoute.get(null), error)];
  }
}

type Found = RegisteredExceptionView | undefined;

/** The first that answers; a promise where a predicate has to wait. */
function firstOf<Data extends object>(
  [first, ...others]: readonly OfClass[],
  request: ViewRequest<Data>,
  state: StateOf<Data>,
): Found | Promise<Found> {
  if (first === undefined) return undefined;
  if (first.vary.length > 0) state.vary = [...state.vary ?? [], ...first.vary];
  return whenReady<Found, Found>(
    chooseView(first.views, request, state.raw.method),
    (found) => found ?? firstOf(others, request, state),
  );
}

function nearestFirst(views: Map<unknown, OfClass> | undefined, error: unknown): OfClass[] {
  const found: OfClass[] = [];
  if (views === undefined || typeof error !== "object" || error === null) return found;
  let prototype: unknown = Object.getPrototypeOf(error);
  while (prototype !== null) {
    const ofClass = views.get(prototype);
    if (ofClass !== undefined) found.push(ofClass);
    // A view for every Error is for what nobody foresaw: redirections and 404s have pages of their own.
    if (prototype === HttpException.prototype) break;
    prototype = Object.getPrototypeOf(prototype);
  }
  return found;
}

/** These describe a body that is not the error's. */
const OF_BODY: ReadonlySet<string> = new Set([
  "content-type",
  "content-length",
  "content-encoding",
]);

/**
 * Finishes the answer that `html` or a renderer made for an error: it takes the error's status, 500
 * where that has none, unless `request.responseStatus` or the renderer stated one; and the error's
 * headers, such as `Allow` and `Location`, as far as it has none of its own. From 400 on it is
 * `no-store` unless it says something else.
 *
 * @param response What was made.
 * @param error What is answered.
 * @param request The request.
 * @param state What happens to it.
 * @throws {HttpBadRequest} If it is a redirection that leads out of this site.
 */
export async function inErrorStatus<Data extends object>(
  response: Response,
  error: unknown,
  request: ViewRequest<Data>,
  state: StateOf<Data>,
): Promise<Response> {
  // Its location is checked whatever page goes with it.
  const answer = error instanceof HttpRedirection ? await pageOf(error, request, state) : error;
  const finished = withMutableHeaders(inStatus(response, error, state));
  const { headers } = finished;
  if (answer instanceof Response || answer instanceof HttpException) {
    addMissing(headers, answer.headers);
  }
  if (finished.status >= 400 && !headers.has("cache-control")) {
    headers.set("cache-control", "no-store");
  }
  return finished;
}

function inStatus<Data extends object>(
  response: Response,
  error: unknown,
  state: StateOf<Data>,
): Response {
  if (state.responseStatus !== undefined) return inStatedStatus(response, state);
  // A renderer that states another one knows why.
  if (response.status !== 200) return response;
  return withStatus(response, error instanceof HttpException ? error.status : 500);
}

function addMissing(headers: Headers, others: Headers): void {
  const present = new Set(headers.keys());
  for (const [name, value] of others) {
    if (name === "set-cookie") headers.append(name, value);
    else if (name === "vary") mergeVary(headers, value);
    else if (!present.has(name) && !OF_BODY.has(name)) headers.set(name, value);
  }
}
