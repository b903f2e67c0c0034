/**
 * Defines the options of session factories, with their checks and defaults, and the parts made from
 * them.
 *
 * @module
 */

import type {
  RefusalReason,
  RevocationStore,
  SessionPolicy,
  SessionRequest,
} from "../../session.ts";
import {
  BOOLEAN,
  FUNCTION,
  NUMBER,
  type OptionKinds,
  SCHEMA,
  withFunctions,
} from "../check_options.ts";
import { ConfigurationError } from "../configuration_error.ts";
import { Lazy } from "../lazy.ts";
import { InheritedLogger, LOGGER, type Logger } from "../log.ts";
import type { StandardSchema } from "../standard_schema.ts";
import type { CellCookies } from "./cells.ts";
import { REVOCATION_STORE, SESSION_FACTORY } from "./contract/factory.ts";
import {
  bareCookieName,
  SESSION_COOKIE_KINDS,
  SessionCookie,
  type SessionCookieOptions,
} from "./cookie_attributes.ts";
import { platformRandomBytes, type RandomBytes } from "./crypto/bytes.ts";
import type { Secrets, SecretsOptions } from "./crypto/secrets.ts";
import { CSRF_COOKIE, makeToken, maskedTokenMatches, maskToken } from "./csrf.ts";
import { type FormerSessionFactory, FormerSessions } from "./former.ts";
import { checkJson } from "./formats/json.ts";
import { NativePayload, type SessionSerializer } from "./formats/native_payload.ts";
import type { Payload } from "./formats/payload.ts";
import { LIFETIME_KINDS, type LifetimeOptions, Lifetimes } from "./lifetimes.ts";
import { type SchemaMigration, SessionSchema } from "./schema.ts";

/** The options of every factory of cookie sessions. */
export interface CookieSessionOptions<Data extends object = Record<string, unknown>>
  extends SessionCookieOptions, LifetimeOptions {
  /**
   * Whether the session is also saved when the response answers an error that a view threw.
   * @default {true}
   */
  readonly setOnException?: boolean;
  /** Writes and reads everything that the session holds, in place of JSON. */
  readonly serializer?: SessionSerializer;
  /**
   * A Standard Schema for the app's keys, which types them, fills in defaults and validates them.
   * If a cookie does not fit the schema, then the visitor gets a new session. If the session does
   * not fit at the end of a request, then the factory throws a {@linkcode SessionSchemaError}. The
   * schema must accept its own output as input.
   */
  readonly schema?: StandardSchema<Data>;
  /**
   * Converts a state that the schema rejects into one that fits. If the result is not an object,
   * then the visitor gets a new session.
   */
  readonly migrate?: SchemaMigration;
  /**
   * A store of revoked sessions, which ends a session together with all copies of its cookie. After
   * `regenerate()` or `remember()`, requests can still read the session by the old cookie for ten
   * seconds. Each read or write of a session costs one query to the store. If a user is signed in,
   * then it costs three queries at the same time.
   */
  readonly revocations?: RevocationStore;
  /**
   * The factory of an earlier cookie name, whose sessions visitors keep. This factory reads such a
   * session once, writes it under its own name and deletes the earlier cookie. Only `schema` checks
   * the values.
   */
  readonly formerly?: FormerSessionFactory;
  /**
   * The number of verified cookies that the factory keeps in memory, so that it does not verify
   * them again. `0` keeps none. Every other rule applies to them in each request. Each cookie takes
   * about 1 kB.
   * @default {4096}, for encrypted sessions {0}, because their contents would lie in memory
   */
  readonly verifiedCookies?: number;
  /**
   * Called with the reason when a cookie is rejected. The response does not show the reason. If the
   * function throws, then the error is logged.
   */
  readonly onReject?: (reason: RefusalReason, request: SessionRequest) => void;
  /** Gives the time in milliseconds since 1970. @default {Date.now} */
  readonly clock?: () => number;
  /** Gives random bytes, for tests. Default: `crypto.getRandomValues()`. */
  readonly randomBytes?: RandomBytes;
  /**
   * Receives warnings and errors. Default: the logger of the app, or the console until the app is
   * made.
   */
  readonly logger?: Logger;
}

/** What {@linkcode CookieSessionOptions} take. */
export const COOKIE_SESSION_KINDS: OptionKinds<CookieSessionOptions> = {
  ...SESSION_COOKIE_KINDS,
  ...LIFETIME_KINDS,
  setOnException: BOOLEAN,
  serializer: withFunctions("stringify", "parse"),
  schema: SCHEMA,
  migrate: FUNCTION,
  revocations: REVOCATION_STORE,
  formerly: SESSION_FACTORY,
  verifiedCookies: NUMBER,
  onReject: FUNCTION,
  clock: FUNCTION,
  randomBytes: FUNCTION,
  logger: LOGGER,
};

