/**
 * The error of a wrong configuration.
 *
 * @module
 */

/**
 * The error of a wrong configuration.
 *
 * Pyramidion throws it at start-up, and never while the app answers requests.
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
  /** Always `"ConfigurationError"`, or the name of a subclass. */
  override name = "ConfigurationError";
}
