/**
 * Keeps the pages of a user who signed in out of caches, so that Back shows none after the sign-out.
 *
 * @module
 */

import { makePrivate } from "../http/response.ts";
import { sessionState } from "../../session.ts";
import type { SessionRecord } from "../session/contract/record.ts";
import type { AnyData, StateOf } from "../views/request.ts";

/** What a view states for a page that caches are to keep: `public`, or a lifetime above 0. */
const IS_KEPT = /(?:^|[\s,])(?:public(?![^\s,])|(?:s-maxage|max-age)\s*=\s*"?0*[1-9])/i;

/**
 * Adds `Cache-Control: no-store` to a page of a user, and `Clear-Site-Data: "cache"` to the response
 * that signs the user out.
 *
 * A page is a user's if the session was read and `bindTo()` signed somebody in, or if the security
 * policy named a user. A `Cache-Control` of the view with `public` or a lifetime stays.
 *
 * @param state What happened to the request.
 * @param headers The headers of the response.
 * @param isTrustworthy Whether browsers take `Clear-Site-Data` from this origin.
 */
export function keepFromHistory(
  state: StateOf<AnyData>,
  headers: Headers,
  isTrustworthy: boolean,
): void {
  const { loaded, isIdentified, isSignedOut } = state;
  const record = loaded === undefined ? undefined : sessionState(loaded).record;
  if (isIdentified || record?.userId !== undefined) {
    if (!IS_KEPT.test(headers.get("cache-control") ?? "")) makePrivate(headers);
  }
  const isOut = isSignedOut || record !== undefined && signsOut(record);
  if (isOut && !headers.has("clear-site-data") && isTrustworthy) {
    headers.set("clear-site-data", '"cache"');
  }
}

/** Whether the request called `invalidate()` or `forget()`, and signed no user in. */
function signsOut({ ended, isolated, pendingUntil, userId }: SessionRecord): boolean {
  if (userId !== undefined) return false;
  return ended === true || isolated === true && pendingUntil === undefined;
}
