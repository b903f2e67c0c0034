/**
 * The Configurator: says what an app is, and makes it.
 *
 * @module
 */

import type { App } from "./lib/app/app.ts";
import { ConfigurationError } from "./lib/configuration_error.ts";
import { Declarations } from "./lib/configurator/declarations.ts";
import { identityOf } from "./lib/configurator/identity.ts";
import { Plan } from "./lib/configurator/plan.ts";
import { findMarkedViews } from "./lib/configurator/scan.ts";
import { type OriginOptions, RequestOrigin } from "./lib/http/request_origin.ts";
import { consoleLogger, type Logger } from "./lib/log.ts";
import { Place } from "./lib/place.ts";
import type { Matchdict } from "./lib/routing/matchdict.ts";
import { Route, type RouteOptions } from "./lib/routing/route.ts";
import { answerOf } from "./lib/views/answer.ts";
import { MethodPredicate } from "./lib/views/method_predicate.ts";
import type { ErrorClass, ExceptionView, View } from "./lib/views/view.ts";
import type { ViewOptions } from "./lib/views/view_config.ts";
import type { SessionFactory } from "./session.ts";

/** What a {@linkcode Configurator} takes. */
export interface ConfiguratorOptions<Data extends object> extends OriginOptions {
  /** Where sessions come from; the same as `setSessionFactory()`, but the session's type follows from it. */
  readonly sessionFactory?: SessionFactory<Data>;
  /** Told what went wrong on our side. Default: the console. */
  readonly logger?: Logger;
}

/** Which errors an exception view answers. */
export interface ExceptionViewOptions<Failure> {
  /** The class of errors; its subclasses are answered too. @default {Error} */
  readonly context?: ErrorClass<Failure>;
}

/**
 * Says what an app is: its routes, its views, its sessions.
 *
 * Nothing takes effect before {@linkcode makeApp}, which refuses what contradicts itself. Routes are
 * matched in the order in which they were added; the order of everything else does not matter.
 * Pyramid: `pyramid.config.Configurator`.
 *
 * @typeParam Data The keys of the app's sessions.
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
export class Configurator<Data extends object = Record<string, unknown>> {
  readonly #declarations = new Declarations();
  readonly #plan = new Plan<Data>();
  readonly #origins: RequestOrigin;
  readonly #logger: Logger;

  /**
   * Begins a configuration.
   *
   * @throws {ConfigurationError} If `publicOrigin` or `trustedHops` is wrong.
   */
  constructor(options: ConfiguratorOptions<Data> = {}) {
    this.#origins = new RequestOrigin(options);
    this.#logger = options.logger ?? consoleLogger;
    if (options.sessionFactory !== undefined) this.setSessionFactory(options.sessionFactory);
  }

  /**
   * Adds a route after those that are there. Pyramid: `add_route`.
   *
   * @param route A route, or a name for one, which no other route may have.
   * @throws {ConfigurationError} If the pattern is none; and, when the app is made, if the name is taken or the route can never match.
   */
  addRoute<Pattern extends string>(route: Route<Pattern>): this;
  /** Adds a route by its name and pattern. */
  addRoute(name: string, pattern: string, options?: RouteOptions): this;
  addRoute(route: Route | string, pattern?: string, options?: RouteOptions): this {
    const added = typeof route === "string" ? new Route(route, pattern ?? "", options) : route;
    return this.#declare(
      `route "${added.name}"`,
      (place) => this.#plan.addRoute(added, place),
    );
  }

  /**
   * Adds a view of a route. Pyramid: `add_view`.
   *
   * @param view Answers the requests; its `request.matchdict` is typed by `options.route`.
   * @param options Which requests: `route` or `routeName`, and predicates.
   * @throws {ConfigurationError} When the app is made, if the route does not exist or another view answers the same requests.
   */
  addView<Pattern extends string>(
    view: View<Data, Matchdict<Pattern>>,
    options: ViewOptions<Pattern>,
  ): this {
    const name = view.name === "" ? "a view" : `view ${view.name}`;
    return this.#addView(view, options, name, new Place());
  }

  /**
   * Adds every view of a namespace that `viewConfig` marked. Pyramid: `scan`.
   *
   * @param namespace An imported module (`import * as views from "./views.ts"`), or an object of views.
   * @throws {ConfigurationError} If nothing in it is marked.
   */
  scan(namespace: object): this {
    const found = findMarkedViews(namespace);
    if (found.length === 0) {
      throw new ConfigurationError(
        "Cannot scan a namespace without a marked view: mark views with viewConfig() and export them",
      );
    }
    for (const { name, mark, view } of found) {
      this.#addView(view, mark.options, `view ${name}`, mark.place);
    }
    return this;
  }

  /**
   * Adds a view for what is thrown; of several that fit, the one of the nearest class answers.
   * Pyramid: `add_exception_view`.
   *
   * @param view Answers `(error, request)`.
   * @param options `context`: the class of errors; default `Error`.
   * @throws {ConfigurationError} When the app is made, if the class has another view.
   */
  addExceptionView<Failure = Error>(
    view: ExceptionView<Failure, Data>,
    options: ExceptionViewOptions<Failure> = {},
  ): this {
    const context: ErrorClass<unknown> = options.context ?? Error;
    const name = `exception view ${view.name || `of ${context.name}`}`;
    return this.#declare(
      `exception view of ${context.name}${identityOf(context)}`,
      () => this.#plan.addExceptionView({ context, name, view }),
    );
  }

  /**
   * Sets where sessions come from. Pyramid: `set_session_factory`.
   *
   * @throws {ConfigurationError} When the app is made, if it was set twice.
   */
  setSessionFactory(factory: SessionFactory<Data>): this {
    return this.#declare("the session factory", () => this.#plan.setSessionFactory(factory));
  }

  /**
   * Makes the app. Nothing can be added afterwards. Pyramid: `make_wsgi_app`.
   *
   * @throws {ConfigurationConflictError} If the same thing was declared twice.
   * @throws {ConfigurationError} If a view's route does not exist, or a route can never match.
   */
  makeApp(): App<Data> {
    this.#declarations.execute();
    return this.#plan.makeApp(this.#origins, this.#logger);
  }

  #declare(subject: string, apply: (place: Place) => void): this {
    const place = new Place();
    this.#declarations.add({ subject, place, apply: () => apply(place) });
    return this;
  }

  #addView(
    view: (request: never) => unknown,
    options: ViewOptions,
    name: string,
    place: Place,
  ): this {
    const routeName = routeNameOf(options, name, place);
    const methods = new MethodPredicate(options.requestMethod);
    const routed = { name, methods, answer: answerOf<Data>(view, name) };
    this.#declarations.add({
      subject: `a view of route "${routeName}" for ${methods}`,
      place,
      apply: () => this.#plan.addView({ routed, routeName, place }),
    });
    return this;
  }
}

function routeNameOf({ route, routeName }: ViewOptions, view: string, place: Place): string {
  const name = route?.name ?? routeName;
  if (name === undefined || (route !== undefined && routeName !== undefined)) {
    throw new ConfigurationError(
      `Cannot add ${view} at ${place}: say whose requests it answers by one of route and routeName`,
    );
  }
  return name;
}
