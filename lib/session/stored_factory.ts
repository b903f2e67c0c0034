/**
 * The factory of sessions that live in a store. The code that loads and saves them is imported with
 * the first session.
 *
 * @module
 */

import type { Session, SessionRequest } from "../../session.ts";
import {
  checkOptions,
  checkValue,
  FUNCTION,
  NUMBER,
  oneOf,
  type OptionKinds,
  withFunctions,
} from "../check_options.ts";
import { ConfigurationError } from "../configuration_error.ts";
import { quiet } from "../promises.ts";
import { bareCookieName } from "./cookie_attributes.ts";
import { verifiedCookieLimit } from "./cookies/factories.ts";
import { VerifiedCookies } from "./cookies/verified_cookies.ts";
import { platformRandomBytes } from "./crypto/bytes.ts";
import { type Secrets, SECRETS_KINDS, type SecretsOptions } from "./crypto/secrets.ts";
import { storedKeyCodec } from "./formats/signed.ts";
import {
  COOKIE_SESSION_KINDS,
  type CookieSessionOptions,
  lateCells,
  NATIVE_FORMAT,
  nativeContents,
  sessionSettings,
} from "./options.ts";
import { LateSessions } from "./sessions.ts";
import { guardingOf } from "./guard_of.ts";
import { givenLimits, limitsOf, STORE_LIMIT_KINDS, type StoreLimits } from "./store_limits.ts";
import type { SessionStore } from "./stored/session_store.ts";
import type {
  EndAllOptions,
  LostChanges,
  StoredSession,
  StoredSessionFactory,
  StoredSessionHealth,
  StoredSettings,
} from "./stored/stored_state.ts";

/** The options of {@linkcode storedSessionFactory}. */
export interface StoredSessionOptions<Data extends object = Record<string, unknown>>
  extends Omit<CookieSessionOptions<Data>, "revocations">, SecretsOptions, StoreLimits {
  /** The most bytes of a session, keys and values together: an integer from 1,024. @default {32768} */
  readonly maxBytes?: number;
  /**
   * Looks up the present stamp of a user, or gives `null` if the user does not exist.
   *
   * A stamp is text that changes with the password, such as a counter or the time of the last
   * change. Pyramidion calls the function for each request that reads the session of a user. If the
   * session was bound with another stamp by `bindTo(id, { stamp })`, then it has ended.
   */
  readonly stampOf?: (userId: string) => string | null | Promise<string | null>;
  /**
   * The most sessions in which a user is signed in at the same time: an integer from 1. Default: no
   * limit.
   *
   * The limit is applied when a user signs in, which costs one more call of the store. OWASP ASVS
   * 5.0, 7.1.2.
   */
  readonly maxSessionsPerUser?: number;
  /**
   * What happens if a user signs in above `maxSessionsPerUser`.
   *
   * `"endOldest"` ends the sessions of the user that were used least recently. `"refuseSignIn"`
   * keeps them, and the sign-in fails with a `TooManySessionsError` (403).
   * @default {"endOldest"}
   */
  readonly atMaxSessions?: "endOldest" | "refuseSignIn";
  /**
   * Pyramidion calls it with the changes that a request has lost.
   *
   * A request loses its changes if another request ended its session, or if a user signed in to it
   * meanwhile. The visitor gets the response all the same. An error that the function throws is
   * logged.
   */
  readonly onLost?: (lost: LostChanges, request: SessionRequest) => void;
}

/** The longest limit, in seconds: a hundred years. The ends of sessions stay exact integers. */
const LONGEST_LIMIT = 100 * 365 * 24 * 60 * 60;

const { revocations: _revocations, ...KINDS_OF_ALL } = COOKIE_SESSION_KINDS;

const KINDS: OptionKinds<StoredSessionOptions> = {
  ...KINDS_OF_ALL,
  ...SECRETS_KINDS,
  ...STORE_LIMIT_KINDS,
  maxBytes: NUMBER,
  stampOf: FUNCTION,
  maxSessionsPerUser: NUMBER,
  atMaxSessions: oneOf("endOldest", "refuseSignIn"),
  onLost: FUNCTION,
};

