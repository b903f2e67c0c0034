/**
 * Scheme and host of a request as the outside world sees them, and who the visitor is.
 *
 * Who may say so: the app by `publicOrigin`, its own proxies by the headers that they are said to
 * write, and else the request. What makes things safer is believed of everybody.
 *
 * @module
 */

import { describe, NUMBER, OBJECT, type OptionKinds, TEXT } from "../check_options.ts";
import { ConfigurationError } from "../configuration_error.ts";
import { consoleLogger, type Logger } from "../log.ts";
import { HttpBadRequest } from "./errors.ts";
import { claimsHttps, comesFromHttps } from "./forwarded.ts";
import { isPlainLoopback } from "./ip_address.ts";
import { ProxyReader, type TrustedProxies } from "./forwarded.ts";

/** Where the app is reached from outside. */
export interface OriginOptions {
  /**
   * Scheme and host under which the outside world reaches the app, such as `https://app.test`; with
   * a path, such as `https://app.test/shop`, where a proxy takes this path away. Default: those of
   * each request.
   */
  readonly publicOrigin?: string;
  /** Which proxies of ours stand in front, and which headers they write: no other one is believed. */
  readonly trusted?: TrustedProxies;
  /**
   * How many proxies of ours stand in front: the same as `trusted` with `x-forwarded-for` and
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
/** So many requests to a loopback host are looked at: a proxy shows at once. */
const LOOKS = 1_000;

/**
 * Tells the origin of a request by the app's options.
 *
 * @internal
 */
export class RequestOrigin {
  /** Scheme and host that the app says it is reached under, if it says so. */
  readonly publicOrigin: string | undefined;
  /** The path under which it says so: empty, or with a slash in front and none behind. */
  readonly publicPath: string;
  /** Whether proxies are believed that are not said to write the host. */
  readonly trustsHopsAlone: boolean;
  readonly #proxies: ProxyReader | undefined;
  readonly #logger: Logger;
  /** Whether nobody whom we believe says where the app is. */
  #isUntold: boolean;
  #looks = LOOKS;
  #lastPrefix = "";
  #lastOrigin = "";
  #lastIsLoopback = false;

  /**
   * Checks the options.
   *
   * @param options What the app says.
   * @param logger Told, once, of a proxy of which the app says nothing.
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
    const believed = trusted ?? trustedBy(trustedHops);
    this.#proxies = believed && new ProxyReader(believed);
    this.#logger = logger;
    this.#isUntold = origin === undefined && this.#proxies?.tellsHost !== true;
  }

  /**
   * The origin of a request: `publicOrigin`, else what the trusted proxies say, else its own.
   *
   * @param url Its URL, as `requestUrl()` gives it.
   * @param headers Its headers.
   * @throws {HttpBadRequest} If the request's `Host`, or what a proxy forwarded, is not a host.
   */
  of(url: string, headers: Headers): string {
    if (this.publicOrigin !== undefined) return this.publicOrigin;
    const own = this.#own(url);
    if (this.#isUntold && this.#lastIsLoopback && this.#looks > 0) this.#look(headers);
    if (this.#proxies === undefined) return own;
    const colon = own.indexOf("://");
    const scheme = this.#proxies.scheme(headers) ?? own.slice(0, colon);
    const host = this.#proxies.host(headers, own.slice(colon + 3));
    return originOf(`${scheme}://${host}`);
  }

  /**
   * Whether the outside world uses https, as far as anybody says.
   *
   * The app decides by `publicOrigin`, then its proxies by the scheme that they tell. Where neither
   * does, it is enough that any header claims https: to be believed for what makes things safer, such
   * as `Secure`, and for nothing else.
   *
   * @param origin What {@linkcode of} gave.
   * @param headers The headers of the request.
   */
  isSecure(origin: string, headers: Headers): boolean {
    if (origin.startsWith("https:")) return true;
    if (this.publicOrigin !== undefined) return false;
    if (this.#proxies !== undefined && this.#proxies.scheme(headers) !== null) return false;
    const isClaimed = claimsHttps(headers);
    if (isClaimed && this.#isUntold && isPlainLoopback(origin)) this.#warn(origin);
    return isClaimed;
  }

  /**
   * The visitor's address: what the trusted proxies say, else the peer's.
   *
   * @param headers The headers of the request.
   * @param peer The address of whoever opened the connection.
   * @returns Undefined where it is not told, or is no address.
   * @throws {HttpBadRequest} If a trusted header cannot be read.
   */
  clientAddress(headers: Headers, peer: string | undefined): string | undefined {
    if (this.#proxies === undefined) return peer;
    const told = this.#proxies.client(headers);
    // What is told and is no address, such as `unknown`, is not the proxy's own either.
    return told === null ? peer : told;
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

  #look(headers: Headers): void {
    this.#looks--;
    if (FORWARDING.some((name) => headers.has(name)) || comesFromHttps(headers)) {
      this.#warn(this.#lastOrigin);
    }
  }

  #warn(origin: string): void {
    this.#isUntold = false;
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
  if (!bare) {
    throw new HttpBadRequest(
      "The host name in this address is not valid. Check the address and try again.",
    );
  }
  return url.origin;
}
