/**
 * Chooses the name and the attributes of a session cookie by the origin of the request.
 *
 * @module
 */

import type { SessionRequest } from "../../session.ts";
import { BOOLEAN, NUMBER, oneOf, type OptionKinds, TEXT, textThatIs } from "../check_options.ts";
import { ConfigurationError } from "../configuration_error.ts";
import {
  checkCookieName,
  checkCookiePrefix,
  COOKIE_PREFIXES,
  type CookieAttributes,
  cookieAttributes,
  cookiePrefix,
  deletionCookie,
  readCookie,
  readCookies,
  serializeCookie,
} from "../http/cookies.ts";
import { isPlainLoopback } from "../http/ip_address.ts";

/** The name and the attributes of a session cookie. */
export interface SessionCookieOptions {
  /** The cookie's name, without prefix. @default {"session"} */
  readonly cookieName?: string;
  /**
   * The `Path` attribute: the browser sends the cookie to this path and all paths below it.
   * @default {"/"}
   */
  readonly path?: string;
  /**
   * The `Domain` attribute: the browser sends the cookie to this domain and all domains below it.
   * Default: only to the host that set the cookie.
   */
  readonly domain?: string;
  /** Whether the browser hides the cookie from scripts in the page. @default {true} */
  readonly httpOnly?: boolean;
  /**
   * The `SameSite` attribute: which requests from other sites carry the cookie.
   * @default {"Lax"}
   */
  readonly sameSite?: "Strict" | "Lax" | "None";
  /**
   * Whether browsers send the cookie only over https. `"auto"` means `true`, except for plain http
   * to a loopback host.
   * @default {"auto"}
   */
  readonly secure?: boolean | "auto";
  /**
   * Whether browsers keep a separate cookie for each embedding site (CHIPS). It needs Secure.
   * @default {false}
   */
  readonly partitioned?: boolean;
  /**
   * Seconds for which the browser keeps the cookie, at most 34,560,000 (400 days). Default: until
   * the browser is closed.
   */
  readonly maxAge?: number;
  /**
   * Whether the name of a Secure cookie gets a prefix, whose rules browsers then enforce. The
   * prefix is `__Host-`. With `domain`, or with another `path` than `/`, it is `__Secure-`. Set
   * `false` if other programs read the cookie.
   * @default {true}
   */
  readonly prefix?: boolean;
}

/**
 * The types of the values in {@linkcode SessionCookieOptions}. {@linkcode SessionCookie} checks
 * their grammar.
 */
export const SESSION_COOKIE_KINDS: OptionKinds<SessionCookieOptions> = {
  cookieName: TEXT,
  path: TEXT,
  domain: TEXT,
  httpOnly: BOOLEAN,
  sameSite: textThatIs('"Strict", "Lax" or "None"'),
  secure: oneOf(true, false, "auto"),
  partitioned: BOOLEAN,
  maxAge: NUMBER,
  prefix: BOOLEAN,
};

interface NamedCookie {
  readonly name: string;
  readonly attributes: string;
  readonly sameSite: CookieAttributes["sameSite"];
}

const PARTITIONED = "; Partitioned";
const NONE: readonly string[] = [];

/**
 * Gives the name of a session cookie without its prefix, which the signature covers.
 *
 * @throws {ConfigurationError} If the name is not allowed.
 */
export function bareCookieName(cookieName: string = "session"): string {
  const bare = cookieName.startsWith(COOKIE_PREFIXES.host)
    ? cookieName.slice(COOKIE_PREFIXES.host.length)
    : cookieName;
  const refuse = (reason: string, cause?: unknown): never => {
    throw new ConfigurationError(
      `Cannot use session cookie ${JSON.stringify(cookieName)}: ${reason}`,
      { cause },
    );
  };
  if (/^csrf-[\w-]{8}$/.test(bare)) refuse("CSRF cookies have names of this form");
  if (/^cell-[\w-]{16}$/.test(bare)) refuse("cells have names of this form");
  try {
    checkCookieName(bare);
  } catch (cause) {
    refuse(cause instanceof Error ? cause.message : String(cause), cause);
  }
  const prefix = cookiePrefix(bare);
  if (prefix !== undefined) {
    refuse(`the prefix is written where it is due: write "${bare.slice(prefix.length)}"`);
  }
  return bare;
}

