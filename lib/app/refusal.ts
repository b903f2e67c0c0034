/**
 * Why nobody answers a request: 404, 405 or 406.
 *
 * @module
 */

import {
  type HttpError,
  HttpMethodNotAllowed,
  HttpNotAcceptable,
  HttpNotFound,
} from "../http/errors.ts";
import type { MethodPredicate } from "../views/predicates/method.ts";
import type { Predicate } from "../views/predicates/predicate.ts";
import type { StateOf, ViewRequest } from "../views/request.ts";
import type { ViewLabel } from "../views/view_label.ts";
import type { Asked, RoutedView } from "./routed_view.ts";

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
 * @param state What happens to it.
 */
export async function refusal<Data extends object>(
  match: Asked<Data> | null,
  asked: readonly Asked<Data>[],
  request: ViewRequest<Data>,
  state: StateOf<Data>,
): Promise<HttpError> {
  const near: NearMisses = { methods: new Set(), types: new Set(), unstated: undefined };
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
