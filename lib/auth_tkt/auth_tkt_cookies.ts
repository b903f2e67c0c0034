/**
 * Signs visitors in by `auth_tkt` cookies, which Pyramid's `AuthTktCookieHelper` reads and writes.
 *
 * @module
 */

import {
  BOOLEAN,
  checkOptions,
  describe,
  FUNCTION,
  NUMBER,
  oneOf,
  type OptionKinds,
  orNull,
  TEXT,
  textThatIs,
} from "../check_options.ts";
import { ConfigurationError } from "../configuration_error.ts";
import { checkSecretList, SECRETS_KINDS, type SecretsOptions } from "../session/crypto/secrets.ts";
import type { PyramidSecret, PyramidSecrets } from "../session/formats/pyramid.ts";
import { quiet } from "../promises.ts";
import type { PassedRequest } from "../views/handler.ts";
import { type AnyViewRequest, requestState } from "../views/request.ts";
import { refusalOf } from "../views/request_state.ts";
import {
  isSigned,
  parseTicket,
  type SignedTicket,
  type Ticket,
  type TicketHash,
  type TicketKey,
  writeTicket,
} from "./ticket.ts";
import { TicketCookie, type TicketCookieOptions } from "./ticket_cookie.ts";
import { readUserId, userDataOf, type UserId, writeUserId } from "./user_id.ts";

/** The options of {@linkcode authTktCookies}. */
export interface AuthTktOptions extends SecretsOptions, TicketCookieOptions {
  /**
   * Pyramid's `hashalg`: `"SHA-512"` for `sha512`. MD5 is refused, because it is broken.
   * @default {"SHA-512"}
   */
  readonly hash?: TicketHash;
  /**
   * Seconds after which a ticket ends. `null` means never, which is Pyramid's default.
   * @default {1200}
   */
  readonly timeout?: number | null;
  /**
   * Seconds after which `identify()` writes a ticket anew. `null` means never, which is Pyramid's
   * default. Default: a tenth of `timeout`.
   */
  readonly reissueTime?: number | null;
  /**
   * Whether a ticket holds only for the visitor's address, `request.clientAddress`. Visitors of
   * mobile networks change their address often. Pyramid: `include_ip`. @default {false}
   */
  readonly includeIp?: boolean;
  /** Gives the time in milliseconds since 1970. @default {Date.now} */
  readonly clock?: () => number;
}

const KINDS: OptionKinds<AuthTktOptions> = {
  ...SECRETS_KINDS,
  cookieName: TEXT,
  secure: oneOf(true, false, "auto"),
  httpOnly: BOOLEAN,
  sameSite: textThatIs('"Strict", "Lax" or "None"'),
  path: TEXT,
  maxAge: NUMBER,
  wildDomain: BOOLEAN,
  parentDomain: BOOLEAN,
  domain: TEXT,
  hash: textThatIs("the name of a hash"),
  timeout: orNull(NUMBER, " for none"),
  reissueTime: orNull(NUMBER, " for none"),
  includeIp: BOOLEAN,
  clock: FUNCTION,
};

/** What a ticket says of its visitor. */
export interface AuthTktIdentity {
  /** The id of the user, in the type in which it was remembered. */
  readonly userId: UserId;
  /** The tokens, such as the names of roles. */
  readonly tokens: readonly string[];
  /** When the ticket was written, in milliseconds since 1970. Pyramid counts seconds. */
  readonly timestamp: number;
  /** The user data, in which Pyramid notes the type of the id. Pyramid: `userdata`. */
  readonly userData: string;
}

/** What {@linkcode AuthTktCookies.remember} takes besides the user. */
export interface RememberOptions {
  /**
   * The tokens of the ticket. Each begins with a letter, and has letters, digits, `+`, `_` and `-`.
   * @default {[]}
   */
  readonly tokens?: readonly string[];
  /** Seconds for which the browser keeps the cookie. Default: the `maxAge` of the factory. */
  readonly maxAge?: number;
}

const REMEMBER_KINDS: OptionKinds<RememberOptions> = {
  tokens: { expected: "a list of strings", is: Array.isArray },
  maxAge: NUMBER,
};

