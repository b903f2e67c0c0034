/**
 * From a request to the view that answers it.
 *
 * @module
 */

import { HttpMethodNotAllowed, HttpNotFound } from "../http/errors.ts";
import type { Route } from "../routing/route.ts";
import type { RouteTable } from "../routing/route_table.ts";
import type { AcceptPredicate } from "../views/accept_predicate.ts";
import type { Answer } from "../views/answer.ts";
import type { MethodPredicate } from "../views/method_predicate.ts";
import type { Predicate } from "../views/predicate.ts";
import type { RequestRoute } from "../views/request_state.ts";
import { type AnyViewRequest, requestState, type ViewRequest } from "../views/request.ts";

/** A view of a route, ready to answer. */
export interface RoutedView<Data extends object> {
  /** The view's name, for messages. */
  readonly name: string;
  /** Which methods it answers. */
  readonly methods: MethodPredicate;
  /** What else must hold. */
  readonly predicates: readonly Predicate[];
  /** The one of the predicates that tells how welcome the view is. */
  readonly accept: AcceptPredicate | null;
  /** How many predicates it states, the method included; half a one for default methods. */
  readonly weight: number;
  /** Whether forms of other sites get the session. */
  readonly isCsrfExempt: boolean;
  /** Whether its requests count as activity of the session. */
  readonly isActivity: boolean;
  /** Answers. */
  readonly answer: Answer<Data>;
}

/** A route with its views, in the order in which they are tried. */
export interface RoutedViews<Data extends object> extends RequestRoute {
  /** The route. */
  readonly route: Route;
  /** What must hold for the route to match; otherwise the next one is tried. */
  readonly predicates: readonly Predicate[];
  /** Which methods it matches; `null`: all. */
  readonly methods: MethodPredicate | null;
  /** Its views, those that state more first. */
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
  const predicated = table.statements.some((statement) => statement.predicated);
  return (request) => {
    const state = requestState(request);
    const match = predicated
      ? table.match(state.url, (value, match) => {
        state.match = match;
        return routeHolds(value, request);
      })
      : table.match(state.url);
    if (match === null) throw new HttpNotFound();
    state.match = match;
    const made = makeContext(match.value, request);
    return made === undefined
      ? answer(match.value.views, request)
      : made.then(() => answer(match.value.views, request));
  };
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

/** What `await` waits for: a promise, or such as the queries of some database libraries. */
function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value &&
    typeof value.then === "function";
}

function answer<Data extends object>(
  views: readonly RoutedView<Data>[],
  request: ViewRequest<Data>,
): Response | Promise<Response> {
  const view = viewFor(views, request);
  return view instanceof Promise
    ? view.then((view) => answerBy(view, request))
    : answerBy(view, request);
}

function answerBy<Data extends object>(
  view: RoutedView<Data>,
  request: ViewRequest<Data>,
): Response | Promise<Response> {
  const state = requestState(request);
  state.view = view.name;
  state.isCsrfExempt = view.isCsrfExempt;
  state.isActivity = view.isActivity;
  return view.answer(request);
}

/** Whether a route takes a request that its pattern matches. */
function routeHolds<Data extends object>(
  { methods, predicates }: RoutedViews<Data>,
  request: ViewRequest<Data>,
): boolean {
  if (methods !== null && !methods.holds(request.method)) return false;
  return predicates.every((predicate) => predicate.holds(request) === true);
}

function viewFor<Data extends object>(
  views: readonly RoutedView<Data>[],
  request: ViewRequest<Data>,
): RoutedView<Data> | Promise<RoutedView<Data>> {
  const welcome = inOrder(views, request);
  for (let i = 0; i < welcome.length; i++) {
    const view = welcome[i]!;
    if (!view.methods.holds(request.method)) continue;
    const held = holds(view.predicates, request);
    if (held instanceof Promise) return firstOf(welcome, i, held, request);
    if (held) return view;
  }
  return refuse(views, request);
}

/** Goes on where a predicate had to wait, as one on a form's fields does. */
async function firstOf<Data extends object>(
  views: readonly RoutedView<Data>[],
  at: number,
  held: Promise<boolean>,
  request: ViewRequest<Data>,
): Promise<RoutedView<Data>> {
  if (await held) return views[at]!;
  for (const view of views.slice(at + 1)) {
    const answers = view.methods.holds(request.method);
    if (answers && await holds(view.predicates, request)) return view;
  }
  return await refuse(views, request);
}

function holds(
  predicates: readonly Predicate[],
  request: AnyViewRequest,
): boolean | Promise<boolean> {
  for (let i = 0; i < predicates.length; i++) {
    const held = predicates[i]!.holds(request);
    if (held instanceof Promise) {
      return held.then((held) => held && holds(predicates.slice(i + 1), request));
    }
    if (!held) return false;
  }
  return true;
}

/** 405 where another method would be answered, else 404. */
async function refuse<Data extends object>(
  views: readonly RoutedView<Data>[],
  request: ViewRequest<Data>,
): Promise<never> {
  const allowed: string[] = [];
  let unstated: string | undefined;
  for (const { methods, name, predicates } of views) {
    if (methods.methods === null || methods.holds(request.method)) continue;
    if (!await holds(predicates, request)) continue;
    allowed.push(...methods.methods);
    if (methods.isDefault) unstated ??= name;
  }
  if (allowed.length === 0) throw new HttpNotFound();
  const error = new HttpMethodNotAllowed(allowed);
  // For the developer: the visitor reads the detail.
  if (unstated !== undefined) error.message = methodAdvice(unstated, request.method);
  throw error;
}

function methodAdvice(view: string, method: string): string {
  return `${view} names no requestMethod and so answers GET and HEAD: write requestMethod: "${method}" to answer ${method}`;
}

/** The views in the order in which they are tried: of those that state as much, the most welcome first. */
export function inOrder<Data extends object>(
  views: readonly RoutedView<Data>[],
  request: ViewRequest<Data>,
): readonly RoutedView<Data>[] {
  if (views.length < 2 || views.every(({ accept }) => accept === null)) return views;
  const quality = new Map(views.map((view) => [view, view.accept?.quality(request) ?? 0]));
  return views.toSorted((one, other) =>
    other.weight - one.weight || quality.get(other)! - quality.get(one)!
  );
}
