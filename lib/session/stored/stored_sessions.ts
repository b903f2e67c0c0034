/**
 * The factory of sessions that live in a store.
 *
 * @module
 */

import {
  type Session,
  type SessionFactory,
  type SessionRequest,
  sessionState,
} from "../../../session.ts";
import {
  checkOptions,
  checkValue,
  FUNCTION,
  NAME,
  NUMBER,
  type OptionKinds,
  withFunctions,
} from "../../check_options.ts";
import { ConfigurationError } from "../../configuration_error.ts";
import { isKeptBy } from "../backend.ts";
import { bareCookieName } from "../cookie_attributes.ts";
import { verifiedCookieLimit } from "../cookies/factories.ts";
import { VerifiedCookies } from "../cookies/verified_cookies.ts";
import { platformRandomBytes } from "../crypto/bytes.ts";
import { type Secrets, SECRETS_KINDS, type SecretsOptions } from "../crypto/secrets.ts";
import { storedKeyCodec } from "../formats/signed.ts";
import {
  COOKIE_SESSION_KINDS,
  type CookieSessionOptions,
  NATIVE_FORMAT,
  nativeContents,
  sessionSettings,
} from "../options.ts";
import { Sessions } from "../sessions.ts";
import { PendingEnds } from "./pending_ends.ts";
import type { SessionStore } from "./session_store.ts";
import { isListed, PLATFORM_TIMERS, type SetTimer, StoreAccess } from "./store_access.ts";
import { parseHead } from "./stored_head.ts";
import { StoredBackend } from "./stored_backend.ts";
import type { LostChanges, StoredBackendParts, StoredState } from "./stored_state.ts";
import { isSessionId } from "./stored_token.ts";

/** What {@linkcode storedSessionFactory} takes. */
export interface StoredSessionOptions<Data extends object = Record<string, unknown>>
  extends Omit<CookieSessionOptions<Data>, "revocations">, SecretsOptions {
  /** The most bytes of a session, keys and values together: an integer from 1,024. @default {32768} */
  readonly maxBytes?: number;
  /** Milliseconds until a read of the store counts as failed. @default {500} */
  readonly loadTimeout?: number;
  /** Milliseconds until a write to the store counts as failed. @default {1000} */
  readonly saveTimeout?: number;
  /**
   * Looks up the present stamp of a user: text that changes with the password, such as a counter or the
   * time of its last change; `null` if there is no such user. It is asked for each request that reads
   * the session of a user. A session whose `bindTo(id, { stamp })` had another stamp is over.
   */
  readonly stampOf?: (userId: string) => string | null | Promise<string | null>;
  /**
   * Told what a request has lost, since its session was ended by another request, or belongs to a user
   * who signed in meanwhile. The visitor gets the answer all the same. What it throws is logged.
   */
  readonly onLost?: (lost: LostChanges, request: SessionRequest) => void;
}

const { revocations: _revocations, ...KINDS_OF_ALL } = COOKIE_SESSION_KINDS;

const KINDS: OptionKinds<StoredSessionOptions> = {
  ...KINDS_OF_ALL,
  ...SECRETS_KINDS,
  maxBytes: NUMBER,
  loadTimeout: NUMBER,
  saveTimeout: NUMBER,
  stampOf: FUNCTION,
  onLost: FUNCTION,
};

/** What stands for a {@linkcode SessionStore}. */
const SESSION_STORE = withFunctions("load", "create", "update", "delete", "list", "deleteAll");

/** A session in the list of its user. Times are milliseconds since 1970. */
export interface StoredSession {
  /** Its id, by which it can be ended. It opens nothing. */
  readonly id: string;
  /** When the user signed in. */
  readonly created: number;
  /** When it was last renewed. */
  readonly renewed: number;
  /** The last millisecond in which it counts. */
  readonly expires: number;
}

/** Makes sessions that live in a store, and lists and ends those of a user. */
export interface StoredSessionFactory<Data extends object = Record<string, unknown>>
  extends SessionFactory<Data> {
  /**
   * The id of a session: that of the present visitor, to mark it in a list.
   *
   * @returns The id; `undefined` for a session that was not stored yet.
   */
  idOf(session: Session<Data>): string | undefined;
  /**
   * Lists the sessions in which a user is signed in, the one that was used last first.
   *
   * @throws {SessionStoreError} If the store is down.
   */
  list(userId: string): Promise<StoredSession[]>;
  /**
   * Ends one session of a user, for good.
   *
   * @param userId The user. A session of another user stays, so that the id may come from a form.
   * @param id Its id, from {@linkcode list}.
   * @returns Whether there was such a session.
   * @throws {SessionStoreError} If the store is down.
   */
  end(userId: string, id: string): Promise<boolean>;
  /**
   * Ends the sessions of a user, for good.
   *
   * A sign-in that is under way may add one after it. If the password was changed, then `stampOf` is
   * what ends that one too.
   *
   * @param userId The user.
   * @param options Ids that stay.
   * @returns How many were ended.
   * @throws {SessionStoreError} If the store is down.
   */
  endAll(userId: string, options?: EndAllOptions): Promise<number>;
}

/** What {@linkcode StoredSessionFactory.endAll} takes. */
export interface EndAllOptions {
  /** The session that stays, or several of them. */
  readonly except?: string | readonly string[] | undefined;
}

