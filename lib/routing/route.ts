/**
 * A route: a name for a pattern, and the way back from values to a path.
 *
 * @module
 */

import { checkOptions, describe, fitsOptions } from "../check_options.ts";
import { ConfigurationError } from "../configuration_error.ts";
import type { PathParams } from "./matchdict.ts";
import { generatePath, PATH_KINDS, type PathOptions } from "./path_generation.ts";
import { ROUTE_KINDS, type RouteOptions, RoutePattern } from "./route_pattern.ts";

/**
 * What {@linkcode Route.path} takes: the parameters may be left out where the pattern needs none.
 */
export type PathArguments<Pattern extends string> = Record<never, never> extends PathParams<Pattern>
  ? [params?: PathParams<Pattern>, options?: PathOptions]
  : [params: PathParams<Pattern>, options?: PathOptions];

const NO_OPTIONS: RouteOptions = {};
const NO_PATH_OPTIONS: PathOptions = {};

/** A pattern of another site: its origin, and the path. */
const EXTERNAL = /^(https?:\/\/[^/?#{}()*]+)(\/.*)?$/;

/**
 * A named pattern, made before there is a Configurator by {@linkcode route}.
 *
 * Pyramid: `pyramid.interfaces.IRoute`.
 */
export class Route<Pattern extends string = string> {
  /** The name by which views and URLs refer to it. */
  readonly name: string;
  /** The pattern as it was stated: the pathname of a `URLPattern`. */
  readonly pattern: Pattern;
  /** The options as they were stated. */
  readonly options: RouteOptions;
  /** The origin of a route of another site, such as `https://cdn.example`; `null` for one of ours. */
  readonly origin: string | null;
  /**
   * The pattern, checked.
   *
   * @internal
   */
  readonly compiled: RoutePattern;

  /**
   * Makes a route; see {@linkcode route}.
   *
   * @param name Not empty.
   * @param pattern The pathname of a `URLPattern`, such as `/users/:id`; behind an origin, as in
   * `https://cdn.example/:file`, the route is of another site: it makes URLs and matches nothing.
   * @param options What is let through although it is dangerous.
   * @throws {ConfigurationError} If the name is empty, the pattern cannot be used, or an option is
   * wrong or unknown.
   */
  constructor(name: string, pattern: Pattern, options: RouteOptions = NO_OPTIONS) {
    if (typeof name !== "string" || name === "") {
      throw new ConfigurationError(`Cannot make route of the pattern "${pattern}": it has no name`);
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
      external === null ? pattern : external[2] ?? "/",
      options,
    );
  }

  /**
   * Makes a path that this route matches.
   *
   * Values are percent-encoded, `/` included; the values of `*`, `:x(.*)`, `:x+` and `:x*` keep
   * their slashes, or are arrays with an entry for each segment. Those of another expression keep
   * them if the expression reads them so. Parameters that the pattern does
   * not have are ignored, so that another route's `matchdict` can be handed on.
   *
   * @param args The parameters, and then `query` and `fragment`.
   * @throws {TypeError} If a parameter is missing, the route would not match the path or would
   * read other values from it, or an option is wrong or unknown.
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

/**
 * Makes a route before there is a Configurator, so that whatever takes it is checked by the
 * compiler.
 *
 * A pattern of literal segments and whole-segment `:name`, at most with `/*` at its end, costs a
 * microsecond; every other costs a `URLPattern`, 0.2 ms. Pyramid: `config.add_route`.
 *
 * @param name The name by which views and URLs refer to it; not empty.
 * @param pattern The pathname of a `URLPattern`. It starts with `/`; `:x` is one segment, `:x?`
 * may be absent, `:x+` and `:x*` are several, `:x(\\d+)` is a regular expression, `*` is anything.
 * @param options What is let through although it is dangerous.
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
export function route<const Pattern extends string>(
  name: string,
  pattern: Pattern,
  options?: RouteOptions,
): Route<Pattern> {
  return new Route(name, pattern, options);
}
