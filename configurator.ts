/**
 * The Configurator: collects the routes, views and sessions of an app, checks them, and makes the
 * app.
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
import type {
  AppNeeds,
  AppRequest,
  HasSession,
  IdentityNeeded,
  MembersAfter,
  MembersNeeded,
  NotAsync,
  SettingsAfter,
  SettingsNeeded,
} from "./lib/configurator/app_types.ts";
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
import type { AnyData } from "./lib/views/request.ts";
import { checkSecurityPolicy, type Permission, type SecurityPolicy } from "./lib/views/security.ts";
import type {
  ExceptionViewOptions,
  ForbiddenViewOptions,
  IdentityUnder,
  NotFoundViewOptions,
  ViewAnswer,
  ViewOptions,
} from "./lib/views/view.ts";
import { SESSION_FACTORY } from "./lib/session/contract/factory.ts";
import type { SessionFactory } from "./session.ts";

/**
 * Collects the routes, views and sessions of an app, and makes the app.
 *
 * Each method records a statement. Statements take effect when you call {@linkcode makeApp} or
 * {@linkcode commit}. Both throw if two statements conflict. The app matches routes in the order in
 * which you added them. The order of all other statements does not matter. Pyramid:
 * `pyramid.config.Configurator`.
 *
 * @typeParam Data The keys of the app's sessions.
 * @typeParam Added The members that {@linkcode addRequestMethod} added to the requests.
 * @typeParam Identity What the security policy knows of a user.
 * @typeParam Settings The settings of the app.
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
  Identity = unknown,
  Settings extends object = Readonly<Record<string, unknown>>,
> {
  #shared: SharedConfiguration<Data>;
  #part: Part = ownPart();

  /**
   * Begins a configuration without routes and views.
   *
   * @param options The session factory, the security policy, settings, the logger, development
   * mode, limits for bodies, and proxies.
   * @throws {ConfigurationError} If an option is wrong or unknown.
   */
  constructor(options: ConfiguratorOptions<Data, Identity, Settings> = {}) {
    this.#shared = new SharedConfiguration(options);
    const { securityPolicy, sessionFactory, settings } = options;
    if (sessionFactory !== undefined) this.setSessionFactory(sessionFactory);
    if (securityPolicy !== undefined) this.setSecurityPolicy(securityPolicy);
    if (settings !== undefined) this.addSettings(settings);
  }

  /**
   * The logger of the app, which an included function can use. It writes to the option `logger`, or
   * to the console without that option. It never throws and never rejects, and it escapes control
   * characters.
   */
  get logger(): Logger {
    return this.#shared.logger;
  }

  /**
   * Adds a route after all earlier routes. Pyramid: `add_route`.
   *
   * @param route A route, or the name of a new route. Two routes of one app cannot have the same
   * name.
   * @param options Predicates, `factory`, `static`, `view`, and limits for bodies.
   * @returns This Configurator.
   * @throws {ConfigurationError} If the pattern is not valid, or an option is wrong or unknown.
   * @throws {ConfigurationError} From `makeApp()`, if an earlier route matches every path of this
   * one.
   * @throws {ConfigurationConflictError} From `makeApp()` or `commit()`, if another route has the
   * name.
   */
  addRoute<const Pattern extends string, Made = unknown, Context = Made>(
    route: Route<
      Pattern,
      Made,
      AppRequest<Data, Added, Identity | null, Settings, Matchdict<Pattern>>
    >,
    options?: AddRouteOptions<Pattern, Data, Added, Context, Identity, Settings>,
  ): this;
  /** Adds a route by its name and pattern. */
  addRoute<const Pattern extends string, Context = unknown>(
    name: string,
    pattern: Pattern,
    options?: AddRouteOptions<Pattern, Data, Added, Context, Identity, Settings>,
  ): this;
  addRoute(
    given: Route | string,
    second?: string | AddRouteOptions<string, Data, Added, unknown, Identity, Settings>,
    third?: AddRouteOptions<string, Data, Added, unknown, Identity, Settings>,
  ): this {
    const source = this.#here(Configurator.prototype.addRoute);
    const route = new StatedRoute(given, second, third, source);
    this.#state(route);
    if (route.view === undefined) return this;
    return this.#state(new StatedView(route.view, { routeName: route.route.name }, source));
  }

  /**
   * Adds a view: a function that answers the requests of a route. Pyramid: `add_view`.
   *
   * @param view The view. TypeScript takes the types of its `request.matchdict` and
   * `request.context` from `options.route`. If `options.permission` is stated, then
   * `request.identity` is not null.
   * @param options Which requests the view answers (`route` or `routeName`, and predicates), and
   * how.
   * @returns This Configurator.
   * @throws {ConfigurationError} If an option is wrong or unknown.
   * @throws {ConfigurationError} From `makeApp()`, if the route does not exist.
   * @throws {ConfigurationConflictError} From `makeApp()` or `commit()`, if another view answers
   * the same requests.
   */
  addView<
    const Pattern extends string,
    Context = unknown,
    Rendered extends string | Renderer | undefined = undefined,
    Permitted extends Permission | undefined = undefined,
    Anonymous extends boolean | undefined = undefined,
  >(
    view: (
      request: AppRequest<
        Data,
        Added,
        IdentityUnder<Identity, Permitted, Anonymous>,
        Settings,
        Matchdict<Pattern>,
        Context
      >,
    ) => ViewAnswer<Rendered>,
    options: ViewOptions<Pattern, Context, Rendered, Permitted, Anonymous>,
  ): this {
    return this.#state(
      new StatedView(view, options, this.#here(Configurator.prototype.addView)),
    );
  }

  /**
   * Adds every view of a module that `viewConfig()` marked. Pyramid: `scan`.
   *
   * @param namespace An imported module (`import * as views from "./views.ts"`), or an object of
   * views.
   * @throws {ConfigurationError} If the namespace is not an object, or no view in it is marked.
   */
  scan<Namespace extends object>(
    namespace: Namespace & Scanned<Namespace, Data, Added, Identity, Settings>,
  ): this {
    for (const statement of statedByMarks(namespace, this.#part)) this.#state(statement);
    return this;
  }

  /**
   * Calls a function that configures a part of the app. Pyramid: `include`.
   *
   * Pyramidion calls one function once for each prefix, even if several parts include it. Functions
   * are compared by identity, not by name. A view of the part finds the routes of the part first,
   * and then those of the app.
   *
   * If a part makes the same statement as the part that includes it, the statement of the including
   * part counts. Routes and their views are added for each prefix. All other statements of the
   * part, such as tweens, are made for the first prefix only.
   *
   * @param callable The function. It gets a Configurator whose routes begin with the prefix.
   * @param options `routePrefix`: the text with which the patterns of the part begin. Default: no
   * prefix.
   * @returns This Configurator. If the function returns its Configurator, then the type has what it
   * added to requests.
   * @throws {ConfigurationError} If `callable` is not a function or is async, or if an option is
   * wrong or unknown.
   */
  include<Returned>(
    callable: (
      config: Configurator<Data, Added & HasSession<Data>, Identity, Settings>,
    ) => Returned & NotAsync<Returned>,
    options: IncludeOptions = {},
  ): Included<Data, Added, Identity, Settings, Returned> {
    checkOptions("include()", options, INCLUDE_KINDS);
    checkFunction("an include", callable);
    const part = this.#shared.includes.add(callable, this.#part, options.routePrefix ?? "");
    // What the function adds, it adds to this app, whose type then knows it.
    if (part === null) return this as never;
    const config = new Configurator<Data, Added & HasSession<Data>, Identity, Settings>();
    config.#shared = this.#shared;
    config.#part = part;
    refuseAsync(callable, callable(config));
    return this as never;
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
  addExceptionView<Failure = Error, Rendered extends string | Renderer | undefined = undefined>(
    view: (
      error: NoInfer<Failure>,
      request: AppRequest<Data, Added, Identity | null, Settings>,
    ) => ViewAnswer<Rendered>,
    options: ExceptionViewOptions<Failure, Rendered> = {},
  ): this {
    return this.#state(
      new StatedExceptionView("an exception view", view, options, this.#here()),
    );
  }

  /**
   * Adds the view that answers with the app's own 404 page. Pyramid: `add_notfound_view`.
   *
   * @param view The view. It gets the error and the request.
   * @param options `appendSlash`, `route`, predicates and `renderer`.
   * @throws {ConfigurationError} If an option is wrong or unknown.
   */
  addNotFoundView<Rendered extends string | Renderer | undefined = undefined>(
    view: (
      error: HttpNotFound,
      request: AppRequest<Data, Added, Identity | null, Settings>,
    ) => ViewAnswer<Rendered>,
    options: NotFoundViewOptions<Rendered> = {},
  ): this {
    return this.#state(new StatedExceptionView("a not-found view", view, options, this.#here()));
  }

  /**
   * Adds the view that answers with the app's own 403 page. Pyramid: `add_forbidden_view`.
   *
   * @param view The view. It gets the error and the request.
   * @param options `route`, predicates and `renderer`.
   * @throws {ConfigurationError} If an option is wrong or unknown.
   */
  addForbiddenView<Rendered extends string | Renderer | undefined = undefined>(
    view: (
      error: HttpForbidden,
      request: AppRequest<Data, Added, Identity | null, Settings>,
    ) => ViewAnswer<Rendered>,
    options: ForbiddenViewOptions<Rendered> = {},
  ): this {
    return this.#state(new StatedExceptionView("a forbidden view", view, options, this.#here()));
  }

  /**
   * Adds a method, or a property, to every request. Pyramid: `add_request_method`.
   *
   * The returned Configurator has the new member in the type of its requests.
   *
   * @param name The name of the member. A request must not have a member of this name already.
   * @param method The function. It gets the request and then the arguments of the call.
   * @param options `property: true` makes a property. Pyramidion computes it at the first reading
   * and keeps it.
   * @throws {ConfigurationError} If the name is not a string or is empty, or an option is wrong or
   * unknown.
   */
  addRequestMethod<const Name extends string, Value>(
    name: Name,
    method: (request: AppRequest<Data, Added, Identity | null, Settings>) => Value,
    options: RequestMethodOptions & { readonly property: true },
  ): Configurator<Data, Added & Readonly<Record<Name, Value>>, Identity, Settings>;
  /** Adds a method. */
  addRequestMethod<const Name extends string, Args extends unknown[], Value>(
    name: Name,
    method: (request: AppRequest<Data, Added, Identity | null, Settings>, ...args: Args) => Value,
    options?: RequestMethodOptions,
  ): Configurator<
    Data,
    Added & Readonly<Record<Name, (...args: Args) => Value>>,
    Identity,
    Settings
  >;
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
    tween: Tween<Data, AppRequest<Data, Added, Identity | null, Settings>>,
    options: PlacementOptions<Tween<Data, AppRequest<Data, Added, Identity | null, Settings>>> = {},
  ): this {
    checkPlaced("a tween", tween, options);
    const placement = placementOf(tween, options, [INGRESS, EXCEPTION_VIEWS, MAIN]);
    return this.#declare(
      `tween "${placement.name}"`,
      // Every request of the app has what the app added.
      (plan, key) => plan.tweens.set(key, { ...placement, tween: tween as Tween<Data> }),
    );
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
    derive: ViewDeriver<Data, AppRequest<Data, Added, Identity | null, Settings>>,
    options: PlacementOptions<
      ViewDeriver<Data, AppRequest<Data, Added, Identity | null, Settings>>
    > = {},
  ): this {
    checkPlaced("a view deriver", derive, options);
    const { over = "rendered", under = options.over === undefined ? "decorated" : [] } = options;
    const placement = placementOf(derive, { ...options, under, over }, BUILT_IN_DERIVERS);
    return this.#declare(
      `view deriver "${placement.name}"`,
      (plan, key) => plan.derivers.set(key, { ...placement, derive: derive as ViewDeriver<Data> }),
    );
  }

  /**
   * Calls a function for every event of a class. Pyramid: `add_subscriber`.
   *
   * The classes are {@linkcode NewRequest}, {@linkcode NewResponse} and
   * {@linkcode ApplicationCreated}.
   *
   * @param event The class of the events.
   * @param subscriber The function. It gets the event.
   * @throws {ConfigurationError} If the class is not one of these, or the subscriber is not a
   * function.
   */
  addSubscriber(
    event: typeof NewRequest,
    subscriber: Subscriber<NewRequest<Data, AppRequest<Data, Added, Identity | null, Settings>>>,
  ): this;
  /** Calls `subscriber` for every response. */
  addSubscriber(
    event: typeof NewResponse,
    subscriber: Subscriber<NewResponse<Data, AppRequest<Data, Added, Identity | null, Settings>>>,
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
    for (const given of [event, subscriber]) checkFunction("a subscriber", given);
    checkValue("the event of a subscriber", event, EVENT_CLASS);
    return this.#declare(null, (plan) => plan.subscriptions.push({ event, subscriber }));
  }

  /**
   * Adds a renderer, which views select by its name. Pyramid: `add_renderer`.
   *
   * Every app has the renderers `json`, `text` and `html`. You can replace them.
   *
   * @param name The name.
   * @param renderer Makes a response from the value that a view returned.
   * @throws {ConfigurationError} If the name is not a string or is empty, or the renderer is not a
   * function.
   */
  addRenderer(name: string, renderer: Renderer): this {
    checkNamed("renderer", name, renderer);
    return this.#declare(
      `renderer "${name}"`,
      (plan) => plan.renderers.set(name, renderer),
    );
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
    checkNamed("view predicate", name, factory);
    return this.#declare(
      `view predicate "${name}"`,
      (plan) => plan.viewPredicates.set(name, factory),
    );
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
    checkNamed("route predicate", name, factory);
    return this.#declare(
      `route predicate "${name}"`,
      (plan) => plan.routePredicates.set(name, factory),
    );
  }

  /**
   * Sets the session factory, which loads and commits the sessions. Pyramid: `set_session_factory`.
   *
   * @param factory The factory, such as `signedCookieSessionFactory(secret)`.
   * @throws {ConfigurationError} If the value is not a session factory.
   * @throws {ConfigurationConflictError} From `makeApp()` or `commit()`, if you set it twice.
   */
  setSessionFactory(factory: SessionFactory<Data>): this {
    checkValue("the session factory", factory, SESSION_FACTORY);
    return this.#declare("the session factory", (plan) => plan.sessionFactory = factory);
  }

  /**
   * Sets the security policy, which identifies users and decides about permissions. Pyramid:
   * `set_security_policy`.
   *
   * @param policy The policy.
   * @throws {ConfigurationError} If the policy has no `identity()` or no `permits()`, or its
   * `usesSession` is neither true nor false.
   */
  setSecurityPolicy<Known>(
    policy: SecurityPolicy<Data, Known>,
  ): Configurator<Data, Added, Known, Settings> {
    checkSecurityPolicy(policy);
    return this.#declare(
      "the security policy",
      (plan, _key, place) => plan.securityPolicy = { policy, place },
    ) as never;
  }

  /**
   * Sets the permission that a view without the option `permission` demands. Pyramid:
   * `set_default_permission`.
   *
   * @param permission The name of the permission.
   * @throws {ConfigurationError} If the permission is not a string or is empty.
   */
  setDefaultPermission(permission: string): this {
    checkValue("the default permission", permission, NAME);
    return this.#declare(
      "the default permission",
      (plan) => plan.defaultPermission = permission,
    );
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
    new CsrfPolicy(options);
    return this.#declare("the CSRF options", (plan, _key, place) => plan.csrf = { options, place });
  }

  /**
   * Adds settings, which views read from `request.settings`. Pyramid: `add_settings`.
   *
   * A later setting of the same name replaces an earlier one.
   *
   * @param settings The settings by their names.
   * @throws {ConfigurationError} If the settings are not an object.
   */
  addSettings<Stated extends object>(
    settings: Stated,
  ): Configurator<Data, Added, Identity, SettingsAfter<Settings, Stated>> {
    checkValue("the settings", settings, OBJECT);
    return this.#declare(
      null,
      (plan) => void Object.assign(plan.settings, settings),
    ) as never;
  }

  /**
   * Executes all statements so far, so that a later statement can replace them. Pyramid: `commit`.
   *
   * @throws {ConfigurationConflictError} If two statements conflict, such as two routes of one
   * name.
   */
  commit(): this {
    this.#shared.commit();
    return this;
  }

  /**
   * Executes all statements and makes the app. Pyramid: `make_wsgi_app`.
   *
   * After this call the Configurator throws if you add anything.
   *
   * @returns The app. Its `fetch()` answers requests.
   * @throws {ConfigurationConflictError} If two statements conflict, such as two routes of one
   * name.
   * @throws {ConfigurationError} If a statement refers to something that does not exist, or a route
   * can never match.
   */
  makeApp(): App<Data> {
    return this.#shared.makeApp();
  }

  /**
   * The part and the source location of the caller: outside of the library, or outside of `within`.
   */
  #here(within?: (...args: never[]) => unknown): Source {
    return { part: this.#part, place: new SourceLocation(within) };
  }

  #state(statement: Statement<Plan<Data>>): this {
    this.#shared.state(statement);
    return this;
  }

  /** Records a statement about the app as a whole. */
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
 * The Configurator of any app, for a part that many apps include.
 *
 * The requests of such a part have no typed session keys and no added methods. TypeScript does not
 * check the values that the part reads from a session.
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

