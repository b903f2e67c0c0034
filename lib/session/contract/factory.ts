/**
 * Defines the interfaces between an app, its session factory, and the factory's codec and store.
 *
 * @module
 */

import { type OptionKind, withFunctions } from "../../check_options.ts";
import type { Logger } from "../../log.ts";

/** The type of an option that is a session factory. */
export const SESSION_FACTORY: OptionKind = withFunctions("load", "commit");
/** The type of an option that is a {@linkcode RevocationStore}. */
export const REVOCATION_STORE: OptionKind = withFunctions("has", "add", "epoch", "bump");
/** The type of an option that is a {@linkcode SessionCodec}. */
export const SESSION_CODEC: OptionKind = withFunctions("encode", "decode", "encodedLength");

/** A session factory or a store that can write to the app's log. */
export interface LoggerUser {
  /**
   * Sets the logger of the app, which never throws and escapes control characters.
   *
   * `makeApp()` calls it on the session factory. When a factory is made, it calls the method on its
   * stores and former factories. A factory or store whose options name a logger keeps that one. If
   * two apps share a factory, then it writes to the log of the app that was made last.
   */
  useLogger?(logger: Logger): void;
}

/** The reason why a session cookie was rejected. Pyramidion gives it only to `onReject`. */
export type RefusalReason =
  | "malformed"
  | "unknown-key"
  | "bad-mac"
  | "expired-idle"
  | "expired-absolute"
  | "future"
  | "revoked"
  | "gone"
  | "too-large"
  | "schema";

/** The parts of a request that a session factory uses. */
export interface SessionRequest {
  /** The request as the server received it. */
  readonly raw: Request;
  /** The request's method. */
  readonly method: string;
  /** The request's headers. */
  readonly headers: Headers;
  /** The scheme and host that the browser sees, such as `https://app.test`. */
  readonly origin: string;
  /**
   * Whether the browser uses https, by `origin` or by the header of a proxy. The factory uses it
   * only to make the cookie safer. Default: the scheme of `origin`.
   */
  readonly isSecure?: boolean;
}

/** The outcome of a session: which `Set-Cookie` headers the response gets. */
export type SessionOutcome =
  | {
    /** The session did not change. The response gets no header except `Vary: Cookie`. */
    readonly do: "nothing";
    /**
     * Whether a change of the session was dropped, as if another request ended the session meanwhile.
     * @default {false}
     */
    readonly isLost?: boolean;
  }
  | {
    /** The session was only renewed: its time of issue is new. */
    readonly do: "renew";
    /** Complete `Set-Cookie` values. */
    readonly cookies: readonly string[];
  }
  | {
    /** The session changed, or other cookies go out beside it, such as a cell. */
    readonly do: "write";
    /** Complete `Set-Cookie` values. */
    readonly cookies: readonly string[];
    /** Whether a change of the session was dropped, and only the other cookies go out. @default {false} */
    readonly isLost?: boolean;
  }
  | {
    /** The session ended, and the browser deletes its cookie. */
    readonly do: "remove";
    /** Complete `Set-Cookie` values. */
    readonly cookies: readonly string[];
  };

/** The properties of a response by which a factory decides. */
export interface CommitContext {
  /**
   * Whether the response may carry a mere renewal. It may not if a shared cache can store it, or if
   * it answers a HEAD request or a prefetch.
   */
  readonly mayRenew: boolean;
  /** Whether the response answers an error that was thrown. */
  readonly byException: boolean;
  /**
   * Whether the view has `requireCsrf: false`, so that it answers forms from other sites.
   * @default {false}
   */
  readonly isCsrfExempt?: boolean;
  /**
   * Whether the request counts as activity. A request that does not count, such as a poll, does not
   * renew the session.
   * @default {true}
   */
  readonly isActivity?: boolean;
}

/**
 * The result of decoding a cookie's text: a payload, or the reason why the codec rejected the text.
 */
export type DecodedCookie =
  | {
    /** The bytes that were encoded. */
    readonly payload: Uint8Array<ArrayBuffer>;
    /** Whether an older secret verified them, so that the cookie is due to be written again. */
    readonly stale: boolean;
  }
  | {
    /** The reason why the codec rejected the text. */
    readonly refused: "malformed" | "unknown-key" | "bad-mac";
  };

/**
 * Encodes a payload as cookie text, and decodes it. A codec with a secret makes text that an
 * attacker without the secret cannot make.
 */
export interface SessionCodec {
  /**
   * The cookie name, without prefix, that the text is bound to. It is undefined if the format binds
   * no name.
   */
  readonly cookieName?: string | undefined;
  /** Gives the length in characters of the text for a payload of so many bytes. */
  encodedLength(payloadBytes: number): number;
  /** Encodes a payload with the newest secret. */
  encode(payload: Uint8Array<ArrayBuffer>): Promise<string>;
  /** Decodes a text. The promise never rejects because of a text that a visitor sent. */
  decode(text: string): Promise<DecodedCookie>;
}

/**
 * Remembers revoked sessions, because copies of their cookies could still be valid.
 *
 * A rotation adds two or three ids. A sign-out adds three. A sign-in adds four if the visitor had a
 * session. After ten seconds one of these ids is no longer needed. If the store is down, then its
 * methods reject. Pyramidion then does not accept the session and answers with a 503. It does the
 * same if `has` does not give a boolean, or if `epoch` does not give a safe integer from 0.
 */
export interface RevocationStore extends LoggerUser {
  /**
   * Whether this id was revoked: `true` or `false`. Any other value counts as a store that is down.
   */
  has(id: string): boolean | Promise<boolean>;
  /**
   * Revokes this id, which has up to 70 letters, digits and `-_.@`. The store may forget the id
   * after `until`, in milliseconds since 1970. A second call never makes that time earlier.
   */
  add(id: string, until: number): void | Promise<void>;
  /** Gives the user's epoch: an integer, at first 0. A session of an earlier epoch is over. */
  epoch(user: string): number | Promise<number>;
  /**
   * Ends all sessions of the user: begins an epoch that is higher than every earlier one, also
   * across restarts.
   */
  bump(user: string): void | Promise<void>;
}
