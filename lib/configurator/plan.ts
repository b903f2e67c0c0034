/**
 * The plan of an app: the result of its statements.
 *
 * @module
 */

import type { Subscription } from "../app/events.ts";
import type { HeaderPolicyFactory } from "../app/tweens.ts";
import { BOOLEAN, type OptionKinds } from "../check_options.ts";
import { ConfigurationError } from "../configuration_error.ts";
import { didYouMean } from "../did_you_mean.ts";
import type { SourceLocation } from "../source_location.ts";
import type { RequestLimits } from "../views/body_limits.ts";
import type { CsrfOptions } from "../views/csrf.ts";
import type { DeriverInfo } from "../views/derivers.ts";
import {
  type AppHandler,
  type BoundRenderer,
  BUILT_IN_RENDERERS,
  type Renderer,
} from "../views/handler.ts";
import type { PredicateFactory } from "../views/predicates/predicate.ts";
import type { SecurityPolicy } from "../views/security.ts";
import type { SessionFactory } from "../../session.ts";
import type { Part } from "./includes.ts";
import type { Ordered } from "./order.ts";
import type { StatedRoute } from "./route_statement.ts";
import type { Source, Statement } from "./statements.ts";
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
  readonly tweens: Map<string, PlannedTween<Data>> = new Map();
  /** The derivers, in the order in which they were added. */
  readonly derivers: Map<string, PlannedDeriver<Data>> = new Map();
  /** The renderers, by name or by suffix. */
  readonly renderers: Map<string, Renderer> = new Map();
  /** The renderer of views that state none, and its source location. */
  defaultRenderer:
    | { readonly renderer: string | Renderer; readonly place: SourceLocation }
    | undefined;
  /** The view predicates of the app's own, by name. */
  readonly viewPredicates: Map<string, PredicateFactory> = new Map();
  /** The route predicates of the app's own, by name. */
  readonly routePredicates: Map<string, PredicateFactory> = new Map();
  /** The subscribers, in the order in which they were added. */
  readonly subscriptions: Subscription[] = [];
  /** What sets headers of every response, by name. */
  readonly headerPolicies: Map<string, HeaderPolicyFactory> = new Map();
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
   * Finds the renderer of a view. A name such as `page.html.eta` selects the renderer of this name,
   * else that of `.html.eta`, else that of `.eta`.
   *
   * @param stated What the view stated. Undefined selects the default renderer.
   * @returns The renderer, or undefined if the view has none.
   * @throws {ConfigurationError} If no renderer has the name or a suffix of it.
   */
  rendererOf(stated: string | Renderer | undefined): BoundRenderer | undefined {
    const wanted = stated ?? this.defaultRenderer?.renderer;
    if (wanted === undefined) return undefined;
    if (typeof wanted !== "string") return bound(wanted, wanted.name);
    const found = [wanted, ...suffixesOf(wanted)].find((name) => this.renderers.has(name));
    const renderer = found === undefined ? undefined : this.renderers.get(found);
    if (renderer !== undefined) return bound(renderer, wanted);
    const hint = didYouMean(wanted, this.renderers.keys()) ||
      `: write config.addRenderer("${suffixesOf(wanted).at(-1) ?? wanted}", …)`;
    throw new ConfigurationError(`Cannot render by "${wanted}": there is no such renderer${hint}`);
  }

  /**
   * What holds in a scoped part: what the part states, and what holds around it. Tweens and
   * subscribers are left out, because those around it are called anyway.
   *
   * @param outer What holds around the part.
   */
  within(outer: ScopePlan<Data>): ScopePlan<Data> {
    const held = new ScopePlan<Data>();
    for (const stated of [outer, this]) {
      addAll(held.derivers, stated.derivers);
      addAll(held.renderers, stated.renderers);
      addAll(held.viewPredicates, stated.viewPredicates);
      addAll(held.routePredicates, stated.routePredicates);
      addAll(held.headerPolicies, stated.headerPolicies);
      Object.assign(held.settings, stated.settings);
    }
    held.securityPolicy = this.securityPolicy ?? outer.securityPolicy;
    held.defaultRenderer = this.defaultRenderer ?? outer.defaultRenderer;
    held.defaultPermission = this.defaultPermission ?? outer.defaultPermission;
    held.csrf = this.csrf ?? outer.csrf;
    held.bodyLimits = { ...outer.bodyLimits, ...this.bodyLimits };
    return held;
  }
}

function bound(renderer: Renderer, name: string): BoundRenderer {
  return (value, request, system) => renderer(value, request, { name, system });
}

/** The suffixes of a name, the longest first. */
function suffixesOf(name: string): string[] {
  return [...name.matchAll(/\./g)].map(({ index }) => name.slice(index));
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
  readonly routes: Map<string, StatedRoute> = new Map();
  /** The views. */
  readonly views: Map<string, StatedView> = new Map();
  /** The exception views, those of scoped parts among them. */
  readonly exceptionViews: Map<string, StatedExceptionView> = new Map();
  /** The methods that requests have, by name. */
  readonly requestMethods: Map<string, PlannedRequestMethod> = new Map();
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

/** A statement about an app as a whole. */
export type AppStatement<Data extends object> = Statement<Plan<Data>>;

/** A statement about the app, wherever it is made. */
export function ofApp<Data extends object>(
  { part, place }: Source,
  subject: string,
  apply: AppStatement<Data>["apply"],
): AppStatement<Data> {
  return { subject, identity: "", about: "app", part, place, apply };
}

/** A statement about the app, or about the scoped part that makes it. */
export function ofScope<Data extends object>(
  { part, place }: Source,
  subject: string | null,
  apply: (plan: ScopePlan<Data>) => void,
): AppStatement<Data> {
  return {
    subject,
    identity: "",
    about: "scope",
    part,
    place,
    apply: (plan) => apply(plan.of(part.scope)),
  };
}
