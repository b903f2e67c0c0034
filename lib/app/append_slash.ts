/**
 * Redirects visitors who left out the last slash.
 *
 * @module
 */

import { ConfigurationError } from "../configuration_error.ts";
import { redirect, type RedirectStatus } from "../http/redirect.ts";
import { REDIRECT_STATUSES } from "../http/response.ts";
import { requestTarget } from "../routing/request_target.ts";
import type { RouteTable } from "../routing/route_table.ts";
import { type AnyViewRequest, requestState } from "../views/request.ts";

/**
 * The status of the redirection to the path with a slash. It is undefined if no slash is appended.
 *
 * @param stated `true`: 307, which keeps the method.
 * @throws {ConfigurationError} If it is not the status of a redirection.
 */
export function slashStatus(stated: boolean | RedirectStatus): RedirectStatus | undefined {
  if (stated === false) return undefined;
  const status = stated === true ? 307 : stated;
  if (REDIRECT_STATUSES.has(status)) return status;
  throw new ConfigurationError(
    `Cannot use appendSlash: ${status}: must be true, false, 301, 302, 303, 307 or 308`,
  );
}

/**
 * Wraps a not-found view, and redirects to the path with a slash. It does so if no route matches
 * the path, and a route matches it with a slash. The redirection keeps the query. Pyramid:
 * `append_slash`.
 *
 * @param table The routes.
 * @param status The status of the redirection.
 * @param view Answers everything else.
 */
export function appendingSlash(
  table: RouteTable<unknown>,
  status: RedirectStatus,
  view: (error: never, request: never) => unknown,
): (error: never, request: AnyViewRequest) => unknown {
  return (error, request) => {
    // What a view of the app did not find is missing behind a slash too.
    if (request.matchedRoute !== undefined) return view(error, request as never);
    const { pathname, search } = requestTarget(requestState(request).url);
    const slashed = `${pathname}/`;
    const isThere = !pathname.endsWith("/") && table.match(request.origin + slashed) !== null;
    // A whole URL: a path that begins with two slashes would be another site.
    return isThere
      ? redirect(request.origin + request.mountPrefix + slashed + search, { status })
      : view(error, request as never);
  };
}