/** The numbers before the first session. */
const NO_CALLS: StoredSessionHealth = {
  isPaused: false,
  pending: 0,
  calls: 0,
  failed: 0,
  late: 0,
  refused: 0,
  lost: 0,
};

/** The methods that make an object a {@linkcode SessionStore}. */
const SESSION_STORE = withFunctions("load", "create", "update", "delete", "list", "deleteAll");

/** Sessions whose code is loaded with the first one, because few apps need it. */
class LateStoredSessions<Data extends object> extends LateSessions<Data, StoredSessionFactory<Data>>
  implements StoredSessionFactory<Data> {
  idOf(session: Session<Data>): string | undefined {
    const made = this.sessions.get();
    return made instanceof Promise ? undefined : made.idOf(session);
  }

  list(userId: string): Promise<StoredSession[]> {
    return this.#ask((sessions) => sessions.list(userId));
  }

  end(userId: string, id: string): Promise<boolean> {
    return this.#ask((sessions) => sessions.end(userId, id));
  }

  endAll(userId: string, options?: EndAllOptions): Promise<number> {
    return this.#ask((sessions) => sessions.endAll(userId, options));
  }

  ready(): Promise<void> {
    return this.#ask((sessions) => sessions.ready());
  }

  health(): StoredSessionHealth {
    const made = this.sessions.get();
    return made instanceof Promise ? NO_CALLS : made.health();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const made = this.sessions.get();
    if (!(made instanceof Promise)) await made[Symbol.asyncDispose]();
  }

  #ask<T>(question: (sessions: StoredSessionFactory<Data>) => Promise<T>): Promise<T> {
    return quiet(Promise.resolve(this.sessions.get()).then(question));
  }
}

/**
 * Makes sessions that live in a store. The cookie holds an id and a secret, both signed (format 3).
 *
 * Several requests of one visitor can run at the same time. Each saves only the keys that it
 * changed, so none undoes the changes of another. `session.modify()` computes one key from its
 * present value. A sign-out is final.
 *
 * Loading costs one round trip to the store, and saving at most one more. The app does not ask the
 * store about a cookie that it did not sign. The store holds nothing for a visitor until the app
 * puts something into the session. If the store is down, then views that use the session answer
 * with a 503. pyramid_session_redis: `RedisSessionFactory`.
 *
 * @param store Where they live: see `@pyramidion/pyramidion/stores`. Two apps with different users
 * need two stores, because a store finds the sessions of a user by the user's id alone.
 * @param secrets One secret of at least 32 bytes, or a list with the newest first.
 * @param options Cookie attributes, lifetimes, limits, and more. Every default is safe.
 * @throws {RangeError} If a secret is weak. The message has a command that makes a good one.
 * @throws {ConfigurationError} If an option is wrong or unknown, or if sessions would never end.
 *
 * @example A counter that loses nothing
 * ```ts
 * import { Configurator, html, route, storedSessionFactory } from "@pyramidion/pyramidion";
 * import { memoryStore } from "@pyramidion/pyramidion/stores/memory";
 * import { TestClient } from "@pyramidion/pyramidion/testing";
 * import { assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * const secret = crypto.getRandomValues(new Uint8Array(32)).toBase64();
 * const sessionFactory = storedSessionFactory<{ visits: number }>(memoryStore(), secret);
 * const home = route("home", "/");
 * const app = new Configurator({ sessionFactory }).addRoute(home).addView(async (request) => {
 *   const session = await request.session;
 *   return html`${await session.modify("visits", (visits = 0) => visits + 1)}`;
 * }, { route: home }).makeApp();
 *
 * const visitor = new TestClient(app);
 * await visitor.get("/");
 * await Promise.all([visitor.get("/"), visitor.get("/")]);
 * assertEquals(await (await visitor.get("/")).text(), "4");
 * ```
 */
