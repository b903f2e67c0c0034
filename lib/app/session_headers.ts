/**
 * What a response says about the session.
 *
 * @module
 */

import {
  addVary,
  cacheSharing,
  keepFromSharedCaches,
  withMutableHeaders,
} from "../http/response.ts";
import { isPassive } from "../http/request.ts";
import type { CommitContext, SessionOutcome, SessionRequest } from "../../session.ts";

/**
 * What a factory must know of a response; worked out only if it asks.
 *
 * A mere renewal is not said to shared caches, who would hand the cookie to everybody, and not where
 * nobody looks.
 */
export class ResponseContext implements CommitContext {
  /** Whether the response answers something that was thrown. */
  readonly byException: boolean;
  /** Whether the view answers forms of other sites. */
  readonly isCsrfExempt: boolean;
  /** Whether the request counts as activity. */
  readonly isActivity: boolean;
  readonly #request: SessionRequest;
  readonly #response: Response;

  /** Takes both, and how the response came about. */
  constructor(
    request: SessionRequest,
    response: Response,
    made: Pick<CommitContext, "byException" | "isCsrfExempt" | "isActivity">,
  ) {
    this.#request = request;
    this.#response = response;
    this.byException = made.byException;
    this.isCsrfExempt = made.isCsrfExempt ?? false;
    this.isActivity = made.isActivity ?? true;
  }

  /** Whether a mere renewal may be said. */
  get mayRenew(): boolean {
    return this.isActivity && cacheSharing(this.#response.headers) !== "shared" &&
      !isPassive(this.#request);
  }
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
  keepFromSharedCaches(headers);
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
