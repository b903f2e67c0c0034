/**
 * From a request to the view that answers it.
 *
 * @module
 */

import { HttpNotFound } from "../http/errors.ts";
import { isThenable } from "../promises.ts";
import type { RouteTable } from "../routing/route_table.ts";
import { type HeldLimits, largerLimits } from "../views/body_limits.ts";
import type { Handler } from "../views/handler.ts";
import type { Predicate } from "../views/predicates/predicate.ts";
import {
  type AnyViewRequest,
  requestState,
  type StateOf,
  type ViewRequest,
} from "../views/request.ts";
import { refusal } from "./refusal.ts";
import type { Asked, ChosenBy, RoutedView, RoutedViews } from "./routed_view.ts";

/** The record of a walk from a request to its view. A walk that ends by a throw is recorded too. */
export interface Trail<Data extends object> {
  /** The routes whose pattern matched, in order. The route that is taken is the last. */
  readonly asked: Asked<Data>[];
  /**
   * The route that was taken. `null` means that no route matches. Undefined means that a predicate
   * threw, or that the URL cannot be read.
   */
  match?: Asked<Data> | null;
  /** The last step: the routes, the factory of the route, or its views. */
  step: "routes" | "factory" | "views";
  /** Whether neither a route nor a view took the request. */
  isRefused?: boolean;
  /** Called with the route that is taken, before its factory. */
  readonly take?: (match: Asked<Data>) => void;
}

/** The innermost handler of an app, and the walk that it takes. */
export class Router<Data extends object> {
  readonly #table: RouteTable<RoutedViews<Data>>;
  readonly #predicated: boolean;
  readonly #varies: boolean;
  /** One list for all requests of an app without predicates of routes: nothing is added to it. */
  readonly #noneAsked: Asked<Data>[] = [];

  /**
   * Finds the route of a request, then the first of its views whose predicates hold, which answers.
   *
   * It throws a 404, 405 or 406 if no view answers, and a 400 if the URL cannot be read.
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
   * Finds the view that answers a request. It gives a promise if a factory or a predicate has to
   * wait.
   *
   * @param request The request.
   * @param state What happens to it.
   * @param trail Gets what is seen on the way. The limits for the body and `Vary` are then left as
   * they are.
   * @throws {HttpError} If no view answers, or the URL cannot be read. Values that a factory or
   * predicate throws are passed on.
   */
  walk(
    request: ViewRequest<Data>,
    state: StateOf<Data>,
    trail?: Trail<Data>,
  ): RoutedView<Data> | Promise<RoutedView<Data>> {
    const asked = trail?.asked ?? this.newAsked();
    const match = this.findRoute(request, state, asked, trail);
    const view = match === null ? undefined : this.findView(match, request, state, trail);
    return view instanceof Promise
      ? view.then((view) => view ?? refuse(match, asked, request, state, trail))
      : view ?? refuse(match, asked, request, state, trail);
  }

