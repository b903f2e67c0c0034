/**
 * Sessions that live in a cookie: loaded from its text, and written back when they changed.
 *
 * @module
 */

import { ConfigurationError } from "../configuration_error.ts";
import { consoleLogger } from "../log.ts";
import {
  type CommitContext,
  type Session,
  type SessionCodec,
  type SessionFactory,
  type SessionOutcome,
  type SessionPolicy,
  type SessionRequest,
  sessionState,
} from "../../session.ts";
import { CookieRecord } from "./cookie_record.ts";
import type { CookieSessionOptions, FormerSessionFactory } from "./cookie_session_options.ts";
import type { CookieSessionParts } from "./cookie_session_parts.ts";
import { makeToken, maskedTokenMatches, maskToken } from "./csrf_token.ts";
import { FormerSessions } from "./former_sessions.ts";
import { checkJson, stringifyJson } from "./json.ts";
import { Lifetimes } from "./lifetimes.ts";
import { NativePayload } from "./native_payload.ts";
import type { Payload } from "./payload.ts";
import { platformRandomBytes } from "./random_bytes.ts";
import { RevocationGuard } from "./revocation_guard.ts";
import { SessionCommitting } from "./session_committing.ts";
import { SessionCookie } from "./session_cookie.ts";
import { SessionLoading } from "./session_loading.ts";
import { SessionSchema } from "./session_schema.ts";
import { VerifiedCookies } from "./verified_cookies.ts";

const DEFAULT_VERIFIED_COOKIES = 4096;

/** What the formats differ in. */
export interface CookieFormat {
  /** How a session is written as text. */
  readonly payload: Payload;
  /** Whether a Secure cookie of this host alone is written under `__Host-`. */
  readonly prefix: boolean;
  /** How far in the future a time may lie, in milliseconds; default a minute. */
  readonly skew?: number;
  /** How tokens are made and masked, where not as the native formats do it. */
  readonly policy?: Partial<SessionPolicy>;
}

/**
 * Makes sessions that live in a cookie, by any codec.
 *
 * Two requests of one visitor at the same time each answer with their own copy of the session: the
 * last answer wins. What must not be lost between them belongs into a database.
 *
 * @param codec Makes and reads the cookie's text. Its cookie name, where it has one, is the default.
 * @param options Name, attributes and lifetimes.
 * @throws {ConfigurationError} If the options are wrong or contradict each other.
 */
export function cookieSessionFactory<Data extends object = Record<string, unknown>>(
  codec: SessionCodec,
  options: CookieSessionOptions<Data> = {},
): SessionFactory<Data> {
  const payload = new NativePayload(options.serializer);
  return new CookieSessions<Data>(codec, options, { payload, prefix: true });
}

/** The factory behind every cookie session. */
export class CookieSessions<Data extends object> implements SessionFactory<Data> {
  readonly #cookie: SessionCookie;
  readonly #loading: SessionLoading<Data>;
  readonly #committing: SessionCommitting;
  readonly #setOnException: boolean;

  /** Checks the options; see {@linkcode cookieSessionFactory}. */
  constructor(codec: SessionCodec, options: CookieSessionOptions<Data>, format: CookieFormat) {
    const parts = partsOf(codec, options, format);
    this.#cookie = parts.cookie;
    const { formerly, onReject } = options;
    if (formerly !== undefined) this.#refuseSameName(formerly);
    this.#loading = new SessionLoading<Data>(parts, {
      onReject,
      formerly: formerly && new FormerSessions(formerly),
    });
    this.#committing = new SessionCommitting(parts);
    this.#setOnException = options.setOnException ?? true;
  }

  /** Loads the session of a request: at most one verification. */
  load(request: SessionRequest): Session<Data> | Promise<Session<Data>> {
    return this.#loading.load(request);
  }

  /** Decides what the response says: at most one signature. */
  commit(
    session: Session<Data>,
    request: SessionRequest,
    context: CommitContext,
  ): SessionOutcome | Promise<SessionOutcome> {
    const state = sessionState(session);
    state.close();
    const { record, maybeChanged } = state;
    if (!(record instanceof CookieRecord)) {
      throw new TypeError("Cannot commit the session: it was made by another factory");
    }
    if (context.byException && !this.#setOnException) return { do: "nothing" };
    return this.#committing.commit(record, maybeChanged, request, context);
  }

  #refuseSameName(formerly: FormerSessionFactory): void {
    if (!(formerly instanceof CookieSessions) || !formerly.#cookie.overlaps(this.#cookie)) return;
    throw new ConfigurationError(
      "Cannot take sessions over from a cookie of the same name: give one of the factories another cookieName",
    );
  }
}

function partsOf<Data extends object>(
  codec: SessionCodec,
  options: CookieSessionOptions<Data>,
  format: CookieFormat,
): CookieSessionParts {
  const { logger = consoleLogger, schema, migrate, revocations } = options;
  if (migrate !== undefined && schema === undefined) {
    throw new ConfigurationError("Cannot migrate sessions: give the schema that they must fit");
  }
  const cookieName = options.cookieName ?? codec.cookieName;
  const named = cookieName === undefined ? options : { ...options, cookieName };
  const lifetimes = new Lifetimes(options, format.skew);
  return {
    codec,
    payload: format.payload,
    cookie: new SessionCookie(named, format.prefix, (message) => logger.warn(message)),
    lifetimes,
    policy: { ...policyOf(options), ...format.policy },
    verified: verifiedCookies(options.verifiedCookies ?? DEFAULT_VERIFIED_COOKIES),
    schema: schema && new SessionSchema(schema, migrate, logger),
    guard: revocations && new RevocationGuard(revocations, lifetimes),
    logger,
  };
}

function verifiedCookies(limit: number): VerifiedCookies | undefined {
  if (!Number.isInteger(limit) || limit < 0 || limit > 1_000_000) {
    throw new ConfigurationError(
      `Cannot remember ${limit} verified cookies: verifiedCookies must be an integer from 0 to 1000000`,
    );
  }
  return limit === 0 ? undefined : new VerifiedCookies(limit);
}

function policyOf<Data extends object>(options: CookieSessionOptions<Data>): SessionPolicy {
  const { clock = Date.now, randomBytes = platformRandomBytes, serializer } = options;
  const stringify = serializer === undefined
    ? (value: unknown) => stringifyJson(value, "")
    : (value: unknown) => serializer.stringify(value);
  return {
    canRemember: true,
    now: clock,
    check: serializer === undefined ? checkJson : () => {},
    makeToken: () => makeToken(randomBytes),
    maskToken: (token) => maskToken(token, randomBytes),
    same: (one, other) => stringify(one) === stringify(other),
    tokenMatches: maskedTokenMatches,
  };
}
