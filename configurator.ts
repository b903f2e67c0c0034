/**
 * The Configurator: collects the routes, views and sessions of an app, checks them, and makes the
 * app.
 *
 * @module
 */

import "./lib/runtime.ts";
import type { App } from "./lib/app/app.ts";
import { checkOptions } from "./lib/check_options.ts";
import { type ConfiguratorOptions, SharedConfiguration } from "./lib/configurator/app_assembly.ts";
import {
  AppStatements,
  RECORD,
  statedDefaultRenderer,
  statedRequestMethod,
  statedSecurityPolicy,
} from "./lib/configurator/app_statements.ts";
import type {
  AddedMember,
  AppRequest,
  KeysOf,
  MembersAfter,
  NotAsync,
  SettingsAfter,
  UserOf,
} from "./lib/configurator/app_types.ts";
import type { DirectiveMethod } from "./lib/configurator/directives.ts";
import {
  INCLUDE_KINDS,
  type IncludeOptions,
  type Part,
  refuseAsync,
} from "./lib/configurator/includes.ts";
import type { Plan, RequestMethodOptions } from "./lib/configurator/plan.ts";
import {
  type AddRouteOptions,
  StatedRoute,
  type StatedRouteOptions,
} from "./lib/configurator/route_statement.ts";
import { type Scanned, statedByMarks } from "./lib/configurator/scan.ts";
import { checkFunction, type Source, type Statement } from "./lib/configurator/statements.ts";
import { StatedView } from "./lib/configurator/view_statement.ts";
import type { Logger } from "./lib/log.ts";
import type { Matchdict } from "./lib/routing/matchdict.ts";
import type { Route } from "./lib/routing/route.ts";
import { SourceLocation } from "./lib/source_location.ts";
import type { Renderer } from "./lib/views/handler.ts";
import type { AnyData } from "./lib/views/request.ts";
import type { RequestTypes } from "./lib/views/request_state.ts";
import type { SecurityPolicy } from "./lib/views/security.ts";
import type {
  DefaultRendered,
  IdentityUnder,
  PermissionOption,
  RendererFor,
  ViewOptions,
  ViewResult,
} from "./lib/views/view.ts";
import type { Session } from "./session.ts";

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
 * @typeParam Directives The methods that {@linkcode addDirective} added to the Configurator.
 * @typeParam Identity What the security policy knows of a user.
 * @typeParam Settings The settings of the app.
 * @typeParam Loaded The session. It differs in a part that knows some keys of the session only.
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
  Directives = unknown,
  Identity = unknown,
  Settings extends object = Readonly<Record<string, unknown>>,
  Loaded = Session<Data>,
