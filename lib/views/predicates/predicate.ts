/**
 * What must hold of a request for a view or a route to answer it.
 *
 * @module
 */

import { either, type OptionKind, TEXT, TEXTS } from "../../check_options.ts";
import type { Route } from "../../routing/route.ts";
import type { AnyViewRequest } from "../request.ts";

/** One condition on requests. */
export interface Predicate {
  /**
   * The condition in words, such as `requestParam user`: for people, and to tell conditions apart.
   * Two of the same text count as the same.
   */
  readonly text: string;
  /** Whether it holds. A route's predicates must answer at once. Anything but true or false is an error. */
  holds(request: AnyViewRequest): boolean | Promise<boolean>;
  /**
   * The request headers that it reads, such as `["Accept-Language"]`: every answer of its route names
   * them in `Vary`, so that caches keep the answers apart. Default: none.
   */
  readonly vary?: readonly string[];
}

/** Makes a predicate of the value that a view or route states for it. */
export type PredicateFactory = (value: unknown) => Predicate;

/** A predicate that every app has, made of the option that states it. */
export interface BuiltInPredicate extends Predicate {
  /**
   * Refuses a route on whose requests it could never hold. Default: it refuses none.
   *
   * @throws {ConfigurationError} If it could not.
   */
  readonly checkRoute?: (route: Route) => void;
}

/**
 * An option by which views and routes state a built-in predicate: what it takes, and what is made of it.
 *
 * @typeParam Options The options, with this one among them.
 */
export interface PredicateOption<Options> extends OptionKind {
  /**
   * Makes the predicate.
   *
   * @param options What is stated.
   * @param atOnce Whether it must answer at once, as a route's must.
   * @returns The predicate, or undefined where this option is not stated.
   * @throws {ConfigurationError} If what is stated is not of its form.
   */
  readonly predicate: (options: Options, atOnce: boolean) => BuiltInPredicate | undefined;
}

/** One text or several. */
export const ONE_OR_MORE_TEXTS: OptionKind = either(TEXT, TEXTS);

/** A value whose predicate must not hold. */
export class Not<Value> {
  /** The value. */
  readonly value: Value;
  /** Wraps a value; {@linkcode not} does. */
  constructor(value: Value) {
    this.value = value;
  }
}

/** A value, or one whose predicate must not hold. */
export type OrNot<Value> = Value | Not<Value>;

/** A value of a kind, or one whose predicate must not hold. */
export function orNot(kind: OptionKind): OptionKind {
  return { ...kind, is: (value) => kind.is(value instanceof Not ? value.value : value) };
}

/**
 * Demands that a predicate does not hold. Pyramid: `not_`.
 *
 * @param value What the predicate would take.
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

/** The predicate of a value, turned round where the value says so. */
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
