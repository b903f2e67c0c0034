/**
 * Routes by their names.
 *
 * @module
 */

import { ConfigurationError } from "../configuration_error.ts";
import { didYouMean, quotedList } from "../did_you_mean.ts";
import type { Route } from "./route.ts";

/** The part of the configuration that a route was stated in: the app itself, or one include. */
export interface RouteScope {
  /** The part that includes this one; `null` for the app itself. */
  readonly parent: RouteScope | null;
}

interface NamedRoute {
  readonly stated: Route;
  readonly route: Route;
  readonly scope: RouteScope;
}

/**
 * The routes of an app, by name or by the route as it was stated.
 *
 * A callable that is included under two prefixes states its routes twice; who asks from within one
 * of the two gets that one's.
 *
 * @internal
 */
export class RouteNames {
  readonly #routes = new Map<string, NamedRoute>();
  /** The routes of the names that several have. */
  readonly #namesakes = new Map<string, NamedRoute[]>();

  /**
   * Adds a route.
   *
   * @param stated The route as it was stated.
   * @param route The route with its prefix.
   * @param scope Where it was stated.
   */
  add(stated: Route, route: Route, scope: RouteScope): void {
    const { name } = route;
    const named = { stated, route, scope };
    const first = this.#routes.get(name);
    const same = this.#namesakes.get(name);
    if (first === undefined) this.#routes.set(name, named);
    else if (same === undefined) this.#namesakes.set(name, [first, named]);
    else same.push(named);
  }

  /** The names, in the order in which the routes were added. */
  names(): string[] {
    return [...this.#routes.keys()];
  }

  /**
   * The route of a name, or the one that a stated route became.
   *
   * @param wanted The name, or the route as it was stated.
   * @param from Where it is asked for.
   * @throws {RouteNotFoundError} If no route has the name, or several have it and no one is nearer.
   */
  get(wanted: string | Route, from: RouteScope | null): Route {
    const name = typeof wanted === "string" ? wanted : wanted.name;
    const first = this.#routes.get(name);
    const all = this.#namesakes.get(name) ?? (first === undefined ? [] : [first]);
    const found = typeof wanted === "string" ? all : all.filter(({ stated }) => stated === wanted);
    if (found.length === 1) return found[0]!.route;
    if (found.length === 0) {
      const others = all.map(({ route }) => route.pattern);
      const isStated = typeof wanted !== "string";
      throw new RouteNotFoundError(name, this.names(), { others, isStated });
    }
    for (let scope = from; scope !== null; scope = scope.parent) {
      const near = found.find((one) => one.scope === scope);
      if (near !== undefined) return near.route;
    }
    const candidates = found.map(({ route }) => route.pattern);
    throw new RouteNotFoundError(name, this.names(), { candidates });
  }
}

/**
 * Routes that have the name that was asked for, by their patterns.
 *
 * @internal
 */
export interface Namesakes {
  /** Several routes, and no one is nearer. */
  readonly candidates?: readonly string[];
  /** Others than the `Route` that was asked for. */
  readonly others?: readonly string[];
  /** Whether a `Route` was asked for, and not a name. */
  readonly isStated?: boolean;
}

/** A route was asked for by a name that no route has, or that several have. */
export class RouteNotFoundError extends ConfigurationError {
  /** Always `"RouteNotFoundError"`. */
  override name = "RouteNotFoundError";
  /** The name that was asked for. */
  readonly route: string;
  /** The names that routes have. */
  readonly known: readonly string[];
  /** The patterns of the routes that have the name, where they are several. */
  readonly candidates: readonly string[];

  /** Makes the error. */
  constructor(
    route: string,
    known: readonly string[],
    { candidates = [], others = [], isStated = false }: Namesakes = {},
  ) {
    super(
      `Cannot find route "${route}": ${reason(route, known, { candidates, others, isStated })}`,
    );
    this.route = route;
    this.known = known;
    this.candidates = candidates;
  }
}

function reason(
  route: string,
  known: readonly string[],
  { candidates, others, isStated }: Required<Namesakes>,
): string {
  if (candidates.length > 0) {
    return `several have this name, with the patterns ${
      quotedList(candidates)
    }; ask from within the include that states it`;
  }
  if (others.length > 0) {
    return `another Route has this name, with the pattern ${
      quotedList(others)
    }; give the one that was added, or its name "${route}"`;
  }
  const remedy = isStated
    ? `: call config.addRoute(${nameInCode(route)})`
    : `: call config.addRoute("${route}", pattern)`;
  return known.length === 0
    ? `no route has this name; there are no routes${remedy}`
    : `no route has this name; known routes are ${quotedList(known)}${
      didYouMean(route, known) || remedy
    }`;
}

/** How a developer most likely calls the variable of the route. */
function nameInCode(route: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(route) ? route : "route";
}
