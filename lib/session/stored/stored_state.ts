/**
 * What stored sessions are made of, and what they work with.
 *
 * @module
 */

import type { SessionCodec, SessionRequest } from "../../../session.ts";
import type { VerifiedCookies } from "../cookies/verified_cookies.ts";
import type { RandomBytes } from "../crypto/bytes.ts";
import type { NativePayload } from "../formats/native_payload.ts";
import type { SessionParts } from "../options.ts";
import type { PendingEnds } from "./pending_ends.ts";
import type { StoreAccess } from "./store_access.ts";
import type { StoredHead } from "./stored_head.ts";
import type { SessionKey } from "./stored_token.ts";

/** What a request has lost, since its session had ended, or belongs to somebody else by now. */
export interface LostChanges {
  /** The app's keys that the request set or removed; flash messages and the like in brackets. */
  readonly keys: readonly string[];
  /** Who was signed in. */
  readonly userId: string | undefined;
}

/** What the backend knows of a session as the store held it. */
export interface KeptSession {
  readonly key: SessionKey;
  /** The head as text, by which the store compares. */
  head: string;
  /** The head. */
  read: StoredHead;
  readonly account: string | null;
  /** The texts in the store; a migration has changed those of the state. */
  readonly texts: Map<string, string>;
  /** Whether an older secret of the app verified the cookie. */
  readonly stale: boolean;
}

/** A session in the form in which it is kept. */
export interface StoredState {
  readonly texts: Map<string, string>;
  /** Its id; `undefined` once it was regenerated. */
  readonly id: string | undefined;
  readonly created: number;
  readonly rememberFor: number | undefined;
  readonly userId: string | undefined;
  readonly stamp: string | undefined;
  /** What the store held; `null` for a session that was never there. */
  readonly kept: KeptSession | null;
}

/** What stored sessions need beside the parts that all sessions have. */
export interface StoredBackendParts extends SessionParts {
  readonly codec: SessionCodec;
  readonly payload: NativePayload;
  readonly access: StoreAccess;
  readonly ends: PendingEnds;
  readonly verified: VerifiedCookies | undefined;
  readonly randomBytes: RandomBytes;
  readonly maxBytes: number;
  readonly maxAge: number | undefined;
  readonly stampOf: ((userId: string) => string | null | Promise<string | null>) | undefined;
  readonly onLost: ((lost: LostChanges, request: SessionRequest) => void) | undefined;
}

/** What of the values a request changed. */
export interface Difference {
  readonly set: Map<string, string>;
  readonly delete: string[];
  readonly isEmpty: boolean;
}

/** What differs between two states of the values. */
export function differenceOf(
  texts: ReadonlyMap<string, string>,
  before: ReadonlyMap<string, string>,
): Difference {
  const set = new Map([...texts].filter(([key, text]) => before.get(key) !== text));
  const gone = [...before.keys()].filter((key) => !texts.has(key));
  return { set, delete: gone, isEmpty: set.size === 0 && gone.length === 0 };
}
