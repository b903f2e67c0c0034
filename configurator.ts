/**
 * The Configurator: collects the routes, views and sessions of an app, checks them, and makes the
 * app.
 *
 * @module
 */

import "./lib/runtime.ts";
import type { App } from "./lib/app/app.ts";
import type { AppEvent, NewRequest, NewResponse, Subscriber } from "./lib/app/events.ts";
import type { Tween } from "./lib/app/tweens.ts";
import { checkOptions } from "./lib/check_options.ts";
import { type ConfiguratorOptions, SharedConfiguration } from "./lib/configurator/app_assembly.ts";
import {
  statedCsrfOptions,
  statedDefaultPermission,
  statedDefaultRenderer,
  statedDeriver,
  statedPredicate,
  statedRenderer,
  statedRequestMethod,
  statedSecurityPolicy,
  statedSessionFactory,
  statedSettings,
  statedSubscriber,
  statedTween,
} from "./lib/configurator/app_statements.ts";
import {
  INCLUDE_KINDS,
  type IncludeOptions,
  ownPart,
  type Part,
  refuseAsync,
} from "./lib/configurator/includes.ts";
import type { PlacementOptions } from "./lib/configurator/order.ts";
import type { Plan, RequestMethodOptions } from "./lib/configurator/plan.ts";
import { type AddRouteOptions, StatedRoute } from "./lib/configurator/route_statement.ts";
import { type Scanned, statedByMarks } from "./lib/configurator/scan.ts";
import { checkFunction, type Source, type Statement } from "./lib/configurator/statements.ts";
import type { RenderedViewOptions } from "./lib/configurator/view_config.ts";
import { StatedExceptionView, StatedView } from "./lib/configurator/view_statement.ts";
import type { HttpForbidden, HttpNotFound } from "./lib/http/errors.ts";
import type { Logger } from "./lib/log.ts";
import type { Matchdict } from "./lib/routing/matchdict.ts";
import type { Route } from "./lib/routing/route.ts";
import { SourceLocation } from "./lib/source_location.ts";
import type { CsrfOptions } from "./lib/views/csrf.ts";
import type { ViewDeriver } from "./lib/views/derivers.ts";
import type { Renderer } from "./lib/views/handler.ts";
import type { PredicateFactory } from "./lib/views/predicates/predicate.ts";
import type { AnyData, ViewRequest } from "./lib/views/request.ts";
import type { SecurityPolicy } from "./lib/views/security.ts";
import type {
  DefaultRendered,
  ErrorClass,
  ExceptionViewOptions,
  ForbiddenViewOptions,
  NotFoundViewOptions,
  ResultIn,
  ViewOptions,
  ViewResult,
} from "./lib/views/view.ts";
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
   * Begins a configuration without routes and views.
   *
   * @param options The session factory, the logger, development mode, limits for bodies, and
   * proxies.
   * @throws {ConfigurationError} If an option is wrong or unknown.
   */
  constructor(options: ConfiguratorOptions<Data> = {}) {
    this.#shared = new SharedConfiguration(options);
    if (options.sessionFactory !== undefined) this.setSessionFactory(options.sessionFactory);
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
   * Adds a view: a function that answers the requests of a route. Pyramid: `add_view`.
   *
   * @param view The view. TypeScript takes the type of its `request.matchdict` from
   * `options.route`.
   * @param options Which requests the view answers (`route` or `routeName`, and predicates), and
   * how.
   * @returns This Configurator.
   * @throws {ConfigurationError} If an option is wrong or unknown.
   * @throws {ConfigurationError} From `makeApp()`, if the route does not exist.
   * @throws {ConfigurationConflictError} From `makeApp()` or `commit()`, if another view answers
   * the same requests.
   */
  addView<const Pattern extends string>(
    view: (request: ViewRequest<Data, Matchdict<Pattern>> & Added) => unknown,
    options: RenderedViewOptions<Pattern>,
  ): this;
  /** Adds a view of a route. */
  addView<const Pattern extends string>(
    view: (request: ViewRequest<Data, Matchdict<Pattern>> & Added) => ResultIn<Added>,
    options: ViewOptions<Pattern>,
  ): this;
  addView(view: (request: never) => unknown, options: ViewOptions): this {
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
    namespace: Namespace & Scanned<Namespace, Data, Added>,
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
   * @throws {ConfigurationError} If `callable` is not a function or is async, or if an option is
   * wrong or unknown.
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
  /** Adds a view with a renderer, which makes the response. */
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
   * Adds the view that answers with the app's own 404 page. Pyramid: `add_notfound_view`.
   *
   * @param view The view. It gets the error and the request.
   * @param options `appendSlash`, `route`, predicates and `renderer`.
   * @throws {ConfigurationError} If an option is wrong or unknown.
   */
  addNotFoundView(
    view: (error: HttpNotFound, request: ViewRequest<Data> & Added) => unknown,
    options: NotFoundViewOptions = {},
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
  addForbiddenView(
    view: (error: HttpForbidden, request: ViewRequest<Data> & Added) => unknown,
    options: ForbiddenViewOptions = {},
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
    return this.#state(statedRequestMethod(name, method, options, this.#here()));
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
  addTween(tween: Tween<Data>, options: PlacementOptions<Tween<Data>> = {}): this {
    return this.#state(statedTween(tween, options, this.#here()));
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
    derive: ViewDeriver<Data>,
    options: PlacementOptions<ViewDeriver<Data>> = {},
  ): this {
    return this.#state(statedDeriver(derive, options, this.#here()));
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
    return this.#state(statedSubscriber({ event, subscriber }, this.#here()));
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
    return this.#state(statedRenderer(name, renderer, this.#here()));
  }

  /**
   * Sets the renderer of views that state none. Pyramid: `add_renderer(None, …)`.
   *
   * A view that returns a response, `html`, an error or a redirection needs no renderer. The
   * returned Configurator knows that its views can return any value.
   *
   * @param renderer The name of a renderer, or a function.
   * @throws {ConfigurationError} If it is neither. From `makeApp()`, if no renderer has the name.
   * @throws {ConfigurationConflictError} From `makeApp()` or `commit()`, if you set it twice.
   */
  setDefaultRenderer(renderer: string | Renderer): Configurator<Data, Added & DefaultRendered>;
  setDefaultRenderer(renderer: string | Renderer): unknown {
    return this.#state(statedDefaultRenderer(renderer, this.#here()));
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
    return this.#state(statedPredicate("view predicate", name, factory, this.#here()));
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
    return this.#state(statedPredicate("route predicate", name, factory, this.#here()));
  }

  /**
   * Sets the session factory, which loads and commits the sessions. Pyramid: `set_session_factory`.
   *
   * @param factory The factory, such as `signedCookieSessionFactory(secret)`.
   * @throws {ConfigurationError} If the value is not a session factory.
   * @throws {ConfigurationConflictError} From `makeApp()` or `commit()`, if you set it twice.
   */
  setSessionFactory(factory: SessionFactory<Data>): this {
    return this.#state(statedSessionFactory(factory, this.#here()));
  }

  /**
   * Sets the security policy, which identifies users and decides about permissions. Pyramid:
   * `set_security_policy`.
   *
   * @param policy The policy.
   * @throws {ConfigurationError} If the policy has no `identity()` or no `permits()`, or its
   * `usesSession` is neither true nor false.
   */
  setSecurityPolicy<Identity>(
    policy: SecurityPolicy<Data, Identity>,
  ): Configurator<Data, Added & { readonly identity: Promise<Identity | null> }>;
  setSecurityPolicy(policy: SecurityPolicy<Data>): unknown {
    return this.#state(statedSecurityPolicy(policy, this.#here()));
  }

  /**
   * Sets the permission that a view without the option `permission` demands. Pyramid:
   * `set_default_permission`.
   *
   * @param permission The name of the permission.
   * @throws {ConfigurationError} If the permission is not a string or is empty.
   */
  setDefaultPermission(permission: string): this {
    return this.#state(statedDefaultPermission(permission, this.#here()));
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
    return this.#state(statedCsrfOptions(options, this.#here()));
  }

  /**
   * Adds settings, which views read from `request.settings`. Pyramid: `add_settings`.
   *
   * A later setting of the same name replaces an earlier one.
   *
   * @param settings The settings by their names.
   * @throws {ConfigurationError} If the settings are not an object.
   */
  addSettings(settings: Readonly<Record<string, unknown>>): this {
    return this.#state(statedSettings(settings, this.#here()));
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
