/**
 * The sessions of a user, read from what a store lists.
 *
 * @module
 */

import type { Lifetimes } from "../../lifetimes.ts";
import type { ListedSession } from "../session_store.ts";
import { readHead } from "../stored_head.ts";
import type { StoredSession } from "../stored_state.ts";
import { isSessionId } from "../stored_token.ts";

/** What an app knows of the sessions that count, and its store does not. */
export interface Counting {
  /** The limits of its sessions. They can be shorter than when a session was saved. */
  readonly lifetimes: Lifetimes;
  /** The present stamp of the user. It is `undefined` if sessions need no stamp. */
  readonly stamp: string | null | undefined;
  /** The time in milliseconds. */
  readonly now: number;
}

/**
 * Reads a list, the session that was used last first. It leaves out what no version of this module
 * wrote, and what does not count for the app.
 *
 * @param listed What the store listed. It may be wrong in every part.
 * @param counting What counts for the app. Without it, what counts for the store.
 */
export function listedSessions(
  listed: readonly (ListedSession | null)[],
  counting?: Counting,
): StoredSession[] {
  return listed.flatMap((entry) => sessionOf(entry, counting) ?? [])
    .sort((one, other) => other.renewed - one.renewed);
}

function sessionOf(entry: ListedSession | null, counting?: Counting): StoredSession | null {
  if (!isSessionId(entry?.id) || typeof entry?.head !== "string") return null;
  const head = readHead(entry.head);
  if (head === null) return null;
  const { id, renewed } = entry;
  const { created, description, rememberFor } = head;
  let { expires } = entry;
  if (counting !== undefined) {
    const { lifetimes, now, stamp } = counting;
    expires = Math.min(expires, lifetimes.endOf({ created, renewed, rememberFor }));
    if (now > expires || stamp !== undefined && stamp !== head.stamp) return null;
  }
  const { label, address } = description ?? { label: undefined, address: undefined };
  return { id, created, renewed, expires, label, address };
}
