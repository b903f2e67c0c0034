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
import {
  type BoundRenderer,
  errorPages,
  inStatedStatus,
  pageOf,
  render,
} from "../views/handler.ts";
import type { RoutePart } from "../routing/route_names.ts";
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
  /** The class of errors. The view also answers subclasses that have no view of their own. */
  readonly context: ErrorClass<unknown>;
  /**
   * The route whose requests it answers, with the pattern as it was stated. With `null` it answers
   * requests of every route, and those without a route.
   */
  readonly route: Route | null;
  /** The scoped part whose requests it answers. With `null` it answers those of every part. */
  readonly scope: RoutePart | null;
  /** What the view is called in messages. */
  readonly label: ViewLabel;
  /** The view. */
  readonly view: (error: never, request: never) => unknown;
  /** Makes the response of what the view returns. */
  readonly renderer?: BoundRenderer | undefined;
}

/**
 * Makes the pages of development mode, which show what happened. They answer errors that no
 * exception view answers.
 *
 * The module of the page is loaded with the first error. The plain page answers if loading fails,
 * for redirections, and for visitors who are not at this machine.
 *
 * @param explain Finds which view would answer a request.
 * @param logger Receives why a page could not be made. It also receives one message when a visitor
 * from elsewhere did not get the page.
 * @param publicOrigin The origin that the app states for itself.
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

/** How a thrown value was answered. */
export interface ErrorAnswer {
  /** What the visitor gets. */
  readonly response: Response;
  /**
   * What foresaw the error: an exception view, or the class of an `HttpException`. Otherwise it is
   * `"nobody"`.
   */
  readonly foreseenBy: "view" | "class" | "nobody";
}

/** The views of one class for one route or scope, those that state more first. */
interface OfClass {
  readonly views: RegisteredExceptionView[];
  /** The request headers that the choice among them depends on. */
  vary: readonly string[];
}

/**
 * The exception views of an app.
 *
 * Views of the matched route come first, then those of its scoped part, of the parts around it, and
 * of the app. Among them views of the nearest class come first. If the predicates of a view do not
 * match, the next class is tried.
 */
export class ExceptionViews<Data extends object> {
  /** By the route that they are for, else by the scoped part. `null` stands for the app. */
  readonly #views = new Map<Route | RoutePart | null, Map<unknown, OfClass>>();

  /** Shows what happened, in development mode alone. */
  readonly develop: DevelopmentPage<Data> | undefined;

  /** Takes the views. */
  constructor(views: Iterable<RegisteredExceptionView>, develop?: DevelopmentPage<Data>) {
    this.develop = develop;
    for (const view of views) {
      const whose = view.route ?? view.scope;
      const ofWhose = this.#views.get(whose) ?? new Map<unknown, OfClass>();
      const { prototype } = view.context;
      const ofClass = ofWhose.get(prototype) ?? { views: [], vary: [] };
      ofClass.views.push(view);
      ofClass.views.sort((one, other) => other.weight - one.weight);
      ofClass.vary = varyOfAll(ofClass.views.flatMap(({ predicates }) => predicates));
      this.#views.set(whose, ofWhose.set(prototype, ofClass));
    }
  }

  /**
   * Answers a value that was thrown: by its view, by the page of its status, or by the page of a
   * 500.
   *
   * @throws Any value that the exception view throws, except an `HttpException` or a response. An
   * `HttpException` is answered with its page, and a thrown response is the answer.
   */
  async answer(
    error: unknown,
    request: ViewRequest<Data>,
    state: StateOf<Data>,
  ): Promise<ErrorAnswer> {
    const finding = firstOf(this.#ofClasses(error, state), request, state);
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
  mayAnswer(error: unknown, state: StateOf<Data>): boolean {
    return this.#ofClasses(error, state).length > 0;
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
      // Exception views do not run again, so that two views cannot throw each other's errors for ever.
      if (thrown instanceof HttpException) return await this.#lastPage(thrown, request, state);
      throw thrown;
    }
  }

  /** The page of an error. If a redirection leads out of this site, it is the page of the 400. */
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

  /** Those of the route, the nearest class first, then those of each part around it. */
  #ofClasses(error: unknown, { match, environment }: StateOf<Data>): OfClass[] {
    const found = match === undefined ? [] : nearestFirst(this.#views.get(match.route), error);
    for (let part = environment.scope; part !== null; part = part.parent) {
      found.push(...nearestFirst(this.#views.get(part), error));
    }
    found.push(...nearestFirst(this.#views.get(null), error));
    return found;
  }
}

type Found = RegisteredExceptionView | undefined;

/** The first view that answers. It is a promise if a predicate has to wait. */
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
    // A view for Error answers unforeseen errors. Redirections and 404s have pages of their own.
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
 * Finishes the response that `html` or a renderer made for an error.
 *
 * The response takes the error's status, or 500 if the error has no status. A status that
 * `request.responseStatus` or the renderer stated is kept. The response takes those headers of the
 * error that it does not have, such as `Allow` and `Location`. From status 400 on it is `no-store`
 * unless it has a `Cache-Control`.
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
  // Its location is checked for every page.
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
