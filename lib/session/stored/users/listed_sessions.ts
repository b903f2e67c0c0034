/**
 * The sessions of a user, read from what a store lists.
 *
 * @module
 */

import type { ListedSession } from "../session_store.ts";
import { readHead } from "../stored_head.ts";
import type { StoredSession } from "../stored_state.ts";
import { isSessionId } from "../stored_token.ts";

/**
 * Reads a list, the session that was used last first. It leaves out what no version of this module
 * wrote.
 *
 * @param listed What the store listed. It may be wrong in every part.
 */
export function listedSessions(listed: readonly (ListedSession | null)[]): StoredSession[] {
  return listed.flatMap((entry) => sessionOf(entry) ?? [])
    .sort((one, other) => other.renewed - one.renewed);
}

function sessionOf(entry: ListedSession | null): StoredSession | null {
  if (!isSessionId(entry?.id) || typeof entry?.head !== "string") return null;
  const head = readHead(entry.head);
  if (head === null) return null;
  const { id, renewed, expires } = entry;
  const { created, description } = head;
  const { label, address } = description ?? { label: undefined, address: undefined };
  return { id, created, renewed, expires, label, address };
}
