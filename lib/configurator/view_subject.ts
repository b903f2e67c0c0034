/**
 * What a view answers, in words: two views that say the same conflict.
 *
 * @module
 */

import type { Route } from "../routing/route.ts";
import { MethodPredicate } from "../views/method_predicate.ts";
import { requestParamPredicate } from "../views/param_predicates.ts";
import { Not } from "../views/predicate.ts";
import { predicatesOf } from "../views/predicate_list.ts";
import type { ViewOptions } from "../views/view_options.ts";
import { identityOf } from "./identity.ts";

/**
 * What a view answers: its route, its methods and its predicates, whatever their order.
 *
 * @throws {ConfigurationError} If a predicate is not of its form.
 */
export function viewSubject(options: ViewOptions, wanted: Route | string): string {
  const { custom = {}, ...stated } = options;
  const methods = new MethodPredicate(options.requestMethod);
  const predicates = predicatesOf(stated, requestParamPredicate, new Map()).map(({ text }) => text);
  const own = Object.entries(custom).map(([name, value]) => `${name} ${textOf(value)}`);
  const all = [...predicates, ...own.sort()].join(", ");
  const route = typeof wanted === "string" ? wanted : wanted.name;
  return `a view of route "${route}" for ${methods}${all === "" ? "" : ` where ${all}`}`;
}

function textOf(value: unknown): string {
  if (value instanceof Not) return `not ${textOf(value.value)}`;
  if (Array.isArray(value)) return `[${value.map(textOf).join(" ")}]`;
  const isObject = typeof value === "object" || typeof value === "function";
  return isObject && value !== null ? identityOf(value) : String(value);
}
