/**
 * Sessions that live in a cookie: loaded from its text, and written back when they changed.
 *
 * @module
 */

import { isPassive } from "../http/passive_request.ts";
import { consoleLogger, type Logger } from "../log.ts";
import {
  type CommitContext,
  type RefusalReason,
  Session,
  type SessionCodec,
  type SessionFactory,
  type SessionOutcome,
  type SessionPolicy,
  type SessionRecord,
  type SessionRequest,
  sessionState,
} from "../../session.ts";
import { makeToken, maskedTokenMatches, maskToken } from "./csrf_token.ts";
import { checkJson, stringifyJson } from "./json.ts";
import { type LifetimeOptions, Lifetimes } from "./lifetimes.ts";
import { NativePayload, type SessionSerializer } from "./native_payload.ts";
import type { Payload, WrittenRecord } from "./payload.ts";
import { platformRandomBytes, type RandomBytes } from "./random_bytes.ts";
import { MAX_COOKIE_BYTES, SessionCookie, type SessionCookieOptions } from "./session_cookie.ts";
import { SessionTooLargeError } from "./session_too_large_error.ts";

/** What every factory of cookie sessions takes. */
export interface CookieSessionOptions extends SessionCookieOptions, LifetimeOptions {
  /** Whether a response that answers something thrown carries the session too. @default {true} */
  readonly setOnException?: boolean;
  /** Replaces JSON for everything that the session holds. */
  readonly serializer?: SessionSerializer;
  /** Told why a cookie was refused; the visitor is not told. Must not throw. */
  readonly onReject?: (reason: RefusalReason, request: SessionRequest) => void;
  /** The time in milliseconds. @default {Date.now} */
  readonly clock?: () => number;
  /** Where random bytes come from; for tests. Default: the platform. */
  readonly randomBytes?: RandomBytes;
  /** Where warnings go. Default: the console. */
  readonly logger?: Logger;
}

const UNCHANGED: SessionOutcome = { do: "nothing" };
const DECODER = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const ENCODER = new TextEncoder();

/** A record that remembers how it came. */
class CookieRecord implements SessionRecord {
  values: Map<string, unknown>;
  flash: Map<string, unknown[]>;
  created: number;
  renewed: number;
  isNew: boolean;
  csrfToken: string | undefined;
  id: string | undefined;
  userId: string | undefined;
  rememberFor: number | undefined;
  /** The text that it was loaded from, as we would write it; `null` where no valid cookie came. */
  readonly loaded: string | null;
  /** Whether an older secret verified it. */
  readonly stale: boolean;

  constructor(written: WrittenRecord, loaded: string | null, stale: boolean) {
    this.values = written.values;
    this.flash = written.flash;
    this.created = written.created;
    this.renewed = written.renewed;
    this.csrfToken = written.csrfToken;
    this.id = written.id;
    this.userId = written.userId;
    this.rememberFor = written.rememberFor;
    this.isNew = loaded === null;
    this.loaded = loaded;
    this.stale = stale;
  }

  get isEmpty(): boolean {
    return this.values.size === 0 && this.flash.size === 0 && this.csrfToken === undefined &&
      this.userId === undefined && this.rememberFor === undefined;
  }
}

/** What the formats differ in. */
export interface CookieFormat {
  /** How a session is written as text. */
  readonly payload: Payload;
  /** Whether a Secure cookie of this host alone is written under `__Host-`. */
  readonly prefix: boolean;
}

/**
 * Makes sessions that live in a cookie, sealed or signed by any codec.
 *
 * Two requests of one visitor at the same time each answer with their own copy of the session: the
 * last answer wins. What must not be lost between them belongs into a store.
 *
 * @param codec Makes and reads the cookie's text. Its cookie name, where it has one, is the default.
 * @param options Name, attributes and lifetimes.
 * @throws {ConfigurationError} If the options are wrong or contradict each other.
 */
export function cookieSessionFactory<Data extends object = Record<string, unknown>>(
  codec: SessionCodec,
  options: CookieSessionOptions = {},
): SessionFactory<Data> {
  const payload = new NativePayload(options.serializer);
  return new CookieSessions<Data>(codec, options, { payload, prefix: true });
}

/** The factory behind every cookie session. */
export class CookieSessions<Data extends object> implements SessionFactory<Data> {
  readonly #codec: SessionCodec;
  readonly #payload: Payload;
  readonly #cookie: SessionCookie;
  readonly #lifetimes: Lifetimes;
  readonly #policy: SessionPolicy;
  readonly #setOnException: boolean;
  readonly #onReject: CookieSessionOptions["onReject"];