const END_ALL_KINDS: OptionKinds<EndAllOptions> = {
  except: {
    expected: "an id, or a list of ids",
    is: (value) =>
      typeof value === "string" ||
      Array.isArray(value) && value.every((id) => typeof id === "string"),
  },
};

class StoredSessions<Data extends object> extends Sessions<Data, StoredState>
  implements StoredSessionFactory<Data> {
  readonly #access: StoreAccess;
  readonly #backend: StoredBackend;
  readonly #now: () => number;

  constructor(backend: StoredBackend, parts: StoredBackendParts) {
    super(backend, parts);
    this.#access = parts.access;
    this.#backend = backend;
    this.#now = () => Math.floor(parts.policy.now());
  }

  idOf(session: Session<Data>): string | undefined {
    const { record } = sessionState(session);
    const isOurs = isKeptBy(this.#backend, record) && record.ended !== true;
    return isOurs ? record.loadedId : undefined;
  }

  async list(userId: string): Promise<StoredSession[]> {
    checkValue("the user of list()", userId, NAME, TypeError);
    const found = (await this.#access.list(userId, this.#now())).filter(isListed);
    return found.map(({ id, head, renewed, expires }) => ({
      id,
      created: parseHead(head)?.created ?? renewed,
      renewed,
      expires,
    })).sort((one, other) => other.renewed - one.renewed);
  }

  async end(userId: string, id: string): Promise<boolean> {
    checkValue("the user of end()", userId, NAME, TypeError);
    if (!isSessionId(id)) return false;
    const record = await this.#access.load(id, this.#now());
    if (record?.account !== userId) return false;
    await this.#access.delete(id, userId);
    return true;
  }

  async endAll(userId: string, options: EndAllOptions = {}): Promise<number> {
    checkValue("the user of endAll()", userId, NAME, TypeError);
    checkOptions("endAll()", options, END_ALL_KINDS, TypeError);
    const except = [options.except ?? []].flat().filter(isSessionId);
    return await this.#access.deleteAll(userId, except, this.#now());
  }
}

/**
 * Makes sessions that live in a store. The cookie holds an id and a secret, both signed (format 3).
 *
 * Requests of one visitor at the same time each save the keys that they changed, and none loses the
 * keys of another. `session.modify()` changes one key by what it holds now. A sign-out is final.
 *
 * Loading costs one round trip to the store, saving at most one more. A cookie that this app did not
 * sign never reaches the store. Nothing is stored for a visitor for whom the app stored nothing. If
 * the store is down, then views that use the session answer with a 503. pyramid_session_redis:
 * `RedisSessionFactory`.
 *
 * @param store Where they live: see `@pyramidion/pyramidion/stores`. Apps with other users need
 * another store, because it is asked for the sessions of a user by the user's id alone.
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
  return storedSessions(store, secrets, options, PLATFORM_TIMERS);
}

/**
 * {@linkcode storedSessionFactory} with timers of the caller's.
 *
 * @internal
 */
export function storedSessions<Data extends object>(
  store: SessionStore,
  secrets: Secrets,
  options: StoredSessionOptions<Data>,
  setTimer: SetTimer,
): StoredSessionFactory<Data> {
  checkValue("the store of storedSessionFactory()", store, SESSION_STORE);
  checkOptions("storedSessionFactory()", options, KINDS);
  const {
    insecureAllowWeakSecret = false,
    maxBytes = 32_768,
    loadTimeout = 500,
    saveTimeout = 1_000,
    maxAge,
    onLost,
    randomBytes = platformRandomBytes,
    stampOf,
    verifiedCookies,
  } = options;
  checkInteger("maxBytes", maxBytes, 1_024);
  checkInteger("loadTimeout", loadTimeout, 1);
  checkInteger("saveTimeout", saveTimeout, 1);
  const cookieName = bareCookieName(options.cookieName);
  const codec = storedKeyCodec(secrets, { cookieName, insecureAllowWeakSecret });
  const settings = sessionSettings(options, NATIVE_FORMAT);
  const { lifetimes, logger } = settings;
  if (!Number.isFinite(lifetimes.timeout) && !Number.isFinite(lifetimes.lifetime)) {
    throw new ConfigurationError(
      "Cannot keep sessions that never end in a store: set timeout or lifetime to a number of seconds",
    );
  }
  store.useLogger?.(logger);
  const { payload, policy } = nativeContents(options);
  const limits = { loadTimeout, saveTimeout, maxBytes };
  const access = new StoreAccess(store, limits, policy.now, setTimer);
  const ends = new PendingEnds((id, account) => access.delete(id, account), setTimer, logger);
  const limit = verifiedCookieLimit(verifiedCookies);
  const parts: StoredBackendParts = {
    ...settings,
    codec,
    payload,
    policy: { ...policy, canModify: true, needsStamp: stampOf !== undefined },
    access,
    ends,
    verified: limit === 0 ? undefined : new VerifiedCookies(limit),
    randomBytes,
    maxBytes,
    maxAge,
    stampOf,
    onLost,
  };
  return new StoredSessions<Data>(new StoredBackend(parts), parts);
}

function checkInteger(option: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least && value <= 2 ** 31 - 1) return;
  throw new ConfigurationError(
    `Cannot use option "${option}" of storedSessionFactory(): must be an integer from ${least} to 2147483647, not the number ${value}`,
  );
}
