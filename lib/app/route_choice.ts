/**
 * From a request to its route.
 *
 * @module
 */

import { isThenable } from "../thenable.ts";
import type { Route } from "../routing/route.ts";
import type { RouteMatch } from "../routing/route_match.ts";
import type { RouteTable } from "../routing/route_table.ts";
import type { AcceptPredicate } from "../views/accept_predicate.ts";
import type { HeldLimits } from "../views/body_limits.ts";
import type { Answer } from "../views/answer.ts";
import type { MethodPredicate } from "../views/method_predicate.ts";
import type { Predicate } from "../views/predicate.ts";
import type { RequestRoute } from "../views/request_state.ts";
import { requestState, type ViewRequest } from "../views/request.ts";
import type { ViewLabel } from "../views/view_label.ts";
import type { ChosenBy } from "./view_choice.ts";

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
  readonly answer: Answer<Data>;
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
 * Finds the route of a request; `request.matchedRoute` is then that route, or none.
 *
 * @param table The routes.
 * @param request The request.
 * @param asked Gets every route that was asked, in order: the one that is taken is the last.
 * @throws {HttpError} If the URL cannot be read; and whatever a predicate throws.
 */
export function chooseRoute<Data extends object>(
  table: RouteTable<RoutedViews<Data>>,
  request: ViewRequest<Data>,
  asked: Asked<Data>[],
): Asked<Data> | null {
  const state = requestState(request);
  const match = table.match(state.url, (value, match) => {
    state.match = match;
    asked.push(match);
    return routeHolds(value, request);
  });
  state.match = match ?? undefined;
  return match;
}

/** Whether a route takes a request that its pattern matches. */
function routeHolds<Data extends object>(
  { methods, predicates }: RoutedViews<Data>,
  request: ViewRequest<Data>,
): boolean {
  if (methods !== null && !methods.holds(request.method)) return false;
  return predicates.every((predicate) => predicate.holds(request) === true);
}

/**
 * The request headers that the choice of a route depends on: its own, and those of the routes that
 * were passed over.
 *
 * @param match The route that was taken, if any.
 * @param asked The routes that were asked.
 */
export function varyOf<Data extends object>(
  match: Asked<Data> | null,
  asked: readonly Asked<Data>[],
): readonly string[] {
  const passed = asked.flatMap((one) => one === match ? [] : one.value.ownVary);
  return match === null ? passed : [...passed, ...match.value.vary];
}

/**
 * Makes the context of a request by the factory of its route; a promise where that takes time.
 *
 * @throws Whatever the factory throws, which is then answered.
 */
export function makeContext<Data extends object>(
  { factory }: RoutedViews<Data>,
  request: ViewRequest<Data>,
): Promise<void> | undefined {
  if (factory === undefined) return undefined;
  const state = requestState(request);
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