/**
 * The Configurator of any app that has what a part needs.
 *
 * An app that has more can include the part too. An app that lacks something gets an error of the
 * compiler.
 *
 * @typeParam Needs What the part needs.
 *
 * @example A part that needs a setting
 * ```ts
 * import { Configurator, type ConfiguratorWith, html } from "@pyramidion/pyramidion";
 * import { assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * function about(config: ConfiguratorWith<{ settings: { title: string } }>) {
 *   config.addRoute("about", "/about", { view: ({ settings }) => html`${settings.title}` });
 * }
 * const settings = { title: "Notes", pageSize: 20 };
 * const app = new Configurator({ settings }).include(about).makeApp();
 * const response = await app.fetch(new Request("https://app.test/about"));
 * assertEquals(await response.text(), "Notes");
 * ```
 */
export type ConfiguratorWith<Needs extends AppNeeds> = Configurator<
  AnyData,
  MembersNeeded<Needs>,
  IdentityNeeded<Needs>,
  SettingsNeeded<Needs>
>;

/** The Configurator after `include()`: with what the included function returned, if it did. */
export type Included<
  Data extends object,
  Added extends object,
  Identity,
  Settings extends object,
  Returned,
> = Returned extends Configurator<AnyData, infer More, infer Known, infer Stated> ? Configurator<
    Data,
    MembersAfter<Added, More>,
    unknown extends Identity ? Known : Identity,
    SettingsAfter<Settings, Stated>
  >
  : Configurator<Data, Added, Identity, Settings>;

