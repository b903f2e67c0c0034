/**
 * What session factories take, and the parts that they make of it: the type of an option, its check
 * and its default.
 *
 * @module
 */

import type {
  RefusalReason,
  RevocationStore,
  SessionPolicy,
  SessionRequest,
} from "../../session.ts";
import { BOOLEAN, FUNCTION, NUMBER, type OptionKinds, withFunctions } from "../check_options.ts";
import { ConfigurationError } from "../configuration_error.ts";
import { InheritedLogger, LOGGER, type Logger } from "../log.ts";
import { REVOCATION_STORE, SESSION_FACTORY } from "./contract/factory.ts";
import {
  SESSION_COOKIE_KINDS,
  SessionCookie,
  type SessionCookieOptions,
} from "./cookie_attributes.ts";
import { platformRandomBytes, type RandomBytes } from "./crypto/bytes.ts";
import { CSRF_COOKIE, makeToken, maskedTokenMatches, maskToken } from "./csrf.ts";
import { type FormerSessionFactory, FormerSessions } from "./former.ts";
import { checkJson } from "./formats/json.ts";
import { NativePayload, type SessionSerializer } from "./formats/native_payload.ts";
import type { Payload } from "./formats/payload.ts";
import { LIFETIME_KINDS, type LifetimeOptions, Lifetimes } from "./lifetimes.ts";
import { SCHEMA_KIND, type SchemaMigration, SessionSchema, type StandardSchema } from "./schema.ts";

/** What every factory of cookie sessions takes. */
export interface CookieSessionOptions<Data extends object = Record<string, unknown>>
  extends SessionCookieOptions, LifetimeOptions {
  /** Whether a response that answers something thrown carries the session too. @default {true} */
  readonly setOnException?: boolean;
  /** Replaces JSON for everything that the session holds. */
  readonly serializer?: SessionSerializer;
  /**
   * Any Standard Schema for the app's keys: types them, fills in defaults, and refuses what does not
   * fit, in a cookie by a new session and at the end of a request by a {@linkcode SessionSchemaError}.
   * It must take its own output as input.
   */
  readonly schema?: StandardSchema<Data>;
  /** Makes the state of today of one that the schema refuses; anything but an object gives a new session. */
  readonly migrate?: SchemaMigration;
  /**
   * Ends sessions for good, copies of their cookies included, and lets requests that come late with
   * the cookie from before `regenerate()` or `remember()` read for ten seconds. Costs a question to
   * the store for each session that is read or written, and three at once where somebody is signed in.
   */
  readonly revocations?: RevocationStore;
  /**
   * Sessions under another cookie name that visitors keep: read once, written anew here, deleted
   * there. What they hold is checked by `schema`, or by nothing.
   */
  readonly formerly?: FormerSessionFactory;
  /**
   * How many cookies are kept in memory once they were verified, so that they need not be verified
   * again; 0: none. Every other rule is applied to them for each request. About 1 kB each.
   * @default {4096}, of encrypted sessions {0}, since their contents would lie in memory
   */
  readonly verifiedCookies?: number;
  /** Told why a cookie was refused; the visitor is not told. What it throws is logged. */
  readonly onReject?: (reason: RefusalReason, request: SessionRequest) => void;
  /** The time in milliseconds. @default {Date.now} */
  readonly clock?: () => number;
  /** Where random bytes come from; for tests. Default: the platform. */
  readonly randomBytes?: RandomBytes;
  /** Where warnings go. Default: the logger of the app, which the console is until it is made. */
  readonly logger?: Logger;
}

/** What {@linkcode CookieSessionOptions} take. */
export const COOKIE_SESSION_KINDS: OptionKinds<CookieSessionOptions> = {
  ...SESSION_COOKIE_KINDS,
  ...LIFETIME_KINDS,
  setOnException: BOOLEAN,
  serializer: withFunctions("stringify", "parse"),
  schema: SCHEMA_KIND,
  migrate: FUNCTION,
  revocations: REVOCATION_STORE,
  formerly: SESSION_FACTORY,
  verifiedCookies: NUMBER,
  onReject: FUNCTION,
  clock: FUNCTION,
  randomBytes: FUNCTION,
  logger: LOGGER,
};

