/**
 * What a configuration added up to: for the command line, for tests, and for the curious.
 *
 * @module
 */

import type { Route } from "../routing/route.ts";
import type { RouteTable } from "../routing/route_table.ts";
import type { Predicate } from "../views/predicate.ts";
import { requestState, type ViewRequest } from "../views/request.ts";
import { inOrder, makeContext, type RoutedView, type RoutedViews } from "./router.ts";

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
  /** Whether it states `requireCsrf: false`: forms of other sites get the session. */
  readonly isCsrfExempt: boolean;
  /** Whether neither the view nor its route names methods, so that it answers GET and HEAD. */
  readonly hasDefaultMethods: boolean;
  /** Where it was declared: file and line. */
  readonly place: string;
}

/** How requests are checked for coming from the app's own pages. */
export interface CsrfReport {
  /** Whether the origin of requests is checked. */
  readonly checksOrigin: boolean;
  /** Whether views demand a token that do not say so themselves. */
  readonly checksTokens: boolean;
  /** Whether `insecureExempt` exempts some requests. */
  readonly hasExemptions: boolean;
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
  /** Where none answers: the methods, in the order of `Allow`, of those that answer but for the method. Empty: a 404. */
  readonly allow: readonly string[];
}

/** What a configuration added up to. */
export interface AppReport<Data extends object> {
  /** The routes in the order in which they are matched. */
  readonly routes: readonly RouteReport[];
  /** The tweens, outermost first. */
  readonly tweens: readonly string[];
  /** How requests are checked for coming from the app's own pages; undefined without sessions. */
  readonly csrf: CsrfReport | undefined;
  /** Says who would answer a request. */
  explain(request: ViewRequest<Data>): Promise<Explanation>;
}

/** Says who would answer a request, by a table of routes. */
export async function explain<Data extends object>(
  table: RouteTable<RoutedViews<Data>>,
  request: ViewRequest<Data>,
): Promise<Explanation> {
  const routes: Verdict[] = [];
  const match = table.match(requestState(request).url, (value, match) => {
    requestState(request).match = match;
    const failing = routeFailing(value, request);
    routes.push(verdict(value.route.name, failing));
    return failing.length === 0;
  });
  if (match === null) return { routes, route: null, views: [], allow: [] };
  requestState(request).match = match;
  const factoryFailed = await contextFailing(match.value, request);
  if (factoryFailed !== "") {
    return {
      routes: [...routes.slice(0, -1), verdict(match.value.route.name, [factoryFailed])],
      route: null,
      views: [],
      allow: [],
    };
  }
  const views: Verdict[] = [];
  const allowed: string[] = [];
  for (const view of inOrder(match.value.views, request)) {
    const isMethod = view.methods.holds(request.method);
    const failing = await viewFailing(view, request);
    const wanted = isMethod ? failing : [methodsText(view, request.method), ...failing];
    views.push(verdict(view.name, wanted));
    if (wanted.length === 0) return { routes, route: match.value.route, views, allow: [] };
    if (!isMethod && failing.length === 0) allowed.push(...view.methods.methods ?? []);
  }
  const allow = [...new Set(allowed)].sort();
  return { routes, route: match.value.route, views, allow };
}

function verdict(name: string, failing: readonly string[]): Verdict {
  return { name, answers: failing.length === 0, because: failing.join(", ") };
}

/** The methods of a view that does not answer one, and what to write where it named none. */
function methodsText<Data extends object>({ methods }: RoutedView<Data>, method: string): string {
  const text = `requestMethod ${methods}`;
  return methods.isDefault ? `${text} (the default: write requestMethod: "${method}")` : text;
}

/** What the route's factory threw, in words; empty where it did not. */
async function contextFailing<Data extends object>(
  routed: RoutedViews<Data>,
  request: ViewRequest<Data>,
): Promise<string> {
  try {
    await makeContext(routed, request);
    return "";
  } catch (error) {
    return `its factory to pass (which threw ${error instanceof Error ? error.name : "something"})`;
  }
}

/** The route's predicates that do not hold; they answer at once. */
function routeFailing<Data extends object>(
  { methods, predicates }: RoutedViews<Data>,
  request: ViewRequest<Data>,
): string[] {
  const failing = methods === null || methods.holds(request.method)
    ? []
    : [`requestMethod ${methods}`];
  for (const predicate of predicates) {
    try {
      if (predicate.holds(request) !== true) failing.push(predicate.text);
    } catch (error) {
      failing.push(thrown(predicate, error));
    }
  }
  return failing;
}

/** The view's predicates that do not hold, the method aside. */
async function viewFailing<Data extends object>(
  { predicates }: RoutedView<Data>,
  request: ViewRequest<Data>,
): Promise<string[]> {
  const failing: string[] = [];
  for (const predicate of predicates) {
    try {
      if (!await predicate.holds(request)) failing.push(predicate.text);
    } catch (error) {
      failing.push(thrown(predicate, error));
    }
  }
  return failing;
}

/** One behind another that fails is not asked by the router, and may count on that. */
function thrown({ text }: Predicate, error: unknown): string {
  return `${text} (which threw ${error instanceof Error ? error.name : "something"})`;
}
