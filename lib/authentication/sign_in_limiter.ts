/**
 * Limits the attempts to sign in, by account and by address.
 *
 * @module
 */

import {
  checkOptions,
  checkValue,
  FUNCTION,
  NAME,
  oneOf,
  type OptionKind,
  type OptionKinds,
  TEXT,
  withFunctions,
} from "../check_options.ts";
import { ConfigurationError } from "../configuration_error.ts";
import { HttpServiceUnavailable, HttpTooManyRequests } from "../http/errors.ts";
import { platformRandomBytes } from "../session/crypto/bytes.ts";
import type { SessionStore } from "../session/stored/session_store.ts";
import { type AnyViewRequest, requestState } from "../views/request.ts";
import { type AttemptLimit, RateLimit } from "./rate_limit.ts";

/** The options of {@linkcode signInLimiter}. */
export interface SignInLimiterOptions {
  /**
   * The attempts of one address, for all accounts. An IPv6 address counts with all of its /64.
   * @default {{ attempts: 100, seconds: 900 }}
   */
  readonly perAddress?: AttemptLimit;
  /**
   * The attempts for one account from one address, and those of one known device.
   * @default {{ attempts: 10, seconds: 900 }}
   */
  readonly perAccount?: AttemptLimit;
  /**
   * The attempts for one account from all addresses together, except from known devices.
   * @default {{ attempts: 100, seconds: 3600 }}
   */
  readonly perAccountEverywhere?: AttemptLimit;
  /**
   * What happens if the store is down. `"refuse"` answers 503, so that no password can be guessed.
   * `"permit"` lets the attempt pass without a limit. Both are logged.
   * @default {"refuse"}
   */
  readonly whenDown?: "refuse" | "permit";
  /** Gives the time in milliseconds since 1970. @default {Date.now} */
  readonly clock?: () => number;
}

/** What an app knows of an attempt besides its account. */
export interface AttemptOptions {
  /**
   * The id of a device from which this user has signed in before. Your app has to verify it, for
   * example by a signed cookie. Attempts of others then never stop this device.
   */
  readonly device?: string | undefined;
}

/** Limits the attempts to sign in. */
export interface SignInLimiter {
  /**
   * Counts an attempt. Call it before you check the password.
   *
   * It costs two calls of the store for each of up to three limits. An attempt that was refused
   * costs up to four more, which give back what the other limits have counted.
   *
   * @param request The request, for the address of the visitor.
   * @param account The account as the visitor wrote it, also if there is no such account. Case and
   * spaces around it do not count.
   * @param options The known device.
   * @throws {HttpTooManyRequests} If a limit is reached, with `Retry-After`.
   * @throws {HttpServiceUnavailable} If the store is down and `whenDown` is `"refuse"`.
   * @throws {TypeError} If the account is not a string, or an option is wrong or unknown.
   */
  attempt(request: AnyViewRequest, account: string, options?: AttemptOptions): Promise<void>;
  /**
   * Gives the attempt back after the password was right, and forgets the wrong ones from this
   * address. An error of the store is logged, and the sign-in goes on.
   *
   * @param request The request of the attempt.
   * @param account The account of the attempt.
   * @param options The known device of the attempt.
   */
  succeeded(request: AnyViewRequest, account: string, options?: AttemptOptions): Promise<void>;
}

const LIMIT: OptionKind = {
  expected: "{ attempts, seconds }, integers from 1 to 1,000,000 and from 1 to 86,400",
  is: (value) => {
    if (typeof value !== "object" || value === null) return false;
    const { attempts, seconds, ...others }: Partial<Record<string, unknown>> = { ...value };
    return isWithin(attempts, 1_000_000) && isWithin(seconds, 86_400) &&
      Object.keys(others).length === 0;
  },
};
const KINDS: OptionKinds<SignInLimiterOptions> = {
  perAddress: LIMIT,
  perAccount: LIMIT,
  perAccountEverywhere: LIMIT,
  whenDown: oneOf("refuse", "permit"),
  clock: FUNCTION,
};
const ATTEMPT_KINDS: OptionKinds<AttemptOptions> = { device: NAME };
const STORE: OptionKind = withFunctions("load", "create", "update", "delete");

