/**
 * From a request to the view that answers it.
 *
 * @module
 */

import { HttpMethodNotAllowed, HttpNotFound } from "../http/errors.ts";
import type { Route } from "../routing/route.ts";
import type { RouteTable } from "../routing/route_table.ts";
import type { Answer } from "../views/answer.ts";
import type { MethodPredicate } from "../views/method_predicate.ts";
import { requestState, type ViewRequest } from "../views/request.ts";

/** A view of a route, ready to answer. */
export interface RoutedView<Data extends object> {
  /** The view's name, for messages. */
  readonly name: string;
  /** Which methods it answers. */
  readonly methods: MethodPredicate;
  /** Answers. */
  readonly answer: Answer<Data>;
}

/** A route with its views, in the order in which they are tried. */
export interface RoutedViews<Data extends object> {
  /** The route. */
  readonly route: Route;
  /** Its views. */
  readonly views: readonly RoutedView<Data>[];
}

/**
 * Makes the innermost answer of an app: finds the route, then the first of its views whose
 * predicates hold.
 *
 * Throws a 404 where no route matches or no view is there, a 405 where only the method is wrong,
 * and a 400 for a URL that cannot be read.
 */
export function routerOf<Data extends object>(
  table: RouteTable<RoutedViews<Data>>,
): Answer<Data> {
  return (request) => {
    const match = table.match(request.raw.url);
    if (match === null) throw new HttpNotFound();
    const state = requestState(request);
    state.matched(match);
    const view = viewFor(match.value, request);
    state.answeredBy(view.name);
    return view.answer(request);
  };
}

function viewFor<Data extends object>(
  routed: RoutedViews<Data>,
  request: ViewRequest<Data>,
): RoutedView<Data> {
  const { method } = request;
  for (const view of routed.views) {
    if (view.methods.holds(method)) return view;
  }
  if (routed.views.length === 0) throw new HttpNotFound();
  throw new HttpMethodNotAllowed(routed.views.flatMap((view) => view.methods.methods ?? []));
}
