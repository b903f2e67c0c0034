/**
 * What a session remembers, and what it asks its factory.
 *
 * @module
 */

/** Everything that a session remembers: what a factory loads, and what it writes. Times are milliseconds. */
export interface SessionRecord {
  /** The app's own keys. */
  values: Map<string, unknown>;
  /** Flash messages by queue; empty queues are left out. */
  flash: Map<string, unknown[]>;
  /** When the session began. */
  created: number;
  /** When its cookie was last issued. */
  renewed: number;
  /** Whether no valid session came with the request. */
  isNew: boolean;
  /** The secret behind the CSRF tokens, once one was asked for. */
  csrfToken?: string | undefined;
  /** The session's name among all its copies, where the factory needs one. */
  id?: string | undefined;
  /** Who signed in, by `session.bindTo()`. */
  userId?: string | undefined;
  /** The user's epoch in the {@linkcode RevocationStore} when the user signed in. */
  epoch?: number | undefined;
  /** Seconds asked for by `session.remember()`. */
  rememberFor?: number | undefined;
  /** The user's stamp that `session.bindTo()` was given. */
  stamp?: string | undefined;
  /** Whether `session.invalidate()` ended what was loaded. */
  ended?: boolean | undefined;
  /** Whether `session.regenerate()` asked for a new cookie although nothing else changed. */
  rotated?: boolean | undefined;
  /**
   * Changes one key at once, where sessions live in a store.
   *
   * @returns What it holds now; `null` where it is to be changed here alone, for the end of the request.
   */
  modify?(
    key: string,
    change: (value: unknown) => unknown,
  ): Promise<{ readonly value: unknown } | null>;
}

/** What a factory decides for all of its sessions. */
export interface SessionPolicy {
  /** Whether what is written has a place for `session.remember()`. */
  readonly canRemember: boolean;
  /** Whether sessions live in a store, so that `session.modify()` can change a key at once. @default {false} */
  readonly canModify?: boolean;
  /** Whether `session.bindTo()` needs the user's stamp. Else it refuses one. @default {false} */
  readonly needsStamp?: boolean;
  /** The time in milliseconds. */
  now(): number;
  /** Refuses, by a throw that names the path, a value that could not be read back. */
  check(value: unknown, path: string): void;
  /** Makes a random name that nobody can guess. */
  makeToken(): string;
  /** Makes a text that stands for the CSRF secret in one response. */
  maskToken(token: string): string;
  /** Whether two values are written alike. */
  same(one: unknown, other: unknown): boolean;
  /** Whether a text that came with a request stands for the CSRF secret. Takes the same time for every text of one length. */
  tokenMatches(token: string, presented: string): boolean;
}

/** CSRF secrets of a visitor without a session, which are kept apart from the session. */
export interface VisitorCsrf {
  /** Whether there is a secret. */
  readonly exists: boolean;
  /** The text for a form; makes a secret where there is none. */
  token(): string;
  /** The same with a new secret; every earlier one is refused from now on. */
  renew(): string;
  /** Whether a text stands for one of the secrets. */
  matches(presented: string): boolean;
  /** Refuses every secret from now on. */
  end(): void;
}

/**
 * Options of a session that are worked out when they are read. The compiler checks who extends it, so
 * that nothing is checked for each request.
 */
export abstract class LateSessionOptions {
  /** Whether `popFlash()` only peeks. */
  abstract readonly keepFlash: boolean;
  /** Whether `popFlash()` refuses to take a message. */
  abstract readonly refuseFlash: boolean;
  /** CSRF secrets for as long as the visitor has no session. */
  abstract readonly csrf: VisitorCsrf | undefined;
}

const bareToken = (): string =>
  crypto.getRandomValues(new Uint8Array(32)).toBase64({ alphabet: "base64url", omitPadding: true });

/** The policy of a session without a factory: no checks, and CSRF tokens unmasked. */
export const BARE_POLICY: SessionPolicy = {
  canRemember: true,
  now: Date.now,
  check: () => {},
  makeToken: bareToken,
  maskToken: (token) => token,
  same: (one, other) => JSON.stringify(one) === JSON.stringify(other),
  tokenMatches: (token, presented) => token === presented,
};

/** The record of a new session. */
export function blankRecord(now: number): SessionRecord {
  return { values: new Map(), flash: new Map(), created: now, renewed: now, isNew: true };
}
