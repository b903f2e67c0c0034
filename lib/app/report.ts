/**
 * What a configuration added up to: for the command line, for tests, and for the curious.
 *
 * @module
 */

import type { Route } from "../routing/route.ts";
import type { RouteTable } from "../routing/route_table.ts";
import { requestState, type ViewRequest } from "../views/request.ts";
import { type RoutedView, type RoutedViews, routeHolds } from "./router.ts";

/** A view, as it was stated. */
export interface ViewReport {
  /** The view's name. */
  readonly name: string;
  /** The methods that it answers, or `*`. */
  readonly methods: string;
  /** Its other predicates, in words. */
  readonly predicates: readonly string[];
  /** What it demands, if anything. */
  readonly permission: string | undefined;
  /** Whether its requests are checked for coming from the app's own pages. */
  readonly isCsrfChecked: boolean;
  /** Where it was declared: file and line. */
  readonly place: string;
}

/** A route, as it was stated, with its prefix. */
export interface RouteReport {
  /** The route's name. */
  readonly name: string;
  /** The route's pattern. */
  readonly pattern: string;
  /** Its predicates, in words. */
  readonly predicates: readonly string[];
  /** Where it was declared: file and line. */
  readonly place: string;
  /** Whether it can match; if not, it only makes URLs. */
  readonly isMatched: boolean;
  /** Its views, in the order in which they are tried. */
  readonly views: readonly ViewReport[];
}

/** Why a route or a view does not answer a request, or that it does. */
export interface Verdict {
  /** The route's or view's name. */
  readonly name: string;
  /** Whether it answers. */
  readonly answers: boolean;
  /** Why it does not: what must hold and does not. Empty where it does. */
  readonly because: string;
}

/** Who answers a request, and why the others do not. */
export interface Explanation {
  /** Every route whose pattern matches, in order, up to the one that is taken. */
  readonly routes: readonly Verdict[];
  /** The route that is taken. */
  readonly route: Route | null;
  /** Its views, in the order in which they are tried, up to the one that answers. */
  readonly views: readonly Verdict[];
}

/** What a configuration added up to. */
export interface AppReport<Data extends object> {
  /** The routes in the order in which they are matched. */
  readonly routes: readonly RouteReport[];
  /** The tweens, outermost first. */
  readonly tweens: readonly string[];
  /** Says who would answer a request. */
  explain(request: ViewRequest<Data>): Promise<Explanation>;
}

/** Makes the explanations of a table of routes. */
export function explainer<Data extends object>(
  table: RouteTable<RoutedViews<Data>>,
): AppReport<Data>["explain"] {
  return async (request) => {
    const routes: Verdict[] = [];
    const match = table.match(request.raw.url, (value, match) => {
      requestState(request).match = match;
      const answers = routeHolds(value, request);
      routes.push({ name: value.route.name, answers, because: answers ? "" : refusal(value) });
      return answers;
    });
    if (match === null) return { routes, route: null, views: [] };
    requestState(request).match = match;
    const views: Verdict[] = [];
    for (const view of match.value.views) {
      const verdict = await verdictOf(view, request);
      views.push(verdict);
      if (verdict.answers) break;
    }
    return { routes, route: match.value.route, views };
  };

  function refusal(routed: RoutedViews<Data>): string {
    const methods = routed.methods === null ? [] : [`requestMethod ${routed.methods}`];
    return [...methods, ...routed.predicates.map(({ text }) => text)].join(", ");
  }
}

async function verdictOf<Data extends object>(
  { name, methods, predicates }: RoutedView<Data>,
  request: ViewRequest<Data>,
): Promise<Verdict> {
  const failing: string[] = [];
  if (!methods.holds(request.method)) failing.push(`requestMethod ${methods}`);
  for (const predicate of predicates) {
    if (!await predicate.holds(request)) failing.push(predicate.text);
  }
  return { name, answers: failing.length === 0, because: failing.join(", ") };
}
