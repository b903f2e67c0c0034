/**
 * The header `Cache-Control` of files.
 *
 * @module
 */

import { instanceOf, NUMBER, type OptionKinds } from "../check_options.ts";
import { ConfigurationError } from "../configuration_error.ts";

/** The options for the header `Cache-Control` of files. */
export interface CachePolicyOptions {
  /**
   * Seconds for which browsers and caches use a file without a new request. Without this option, the browser
   * asks the server each time (`no-cache`). That costs one request with a 304 response, and it
   * shows every change immediately.
   */
  readonly cacheMaxAge?: number;
  /**
   * An expression for the paths within the folder whose files never change, such as
   * `/-[0-9a-f]{8}\.\w+$/`. Browsers use these files for a year without a new request. Put a hash
   * of the content into such a file name. Default: no file.
   */
  readonly immutable?: RegExp;
}

/** The kinds of the values in {@linkcode CachePolicyOptions}. */
export const CACHE_POLICY_KINDS: OptionKinds<CachePolicyOptions> = {
  cacheMaxAge: NUMBER,
  immutable: instanceOf(RegExp, "a regular expression"),
};

const YEAR_IN_SECONDS = 365 * 24 * 60 * 60;

/**
 * Gives the value of `Cache-Control` for a file.
 *
 * @param path The path within the folder.
 * @param isHashed Whether the URL has the hash of the file, so that it never means another content.
 */
export type CacheControl = (path: string, isHashed?: boolean) => string;

/**
 * Makes the rule that gives each file its `Cache-Control`.
 *
 * @param options The options `cacheMaxAge` and `immutable`.
 * @param sharing Whether shared caches can keep the files too.
 * @throws {ConfigurationError} If `cacheMaxAge` is not an integer of seconds, at least 0.
 */
export function cachePolicy(
  { cacheMaxAge, immutable }: CachePolicyOptions,
  sharing: "public" | "private",
): CacheControl {
  if (cacheMaxAge !== undefined && (!Number.isInteger(cacheMaxAge) || cacheMaxAge < 0)) {
    throw new ConfigurationError(
      `Cannot cache files for ${cacheMaxAge} seconds: cacheMaxAge must be an integer of seconds, at least 0`,
    );
  }
  const rest = sharing === "public" ? "" : "private, ";
  const usual = cacheMaxAge === undefined
    ? `${rest}no-cache`
    : `${sharing}, max-age=${cacheMaxAge}`;
  const forever = `${sharing}, max-age=${YEAR_IN_SECONDS}, immutable`;
  if (immutable === undefined) return (_path, isHashed) => isHashed === true ? forever : usual;
  // With `g` or `y` an expression remembers where it stopped, and would miss every other file.
  const name = new RegExp(immutable, immutable.flags.replace(/[gy]/g, ""));
  return (path, isHashed) => isHashed === true || name.test(path) ? forever : usual;
}
