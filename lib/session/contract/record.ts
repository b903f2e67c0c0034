/**
 * Defines the contents of a session, and the functions that a session calls on its factory.
 *
 * @module
 */

import type { RefusalReason } from "./factory.ts";
import type { VisitorCells } from "./cells.ts";

/** The parts of a description that `session.describe()` noted. */
export interface NotedDescription {
  /** The device or the browser. */
  readonly label: string | undefined;
  /** Where the visitor comes from. */
  readonly address: string | undefined;
}

/**
 * The contents of a session, which a factory loads and writes. Times are in milliseconds since
 * 1970.
 */
export interface SessionRecord {
  /** The app's own keys. */
  values: Map<string, unknown>;
  /** Flash messages by queue. Empty queues are left out. */
  flash: Map<string, unknown[]>;
  /** The time when the session began. */
  created: number;
  /** The time when its cookie was last issued. */
  renewed: number;
  /** Whether the request came without a valid session. */
  isNew: boolean;
  /** The secret behind the CSRF tokens, if the session has one. */
  csrfToken?: string | undefined;
  /** Further secrets: requests at the same time can each have made one. */
  csrfOthers?: readonly string[] | undefined;
  /** The id of the session, if the factory needs one. All copies of its cookie share it. */
  id?: string | undefined;
  /** The id of the user that `session.bindTo()` signed in. */
  userId?: string | undefined;
  /** The same as the session was loaded. */
  readonly loadedUserId?: string | undefined;
  /** Why the cookie that came was rejected. It is undefined if none came, or it was accepted. */
  readonly rejected?: RefusalReason | undefined;
  /** The user's epoch in the {@linkcode RevocationStore} when the user signed in. */
  epoch?: number | undefined;
  /** The seconds that `session.remember()` was given. */
  rememberFor?: number | undefined;
  /** The user's stamp that `session.bindTo()` was given. */
  stamp?: string | undefined;
  /**
   * The user whose keys the session holds, although this user is not signed in: by
   * `session.forget()` or `session.beginSignIn()`.
   */
  ownerId?: string | undefined;
  /** The last millisecond in which the owner is half signed in, by `session.beginSignIn()`. */
  pendingUntil?: number | undefined;
  /** What `session.describe()` noted. A change replaces the object. */
  description?: NotedDescription | undefined;
  /** Whether `session.invalidate()` ended the session that was loaded. */
  ended?: boolean | undefined;
  /** Whether `session.regenerate()` requested a new cookie, even if no value changed. */
  rotated?: boolean | undefined;
  /**
   * Whether `session.forget()` or `session.beginSignIn()` moved the session, so that no earlier
   * cookie may read it.
   */
  isolated?: boolean | undefined;
  /**
   * Changes one key at once. It is undefined if sessions do not live in a store.
   *
   * @returns The value that the key holds now. If it is `null`, then the caller changes the key in
   * this record alone, which the end of the request saves.
   */
  readonly modify?:
    | ((
      key: string,
      change: (value: unknown) => unknown,
    ) => Promise<{ readonly value: unknown } | null>)
    | undefined;
}

/** The functions and limits that a factory gives to all of its sessions. */
export interface SessionPolicy {
  /** Whether the format has a place for the seconds of `session.remember()`. */
  readonly canRemember: boolean;
  /** Whether sessions live in a store, so that `session.modify()` can change a key at once. @default {false} */
  readonly canModify?: boolean;
  /**
   * Whether `session.bindTo()` needs the user's stamp. If not, then it throws for a stamp.
   * @default {false}
   */
  readonly needsStamp?: boolean;
  /** Gives the time in milliseconds since 1970. */
  now(): number;
  /** Throws for a value that the format would lose or change. The error names the path. */
  check(value: unknown, path: string): void;
  /** Makes a random id or secret that an attacker cannot guess. */
  makeToken(): string;
  /** Makes the CSRF token for one response from the CSRF secret. */
  maskToken(token: string): string;
  /** Whether the format writes two values in the same way. */
  same(one: unknown, other: unknown): boolean;
  /**
   * Whether a string from a request is a token of the CSRF secret. It takes the same time for all
   * strings of one length.
   */
  tokenMatches(token: string, presented: string): boolean;
}

/** Keeps the CSRF secrets of a visitor without a session, outside of the session. */
export interface VisitorCsrf {
  /** Whether there is a secret. */
  readonly exists: boolean;
  /** Gives the token for a form. If there is no secret, then it makes one. */
  token(): string;
  /**
   * Makes a new secret and gives its token. From then on, tokens of earlier secrets are rejected.
   */
  renew(): string;
  /** Whether a string is a token of one of the secrets. */
  matches(presented: string): boolean;
  /** Rejects the tokens of every secret from now on. */
  end(): void;
}

/**
 * Computes the options of a session when they are read. The compiler checks the subclasses, so that
 * no request has to check the options.
 */
export abstract class LateSessionOptions {
  /** Whether `popFlash()` leaves the messages in the queue. */
  abstract readonly keepFlash: boolean;
  /** Whether `popFlash()` throws instead of taking a message. */
  abstract readonly refuseFlash: boolean;
  /** Keeps the CSRF secrets of a visitor without a session. */
  abstract readonly csrf: VisitorCsrf | undefined;
  /** Opens the cells of the visitor. */
  abstract readonly cells: VisitorCells | undefined;
}

const bareToken = (): string =>
  crypto.getRandomValues(new Uint8Array(32)).toBase64({ alphabet: "base64url", omitPadding: true });

/**
 * The policy of a session without a factory: no checks of values, and CSRF tokens without masks.
 */
export const BARE_POLICY: SessionPolicy = {
  canRemember: true,
  now: Date.now,
  check: () => {},
  makeToken: bareToken,
  maskToken: (token) => token,
  same: (one, other) => JSON.stringify(one) === JSON.stringify(other),
  tokenMatches: (token, presented) => token === presented,
};

/** Makes the record of a new session. */
export function blankRecord(now: number): SessionRecord {
  return { values: new Map(), flash: new Map(), created: now, renewed: now, isNew: true };
}
