/**
 * The error for a wrong configuration.
 *
 * @module
 */

/**
 * An error of the developer: a part of the app's configuration is wrong.
 *
 * Pyramidion throws it while the app is configured. While the app answers requests, only its
 * subclass `RouteNotFoundError` is thrown, if a view asks for the path of an unknown route.
 *
 * Pyramid: `pyramid.exceptions.ConfigurationError`.
 *
 * @example A message names what was attempted and why it cannot be
 * ```ts
 * import { ConfigurationError } from "@pyramidion/pyramidion";
 * import { assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * const error = new ConfigurationError('Cannot add route "home": the pattern is empty');
 * assertEquals(error.name, "ConfigurationError");
 * ```
 */
export class ConfigurationError extends Error {
  /** Always `"ConfigurationError"`, or the name of the subclass. */
  override name = "ConfigurationError";
}
