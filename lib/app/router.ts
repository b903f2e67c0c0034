/**
 * From a request to the view that answers it.
 *
 * @module
 */

import { HttpNotFound } from "../http/errors.ts";
import type { RouteTable } from "../routing/route_table.ts";
import type { Answer } from "../views/answer.ts";
import { type HeldLimits, largerLimits } from "../views/body_limits.ts";
import { requestState, type ViewRequest } from "../views/request.ts";
import { refusal } from "./refusal.ts";
import {
  type Asked,
  chooseRoute,
  makeContext,
  type RoutedView,
  type RoutedViews,
  varyOf,
} from "./route_choice.ts";
import { chooseView } from "./view_choice.ts";

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
  state.view = view;
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
