/**
 * What a configuration states of a route.
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
import type { ViewResult } from "../views/view.ts";
import { joinPrefix, type Part } from "./includes.ts";
import type { Source, Statement } from "./statements.ts";

/** What decides, besides its pattern, whether a route matches, and what it gives its requests. */
export interface RouteConditions extends Omit<PredicateOptions, "matchParam"> {
  /** Which methods; GET implies HEAD. Default: all. */
  readonly requestMethod?: OrNot<RequestMethod>;
  /**
   * Makes the context of each request that the route matches, before predicates, permission and view:
   * `request.context`. It is awaited, and what it throws is answered.
   */
  readonly factory?: (request: AnyViewRequest) => unknown;
  /** Whether the route only makes URLs and matches nothing. @default {false} */
  readonly static?: boolean;
  /** How much of a body is read by views that do not say so, and by `factory`. Default: what the Configurator says. */
  readonly bodyLimits?: RequestLimits;
}

/**
 * What `addRoute` takes besides the route.
 *
 * @typeParam Pattern The route's pattern.
 * @typeParam Data The keys of the app's sessions.
 * @typeParam Added What the app added to its requests.
 */
export interface AddRouteOptions<
  Pattern extends string = string,
  Data extends object = Record<string, unknown>,
  Added extends object = object,
> extends RouteConditions, RouteOptions {
  /** A view that answers the route's requests, GET and HEAD unless `requestMethod` says otherwise: the same as `addView`, in one step. */
  readonly view?: (
    request: ViewRequest<Data, Matchdict<Pattern>> & Added,
  ) => ViewResult | Promise<ViewResult>;
}

/** What {@linkcode AddRouteOptions} take. */
export const ADD_ROUTE_KINDS: OptionKinds<AddRouteOptions> = {
  requestMethod: REQUEST_METHOD_KIND,
  ...ROUTE_PREDICATE_KINDS,
  factory: FUNCTION,
  static: BOOLEAN,
  bodyLimits: BODY_LIMITS,
  ...ROUTE_KINDS,
  view: FUNCTION,
};

/** The same, whatever the app's requests are. */
type StatedOptions = RouteConditions & RouteOptions & {
  readonly view?: ((request: never) => unknown) | undefined;
};

/** Most routes state nothing more, and share one object. */
const NO_OPTIONS: StatedOptions = Object.freeze({});

/** What takes routes. */
interface RoutePlan {
  addRoute(key: string, route: StatedRoute): void;
}

/** A route that is stated, under the prefix of the part that states it. */
export class StatedRoute implements Statement<RoutePlan> {
  /** The route as it was stated. */
  readonly stated: Route;
  /** The route with its prefix. */
  readonly route: Route;
  /** What else decides whether it matches. */
  readonly conditions: RouteConditions;
  /** The part of the configuration that states it. */
  readonly part: Part;
  /** Where it was stated. */
  readonly place: SourceLocation;
  /** The view that is stated in the same step. */
  readonly view: StatedOptions["view"];

  /**
   * Makes the route, where it is not there.
   *
   * @param given The route, or its name.
   * @param second The pattern, where it is given by its name; else the options.
   * @param third The options behind a pattern; their `view` is a statement of its own.
   * @param source Who states it, and where.
   * @throws {ConfigurationError} If it is neither, an option is wrong or unknown, something would be
   * ignored, or the pattern is none.
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
        }: it has no pattern: write one behind the name, such as "/${name}"`,
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

  /** Each inclusion has routes of its own. */
  get isOfApp(): boolean {
    return false;
  }

  /** Two routes of one name are the same. */
  get identity(): string {
    return "";
  }

  /** Its name, in words. */
  get subject(): string {
    return subjectOf(this.route.name);
  }

  /** Plans it. */
  apply(plan: RoutePlan, key: string): void {
    plan.addRoute(key, this);
  }
}

/** Refuses what `addRoute` cannot mean. */
function check(given: unknown, second: unknown, third: unknown): void {
  if (typeof given !== "string" && !(given instanceof Route)) {
    throw new ConfigurationError(
      `Cannot add a route: must be a Route or its name, not ${describe(given)}`,
    );
  }
  const subject = subjectOf(typeof given === "string" ? given : given.name);
  if (typeof given !== "string" && (typeof second === "string" || third !== undefined)) {
    throw new ConfigurationError(
      `Cannot add ${subject}: a Route has its pattern, so that only options can stand behind it`,
    );
  }
  const options = typeof second === "string" ? third : second;
  if (options !== undefined) checkOptions(subject, options, ADD_ROUTE_KINDS);
}

/** What of the options is about the pattern; most say nothing of it, and share one object. */
function patternOptions(own: RouteOptions, { insecureAllowRegExp }: RouteOptions): RouteOptions {
  return insecureAllowRegExp === undefined ? own : { ...own, insecureAllowRegExp };
}

function subjectOf(name: string): string {
  return `route "${name}"`;
}