  /** Checks the options; see {@linkcode cookieSessionFactory}. */
  constructor(codec: SessionCodec, options: CookieSessionOptions, format: CookieFormat) {
    const cookieName = options.cookieName ?? codec.cookieName;
    const { clock = Date.now, randomBytes = platformRandomBytes, logger = consoleLogger } = options;
    this.#codec = codec;
    this.#payload = format.payload;
    this.#cookie = new SessionCookie(
      cookieName === undefined ? options : { ...options, cookieName },
      format.prefix,
      (message) => logger.warn(message),
    );
    this.#lifetimes = new Lifetimes(options);
    this.#policy = policyOf(clock, randomBytes, options.serializer);
    this.#setOnException = options.setOnException ?? true;
    this.#onReject = options.onReject;
  }

  /** Loads the session of a request: at most one verification. */
  load(request: SessionRequest): Session<Data> | Promise<Session<Data>> {
    const text = this.#cookie.read(request.headers, request.origin);
    if (text === null) return this.#new(request);
    if (text.length > MAX_COOKIE_BYTES) return this.#refuse("malformed", request);
    return this.#codec.decode(text).then((decoded) =>
      "refused" in decoded
        ? this.#refuse(decoded.refused, request)
        : this.#open(decoded.payload, decoded.stale, request)
    );
  }

  /** Decides what the response says: at most one signature. */
  commit(
    session: Session<Data>,
    request: SessionRequest,
    context: CommitContext,
  ): SessionOutcome | Promise<SessionOutcome> {
    const { record, maybeChanged, close } = sessionState(session);
    close();
    if (!(record instanceof CookieRecord)) {
      throw new TypeError("Cannot commit the session: it was made by another factory");
    }
    if (context.byException && !this.#setOnException) return UNCHANGED;
    if (record.isEmpty) {
      return record.loaded === null
        ? UNCHANGED
        : { do: "remove", cookies: [this.#cookie.remove(request.origin)] };
    }
    const text = maybeChanged || record.loaded === null
      ? this.#payload.stringify(record, record.renewed)
      : record.loaded;
    if (text !== record.loaded) return this.#write("write", text, record, request);
    const due = record.stale || this.#lifetimes.isDue(record, this.#policy.now());
    return due && context.mayRenew ? this.#write("renew", text, record, request) : UNCHANGED;
  }

  #new(request: SessionRequest): Session<Data> {
    const now = this.#policy.now();
    const written = { values: new Map(), flash: new Map(), created: now, renewed: now };
    return this.#session(new CookieRecord(written, null, false), request);
  }

  #refuse(reason: RefusalReason, request: SessionRequest): Session<Data> {
    this.#onReject?.(reason, request);
    return this.#new(request);
  }

  #open(payload: Uint8Array<ArrayBuffer>, stale: boolean, request: SessionRequest): Session<Data> {
    const read = this.#read(payload);
    if (read === null) return this.#refuse("malformed", request);
    const reason = this.#lifetimes.refusal(read.written, this.#policy.now());
    if (reason !== null) return this.#refuse(reason, request);
    return this.#session(new CookieRecord(read.written, read.text, stale), request);
  }

  #read(payload: Uint8Array<ArrayBuffer>): { written: WrittenRecord; text: string } | null {
    try {
      const text = DECODER.decode(payload);
      const written = this.#payload.parse(text);
      if (written === null) return null;
      const canonical = this.#payload.canonical
        ? text
        : this.#payload.stringify(written, written.renewed);
      return { written, text: canonical };
    } catch {
      return null;
    }
  }

  #session(record: CookieRecord, request: SessionRequest): Session<Data> {
    return new Session<Data>(record, this.#policy, { keepFlash: isPassive(request) });
  }

  async #write(
    outcome: "write" | "renew",
    text: string,
    record: CookieRecord,
    request: SessionRequest,
  ): Promise<SessionOutcome> {
    const issued = this.#payload.restamp(text, record, this.#policy.now());
    const bytes = ENCODER.encode(issued);
    const name = this.#cookie.nameFor(request.origin);
    const size = name.length + this.#codec.encodedLength(bytes.length);
    if (size > MAX_COOKIE_BYTES) {
      throw new SessionTooLargeError(name, size, MAX_COOKIE_BYTES, this.#payload.keySizes(record));
    }
    const value = await this.#codec.encode(bytes);
    const cookie = this.#cookie.write(value, request.origin, record.rememberFor);
    return { do: outcome, cookies: [cookie] };
  }
}

function policyOf(
  now: () => number,
  randomBytes: RandomBytes,
  serializer: SessionSerializer | undefined,
): SessionPolicy {
  return {
    now,
    check: serializer === undefined ? checkJson : () => {},
    makeToken: () => makeToken(randomBytes),
    maskToken: (token) => maskToken(token, randomBytes),
    same: serializer === undefined
      ? (one, other) => stringifyJson(one, "") === stringifyJson(other, "")
      : (one, other) => serializer.stringify(one) === serializer.stringify(other),
    tokenMatches: maskedTokenMatches,
  };
}
