/**
 * What stored sessions are made of, and what they work with.
 *
 * @module
 */

import type {
  Session,
  SessionCodec,
  SessionFactory,
  SessionRecord,
  SessionRequest,
} from "../../../session.ts";
import type { VerifiedCookies } from "../cookies/verified_cookies.ts";
import type { RandomBytes } from "../crypto/bytes.ts";
import type { NativePayload } from "../formats/native_payload.ts";
import type { SessionParts } from "../options.ts";
import type { PendingEnds } from "./access/pending_ends.ts";
import type { StoreAccess } from "./access/store_access.ts";
import type { StoreGuard, StoreHealth } from "./access/store_guard.ts";
import type { StoreLimits } from "../store_limits.ts";
import type { AsyncCloser, SessionStore } from "./session_store.ts";
import type { StoredHead } from "./stored_head.ts";
import type { SessionKey } from "./stored_token.ts";

/**
 * The changes that a request has lost, because its session ended or belongs to another user now.
 */
export interface LostChanges {
  /**
   * The app's keys that the request set or removed. The keys of flash messages and of the CSRF
   * secret are in brackets.
   */
  readonly keys: readonly string[];
  /** The user who was signed in, or `undefined`. */
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
  /** The texts in the store. A migration can have changed those of the state. */
  readonly texts: Map<string, string>;
  /** Whether an older secret of the app verified the cookie. */
  readonly stale: boolean;
}

/** A session in the form in which it is kept. */
export interface StoredState {
  readonly texts: Map<string, string>;
  /** Its id, or `undefined` after it was regenerated. */
  readonly id: string | undefined;
  readonly created: number;
  readonly rememberFor: number | undefined;
  readonly userId: string | undefined;
  readonly stamp: string | undefined;
  readonly description: SessionRecord["description"];
  /** What the store held, or `null` for a session that was never stored. */
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
  /** The limits of calls to the store. */
  readonly limits: Required<StoreLimits>;
  /** Cookies that need not be verified again, where they are remembered. */
  readonly verified: VerifiedCookies | undefined;
  /** Where random bytes come from. */
  readonly randomBytes: RandomBytes;
  /** The most bytes of a session. */
  readonly maxBytes: number;
  /** Seconds for which browsers keep the cookie, if the app sets `maxAge`. */
  readonly maxAge: number | undefined;
  /** Looks up the present stamp of a user. */
  readonly stampOf: ((userId: string) => string | null | Promise<string | null>) | undefined;
  /** The most sessions of a user at the same time, if there is a limit. */
  readonly maxSessionsPerUser: number | undefined;
  /** What happens at a sign-in above the limit. */
  readonly atMaxSessions: "endOldest" | "refuseSignIn";
  /** Called with the changes that a request has lost. */
  readonly onLost: ((lost: LostChanges, request: SessionRequest) => void) | undefined;
}

/** What loading and saving work with. */
export interface StoredBackendParts extends StoredSettings {
  /** Guards the store. */
  readonly guard: StoreGuard;
  /** Calls the store. */
  readonly access: StoreAccess;
  /** What is counted of requests. */
  readonly counts: {
    /** How many requests have lost changes. */
    lost: number;
  };
  /** Sign-outs that the store did not confirm. */
  readonly ends: PendingEnds;
}

/** A session in the list of its user. Times are milliseconds since 1970. */
export interface StoredSession {
  /** Its id, with which you can end it. A visitor cannot open a session with it. */
  readonly id: string;
  /** When the user signed in. */
  readonly created: number;
  /** When it was last renewed. */
  readonly renewed: number;
  /** The last millisecond in which it is valid. */
  readonly expires: number;
  /** The device or the browser, as `session.describe()` noted it. */
  readonly label: string | undefined;
  /** Where the visitor comes from, as `session.describe()` noted it. */
  readonly address: string | undefined;
}

/** The numbers of stored sessions in one process, since their factory was made. */
export interface StoredSessionHealth extends StoreHealth {
  /** How many requests have lost changes, because their session ended or a user signed in to it. */
  readonly lost: number;
}

/** Makes sessions that live in a store, and lists and ends the sessions of a user. */
export interface StoredSessionFactory<Data extends object = Record<string, unknown>>
  extends SessionFactory<Data>, AsyncCloser {
  /**
   * Resolves if the store can be used: its `ready()` resolves within `saveTimeout`.
   *
   * Call it in the view that a load balancer asks. The store is asked each time, also while the
   * guard leaves it alone.
   *
   * @throws {SessionStoreError} If not. It is a 503, and it is logged.
   */
  ready(): Promise<void>;
  /** Gives the numbers of the store in this process: for example those of calls that were late. */
  health(): StoredSessionHealth;
  /**
   * Returns the id of a session, for example to mark the session of the present visitor in a list.
   *
   * @returns The id, or `undefined` if the session is not stored yet or this request ended it.
   */
  idOf(session: Session<Data>): string | undefined;
  /**
   * Lists the sessions in which a user is signed in, the one that was used last first.
   *
   * It leaves out the sessions that the option `stampOf` has ended. It costs one call of the store,
   * and one of `stampOf`. OWASP ASVS 5.0, 7.5.2: users can see their sessions.
   *
   * @throws {SessionStoreError} If the store is down.
   */
  list(userId: string): Promise<StoredSession[]>;
  /**
   * Ends one session of a user permanently, for the user or for an administrator.
   *
   * OWASP ASVS 5.0, 7.4.5 and 7.5.2. Let the user authenticate again before this call.
   *
   * @param userId The user. A session of another user stays, so the id may come from a form.
   * @param id Its id, from {@linkcode list}.
   * @returns Whether there was such a session.
   * @throws {SessionStoreError} If the store is down.
   */
  end(userId: string, id: string): Promise<boolean>;
  /**
   * Ends the sessions of a user permanently, for the user or for an administrator.
   *
   * OWASP ASVS 5.0, 7.4.5 and 7.5.2. To end the sessions of all users, remove every secret of the
   * factory.
   *
   * A sign-in that runs at the same time can add a session afterwards. If the password was changed,
   * then the option `stampOf` ends that session too.
   *
   * @param userId The user.
   * @param options Ids that stay.
   * @returns How many were ended.
   * @throws {SessionStoreError} If the store is down.
   */
  endAll(userId: string, options?: EndAllOptions): Promise<number>;
}

/** The options of {@linkcode StoredSessionFactory.endAll}. */
export interface EndAllOptions {
  /** The session that stays, or several of them. */
  readonly except?: string | readonly string[] | undefined;
}

/** The values that a request changed. */
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
