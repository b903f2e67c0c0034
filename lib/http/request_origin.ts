/**
 * Scheme and host of a request as the outside world sees them, and the visitor's address.
 *
 * `publicOrigin` decides, then the headers of trusted proxies, then the request itself. A claim that
 * only makes the response safer is accepted from everybody.
 *
 * @module
 */

import { describe, NUMBER, OBJECT, type OptionKinds, TEXT } from "../check_options.ts";
import { ConfigurationError } from "../configuration_error.ts";
import { consoleLogger, type Logger } from "../log.ts";
import { HttpBadRequest } from "./errors.ts";
import { claimsHttps, comesFromHttps, ProxyReader, type TrustedProxies } from "./forwarded.ts";
import { isPlainLoopback } from "./ip_address.ts";

/** Where the app is reached from outside. */
export interface OriginOptions {
  /**
   * Scheme and host under which the outside world reaches the app, such as `https://app.test`; with
   * a path, such as `https://app.test/shop`, where a proxy takes this path away. Default: those of
   * each request.
   */
  readonly publicOrigin?: string;
  /** Which proxies of yours stand in front, and which headers they write. No other one is read. */
  readonly trusted?: TrustedProxies;
  /**
   * How many proxies of yours stand in front: the same as `trusted` with `x-forwarded-for` and
   * `x-forwarded-proto`. @default {0}
   */
  readonly trustedHops?: number;
}

/** What {@linkcode OriginOptions} take. */
export const ORIGIN_KINDS: OptionKinds<OriginOptions> = {
  publicOrigin: TEXT,
  trusted: OBJECT,
  trustedHops: NUMBER,
};

/** Headers that only proxies write. */
const FORWARDING = [
  "x-forwarded-for",
  "x-forwarded-proto",
  "x-forwarded-host",
  "forwarded",
  "x-real-ip",
  "via",
];
/** How many requests to a loopback host are searched for signs of a proxy. */
const MAX_SEARCHES = 1_000;

/**
 * Finds the origin of a request by the app's options.
 *
 * @internal
 */
export class RequestOrigin {
  /** The scheme and host that the app states, if it does. */
  readonly publicOrigin: string | undefined;
  /** The path that the app states: empty, or with a slash in front and none behind. */
  readonly publicPath: string;
  /** Whether `trustedHops` trusts proxies that do not write the host. */
  readonly trustsHopsAlone: boolean;
  readonly #proxies: ProxyReader | undefined;
  readonly #logger: Logger;
  /** Whether neither the app nor a trusted proxy states the origin. */
  #isUnknown: boolean;
  #searchesLeft = MAX_SEARCHES;
  #lastPrefix = "";
  #lastOrigin = "";
  #lastIsLoopback = false;

  /**
   * Checks the options.
   *
   * @param options The options of the app.
   * @param logger Gets one warning if a proxy is in front that the options do not mention.
   * @throws {ConfigurationError} If `publicOrigin` is not an http or https URL without query,
   * `trustedHops` not a small integer, or `trusted` is wrong.
   */
  constructor(options: OriginOptions, logger: Logger = consoleLogger) {
    const { publicOrigin, trusted, trustedHops = 0 } = options;
    const { origin, path } = checkedOrigin(publicOrigin);
    if (!Number.isInteger(trustedHops) || trustedHops < 0 || trustedHops > 16) {
      throw new ConfigurationError(
        `Cannot trust ${trustedHops} proxies: trustedHops must be an integer from 0 to 16`,
      );
    }
    if (trusted !== undefined && trustedHops > 0) {
      throw new ConfigurationError(
        "Cannot use trusted and trustedHops: write trustedHops as hops of trusted",
      );
    }
    this.publicOrigin = origin;
    this.publicPath = path;
    this.trustsHopsAlone = trustedHops > 0;
    const proxies = trusted ?? trustedBy(trustedHops);
    this.#proxies = proxies && new ProxyReader(proxies);
    this.#logger = logger;
    this.#isUnknown = origin === undefined && this.#proxies?.hasHost !== true;
  }

