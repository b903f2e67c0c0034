/**
 * The report of a configuration, for the command line and for tests.
 *
 * @module
 */

import { HttpException, HttpMethodNotAllowed } from "../http/errors.ts";
import type { Route } from "../routing/route.ts";
import type { Predicate } from "../views/predicates/predicate.ts";
import { requestState, type StateOf, type ViewRequest } from "../views/request.ts";
import type { Asked, RoutedView, RoutedViews } from "./routed_view.ts";
import { inOrder, type Router, type Trail } from "./router.ts";
import type { Scopes } from "./scopes.ts";

/** A view, as it was stated. */
export interface ViewReport {
  /**
   * What the view is called, such as `view show`. A view without a name is called `view at` and its
   * source location.
   */
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
  /** Whether views without a `requireCsrf` of their own demand a token. */
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
  /** Whether the route can match. Otherwise it only makes URLs. */
  readonly isMatched: boolean;
  /** The scoped part that states it, such as `api (/api)`. It is undefined outside of such parts. */
  readonly scope: string | undefined;
  /** Its views, in the order in which they are tried. */
  readonly views: readonly ViewReport[];
}

/** Why a route or a view does not answer a request, or that it does. */
export interface MatchResult {
  /** The route's or view's name. */
  readonly name: string;
  /** Whether it answers. */
  readonly answers: boolean;
  /** Why it does not answer: the predicates that do not match. It is empty if it answers. */
  readonly because: string;
}

/** Which view answers a request, and why the other views do not. */
export interface Explanation {
  /** Every route whose pattern matches, in order, up to the one that is taken. */
  readonly routes: readonly MatchResult[];
  /** The route that is taken. */
  readonly route: Route | null;
  /** Its views, in the order in which they are tried, up to the one that answers. */
  readonly views: readonly MatchResult[];
  /** If the status is 405, the methods in the order of `Allow`. Otherwise it is empty. */
  readonly allow: readonly string[];
  /**
   * The status if no view answers: 404, 405, 406, or the status of what a predicate or factory
   * threw. It is 500 if a thrown value has no status, and `null` if a view answers.
   */
  readonly status: number | null;
  /**
   * The scoped part whose rules hold for the request, such as `api (/api)`. It is `null` if those of
   * the app hold.
   */
  readonly scope: string | null;
}

/** A scoped part, as it was stated. */
export interface ScopeReport {
  /** What it is called, such as `api (/api)`. */
  readonly name: string;
  /** The prefix below which what is not found is its own. It is `null` if the part has none. */
  readonly prefix: string | null;
  /** The scoped part around it. It is `null` if only the app is around it. */
  readonly within: string | null;
  /** Its tweens, outermost first. They stand within those of the parts around it. */
  readonly tweens: readonly string[];
  /** How its requests are checked for coming from the app's own pages. */
  readonly csrf: CsrfReport | undefined;
}

/** The report of a configuration: its routes, tweens, CSRF checks and scoped parts. */
export interface AppReport<Data extends object> {
  /** The routes in the order in which they are matched. */
  readonly routes: readonly RouteReport[];
  /** The tweens, outermost first. */
  readonly tweens: readonly string[];
  /**
   * How requests are checked for coming from the app's own pages. It is undefined without sessions.
   */
  readonly csrf: CsrfReport | undefined;
  /** The scoped parts, each after the parts around it. */
  readonly scopes: readonly ScopeReport[];
  /** Finds which view would answer a request. */
  explain(request: ViewRequest<Data>): Promise<Explanation>;
}

/**
 * Finds which view would answer a request. It takes the same walk as the router, and records the
 * steps.
 *
 * @param router Finds routes and views.
 * @param scopes The scoped parts, if the app has any.
 * @param request The request.
 * @throws {HttpError} If the URL cannot be read, before any route is tried.
 */
