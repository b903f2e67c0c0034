/**
 * The cookie that carries a session: its name and its attributes, by the origin of the request.
 *
 * @module
 */

import { BOOLEAN, NUMBER, oneOf, type OptionKinds, TEXT, textThatIs } from "../check_options.ts";
import { ConfigurationError } from "../configuration_error.ts";
import type { SessionRequest } from "../../session.ts";
import { readCookie } from "../http/cookies.ts";
import {
  checkCookieName,
  checkCookiePrefix,
  type CookieAttributes,
  cookieAttributes,
  deletionCookie,
  serializeCookie,
} from "../http/set_cookie.ts";

/** Name and attributes of a session's cookie. */
export interface SessionCookieOptions {
  /** The cookie's name, without prefix. @default {"session"} */
  readonly cookieName?: string;
  /** Below which path it is sent. @default {"/"} */
  readonly path?: string;
  /** To which domain, and all below it, it is sent. Default: to the host that set it alone. */
  readonly domain?: string;
  /** Whether scripts in the page cannot read it. @default {true} */
  readonly httpOnly?: boolean;
  /** Whether other sites' requests carry it. @default {"Lax"} */
  readonly sameSite?: "Strict" | "Lax" | "None";
  /** Whether it is sent over https only; `"auto"`: always but for plain http to a loopback host. @default {"auto"} */
  readonly secure?: boolean | "auto";
  /** Whether it is kept apart for each embedding site (CHIPS); needs Secure. @default {false} */
  readonly partitioned?: boolean;
  /** Seconds for which the browser keeps it, at most 34,560,000 (400 days). Default: until the browser is closed. */
  readonly maxAge?: number;
}

/** What {@linkcode SessionCookieOptions} take; the grammar of each is checked where it is written. */
export const SESSION_COOKIE_KINDS: OptionKinds<SessionCookieOptions> = {
  cookieName: TEXT,
  path: TEXT,
  domain: TEXT,
  httpOnly: BOOLEAN,
  sameSite: textThatIs('"Strict", "Lax" or "None"'),
  secure: oneOf(true, false, "auto"),
  partitioned: BOOLEAN,
  maxAge: NUMBER,
};

interface NamedCookie {
  readonly name: string;
  readonly attributes: string;
  readonly sameSite: CookieAttributes["sameSite"];
}

/** Browsers drop a cookie whose name and value are longer (RFC 6265bis, section 5.6). */
export const MAX_COOKIE_BYTES = 4096;

const HOST_PREFIX = "__Host-";
const OTHER_PREFIX = /^__(?:secure|host|http|host-http)-/i;

/** The name of a session's cookie without its prefix: what is bound under a signature. */
export function bareCookieName(cookieName: string = "session"): string {
  const bare = cookieName.startsWith(HOST_PREFIX)
    ? cookieName.slice(HOST_PREFIX.length)
    : cookieName;
  const refuse = (reason: string, cause?: unknown): never => {
    throw new ConfigurationError(
      `Cannot use session cookie ${JSON.stringify(cookieName)}: ${reason}`,
      { cause },
    );
  };
  try {
    checkCookieName(bare);
  } catch (cause) {
    refuse(cause instanceof Error ? cause.message : String(cause), cause);
  }
  const prefix = OTHER_PREFIX.exec(bare)?.[0];
  if (prefix !== undefined) {
    refuse(`the prefix is written where it is due: write "${bare.slice(prefix.length)}"`);
  }
  return bare;
}

/** Reads, writes and deletes the cookie of one session factory. */
export class SessionCookie {
  readonly #secure: NamedCookie;
  readonly #plain: NamedCookie;
  readonly #mode: boolean | "auto";
  readonly #maxAge: number | undefined;
  readonly #warn: (message: string) => void;
  readonly #domain: string | undefined;
  #warned = false;
  #warnedOfDomain = false;
  /** What is said to the origin that was asked for last: most requests come to one. */
  #last: { readonly origin: string; readonly isLoopback: boolean; readonly cookie: NamedCookie };

  /**
   * Checks name and attributes against the grammar of RFC 6265bis and builds them once.
   *
   * @param options Name and attributes.
   * @param prefix Whether a Secure cookie with path `/` and no domain is written under `__Host-`.
   * @param warn Told, once, of a Secure cookie that answers plain http, and of a domain that is not the host's.
   * @throws {ConfigurationError} If a name or attribute is not of its grammar, or two contradict each other.
   */
  constructor(options: SessionCookieOptions, prefix: boolean, warn: (message: string) => void) {
    const { cookieName = "session", secure = "auto" } = options;
    this.#mode = secure;
    this.#maxAge = options.maxAge;
    this.#domain = options.domain?.toLowerCase();
    this.#warn = warn;
    try {
      if (options.maxAge !== undefined) cookieAttributes({ maxAge: options.maxAge });
      this.#secure = named(cookieName, attributesOf(options, secure !== false), prefix);
      this.#plain = secure === "auto" ? named(cookieName, insecure(options), prefix) : this.#secure;
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new ConfigurationError(`Cannot use session cookie "${cookieName}": ${reason}`, {
        cause,
      });
    }
    this.#last = { origin: "", isLoopback: false, cookie: this.#secure };
  }

