/**
 * What a configuration states of a route.
 *
 * @module
 */

import { checkOptions, describe } from "../check_options.ts";
import { ConfigurationError } from "../configuration_error.ts";
import type { Place } from "../place.ts";
import { Route, type RouteOptions } from "../routing/route.ts";
import type { Declaration } from "./declarations.ts";
import { joinPrefix, type Part } from "./includes.ts";
import { ADD_ROUTE_KINDS } from "./options.ts";
import type { Plan, PlannedRoute, RouteConditions } from "./plan.ts";

/** What is stated with a route of which nothing more is stated. */
export const NO_CONDITIONS: RouteConditions & RouteOptions = Object.freeze({});

const NO_ROUTE_OPTIONS: RouteOptions = Object.freeze({});

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
   * @throws {ConfigurationError} If the pattern is none.
   */
  constructor(
    given: Route | string,
    pattern: string | undefined,
    conditions: RouteConditions & RouteOptions,
    part: Part,
    place: Place,
  ) {
    const name = typeof given === "string" ? given : given.name;
    const text = typeof given === "string" ? pattern : given.pattern;
    if (text === undefined) {
      throw new ConfigurationError(
        `Cannot add ${
          routeSubject(name)
        }: it has no pattern: write one behind the name, such as "/${name}"`,
      );
    }
    const isOurs = !/^https?:\/\//.test(text);
    const isAsStated = typeof given !== "string" && (part.prefix === "" || !isOurs);
    this.route = isAsStated ? given : new Route(
      name,
      isOurs ? joinPrefix(part.prefix, text) : text,
      routeOptions(typeof given === "string" ? NO_ROUTE_OPTIONS : given.options, conditions),
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

/**
 * Refuses what `addRoute` cannot mean.
 *
 * @param given The route, or its name.
 * @param second The pattern or the options.
 * @param third The options behind a pattern.
 * @throws {ConfigurationError} If it is neither, an option is wrong or unknown, or something would be ignored.
 */
export function checkRouteStatement(given: unknown, second: unknown, third: unknown): void {
  if (typeof given !== "string" && !(given instanceof Route)) {
    throw new ConfigurationError(
      `Cannot add a route: must be a Route or its name, not ${describe(given)}`,
    );
  }
  const subject = routeSubject(typeof given === "string" ? given : given.name);
  if (typeof given !== "string" && (typeof second === "string" || third !== undefined)) {
    throw new ConfigurationError(
      `Cannot add ${subject}: a Route has its pattern, so that only options can stand behind it`,
    );
  }
  const options = typeof second === "string" ? third : second;
  if (options !== undefined) checkOptions(subject, options, ADD_ROUTE_KINDS);
}

/** What of the conditions is about the pattern; most say nothing of it, and share one object. */
function routeOptions(own: RouteOptions, { insecureAllowRegExp }: RouteOptions): RouteOptions {
  return insecureAllowRegExp === undefined ? own : { ...own, insecureAllowRegExp };
}

function routeSubject(name: string): string {
  return `route "${name}"`;
}
