/**
 * What can be shown of a request: everything but what somebody could sign in with.
 *
 * @module
 */

import type { Masking } from "./masking.ts";

/** What is shown of a request. */
export interface RequestFacts {
  /** The method. */
  readonly method: string;
  /** The URL as it came, masked where it is secret. */
  readonly url: string;
  /** The headers, masked where they are secret. */
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/**
 * What is shown of a request.
 *
 * @param request The request as it came.
 * @param masking Hides its secrets.
 */
export function requestFacts(request: Request, masking: Masking): RequestFacts {
  return {
    method: request.method,
    url: masking.url(request.url),
    headers: [...request.headers].map(([name, value]) =>
      [name, masking.header(name, value)] as const
    ),
  };
}