export function storedSessionFactory<Data extends object = Record<string, unknown>>(
  store: SessionStore,
  secrets: Secrets,
  options: StoredSessionOptions<Data> = {},
): StoredSessionFactory<Data> {
  const settings = storedSettings(store, secrets, options);
  return new LateStoredSessions<Data>(settings, async () => {
    const { storedSessions } = await import("./stored/stored_sessions.ts");
    return storedSessions<Data>(settings);
  });
}

/**
 * Checks the options of a factory, and makes its settings.
 *
 * @param store Where sessions live.
 * @param secrets One secret, or a list with the newest first.
 * @param options The options.
 * @throws {RangeError} If a secret is weak.
 * @throws {ConfigurationError} If an option is wrong or unknown, or if sessions would never end.
 */
export function storedSettings<Data extends object>(
  store: SessionStore,
  secrets: Secrets,
  options: StoredSessionOptions<Data>,
): StoredSettings {
  checkValue("the store of storedSessionFactory()", store, SESSION_STORE);
  checkOptions("storedSessionFactory()", options, KINDS);
  const {
    insecureAllowWeakSecret = false,
    maxBytes = 32_768,
    atMaxSessions,
    maxAge,
    maxSessionsPerUser,
    onLost,
    randomBytes = platformRandomBytes,
    stampOf,
    verifiedCookies,
  } = options;
  checkInteger("maxBytes", maxBytes, 1_024);
  if (maxSessionsPerUser !== undefined) checkInteger("maxSessionsPerUser", maxSessionsPerUser, 1);
  if (atMaxSessions !== undefined && maxSessionsPerUser === undefined) {
    throw new ConfigurationError(
      'Cannot use option "atMaxSessions" of storedSessionFactory(): it needs maxSessionsPerUser',
    );
  }
  const cookieName = bareCookieName(options.cookieName);
  const codec = storedKeyCodec(secrets, { cookieName, insecureAllowWeakSecret });
  const settings = sessionSettings(options, NATIVE_FORMAT);
  const { lifetimes, logger } = settings;
  if (!Number.isFinite(lifetimes.timeout) && !Number.isFinite(lifetimes.lifetime)) {
    throw new ConfigurationError(
      "Cannot keep sessions that never end in a store: set timeout or lifetime to a number of seconds",
    );
  }
  checkLimit("timeout", options.timeout);
  checkLimit("lifetime", options.lifetime);
  store.useLogger?.(logger);
  const { payload, policy } = nativeContents(options);
  const limit = verifiedCookieLimit(verifiedCookies);
  return {
    ...settings,
    cells: lateCells(secrets, options),
    codec,
    payload,
    policy: { ...policy, canModify: true, needsStamp: stampOf !== undefined },
    store,
    limits: limitsFor(store, options),
    verified: limit === 0 ? undefined : new VerifiedCookies(limit),
    randomBytes,
    maxBytes,
    maxAge,
    stampOf,
    maxSessionsPerUser,
    atMaxSessions: atMaxSessions ?? "endOldest",
    onLost,
  };
}

/** A guarded store has its limits already. */
function limitsFor(store: SessionStore, options: StoreLimits): Required<StoreLimits> {
  const [given] = guardingOf(store) === undefined ? [] : givenLimits(options);
  if (given === undefined) return limitsOf("storedSessionFactory()", options);
  throw new ConfigurationError(
    `Cannot use option "${given}" of storedSessionFactory(): the store is guarded, so write it into guardedStore()`,
  );
}

function checkInteger(option: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least && value <= 2 ** 31 - 1) return;
  throw new ConfigurationError(
    `Cannot use option "${option}" of storedSessionFactory(): must be an integer from ${least} to 2147483647, not the number ${value}`,
  );
}

function checkLimit(option: string, seconds: number | null | undefined): void {
  if (seconds === undefined || seconds === null || seconds <= LONGEST_LIMIT) return;
  throw new ConfigurationError(
    `Cannot use option "${option}" of storedSessionFactory(): must be at most ${LONGEST_LIMIT} seconds, which are 100 years, not ${seconds}`,
  );
}