/** What the formats of sessions differ in besides their codec. */
export interface SessionFormat {
  /** Whether a Secure cookie of this host alone is written under `__Host-`. */
  readonly prefix: boolean;
  /** Whether the CSRF secret of a visitor without a session lies in a cookie of its own. */
  readonly csrfCookies: boolean;
  /** How far in the future a time may lie, in milliseconds. Default: a minute. */
  readonly skew?: number;
}

/** What every format has but Pyramid's. */
export const NATIVE_FORMAT: SessionFormat = { prefix: true, csrfCookies: true };

/** How the values of sessions are written, and what sessions ask their factory. */
export interface SessionContents<Written extends Payload = Payload> {
  /** Writes a session as text. */
  readonly payload: Written;
  /** What sessions ask their factory. */
  readonly policy: SessionPolicy;
}

/** What is checked and made when a factory is made. */
export interface SessionSettings {
  /** The cookie's name and attributes. */
  readonly cookie: SessionCookie;
  /** The cookies of CSRF secrets; undefined where the format keeps the secret in the session. */
  readonly csrfCookie: SessionCookie | undefined;
  /** How long sessions live. */
  readonly lifetimes: Lifetimes;
  /** What the app's keys must fit, if anything. */
  readonly schema: SessionSchema | undefined;
  /** Sessions under another name to take over. */
  readonly formerly: FormerSessions | undefined;
  /** The options as they were when the factory was made, for those that need no making. */
  readonly options: Omit<CookieSessionOptions, "schema">;
  /** Told what went wrong on our side, and what a developer should know. */
  readonly logger: InheritedLogger;
}

/** What loading and committing work with. */
export interface SessionParts extends SessionSettings, SessionContents {}

/**
 * Checks what the kinds of options cannot tell, and makes the parts that wait for nothing.
 *
 * @param options The options, their kinds being checked.
 * @param format What the format has.
 * @throws {ConfigurationError} If an option is out of bounds, or two contradict each other.
 */
export function sessionSettings<Data extends object>(
  options: CookieSessionOptions<Data>,
  format: SessionFormat,
): SessionSettings {
  const { schema, migrate, formerly } = options;
  const logger = new InheritedLogger(options.logger);
  // Before there is an app: what these have to say goes through this logger, which becomes the app's.
  for (const one of [options.revocations, formerly]) one?.useLogger?.(logger);
  if (migrate !== undefined && schema === undefined) {
    throw new ConfigurationError("Cannot migrate sessions: give the schema that they must fit");
  }
  const lifetimes = new Lifetimes(options, format.skew, options.maxAge);
  // Both cookies answer the same origins: once is enough.
  const warned = new Set<string>();
  const warn = (message: string) => {
    if (!warned.has(message)) logger.warn(message);
    warned.add(message);
  };
  const cookie = new SessionCookie(options, format.prefix, warn);
  return {
    cookie,
    csrfCookie: format.csrfCookies
      ? new SessionCookie(csrfCookieOptions(options), format.prefix, warn)
      : undefined,
    lifetimes,
    schema: schema && new SessionSchema(schema, migrate, logger),
    formerly: formerly && new FormerSessions(formerly, cookie),
    options: { ...options },
    logger,
  };
}

/** The CSRF cookie is Lax, whatever the session's is. In embedded pages it is None: they do not get Lax cookies. */
function csrfCookieOptions({ partitioned = false, ...options }: SessionCookieOptions) {
  const { maxAge: _maxAge, ...lasting } = options;
  const sameSite: SessionCookieOptions["sameSite"] = partitioned ? "None" : "Lax";
  return { ...lasting, partitioned, cookieName: CSRF_COOKIE, httpOnly: true, sameSite };
}

/**
 * What all formats but Pyramid's have: canonical JSON, or the app's serializer, and masked CSRF tokens.
 *
 * @param options The options of the factory.
 */
export function nativeContents<Data extends object>(
  options: CookieSessionOptions<Data>,
): SessionContents<NativePayload> {
  const { clock = Date.now, randomBytes = platformRandomBytes, serializer } = options;
  const payload = new NativePayload(serializer);
  return {
    payload,
    policy: {
      canRemember: true,
      now: clock,
      check: serializer === undefined ? checkJson : () => {},
      makeToken: () => makeToken(randomBytes),
      maskToken: (token) => maskToken(token, randomBytes),
      same: (one, other) => payload.stringifyValue(one, "") === payload.stringifyValue(other, ""),
      tokenMatches: maskedTokenMatches,
    },
  };
}
