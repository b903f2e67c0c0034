/**
 * Which route takes a request, and which of several views answers it: those of a route, and those for
 * what was thrown.
 *
 * @module
 */

import type { Route } from "../routing/route.ts";
import type { RouteMatch, RouteTable } from "../routing/route_table.ts";
import type { HeldLimits } from "../views/body_limits.ts";
import type { Handler } from "../views/handler.ts";
import type { AcceptPredicate } from "../views/predicates/accept.ts";
import type { MethodPredicate } from "../views/predicates/method.ts";
import type { Predicate } from "../views/predicates/predicate.ts";
import type { AnyViewRequest, StateOf, ViewRequest } from "../views/request.ts";
import type { RequestRoute } from "../views/request_state.ts";
import type { ViewLabel } from "../views/view_label.ts";

/** What decides whether a view answers a request. */
export interface ChosenBy {
  /** Which methods it answers. */
  readonly methods: MethodPredicate;
  /** What else must hold. */
  readonly predicates: readonly Predicate[];
  /** The one of the predicates that tells the quality of the view, by the `Accept` of a request. */
  readonly accept: AcceptPredicate | null;
  /** How many predicates it states, the method included; half a one for default methods. */
  readonly weight: number;
}

/** A view of a route, ready to answer. */
export interface RoutedView<Data extends object> extends ChosenBy {
  /** What the view is called in messages. */
  readonly label: ViewLabel;
  /** Whether forms of other sites get the session. */
  readonly isCsrfExempt: boolean;
  /** Whether its requests count as activity of the session. */
  readonly isActivity: boolean;
  /** How much of a body is read. */
  readonly bodyLimits: HeldLimits;
  /** Answers. */
  readonly handler: Handler<Data>;
}

/** A route with its views, in the order in which they are tried. */
export interface RoutedViews<Data extends object> extends RequestRoute {
  /** The route. */
  readonly route: Route;
  /** What must hold for the route to match; otherwise the next one is tried. */
  readonly predicates: readonly Predicate[];
  /** The one of the predicates that is about media types. */
  readonly accept: AcceptPredicate | null;
  /** Which methods it matches; `null`: all. */
  readonly methods: MethodPredicate | null;
  /** The headers that decide whether it matches, for `Vary`. */
  readonly ownVary: readonly string[];
  /** The same, with those that decide which of its views answers. */
  readonly vary: readonly string[];
  /** Its views, those that state more first. */
  readonly views: readonly RoutedView<Data>[];
  /** How much of a body is read where no view answers the method. */
  readonly bodyLimits: HeldLimits;
}

/** A route whose pattern matched a request. */
export type Asked<Data extends object> = RouteMatch<RoutedViews<Data>>;

/**
 * Finds the route of a request.
 *
 * @param table The routes.
 * @param request The request.
 * @param state What happens to it: its `match` is then that route, or none.
 * @param asked Gets every route that was asked, in order: the one that is taken is the last.
 * @throws {HttpError} If the URL cannot be read; and whatever a predicate throws.
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
 * The first of the views whose predicates hold; undefined where there is none. A promise where a
 * predicate has to wait, as one on a form's fields does.
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

/** The views in the order in which they are tried: of those that state as much, the one of the best quality first. */
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
