/**
 * Finds the public origin of a request, which is its scheme and host, and the visitor's address.
 *
 * `publicOrigin` counts first, then the headers of trusted proxies, then the request itself. A
 * claim that only makes the response safer is accepted from every client.
 *
 * @module
 */

import { describe, NUMBER, OBJECT, type OptionKinds, TEXT } from "../check_options.ts";
import { ConfigurationError } from "../configuration_error.ts";
import { consoleLogger, type Logger } from "../log.ts";
import { HttpBadRequest } from "./errors.ts";
import { claimsHttps, comesFromHttps, ProxyReader, type TrustedProxies } from "./forwarded.ts";
import { isPlainLoopback } from "./ip_address.ts";
import { randomRequestId } from "./request.ts";

/** Options for an app behind a proxy. */
export interface OriginOptions {
  /**
   * The scheme and host by which visitors reach the app, such as `https://app.test`. If your proxy
   * removes a path, then add it, as in `https://app.test/shop`. Default: the scheme and host of
   * each request.
   */
  readonly publicOrigin?: string;
  /**
   * Your proxies in front of the app, and the headers that they write. The app reads no other
   * header of a proxy.
   */
  readonly trusted?: TrustedProxies;
  /**
   * How many of your proxies each request passes through, from 0 to 16. It is short for `trusted`
   * with the headers `x-forwarded-for` and `x-forwarded-proto`. @default {0}
   */
  readonly trustedHops?: number;
}

/** The type of each option of {@linkcode OriginOptions}. */
export const ORIGIN_KINDS: OptionKinds<OriginOptions> = {
  publicOrigin: TEXT,
  trusted: OBJECT,
  trustedHops: NUMBER,
};

/** Headers that show that a proxy is in front of the app. */
const SIGNS_OF_PROXY = [
  "x-forwarded-for",
  "x-forwarded-proto",
  "x-forwarded-host",
  "forwarded",
  "x-real-ip",
  "via",
];
/** The most requests to a loopback host that are searched for signs of a proxy. */
const MAX_SEARCHES = 1_000;

/**
 * Finds the public origin of a request, by the app's options.
 *
 * @internal
 */
export class RequestOrigin {
  /** The scheme and host of the option `publicOrigin`, if it is given. */
  readonly publicOrigin: string | undefined;
  /**
   * The path of the option `publicOrigin`. It is empty, or begins with a slash and ends without
   * one.
   */
  readonly publicPath: string;
  /** Whether the app uses `trustedHops`. Its proxies do not write the host. */
  readonly trustsHopsAlone: boolean;
  readonly #proxies: ProxyReader | undefined;
  readonly #logger: Logger;
  /** Whether the origin comes neither from the options nor from a trusted proxy. */
  #isUnknown: boolean;
  #searchesLeft = MAX_SEARCHES;
  #lastPrefix = "";
  #lastOrigin = "";
  #lastIsLoopback = false;

  /**
   * Checks the options.
   *
   * @param options The app's options.
   * @param logger It gets one warning if a request came through a proxy that the options do not
   * name.
   * @throws {ConfigurationError} If `publicOrigin` is not an http or https URL without a query, or
   * `trusted` is wrong. It is also thrown if `trustedHops` is not an integer from 0 to 16.
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
        "Cannot use both trusted and trustedHops: leave trustedHops out and write its number as hops of trusted",
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
   * Returns the public origin: `publicOrigin`, else that of the trusted proxies, else the request's
   * own.
   *
   * @param url The URL that `requestUrl()` returned.
   * @param headers The headers of the request.
   * @throws {HttpBadRequest} If the host in `Host`, or the one that a proxy forwarded, is not
   * valid.
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
   * `publicOrigin` counts first, then the scheme of the trusted proxies. Without both, a claim of
   * https in any header is enough. Use the answer only to make the response safer, for example to
   * add `Secure`.
   *
   * @param origin The origin that {@linkcode of} returned.
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
   * Returns the visitor's address: that of the trusted proxies, else the peer's.
   *
   * @param request The request. Its headers are read only behind a trusted proxy.
   * @param peer The address that opened the connection.
   * @returns The address, or undefined if it is unknown.
   * @throws {HttpBadRequest} If a trusted header cannot be read.
   */
  clientAddress(
    request: { readonly headers: Headers },
    peer: string | undefined,
  ): string | undefined {
    if (this.#proxies === undefined) return peer;
    const forwarded = this.#proxies.client(request.headers);
    // If the proxy wrote `unknown`, then the peer's address is not used, because it is the proxy's.
    return forwarded === null ? peer : forwarded;
  }

  /**
   * Returns the id of a request: that of the trusted proxies, else a random one. Each call without
   * the former makes another.
   *
   * @param request The request. Its headers are read only behind a trusted proxy.
   */
  requestId(request: { readonly headers: Headers }): string {
    return this.#proxies?.requestId(request.headers) ?? randomRequestId();
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
    if (SIGNS_OF_PROXY.some((name) => headers.has(name)) || comesFromHttps(headers)) {
      this.#warn(this.#lastOrigin);
    }
  }

  #warn(origin: string): void {
    this.#isUnknown = false;
    this.#logger.warn(
      `A request came through a proxy, and its Host is ${
        origin.slice(origin.indexOf("://") + 3)
      }: the app cannot know its public origin, which URLs, redirections, cookies and CSRF checks need: set publicOrigin, such as publicOrigin: "https://app.example"`,
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
 * Makes the error for a request whose host is not valid.
 *
 * @internal
 */
export function invalidHost(): HttpBadRequest {
  return new HttpBadRequest(
    "The host name in this address is not valid. Check the address and try again.",
  );
}