/** Reads, writes and deletes the cookie of one session factory. */
export class SessionCookie {
  readonly #secure: NamedCookie;
  readonly #plain: NamedCookie;
  /** As release 0.1.0 wrote it, where that was another name. */
  readonly #former: NamedCookie | null;
  readonly #mode: boolean | "auto";
  readonly #maxAge: number | undefined;
  readonly #warn: (message: string) => void;
  readonly #domain: string | undefined;
  #warned = false;
  #warnedOfDomain = false;
  /** What was found of the origin that was asked for last: most requests come to one. */
  #last: { readonly origin: string; readonly isLoopback: boolean };

  /**
   * Checks name and attributes against the grammar of RFC 6265bis and builds them once.
   *
   * @param options Name and attributes.
   * @param prefix Whether the format has prefixes. Pyramid's format has none.
   * @param warn Called once for a Secure cookie that answers plain http, and once for a domain that
   * is not the host's.
   * @throws {ConfigurationError} If a name or attribute is not of its grammar, or two contradict
   * each other.
   */
  constructor(options: SessionCookieOptions, prefix: boolean, warn: (message: string) => void) {
    const { cookieName = "session", secure = "auto" } = options;
    const prefixed = prefix && options.prefix !== false;
    this.#mode = secure;
    this.#maxAge = options.maxAge;
    this.#domain = options.domain?.toLowerCase();
    this.#warn = warn;
    try {
      if (options.maxAge !== undefined) cookieAttributes({ maxAge: options.maxAge });
      const attributes = attributesOf(options, secure !== false);
      this.#secure = named(cookieName, attributes, prefixed);
      this.#plain = secure === "auto"
        ? named(cookieName, insecure(options), prefixed)
        : this.#secure;
      this.#former = this.#secure.name.startsWith(COOKIE_PREFIXES.secure)
        ? named(cookieName, attributes, false)
        : null;
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new ConfigurationError(`Cannot use session cookie "${cookieName}": ${reason}`, {
        cause,
      });
    }
    this.#last = { origin: "", isLoopback: false };
  }

  /** The name under which the cookie is written for a request. */
  nameFor(request: SessionRequest): string {
    return this.#for(request).name;
  }

  /** Whether both cookies would have the same name for some origin. */
  overlaps(other: SessionCookie): boolean {
    const names = other.#names();
    return this.#names().some((name) => names.includes(name));
  }

  /**
   * Gives the values of the request's cookies under the name that is written. A browser can send
   * several.
   */
  read(request: SessionRequest): readonly string[] {
    // Also without a cookie, so that an invalid origin throws before the view has done anything.
    const { name } = this.#for(request);
    const header = request.headers.get("cookie");
    return header === null ? NONE : readCookies(header, name);
  }

  /**
   * Gives the values under the other name, which is read if no cookie of the first name is valid.
   */
  readOther(request: SessionRequest): readonly string[] {
    const other = this.#other(request);
    return other === null ? NONE : readCookies(request.headers.get("cookie"), other.name);
  }

