/**
 * What stored sessions are made of, and what they work with.
 *
 * @module
 */

import type { Session, SessionCodec, SessionFactory, SessionRequest } from "../../../session.ts";
import type { VerifiedCookies } from "../cookies/verified_cookies.ts";
import type { RandomBytes } from "../crypto/bytes.ts";
import type { NativePayload } from "../formats/native_payload.ts";
import type { SessionParts } from "../options.ts";
import type { PendingEnds } from "./pending_ends.ts";
import type { SessionStore } from "./session_store.ts";
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

/** What was made of the options of a factory. */
export interface StoredSettings extends SessionParts {
  /** Makes and reads the text of cookies. */
  readonly codec: SessionCodec;
  /** Writes values as texts. */
  readonly payload: NativePayload;
  /** Where sessions live. */
  readonly store: SessionStore;
  /** Milliseconds until a read counts as failed. */
  readonly loadTimeout: number;
  /** Milliseconds until a write counts as failed. */
  readonly saveTimeout: number;
  /** Cookies that need not be verified again, where they are remembered. */
  readonly verified: VerifiedCookies | undefined;
  /** Where random bytes come from. */
  readonly randomBytes: RandomBytes;
  /** The most bytes of a session. */
  readonly maxBytes: number;
  /** Seconds for which browsers keep the cookie, where the app says so. */
  readonly maxAge: number | undefined;
  /** Looks up the present stamp of a user. */
  readonly stampOf: ((userId: string) => string | null | Promise<string | null>) | undefined;
  /** Told what a request has lost. */
  readonly onLost: ((lost: LostChanges, request: SessionRequest) => void) | undefined;
}

/** What loading and saving work with. */
export interface StoredBackendParts extends StoredSettings {
  /** Calls the store. */
  readonly access: StoreAccess;
  /** Sign-outs that the store did not confirm. */
  readonly ends: PendingEnds;
}

/** A session in the list of its user. Times are milliseconds since 1970. */
export interface StoredSession {
  /** Its id, by which it can be ended. It opens nothing. */
  readonly id: string;
  /** When the user signed in. */
  readonly created: number;
  /** When it was last renewed. */
  readonly renewed: number;
  /** The last millisecond in which it counts. */
  readonly expires: number;
}

/** Makes sessions that live in a store, and lists and ends those of a user. */
export interface StoredSessionFactory<Data extends object = Record<string, unknown>>
  extends SessionFactory<Data> {
  /**
   * The id of a session: that of the present visitor, to mark it in a list.
   *
   * @returns The id; `undefined` for a session that was not stored yet, or was ended by this request.
   */
  idOf(session: Session<Data>): string | undefined;
  /**
   * Lists the sessions in which a user is signed in, the one that was used last first.
   *
   * @throws {SessionStoreError} If the store is down.
   */
  list(userId: string): Promise<StoredSession[]>;
  /**
   * Ends one session of a user, for good.
   *
   * @param userId The user. A session of another user stays, so that the id may come from a form.
   * @param id Its id, from {@linkcode list}.
   * @returns Whether there was such a session.
   * @throws {SessionStoreError} If the store is down.
   */
  end(userId: string, id: string): Promise<boolean>;
  /**
   * Ends the sessions of a user, for good.
   *
   * A sign-in that is under way may add one after it. If the password was changed, then `stampOf` is
   * what ends that one too.
   *
   * @param userId The user.
   * @param options Ids that stay.
   * @returns How many were ended.
   * @throws {SessionStoreError} If the store is down.
   */
  endAll(userId: string, options?: EndAllOptions): Promise<number>;
}

/** What {@linkcode StoredSessionFactory.endAll} takes. */
export interface EndAllOptions {
  /** The session that stays, or several of them. */
  readonly except?: string | readonly string[] | undefined;
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
