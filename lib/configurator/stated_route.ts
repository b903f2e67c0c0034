/**
 * What a configuration states of a route.
 *
 * @module
 */

import { ConfigurationError } from "../configuration_error.ts";
import type { Place } from "../place.ts";
import { Route, type RouteOptions } from "../routing/route.ts";
import type { Declaration } from "./declarations.ts";
import { joinPrefix, type Part } from "./includes.ts";
import { checkOptions, OPTION_NAMES } from "./options.ts";
import type { Plan, PlannedRoute, RouteConditions } from "./plan.ts";

/** What is stated with a route of which nothing more is stated. */
export const NO_CONDITIONS: RouteConditions & RouteOptions = Object.freeze({});

/** A route that is stated, under the prefix of the part that states it: of many there is one object each. */
export class StatedRoute<Data extends object> implements PlannedRoute, Declaration<Plan<Data>> {
  /** The route as it was stated. */
  readonly stated: Route;
  /** The route with its prefix. */
  readonly route: Route;
  /** What else decides whether it matches. */
  readonly conditions: RouteConditions;
  /** The part of the configuration that states it. */
  readonly part: Part;
  /** Where it was stated. */
  readonly place: Place;

  /**
   * Makes the route, where it is not there.
   *
   * @param given The route, or its name.
   * @param pattern The pattern, where it is given by its name.
   * @param conditions What else decides whether it matches.
   * @param part The part that states it.
   * @param place Where it is stated.
   * @throws {ConfigurationError} If the pattern is none, or an option is unknown.
   */
  constructor(
    given: Route | string,
    pattern: string | undefined,
    conditions: RouteConditions & RouteOptions,
    part: Part,
    place: Place,
  ) {
    const name = typeof given === "string" ? given : given.name;
    checkOptions(routeSubject(name), conditions, OPTION_NAMES.route);
    const text = typeof given === "string" ? pattern : given.pattern;
    if (text === undefined) {
      throw new ConfigurationError(`Cannot add ${routeSubject(name)}: it has no pattern`);
    }
    const isOurs = !/^https?:\/\//.test(text);
    const isAsStated = typeof given !== "string" && (part.prefix === "" || !isOurs);
    this.route = isAsStated ? given : new Route(
      name,
      isOurs ? joinPrefix(part.prefix, text) : text,
      typeof given === "string" ? conditions : { ...given.options, ...conditions },
    );
    this.stated = typeof given === "string" ? this.route : given;
    this.conditions = conditions;
    this.part = part;
    this.place = place;
  }

  /** Its name says it all. */
  get identity(): string {
    return "";
  }

  /** Its name, in words. */
  get subject(): string {
    return routeSubject(this.route.name);
  }

  /** Plans it. */
  apply(plan: Plan<Data>, key: string): void {
    plan.addRoute(key, this);
  }
}

function routeSubject(name: string): string {
  return `route "${name}"`;
}
