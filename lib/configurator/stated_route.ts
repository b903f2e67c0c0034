/**
 * What a configuration states of a route.
 *
 * @module
 */

import { ConfigurationError } from "../configuration_error.ts";
import type { Place } from "../place.ts";
import { Route, type RouteOptions } from "../routing/route.ts";
import { joinPrefix, type Part } from "./includes.ts";
import { checkOptions, OPTION_NAMES } from "./options.ts";
import type { PlannedRoute, RouteConditions } from "./plan.ts";

/** What is stated with a route of which nothing more is stated. */
export const NO_CONDITIONS: RouteConditions & RouteOptions = Object.freeze({});

/**
 * The route that is stated, under the prefix of the part that states it.
 *
 * @param given The route, or its name.
 * @param pattern The pattern, where it is given by its name.
 * @param conditions What else decides whether it matches.
 * @param part The part that states it.
 * @param place Where it is stated.
 * @throws {ConfigurationError} If the pattern is none, or an option is unknown.
 */
export function statedRoute(
  given: Route | string,
  pattern: string | undefined,
  conditions: RouteConditions & RouteOptions,
  part: Part,
  place: Place,
): PlannedRoute {
  const name = typeof given === "string" ? given : given.name;
  checkOptions(`route "${name}"`, conditions, OPTION_NAMES.route);
  const text = typeof given === "string" ? pattern : given.pattern;
  if (text === undefined) {
    throw new ConfigurationError(`Cannot add route "${name}": it has no pattern`);
  }
  const isOurs = !/^https?:\/\//.test(text);
  const isAsStated = typeof given !== "string" && (part.prefix === "" || !isOurs);
  const route = isAsStated ? given : new Route(
    name,
    isOurs ? joinPrefix(part.prefix, text) : text,
    typeof given === "string" ? conditions : { ...given.options, ...conditions },
  );
  return { stated: typeof given === "string" ? route : given, route, conditions, part, place };
}
