/**
 * A route: a name for a pattern, from which paths are also made.
 *
 * @module
 */

import { checkOptions, describe, fitsOptions } from "../check_options.ts";
import { ConfigurationError } from "../configuration_error.ts";
import type { PathParams } from "./matchdict.ts";
import { generatePath, PATH_KINDS, type PathOptions } from "./path_generation.ts";
import { ROUTE_KINDS, type RouteOptions, RoutePattern } from "./route_pattern.ts";

/**
 * The arguments of {@linkcode Route.path}. If the pattern needs no parameter, then they are
 * optional.
 */
export type PathArguments<Pattern extends string> = Record<never, never> extends PathParams<Pattern>
  ? [params?: PathParams<Pattern>, options?: PathOptions]
  : [params: PathParams<Pattern>, options?: PathOptions];

const NO_OPTIONS: RouteOptions<never> = {};
const NO_PATH_OPTIONS: PathOptions = {};

/** Matches the pattern of a route of another site: its origin, and the path. */
const EXTERNAL = /^(https?:\/\/[^/?#{}()*]+)(\/.*)?$/;

/**
 * A named pattern, which `route()` makes.
 *
 * Pyramid: `pyramid.interfaces.IRoute`.
 *
 * @typeParam Pattern The pattern.
 * @typeParam Context What the factory of the route makes: the type of `request.context`.
 * @typeParam Taken The request that the factory takes. Default: that of any app.
 */
// deno-lint-ignore no-explicit-any -- a route without a factory fits every app
export class Route<Pattern extends string = string, Context = unknown, Taken = any> {
  /** The name that views and `routePath()` use. */
  readonly name: string;
  /** The pattern that the developer wrote: the pathname of a `URLPattern`. */
  readonly pattern: Pattern;
  /** The options that the developer gave. */
  readonly options: RouteOptions<Context, Taken>;
  /** The origin of a route of another site, such as `https://cdn.example`, or `null`. */
  readonly origin: string | null;
  /**
   * The checked pattern.
   *
   * @internal
   */
  readonly compiled: RoutePattern;

  /**
   * Makes a route. See `route()`.
   *
   * @param name The name. It must not be empty.
   * @param pattern The pathname of a `URLPattern`, such as `/users/:id`. If an origin precedes it,
   * as in `https://cdn.example/:file`, then the route is of another site. Such a route makes URLs
   * and matches no request. `""` is the prefix of the part that adds the route.
   * @param options The factory, and whether dangerous regular expressions are allowed.
   * @throws {ConfigurationError} If the name is empty, the pattern cannot be used, or an option is
   * wrong or unknown.
   */
  constructor(name: string, pattern: Pattern, options: RouteOptions<Context, Taken> = NO_OPTIONS) {
    if (typeof name !== "string" || name === "") {
      throw new ConfigurationError(
        `Cannot make route of the pattern "${pattern}": the name must be a string that is not empty`,
      );
    }
    if (typeof pattern !== "string") {
      throw new ConfigurationError(
        `Cannot make route "${name}": the pattern must be a string such as "/${name}", not ${
          describe(pattern)
        }`,
      );
    }
    if (options !== NO_OPTIONS && !fitsOptions(options, ROUTE_KINDS)) {
      checkOptions(`route "${name}"`, options, ROUTE_KINDS);
    }
    this.name = name;
    this.pattern = pattern;
    this.options = options;
    const external = pattern.startsWith("/") ? null : EXTERNAL.exec(pattern);
    this.origin = external?.[1] ?? null;
    this.compiled = new RoutePattern(
      name,
      external === null ? pattern || "/" : external[2] ?? "/",
      options,
    );
  }

  /**
   * Makes a path that this route matches.
   *
   * Values are percent-encoded, `/` included. The values of `*`, `:x(.*)`, `:x+` and `:x*` keep
   * their slashes, and can be arrays with an entry for each segment. The value of another
   * expression keeps its slashes if the expression matches them. Parameters that the pattern does
   * not have are ignored. You can therefore give the `matchdict` of another route.
   *
   * @param args The parameters, and then the options `query` and `fragment`.
   * @throws {TypeError} If a parameter is missing, or an option is wrong or unknown. It is also
   * thrown if the route would not match the path, or would read other values from it.
   *
   * @example A path with a query
   * ```ts
   * import { route } from "@pyramidion/pyramidion";
   * import { assertEquals, assertThrows } from "jsr:@std/assert@^1.0.0";
   *
   * const user = route("user", "/users/:id");
   * assertEquals(user.path({ id: "a/b" }, { query: { page: 2 } }), "/users/a%2Fb?page=2");
   * assertThrows(() => user.path({ id: ".." }), TypeError);
   * ```
   */
  path(...args: PathArguments<Pattern>): string {
    const [params = {}, options = NO_PATH_OPTIONS] = args;
    if (options !== NO_PATH_OPTIONS && !fitsOptions(options, PATH_KINDS)) {
      checkOptions(`the path of route "${this.name}"`, options, PATH_KINDS, TypeError);
    }
    return generatePath(this.name, this.compiled, params, options);
  }
}
