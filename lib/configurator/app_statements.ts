/**
 * The statements about an app as a whole, such as its tweens and its default permission. In a scoped
 * part most of them are about the part alone.
 *
 * @module
 */

import { EVENT_CLASS, type Subscription } from "../app/events.ts";
import { EXCEPTION_VIEWS, INGRESS, MAIN, type Tween } from "../app/tweens.ts";
import { checkOptions, checkValue, NAME } from "../check_options.ts";
import { ConfigurationError } from "../configuration_error.ts";
import { SESSION_FACTORY } from "../session/contract/factory.ts";
import { REQUEST_LIMIT_KINDS, type RequestLimits } from "../views/body_limits.ts";
import { type CsrfOptions, CsrfPolicy } from "../views/csrf.ts";
import { BUILT_IN_DERIVERS, type ViewDeriver } from "../views/derivers.ts";
import type { Renderer } from "../views/handler.ts";
import type { PredicateFactory } from "../views/predicates/predicate.ts";
import { checkSecurityPolicy, type SecurityPolicy } from "../views/security.ts";
import type { SessionFactory } from "../../session.ts";
import { checkPlaced, placementOf, type PlacementOptions } from "./order.ts";
import {
  type Plan,
  type PlannedRequestMethod,
  REQUEST_METHOD_KINDS,
  type RequestMethodOptions,
  type ScopePlan,
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
  return ofScope(source, `tween "${placement.name}"`, ({ tweens }) => {
    tweens.set(placement.name, { ...placement, tween });
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
  return ofScope(source, `view deriver "${placement.name}"`, ({ derivers }) => {
    derivers.set(placement.name, { ...placement, derive });
  });
}

/** The statement of `addSubscriber()`. */
export function statedSubscriber<Data extends object>(
  { event, subscriber }: Subscription,
  source: Source,
): AppStatement<Data> {
  for (const given of [event, subscriber]) checkFunction("a subscriber", given);
  checkValue("the event of a subscriber", event, EVENT_CLASS);
  return ofScope(source, null, ({ subscriptions }) => {
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
  return ofScope(source, `renderer "${name}"`, ({ renderers }) => {
    renderers.set(name, renderer);
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
  return ofScope(source, `${what} "${name}"`, ({ viewPredicates, routePredicates }) => {
    (what === "view predicate" ? viewPredicates : routePredicates).set(name, factory);
  });
}

/**
 * The statement of `setSessionFactory()`.
 *
 * @throws {ConfigurationError} If the value is no session factory, or a scoped part states it.
 */
export function statedSessionFactory<Data extends object>(
  factory: SessionFactory<Data>,
  source: Source,
): AppStatement<Data> {
  checkValue("the session factory", factory, SESSION_FACTORY);
  const { part: { scope }, place } = source;
  if (scope.parent !== null) {
    throw new ConfigurationError(
      `Cannot set the session factory at ${place}, in the scoped part ${scope}: a request has one session, whatever part answers it: call config.setSessionFactory() outside of the part, or make the part an app of its own with mount()`,
    );
  }
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
  return ofScope(source, "the security policy", (plan) => {
    plan.securityPolicy = { policy, place: source.place };
  });
}

/** The statement of `setDefaultPermission()`. */
export function statedDefaultPermission<Data extends object>(
  permission: string,
  source: Source,
): AppStatement<Data> {
  checkValue("the default permission", permission, NAME);
  return ofScope(source, "the default permission", (plan) => {
    plan.defaultPermission = permission;
  });
}

/** The statement of `setDefaultCsrfOptions()`. */
export function statedCsrfOptions<Data extends object>(
  options: CsrfOptions,
  source: Source,
): AppStatement<Data> {
  new CsrfPolicy(options);
  return ofScope(source, "the CSRF options", (plan) => {
    plan.csrf = { options, place: source.place };
  });
}

/** The statement of `setDefaultBodyLimits()`. */
export function statedBodyLimits<Data extends object>(
  limits: RequestLimits,
  source: Source,
): AppStatement<Data> {
  checkOptions("setDefaultBodyLimits()", limits, REQUEST_LIMIT_KINDS);
  const stated = { ...limits };
  return ofScope(source, "the default limits for bodies", (plan) => {
    plan.bodyLimits = stated;
  });
}

/** A statement about the app, wherever it is made. */
function ofApp<Data extends object>(
  { part, place }: Source,
  subject: string,
  apply: AppStatement<Data>["apply"],
): AppStatement<Data> {
  return { subject, identity: "", about: "app", part, place, apply };
}

/** A statement about the app, or about the scoped part that makes it. */
function ofScope<Data extends object>(
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