  /**
   * The routes whose pattern matches an address. No predicate is asked.
   *
   * @param url The URL by which the request is routed.
   * @throws {HttpError} If the URL cannot be read.
   */
  routesAt(url: string): Asked<Data>[] {
    const routes: Asked<Data>[] = [];
    this.#table.match(url, (_, match) => {
      routes.push(match);
      return false;
    });
    return routes;
  }

  /**
   * The methods that views answer at an address, by the patterns alone. The parameters and errors
   * are those of {@linkcode Router.routesAt}.
   */
  methodsAt(url: string): Set<string> {
    return new Set(
      this.routesAt(url).flatMap(({ value: { methods, views } }) =>
        views.flatMap((view) =>
          view.methods.allowed.filter((method) => methods === null || methods.holds(method))
        )
      ),
    );
  }

  /** A list for {@linkcode Router.findRoute}. */
  newAsked(): Asked<Data>[] {
    return this.#predicated ? [] : this.#noneAsked;
  }

  /**
   * Finds the route of a request.
   *
   * @param request The request.
   * @param state What happens to it: its `match` is then that route.
   * @param asked Gets the routes whose pattern matched, in order, if a route of the app has
   * predicates.
   * @param trail As for {@linkcode Router.walk}.
   * @throws {HttpError} If the URL cannot be read. Values that a predicate throws are passed on.
   */
  findRoute(
    request: ViewRequest<Data>,
    state: StateOf<Data>,
    asked: Asked<Data>[],
    trail?: Trail<Data>,
  ): Asked<Data> | null {
    const match = this.#predicated || trail !== undefined
      ? chooseRoute(this.#table, request, state, asked)
      : this.#table.match(state.url);
    if (trail !== undefined) trail.match = match;
    else if (this.#varies) recordVary(match, asked, state);
    if (match !== null && trail === undefined) {
      state.match = match;
      state.bodyLimits = limitsBeforeView(match.value, state.raw.method);
    }
    return match;
  }

  /**
   * Finds the view of a route that answers a request. Undefined if none does. It is a promise if a
   * factory or a predicate has to wait.
   *
   * @param match The route.
   * @param request The request.
   * @param state What happens to it.
   * @param trail As for {@linkcode Router.walk}.
   * @throws Values that a factory or predicate throws.
   */
  findView(
    match: Asked<Data>,
    request: ViewRequest<Data>,
    state: StateOf<Data>,
    trail?: Trail<Data>,
  ): RoutedView<Data> | undefined | Promise<RoutedView<Data> | undefined> {
    if (trail !== undefined) trail.step = "factory";
    trail?.take?.(match);
    const { value } = match;
    const made = makeContext(value, request, state);
    return made === undefined
      ? viewOf(value, request, state, trail)
      : made.then(() => viewOf(value, request, state, trail));
  }
}

function viewOf<Data extends object>(
  { views }: RoutedViews<Data>,
  request: ViewRequest<Data>,
  state: StateOf<Data>,
  trail: Trail<Data> | undefined,
): RoutedView<Data> | undefined | Promise<RoutedView<Data> | undefined> {
  if (trail !== undefined) trail.step = "views";
  return chooseView(views, request, state.method);
}

/** Answers by the view that was found. */
export function answerBy<Data extends object>(
  view: RoutedView<Data>,
  request: ViewRequest<Data>,
  state: StateOf<Data>,
): Response | Promise<Response> {
  state.observed?.chosen();
  state.view = view.label;
  state.bodyLimits = view.bodyLimits;
  state.isCsrfExempt = view.isCsrfExempt;
  state.isActivity = view.isActivity;
  return view.handler(request, state);
}

/**
 * Throws the 404, 405 or 406 of a request that no view answers.
 *
 * @param match The route that was taken, or `null`.
 * @param asked The routes whose pattern matched.
 * @param request The request.
 * @param state What happens to it.
 * @param trail Gets that it is refused.
 */
function refuse<Data extends object>(
  match: Asked<Data> | null,
  asked: readonly Asked<Data>[],
  request: ViewRequest<Data>,
  state: StateOf<Data>,
  trail: Trail<Data> | undefined,
): Promise<never> {
  if (trail !== undefined) trail.isRefused = true;
  if (match === null && asked.length === 0) throw new HttpNotFound();
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
 * Makes the context of a request by the factory of its route. It gives a promise if the factory
 * does.
 *
 * @throws Any value that the factory throws, which is then answered.
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

/**
 * Finds the route of a request.
 *
 * @param table The routes.
 * @param request The request.
 * @param state What happens to it: its `match` is then that route, or none.
 * @param asked Gets every route that was asked, in order: the one that is taken is the last.
 * @throws {HttpError} If the URL cannot be read. Values that a predicate throws are passed on.
 */
export function chooseRoute<Data extends object>(
  table: RouteTable<RoutedViews<Data>>,
  request: ViewRequest<Data>,
  state: StateOf<Data>,
  asked: Asked<Data>[],
): Asked<Data> | null {
  const match = table.match(state.url, (value, match) => {
    state.match = match;
    asked.push(match);
    return routeHolds(value, request, state.raw.method);
  });
  state.match = match ?? undefined;
  return match;
}

/** Whether a route takes a request that its pattern matches. */
function routeHolds<Data extends object>(
  { methods, predicates }: RoutedViews<Data>,
  request: ViewRequest<Data>,
  method: string,
): boolean {
  if (methods !== null && !methods.holds(method)) return false;
  return predicates.every((predicate) => predicate.holds(request) === true);
}

/**
 * The first view whose predicates match, or undefined if no view matches. It is a promise if a
 * predicate has to wait, for example for a form's fields.
 *
 * @param views Those that state more first.
 * @param request The request.
 * @param method Its method.
 */
export function chooseView<View extends ChosenBy>(
  views: readonly View[],
  request: AnyViewRequest,
  method: string,
): View | undefined | Promise<View | undefined> {
  return firstFrom(inOrder(views, request), 0, request, method);
}

function firstFrom<View extends ChosenBy>(
  views: readonly View[],
  start: number,
  request: AnyViewRequest,
  method: string,
): View | undefined | Promise<View | undefined> {
  for (let i = start; i < views.length; i++) {
    const view = views[i]!;
    if (!view.methods.holds(method)) continue;
    const held = hold(view.predicates, 0, request);
    if (held instanceof Promise) {
      return held.then((held) => held ? view : firstFrom(views, i + 1, request, method));
    }
    if (held) return view;
  }
  return undefined;
}

function hold(
  predicates: readonly Predicate[],
  start: number,
  request: AnyViewRequest,
): boolean | Promise<boolean> {
  for (let i = start; i < predicates.length; i++) {
    const held = predicates[i]!.holds(request);
    if (held instanceof Promise) {
      return held.then((held) => held && hold(predicates, i + 1, request));
    }
    if (!held) return false;
  }
  return true;
}

/**
 * The views in the order in which they are tried. Among views of equal weight the one of the best
 * quality comes first.
 */
export function inOrder<View extends ChosenBy>(
  views: readonly View[],
  request: AnyViewRequest,
): readonly View[] {
  if (views.length < 2 || views.every(({ accept }) => accept === null)) return views;
  const quality = new Map(views.map((view) => [view, view.accept?.quality(request) ?? 0]));
  return views.toSorted((one, other) =>
    other.weight - one.weight || quality.get(other)! - quality.get(one)!
  );
}