/** One counter of an attempt. */
interface Counter {
  readonly names: readonly string[];
  readonly limit: AttemptLimit;
  /** Whether a right password forgets all of its attempts, and not only the last one. */
  readonly isCleared: boolean;
}

/**
 * Limits the attempts to sign in, over any of the stores.
 *
 * Three limits count each attempt: that of the address, that of the account from this address, and
 * that of the account from all addresses. Attempts come back one after the other (GCRA). An attempt
 * that was refused does not count, so a limit never becomes an endless lock. OWASP ASVS 5.0, 6.3.1.
 *
 * > **Warning** An attacker with many addresses can use up the attempts of an account. Its user is
 * > then refused from new devices, as long as the attack lasts. Give `device` for devices from
 * > which the user has signed in before. Their attempts have a limit of their own.
 *
 * A record holds one time, and ends when all of its attempts are free again. Account and address
 * are hashed. Give the limiter a store of its own, so that an attack cannot push out sessions.
 *
 * @param store Any of the stores, or one of your own.
 * @param options The limits, and what happens if the store is down.
 * @throws {ConfigurationError} If the store lacks a function, or an option is wrong or unknown.
 *
 * @example Three wrong passwords
 * ```ts
 * import { Configurator, html, HttpForbidden, route } from "@pyramidion/pyramidion";
 * import { signInLimiter } from "@pyramidion/pyramidion/authentication";
 * import { memoryStore } from "@pyramidion/pyramidion/stores/memory";
 * import { assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * const limiter = signInLimiter(memoryStore(), { perAccount: { attempts: 3, seconds: 900 } });
 * const signIn = route("sign-in", "/sign-in");
 * const app = new Configurator().addRoute(signIn).addView(async (request) => {
 *   const form = await request.params, account = form.get("user") ?? "";
 *   await limiter.attempt(request, account);
 *   if (form.get("password") !== "right") throw new HttpForbidden("Wrong password");
 *   await limiter.succeeded(request, account);
 *   return html`in`;
 * }, { route: signIn, requestMethod: "POST" }).makeApp();
 *
 * const statuses: number[] = [];
 * for (let i = 0; i < 4; i++) {
 *   const body = new URLSearchParams({ user: "ada", password: "wrong" });
 *   const response = await app.fetch(new Request("https://app.test/sign-in", { method: "POST", body }));
 *   statuses.push(response.status);
 * }
 * assertEquals(statuses, [403, 403, 403, 429]);
 * ```
 */
export function signInLimiter(
  store: SessionStore,
  options: SignInLimiterOptions = {},
): SignInLimiter {
  checkValue("the store of signInLimiter()", store, STORE);
  checkOptions("signInLimiter()", options, KINDS);
  return new StoreSignInLimiter(store, options);
}

class StoreSignInLimiter implements SignInLimiter {
  readonly #limit: RateLimit;
  readonly #options: Required<SignInLimiterOptions>;

  constructor(store: SessionStore, options: SignInLimiterOptions) {
    this.#limit = new RateLimit(store, platformRandomBytes);
    const {
      perAddress = { attempts: 100, seconds: 900 },
      perAccount = { attempts: 10, seconds: 900 },
      perAccountEverywhere = { attempts: 100, seconds: 3600 },
      whenDown = "refuse",
      clock = Date.now,
    } = options;
    this.#options = { perAddress, perAccount, perAccountEverywhere, whenDown, clock };
    if (perAccountEverywhere.attempts < perAccount.attempts) {
      throw new ConfigurationError(
        "Cannot limit attempts: perAccountEverywhere has fewer attempts than perAccount, so one address could use up those of all",
      );
    }
  }

