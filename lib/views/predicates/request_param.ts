/**
 * The predicate `requestParam`.
 *
 * @module
 */

import { ConfigurationError } from "../../configuration_error.ts";
import { type AnyViewRequest, requestState } from "../request.ts";
import {
  type BuiltInPredicate,
  ONE_OR_MORE_TEXTS,
  type OrNot,
  orNot,
  predicateOf,
  type PredicateOption,
} from "./predicate.ts";

/**
 * A condition such as `user` (the parameter exists) or `user=ada` (it has this value), or a list.
 * All conditions of a list must be met.
 */
export type ParamConditions = string | readonly string[];

/** The option `requestParam`: its values, and the predicate of a value. */
export const REQUEST_PARAM: PredicateOption<{ readonly requestParam?: OrNot<ParamConditions> }> = {
  ...orNot(ONE_OR_MORE_TEXTS),
  predicate: ({ requestParam }, atOnce) =>
    requestParam === undefined
      ? undefined
      : predicateOf(requestParam, atOnce ? queryParamPredicate : requestParamPredicate),
};

/** A parameter and its value. */
export interface ParamCondition {
  /** The name. */
  readonly name: string;
  /** The value. `null` accepts any value. */
  readonly value: string | null;
}

/**
 * Matches if the query string and a form in the body together have every parameter.
 *
 * The app reads the body only if the query string alone does not have them. Pyramid:
 * `request_param`.
 */
export function requestParamPredicate(stated: ParamConditions): BuiltInPredicate {
  const conditions = paramConditions("requestParam", stated);
  const holdsIn = (params: URLSearchParams): boolean =>
    conditions.every(({ name, value }) =>
      value === null ? params.has(name) : params.get(name) === value
    );
  return {
    text: paramsText("requestParam", conditions),
    holds(request) {
      if (holdsIn(request.query)) return true;
      if (!request.hasForm || !mayHaveForm(request)) return false;
      return requestState(request).body.leadingFields().then(({ fields }) =>
        holdsIn(new URLSearchParams([...request.query, ...fields]))
      );
    },
  };
}

/**
 * Matches if the query string has every parameter. Routes use it, because they cannot wait for the
 * body.
 */
export function queryParamPredicate(stated: ParamConditions): BuiltInPredicate {
  const conditions = paramConditions("requestParam", stated);
  return {
    text: paramsText("requestParam", conditions),
    holds: ({ query }) =>
      conditions.every(({ name, value }) =>
        value === null ? query.has(name) : query.get(name) === value
      ),
  };
}

/**
 * Reads conditions.
 *
 * @param option The name of the option in the message.
 * @throws {ConfigurationError} If the list is empty, or a condition has no name.
 */
export function paramConditions(option: string, stated: ParamConditions): ParamCondition[] {
  const list = typeof stated === "string" ? [stated] : stated;
  const conditions = list.map((text) => {
    const equals = text.indexOf("=", 1);
    return equals === -1
      ? { name: text, value: null }
      : { name: text.slice(0, equals), value: text.slice(equals + 1) };
  });
  if (conditions.length === 0 || conditions.some(({ name }) => name === "")) {
    throw new ConfigurationError(
      `Cannot use ${option}: it has no name: write "name" or "name=value"`,
    );
  }
  return conditions;
}

/** The conditions in words, in alphabetical order. */
export function paramsText(option: string, conditions: readonly ParamCondition[]): string {
  const texts = conditions.map(({ name, value }) => value === null ? name : `${name}=${value}`);
  return `${option} ${texts.sort().join(" ")}`;
}

function mayHaveForm({ method, raw }: AnyViewRequest): boolean {
  return method !== "GET" && method !== "HEAD" && raw.body !== null;
}
