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

/** One condition, such as `user` (is there) or `user=ada` (is that), or several that must all hold. */
export type ParamConditions = string | readonly string[];

/** The option that states it: what it takes, and what is made of it. */
export const REQUEST_PARAM: PredicateOption<{ readonly requestParam?: OrNot<ParamConditions> }> = {
  ...orNot(ONE_OR_MORE_TEXTS),
  predicate: ({ requestParam }, atOnce) =>
    requestParam === undefined
      ? undefined
      : predicateOf(requestParam, atOnce ? queryParamPredicate : requestParamPredicate),
};

/** A parameter, and its value; `null`: any. */
export interface ParamCondition {
  /** The name. */
  readonly name: string;
  /** The value. */
  readonly value: string | null;
}

/**
 * Holds where the query string, or else a form in the body, has every parameter.
 *
 * The body is read only where the query string does not decide. Pyramid: `request_param`.
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

/** Holds where the query string has every parameter: for routes, which must answer at once. */
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
 * The conditions that are stated.
 *
 * @param option The option that states them, for the message.
 * @throws {ConfigurationError} If there is none, or one has no name.
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
      `Cannot use ${option} without a name: write "name" or "name=value"`,
    );
  }
  return conditions;
}

/** The conditions in words, whatever their order. */
export function paramsText(option: string, conditions: readonly ParamCondition[]): string {
  const texts = conditions.map(({ name, value }) => value === null ? name : `${name}=${value}`);
  return `${option} ${texts.sort().join(" ")}`;
}

function mayHaveForm({ method, raw }: AnyViewRequest): boolean {
  return method !== "GET" && method !== "HEAD" && raw.body !== null;
}
