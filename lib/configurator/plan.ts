/**
 * The plan of an app: the result of its statements.
 *
 * @module
 */

import type { Subscription } from "../app/events.ts";
import { BOOLEAN, type OptionKinds } from "../check_options.ts";
import type { SourceLocation } from "../source_location.ts";
import type { RequestLimits } from "../views/body_limits.ts";
import type { CsrfOptions } from "../views/csrf.ts";
import type { DeriverInfo } from "../views/derivers.ts";
import { type AppHandler, BUILT_IN_RENDERERS, type Renderer } from "../views/handler.ts";
import type { PredicateFactory } from "../views/predicates/predicate.ts";
import type { SecurityPolicy } from "../views/security.ts";
import type { SessionFactory } from "../../session.ts";
import type { Part } from "./includes.ts";
import type { Ordered } from "./order.ts";
import type { StatedRoute } from "./route_statement.ts";
import type { StatedExceptionView, StatedView } from "./view_statement.ts";

/**
 * The options of `addRequestMethod()`.
 *
 * @typeParam Property The type of `property`, which decides the type of the member.
 */
export interface RequestMethodOptions<Property extends boolean = boolean> {
  /**
   * Whether the member is a property. The function then runs at the first reading, and the request
   * keeps the value. @default {false}
   */
  readonly property?: Property;
}

/** The kinds of the values in {@linkcode RequestMethodOptions}. */
export const REQUEST_METHOD_KINDS: OptionKinds<RequestMethodOptions> = { property: BOOLEAN };

/** A tween and its position. */
export interface PlannedTween<Data extends object> extends Ordered {
  /** The tween. */
  readonly tween: (handler: AppHandler<Data>) => AppHandler<Data>;
}

/** A deriver and its position. */
export interface PlannedDeriver<Data extends object> extends Ordered {
  /** The deriver. */
  readonly derive: (handler: AppHandler<Data>, info: DeriverInfo) => AppHandler<Data>;
}

/** A method or property that every request of the app has. */
export interface PlannedRequestMethod {
  /** The function. */
  readonly method: (request: never, ...args: never[]) => unknown;
  /** Whether it is a property, which is computed at the first reading and kept. */
  readonly isProperty: boolean;
  /** The source location of the statement. */
  readonly place: SourceLocation;
}

/** Holds what is stated about an app as a whole, or about a scoped part. */
export class ScopePlan<Data extends object> {
  /** The tweens, in the order in which they were added. */
  readonly tweens = new Map<string, PlannedTween<Data>>();
  /** The derivers, in the order in which they were added. */
  readonly derivers = new Map<string, PlannedDeriver<Data>>();
  /** The renderers, by name. */
  readonly renderers = new Map<string, Renderer>();
  /** The view predicates of the app's own, by name. */
  readonly viewPredicates = new Map<string, PredicateFactory>();
  /** The route predicates of the app's own, by name. */
  readonly routePredicates = new Map<string, PredicateFactory>();
  /** The subscribers, in the order in which they were added. */
  readonly subscriptions: Subscription[] = [];
  /** The settings. */
  readonly settings: Record<string, unknown> = {};
  /** The security policy and its source location. */
  securityPolicy:
    | { readonly policy: SecurityPolicy<Data>; readonly place: SourceLocation }
    | undefined;
  /** The permission that views without a permission of their own demand. */
  defaultPermission: string | undefined;
  /** The CSRF options and their source location. */
  csrf: { readonly options: CsrfOptions; readonly place: SourceLocation } | undefined;
  /** The limits for the bodies of views and routes without limits of their own. */
  bodyLimits: RequestLimits | undefined;

  /**
   * What holds in a scoped part: what the part states, and what holds around it. Tweens and
   * subscribers are left out, because those around it are called anyway.
   *
   * @param outer What holds around the part.
   */
  within(outer: ScopePlan<Data>): ScopePlan<Data> {
    const held = new ScopePlan<Data>();
    for (
      const { derivers, renderers, viewPredicates, routePredicates, settings } of [outer, this]
    ) {
      addAll(held.derivers, derivers);
      addAll(held.renderers, renderers);
      addAll(held.viewPredicates, viewPredicates);
      addAll(held.routePredicates, routePredicates);
      Object.assign(held.settings, settings);
    }
    held.securityPolicy = this.securityPolicy ?? outer.securityPolicy;
    held.defaultPermission = this.defaultPermission ?? outer.defaultPermission;
    held.csrf = this.csrf ?? outer.csrf;
    held.bodyLimits = { ...outer.bodyLimits, ...this.bodyLimits };
    return held;
  }
}

function addAll<Value>(to: Map<string, Value>, from: ReadonlyMap<string, Value>): void {
  for (const [name, value] of from) to.set(name, value);
}

/**
 * Holds the results of the statements. A later statement of one subject replaces an earlier one.
 */
export class Plan<Data extends object> extends ScopePlan<Data> {
  /** Whether the app answers errors with development pages. */
  readonly development: boolean;
  /** The routes, in the order in which they are matched. */
  readonly routes = new Map<string, StatedRoute>();
  /** The views. */
  readonly views = new Map<string, StatedView>();
  /** The exception views, those of scoped parts among them. */
  readonly exceptionViews = new Map<string, StatedExceptionView>();
  /** The methods that requests have, by name. */
  readonly requestMethods = new Map<string, PlannedRequestMethod>();
  /** The session factory. */
  sessionFactory: SessionFactory<Data> | undefined;
  readonly #scopes = new Map<Part, ScopePlan<Data>>();

  /** Begins an empty plan. */
  constructor(development: boolean) {
    super();
    this.development = development;
    addAll(this.renderers, BUILT_IN_RENDERERS);
  }

  /** What is stated about a scope: this plan for the app's own part. */
  of(scope: Part): ScopePlan<Data> {
    if (scope.parent === null) return this;
    const stated = this.#scopes.get(scope) ?? new ScopePlan<Data>();
    this.#scopes.set(scope, stated);
    return stated;
  }

  /** What holds in a scope: what is stated about it and about the scopes around it. */
  heldIn(scope: Part): ScopePlan<Data> {
    return scope.parent === null ? this : this.of(scope).within(this.heldIn(scope.parent.scope));
  }

  /** Adds a route after all others, and removes an earlier one with the same key. */
  addRoute(key: string, route: StatedRoute): void {
    this.routes.delete(key);
    this.routes.set(key, route);
  }
}
