/**
 * What a view answers, in words: two views that say the same conflict.
 *
 * @module
 */

import type { Route } from "../routing/route.ts";
import { viewMethods } from "../views/method_predicate.ts";
import { requestParamPredicate } from "../views/param_predicates.ts";
import { Not } from "../views/predicate.ts";
import { builtInPredicatesOf } from "../views/predicate_list.ts";
import type { ViewOptions } from "../views/view_options.ts";
import { identityOf } from "./identity.ts";

/**
 * What a view answers: its route, its methods and its predicates, whatever their order.
 *
 * @throws {ConfigurationError} If a predicate is not of its form.
 */
export function viewSubject(options: ViewOptions, wanted: Route | string): string {
  const route = typeof wanted === "string" ? wanted : wanted.name;
  const subject = `a view of route "${route}" for ${viewMethods(options.requestMethod)}`;
  const conditions = conditionsOf(options);
  return conditions.length === 0 ? subject : `${subject} where ${conditions.join(", ")}`;
}

function conditionsOf(options: ViewOptions): string[] {
  const builtIn = builtInPredicatesOf(options, requestParamPredicate).map(({ text }) => text);
  if (options.custom === undefined) return builtIn;
  const own = Object.entries(options.custom).map(([name, value]) => `${name} ${textOf(value)}`);
  return [...builtIn, ...own.sort()];
}

function textOf(value: unknown): string {
  if (value instanceof Not) return `not ${textOf(value.value)}`;
  if (Array.isArray(value)) return `[${value.map(textOf).join(" ")}]`;
  const isObject = typeof value === "object" || typeof value === "function";
  return isObject && value !== null ? identityOf(value) : String(value);
}