/** The properties of a session format, besides its codec. */
export interface SessionFormat {
  /** Whether the name of a Secure cookie gets a prefix, such as `__Host-`. */
  readonly prefix: boolean;
  /** Whether a visitor without a session has the CSRF secret in a separate cookie. */
  readonly csrfCookies: boolean;
  /** How far in the future a time may lie, in milliseconds. Default: a minute. */
  readonly skew?: number;
}

/** The properties of every format except Pyramid's. */
export const NATIVE_FORMAT: SessionFormat = { prefix: true, csrfCookies: true };

/** How a factory writes the values of sessions, and the functions that sessions call. */
export interface SessionContents<Written extends Payload = Payload> {
  /** Writes a session as text. */
  readonly payload: Written;
  /** The functions that sessions call. */
  readonly policy: SessionPolicy;
}

/** The parts that a factory checks and makes when it is made. */
export interface SessionSettings {
  /** The cookie's name and attributes. */
  readonly cookie: SessionCookie;
  /** The cookies of CSRF secrets. It is undefined if the format keeps the secret in the session. */
  readonly csrfCookie: SessionCookie | undefined;
  /** Makes the cells of a request. It is undefined if the factory has no secret for them. */
  readonly cells?: Lazy<(request: SessionRequest) => CellCookies> | undefined;
  /** How long sessions live. */
  readonly lifetimes: Lifetimes;
  /** The schema of the app's keys, if there is one. */
  readonly schema: SessionSchema | undefined;
  /** Sessions under another name to take over. */
  readonly formerly: FormerSessions | undefined;
  /** The options as they were when the factory was made, for those that need no making. */
  readonly options: Omit<CookieSessionOptions, "schema">;
  /** Receives our failures, and warnings for the developer. */
  readonly logger: InheritedLogger;
}

/** The parts that loading and committing use. */
export interface SessionParts extends SessionSettings, SessionContents {}

/**
 * Checks the bounds of the options, and makes the parts of a factory that need no promise.
 *
 * @param options The options, after their types were checked.
 * @param format What the format has.
 * @throws {ConfigurationError} If an option is out of bounds, or two contradict each other.
 */
export function sessionSettings<Data extends object>(
  options: CookieSessionOptions<Data>,
  format: SessionFormat,
): SessionSettings {
  const { schema, migrate, formerly } = options;
  const logger = new InheritedLogger(options.logger);
  // Before the app is made, these write to this logger, which later becomes the app's.
  for (const one of [options.revocations, formerly]) one?.useLogger?.(logger);
  if (migrate !== undefined && schema === undefined) {
    throw new ConfigurationError("Cannot migrate sessions: give the schema that they must fit");
  }
  const lifetimes = new Lifetimes(options, format.skew, options.maxAge);
  // Both cookies answer the same origins: one warning is enough.
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

/**
 * Makes the cells of a factory, with the first one that is opened. Few apps use cells.
 *
 * @param secrets The secrets of the factory, after they were checked.
 * @param options The options of the factory.
 */
export function lateCells<Data extends object>(
  secrets: Secrets,
  options: Omit<CookieSessionOptions<Data>, "revocations"> & SecretsOptions,
): SessionSettings["cells"] {
  const { clock = Date.now, insecureAllowWeakSecret = false, prefix = true } = options;
  return new Lazy(async () => {
    const [{ CellCookies }, { encryptedCodec }] = await Promise.all([
      import("./cells.ts"),
      import("./formats/encrypted.ts"),
    ]);
    const cookieName = bareCookieName(options.cookieName);
    const codec = encryptedCodec(secrets, { cookieName, insecureAllowWeakSecret, purpose: "cell" });
    const attributes = { ...csrfCookieOptions(options), cookieName: CELL_COOKIE };
    // The session's own cookie warns of what browsers drop.
    const cookie = new SessionCookie(attributes, prefix, () => {});
    return (request) => new CellCookies({ cookie, codec, now: clock }, request);
  });
}

/** The start of the names of cells, after a prefix such as `__Host-`. */
const CELL_COOKIE = "cell-";

/**
 * Gives the CSRF cookie `SameSite=Lax`, also if the session cookie has another value. A partitioned
 * cookie has `SameSite=None`, because browsers send no Lax cookies to embedded pages.
 */
function csrfCookieOptions({ partitioned = false, ...options }: SessionCookieOptions) {
  const { maxAge: _maxAge, ...lasting } = options;
  const sameSite: SessionCookieOptions["sameSite"] = partitioned ? "None" : "Lax";
  return { ...lasting, partitioned, cookieName: CSRF_COOKIE, httpOnly: true, sameSite };
}

/**
 * Makes the contents of all formats except Pyramid's: canonical JSON or the app's serializer, and
 * masked CSRF tokens.
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
