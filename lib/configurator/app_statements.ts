/**
 * The statements about an app as a whole, such as its tweens and its default permission.
 *
 * @module
 */

import { EVENT_CLASS, type Subscription } from "../app/events.ts";
import { EXCEPTION_VIEWS, INGRESS, MAIN, type Tween } from "../app/tweens.ts";
import { checkOptions, checkValue, NAME, OBJECT } from "../check_options.ts";
import { SESSION_FACTORY } from "../session/contract/factory.ts";
import { type CsrfOptions, CsrfPolicy } from "../views/csrf.ts";
import { BUILT_IN_DERIVERS, type ViewDeriver } from "../views/derivers.ts";
import { type Renderer, RENDERER_KIND } from "../views/handler.ts";
import type { PredicateFactory } from "../views/predicates/predicate.ts";
import { checkSecurityPolicy, type SecurityPolicy } from "../views/security.ts";
import type { SessionFactory } from "../../session.ts";
import { checkPlaced, placementOf, type PlacementOptions } from "./order.ts";
import {
  type Plan,
  type PlannedRequestMethod,
  REQUEST_METHOD_KINDS,
  type RequestMethodOptions,
} from "./plan.ts";
import { checkFunction, checkNamed, type Source, type Statement } from "./statements.ts";

/** A statement about an app as a whole. */
type AppStatement<Data extends object> = Statement<Plan<Data>>;

/** The statement of `addRequestMethod()`. */
export function statedRequestMethod<Data extends object>(
  name: string,
  method: PlannedRequestMethod["method"],
  options: RequestMethodOptions,
  source: Source,
): AppStatement<Data> {
  checkNamed("request method", name, method);
  checkOptions(`request method "${name}"`, options, REQUEST_METHOD_KINDS);
  const planned = { method, isProperty: options.property === true, place: source.place };
  return ofApp(source, `request method "${name}"`, ({ requestMethods }) => {
    requestMethods.set(name, planned);
  });
}

/** The statement of `addTween()`. */
export function statedTween<Data extends object>(
  tween: Tween<Data>,
  options: PlacementOptions<Tween<Data>>,
  source: Source,
): AppStatement<Data> {
  checkPlaced("a tween", tween, options);
  const placement = placementOf(tween, options, [INGRESS, EXCEPTION_VIEWS, MAIN]);
  return ofApp(source, `tween "${placement.name}"`, ({ tweens }, key) => {
    tweens.set(key, { ...placement, tween });
  });
}

/** The statement of `addViewDeriver()`. */
export function statedDeriver<Data extends object>(
  derive: ViewDeriver<Data>,
  options: PlacementOptions<ViewDeriver<Data>>,
  source: Source,
): AppStatement<Data> {
  checkPlaced("a view deriver", derive, options);
  const { over = "rendered", under = options.over === undefined ? "decorated" : [] } = options;
  const placement = placementOf(derive, { ...options, under, over }, BUILT_IN_DERIVERS);
  return ofApp(source, `view deriver "${placement.name}"`, ({ derivers }, key) => {
    derivers.set(key, { ...placement, derive });
  });
}

/** The statement of `addSubscriber()`. */
export function statedSubscriber<Data extends object>(
  { event, subscriber }: Subscription,
  source: Source,
): AppStatement<Data> {
  for (const given of [event, subscriber]) checkFunction("a subscriber", given);
  checkValue("the event of a subscriber", event, EVENT_CLASS);
  return ofApp(source, null, ({ subscriptions }) => {
    subscriptions.push({ event, subscriber });
  });
}

/** The statement of `addRenderer()`. */
export function statedRenderer<Data extends object>(
  name: string,
  renderer: Renderer,
  source: Source,
): AppStatement<Data> {
  checkNamed("renderer", name, renderer);
  return ofApp(source, `renderer "${name}"`, ({ renderers }) => {
    renderers.set(name, renderer);
  });
}

/** The statement of `setDefaultRenderer()`. */
export function statedDefaultRenderer<Data extends object>(
  renderer: string | Renderer,
  source: Source,
): AppStatement<Data> {
  checkValue("the default renderer", renderer, RENDERER_KIND);
  return ofApp(source, "the default renderer", (plan) => {
    plan.defaultRenderer = { renderer, place: source.place };
  });
}

/** The statement of `addViewPredicate()`, and of `addRoutePredicate()`. */
export function statedPredicate<Data extends object>(
  what: "view predicate" | "route predicate",
  name: string,
  factory: PredicateFactory,
  source: Source,
): AppStatement<Data> {
  checkNamed(what, name, factory);
  return ofApp(source, `${what} "${name}"`, ({ viewPredicates, routePredicates }) => {
    (what === "view predicate" ? viewPredicates : routePredicates).set(name, factory);
  });
}

/** The statement of `setSessionFactory()`. */
export function statedSessionFactory<Data extends object>(
  factory: SessionFactory<Data>,
  source: Source,
): AppStatement<Data> {
  checkValue("the session factory", factory, SESSION_FACTORY);
  return ofApp(source, "the session factory", (plan) => {
    plan.sessionFactory = factory;
  });
}

/** The statement of `setSecurityPolicy()`. */
export function statedSecurityPolicy<Data extends object>(
  policy: SecurityPolicy<Data>,
  source: Source,
): AppStatement<Data> {
  checkSecurityPolicy(policy);
  return ofApp(source, "the security policy", (plan) => {
    plan.securityPolicy = { policy, place: source.place };
  });
}

/** The statement of `setDefaultPermission()`. */
export function statedDefaultPermission<Data extends object>(
  permission: string,
  source: Source,
): AppStatement<Data> {
  checkValue("the default permission", permission, NAME);
  return ofApp(source, "the default permission", (plan) => {
    plan.defaultPermission = permission;
  });
}

/** The statement of `setDefaultCsrfOptions()`. */
export function statedCsrfOptions<Data extends object>(
  options: CsrfOptions,
  source: Source,
): AppStatement<Data> {
  new CsrfPolicy(options);
  return ofApp(source, "the CSRF options", (plan) => {
    plan.csrf = { options, place: source.place };
  });
}

/** The statement of `addSettings()`. */
export function statedSettings<Data extends object>(
  settings: Readonly<Record<string, unknown>>,
  source: Source,
): AppStatement<Data> {
  checkValue("the settings", settings, OBJECT);
  return ofApp(source, null, (plan) => {
    Object.assign(plan.settings, settings);
  });
}

function ofApp<Data extends object>(
  { part, place }: Source,
  subject: string | null,
  apply: AppStatement<Data>["apply"],
): AppStatement<Data> {
  return { subject, identity: "", isOfApp: true, part, place, apply };
}
