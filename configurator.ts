/**
 * The Configurator: says what an app is, and makes it.
 *
 * @module
 */

import "./lib/runtime.ts";
import type { App } from "./lib/app/app.ts";
import {
  type AppEvent,
  EVENT_CLASS,
  type NewRequest,
  type NewResponse,
  type Subscriber,
} from "./lib/app/events.ts";
import { EXCEPTION_VIEWS, INGRESS, MAIN, type Tween } from "./lib/app/tweens.ts";
import { checkOptions, checkValue, NAME, OBJECT } from "./lib/check_options.ts";
import { type ConfiguratorOptions, SharedConfiguration } from "./lib/configurator/app_assembly.ts";
import {
  INCLUDE_KINDS,
  type IncludeOptions,
  ownPart,
  type Part,
  refuseAsync,
} from "./lib/configurator/includes.ts";
import { checkPlaced, placementOf, type PlacementOptions } from "./lib/configurator/order.ts";
import {
  type Plan,
  REQUEST_METHOD_KINDS,
  type RequestMethodOptions,
} from "./lib/configurator/plan.ts";
import { type AddRouteOptions, StatedRoute } from "./lib/configurator/route_statement.ts";
import { type Scanned, statedByMarks } from "./lib/configurator/scan.ts";
import {
  checkFunction,
  checkNamed,
  type Source,
  type Statement,
} from "./lib/configurator/statements.ts";
import { StatedExceptionView, StatedView } from "./lib/configurator/view_statement.ts";
import type { HttpForbidden, HttpNotFound } from "./lib/http/errors.ts";
import type { Logger } from "./lib/log.ts";
import type { Matchdict } from "./lib/routing/matchdict.ts";
import type { Route } from "./lib/routing/route.ts";
import { SourceLocation } from "./lib/source_location.ts";
import { type CsrfOptions, CsrfPolicy } from "./lib/views/csrf.ts";
import { BUILT_IN_DERIVERS, type ViewDeriver } from "./lib/views/derivers.ts";
import type { PredicateFactory } from "./lib/views/predicates/predicate.ts";
import type { Renderer } from "./lib/views/handler.ts";
import type { AnyData, ViewRequest } from "./lib/views/request.ts";
import { checkSecurityPolicy, type SecurityPolicy } from "./lib/views/security.ts";
import type {
  ErrorClass,
  ExceptionViewOptions,
  ForbiddenViewOptions,
  NotFoundViewOptions,
  ViewOptions,
  ViewResult,
} from "./lib/views/view.ts";
import type { RenderedViewOptions } from "./lib/configurator/view_config.ts";
import { SESSION_FACTORY } from "./lib/session/contract/factory.ts";
import type { SessionFactory } from "./session.ts";

/**
 * Says what an app is: its routes, its views, its sessions.
 *
 * Nothing takes effect before {@linkcode makeApp} (or {@linkcode commit}), which refuses what
 * contradicts itself. Routes are matched in the order in which they were added; the order of
 * everything else does not matter. Pyramid: `pyramid.config.Configurator`.
 *
 * @typeParam Data The keys of the app's sessions.
 * @typeParam Added What {@linkcode addRequestMethod} added to the requests.
 *
 * @example An app of one route
 * ```ts
 * import { Configurator, html, route } from "@pyramidion/pyramidion";
 * import { assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * const hello = route("hello", "/hello/:name");
 * const app = new Configurator()
 *   .addRoute(hello)
 *   .addView((request) => html`Hello ${request.matchdict.name}`, { route: hello })
 *   .makeApp();
 * const response = await app.fetch(new Request("https://app.test/hello/ada"));
 * assertEquals(await response.text(), "Hello ada");
 * ```
 */
export class Configurator<
  Data extends object = Record<string, unknown>,
  Added extends object = object,
