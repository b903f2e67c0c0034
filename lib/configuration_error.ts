/**
 * What is wrong with an app before it answers its first request.
 *
 * @module
 */

/**
 * An app that was declared wrongly, thrown while it is being configured and never while it serves.
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
  /** Always `"ConfigurationError"`, or the name of the kind. */
  override name = "ConfigurationError";
}