const HASHES: readonly string[] = ["SHA-256", "SHA-384", "SHA-512"];
const TOKEN = /^[A-Za-z][\w+-]*$/;
const DEFAULT_TIMEOUT = 1200;
/** How far the clocks of two servers may differ, in seconds. */
const CLOCK_SKEW = 60;
/** A request with more tickets than this is not the work of a browser. */
const MOST_TICKETS = 4;
/** The address in tickets that hold for all addresses. */
const ANY_ADDRESS = "0.0.0.0";

/**
 * Makes what reads and writes `auth_tkt` cookies, so that an app and a Pyramid app share a login.
 * Pyramid: `AuthTktCookieHelper`.
 *
 * Both need the same secret, hash, cookie name, path and domain. A ticket is signed and not
 * encrypted. It cannot be revoked: a copy works until `timeout` is over. Sessions do not have this
 * weakness, so use tickets only with an app that has them already.
 *
 * @param secrets The secret of the Pyramid app, or a list with the newest first. The first signs,
 * all verify.
 * @param options Hash, limits and cookie attributes. The defaults are safe. To have Pyramid's
 * defaults, state `secure: false`, `httpOnly: false`, `wildDomain: true`, `timeout: null` and
 * `reissueTime: null`.
 * @throws {RangeError} If a secret is weak. `insecureAllowWeakSecret` permits it. If a limit is out of
 * bounds, or the hash is refused.
 * @throws {ConfigurationError} If an option is wrong or unknown, or two contradict each other.
 * @throws {TypeError} If a secret is neither text nor bytes.
 *
 * @example A policy that reads tickets
 * ```ts
 * import { Configurator, html, redirect } from "@pyramidion/pyramidion";
 * import { authTktCookies } from "@pyramidion/pyramidion/auth-tkt";
 * import { TestClient } from "@pyramidion/pyramidion/testing";
 * import { assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * const tickets = authTktCookies(crypto.getRandomValues(new Uint8Array(32)));
 * const app = new Configurator({
 *   securityPolicy: {
 *     identity: (request) => tickets.identify(request),
 *     authenticatedUserId: (ticket) => String(ticket.userId),
 *     permits: async (request, _context, permission) =>
 *       (await request.identity)?.tokens.includes(permission) ?? false,
 *   },
 * })
 *   .addRoute("signIn", "/sign-in", {
 *     requestMethod: "POST",
 *     view: async (request) => {
 *       await tickets.remember(request, "ada", { tokens: ["editor"] });
 *       return redirect("/");
 *     },
 *   })
 *   .addRoute("home", "/", {
 *     view: async (request) => html`Hello ${await request.authenticatedUserId ?? "stranger"}`,
 *   })
 *   .makeApp();
 *
 * const visitor = new TestClient(app);
 * assertEquals(await (await visitor.get("/")).text(), "Hello stranger");
 * await visitor.post("/sign-in");
 * assertEquals(await (await visitor.get("/")).text(), "Hello ada");
 * ```
 */
export function authTktCookies(
  secrets: PyramidSecrets,
  options: AuthTktOptions = {},
): AuthTktCookies {
  return new AuthTktCookies(secrets, options);
}

/** Reads, writes and deletes tickets. {@linkcode authTktCookies} makes it. */
export class AuthTktCookies {
  readonly #keys: readonly [newest: TicketKey, ...older: TicketKey[]];
  readonly #cookie: TicketCookie;
  readonly #hash: TicketHash;
  readonly #maxAge: number | undefined;
  readonly #timeout: number;
  readonly #reissueTime: number;
  readonly #includeIp: boolean;
  readonly #clock: () => number;
  /** The requests whose ticket was written or deleted, so that `identify()` does not write it. */
  readonly #decided = new WeakSet<PassedRequest>();

