/**
 * The status of a response that is made already.
 *
 * @module
 */

import { NULL_BODY_STATUSES } from "./response_headers.ts";

/**
 * The same response with another status; without its body where the status has none.
 *
 * @param response Its body must not be read any more, unless the status is the same.
 * @param status From 200 to 599.
 * @internal
 */
export function withStatus(response: Response, status: number): Response {
  if (response.status === status) return response;
  const { headers } = response;
  if (!NULL_BODY_STATUSES.has(status)) return new Response(response.body, { status, headers });
  const empty = new Response(null, { status, headers });
  for (const name of ["content-type", "content-length"]) empty.headers.delete(name);
  return empty;
}
