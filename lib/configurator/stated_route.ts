/**
 * What a configuration states of a route.
 *
 * @module
 */

import { ConfigurationError } from "../configuration_error.ts";
import { Route } from "../routing/route.ts";
import { joinPrefix, type Part } from "./includes.ts";
import { checkOptions, OPTION_NAMES } from "./options.ts";
import type { PlannedRoute, RouteConditions } from "./plan.ts";

/**
 * The route that is stated, under the prefix of the part that states it.
 *
 * @param given The route, or its name.
 * @param pattern The pattern, where it is given by its name.
 * @param conditions What else decides whether it matches.
 * @param part Where it is stated.
 * @throws {ConfigurationError} If the pattern is none, or an option is unknown.
 */
export function statedRoute(
  given: Route | string,
  pattern: string | undefined,
  conditions: RouteConditions,
  part: Part,
): Omit<PlannedRoute, "place"> {
  const named = typeof given === "string" ? null : given;
  const name = named === null ? given : named.name;
  checkOptions(`route "${name}"`, conditions, OPTION_NAMES.route);
  const route = prefixed(named, given, pattern, conditions, part.prefix);
  return { stated: named ?? route, route, conditions, part };
}