export async function explain<Data extends object>(
  router: Router<Data>,
  scopes: Scopes<Data> | undefined,
  request: ViewRequest<Data>,
): Promise<Explanation> {
  const state = requestState(request);
  const trail: Trail<Data> = {
    asked: [],
    step: "routes",
    take: (match) => state.enter(scopes?.environmentOf(match) ?? state.environment),
  };
  let chosen: RoutedView<Data> | undefined;
  let failure: unknown;
  try {
    chosen = await router.walk(request, state, trail);
  } catch (error) {
    if (trail.match === undefined && trail.asked.length === 0) throw error;
    failure = error;
  }
  const { asked, match, step } = trail;
  const part = scopes?.partOf(trail, state.url) ?? null;
  const scope = part === null ? null : String(part);
  const routes = routeVerdicts(asked, match ?? null, request, state);
  if (!match) return { ...unanswered(routes, failure), scope };
  if (step === "factory") {
    const failing = [`its factory to pass (which threw ${nameOf(failure)})`];
    const verdicts = [...routes.slice(0, -1), verdict(match.route.name, failing)];
    return { ...unanswered(verdicts, failure), scope };
  }
  const { route, value } = match;
  const views = await viewVerdicts(inOrder(value.views, request), chosen, request);
  return chosen === undefined
    ? { ...unanswered(routes, failure), route, views, scope }
    : { routes, route, views, allow: [], status: null, scope };
}

/** The explanation of a request that no view answers, by the thrown value. */
function unanswered(routes: readonly MatchResult[], error: unknown): Omit<Explanation, "scope"> {
  const allow = error instanceof HttpMethodNotAllowed ? error.allow : [];
  const isAnswer = error instanceof HttpException || error instanceof Response;
  return { routes, route: null, views: [], allow, status: isAnswer ? error.status : 500 };
}

function verdict(name: string, failing: readonly string[]): MatchResult {
  return { name, answers: failing.length === 0, because: failing.join(", ") };
}

function routeVerdicts<Data extends object>(
  asked: readonly Asked<Data>[],
  match: Asked<Data> | null,
  request: ViewRequest<Data>,
  state: StateOf<Data>,
): MatchResult[] {
  const verdicts = asked.map((one) => {
    state.match = one;
    return verdict(one.route.name, one === match ? [] : routeFailing(one.value, request));
  });
  state.match = match ?? undefined;
  return verdicts;
}

/** Of each view up to the one that answers, or to the one whose predicate threw. */
async function viewVerdicts<Data extends object>(
  views: readonly RoutedView<Data>[],
  chosen: RoutedView<Data> | undefined,
  request: ViewRequest<Data>,
): Promise<MatchResult[]> {
  const verdicts: MatchResult[] = [];
  for (const view of views) {
    if (view === chosen) return [...verdicts, verdict(view.label.short, [])];
    const isMethod = view.methods.holds(request.method);
    const { failing, threw } = await viewFailing(view, request);
    verdicts.push(
      verdict(
        view.label.short,
        isMethod ? failing : [methodsText(view, request.method), ...failing],
      ),
    );
    // The router did not try the views after one whose predicate threw.
    if (chosen === undefined && isMethod && threw) break;
  }
  return verdicts;
}

/**
 * The methods of a view that does not answer the given method. If the view names none, the text
 * adds what to write.
 */
function methodsText<Data extends object>({ methods }: RoutedView<Data>, method: string): string {
  const text = `requestMethod ${methods}`;
  return methods.isDefault ? `${text} (the default: write requestMethod: "${method}")` : text;
}

/** The route's predicates that do not match. Predicates of a route are synchronous. */
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

/** The view's predicates that do not hold, the method aside, and whether the first of them threw. */
async function viewFailing<Data extends object>(
  { predicates }: RoutedView<Data>,
  request: ViewRequest<Data>,
): Promise<{ failing: string[]; threw: boolean }> {
  const failing: string[] = [];
  let threw = false;
  for (const predicate of predicates) {
    try {
      if (!await predicate.holds(request)) failing.push(predicate.text);
    } catch (error) {
      if (failing.length === 0) threw = true;
      failing.push(thrown(predicate, error));
    }
  }
  return { failing, threw };
}

/**
 * The text of a predicate that threw. It may rely on an earlier predicate, because the router stops
 * at the first that does not match.
 */
function thrown({ text }: Predicate, error: unknown): string {
  return `${text} (which threw ${nameOf(error)})`;
}

function nameOf(error: unknown): string {
  if (error instanceof Response) return "a Response";
  return error instanceof Error ? error.name : "something";
}
