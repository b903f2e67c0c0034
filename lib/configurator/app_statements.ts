/**
 * The statements about an app as a whole, such as its tweens and its default permission. In a scoped
 * part most of them are about the part alone.
 *
 * @module
 */

import {
  type AppEvent,
  type BeforeRender,
  EVENT_CLASS,
  type NewRequest,
  type NewResponse,
  type ResponseSent,
  type Subscriber,
  type Subscription,
} from "../app/events.ts";
import {
  EXCEPTION_VIEWS,
  type HeaderPolicyFactory,
  INGRESS,
  MAIN,
  type Tween,
} from "../app/tweens.ts";
import { checkOptions, checkValue, NAME } from "../check_options.ts";
import { ConfigurationError } from "../configuration_error.ts";
import { SESSION_FACTORY } from "../session/contract/factory.ts";
import { REQUEST_LIMIT_KINDS, type RequestLimits } from "../views/body_limits.ts";
import { type CsrfOptions, CsrfPolicy } from "../views/csrf.ts";
import { BUILT_IN_DERIVERS, type ViewDeriver } from "../views/derivers.ts";
import { type Renderer, RENDERER_KIND } from "../views/handler.ts";
import type { HttpForbidden, HttpNotFound } from "../http/errors.ts";
import type { PredicateFactory } from "../views/predicates/predicate.ts";
import type { AnyData } from "../views/request.ts";
import { checkSecurityPolicy, type SecurityPolicy } from "../views/security.ts";
import type {
  ExceptionViewOptions,
  ForbiddenViewOptions,
  NotFoundViewOptions,
  RendererFor,
  ResultIn,
  ViewResult,
} from "../views/view.ts";
import type { SessionFactory } from "../../session.ts";
import { checkPlaced, placementOf, type PlacementOptions } from "./order.ts";
import {
  type AppStatement,
  ofApp,
  ofScope,
  type PlannedDeriver,
  type PlannedRequestMethod,
  type PlannedTween,
  REQUEST_METHOD_KINDS,
  type RequestMethodOptions,
} from "./plan.ts";
import { checkFunction, checkNamed, type Source } from "./statements.ts";
import { StatedExceptionView } from "./view_statement.ts";

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
  tween: Tween<AnyData, never>,
  options: PlacementOptions<Tween<AnyData, never>>,
  source: Source,
): AppStatement<Data> {
  checkPlaced("a tween", tween, options);
  const placement = placementOf(tween, options, [INGRESS, EXCEPTION_VIEWS, MAIN]);
  return ofScope(source, `tween "${placement.name}"`, ({ tweens }) => {
    // Every request of the app has what the tween takes: the compiler checked it at `addTween()`.
    tweens.set(placement.name, { ...placement, tween: tween as PlannedTween<Data>["tween"] });
  });
}

