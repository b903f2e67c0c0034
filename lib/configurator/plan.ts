/**
 * What the statements of a configuration add up to.
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

/** How a request method is added. */
export interface RequestMethodOptions {
  /** Whether it is read like a property: worked out when it is first read, and kept. @default {false} */
  readonly property?: boolean;
}

/** What {@linkcode RequestMethodOptions} take. */
export const REQUEST_METHOD_KINDS: OptionKinds<RequestMethodOptions> = { property: BOOLEAN };

/** A tween and where it stands. */
export interface PlannedTween<Data extends object> extends Ordered {
  /** The tween. */
  readonly tween: Tween<Data>;
}

/** A deriver and where it stands. */
export interface PlannedDeriver<Data extends object> extends Ordered {
  /** The deriver. */
  readonly derive: ViewDeriver<Data>;
}

/** A method or property that every request of the app has. */
export interface PlannedRequestMethod {
  /** The function. */
  readonly method: (request: never, ...args: never[]) => unknown;
  /** Whether it is a property, worked out when it is first read, and kept. */
  readonly isProperty: boolean;
  /** Where it was declared. */
  readonly place: SourceLocation;
}

/** Takes what statements carry out; a later statement of one subject replaces an earlier one. */
export class Plan<Data extends object> {
  /** Whether errors are answered with a page that shows what happened. */
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
  /** The renderers, by name. */
  readonly renderers = new Map<string, Renderer>(BUILT_IN_RENDERERS);
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
  /** Where sessions come from. */
  sessionFactory: SessionFactory<Data> | undefined;
  /** Who a visitor is, and where that was stated. */
  securityPolicy:
    | { readonly policy: SecurityPolicy<Data>; readonly place: SourceLocation }
    | undefined;
  /** What views demand that say nothing. */
  defaultPermission: string | undefined;
  /** How requests are checked for coming from another site, and where that was stated. */
  csrf: { readonly options: CsrfOptions; readonly place: SourceLocation } | undefined;

  /** Begins a plan. */
  constructor(development: boolean) {
    this.development = development;
  }

  /** Adds a route behind all others; one of the same key is replaced. */
  addRoute(key: string, route: StatedRoute): void {
    this.routes.delete(key);
    this.routes.set(key, route);
  }
}
