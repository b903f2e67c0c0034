/**
 * Routes as a developer states them: made by name, and added to an app.
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
import type { AnyData, ViewRequest } from "../views/request.ts";
import type { ResultIn } from "../views/view.ts";
import type { Session } from "../../session.ts";
import type { AppRequest } from "./app_types.ts";
import { joinPrefix, type Part } from "./includes.ts";
import type { Source, Statement } from "./statements.ts";

/**
 * Makes a route without a Configurator, so that the compiler checks its parameters wherever you use
 * it.
 *
 * A plain pattern has literal segments and whole segments `:name`, and can end with `/*`. It costs
 * 1 µs. Any other pattern costs a `URLPattern`, 0.2 ms. Pyramid: `config.add_route`.
 *
 * @param name The name that views and `routePath()` use. It must not be empty.
 * @param pattern The pathname of a `URLPattern`. It starts with `/`. `:x` is one segment, and `:x?`
 * can be absent. `:x+` and `:x*` are several segments. `:x(\\d+)` is a regular expression. `*` is
 * any text. `""` is the `routePrefix` of the part that adds the route.
 * @param options `factory`, which makes `request.context` and types it in the views of the route.
 * Also whether dangerous regular expressions are allowed.
 * @throws {ConfigurationError} If the name is empty, the pattern cannot be used, or an option is
 * wrong or unknown.
 *
 * @example The pattern types what a path needs
 * ```ts
 * import { route } from "@pyramidion/pyramidion";
 * import { assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * const archive = route("archive", "/archive/:year(\\d{4})/:month?");
 * assertEquals(archive.path({ year: 2026 }), "/archive/2026");
 * assertEquals(archive.path({ year: 2026, month: "05" }), "/archive/2026/05");
 * ```
 */
export function route<const Pattern extends string>(name: string, pattern: Pattern): Route<Pattern>;
/** Makes a route with options, such as its factory. */
export function route<
  const Pattern extends string,
  Context = unknown,
  Taken = ViewRequest<AnyData, Matchdict<Pattern>>,
>(
  name: string,
  pattern: Pattern,
  options?: RouteOptions<Context, Taken>,
): Route<Pattern, Context, Taken>;
export function route(name: string, pattern: string, options?: RouteOptions): Route {
  return new Route(name, pattern, options);
}

/** The conditions of a route besides its pattern, and its settings for requests. */
export interface RouteConditions extends Omit<PredicateOptions, "matchParam"> {
  /** The methods that the route matches. `"GET"` includes `"HEAD"`. Default: all methods. */
  readonly requestMethod?: OrNot<RequestMethod>;
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
 * @typeParam Context What the factory makes.
 * @typeParam Identity What `request.identity` gives under a permission.
 * @typeParam Settings The settings of the app.
 * @typeParam Loaded The session.
 */
export interface AddRouteOptions<
  Pattern extends string = string,
  Data extends object = Record<string, unknown>,
  Added extends object = object,
  Context = unknown,
  Identity = unknown,
  Settings extends object = Readonly<Record<string, unknown>>,
  Loaded = Session<Data>,
> extends RouteConditions, Omit<RouteOptions, "factory"> {
  /**
   * Makes `request.context` for each request that the route matches. The view in these options
   * knows its type. A view that another statement adds knows it only from the factory of `route()`.
   * It runs before the view predicates, the permission check and the view. The app awaits its
   * result. If it throws, the exception views answer.
   */
  readonly factory?: (
    request: AppRequest<Data, Added, Identity | null, Settings, Loaded, Matchdict<Pattern>>,
  ) => Context | Promise<Context>;
  /**
   * A view of the route, as by `addView()`. It answers GET and HEAD, or the methods in the route's
   * `requestMethod`.
   */
  readonly view?: (
    request: AppRequest<
      Data,
      Added,
      Identity | null,
      Settings,
      Loaded,
      Matchdict<Pattern>,
      Context
    >,
  ) => ResultIn<Added>;
}

/** The kinds of the values in {@linkcode AddRouteOptions}. */
export const ADD_ROUTE_KINDS: OptionKinds<AddRouteOptions> = {
  requestMethod: REQUEST_METHOD_KIND,
  ...ROUTE_PREDICATE_KINDS,
  static: BOOLEAN,
  bodyLimits: BODY_LIMITS,
  ...ROUTE_KINDS,
  view: FUNCTION,
};

/** Makes the context of a request, in an app of any type. */
type RouteFactory = (request: never) => unknown;

/** The options that concern the pattern. */
type PatternOptions = Omit<RouteOptions, "factory">;

/** The options of `addRoute()` for an app of any type. */
export type StatedRouteOptions = RouteConditions & PatternOptions & {
  readonly factory?: RouteFactory | undefined;
  readonly view?: ((request: never) => unknown) | undefined;
};

/** One object for the many routes without options. */
const NO_OPTIONS: StatedRouteOptions = Object.freeze({});

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
  /** Makes the context of a request, if the route or the options of `addRoute()` have a factory. */
  readonly factory: RouteFactory | undefined;
  /** The view in the options of `addRoute()`. */
  readonly view: StatedRouteOptions["view"];

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
    second: string | StatedRouteOptions | undefined,
    third: StatedRouteOptions | undefined,
    { part, place }: Source,
  ) {
    check(given, second, third);
    const [pattern, options] = typeof second === "string" ? [second, third] : [undefined, second];
    const { factory, view, ...conditions } = options ?? NO_OPTIONS;
    const [name, text] = typeof given === "string" ? [given, pattern] : [given.name, given.pattern];
    if (text === undefined) {
      throw new ConfigurationError(
        `Cannot add ${
          subjectOf(name)
        }: it has no pattern: write one after the name, such as "/${name}"`,
      );
    }
    if (text === "" && part.prefix === "") {
      throw new ConfigurationError(
        `Cannot add ${
          subjectOf(name)
        }: the pattern "" is the prefix of a part, and there is none: write "/"`,
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
    this.factory = factoryOf(this.stated, factory);
    this.view = view;
    this.part = part;
    this.place = place;
  }

  /** Each inclusion has its own routes. */
  get about(): "part" {
    return "part";
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

/**
 * The factory of the route, or that of the options.
 *
 * @throws {ConfigurationError} If both have one.
 */
function factoryOf(
  { name, options }: Route,
  own: RouteFactory | undefined,
): RouteFactory | undefined {
  if (own === undefined || options.factory === undefined) return own ?? options.factory;
  throw new ConfigurationError(
    `Cannot add ${subjectOf(name)}: it has a factory already: leave out the factory of addRoute()`,
  );
}

/** The options that concern the pattern. Routes without such an option share one object. */
function patternOptions(
  own: PatternOptions,
  { insecureAllowRegExp }: PatternOptions,
): PatternOptions {
  return insecureAllowRegExp === undefined ? own : { ...own, insecureAllowRegExp };
}

function subjectOf(name: string): string {
  return `route "${name}"`;
}
