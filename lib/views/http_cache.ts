/**
 * How long caches may keep what a view answers.
 *
 * @module
 */

import {
  BOOLEAN,
  checkOptions,
  either,
  NUMBER,
  numberOf,
  OBJECT,
  type OptionKind,
  type OptionKinds,
} from "../check_options.ts";
import { ConfigurationError } from "../configuration_error.ts";
import { withMutableHeaders } from "../http/response.ts";

/**
 * How long caches may keep a response, in seconds, or an object that also states which caches. With
 * 0 no cache keeps it.
 */
export type HttpCache = number | {
  /** Seconds. */
  readonly maxAge: number;
  /** Whether shared caches may keep it too. @default {false} */
  readonly public?: boolean;
};

/** What an option `httpCache` takes. {@linkcode cachedFor} checks the properties of an object. */
export const HTTP_CACHE_KIND: OptionKind = either(numberOf("a number of seconds"), OBJECT);

const HTTP_CACHE_KINDS: OptionKinds<Exclude<HttpCache, number>> = {
  maxAge: NUMBER,
  public: BOOLEAN,
};

/**
 * Sets `Cache-Control` and `Expires` on responses that have no `Cache-Control`. Pyramid:
 * `http_cache`.
 */
export function cachedFor(
  stated: HttpCache,
  clock: () => number = Date.now,
): (response: Response) => Response {
  if (typeof stated !== "number") checkOptions("httpCache", stated, HTTP_CACHE_KINDS);
  const { maxAge, public: shared } = typeof stated === "number"
    ? { maxAge: stated, public: false }
    : stated;
  if (!Number.isInteger(maxAge) || maxAge < 0) {
    throw new ConfigurationError(
      `Cannot cache for ${maxAge} seconds: httpCache must be an integer of seconds, 0 for never`,
    );
  }
  const control = maxAge === 0
    ? "no-store"
    : `${shared === true ? "public" : "private"}, max-age=${maxAge}`;
  return (response) => {
    if (response.headers.has("cache-control")) return response;
    const cached = withMutableHeaders(response);
    cached.headers.set("cache-control", control);
    cached.headers.set("expires", new Date(clock() + maxAge * 1000).toUTCString());
    return cached;
  };
}