  async attempt(
    request: AnyViewRequest,
    account: string,
    options: AttemptOptions = {},
  ): Promise<void> {
    const counters = this.#countersOf("attempt()", request, account, options);
    const { clock, whenDown } = this.#options;
    try {
      for (const [index, { names, limit }] of counters.entries()) {
        const answer = await this.#limit.take(names, limit, clock());
        if (answer.isFree) continue;
        await this.#giveBack(request, counters.slice(0, index));
        throw tooMany(Math.ceil(answer.retryAfter / 1000));
      }
    } catch (cause) {
      if (cause instanceof HttpTooManyRequests) throw cause;
      const { logger } = requestState(request).environment;
      logger.error("Counting an attempt to sign in failed", cause);
      if (whenDown === "permit") return;
      throw new HttpServiceUnavailable("Signing in is not possible at the moment.", { cause });
    }
  }

  async succeeded(
    request: AnyViewRequest,
    account: string,
    options: AttemptOptions = {},
  ): Promise<void> {
    await this.#giveBack(request, this.#countersOf("succeeded()", request, account, options), true);
  }

  /** Gives the last attempt of each counter back, or all of them. Its own errors change no answer. */
  async #giveBack(
    request: AnyViewRequest,
    counters: readonly Counter[],
    hasSucceeded = false,
  ): Promise<void> {
    try {
      const now = this.#options.clock();
      for (const { isCleared, limit, names } of counters) {
        if (hasSucceeded && isCleared) await this.#limit.clear(names);
        else await this.#limit.giveBack(names, limit, now);
      }
    } catch (cause) {
      const { logger } = requestState(request).environment;
      logger.error("Giving an attempt to sign in back failed", cause);
    }
  }

  #countersOf(
    what: string,
    request: AnyViewRequest,
    account: string,
    options: AttemptOptions,
  ): readonly Counter[] {
    checkValue(`the account of ${what}`, account, TEXT, TypeError);
    checkOptions(what, options, ATTEMPT_KINDS, TypeError);
    const { perAccount, perAccountEverywhere, perAddress } = this.#options;
    const whose = account.trim().normalize("NFKC").toLowerCase();
    const { device } = options;
    if (device !== undefined) {
      return [{ names: ["device", whose, device], limit: perAccount, isCleared: true }];
    }
    const { clientAddress } = request;
    const network = clientAddress === undefined ? "" : networkOf(clientAddress);
    const ofAddress = { names: ["address", network], limit: perAddress, isCleared: false };
    return [
      // Without an address all visitors would share one counter.
      ...clientAddress === undefined ? [] : [ofAddress],
      { names: ["account", whose, network], limit: perAccount, isCleared: true },
      { names: ["everywhere", whose], limit: perAccountEverywhere, isCleared: false },
    ];
  }
}

/**
 * The network that one customer of a provider has: the address itself in IPv4, and its /64 in IPv6.
 *
 * @param address An address as `request.clientAddress` gives it.
 * @internal
 */
export function networkOf(address: string): string {
  if (!address.includes(":")) return address;
  const [head = "", tail] = address.split("::");
  const before = head === "" ? [] : head.split(":");
  const behind = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - before.length - behind.length);
  const groups = [...before, ...Array<string>(zeros).fill("0"), ...behind];
  return `${groups.slice(0, 4).join(":")}::/64`;
}

function tooMany(seconds: number): HttpTooManyRequests {
  const wait = seconds < 120 ? `${seconds} seconds` : `${Math.ceil(seconds / 60)} minutes`;
  return new HttpTooManyRequests(
    `There were too many attempts to sign in. Try again in ${wait}.`,
    { headers: { "retry-after": String(seconds), "cache-control": "no-store" } },
  );
}

function isWithin(value: unknown, most: number): boolean {
  return Number.isInteger(value) && Number(value) >= 1 && Number(value) <= most;
}
