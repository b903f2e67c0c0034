/**
 * What a view answers, in words: two views that say the same conflict.
 *
 * @module
 */

import type { Route } from "../routing/route.ts";
import type { ForbiddenViewOptions } from "../views/exception_view_options.ts";
import { viewMethods } from "../views/method_predicate.ts";
import { requestParamPredicate } from "../views/param_predicates.ts";
import { Not } from "../views/predicate.ts";
import { builtInPredicatesOf, type PredicateOptions } from "../views/predicate_list.ts";
import type { ViewOptions } from "../views/view_options.ts";
import { identityOf } from "./identity.ts";

/**
 * What a view answers.
 *
 * @param wanted Its route.
 * @param conditions What {@linkcode viewConditions} says of it.
 */
export function viewSubject(wanted: Route | string, conditions: string): string {
  const route = typeof wanted === "string" ? wanted : wanted.name;
  return `a view of route "${route}" for ${conditions}`;
}

/**
 * Which requests a view answers: its methods and its predicates, whatever their order.
 *
 * @throws {ConfigurationError} If a predicate is not of its form.
 */
export function viewConditions(options: ViewOptions): string {
  const { requestMethod } = options;
  // The view that states GET stands beside one that states nothing, and goes before it.
  const methods = requestMethod === undefined
    ? "the default methods"
    : String(viewMethods(requestMethod));
  const predicates = predicatesInWords(options);
  return predicates.length === 0 ? methods : `${methods} where ${predicates.join(", ")}`;
}

/**
 * Which requests an exception view answers, behind the class of its errors; empty for all.
 *
 * @throws {ConfigurationError} If a predicate is not of its form.
 */
export function exceptionViewConditions(options: ForbiddenViewOptions): string {
  const { requestMethod } = options;
  const methods = requestMethod === undefined ? "" : ` for ${viewMethods(requestMethod)}`;
  const predicates = predicatesInWords(options);
  return predicates.length === 0 ? methods : `${methods} where ${predicates.join(", ")}`;
}

function predicatesInWords(options: PredicateOptions): string[] {
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
