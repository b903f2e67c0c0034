/**
 * What the statements of a configuration add up to.
 *
 * @module
 */

import type { Subscription } from "../app/events.ts";
import type { RegisteredExceptionView } from "../app/exception_views.ts";
import type { Tween } from "../app/tweens.ts";
import type { RedirectStatus } from "../http/redirect.ts";
import type { SourceLocation } from "../source_location.ts";
import type { Route } from "../routing/route.ts";
import type { ViewDeriver } from "../views/derivers.ts";
import type { CsrfOptions } from "../views/csrf.ts";
import type { ForbiddenViewOptions } from "../views/view.ts";
import type { RequestLimits } from "../views/body_limits.ts";
import type { RequestMethod } from "../views/predicates/method.ts";
import type { OrNot, PredicateFactory } from "../views/predicates/predicate.ts";
import type { PredicateOptions } from "../views/predicates/predicates.ts";
import { BUILT_IN_RENDERERS, type Renderer } from "../views/renderers.ts";
import type { AnyViewRequest } from "../views/request.ts";
import type { SecurityPolicy } from "../views/security.ts";
import type { ViewLabel } from "../views/view_label.ts";
import type { ViewOptions } from "../views/view.ts";
import type { SessionFactory } from "../../session.ts";
import type { Part } from "./includes.ts";
import type { Ordered } from "./order.ts";

/** What decides, besides its pattern, whether a route matches, and what it gives its requests. */
export interface RouteConditions extends Omit<PredicateOptions, "matchParam"> {
  /** Which methods; GET implies HEAD. Default: all. */
  readonly requestMethod?: OrNot<RequestMethod>;
  /**
   * Makes the context of each request that the route matches, before predicates, permission and view:
   * `request.context`. It is awaited, and what it throws is answered.
   */
  readonly factory?: (request: AnyViewRequest) => unknown;
  /** Whether the route only makes URLs and matches nothing. @default {false} */
  readonly static?: boolean;
  /** How much of a body is read by views that do not say so, and by `factory`. Default: what the Configurator says. */
  readonly bodyLimits?: RequestLimits;
}

/** A route with where it was stated. */
export interface PlannedRoute {
  /** The route as it was stated. */
  readonly stated: Route;
  /** The route with its prefix. */
  readonly route: Route;
  /** What else decides. */
  readonly conditions: RouteConditions;
  /** The part of the configuration that states it. */
  readonly part: Part;
  /** Where it was declared. */
  readonly place: SourceLocation;
}

/** A view with the route that it wants. */
export interface PlannedView extends ViewLabel {
  /** The view's name; `""` where it says nothing. */
  readonly name: string;
  /** The view. */
  readonly view: (request: never) => unknown;
  /** What was stated with it. */
  readonly options: ViewOptions;
  /** The part of the configuration that states it. */
  readonly part: Part;
  /** Where it was declared. */
  readonly place: SourceLocation;
}

/** An exception view with the route that it wants, if any. */
export interface PlannedExceptionView
  extends Pick<RegisteredExceptionView, "context" | "label" | "view"> {
  /** The route, or its name; undefined: every route and none. */
  readonly route: Route | string | undefined;
  /** Makes the response. */
  readonly renderer: string | Renderer | undefined;
  /** The status with which a missing slash is appended, if it is. */
  readonly appendSlash: RedirectStatus | undefined;
  /** What else decides whether it answers. */
  readonly conditions: ForbiddenViewOptions;
  /** The part of the configuration that states it. */
  readonly part: Part;
}

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
  readonly routes = new Map<string, PlannedRoute>();
  /** The views. */
  readonly views = new Map<string, PlannedView>();
  /** The exception views. */
  readonly exceptionViews = new Map<string, PlannedExceptionView>();
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

  /** Adds a route behind all others; one of the same subject is replaced. */
  addRoute(subject: string, route: PlannedRoute): void {
    this.routes.delete(subject);
    this.routes.set(subject, route);
  }
}
