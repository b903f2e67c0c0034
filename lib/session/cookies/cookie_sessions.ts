/**
 * Sessions that live in a cookie: loaded from its text, and written back when they changed.
 *
 * @module
 */

import {
  type CommitContext,
  type Session,
  type SessionCodec,
  type SessionFactory,
  type SessionOutcome,
  type SessionRequest,
  sessionState,
} from "../../../session.ts";
import { checkOptions, checkValue } from "../../check_options.ts";
import { ConfigurationError } from "../../configuration_error.ts";
import { Lazy } from "../../lazy.ts";
import { InheritedLogger, type Logger } from "../../log.ts";
import { SESSION_CODEC } from "../contract/factory.ts";
import { SessionCookie, type SessionCookieOptions } from "../cookie_attributes.ts";
import { Lifetimes } from "../lifetimes.ts";
import { SessionSchema } from "../schema.ts";
import type { CookieContents, CookieSessionAssembly, CookieSessionSettings } from "./assembly.ts";
import { CSRF_COOKIE } from "./csrf.ts";
import {
  COOKIE_SESSION_KINDS,
  type CookieSessionOptions,
  type FormerSessionFactory,
} from "./options.ts";
import { RevocationGuard } from "./revocation.ts";

const DEFAULT_VERIFIED_COOKIES = 4096;

/** What the formats differ in. */
export interface CookieFormat {
  /** Whether a Secure cookie of this host alone is written under `__Host-`. */
  readonly prefix: boolean;
  /** Whether the CSRF secret of a visitor without a session lies in a cookie of its own. */
  readonly csrfCookies: boolean;
  /** How far in the future a time may lie, in milliseconds; default a minute. */
  readonly skew?: number;
  /** Loads what is written otherwise than in the native formats. */
  readonly contents?: () => Promise<CookieContents>;
}

/** What every format has but Pyramid's. */
export const NATIVE_FORMAT: CookieFormat = { prefix: true, csrfCookies: true };

/**
 * Makes sessions that live in a cookie, by any codec.
 *
 * Two requests of one visitor at the same time each answer with their own copy of the session: the
 * last answer wins. What must not be lost between them belongs into a database.
 *
 * @param codec Makes and reads the cookie's text. Its cookie name, where it has one, is the default.
 * @param options Name, attributes and lifetimes.
 * @throws {ConfigurationError} If an option is wrong or unknown, or two contradict each other; or if
 * the codec is none.
 */
export function cookieSessionFactory<Data extends object = Record<string, unknown>>(
  codec: SessionCodec,
  options: CookieSessionOptions<Data> = {},
): SessionFactory<Data> {
  checkValue("the codec of cookieSessionFactory()", codec, SESSION_CODEC);
  checkOptions("cookieSessionFactory()", options, COOKIE_SESSION_KINDS);
  return new CookieSessions<Data>(codec, options, NATIVE_FORMAT);
}

/**
 * The factory behind every cookie session: it checks what it is given when it is made, and loads
 * what does the work with the first session that is asked for.
 */
export class CookieSessions<Data extends object> implements SessionFactory<Data> {
  readonly #cookie: SessionCookie;
  readonly #assembly: Lazy<CookieSessionAssembly<Data>>;
  readonly #logger: InheritedLogger;

  /** Checks what the options say, their kinds being checked; see {@linkcode cookieSessionFactory}. */
  constructor(codec: SessionCodec, options: CookieSessionOptions<Data>, format: CookieFormat) {
    this.#logger = new InheritedLogger(options.logger);
    // Before there is an app: they say what they have to say through this one, which becomes the app's.
    for (const one of [options.revocations, options.formerly]) one?.useLogger?.(this.#logger);
    const settings = settingsOf(codec, options, format, this.#logger);
    this.#cookie = settings.cookie;
    if (options.formerly !== undefined) this.#refuseSameName(options.formerly);
    const given = { ...options };
    this.#assembly = new Lazy(async () => {
      const [{ CookieSessionAssembly }, contents] = await Promise.all([
        import("./assembly.ts"),
        format.contents?.(),
      ]);
      return new CookieSessionAssembly<Data>(settings, given, contents);
    });
  }

  /** Takes the logger of the app, unless the options name one; its stores and former factories have the same. */
  useLogger(logger: Logger): void {
    this.#logger.inherit(logger);
  }

  /** Loads the session of a request: at most one verification. */
  load(request: SessionRequest): Session<Data> | Promise<Session<Data>> {
    const assembly = this.#assembly.get();
    return assembly instanceof Promise
      ? assembly.then((assembly) => assembly.load(request))
      : assembly.load(request);
  }

  /** Decides what the response says: at most one signature. */
  commit(
    session: Session<Data>,
    request: SessionRequest,
    context: CommitContext,
  ): SessionOutcome | Promise<SessionOutcome> {
    sessionState(session).close();
    const assembly = this.#assembly.get();
    return assembly instanceof Promise
      ? assembly.then((assembly) => assembly.commit(session, request, context))
      : assembly.commit(session, request, context);
  }

  #refuseSameName(formerly: FormerSessionFactory): void {
    if (!(formerly instanceof CookieSessions) || !formerly.#cookie.overlaps(this.#cookie)) return;
    throw new ConfigurationError(
      "Cannot take sessions over from a cookie of the same name: give one of the factories another cookieName",
    );
  }
}

function settingsOf<Data extends object>(
  codec: SessionCodec,
  options: CookieSessionOptions<Data>,
  format: CookieFormat,
  logger: Logger,
): CookieSessionSettings {
  const { schema, migrate, revocations } = options;
  if (migrate !== undefined && schema === undefined) {
    throw new ConfigurationError("Cannot migrate sessions: give the schema that they must fit");
  }
  const cookieName = options.cookieName ?? codec.cookieName;
  const named = cookieName === undefined ? options : { ...options, cookieName };
  const lifetimes = new Lifetimes(options, format.skew, options.maxAge);
  // Both cookies answer the same origins: once is enough.
  const told = new Set<string>();
  const warn = (message: string) => {
    if (!told.has(message)) logger.warn(message);
    told.add(message);
  };
  return {
    codec,
    cookie: new SessionCookie(named, format.prefix, warn),
    csrfCookie: format.csrfCookies
      ? new SessionCookie(csrfCookieOptions(options), format.prefix, warn)
      : undefined,
    lifetimes,
    verifiedCookies: checkLimit(options.verifiedCookies ?? DEFAULT_VERIFIED_COOKIES),
    schema: schema && new SessionSchema(schema, migrate, logger),
    guard: revocations && new RevocationGuard(revocations, lifetimes),
    logger,
  };
}

/** Lax whatever the session's is, but in embedded pages: there `SameSite=Lax` cookies are not sent. */
function csrfCookieOptions({ partitioned = false, ...options }: SessionCookieOptions) {
  const { maxAge: _maxAge, ...lasting } = options;
  const sameSite: SessionCookieOptions["sameSite"] = partitioned ? "None" : "Lax";
  return { ...lasting, partitioned, cookieName: CSRF_COOKIE, httpOnly: true, sameSite };
}

function checkLimit(limit: number): number {
  if (Number.isInteger(limit) && limit >= 0 && limit <= 1_000_000) return limit;
  throw new ConfigurationError(
    `Cannot remember ${limit} verified cookies: verifiedCookies must be an integer from 0 to 1000000`,
  );
}
