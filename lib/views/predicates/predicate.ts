/**
 * Predicates: conditions under which a view or a route answers a request.
 *
 * @module
 */

import { either, type OptionKind, TEXT, TEXTS } from "../../check_options.ts";
import type { Route } from "../../routing/route.ts";
import type { AnyViewRequest } from "../request.ts";

/** A condition under which a view or a route answers a request. */
export interface Predicate {
  /**
   * The condition in words, such as `requestParam user`. Reports show it. Two predicates with the
   * same text count as the same condition.
   */
  readonly text: string;
  /**
   * Decides whether the condition is met. It must return true, false, or a promise of one of them.
   * A predicate of a route must not return a promise. Any other value is an error.
   */
  holds(request: AnyViewRequest): boolean | Promise<boolean>;
  /**
   * The request headers that it reads, such as `["Accept-Language"]`. Every response of its route
   * names them in `Vary`, so that caches keep the responses apart. Default: no header.
   */
  readonly vary?: readonly string[];
}

/**
 * Makes a predicate from the value that a view or a route gives for it. Pyramid: the class that
 * `add_view_predicate` takes.
 */
export type PredicateFactory = (value: unknown) => Predicate;

/** A predicate that every app has. */
export interface BuiltInPredicate extends Predicate {
  /**
   * Throws for a route on whose requests it can never match. Default: it accepts every route.
   *
   * @throws {ConfigurationError} If it can never match.
   */
  readonly checkRoute?: (route: Route) => void;
}

/**
 * An option for a built-in predicate: its values, and the predicate of a value.
 *
 * @typeParam Options The options, with this one among them.
 */
export interface PredicateOption<Options> extends OptionKind {
  /**
   * Makes the predicate.
   *
   * @param options The options of the view or route.
   * @param atOnce Whether it must not return a promise, as for a route.
   * @returns The predicate, or undefined if the option is missing.
   * @throws {ConfigurationError} If the value has the wrong form.
   */
  readonly predicate: (options: Options, atOnce: boolean) => BuiltInPredicate | undefined;
}

/** One text or several. */
export const ONE_OR_MORE_TEXTS: OptionKind = either(TEXT, TEXTS);

/** A value whose predicate must not match. */
export class Not<Value> {
  /** The value. */
  readonly value: Value;
  /** Wraps a value. Call {@linkcode not} instead. */
  constructor(value: Value) {
    this.value = value;
  }
}

/** A value, or a value in `not()`. */
export type OrNot<Value> = Value | Not<Value>;

/** Accepts the values of a kind, and also a value in `not()`. */
export function orNot(kind: OptionKind): OptionKind {
  return { ...kind, is: (value) => kind.is(value instanceof Not ? value.value : value) };
}

/**
 * Negates a predicate: the view or route answers if the predicate does not match. Pyramid: `not_`.
 *
 * @param value The value of the predicate.
 *
 * @example A view for everything but one action
 * ```ts
 * import { Configurator, html, not, route } from "@pyramidion/pyramidion";
 * import { assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * const act = route("act", "/:action");
 * const app = new Configurator().addRoute(act)
 *   .addView(() => html`done`, { route: act, matchParam: not("action=new") }).makeApp();
 * assertEquals((await app.fetch(new Request("https://app.test/edit"))).status, 200);
 * assertEquals((await app.fetch(new Request("https://app.test/new"))).status, 404);
 * ```
 */
export function not<Value>(value: Value): Not<Value> {
  return new Not(value);
}

/** Makes the predicate of a value, and negates it for a value in `not()`. */
export function predicateOf<Value>(
  stated: OrNot<Value>,
  make: (value: Value) => BuiltInPredicate,
): BuiltInPredicate {
  if (!(stated instanceof Not)) return make(stated);
  const predicate = make(stated.value);
  const { checkRoute, text, vary = [] } = predicate;
  return {
    text: `not ${text}`,
    vary,
    ...(checkRoute && { checkRoute }),
    holds(request) {
      const held = predicate.holds(request);
      return held instanceof Promise ? held.then((held) => !held) : !held;
    },
  };
}