> {
  #shared: SharedConfiguration<Data>;
  #part: Part = ownPart();

  /**
   * Begins a configuration.
   *
   * @throws {ConfigurationError} If an option is wrong or unknown.
   */
  constructor(options: ConfiguratorOptions<Data> = {}) {
    this.#shared = new SharedConfiguration(options);
    if (options.sessionFactory !== undefined) this.setSessionFactory(options.sessionFactory);
  }

  /**
   * The logger of the app, for what is included: the option `logger`, or the console. It neither throws
   * nor rejects, and its messages are printable.
   */
  get logger(): Logger {
    return this.#shared.logger;
  }

  /**
   * Adds a route behind those that are there. Pyramid: `add_route`.
   *
   * @param route A route, or a name for one, which no other route may have.
   * @param options Predicates, `factory`, `static`.
   * @throws {ConfigurationError} If the pattern is none, or an option is wrong or unknown; and, when the app is made, if the name is taken or the route can never match.
   */
  addRoute<const Pattern extends string>(
    route: Route<Pattern>,
    options?: AddRouteOptions<Pattern, Data, Added>,
  ): this;
  /** Adds a route by its name and pattern. */
  addRoute<const Pattern extends string>(
    name: string,
    pattern: Pattern,
    options?: AddRouteOptions<Pattern, Data, Added>,
  ): this;
  addRoute(
    given: Route | string,
    second?: string | AddRouteOptions<string, Data, Added>,
    third?: AddRouteOptions<string, Data, Added>,
  ): this {
    const source = this.#here(Configurator.prototype.addRoute);
    const route = new StatedRoute(given, second, third, source);
    this.#state(route);
    if (route.view === undefined) return this;
    return this.#state(new StatedView(route.view, { routeName: route.route.name }, source));
  }

  /**
   * Adds a view of a route. Pyramid: `add_view`.
   *
   * @param view Answers the requests; its `request.matchdict` is typed by `options.route`.
   * @param options Which requests: `route` or `routeName`, and predicates; and how.
   * @throws {ConfigurationError} If an option is wrong; and, when the app is made, if the route does not exist or another view answers the same requests.
   */
  addView<const Pattern extends string>(
    view: (request: ViewRequest<Data, Matchdict<Pattern>> & Added) => unknown,
    options: RenderedViewOptions<Pattern>,
  ): this;
  /** Adds a view of a route. */
  addView<const Pattern extends string>(
    view: (
      request: ViewRequest<Data, Matchdict<Pattern>> & Added,
    ) => ViewResult | Promise<ViewResult>,
    options: ViewOptions<Pattern>,
  ): this;
  addView(view: (request: never) => unknown, options: ViewOptions): this {
    return this.#state(
      new StatedView(view, options, this.#here(Configurator.prototype.addView)),
    );
  }

  /**
   * Adds every view of a namespace that `viewConfig` marked. Pyramid: `scan`.
   *
   * @param namespace An imported module (`import * as views from "./views.ts"`), or an object of views.
   * @throws {ConfigurationError} If it is no object, or nothing in it is marked.
   */
  scan<Namespace extends object>(
    namespace: Namespace & Scanned<Namespace, Data, Added>,
  ): this {
    for (const statement of statedByMarks(namespace, this.#part)) this.#state(statement);
    return this;
  }

  /**
   * Runs a callable that configures a part of the app. Pyramid: `include`.
   *
   * Known by its identity, it runs once under each prefix; names of routes are looked up within the
   * part first. What the including part states itself beats what the included one states. Of what it
   * states besides routes and their views, which is about the whole app, the first time counts.
   *
   * @param callable Gets a Configurator whose routes begin with the prefix.
   * @param options `routePrefix`.
   * @throws {ConfigurationError} If the callable is none, or is async, or an option is wrong or unknown.
   */
  include(
    callable: (config: Configurator<Data, Added>) => void,
    options: IncludeOptions = {},
  ): this {
    checkOptions("include()", options, INCLUDE_KINDS);
    checkFunction("an include", callable);
    const part = this.#shared.includes.add(callable, this.#part, options.routePrefix ?? "");
    if (part === null) return this;
    const config = new Configurator<Data, Added>();
    config.#shared = this.#shared;
    config.#part = part;
    refuseAsync(callable, callable(config));
    return this;
  }

  /**
   * Adds a view for what is thrown; of several that fit, the one of the nearest class answers, and
   * one of the matched route before one of all. Pyramid: `add_exception_view`.
   *
   * @param view Answers `(error, request)`.
   * @param options `context`: the class of errors, default `Error`; `route`, `renderer`.
   * @throws {ConfigurationError} If an option is wrong or unknown; and, when the app is made, if the class has another view.
   */
  addExceptionView(
    view: (error: Error, request: ViewRequest<Data> & Added) => ViewResult | Promise<ViewResult>,
    options?: ExceptionViewOptions<Error> & { readonly context?: never; readonly renderer?: never },
  ): this;
  /** Adds a view for a class of errors. */
  addExceptionView<Failure>(
    view: (error: Failure, request: ViewRequest<Data> & Added) => ViewResult | Promise<ViewResult>,
    options: ExceptionViewOptions<Failure> & {
      readonly context: ErrorClass<Failure>;
      readonly renderer?: never;
    },
  ): this;
  /** Adds a view whose value is rendered. */
  addExceptionView<Failure = Error>(
    view: (error: Failure, request: ViewRequest<Data> & Added) => unknown,
    options: ExceptionViewOptions<Failure> & {
      readonly renderer: NonNullable<ExceptionViewOptions["renderer"]>;
    },
  ): this;
  addExceptionView<Failure = Error>(
    view: (error: Failure, request: ViewRequest<Data> & Added) => unknown,
    options: ExceptionViewOptions<Failure> = {},
  ): this {
    return this.#state(
      new StatedExceptionView("an exception view", view, options, this.#here()),
    );
  }

  /**
   * Adds the view for what is not found. Pyramid: `add_notfound_view`.
   *
   * @throws {ConfigurationError} If an option is wrong or unknown.
   */
  addNotFoundView(
    view: (error: HttpNotFound, request: ViewRequest<Data> & Added) => unknown,
    options: NotFoundViewOptions = {},
  ): this {
    return this.#state(new StatedExceptionView("a not-found view", view, options, this.#here()));
  }

  /**
   * Adds the view for what is forbidden. Pyramid: `add_forbidden_view`.
   *
   * @throws {ConfigurationError} If an option is wrong or unknown.
   */
  addForbiddenView(
    view: (error: HttpForbidden, request: ViewRequest<Data> & Added) => unknown,
    options: ForbiddenViewOptions = {},
  ): this {
    return this.#state(new StatedExceptionView("a forbidden view", view, options, this.#here()));
  }

  /**
   * Adds a method to every request, or a property that is worked out once. Pyramid:
   * `add_request_method`.
   *
   * The types follow: what comes after in the chain knows the new member.
   *
   * @param name Not that of a member that requests have.
   * @param method Gets the request, and whatever the method is called with.
   * @param options `property`.
   * @throws {ConfigurationError} If the name is none, or an option is wrong or unknown.
   */
  addRequestMethod<const Name extends string, Value>(
    name: Name,
    method: (request: ViewRequest<Data> & Added) => Value,
    options: RequestMethodOptions & { readonly property: true },
  ): Configurator<Data, Added & Readonly<Record<Name, Value>>>;
  /** Adds a method. */
  addRequestMethod<const Name extends string, Args extends unknown[], Value>(
    name: Name,
    method: (request: ViewRequest<Data> & Added, ...args: Args) => Value,
    options?: RequestMethodOptions,
  ): Configurator<Data, Added & Readonly<Record<Name, (...args: Args) => Value>>>;
  addRequestMethod(
    name: string,
    method: (request: never, ...args: never[]) => unknown,
    options: RequestMethodOptions = {},
  ): unknown {
    checkNamed("request method", name, method);
    checkOptions(`request method "${name}"`, options, REQUEST_METHOD_KINDS);
    const isProperty = options.property === true;
    return this.#declare(
      `request method "${name}"`,
      (plan, _key, place) => plan.requestMethods.set(name, { method, isProperty, place }),
    );
  }

  /**
   * Wraps the handling of every request; the last added is outermost. Pyramid: `add_tween`.
   *
   * @param tween Gets the handler within, and gives the one that is called instead.
   * @param options `name`; `under` and `over`: other tweens, `"ingress"`, `"exceptionViews"` or `"main"`.
   * @throws {ConfigurationError} If the tween is no function, or an option is wrong or unknown.
   */
  addTween(tween: Tween<Data>, options: PlacementOptions<Tween<Data>> = {}): this {
    checkPlaced("a tween", tween, options);
    const placement = placementOf(tween, options, [INGRESS, EXCEPTION_VIEWS, MAIN]);
    return this.#declare(
      `tween "${placement.name}"`,
      (plan, key) => plan.tweens.set(key, { ...placement, tween }),
    );
  }

  /**
   * Wraps every view, between its decorators and its renderer unless said otherwise. Pyramid:
   * `add_view_deriver`.
   *
   * @param derive Gets the answer within and the view's options, and gives the answer that is asked instead.
   * @param options `name`; `under` and `over`: other derivers, or `secured`, `csrf`, `httpCached`, `decorated`, `rendered`. With `over` alone it stands as far out as it can.
   * @throws {ConfigurationError} If the deriver is no function, or an option is wrong or unknown.
   */
  addViewDeriver(
    derive: ViewDeriver<Data>,
    options: PlacementOptions<ViewDeriver<Data>> = {},
  ): this {
    checkPlaced("a view deriver", derive, options);
    const { over = "rendered", under = options.over === undefined ? "decorated" : [] } = options;
    const placement = placementOf(derive, { ...options, under, over }, BUILT_IN_DERIVERS);
    return this.#declare(
      `view deriver "${placement.name}"`,
      (plan, key) => plan.derivers.set(key, { ...placement, derive }),
    );
  }

  /**
   * Calls `subscriber` for every event of a class: {@linkcode NewRequest},
   * {@linkcode NewResponse}, {@linkcode ApplicationCreated}. Pyramid: `add_subscriber`.
   *
   * @throws {ConfigurationError} If the class is not one of these, or the subscriber is no function.
   */
  addSubscriber(event: typeof NewRequest, subscriber: Subscriber<NewRequest<Data>>): this;
  /** Calls `subscriber` for every response. */
  addSubscriber(event: typeof NewResponse, subscriber: Subscriber<NewResponse<Data>>): this;
  /** Calls `subscriber` for every event of a class. */
  addSubscriber<Event extends AppEvent<Data>>(
    event: abstract new (...args: never[]) => Event,
    subscriber: Subscriber<Event>,
  ): this;
  addSubscriber(
    event: abstract new (...args: never[]) => unknown,
    subscriber: Subscriber<never>,
  ): this {
    for (const given of [event, subscriber]) checkFunction("a subscriber", given);
    checkValue("the event of a subscriber", event, EVENT_CLASS);
    return this.#declare(null, (plan) => plan.subscriptions.push({ event, subscriber }));
  }

  /**
   * Names a renderer; `json`, `text` and `html` are there, and may be replaced. Pyramid: `add_renderer`.
   *
   * @throws {ConfigurationError} If the name is none, or the renderer is no function.
   */
  addRenderer(name: string, renderer: Renderer): this {
    checkNamed("renderer", name, renderer);
    return this.#declare(
      `renderer "${name}"`,
      (plan) => plan.renderers.set(name, renderer),
    );
  }

  /**
   * Names a predicate that views state in `custom`. Pyramid: `add_view_predicate`.
   *
   * @throws {ConfigurationError} If the name is none, or the factory is no function.
   */
  addViewPredicate(name: string, factory: PredicateFactory): this {
    checkNamed("view predicate", name, factory);
    return this.#declare(
      `view predicate "${name}"`,
      (plan) => plan.viewPredicates.set(name, factory),
    );
  }

  /**
   * Names a predicate that routes state in `custom`; it must answer at once. Pyramid: `add_route_predicate`.
   *
   * @throws {ConfigurationError} If the name is none, or the factory is no function.
   */
  addRoutePredicate(name: string, factory: PredicateFactory): this {
    checkNamed("route predicate", name, factory);
    return this.#declare(
      `route predicate "${name}"`,
      (plan) => plan.routePredicates.set(name, factory),
    );
  }

  /**
   * Sets where sessions come from. Pyramid: `set_session_factory`.
   *
   * @throws {ConfigurationError} If it is none; and, when the app is made, if it was set twice.
   */
  setSessionFactory(factory: SessionFactory<Data>): this {
    checkValue("the session factory", factory, SESSION_FACTORY);
    return this.#declare("the session factory", (plan) => plan.sessionFactory = factory);
  }

  /**
   * Sets who visitors are and what they may. Pyramid: `set_security_policy`.
   *
   * @throws {ConfigurationError} If the policy has no `identity()` or no `permits()`, or its
   * `usesSession` is neither true nor false.
   */
  setSecurityPolicy<Identity>(
    policy: SecurityPolicy<Data, Identity>,
  ): Configurator<Data, Added & { readonly identity: Promise<Identity | null> }>;
  setSecurityPolicy(policy: SecurityPolicy<Data>): unknown {
    checkSecurityPolicy(policy);
    return this.#declare(
      "the security policy",
      (plan, _key, place) => plan.securityPolicy = { policy, place },
    );
  }

  /**
   * Sets what views demand that state no permission. Pyramid: `set_default_permission`.
   *
   * @throws {ConfigurationError} If it is no text, or empty.
   */
  setDefaultPermission(permission: string): this {
    checkValue("the default permission", permission, NAME);
    return this.#declare(
      "the default permission",
      (plan) => plan.defaultPermission = permission,
    );
  }

  /**
   * Checks the requests of all views that change something for coming from the app's own pages.
   * Pyramid: `set_default_csrf_options`.
   *
   * @throws {ConfigurationError} If an option is wrong or unknown; and, when the app is made, if it has no session factory.
   */
  setDefaultCsrfOptions(options: CsrfOptions = {}): this {
    new CsrfPolicy(options);
    return this.#declare("the CSRF options", (plan, _key, place) => plan.csrf = { options, place });
  }

  /**
   * Adds settings, which views read from `request.settings`. Pyramid: `add_settings`.
   *
   * @throws {ConfigurationError} If they are no object.
   */
  addSettings(settings: Readonly<Record<string, unknown>>): this {
    checkValue("the settings", settings, OBJECT);
    return this.#declare(null, (plan) => void Object.assign(plan.settings, settings));
  }

  /**
   * Carries out what was stated so far; what is stated later may replace it. Pyramid: `commit`.
   *
   * @throws {ConfigurationConflictError} If the same thing was stated twice.
   */
  commit(): this {
    this.#shared.commit();
    return this;
  }

  /**
   * Makes the app. Nothing can be added afterwards. Pyramid: `make_wsgi_app`.
   *
   * @throws {ConfigurationConflictError} If the same thing was stated twice.
   * @throws {ConfigurationError} If something wants what is not there, or a route can never match.
   */
  makeApp(): App<Data> {
    return this.#shared.makeApp();
  }

  /** Who states something, and where: whoever calls this library, or the given function of it. */
  #here(within?: (...args: never[]) => unknown): Source {
    return { part: this.#part, place: new SourceLocation(within) };
  }

  #state(statement: Statement<Plan<Data>>): this {
    this.#shared.state(statement);
    return this;
  }

  /** States something about the app as a whole. */
  #declare(
    subject: string | null,
    apply: (plan: Plan<Data>, key: string, place: SourceLocation) => void,
  ): this {
    const { part, place } = this.#here();
    return this.#state({
      subject,
      identity: "",
      isOfApp: true,
      part,
      place,
      apply: (plan, key) => apply(plan, key, place),
    });
  }
}

/**
 * The Configurator of any app: for a part that many apps include.
 *
 * Its routes, views, tweens, subscribers and predicates get requests of which it is unknown what the
 * session holds and which methods the app added. What such a part reads from a session is unchecked.
 *
 * @example A part that every app can include
 * ```ts
 * import { type AnyConfigurator, Configurator, html } from "@pyramidion/pyramidion";
 * import { assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * function health(config: AnyConfigurator) {
 *   config.addRoute("health", "/health", { view: () => html`up` });
 * }
 * const app = new Configurator<{ user: string }>().include(health).makeApp();
 * const response = await app.fetch(new Request("https://app.test/health"));
 * assertEquals(await response.text(), "up");
 * ```
 */
export type AnyConfigurator = Configurator<AnyData>;
