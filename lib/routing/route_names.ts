/**
 * Routes by their names.
 *
 * @module
 */

import { ConfigurationError } from "../configuration_error.ts";
import type { Route } from "./route.ts";

/**
 * The routes of an app, by name.
 *
 * @internal
 */
export class RouteNames {
  readonly #routes = new Map<string, Route>();

  /** Adds a route; its name must be new. */
  add(route: Route): void {
    this.#routes.set(route.name, route);
  }

  /** Whether a route has this name. */
  has(name: string): boolean {
    return this.#routes.has(name);
  }

  /** The names, in the order in which the routes were added. */
  names(): string[] {
    return [...this.#routes.keys()];
  }

  /**
   * The route of a name.
   *
   * @throws {RouteNotFoundError} If there is none.
   */
  get(name: string): Route {
    const route = this.#routes.get(name);
    if (route === undefined) throw new RouteNotFoundError(name, this.names());
    return route;
  }
}

/** A route was asked for by a name that no route has. */
export class RouteNotFoundError extends ConfigurationError {
  /** Always `"RouteNotFoundError"`. */
  override name = "RouteNotFoundError";
  /** The name that was asked for. */
  readonly route: string;
  /** The names that routes have. */
  readonly known: readonly string[];

  /** Makes the error. */
  constructor(route: string, known: readonly string[]) {
    const list = known.length === 0
      ? "there are no routes"
      : `known routes are ${known.map((name) => `"${name}"`).join(", ")}`;
    super(`Cannot find route "${route}": no route has this name; ${list}`);
    this.route = route;
    this.known = known;
  }
}
