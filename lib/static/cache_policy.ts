/**
 * How long caches may keep files without asking again.
 *
 * @module
 */

import { instanceOf, NUMBER, type OptionKinds } from "../check_options.ts";
import { ConfigurationError } from "../configuration_error.ts";

/** How long caches may keep files. */
export interface CachePolicyOptions {
  /**
   * Seconds for which caches may keep a file without asking. Without it they keep files and ask each
   * time (`no-cache`), which costs a 304 and shows every change at once.
   */
  readonly cacheMaxAge?: number;
  /**
   * Files whose name changes whenever their content does, by their path within the folder, such as
   * `/-[0-9a-f]{8}\.\w+$/`. Browsers keep them for a year and never ask.
   */
  readonly immutable?: RegExp;
}

/** What {@linkcode CachePolicyOptions} take. */
export const CACHE_POLICY_KINDS: OptionKinds<CachePolicyOptions> = {
  cacheMaxAge: NUMBER,
  immutable: instanceOf(RegExp, "a regular expression"),
};

const YEAR_IN_SECONDS = 365 * 24 * 60 * 60;

/**
 * Makes the rule that gives each file its `Cache-Control`.
 *
 * @param options How long caches may keep files.
 * @param sharing Whether shared caches may keep them too.
 * @returns Takes the path within the folder, gives the header's value.
 * @throws {ConfigurationError} If `cacheMaxAge` is not an integer of seconds.
 */
export function cachePolicy(
  { cacheMaxAge, immutable }: CachePolicyOptions,
  sharing: "public" | "private",
): (path: string) => string {
  if (cacheMaxAge !== undefined && (!Number.isInteger(cacheMaxAge) || cacheMaxAge < 0)) {
    throw new ConfigurationError(
      `Cannot cache files for ${cacheMaxAge} seconds: cacheMaxAge must be an integer of seconds`,
    );
  }
  const rest = sharing === "public" ? "" : "private, ";
  const usual = cacheMaxAge === undefined
    ? `${rest}no-cache`
    : `${sharing}, max-age=${cacheMaxAge}`;
  if (immutable === undefined) return () => usual;
  // With `g` or `y` an expression remembers where it stopped, and would miss every other file.
  const name = new RegExp(immutable, immutable.flags.replace(/[gy]/g, ""));
  const forever = `${sharing}, max-age=${YEAR_IN_SECONDS}, immutable`;
  return (path) => name.test(path) ? forever : usual;
}