> extends AppStatements<Data, AppRequest<Data, Added, Identity | null, Settings, Loaded>> {
  /** For the compiler alone: it compares these first, so that its messages are short. */
  declare private readonly sessionKeys: KeysOf<Loaded>;
  declare private readonly user: Identity;
  /**
   * For the compiler alone.
   *
   * @internal
   */
  declare readonly "~user": () => Identity;
  declare private readonly requestMembers: Added;
  #shared: SharedConfiguration<Data>;
  #part: Part;
  /** The place that its statements are said to stand at, within a directive. */
  #place: SourceLocation | undefined;

  /**
   * Begins a configuration without routes and views.
   *
   * @param options The session factory, the security policy, settings, the logger, development
   * mode, limits for bodies, and proxies.
   * @throws {ConfigurationError} If an option is wrong or unknown.
   */
  constructor(options: ConfiguratorOptions<Data, Identity, Settings> = {}) {
    super();
    this.#shared = new SharedConfiguration(options);
    this.#part = this.#shared.part;
    this.#adopt();
    const { bodyLimits, securityPolicy, sessionFactory, settings } = options;
    if (sessionFactory !== undefined) this.setSessionFactory(sessionFactory);
    if (securityPolicy !== undefined) this.setSecurityPolicy(securityPolicy);
    if (bodyLimits !== undefined) this.setDefaultBodyLimits(bodyLimits);
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
   * The settings so far: those of the constructor, and of `addSettings()` calls before. They are
   * frozen. A scoped part reads its own settings over those of the app. Pyramid:
   * `config.get_settings()`.
   */
  get settings(): RequestTypes<unknown, unknown, Settings>["settings"] {
    return this.#shared.settingsOf(this.#part) as never;
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
      AppRequest<Data, Added, Identity | null, Settings, Loaded, Matchdict<Pattern>>
    >,
    options?: AddRouteOptions<Pattern, Data, Added, Context, Identity, Settings, Loaded>,
  ): this;
  /** Adds a route by its name and pattern. */
  addRoute<const Pattern extends string, Context = unknown>(
    name: string,
    pattern: Pattern,
    options?: AddRouteOptions<Pattern, Data, Added, Context, Identity, Settings, Loaded>,
  ): this;
  addRoute(
    given: Route | string,
    second?: string | StatedRouteOptions,
    third?: StatedRouteOptions,
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
    Permitted extends PermissionOption = undefined,
    Anonymous extends boolean | undefined = undefined,
    Returned = ViewResult,
  >(
    view: (
      request: AppRequest<
        Data,
        Added,
        IdentityUnder<Identity, Permitted, Anonymous>,
        Settings,
        Loaded,
        Matchdict<Pattern>,
        Context
      >,
    ) => Returned,
    options: ViewOptions<Pattern, Context, Permitted, Anonymous> & RendererFor<Returned, Added>,
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
    namespace: Namespace & Scanned<Namespace, Data, Added, Identity, Settings, Loaded>,
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
   * A part with `scoped: true` keeps to itself. What it states about the whole app holds for its own
   * routes, and for addresses below its prefix where nothing is found. Examples are exception views,
   * tweens and the default permission. Request methods and directives are those of the whole app.
   * What the part does not state holds as the app states it.
   *
   * @param callable The function. It gets a Configurator whose routes begin with the prefix.
   * @param options `routePrefix`: the text with which the patterns of the part begin. Default: no
   * prefix. `scoped`: whether the part keeps to itself.
   * @returns This Configurator. If the function returns its Configurator, then TypeScript knows what
   * it added to requests and to the Configurator, and its settings.
   * @throws {ConfigurationError} If `callable` is not a function or is async, or if an option is
   * wrong or unknown. If two scoped parts have one prefix.
   */
  include<Returned, const Scoped extends boolean = false>(
    callable: (
      config: Extended<Data, Added, Directives, Identity, Settings, Loaded>,
    ) => Returned & NotAsync<Returned>,
    options: IncludeOptions<Scoped> = {},
  ): Included<Data, Added, Directives, Identity, Settings, Loaded, Scoped, Returned> {
    checkOptions("include()", options, INCLUDE_KINDS);
    checkFunction("an include", callable);
    const part = this.#shared.includes.add(callable, this.#part, options);
    if (part !== null) refuseAsync(callable, callable(this.#derived(part)));
    // What the function adds, it adds to this app, whose type then knows it.
    return this as never;
  }

  /**
   * Adds a method to every Configurator of the app, for a part that other parts use. Pyramid:
   * `add_directive`.
   *
   * Included functions get the method too, and the app has it after the include. A call returns the
   * Configurator on which you call it. Messages about statements of the directive name the source
   * location of that call.
   *
   * @param name The name of the method. A Configurator must not have a member of this name already.
   * @param directive The function. It gets the Configurator and then the arguments of the call.
   * @returns This Configurator, with the method in its type.
   * @throws {ConfigurationError} If the name is not a string, is empty or is taken. If the directive
   * is not a function. A call throws it if the directive is async.
   * @throws {ConfigurationConflictError} If another directive has the name.
   */
  addDirective<const Name extends string, Args extends unknown[]>(
    name: Name,
    directive: (
      config: Extended<Data, Added, Directives, Identity, Settings, Loaded>,
      ...args: Args
    ) => void,
  ): Extended<
    Data,
    Added,
    Directives & DirectiveMethod<Name, Args>,
    Identity,
    Settings,
    Loaded
  > {
    this.#shared.addDirective(name, directive as never, this.#here());
    return this as never;
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
  addRequestMethod<
    const Name extends string,
    Args extends unknown[],
    Value,
    const Property extends boolean = false,
  >(
    name: Name,
    method: (
      request: AppRequest<Data, Added, Identity | null, Settings, Loaded>,
      ...args: Args
    ) => Value,
    options: RequestMethodOptions<Property> = {},
  ): Extended<
    Data,
    Added & Readonly<Record<Name, AddedMember<Property, Args, Value>>>,
    Directives,
    Identity,
    Settings,
    Loaded
  > {
    return this[RECORD]((source) =>
      statedRequestMethod(name, method as never, options, source)
    ) as never;
  }

  /**
   * Sets the renderer of views that state none. Pyramid: `add_renderer(None, …)`.
   *
   * A view that returns a response, `html`, an error or a redirection needs no renderer. The
   * returned Configurator knows that its views can return any value.
   *
   * @param renderer The name of a renderer, a template such as `page.eta`, or a function.
   * @throws {ConfigurationError} If it is neither a name nor a function. From `makeApp()`, if no
   * renderer has the name.
   * @throws {ConfigurationConflictError} From `makeApp()` or `commit()`, if you set it twice.
   */
  setDefaultRenderer(
    renderer: string | Renderer,
  ): Extended<Data, Added & DefaultRendered, Directives, Identity, Settings, Loaded> {
    return this[RECORD]((source) => statedDefaultRenderer(renderer, source)) as never;
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
  ): Extended<Data, Added, Directives, Known, Settings, Loaded> {
    return this[RECORD]((source) => statedSecurityPolicy(policy, source)) as never;
  }

  /**
   * Adds settings, which views read from `request.settings`, and parts from `config.settings`.
   * Pyramid: `add_settings`.
   *
   * A later setting of the same name replaces an earlier one.
   *
   * @param settings The settings by their names.
   * @throws {ConfigurationError} If the settings are not an object.
   */
  addSettings<Stated extends object>(
    settings: Stated,
  ): Extended<Data, Added, Directives, Identity, SettingsAfter<Settings, Stated>, Loaded> {
    this.#shared.addSettings(settings, this.#here());
    return this as never;
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
    return { part: this.#part, place: this.#place ?? new SourceLocation(within) };
  }

  /** Another Configurator of the same app, for a part of it. */
  #derived(
    part: Part,
    place?: SourceLocation,
  ): Extended<Data, Added, Directives, Identity, Settings, Loaded> {
    const config = new Configurator<Data, Added, Directives, Identity, Settings, Loaded>();
    config.#shared = this.#shared;
    config.#part = part;
    config.#place = place;
    return config.#adopt();
  }

  /** Gives it the directives. */
  #adopt(): Extended<Data, Added, Directives, Identity, Settings, Loaded> {
    const { directives } = this.#shared;
    return directives.adopt<typeof this, Directives>(this, (directive, args, place) => {
      const config = this.#derived(this.#part, this.#place ?? place);
      refuseAsync(directive, Reflect.apply(directive, undefined, [config, ...args]));
    });
  }

  /**
   * Records the statement that `state` makes.
   *
   * @internal
   */
  protected override [RECORD](state: (source: Source) => Statement<Plan<Data>>): this {
    return this.#state(state(this.#here()));
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

/** A Configurator with its directives. */
export type Extended<
  Data extends object,
  Added extends object,
  Directives,
  Identity,
  Settings extends object,
  Loaded,
> = Configurator<Data, Added, Directives, Identity, Settings, Loaded> & Directives;

/**
 * The Configurator after `include()`. If the function returned its Configurator, the type has what
 * it added. The policy and the settings of a scoped part stay with the part.
 */
export type Included<
  Data extends object,
  Added extends object,
  Directives,
  Identity,
  Settings extends object,
  Loaded,
  Scoped extends boolean,
  Returned,
> = Returned extends
  Configurator<AnyData, infer More, infer Methods, infer _, infer Stated, infer _Loaded> ? Extended<
    Data,
    MembersAfter<Added, More, Scoped>,
    Directives & Methods,
    Scoped extends true ? Identity : unknown extends Identity ? UserOf<Returned> : Identity,
    Scoped extends true ? Settings : SettingsAfter<Settings, Stated>,
    Loaded
  >
  : Extended<Data, Added, Directives, Identity, Settings, Loaded>;
