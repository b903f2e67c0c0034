/**
 * Predicates on parameters: of the query and the form, and of the route's pattern.
 *
 * @module
 */

import { ConfigurationError } from "../../configuration_error.ts";
import { type AnyViewRequest, requestState } from "../request.ts";
import type { Predicate } from "./predicate.ts";

/** One condition, such as `user` (is there) or `user=ada` (is that), or several that must all hold. */
export type ParamConditions = string | readonly string[];

interface Condition {
  readonly name: string;
  readonly value: string | null;
}

/**
 * Holds where the query string, or else a form in the body, has every parameter.
 *
 * The body is read only where the query string does not decide. Pyramid: `request_param`.
 */
export function requestParamPredicate(stated: ParamConditions): Predicate {
  const conditions = conditionsOf("requestParam", stated);
  const holdsIn = (params: URLSearchParams): boolean =>
    conditions.every(({ name, value }) =>
      value === null ? params.has(name) : params.get(name) === value
    );
  return {
    text: textOf("requestParam", conditions),
    holds(request) {
      if (holdsIn(request.query)) return true;
      if (!request.hasForm || !mayHaveForm(request)) return false;
      return requestState(request).body.leadingFields().then(({ fields }) =>
        holdsIn(new URLSearchParams([...request.query, ...fields]))
      );
    },
  };
}

/** Holds where the query string has every parameter: for routes, which must answer at once. */
export function queryParamPredicate(stated: ParamConditions): Predicate {
  const conditions = conditionsOf("requestParam", stated);
  return {
    text: textOf("requestParam", conditions),
    holds: ({ query }) =>
      conditions.every(({ name, value }) =>
        value === null ? query.has(name) : query.get(name) === value
      ),
  };
}

/** Holds where the route's pattern captured what is stated. Pyramid: `match_param`. */
export function matchParamPredicate(stated: ParamConditions): Predicate {
  const conditions = conditionsOf("matchParam", stated);
  for (const { name, value } of conditions) {
    if (value === null) {
      throw new ConfigurationError(
        `Cannot use matchParam "${name}": must be a name and a value, such as "${name}=edit"`,
      );
    }
  }
  return {
    text: textOf("matchParam", conditions),
    holds: ({ matchdict }) => conditions.every(({ name, value }) => matchdict[name] === value),
  };
}

/** The names that conditions are about. */
export function paramNames(stated: ParamConditions): string[] {
  return conditionsOf("matchParam", stated).map(({ name }) => name);
}

function conditionsOf(option: string, stated: ParamConditions): Condition[] {
  const list = typeof stated === "string" ? [stated] : stated;
  const conditions = list.map((text) => {
    const equals = text.indexOf("=", 1);
    return equals === -1
      ? { name: text, value: null }
      : { name: text.slice(0, equals), value: text.slice(equals + 1) };
  });
  if (conditions.length === 0 || conditions.some(({ name }) => name === "")) {
    throw new ConfigurationError(
      `Cannot use ${option} without a name: write "name" or "name=value"`,
    );
  }
  return conditions;
}

function textOf(option: string, conditions: readonly Condition[]): string {
  const texts = conditions.map(({ name, value }) => value === null ? name : `${name}=${value}`);
  return `${option} ${texts.sort().join(" ")}`;
}

function mayHaveForm({ method, raw }: AnyViewRequest): boolean {
  return method !== "GET" && method !== "HEAD" && raw.body !== null;
}
