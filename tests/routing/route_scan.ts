/**
 * Matching without an index: the tests' authority on what `RouteTable.match()` answers.
 *
 * @module
 */

import { HttpBadRequest } from "../../lib/http/errors.ts";
import {
  type AcceptMatch,
  RouteMatch,
  type RouteStatement,
} from "../../lib/routing/route_table.ts";

/**
 * Tries the `URLPattern` of every route in order.
 *
 * @param statements The routes in the order of statement.
 * @param url `request.url`, as the server hands it on.
 * @param accepts Asked for each match in turn; by default the first one is taken.
 * @returns The match, or `null`.
 * @throws {HttpBadRequest} If the URL cannot be parsed, or the path's percent-escapes are not UTF-8.
 */
export function scan<T>(
  statements: readonly RouteStatement<T>[],
  url: string,
  accepts: AcceptMatch<T> = () => true,
): RouteMatch<T> | null {
  const { pathname } = parse(url);
  for (const { route, value } of statements) {
    const result = route.compiled.urlPattern.exec(url);
    if (result === null) continue;
    const match = new RouteMatch(route, value, pathname, 1, result.pathname.groups);
    if (accepts(value, match)) return match;
  }
  return null;
}

function parse(url: string): URL {
  try {
    const parsed = new URL(url);
    decodeURIComponent(parsed.pathname);
    return parsed;
  } catch (cause) {
    throw new HttpBadRequest("This address is not a valid URL. Check the address and try again.", {
      cause,
    });
  }
}
