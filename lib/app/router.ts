/**
 * From a request to its route.
 *
 * @module
 */

import {
  type HttpError,
  HttpMethodNotAllowed,
  HttpNotAcceptable,
  HttpNotFound,
} from "../http/errors.ts";
import { isThenable } from "../promises.ts";
import type { Route } from "../routing/route.ts";
import type { RouteMatch, RouteTable } from "../routing/route_table.ts";
import { type HeldLimits, largerLimits } from "../views/body_limits.ts";
import type { Answer } from "../views/handler.ts";
import type { AcceptPredicate } from "../views/predicates/accept.ts";
import type { MethodPredicate } from "../views/predicates/method.ts";
import type { Predicate } from "../views/predicates/predicate.ts";
import { requestState, type ViewRequest } from "../views/request.ts";
import type { RequestRoute } from "../views/request_state.ts";
import type { ViewLabel } from "../views/view_label.ts";
import { chooseView, type ChosenBy } from "./view_choice.ts";

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

const NONE: readonly never[] = [];

/**
 * Makes the innermost answer of an app: finds the route, then the first of its views whose
 * predicates hold.
 *
 * Throws a 404, 405 or 406 where no view answers, and a 400 for a URL that cannot be read.
 */
export function routerOf<Data extends object>(
  table: RouteTable<RoutedViews<Data>>,
): Answer<Data> {
  const predicated = table.statements.some((statement) => statement.predicated);
  const varies = table.statements.some(({ value }) => value.vary.length > 0);
  return (request) => {
    const state = requestState(request);
    let asked: readonly Asked<Data>[] = NONE;
    let match: Asked<Data> | null;
    if (predicated) {
      const all: Asked<Data>[] = [];
      match = chooseRoute(table, request, all);
      asked = all;
    } else {
      match = table.match(state.url);
    }
    if (varies) {
      const vary = varyOf(match, asked);
      if (vary.length > 0) state.vary = vary;
    }
    if (match === null) return refuse(null, asked, request);
    state.match = match;
    state.bodyLimits = limitsBeforeView(match.value, request.method);
    const made = makeContext(match.value, request);
    return made === undefined
      ? answer(match, asked, request)
      : made.then(() => answer(match, asked, request));
  };
}

function answer<Data extends object>(
  match: Asked<Data>,
  asked: readonly Asked<Data>[],
  request: ViewRequest<Data>,
): Response | Promise<Response> {
  const view = chooseView(match.value.views, request);
  return view instanceof Promise
    ? view.then((view) => answerBy(view, match, asked, request))
    : answerBy(view, match, asked, request);
}

function answerBy<Data extends object>(
  view: RoutedView<Data> | undefined,
  match: Asked<Data>,
  asked: readonly Asked<Data>[],
  request: ViewRequest<Data>,
): Response | Promise<Response> {
  if (view === undefined) return refuse(match, asked, request);
  const state = requestState(request);
  state.view = view.label;
  state.bodyLimits = view.bodyLimits;
  state.isCsrfExempt = view.isCsrfExempt;
  state.isActivity = view.isActivity;
  return view.answer(request);
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

function refuse<Data extends object>(
  match: Asked<Data> | null,
  asked: readonly Asked<Data>[],
  request: ViewRequest<Data>,
): Promise<Response> {
  if (match === null && asked.length === 0) throw new HttpNotFound();
  return refusal(match, asked, request).then((error) => {
    throw error;
  });
}

/** What nearly answered. */
interface NearMisses {
  /** The methods of those whose method is wrong. */
  readonly methods: Set<string>;
  /** The media types of those whose method is right. */
  readonly types: Set<string>;
  /** The first view that would answer, had it named its methods. */
  unstated: ViewLabel | undefined;
}

/**
 * Says why nobody answers a request.
 *
 * A predicate that throws when it is asked for this does not hold: behind one that failed it was not
 * asked before, and may count on that.
 *
 * @param match The route that was taken, if any; none of its views answers.
 * @param asked The routes that were asked, this one among them.
 * @param request The request.
 */
export async function refusal<Data extends object>(
  match: Asked<Data> | null,
  asked: readonly Asked<Data>[],
  request: ViewRequest<Data>,
): Promise<HttpError> {
  const near: NearMisses = { methods: new Set(), types: new Set(), unstated: undefined };
  const state = requestState(request);
  for (const one of asked) {
    if (one === match) continue;
    state.match = one;
    await addRoute(near, one, request);
  }
  state.match = match ?? undefined;
  const takes = methodsTaken(match?.value.methods ?? null);
  for (const view of match?.value.views ?? []) await addView(near, view, takes, request);
  return refusalOf(near, request.method);
}

/** A route that was passed over: what its views would answer counts, whatever their own predicates say. */
async function addRoute<Data extends object>(
  near: NearMisses,
  { value: { accept, methods, predicates, views } }: Asked<Data>,
  request: ViewRequest<Data>,
): Promise<void> {
  if (!await othersHold(predicates, accept, request)) return;
  const takes = methodsTaken(methods);
  const { method } = request;
  if (takes(method) && views.some((view) => view.methods.holds(method))) {
    for (const type of accept?.types ?? []) near.types.add(type);
    return;
  }
  for (const view of views) {
    for (const allowed of view.methods.allowed) if (takes(allowed)) near.methods.add(allowed);
  }
}

async function addView<Data extends object>(
  near: NearMisses,
  { accept, label, methods, predicates }: RoutedView<Data>,
  takes: (method: string) => boolean,
  request: ViewRequest<Data>,
): Promise<void> {
  if (!await othersHold(predicates, accept, request)) return;
  if (methods.holds(request.method)) {
    for (const type of accept?.types ?? []) near.types.add(type);
    return;
  }
  for (const allowed of methods.allowed) if (takes(allowed)) near.methods.add(allowed);
  if (methods.isDefault) near.unstated ??= label;
}

/** Whether a route takes a method. */
function methodsTaken(methods: MethodPredicate | null): (method: string) => boolean {
  return (method) => methods === null || methods.holds(method);
}

/** Whether all hold but the one on media types. */
async function othersHold<Data extends object>(
  predicates: readonly Predicate[],
  accept: Predicate | null,
  request: ViewRequest<Data>,
): Promise<boolean> {
  for (const predicate of predicates) {
    if (predicate === accept) continue;
    try {
      if (!await predicate.holds(request)) return false;
    } catch {
      return false;
    }
  }
  return true;
}

function refusalOf({ methods, types, unstated }: NearMisses, method: string): HttpError {
  if (types.size > 0) {
    return new HttpNotAcceptable(`This address answers with ${[...types].join(" or ")}`);
  }
  if (methods.size === 0) return new HttpNotFound();
  const error = new HttpMethodNotAllowed([...methods]);
  // For the developer: the visitor reads the detail.
  if (unstated !== undefined) error.message = methodAdvice(unstated, method);
  return error;
}

function methodAdvice(view: ViewLabel, method: string): string {
  return `${view} names no requestMethod and so answers GET and HEAD: write requestMethod: "${method}" to answer ${method}`;
}
