/**
 * Inspects the session in a store to which a cookie leads.
 *
 * @module
 */

import { encodeBase64url } from "../../../session/crypto/bytes.ts";
import { sha256 } from "../../../session/crypto/sha256.ts";
import type { SessionKeySize } from "../../../session/errors.ts";
import { NativePayload } from "../../../session/formats/native_payload.ts";
import { parsed } from "../../../session/stored/record_texts.ts";
import type { SessionStore } from "../../../session/stored/session_store.ts";
import { readHead, type SecretStanding, standingOf } from "../../../session/stored/stored_head.ts";
import { appKey, isReserved, shownKey } from "../../../session/stored/stored_keys.ts";
import { ID_LENGTH, SECRET_LENGTH } from "../../../session/stored/stored_token.ts";

/** The key of a stored session, without its secret. */
export interface StoredKey {
  /** The session's id, which is not secret. */
  readonly id: string;
  /** The SHA-256 of the secret. */
  readonly hash: string;
}

/** What a store holds under the id of a cookie. */
export interface StoredInspection {
  /** What the secret of the cookie may do. */
  readonly standing: SecretStanding;
  /** When the session began, and when it was last renewed, in milliseconds. */
  readonly times: { readonly created: number; readonly renewed: number };
  /** The last millisecond in which it counts. */
  readonly expires: number;
  /** The seconds that the app gave to `remember()`. */
  readonly rememberFor: number | undefined;
  /** Whether a user is signed in. */
  readonly isSignedIn: boolean;
  /** The size of each key. */
  readonly keys: readonly SessionKeySize[];
  /** The values of the app's keys. Those that a serializer of the app wrote are left out. */
  readonly values: ReadonlyMap<string, unknown>;
}

/** The bytes of the key in a cookie. */
export const KEY_LENGTH = ID_LENGTH + SECRET_LENGTH;

/** Reads the key in the payload of a cookie. The secret itself stays here. */
export function storedKeyIn(payload: Uint8Array<ArrayBuffer>): StoredKey {
  const secret = payload.slice(ID_LENGTH, KEY_LENGTH);
  return {
    id: encodeBase64url(payload.subarray(0, ID_LENGTH)),
    hash: encodeBase64url(sha256(secret)),
  };
}

/**
 * Asks a store for the session of a cookie.
 *
 * @param store The store.
 * @param key The key in the cookie.
 * @param now The time in milliseconds.
 * @returns What it holds. `null` if it holds nothing, or what this version did not write.
 */
export async function inspectStored(
  store: Pick<SessionStore, "load">,
  { id, hash }: StoredKey,
  now: number,
): Promise<StoredInspection | null> {
  const record = await store.load(id, now);
  const head = record === null ? null : readHead(record.head);
  if (record === null || head === null) return null;
  const { account, expires, renewed, values: texts } = record;
  const utf8 = new TextEncoder(), payload = new NativePayload();
  const values = new Map<string, unknown>(), bytes = new Map<string, number>();
  for (const [stored, text] of texts) {
    const shown = shownKey(stored);
    bytes.set(shown, (bytes.get(shown) ?? 0) + utf8.encode(stored + text).length);
    if (isReserved(stored)) continue;
    try {
      values.set(appKey(stored), parsed(id, stored, text, payload));
    } catch {
      // Its size is shown all the same.
    }
  }
  return {
    standing: standingOf(head, hash, now),
    times: { created: head.created, renewed },
    expires,
    rememberFor: head.rememberFor,
    isSignedIn: account !== null,
    keys: [...bytes].map(([key, bytes]) => ({ key, bytes })),
    values,
  };
}