  /**
   * The origin of a request: `publicOrigin`, else that of the trusted proxies, else its own.
   *
   * @param url Its URL, as `requestUrl()` gives it.
   * @param headers Its headers.
   * @throws {HttpBadRequest} If the request's `Host`, or what a proxy forwarded, is not a host.
   */
  of(url: string, headers: Headers): string {
    if (this.publicOrigin !== undefined) return this.publicOrigin;
    const own = this.#own(url);
    if (this.#isUnknown && this.#lastIsLoopback && this.#searchesLeft > 0) {
      this.#searchForProxy(headers);
    }
    if (this.#proxies === undefined) return own;
    const colon = own.indexOf("://");
    const scheme = this.#proxies.scheme(headers) ?? own.slice(0, colon);
    const host = this.#proxies.host(headers, own.slice(colon + 3));
    return originOf(`${scheme}://${host}`);
  }

  /**
   * Whether the visitor uses https.
   *
   * `publicOrigin` decides, then the scheme of the trusted proxies. Without both, a claim of https in
   * any header is enough. Use the answer only for what makes the response safer, such as `Secure`.
   *
   * @param origin What {@linkcode of} gave.
   * @param headers The headers of the request.
   */
  isSecure(origin: string, headers: Headers): boolean {
    if (origin.startsWith("https:")) return true;
    if (this.publicOrigin !== undefined) return false;
    if (this.#proxies !== undefined && this.#proxies.scheme(headers) !== null) return false;
    const isClaimed = claimsHttps(headers);
    if (isClaimed && this.#isUnknown && isPlainLoopback(origin)) this.#warn(origin);
    return isClaimed;
  }

  /**
   * The visitor's address: that of the trusted proxies, else the peer's.
   *
   * @param headers The headers of the request.
   * @param peer The address that opened the connection.
   * @returns Undefined where it is unknown, or no address.
   * @throws {HttpBadRequest} If a trusted header cannot be read.
   */
  clientAddress(headers: Headers, peer: string | undefined): string | undefined {
    if (this.#proxies === undefined) return peer;
    const forwarded = this.#proxies.client(headers);
    // Where the proxy wrote no address, such as `unknown`, its own is not the visitor's either.
    return forwarded === null ? peer : forwarded;
  }

  #own(url: string): string {
    const end = url.indexOf("/", url.indexOf("//") + 2);
    const prefix = end === -1 ? url : url.slice(0, end);
    if (prefix !== this.#lastPrefix) {
      this.#lastOrigin = originOf(prefix);
      this.#lastPrefix = prefix;
      this.#lastIsLoopback = isPlainLoopback(this.#lastOrigin);
    }
    return this.#lastOrigin;
  }

  #searchForProxy(headers: Headers): void {
    this.#searchesLeft--;
    if (FORWARDING.some((name) => headers.has(name)) || comesFromHttps(headers)) {
      this.#warn(this.#lastOrigin);
    }
  }

  #warn(origin: string): void {
    this.#isUnknown = false;
    this.#logger.warn(
      `A request came through a proxy, and its Host is ${
        origin.slice(origin.indexOf("://") + 3)
      }: the app cannot tell where it is, for URLs, redirections, cookies and CSRF: set publicOrigin, such as publicOrigin: "https://app.example"`,
    );
  }
}

function trustedBy(hops: number): TrustedProxies | undefined {
  return hops === 0 ? undefined : { hops, headers: ["x-forwarded-for", "x-forwarded-proto"] };
}

function checkedOrigin(
  publicOrigin: string | undefined,
): { readonly origin: string | undefined; readonly path: string } {
  if (publicOrigin === undefined) return { origin: undefined, path: "" };
  const url = URL.parse(publicOrigin);
  if (url === null || url.protocol !== "https:" && url.protocol !== "http:") {
    throw new ConfigurationError(
      `Cannot use publicOrigin ${
        describe(publicOrigin)
      }: must be a scheme, a host and at most a path, such as https://app.example`,
    );
  }
  const path = url.pathname.replace(/\/+$/, "");
  const isPlain = !path.includes("//") && !path.includes("%");
  if (isPlain && publicOrigin === url.origin + path) return { origin: url.origin, path };
  throw new ConfigurationError(
    `Cannot use publicOrigin ${
      describe(publicOrigin)
    }: must be a scheme, a host and at most a path${
      isPlain ? `: write "${url.origin}${path}"` : " without percent signs and empty segments"
    }`,
  );
}

function originOf(prefix: string): string {
  const url = URL.parse(prefix);
  const bare = url !== null && url.username === "" && url.password === "" && url.search === "" &&
    url.hash === "" && url.pathname === "/";
  if (!bare) throw invalidHost();
  return url.origin;
}

/**
 * The refusal of a request whose host is not valid.
 *
 * @internal
 */
export function invalidHost(): HttpBadRequest {
  return new HttpBadRequest(
    "The host name in this address is not valid. Check the address and try again.",
  );
}
