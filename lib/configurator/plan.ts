/**
 * The plan of an app: the result of its statements.
 *
 * @module
 */

import type { Subscription } from "../app/events.ts";
import type { Tween } from "../app/tweens.ts";
import { BOOLEAN, type OptionKinds } from "../check_options.ts";
import type { SourceLocation } from "../source_location.ts";
import type { CsrfOptions } from "../views/csrf.ts";
import type { ViewDeriver } from "../views/derivers.ts";
import { BUILT_IN_RENDERERS, type Renderer } from "../views/handler.ts";
import type { PredicateFactory } from "../views/predicates/predicate.ts";
import type { SecurityPolicy } from "../views/security.ts";
import type { SessionFactory } from "../../session.ts";
import type { Ordered } from "./order.ts";
import type { StatedRoute } from "./route_statement.ts";
import type { StatedExceptionView, StatedView } from "./view_statement.ts";

/** The options of `addRequestMethod()`. */
export interface RequestMethodOptions {
  /**
   * Whether the member is a property. The function then runs at the first reading, and the request
   * keeps the value. @default {false}
   */
  readonly property?: boolean;
}

/** The kinds of the values in {@linkcode RequestMethodOptions}. */
export const REQUEST_METHOD_KINDS: OptionKinds<RequestMethodOptions> = { property: BOOLEAN };

/** A tween and its position. */
export interface PlannedTween<Data extends object> extends Ordered {
  /** The tween. */
  readonly tween: Tween<Data>;
}

/** A deriver and its position. */
export interface PlannedDeriver<Data extends object> extends Ordered {
  /** The deriver. */
  readonly derive: ViewDeriver<Data>;
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

/**
 * Holds the results of the statements. A later statement of one subject replaces an earlier one.
 */
export class Plan<Data extends object> {
  /** Whether the app answers errors with development pages. */
  readonly development: boolean;
  /** The routes, in the order in which they are matched. */
  readonly routes = new Map<string, StatedRoute>();
  /** The views. */
  readonly views = new Map<string, StatedView>();
  /** The exception views. */
  readonly exceptionViews = new Map<string, StatedExceptionView>();
  /** The tweens, in the order in which they were added. */
  readonly tweens = new Map<string, PlannedTween<Data>>();
  /** The derivers, in the order in which they were added. */
  readonly derivers = new Map<string, PlannedDeriver<Data>>();
  /** The renderers, by name or by suffix. */
  readonly renderers = new Map<string, Renderer>(BUILT_IN_RENDERERS);
  /** The renderer of views that state none, and its source location. */
  defaultRenderer:
    | { readonly renderer: string | Renderer; readonly place: SourceLocation }
    | undefined;
  /** The view predicates of the app's own, by name. */
  readonly viewPredicates = new Map<string, PredicateFactory>();
  /** The route predicates of the app's own, by name. */
  readonly routePredicates = new Map<string, PredicateFactory>();
  /** The methods that requests have, by name. */
  readonly requestMethods = new Map<string, PlannedRequestMethod>();
  /** The subscribers, in the order in which they were added. */
  readonly subscriptions: Subscription[] = [];
  /** The settings. */
  readonly settings: Record<string, unknown> = {};
  /** The session factory. */
  sessionFactory: SessionFactory<Data> | undefined;
  /** The security policy and its source location. */
  securityPolicy:
    | { readonly policy: SecurityPolicy<Data>; readonly place: SourceLocation }
    | undefined;
  /** The permission that views without a permission of their own demand. */
  defaultPermission: string | undefined;
  /** The CSRF options and their source location. */
  csrf: { readonly options: CsrfOptions; readonly place: SourceLocation } | undefined;

  /** Begins an empty plan. */
  constructor(development: boolean) {
    this.development = development;
  }

  /** Adds a route after all others, and removes an earlier one with the same key. */
  addRoute(key: string, route: StatedRoute): void {
    this.routes.delete(key);
    this.routes.set(key, route);
  }
}
