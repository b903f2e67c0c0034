/**
 * From planned exception views to those that answer.
 *
 * @module
 */

import { appendingSlash } from "../app/append_slash.ts";
import type { RegisteredExceptionView } from "../app/exception_views.ts";
import { HttpException } from "../http/errors.ts";
import { viewMethods } from "../views/predicates/method.ts";
import { requestParamPredicate } from "../views/predicates/params.ts";
import type { Predicate } from "../views/predicates/predicate.ts";
import { predicatesOf } from "../views/predicates/predicates.ts";
import type { Plan, PlannedExceptionView } from "./plan.ts";
import type { AssembledRoutes } from "./route_assembly.ts";
import {
  acceptOf,
  checkMatchParam,
  declaredAt,
  methodWeight,
  rendererOf,
} from "./view_assembly.ts";

/**
 * Makes the exception views of a plan ready to answer.
 *
 * @throws {ConfigurationError} If one wants what is not there.
 */
export function assembleExceptionViews<Data extends object>(
  plan: Plan<Data>,
  routes: AssembledRoutes<Data>,
): RegisteredExceptionView[] {
  return [...plan.exceptionViews.values()].map((planned) => assembled(plan, routes, planned));
}

function assembled<Data extends object>(
  plan: Plan<Data>,
  { names, table }: AssembledRoutes<Data>,
  planned: PlannedExceptionView,
): RegisteredExceptionView {
  const { appendSlash, conditions, context, label, part, view } = planned;
  try {
    const route = planned.route === undefined ? null : names.get(planned.route, part);
    if (route !== null) checkMatchParam(conditions, route);
    const owner = { name: () => String(label), atOnce: false };
    const predicates = predicatesOf(
      conditions,
      requestParamPredicate,
      plan.viewPredicates,
      owner,
    );
    const methods = viewMethods(conditions.requestMethod, "*");
    return {
      context,
      label,
      route,
      methods,
      predicates: predicates.map(lenient),
      accept: acceptOf(predicates),
      weight: predicates.length + methodWeight(methods),
      renderer: rendererOf(plan, planned.renderer),
      view: appendSlash === undefined ? view : appendingSlash(table, appendSlash, view),
    };
  } catch (error) {
    throw declaredAt(error, String(label));
  }
}

/**
 * The same, which does not hold where the visitor's request does not let it be asked: a form that
 * cannot be read may be the very error that is answered.
 */
function lenient(predicate: Predicate): Predicate {
  const { text, vary = [] } = predicate;
  return {
    text,
    vary,
    async holds(request) {
      try {
        return await predicate.holds(request);
      } catch (error) {
        if (error instanceof HttpException) return false;
        throw error;
      }
    },
  };
}