  /**
   * Gives the `Set-Cookie` values for a text of base64url characters. They delete a cookie that
   * came under the other name.
   */
  write(text: string, request: SessionRequest, maxAge?: number): string[] {
    return [
      this.writeOne(text, request, { maxAge: maxAge ?? this.#maxAge }),
      ...this.#removeOther(request),
    ];
  }

  /** Gives the `Set-Cookie` values that delete the cookie, under every name under which it came. */
  remove(request: SessionRequest): string[] {
    return [...this.removeOne(request), ...this.#removeOther(request)];
  }

  /**
   * Gives the `Set-Cookie` value for one of several cookies.
   *
   * @param text Characters of base64url.
   * @param request The request that is answered.
   * @param options Seconds for which the browser keeps the cookie, and the suffix of its name.
   */
  writeOne(
    text: string,
    request: SessionRequest,
    { maxAge, suffix = "" }: { readonly maxAge?: number | undefined; readonly suffix?: string },
  ): string {
    const { name, attributes } = this.#for(request);
    this.#warnOfPlainHttp(request.origin);
    this.#warnOfOtherDomain(request.origin);
    const lasting = maxAge === undefined ? "" : `; Max-Age=${maxAge}`;
    return serializeCookie(name + suffix, text, attributes + lasting);
  }

  /** Gives the `Set-Cookie` values that delete one of several cookies. */
  removeOne(request: SessionRequest, suffix = ""): string[] {
    return deletions(this.#for(request), suffix);
  }

  /**
   * Whether `SameSite` can have kept the cookie back, so that the browser may hold a cookie that it
   * did not send.
   *
   * It does so if another site's page sent the request, and the request is not a navigation that
   * carries the cookie.
   */
  isKeptBack(request: SessionRequest): boolean {
    const { headers, method } = request;
    const { sameSite } = this.#for(request);
    if (sameSite === "None" || headers.get("sec-fetch-site") !== "cross-site") return false;
    const navigates = headers.get("sec-fetch-mode") === "navigate" &&
      headers.get("sec-fetch-dest") === "document" && (method === "GET" || method === "HEAD");
    return sameSite === "Strict" || !navigates;
  }

  #names(): string[] {
    const former = this.#former === null ? [] : [this.#former.name];
    return [this.#secure.name, this.#plain.name, ...former];
  }

  /**
   * The cookie as it is written for a request. On a loopback host, a Secure cookie needs evidence
   * of https. Evidence is the header of a proxy, or a Secure cookie in the request.
   */
  #for(request: SessionRequest): NamedCookie {
    if (this.#mode !== "auto" || !this.#isLoopback(request.origin)) return this.#secure;
    return request.isSecure === true || this.#cameSecure(request) ? this.#secure : this.#plain;
  }

  /**
   * The cookie of the other name that is also read, or `null`. Under https the plain name is never
   * read.
   */
  #other(request: SessionRequest): NamedCookie | null {
    const mayBePlain = this.#mode === "auto" && this.#isLoopback(request.origin) &&
      request.isSecure !== true;
    if (!mayBePlain) return this.#former;
    return this.#for(request) === this.#secure ? this.#plain : null;
  }

  #removeOther(request: SessionRequest): string[] {
    const other = this.#other(request);
    const header = other === null ? null : request.headers.get("cookie");
    if (other === null || readCookie(header, other.name) === null) return [];
    return deletions(other, "");
  }

  #cameSecure({ headers }: SessionRequest): boolean {
    const { name } = this.#secure;
    return name !== this.#plain.name && readCookie(headers.get("cookie"), name) !== null;
  }

  #isLoopback(origin: string): boolean {
    if (this.#last.origin !== origin) this.#last = { origin, isLoopback: isPlainLoopback(origin) };
    return this.#last.isLoopback;
  }

  #warnOfPlainHttp(origin: string): void {
    if (this.#warned || this.#mode === false || origin.startsWith("https:")) return;
    if (this.#isLoopback(origin)) return;
    this.#warned = true;
    this.#warn(
      `A Secure session cookie answers ${origin}, where browsers drop it: serve https, or set publicOrigin where a proxy in front does`,
    );
  }

  /** Browsers drop a cookie for a domain that the host is not below (RFC 6265bis, section 5.7). */
  #warnOfOtherDomain(origin: string): void {
    const domain = this.#domain;
    if (domain === undefined || this.#warnedOfDomain) return;
    const { hostname } = new URL(origin);
    if (hostname === domain || hostname.endsWith(`.${domain}`)) return;
    this.#warnedOfDomain = true;
    this.#warn(
      `A session cookie with the domain ${domain} answers ${origin}, where browsers drop it: leave domain away, or set publicOrigin where a proxy in front has another host`,
    );
  }
}

/** A partitioned cookie may stand beside one from before it was partitioned: both are deleted. */
function deletions({ name, attributes }: NamedCookie, suffix: string): string[] {
  const partitioned = deletionCookie(name + suffix, attributes);
  if (!attributes.includes(PARTITIONED)) return [partitioned];
  return [partitioned, deletionCookie(name + suffix, attributes.replace(PARTITIONED, ""))];
}

// Browsers accept `Partitioned` and `SameSite=None` only with Secure: left out on a loopback host.
function insecure(options: SessionCookieOptions): CookieAttributes {
  const attributes = { ...attributesOf(options, false), partitioned: false };
  return options.sameSite === "None" ? { ...attributes, sameSite: "Lax" } : attributes;
}

function attributesOf(options: SessionCookieOptions, secure: boolean): CookieAttributes {
  const { path = "/", domain, httpOnly = true, sameSite = "Lax", partitioned = false } = options;
  const attributes: CookieAttributes = { path, httpOnly, sameSite, secure, partitioned };
  return domain === undefined ? attributes : { ...attributes, domain };
}

function named(cookieName: string, attributes: CookieAttributes, prefixed: boolean): NamedCookie {
  const isOfHost = attributes.path === "/" && attributes.domain === undefined;
  const prefix =
    prefixed && attributes.secure === true && !cookieName.startsWith(COOKIE_PREFIXES.host)
      ? isOfHost ? COOKIE_PREFIXES.host : COOKIE_PREFIXES.secure
      : "";
  const name = prefix + cookieName;
  checkCookieName(name);
  checkCookiePrefix(name, attributes);
  return { name, attributes: cookieAttributes(attributes), sameSite: attributes.sameSite };
}
