/**
 * Makes a route that a developer writes by name, with the type of its context.
 *
 * @module
 */

import type { Matchdict } from "../routing/matchdict.ts";
import { Route } from "../routing/route.ts";
import type { RouteOptions } from "../routing/route_pattern.ts";
import type { AnyData, ViewRequest } from "../views/request.ts";

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
 * any text.
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
