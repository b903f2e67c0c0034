/**
 * The statement that adds a route.
 *
 * @module
 */

import { BOOLEAN, checkOptions, describe, FUNCTION, type OptionKinds } from "../check_options.ts";
import { ConfigurationError } from "../configuration_error.ts";
import type { Matchdict } from "../routing/matchdict.ts";
import { Route } from "../routing/route.ts";
import { ROUTE_KINDS, type RouteOptions } from "../routing/route_pattern.ts";
import type { SourceLocation } from "../source_location.ts";
import { BODY_LIMITS, type RequestLimits } from "../views/body_limits.ts";
import { REQUEST_METHOD_KIND, type RequestMethod } from "../views/predicates/method.ts";
import type { OrNot } from "../views/predicates/predicate.ts";
import { type PredicateOptions, ROUTE_PREDICATE_KINDS } from "../views/predicates/predicates.ts";
import type { AnyViewRequest, ViewRequest } from "../views/request.ts";
import type { ResultIn } from "../views/view.ts";
import { joinPrefix, type Part } from "./includes.ts";
import type { Source, Statement } from "./statements.ts";

/** The conditions of a route besides its pattern, and its settings for requests. */
export interface RouteConditions extends Omit<PredicateOptions, "matchParam"> {
  /** The methods that the route matches. `"GET"` includes `"HEAD"`. Default: all methods. */
  readonly requestMethod?: OrNot<RequestMethod>;
  /**
   * Makes `request.context` for each request that the route matches. It runs before the view
   * predicates, the permission check and the view. The app awaits its result. If it throws, the
   * exception views answer.
   */
  readonly factory?: (request: AnyViewRequest) => unknown;
  /** Whether the route only makes URLs and matches no request. @default {false} */
  readonly static?: boolean;
  /**
   * The limits for bodies that `factory` reads, or a view without limits of its own. Default: the
   * limits of the Configurator.
   */
  readonly bodyLimits?: RequestLimits;
}

/**
 * The options of `addRoute()`.
 *
 * @typeParam Pattern The route's pattern.
 * @typeParam Data The keys of the app's sessions.
 * @typeParam Added The members that the app added to its requests.
 */
export interface AddRouteOptions<
  Pattern extends string = string,
  Data extends object = Record<string, unknown>,
  Added extends object = object,
> extends RouteConditions, RouteOptions {
  /**
   * A view of the route, as by `addView()`. It answers GET and HEAD, or the methods in the route's
   * `requestMethod`.
   */
  readonly view?: (
    request: ViewRequest<Data, Matchdict<Pattern>> & Added,
  ) => ResultIn<Added>;
}

/** The kinds of the values in {@linkcode AddRouteOptions}. */
export const ADD_ROUTE_KINDS: OptionKinds<AddRouteOptions> = {
  requestMethod: REQUEST_METHOD_KIND,
  ...ROUTE_PREDICATE_KINDS,
  factory: FUNCTION,
  static: BOOLEAN,
  bodyLimits: BODY_LIMITS,
  ...ROUTE_KINDS,
  view: FUNCTION,
};

/** The options of `addRoute()` for an app of any type. */
type StatedOptions = RouteConditions & RouteOptions & {
  readonly view?: ((request: never) => unknown) | undefined;
};

/** One object for the many routes without options. */
const NO_OPTIONS: StatedOptions = Object.freeze({});

/** The part of a plan that holds the routes. */
interface RoutePlan {
  addRoute(key: string, route: StatedRoute): void;
}

/** The statement of one route, with the prefix of its part. */
export class StatedRoute implements Statement<RoutePlan> {
  /** The route without the prefix. */
  readonly stated: Route;
  /** The route with its prefix. */
  readonly route: Route;
  /** The options besides its pattern and its view. */
  readonly conditions: RouteConditions;
  /** The part of the configuration that made the statement. */
  readonly part: Part;
  /** The source location of the statement. */
  readonly place: SourceLocation;
  /** The view in the options of `addRoute()`. */
  readonly view: StatedOptions["view"];

  /**
   * Checks the arguments of `addRoute()`, and makes the route if they name it.
   *
   * @param given The route, or its name.
   * @param second The pattern after a name, or the options after a route.
   * @param third The options after a pattern. Their `view` becomes a statement of its own.
   * @param source The part and the source location of the statement.
   * @throws {ConfigurationError} If an argument is wrong, an option is wrong or unknown, or the
   * pattern is not valid.
   */
  constructor(
    given: Route | string,
    second: string | StatedOptions | undefined,
    third: StatedOptions | undefined,
    { part, place }: Source,
  ) {
    check(given, second, third);
    const [pattern, options] = typeof second === "string" ? [second, third] : [undefined, second];
    const { view, ...conditions } = options ?? NO_OPTIONS;
    const [name, text] = typeof given === "string" ? [given, pattern] : [given.name, given.pattern];
    if (text === undefined) {
      throw new ConfigurationError(
        `Cannot add ${
          subjectOf(name)
        }: it has no pattern: write one after the name, such as "/${name}"`,
      );
    }
    const isOurs = !/^https?:\/\//.test(text);
    const isAsStated = typeof given !== "string" && (part.prefix === "" || !isOurs);
    this.route = isAsStated ? given : new Route(
      name,
      isOurs ? joinPrefix(part.prefix, text) : text,
      patternOptions(typeof given === "string" ? NO_OPTIONS : given.options, conditions),
    );
    this.stated = typeof given === "string" ? this.route : given;
    this.conditions = conditions;
    this.view = view;
    this.part = part;
    this.place = place;
  }

  /** False: each inclusion has its own routes. */
  get isOfApp(): boolean {
    return false;
  }

  /** Empty: two routes of one name conflict. */
  get identity(): string {
    return "";
  }

  /** The text for messages, such as `route "home"`. */
  get subject(): string {
    return subjectOf(this.route.name);
  }

  /** Adds the route to the plan. */
  apply(plan: RoutePlan, key: string): void {
    plan.addRoute(key, this);
  }
}

/** Throws for arguments that `addRoute()` does not take. */
function check(given: unknown, second: unknown, third: unknown): void {
  if (typeof given !== "string" && !(given instanceof Route)) {
    throw new ConfigurationError(
      `Cannot add a route: must be a Route or its name, not ${describe(given)}`,
    );
  }
  const subject = subjectOf(typeof given === "string" ? given : given.name);
  if (typeof given !== "string" && (typeof second === "string" || third !== undefined)) {
    throw new ConfigurationError(
      `Cannot add ${subject}: a Route already has its pattern: write only options after it`,
    );
  }
  const options = typeof second === "string" ? third : second;
  if (options !== undefined) checkOptions(subject, options, ADD_ROUTE_KINDS);
}

/** The options that concern the pattern. Routes without such an option share one object. */
function patternOptions(own: RouteOptions, { insecureAllowRegExp }: RouteOptions): RouteOptions {
  return insecureAllowRegExp === undefined ? own : { ...own, insecureAllowRegExp };
}

function subjectOf(name: string): string {
  return `route "${name}"`;
}
