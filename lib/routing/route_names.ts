/**
 * Finds routes by their names.
 *
 * @module
 */

import { ConfigurationError } from "../configuration_error.ts";
import { didYouMean, quotedList } from "../did_you_mean.ts";
import type { Route } from "./route.ts";

/** The part of the configuration that states a route: the app itself, or an included function. */
export interface RoutePart {
  /** The part that includes this part, or `null` for the app itself. */
  readonly parent: RoutePart | null;
}

interface NamedRoute {
  readonly stated: Route;
  readonly route: Route;
  readonly part: RoutePart;
}

/**
 * Finds the routes of an app by name, or by the `Route` that the developer stated.
 *
 * A function that is included under two prefixes states its routes twice. Code within one of the
 * two parts gets the route of that part.
 *
 * @internal
 */
export class RouteNames {
  readonly #routes = new Map<string, NamedRoute>();
  /** The routes whose name several routes have. */
  readonly #namesakes = new Map<string, NamedRoute[]>();

  /**
   * Adds a route.
   *
   * @param stated The route that the developer stated, without the prefix.
   * @param route The route with its prefix.
   * @param part The part that states it.
   */
  add(stated: Route, route: Route, part: RoutePart): void {
    const { name } = route;
    const named = { stated, route, part };
    const first = this.#routes.get(name);
    const same = this.#namesakes.get(name);
    if (first === undefined) this.#routes.set(name, named);
    else if (same === undefined) this.#namesakes.set(name, [first, named]);
    else same.push(named);
  }

  /** Returns the names, in the order in which the routes were added. */
  names(): string[] {
    return [...this.#routes.keys()];
  }

  /**
   * Returns the route with a name, or the route that a stated `Route` became.
   *
   * @param wanted The name, or the stated `Route`.
   * @param from The part that asks for it.
   * @throws {RouteNotFoundError} If no route has the name, or several have it and none of them is
   * in a part around `from`.
   */
  get(wanted: string | Route, from: RoutePart | null): Route {
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
    for (let part = from; part !== null; part = part.parent) {
      const near = found.find((one) => one.part === part);
      if (near !== undefined) return near.route;
    }
    const candidates = found.map(({ route }) => route.pattern);
    throw new RouteNotFoundError(name, this.names(), { candidates });
  }
}

/**
 * The patterns of other routes with the wanted name, for the message.
 *
 * @internal
 */
export interface Namesakes {
  /** The patterns of several routes, between which the part does not decide. */
  readonly candidates?: readonly string[];
  /** The patterns of routes that are not the wanted `Route`. */
  readonly others?: readonly string[];
  /** Whether a `Route` is wanted, and not a name. */
  readonly isStated?: boolean;
}

/** Thrown if no route has the wanted name, or if several routes have it. */
export class RouteNotFoundError extends ConfigurationError {
  /** Always `"RouteNotFoundError"`. */
  override name = "RouteNotFoundError";
  /** The wanted name. */
  readonly route: string;
  /** The names of all routes. */
  readonly known: readonly string[];
  /** The patterns of the routes with this name, if several have it. Otherwise it is empty. */
  readonly candidates: readonly string[];

  /** Makes the error and its message. */
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
    return `several routes have this name, with the patterns ${
      quotedList(candidates)
    }: use the name only in the include that states the route`;
  }
  if (others.length > 0) {
    return `another Route has this name, with the pattern ${
      quotedList(others)
    }: give the Route that was added, or its name "${route}"`;
  }
  const remedy = isStated
    ? `: call config.addRoute(${nameInCode(route)})`
    : `: call config.addRoute("${route}", pattern)`;
  return known.length === 0
    ? `no route has this name, because the app has no routes${remedy}`
    : `no route has this name: known routes are ${quotedList(known)}${
      didYouMean(route, known) || remedy
    }`;
}

/** Guesses the developer's variable for the route. */
function nameInCode(route: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(route) ? route : "route";
}
