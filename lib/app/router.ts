/**
 * From a request to the view that answers it.
 *
 * @module
 */

import { HttpNotFound } from "../http/errors.ts";
import { isThenable, whenReady } from "../promises.ts";
import type { RouteTable } from "../routing/route_table.ts";
import { type HeldLimits, largerLimits } from "../views/body_limits.ts";
import type { Handler } from "../views/handler.ts";
import { requestState, type StateOf, type ViewRequest } from "../views/request.ts";
import {
  type Asked,
  chooseRoute,
  chooseView,
  type RoutedView,
  type RoutedViews,
} from "./matching.ts";
import { refusal } from "./refusal.ts";

/** What is seen of a walk from a request to its view, also of one that ends by a throw. */
export interface Trail<Data extends object> {
  /** The routes that were asked, in order: the one that is taken is the last. */
  readonly asked: Asked<Data>[];
  /** The route that was taken; `null`: none, undefined: a predicate threw, or the URL cannot be read. */
  match?: Asked<Data> | null;
  /** What was asked last: routes, the factory of the route, or its views. */
  step: "routes" | "factory" | "views";
}

const NONE: readonly never[] = [];

/** The innermost handler of an app, and the walk that it takes. */
export class Router<Data extends object> {
  readonly #table: RouteTable<RoutedViews<Data>>;
  readonly #predicated: boolean;
  readonly #varies: boolean;

  /**
   * Finds the route of a request, then the first of its views whose predicates hold, which answers.
   *
   * Throws a 404, 405 or 406 where no view answers, and a 400 for a URL that cannot be read.
   */
  readonly handler: Handler<Data>;

  /** Takes the routes. */
  constructor(table: RouteTable<RoutedViews<Data>>) {
    this.#table = table;
    this.#predicated = table.statements.some((statement) => statement.predicated);
    this.#varies = table.statements.some(({ value }) => value.vary.length > 0);
    this.handler = (request, state = requestState(request)) => {
      const view = this.walk(request, state);
      // By whenReady() every request would pay for a closure.
      return view instanceof Promise
        ? view.then((view) => answerBy(view, request, state))
        : answerBy(view, request, state);
    };
  }

  /**
   * Finds the view that answers a request. A promise where a factory or a predicate has to wait.
   *
   * @param request The request.
   * @param state What happens to it.
   * @param trail Gets what is seen on the way. The limits for the body and `Vary` are then left as
   * they are.
   * @throws {HttpError} If no view answers, or the URL cannot be read; and whatever a factory or
   * predicate throws.
   */
  walk(
    request: ViewRequest<Data>,
    state: StateOf<Data>,
    trail?: Trail<Data>,
  ): RoutedView<Data> | Promise<RoutedView<Data>> {
    let asked: Asked<Data>[] | typeof NONE = NONE;
    let match: Asked<Data> | null;
    if (this.#predicated || trail !== undefined) {
      asked = trail?.asked ?? [];
      match = chooseRoute(this.#table, request, state, asked);
    } else {
      match = this.#table.match(state.url);
    }
    if (trail !== undefined) trail.match = match;
    else if (this.#varies) recordVary(match, asked, state);
    if (match === null) {
      if (asked.length === 0) throw new HttpNotFound();
      return refuse(null, asked, request, state);
    }
    if (trail === undefined) {
      state.match = match;
      state.bodyLimits = limitsBeforeView(match.value, state.raw.method);
    } else trail.step = "factory";
    const made = makeContext(match.value, request, state);
    return made === undefined
      ? viewOf(match, asked, request, state, trail)
      : made.then(() => viewOf(match, asked, request, state, trail));
  }
}

function viewOf<Data extends object>(
  match: Asked<Data>,
  asked: readonly Asked<Data>[],
  request: ViewRequest<Data>,
  state: StateOf<Data>,
  trail: Trail<Data> | undefined,
): RoutedView<Data> | Promise<RoutedView<Data>> {
  if (trail !== undefined) trail.step = "views";
  return whenReady(
    chooseView(match.value.views, request, state.raw.method),
    (view) => view ?? refuse(match, asked, request, state),
  );
}

function answerBy<Data extends object>(
  view: RoutedView<Data>,
  request: ViewRequest<Data>,
  state: StateOf<Data>,
): Response | Promise<Response> {
  state.view = view.label;
  state.bodyLimits = view.bodyLimits;
  state.isCsrfExempt = view.isCsrfExempt;
  state.isActivity = view.isActivity;
  return view.handler(request, state);
}

function refuse<Data extends object>(
  match: Asked<Data> | null,
  asked: readonly Asked<Data>[],
  request: ViewRequest<Data>,
  state: StateOf<Data>,
): Promise<never> {
  return refusal(match, asked, request, state).then((error) => {
    throw error;
  });
}

/** The headers that the choice depends on: the route's own, and those of the routes that were passed over. */
function recordVary<Data extends object>(
  match: Asked<Data> | null,
  asked: readonly Asked<Data>[],
  state: StateOf<Data>,
): void {
  const passed = asked.flatMap((one) => one === match ? [] : one.value.ownVary);
  const vary = match === null ? passed : [...passed, ...match.value.vary];
  if (vary.length > 0) state.vary = vary;
}

/**
 * Makes the context of a request by the factory of its route; a promise where that takes time.
 *
 * @throws Whatever the factory throws, which is then answered.
 */
function makeContext<Data extends object>(
  { factory }: RoutedViews<Data>,
  request: ViewRequest<Data>,
  state: StateOf<Data>,
): Promise<void> | undefined {
  if (factory === undefined) return undefined;
  // The factory takes every app's request.
  const context = factory(request as never);
  if (!isThenable(context)) {
    state.context = context;
    return undefined;
  }
  return Promise.resolve(context).then((settled) => {
    state.context = settled;
  });
}

/** What `factory` and predicates may read: the largest limits of the views that may be meant. */
function limitsBeforeView<Data extends object>(
  { views, bodyLimits }: RoutedViews<Data>,
  method: string,
): HeldLimits {
  let limits: HeldLimits | undefined;
  for (const view of views) {
    if (limits === view.bodyLimits || !view.methods.holds(method)) continue;
    limits = limits === undefined ? view.bodyLimits : largerLimits(limits, view.bodyLimits);
  }
  return limits ?? bodyLimits;
}