/**
 * The request of a view that stands in a file of its own, by the type of the Configurator.
 *
 * @typeParam Config The type of the Configurator, such as `typeof config`.
 * @typeParam Of The type of the view's route, such as `typeof post`. Default: any route.
 * @typeParam Permitted The view's permission. `request.identity` is then not null. Default: none.
 *
 * @example A view apart from its app
 * ```ts
 * import { Configurator, html, type RequestOf, route } from "@pyramidion/pyramidion";
 * import { assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * const post = route("post", "/posts/:id", { factory: ({ matchdict }) => ({ title: matchdict.id }) });
 * const config = new Configurator({ settings: { site: "Notes" } });
 *
 * function read({ context, settings }: RequestOf<typeof config, typeof post>) {
 *   return html`${context.title} in ${settings.site}`;
 * }
 * const app = config.addRoute(post).addView(read, { route: post }).makeApp();
 * const response = await app.fetch(new Request("https://app.test/posts/tea"));
 * assertEquals(await response.text(), "tea in Notes");
 * ```
 */
export type RequestOf<
  Config,
  Of extends Route = Route,
  Permitted extends string | undefined = undefined,
> = Config extends Configurator<infer Data, infer Added, infer Identity, infer Settings>
  ? Of extends Route<infer Pattern, infer Context> ? AppRequest<
      Data,
      Added,
      IdentityUnder<Identity, Permitted, undefined>,
      Settings,
      Matchdict<Pattern>,
      Context
    >
  : never
  : never;
