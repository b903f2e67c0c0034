/**
 * What a router chooses from: routes with their views, and what decides among them.
 *
 * @module
 */

import type { Route } from "../routing/route.ts";
import type { RouteMatch } from "../routing/route_table.ts";
import type { HeldLimits } from "../views/body_limits.ts";
import type { Handler } from "../views/handler.ts";
import type { AcceptPredicate } from "../views/predicates/accept.ts";
import type { MethodPredicate } from "../views/predicates/method.ts";
import type { Predicate } from "../views/predicates/predicate.ts";
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
