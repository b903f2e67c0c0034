/**
 * What a response says about the session.
 *
 * @module
 */

import { addPrivate, cacheSharing, makePrivate } from "../http/cache_control.ts";
import { isPassive } from "../http/passive_request.ts";
import { withMutableHeaders } from "../http/response_headers.ts";
import { addVary } from "../http/vary.ts";
import type { SessionOutcome, SessionRequest } from "../../session.ts";

/**
 * Whether a response may carry a mere renewal: not one that shared caches may store, who would hand
 * the cookie to everybody, and none that nobody looks at.
 */
export function mayRenew(request: SessionRequest, response: Response): boolean {
  // Deno closes a request that was upgraded: its headers cannot be read any more.
  const passive = response.status !== 101 && isPassive(request);
  return cacheSharing(response.headers) !== "shared" && !passive;
}

/**
 * Writes the outcome of a session into its response.
 *
 * `Vary: Cookie` always, since the view looked at the session. A cookie of our name that the view
 * set itself is replaced. A response with a cookie is kept out of shared caches.
 */
export function withSession(response: Response, outcome: SessionOutcome): Response {
  const answer = withMutableHeaders(response);
  const { headers } = answer;
  addVary(headers, "Cookie");
  if (outcome.do === "nothing") return answer;
  if (cacheSharing(headers) === "shared") makePrivate(headers);
  else addPrivate(headers);
  setCookies(headers, outcome.cookies);
  return answer;
}

function setCookies(headers: Headers, cookies: readonly string[]): void {
  if (headers.has("set-cookie")) {
    const ours = new Set(cookies.map(nameOf));
    const theirs = headers.getSetCookie().filter((cookie) => !ours.has(nameOf(cookie)));
    headers.delete("set-cookie");
    for (const cookie of theirs) headers.append("set-cookie", cookie);
  }
  for (const cookie of cookies) headers.append("set-cookie", cookie);
}

function nameOf(setCookie: string): string {
  return setCookie.slice(0, setCookie.indexOf("=")).trim();
}