  /** The name under which the cookie is read and written for an origin. */
  nameFor(origin: string): string {
    return this.#for(origin).name;
  }

  /** Whether some origin would see both cookies under one name. */
  overlaps(other: SessionCookie): boolean {
    const names = [other.#secure.name, other.#plain.name];
    return names.includes(this.#secure.name) || names.includes(this.#plain.name);
  }

  /** The text of the request's cookie; `null` where there is none or it is empty. */
  read(headers: Headers, origin: string): string | null {
    const header = headers.get("cookie");
    return header === null ? null : readCookie(header, this.#for(origin).name) || null;
  }

  /**
   * The `Set-Cookie` value for a text of base64url characters.
   *
   * @param text The text.
   * @param origin The origin that is answered.
   * @param maxAge Seconds for which the browser keeps it. Default: as the options say.
   * @param suffix What follows the name, where there are several such cookies.
   */
  write(
    text: string,
    origin: string,
    maxAge: number | undefined = this.#maxAge,
    suffix = "",
  ): string {
    const { name, attributes } = this.#for(origin);
    this.#warnOfPlainHttp(origin);
    this.#warnOfOtherDomain(origin);
    const lasting = maxAge === undefined ? "" : `; Max-Age=${maxAge}`;
    return serializeCookie(name + suffix, text, attributes + lasting);
  }

  /** The `Set-Cookie` value that deletes the cookie. */
  remove(origin: string, suffix = ""): string {
    const { name, attributes } = this.#for(origin);
    return deletionCookie(name + suffix, attributes);
  }

  /**
   * Whether `SameSite` kept the cookie back, so that the browser may hold one that did not come: the
   * page of another site sent the request, and it is no navigation that would carry the cookie.
   */
  isKeptBack({ headers, method, origin }: SessionRequest): boolean {
    const { sameSite } = this.#for(origin);
    if (sameSite === "None" || headers.get("sec-fetch-site") !== "cross-site") return false;
    const navigates = headers.get("sec-fetch-mode") === "navigate" &&
      headers.get("sec-fetch-dest") === "document" && (method === "GET" || method === "HEAD");
    return sameSite === "Strict" || !navigates;
  }

  #for(origin: string): NamedCookie {
    return this.#at(origin).cookie;
  }

  #at(origin: string): { readonly isLoopback: boolean; readonly cookie: NamedCookie } {
    if (this.#last.origin !== origin) {
      const loopback = isLoopback(origin);
      const cookie = this.#mode === "auto" && loopback ? this.#plain : this.#secure;
      this.#last = { origin, isLoopback: loopback, cookie };
    }
    return this.#last;
  }

  #warnOfPlainHttp(origin: string): void {
    if (this.#warned || this.#mode === false || origin.startsWith("https:")) return;
    if (this.#at(origin).isLoopback) return;
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

/** Whether an origin is plain http to this very machine, where browsers need no https. */
export function isLoopback(origin: string): boolean {
  const start = "http://".length;
  if (!origin.startsWith("http://")) return false;
  const end = origin[start] === "[" ? origin.indexOf("]", start) + 1 : origin.indexOf(":", start);
  const host = origin.slice(start, end < start ? undefined : end);
  return host === "localhost" || host.endsWith(".localhost") || host === "[::1]" ||
    (host.startsWith("127.") && /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host));
}

// `Partitioned` and `SameSite=None` are taken only from a Secure cookie: left out on a loopback host.
function insecure(options: SessionCookieOptions): CookieAttributes {
  const attributes = { ...attributesOf(options, false), partitioned: false };
  return options.sameSite === "None" ? { ...attributes, sameSite: "Lax" } : attributes;
}

function attributesOf(options: SessionCookieOptions, secure: boolean): CookieAttributes {
  const { path = "/", domain, httpOnly = true, sameSite = "Lax", partitioned = false } = options;
  const attributes: CookieAttributes = { path, httpOnly, sameSite, secure, partitioned };
  return domain === undefined ? attributes : { ...attributes, domain };
}

function named(cookieName: string, attributes: CookieAttributes, prefix: boolean): NamedCookie {
  const hostOnly = attributes.secure === true && attributes.path === "/" &&
    attributes.domain === undefined;
  const already = cookieName.startsWith(HOST_PREFIX);
  const name = prefix && hostOnly && !already ? HOST_PREFIX + cookieName : cookieName;
  checkCookieName(name);
  checkCookiePrefix(name, attributes);
  return { name, attributes: cookieAttributes(attributes), sameSite: attributes.sameSite };
}
