/**
 * What became of the session of a request, in one word.
 *
 * @module
 */

import type { RefusalReason } from "../../../session.ts";
import { sessionState } from "../../../session.ts";
import type { AnyData, StateOf } from "../../views/request.ts";
import type { SessionResult } from "../events.ts";

/** What became of a session, and why its cookie was rejected. */
export interface ObservedSession {
  /** What became of it. */
  readonly session: SessionResult;
  /** Why its cookie was rejected, if it was. */
  readonly rejected: RefusalReason | undefined;
}

const NONE: ObservedSession = { session: "none", rejected: undefined };
const UNAVAILABLE: ObservedSession = { session: "unavailable", rejected: undefined };

/**
 * Says what became of the session of a request whose response is ready.
 *
 * @param state What happened to the request.
 */
export function observedSession(state: StateOf<AnyData>): ObservedSession {
  const { failure, loaded, observed, session } = state;
  if (session === undefined) return NONE;
  // Its promise rejected: no store answered.
  if (loaded === undefined || observed?.isUncommitted === true) return UNAVAILABLE;
  const { record, maybeChanged } = sessionState(loaded);
  const { loadedUserId, rejected, userId } = record;
  const of = (session: SessionResult) => ({ session, rejected });
  const { outcome } = observed ?? {};
  if (outcome?.isLost === true) return of("lost");
  if (outcome === undefined || outcome.do === "nothing") {
    if (failure === "unforeseen" && maybeChanged) return of("lost");
    return of(rejected === undefined ? "loaded" : "rejected");
  }
  if (userId !== undefined && userId !== loadedUserId) return of("signed in");
  if (userId === undefined && loadedUserId !== undefined) return of("signed out");
  if (outcome.do === "remove") return of("ended");
  return of(outcome.do === "renew" ? "renewed" : "saved");
}
