/**
 * What sessions, factories, codecs and stores agree on.
 *
 * @module
 */

import { type OptionKind, withFunctions } from "./check_options.ts";

/** What an option takes that is a session factory. */
export const SESSION_FACTORY: OptionKind = withFunctions("load", "commit");
/** What an option takes that is a {@linkcode RevocationStore}. */
export const REVOCATION_STORE: OptionKind = withFunctions("has", "add", "epoch", "bump");
/** What stands for a {@linkcode SessionCodec}. */
export const SESSION_CODEC: OptionKind = withFunctions("encode", "decode", "encodedLength");

/** Why a session cookie was refused. Told to `onReject` and to nobody else. */
export type RefusalReason =
  | "malformed"
  | "unknown-key"
  | "bad-mac"
  | "expired-idle"
  | "expired-absolute"
  | "future"
  | "revoked"
  | "schema";

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
  /** Whether `session.invalidate()` ended what was loaded. */
  ended?: boolean | undefined;
  /** Whether `session.regenerate()` asked for a new cookie although nothing else changed. */
  rotated?: boolean | undefined;
}

/** What a factory decides for all of its sessions. */
export interface SessionPolicy {
  /** Whether what is written has a place for `session.remember()`. */
  readonly canRemember: boolean;
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

/** What a session knows of a request. */
export interface SessionRequest {
  /** The request as it came. */
  readonly raw: Request;
  /** The request's method. */
  readonly method: string;
  /** The request's headers. */
  readonly headers: Headers;
  /** Scheme and host as the outside world sees them, such as `https://app.test`. */
  readonly origin: string;
  /**
   * Whether the outside world uses https as far as anybody says: to be believed for what makes the
   * cookie safer. Default: as `origin` says.
   */
  readonly isSecure?: boolean;
}

/** What the response must say about the session. Cookies are whole `Set-Cookie` values. */
export type SessionOutcome =
  | {
    /** The session is as it was: no header but `Vary: Cookie`. */
    readonly do: "nothing";
  }
  | {
    /** Only the time of issue is new. */
    readonly do: "renew";
    /** Whole `Set-Cookie` values. */
    readonly cookies: readonly string[];
  }
  | {
    /** The state changed. */
    readonly do: "write";
    /** Whole `Set-Cookie` values. */
    readonly cookies: readonly string[];
  }
  | {
    /** The session is gone. */
    readonly do: "remove";
    /** Whole `Set-Cookie` values. */
    readonly cookies: readonly string[];
  };

/** What a factory must know of the response to decide. */
export interface CommitContext {
  /** Whether a mere renewal may be said: not to a shared cache, not on HEAD and not to a prefetch. */
  readonly mayRenew: boolean;
  /** Whether the response answers something that was thrown. */
  readonly byException: boolean;
  /** Whether the view states `requireCsrf: false`: it answers forms that other sites send. @default {false} */
  readonly isCsrfExempt?: boolean;
  /** Whether the request counts as activity: one that does not, such as a poll, renews nothing. @default {true} */
  readonly isActivity?: boolean;
}

/** What a codec made of a cookie's text: the payload, and whether an older secret verified it; or why not. */
export type Decoded =
  | {
    /** The bytes that were encoded. */
    readonly payload: Uint8Array<ArrayBuffer>;
    /** Whether an older secret verified them, so that the cookie is due to be written anew. */
    readonly stale: boolean;
  }
  | {
    /** Why the text is not one of ours. */
    readonly refused: "malformed" | "unknown-key" | "bad-mac";
  };

/** Makes cookie text of a payload that nobody without the secret can make, and reads it back. */
export interface SessionCodec {
  /** The cookie name, without prefix, that is bound into the text; undefined where the format binds none. */
  readonly cookieName?: string | undefined;
  /** The length in characters of the text for a payload of so many bytes. */
  encodedLength(payloadBytes: number): number;
  /** Makes the text, by the newest secret. */
  encode(payload: Uint8Array<ArrayBuffer>): Promise<string>;
  /** Reads a text back. Never rejects for what a visitor sent. */
  decode(text: string): Promise<Decoded>;
}

/**
 * Remembers which sessions are over although copies of their cookies could still be valid.
 *
 * A rotation adds two or three ids, a sign-out three, a sign-in over another session four; one of
 * them is forgotten after ten seconds. A store that is down rejects. The visitor is then not taken
 * for signed in: the answer is a 503. The same happens where `has` gives anything but a boolean, or
 * `epoch` anything but a safe integer from 0.
 */
export interface RevocationStore {
  /** Whether this id was ended: `true` or `false`. Anything else counts as a store that is down. */
  has(id: string): boolean | Promise<boolean>;
  /** Ends this id, of up to 70 letters, digits and `-_.@`; may be forgotten after `until`, in milliseconds since 1970. A second call never brings that nearer. */
  add(id: string, until: number): void | Promise<void>;
  /** The user's epoch: a whole number, 0 at first. A session of an earlier epoch is over. */
  epoch(user: string): number | Promise<number>;
  /** Begins an epoch of the user above every earlier one, across restarts too: every session that the user is signed in to is over. */
  bump(user: string): void | Promise<void>;
}
