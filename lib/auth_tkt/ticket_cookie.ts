/**
 * The cookie of a ticket: its name, its attributes, and for which host it is.
 *
 * @module
 */

import { ConfigurationError } from "../configuration_error.ts";
import {
  checkCookieName,
  checkCookiePrefix,
  type CookieAttributes,
  cookieAttributes,
  deletionCookie,
  MAX_COOKIE_BYTES,
  readCookie,
  readCookies,
} from "../http/cookies.ts";
import { isPlainLoopback } from "../http/ip_address.ts";
import type { PassedRequest } from "../views/handler.ts";
import { putCookie } from "../views/response_cookies.ts";
import { quoteValue, unquoteValue } from "./quoted_value.ts";

/** The options of the cookie. */
export interface TicketCookieOptions {
  /** The cookie's name. Pyramid: `cookie_name`. @default {"auth_tkt"} */
  readonly cookieName?: string;
  /**
   * Whether browsers send the cookie only over https. `"auto"` means `true`, except for plain http
   * to a loopback host. Pyramid's default is `false`. @default {"auto"}
   */
  readonly secure?: boolean | "auto";
  /** Whether the browser hides the cookie from scripts. Pyramid's default is false. @default {true} */
  readonly httpOnly?: boolean;
  /** Which requests from other sites carry the cookie. `None` needs `secure: true`. @default {"Lax"} */
  readonly sameSite?: "Strict" | "Lax" | "None";
  /** The path to which browsers send the cookie, and the paths below it. @default {"/"} */
  readonly path?: string;
  /**
   * Seconds for which the browser keeps the cookie, at most 34,560,000 (400 days). Pyramid:
   * `max_age`. Default: until the browser is closed.
   */
  readonly maxAge?: number;
  /**
   * Whether the subdomains of the host get the cookie too. Pyramid: `wild_domain`, whose default is
   * true. @default {false}
   */
  readonly wildDomain?: boolean;
  /**
   * Whether the host above and all its subdomains get the cookie. With `www.example.com` it is for
   * `example.com`. Pyramid: `parent_domain`. @default {false}
   */
  readonly parentDomain?: boolean;
  /** The domain that gets the cookie, with its subdomains. It excludes the two options above. */
  readonly domain?: string;
}

/** Reads, writes and deletes the cookie. */
export class TicketCookie {
  /** The cookie's name. */
  readonly name: string;
  readonly #options: TicketCookieOptions;

  /**
   * Checks the options.
   *
   * @throws {ConfigurationError} If a name or an attribute is not of its grammar, or two options
   * contradict each other.
   */
  constructor(options: TicketCookieOptions) {
    const { cookieName = "auth_tkt", domain, wildDomain, parentDomain, secure } = options;
    this.name = cookieName;
    this.#options = options;
    const refuse = (reason: string, cause?: unknown): never => {
      throw new ConfigurationError(`Cannot use ticket cookie "${cookieName}": ${reason}`, {
        cause,
      });
    };
    if (domain !== undefined && (wildDomain === true || parentDomain === true)) {
      refuse("domain excludes wildDomain and parentDomain: state one of them");
    }
    try {
      checkCookieName(cookieName);
      // "auto" may come out as false.
      const attributes = this.#attributes(domain, secure === true, options.maxAge);
      cookieAttributes(attributes);
      checkCookiePrefix(cookieName, attributes);
    } catch (cause) {
      refuse(cause instanceof Error ? cause.message : String(cause), cause);
    }
  }

  /** The values of all cookies of this name that the request has, out of their quotes. */
  read(request: PassedRequest): string[] {
    return readCookies(request.headers.get("cookie"), this.name).map(unquoteValue);
  }

  /**
   * Sets the cookie on the response of a request.
   *
   * @throws {RangeError} If browsers would drop the cookie, because it is too long.
   */
  write(request: PassedRequest, ticket: string, maxAge: number | undefined): void {
    const value = quoteValue(ticket);
    const bytes = this.name.length + value.length;
    if (bytes > MAX_COOKIE_BYTES) {
      throw new RangeError(
        `Cannot write ticket cookie "${this.name}": name and value have ${bytes} bytes, and browsers drop more than ${MAX_COOKIE_BYTES}`,
      );
    }
    const attributes = this.#attributesFor(request, this.#domainFor(request), maxAge);
    const cookie = `${this.name}=${value}${cookieAttributes(attributes)}`;
    putCookie(request.responseHeaders, cookie, this.name, attributes);
  }

  /** Deletes the cookie, for every domain for which Pyramid may have set it. */
  remove(request: PassedRequest): void {
    const domain = this.#domainFor(request);
    this.#delete(request, domain);
    this.removeOthers(request);
  }

  /**
   * Deletes the cookies of this name for other domains, for which Pyramid may have set them. A ticket
   * that is left would still sign the visitor in.
   */
  removeOthers(request: PassedRequest): void {
    const kept = this.#domainFor(request);
    if (readCookie(request.headers.get("cookie"), this.name) === null) return;
    for (const domain of new Set([undefined, hostOf(request)])) {
      if (domain !== kept) this.#delete(request, domain);
    }
  }

  #delete(request: PassedRequest, domain: string | undefined): void {
    const attributes = this.#attributesFor(request, domain, undefined);
    const cookie = deletionCookie(this.name, cookieAttributes(attributes));
    putCookie(request.responseHeaders, cookie, this.name, attributes);
  }

  #domainFor(request: PassedRequest): string | undefined {
    const { domain, wildDomain = false, parentDomain = false } = this.#options;
    const host = hostOf(request);
    if (domain !== undefined || host === undefined) return domain;
    const [, ...parent] = host.split(".");
    if (parentDomain && parent.length > 1) return parent.join(".");
    return wildDomain ? host : undefined;
  }

  #attributesFor(
    request: PassedRequest,
    domain: string | undefined,
    maxAge: number | undefined,
  ): CookieAttributes {
    const { secure = "auto" } = this.#options;
    const isSecure = secure === "auto"
      ? request.isSecure || !isPlainLoopback(request.origin)
      : secure;
    return this.#attributes(domain, isSecure, maxAge);
  }

  #attributes(
    domain: string | undefined,
    secure: boolean,
    maxAge: number | undefined,
  ): CookieAttributes {
    const { path = "/", httpOnly = true, sameSite = "Lax" } = this.#options;
    return {
      path,
      httpOnly,
      sameSite,
      secure,
      ...(domain === undefined ? {} : { domain }),
      ...(maxAge === undefined ? {} : { maxAge }),
    };
  }
}

/** The host as a domain, or undefined if it is an IP address, which has no subdomains. */
function hostOf(request: PassedRequest): string | undefined {
  const { hostname } = new URL(request.origin);
  return /^\[|^\d+(?:\.\d+){3}$/.test(hostname) ? undefined : hostname;
}