  /**
   * Checks secrets and options.
   *
   * @param secrets As for {@linkcode authTktCookies}.
   * @param options As for {@linkcode authTktCookies}.
   */
  constructor(secrets: PyramidSecrets, options: AuthTktOptions) {
    checkOptions("authTktCookies()", options, KINDS);
    const { hash = "SHA-512", timeout = DEFAULT_TIMEOUT, clock = Date.now } = options;
    const { reissueTime = timeout === null ? null : timeout / 10 } = options;
    if (!HASHES.includes(hash)) throw new RangeError(refusedHash(hash));
    const [newest, ...older] = checkSecretList<PyramidSecret>(secrets, options);
    this.#keys = [keyOf(newest, hash), ...older.map((secret) => keyOf(secret, hash))];
    this.#cookie = new TicketCookie(options);
    this.#hash = hash;
    this.#maxAge = options.maxAge;
    this.#timeout = limit("timeout", timeout);
    this.#reissueTime = limit("reissueTime", reissueTime);
    this.#includeIp = options.includeIp ?? false;
    this.#clock = clock;
    if (Number.isFinite(this.#reissueTime) && this.#reissueTime > this.#timeout) {
      throw new ConfigurationError(
        `Cannot write tickets anew after ${reissueTime} seconds: they end after ${timeout} seconds, and reissueTime must not be more than timeout`,
      );
    }
  }

  /**
   * Reads the ticket of a request. If it is older than `reissueTime`, then the response gets a new
   * one.
   *
   * A ticket that is forged, broken, too old or of the future is no ticket. If the request has
   * several valid ones, then the newest counts, else the first. A response gets `Vary: Cookie`. It
   * costs two hashes for each secret and each ticket, of which at most four are read.
   *
   * @param request The request.
   * @returns What the ticket says, or `null` if the visitor has none.
   * @throws {HttpError} 403 if the page of another site sent a request that changes something, as
   * for `request.session`.
   */
  identify(request: PassedRequest): Promise<AuthTktIdentity | null> {
    return quiet(this.#identify(request));
  }

  /**
   * Signs a user in: the response gets a ticket. It replaces the tickets that the browser has.
   *
   * Unlike Pyramid's, it sets the cookie itself. `identify()` still reads what the request has.
   *
   * @param request The request.
   * @param userId The id: text, a whole number or bytes.
   * @param options Tokens, and how long the browser keeps the cookie.
   * @throws {TypeError} If the id or a token is wrong, an option is wrong or unknown, or the response
   * was made already. With `includeIp`, if the address of the visitor is not known.
   * @throws {RangeError} If the cookie would be too long, or `maxAge` is out of bounds.
   */
  remember(request: PassedRequest, userId: UserId, options: RememberOptions = {}): Promise<void> {
    return quiet(this.#remember(request, userId, options));
  }

  /**
   * Signs a user out: the browser deletes its tickets. A copy of a ticket works until `timeout` is
   * over.
   *
   * @param request The request.
   * @throws {TypeError} If the response was made already.
   */
  forget(request: PassedRequest): void {
    const state = requestState(request);
    state.refuseLate("forget a user");
    state.isSignedOut = true;
    this.#decided.add(request);
    this.#cookie.remove(request);
  }

  async #identify(request: PassedRequest): Promise<AuthTktIdentity | null> {
    const state = requestState(request);
    const isOpen = state.lateness === undefined;
    if (isOpen) request.responseHeaders.append("vary", "Cookie");
    if (!state.isCsrfExempt) {
      // The guard reads no session.
      const refusal = refusalOf(request as AnyViewRequest, state);
      // The app's own page for the refusal is shown to nobody in particular.
      if (refusal !== null && state.exception !== undefined) return null;
      if (refusal !== null) throw refusal;
    }
    const address = this.#addressOf(request);
    if (address === undefined) return null;
    const found = await this.#newest(this.#cookie.read(request), address);
    if (found === null) return null;
    const { ticket, userId, isOld } = found;
    const isDue = isOld || this.#now() - ticket.timestamp > this.#reissueTime;
    if (Number.isFinite(this.#reissueTime) && isDue && !this.#decided.has(request)) {
      const renewed = { ...ticket, timestamp: Math.floor(this.#now()) };
      const text = await writeTicket(renewed, this.#keys[0], address);
      // The view may have signed out, or answered, meanwhile.
      if (state.lateness === undefined && !this.#decided.has(request)) {
        this.#cookie.write(request, text, this.#maxAge);
      }
    }
    return {
      userId,
      tokens: ticket.tokens.split(",").filter((token) => token !== ""),
      timestamp: ticket.timestamp * 1000,
      userData: ticket.userData,
    };
  }

  async #remember(
    request: PassedRequest,
    userId: UserId,
    options: RememberOptions,
  ): Promise<void> {
    checkOptions("remember()", options, REMEMBER_KINDS, TypeError);
    const { tokens = [], maxAge = this.#maxAge } = options;
    for (const token of tokens) {
      if (typeof token !== "string" || !TOKEN.test(token)) throw new TypeError(refusedToken(token));
    }
    const written = writeUserId(userId);
    const address = this.#addressOf(request);
    if (address === undefined) {
      throw new TypeError(
        "Cannot remember a user with includeIp: the address of the visitor is not known: state trusted for your proxy, or leave includeIp out",
      );
    }
    requestState(request).refuseLate("remember a user");
    this.#decided.add(request);
    const ticket = {
      timestamp: Math.floor(this.#now()),
      userId: written.text,
      tokens: tokens.join(","),
      userData: userDataOf(written),
    };
    const text = await writeTicket(ticket, this.#keys[0], address);
    const state = requestState(request);
    const { lateness, environment } = state;
    if (lateness !== undefined) {
      const error = new TypeError(`Cannot remember a user: ${lateness}`);
      // Nobody may await it.
      environment.logger.error("A visitor was not signed in", error);
      throw error;
    }
    state.isSignedOut = false;
    this.#cookie.write(request, text, maxAge);
    this.#cookie.removeOthers(request);
  }

  /** The valid ticket that was written last, the first of those of one time. */
  async #newest(texts: readonly string[], address: string): Promise<Found | null> {
    let newest: Found | null = null;
    const tickets = texts.map((text) => parseTicket(text, this.#hash))
      .filter((ticket) => ticket !== null && this.#isInTime(ticket))
      .slice(0, MOST_TICKETS);
    for (const ticket of tickets) {
      if (ticket === null || (newest?.ticket.timestamp ?? -1) >= ticket.timestamp) continue;
      const found = await this.#verified(ticket, address);
      if (found !== null) newest = found;
    }
    return newest;
  }

  async #verified(ticket: SignedTicket, address: string): Promise<Found | null> {
    for (const [index, key] of this.#keys.entries()) {
      if (!await isSigned(ticket, key, address)) continue;
      const userId = readUserId(ticket.userId, ticket.userData);
      return userId === null ? null : { ticket, userId, isOld: index > 0 };
    }
    return null;
  }

  #isInTime({ timestamp }: Ticket): boolean {
    const age = this.#now() - timestamp;
    return age <= this.#timeout && age >= -CLOCK_SKEW;
  }

  /** In seconds. */
  #now(): number {
    return this.#clock() / 1000;
  }

  #addressOf(request: PassedRequest): string | undefined {
    return this.#includeIp ? request.clientAddress : ANY_ADDRESS;
  }
}

interface Found {
  readonly ticket: Ticket;
  readonly userId: UserId;
  /** Whether an older secret signed it. */
  readonly isOld: boolean;
}

function keyOf(secret: PyramidSecret, hash: TicketHash): TicketKey {
  // A copy: what is given as bytes may be wiped afterwards.
  const bytes = typeof secret === "string" ? new TextEncoder().encode(secret) : secret.slice();
  return { secret: bytes, hash };
}

function limit(option: string, seconds: number | null): number {
  if (seconds === null) return Infinity;
  if (Number.isFinite(seconds) && seconds >= 0) return seconds;
  throw new RangeError(
    `Cannot set ${option} to ${seconds}: must be a number of seconds, or null for none`,
  );
}

function refusedHash(hash: string): string {
  const known = HASHES.map((name) => `"${name}"`).join(", ");
  const advice = /^md5$/i.test(hash)
    ? 'MD5 is broken: set hashalg="sha512" in Pyramid, and leave hash out here'
    : `must be one of ${known}`;
  return `Cannot sign tickets with the hash ${JSON.stringify(hash)}: ${advice}`;
}

function refusedToken(token: unknown): string {
  return `Cannot remember the token ${
    typeof token === "string" ? JSON.stringify(token) : describe(token)
  }: it must begin with a letter, and have letters, digits, "+", "_" and "-" only`;
}
