/**
 * What an app and a session factory agree on, and what the factory and its codec or store do.
 *
 * @module
 */

import { type OptionKind, withFunctions } from "../../check_options.ts";
import type { Logger } from "../../log.ts";

/** What an option takes that is a session factory. */
export const SESSION_FACTORY: OptionKind = withFunctions("load", "commit");
/** What an option takes that is a {@linkcode RevocationStore}. */
export const REVOCATION_STORE: OptionKind = withFunctions("has", "add", "epoch", "bump");
/** What stands for a {@linkcode SessionCodec}. */
export const SESSION_CODEC: OptionKind = withFunctions("encode", "decode", "encodedLength");

/** What may have something to say to a log: session factories, and stores. */
export interface LoggerUser {
  /**
   * Takes the logger of the app, which neither throws nor shows control characters.
   *
   * `makeApp()` calls it on the session factory; a factory calls it on what it uses, stores and former
   * factories, when it is made. Whoever was given a logger of its own keeps that. Of two apps that share
   * a factory, the one that was made last is told.
   */
  useLogger?(logger: Logger): void;
}

/** Why a session cookie was refused. Told to `onReject` and to nobody else. */
export type RefusalReason =
  | "malformed"
  | "unknown-key"
  | "bad-mac"
  | "expired-idle"
  | "expired-absolute"
  | "future"
  | "revoked"
  | "gone"
  | "schema";

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
export type DecodedCookie =
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
  decode(text: string): Promise<DecodedCookie>;
}

/**
 * Remembers which sessions are over although copies of their cookies could still be valid.
 *
 * A rotation adds two or three ids, a sign-out three, a sign-in over another session four; one of
 * them is forgotten after ten seconds. A store that is down rejects. The visitor is then not taken
 * for signed in: the answer is a 503. The same happens where `has` gives anything but a boolean, or
 * `epoch` anything but a safe integer from 0.
 */
export interface RevocationStore extends LoggerUser {
  /** Whether this id was ended: `true` or `false`. Anything else counts as a store that is down. */
  has(id: string): boolean | Promise<boolean>;
  /** Ends this id, of up to 70 letters, digits and `-_.@`; may be forgotten after `until`, in milliseconds since 1970. A second call never brings that nearer. */
  add(id: string, until: number): void | Promise<void>;
  /** The user's epoch: a whole number, 0 at first. A session of an earlier epoch is over. */
  epoch(user: string): number | Promise<number>;
  /** Begins an epoch of the user above every earlier one, across restarts too: every session that the user is signed in to is over. */
  bump(user: string): void | Promise<void>;
}
