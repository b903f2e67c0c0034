/**
 * What the statements of a configuration add up to.
 *
 * @module
 */

import { App } from "../app/app.ts";
import { ExceptionViews, type RegisteredExceptionView } from "../app/exception_views.ts";
import { type RoutedView, type RoutedViews, routerOf } from "../app/router.ts";
import { ConfigurationError } from "../configuration_error.ts";
import type { RequestOrigin } from "../http/request_origin.ts";
import type { Logger } from "../log.ts";
import type { Place } from "../place.ts";
import type { Route } from "../routing/route.ts";
import { RouteNames } from "../routing/route_names.ts";
import { RouteTable } from "../routing/route_table.ts";
import type { UnreachableRoute } from "../routing/unreachable.ts";
import type { SessionFactory } from "../../session.ts";

/** A view with the name of the route that it wants. */
export interface PlannedView<Data extends object> {
  /** The view, ready to answer. */
  readonly routed: RoutedView<Data>;
  /** The route's name. */
  readonly routeName: string;
  /** Where it was declared. */
  readonly place: Place;
}

/** Takes what statements carry out, and makes the app of it. */
export class Plan<Data extends object> {
  readonly #routes: { readonly route: Route; readonly place: Place }[] = [];
  readonly #views: PlannedView<Data>[] = [];
  readonly #exceptionViews: RegisteredExceptionView<Data>[] = [];
  #sessionFactory: SessionFactory<Data> | undefined;

  /** Adds a route after those that are there. */
  addRoute(route: Route, place: Place): void {
    this.#routes.push({ route, place });
  }

  /** Adds a view. */
  addView(view: PlannedView<Data>): void {
    this.#views.push(view);
  }

  /** Adds an exception view. */
  addExceptionView(view: RegisteredExceptionView<Data>): void {
    this.#exceptionViews.push(view);
  }

  /** Sets where sessions come from. */
  setSessionFactory(factory: SessionFactory<Data>): void {
    this.#sessionFactory = factory;
  }

  /**
   * Makes the app.
   *
   * @throws {ConfigurationError} If a view's route does not exist, or a route can never match.
   */
  makeApp(origins: RequestOrigin, logger: Logger): App<Data> {
    const routes = new RouteNames();
    for (const { route } of this.#routes) routes.add(route);
    const table = this.#tableOf(this.#viewsByRoute(routes));
    return new App<Data>({
      environment: Object.freeze({ sessionFactory: this.#sessionFactory, origins, routes }),
      answer: routerOf(table),
      exceptionViews: new ExceptionViews(this.#exceptionViews),
      logger,
    });
  }

  #viewsByRoute(routes: RouteNames): Map<string, RoutedView<Data>[]> {
    const views = new Map<string, RoutedView<Data>[]>();
    for (const { route } of this.#routes) views.set(route.name, []);
    for (const { routed, routeName, place } of this.#views) {
      const ofRoute = views.get(routeName);
      if (ofRoute === undefined) {
        const known = routes.names().map((name) => `"${name}"`).join(", ") || "none";
        throw new ConfigurationError(
          `Cannot add ${routed.name} at ${place}: no route is called "${routeName}"; routes are ${known}`,
        );
      }
      ofRoute.push(routed);
    }
    return views;
  }

  #tableOf(views: ReadonlyMap<string, readonly RoutedView<Data>[]>): RouteTable<RoutedViews<Data>> {
    const table = new RouteTable<RoutedViews<Data>>();
    for (const { route } of this.#routes) {
      table.add(route, { route, views: mostStatedFirst(views.get(route.name) ?? []) });
    }
    const [lost] = table.unreachable();
    if (lost !== undefined) throw this.#unreachable(lost);
    return table;
  }

  #unreachable({ route, by }: UnreachableRoute): ConfigurationError {
    const placeOf = (wanted: Route): string =>
      String(this.#routes.find(({ route }) => route === wanted)?.place);
    return new ConfigurationError(
      `Cannot reach route "${route.name}" (${route.pattern}) added at ${placeOf(route)}: ` +
        `route "${by.name}" (${by.pattern}) added before it at ${
          placeOf(by)
        } matches all of its paths`,
    );
  }
}

/** Views that say more come first; those that say as much, in the order in which they were declared. */
function mostStatedFirst<Data extends object>(
  views: readonly RoutedView<Data>[],
): readonly RoutedView<Data>[] {
  const stated = (view: RoutedView<Data>): number => view.methods.isStated ? 1 : 0;
  return views.toSorted((one, other) => stated(other) - stated(one));
}