/** The statement of `addViewDeriver()`. */
export function statedDeriver<Data extends object>(
  derive: ViewDeriver<AnyData, never>,
  options: PlacementOptions<ViewDeriver<AnyData, never>>,
  source: Source,
): AppStatement<Data> {
  checkPlaced("a view deriver", derive, options);
  const { over = "rendered", under = options.over === undefined ? "decorated" : [] } = options;
  const placement = placementOf(derive, { ...options, under, over }, BUILT_IN_DERIVERS);
  return ofScope(source, `view deriver "${placement.name}"`, ({ derivers }) => {
    derivers.set(placement.name, {
      ...placement,
      derive: derive as PlannedDeriver<Data>["derive"],
    });
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

/** The statement of `setDefaultRenderer()`. */
export function statedDefaultRenderer<Data extends object>(
  renderer: string | Renderer,
  source: Source,
): AppStatement<Data> {
  checkValue("the default renderer", renderer, RENDERER_KIND);
  return ofScope(source, "the default renderer", (plan) => {
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

/** The statement of a header policy. In a scoped part it replaces the one of the app. */
function statedHeaderPolicy<Data extends object>(
  name: string,
  make: HeaderPolicyFactory,
  source: Source,
): AppStatement<Data> {
  return ofScope(source, name, ({ headerPolicies }) => {
    headerPolicies.set(name, make);
  });
}

/**
 * Records a statement. It has no name, so that a directive can have any.
 *
 * @internal
 */
export const RECORD: unique symbol = Symbol("record");

/**
 * States a header policy, for the add-ons of the library.
 *
 * @internal
 */
export const HEADER_POLICY: unique symbol = Symbol("header policy");

/**
 * The methods of a Configurator that state something about the app as a whole. In a scoped part most
 * of them are about the part alone.
 *
 * @typeParam Data The keys of the app's sessions.
 * @typeParam Requested The requests of the app.
 */
export abstract class AppStatements<Data extends object, Requested> {
  /**
   * Records the statement that `state` makes for the caller's part and source location.
   *
   * @internal
   */
  protected abstract [RECORD](state: (source: Source) => AppStatement<Data>): this;

  /**
   * Sets headers of every response, by a policy of this name.
   *
   * @internal
   */
  [HEADER_POLICY](name: string, make: HeaderPolicyFactory): this {
    return this[RECORD]((source) => statedHeaderPolicy(name, make, source));
  }

  /**
   * Adds a view that answers if the handling of a request throws an error. Pyramid:
   * `add_exception_view`.
   *
   * If several exception views fit, the view of the nearest class answers. A view of the matched
   * route goes before a view of every route.
   *
   * @param view The view. It gets the error and the request.
   * @param options `context`: the class of the errors, by default `Error`. Also `route` and
   * `renderer`.
   * @throws {ConfigurationError} If an option is wrong or unknown.
   * @throws {ConfigurationConflictError} From `makeApp()` or `commit()`, if another exception view
   * has the same class, route and predicates.
   */
  addExceptionView(
    view: (error: Error, request: Requested) => ResultIn<Requested>,
  ): this;
  /** Adds a view with options, such as the class of the errors. */
  addExceptionView<Failure = Error, Returned = ViewResult>(
    view: (error: NoInfer<Failure>, request: Requested) => Returned,
    options: ExceptionViewOptions<Failure> & RendererFor<Returned, Requested>,
  ): this;
  addExceptionView(
    view: (error: never, request: never) => ViewResult | Promise<ViewResult>,
    options: ExceptionViewOptions<unknown> = {},
  ): this {
    return this[RECORD]((source) =>
      new StatedExceptionView("an exception view", view, options, source)
    );
  }

  /**
   * Adds the view that answers with the app's own 404 page. Pyramid: `add_notfound_view`.
   *
   * @param view The view. It gets the error and the request.
   * @param options `appendSlash`, `route`, predicates and `renderer`.
   * @throws {ConfigurationError} If an option is wrong or unknown.
   */
  addNotFoundView(
    view: (error: HttpNotFound, request: Requested) => unknown,
    options: NotFoundViewOptions = {},
  ): this {
    return this[RECORD]((source) =>
      new StatedExceptionView("a not-found view", view, options, source)
    );
  }

  /**
   * Adds the view that answers with the app's own 403 page. Pyramid: `add_forbidden_view`.
   *
   * @param view The view. It gets the error and the request.
   * @param options `route`, predicates and `renderer`.
   * @throws {ConfigurationError} If an option is wrong or unknown.
   */
  addForbiddenView(
    view: (error: HttpForbidden, request: Requested) => unknown,
    options: ForbiddenViewOptions = {},
  ): this {
    return this[RECORD]((source) =>
      new StatedExceptionView("a forbidden view", view, options, source)
    );
  }

  /**
   * Wraps the handling of every request in a function of yours. Pyramid: `add_tween`.
   *
   * The tween that you add last is the outermost.
   *
   * @param tween The tween. It gets the inner handler, and returns the handler that is called in
   * its place.
   * @param options `name`, `under` and `over`. The last two name other tweens, `"ingress"`,
   * `"exceptionViews"` or `"main"`.
   * @throws {ConfigurationError} If the tween is not a function, or an option is wrong or unknown.
   */
  addTween(
    tween: Tween<Data, Requested>,
    options: PlacementOptions<Tween<Data, never>> = {},
  ): this {
    return this[RECORD]((source) => statedTween(tween, options, source));
  }

  /**
   * Wraps every view in a function of yours. Pyramid: `add_view_deriver`.
   *
   * By default the wrapper stands between the decorators of the view and its renderer.
   *
   * @param derive The deriver. It gets the inner handler and the view's options, and returns the
   * handler that is called in its place.
   * @param options `name`, `under` and `over`. The last two name other derivers, `secured`, `csrf`,
   * `httpCached`, `decorated` or `rendered`. If you give only `over`, the deriver stands as far out
   * as it can.
   * @throws {ConfigurationError} If the deriver is not a function, or an option is wrong or
   * unknown.
   */
  addViewDeriver(
    derive: ViewDeriver<Data, Requested>,
    options: PlacementOptions<ViewDeriver<Data, never>> = {},
  ): this {
    return this[RECORD]((source) => statedDeriver(derive, options, source));
  }

  /**
   * Calls a function for every event of a class. Pyramid: `add_subscriber`.
   *
   * The classes are {@linkcode NewRequest}, {@linkcode NewResponse}, {@linkcode BeforeRender},
   * `ResponseSent` and
   * {@linkcode ApplicationCreated}.
   *
   * @param event The class of the events.
   * @param subscriber The function. It gets the event.
   * @throws {ConfigurationError} If the class is not one of these, or the subscriber is not a
   * function.
   */
  addSubscriber(
    event: typeof NewRequest,
    subscriber: Subscriber<NewRequest<Data, Requested>>,
  ): this;
  /** Calls `subscriber` for every response. */
  addSubscriber(
    event: typeof NewResponse,
    subscriber: Subscriber<NewResponse<Data, Requested>>,
  ): this;
  /** Calls `subscriber` after every response. */
  addSubscriber(
    event: typeof ResponseSent,
    subscriber: Subscriber<ResponseSent<Data, Requested>>,
  ): this;
  /** Calls `subscriber` before every rendering. */
  addSubscriber(
    event: typeof BeforeRender,
    subscriber: Subscriber<BeforeRender<Data, Requested>>,
  ): this;
  /** Calls `subscriber` for every event of a class. */
  addSubscriber<Event extends AppEvent<Data>>(
    event: abstract new (...args: never[]) => Event,
    subscriber: Subscriber<Event>,
  ): this;
  addSubscriber(
    event: abstract new (...args: never[]) => unknown,
    subscriber: Subscriber<never>,
  ): this {
    return this[RECORD]((source) => statedSubscriber({ event, subscriber }, source));
  }

  /**
   * Adds a renderer, which views select by its name, or by a name that ends with it. Pyramid:
   * `add_renderer`.
   *
   * Every app has the renderers `json`, `text` and `html`, and `string`, which is `text`. You can
   * replace them. With the name `.eta` the renderer makes the responses of views that state a
   * template such as `page.eta`.
   *
   * @param name The name, or a suffix with its dot.
   * @param renderer Makes a response from the value that a view returned. Its third parameter has
   * the name that the view stated.
   * @throws {ConfigurationError} If the name is not a string or is empty, or the renderer is not a
   * function.
   */
  addRenderer(name: string, renderer: Renderer): this {
    return this[RECORD]((source) => statedRenderer(name, renderer, source));
  }

  /**
   * Adds a predicate, which views select by its name in the option `custom`. Pyramid:
   * `add_view_predicate`.
   *
   * @param name The name.
   * @param factory Makes the predicate from the value that a view gives in `custom`.
   * @throws {ConfigurationError} If the name is not a string or is empty, or the factory is not a
   * function.
   */
  addViewPredicate(name: string, factory: PredicateFactory): this {
    return this[RECORD]((source) => statedPredicate("view predicate", name, factory, source));
  }

  /**
   * Adds a predicate, which routes select by its name in the option `custom`. Pyramid:
   * `add_route_predicate`.
   *
   * A route predicate must return true or false, and no promise.
   *
   * @param name The name.
   * @param factory Makes the predicate from the value that a route gives in `custom`.
   * @throws {ConfigurationError} If the name is not a string or is empty, or the factory is not a
   * function.
   */
  addRoutePredicate(name: string, factory: PredicateFactory): this {
    return this[RECORD]((source) => statedPredicate("route predicate", name, factory, source));
  }

  /**
   * Sets the session factory, which loads and commits the sessions. Pyramid: `set_session_factory`.
   *
   * @param factory The factory, such as `signedCookieSessionFactory(secret)`.
   * @throws {ConfigurationError} If the value is not a session factory, or a scoped part sets it.
   * @throws {ConfigurationConflictError} From `makeApp()` or `commit()`, if you set it twice.
   */
  setSessionFactory(factory: SessionFactory<Data>): this {
    return this[RECORD]((source) => statedSessionFactory(factory, source));
  }

  /**
   * Sets the permission that a view without the option `permission` demands. Pyramid:
   * `set_default_permission`.
   *
   * @param permission The name of the permission.
   * @throws {ConfigurationError} If the permission is not a string or is empty.
   */
  setDefaultPermission(permission: string): this {
    return this[RECORD]((source) => statedDefaultPermission(permission, source));
  }

  /**
   * Demands a CSRF token for every request with an unsafe method, such as POST. Pyramid:
   * `set_default_csrf_options`.
   *
   * The app also checks the origin of such a request. It answers with 403 if a check fails. A view
   * with `requireCsrf: false` skips both checks.
   *
   * @param options The names of field and header, the safe methods, trusted origins and exemptions.
   * @throws {ConfigurationError} If an option is wrong or unknown.
   * @throws {ConfigurationError} From `makeApp()`, if the app has no session factory.
   */
  setDefaultCsrfOptions(options: CsrfOptions = {}): this {
    return this[RECORD]((source) => statedCsrfOptions(options, source));
  }

  /**
   * Sets the limits for bodies of views and routes that set none of their own.
   *
   * @param limits The limits. A limit that you leave out is that of the app around a scoped part, or
   * the default.
   * @throws {ConfigurationError} If a limit is wrong or unknown.
   * @throws {ConfigurationConflictError} From `makeApp()` or `commit()`, if you set them twice.
   */
  setDefaultBodyLimits(limits: RequestLimits): this {
    return this[RECORD]((source) => statedBodyLimits(limits, source));
  }
}
