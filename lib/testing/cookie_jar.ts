/**
 * The cookie store of a browser: which cookies it keeps and sends (RFC 6265bis, sections 5.7 and
 * 5.8).
 *
 * @module
 */

import { BOOLEAN, checkOptions, FUNCTION, type OptionKinds, TEXT } from "../check_options.ts";
import {
  COOKIE_PREFIXES,
  cookiePrefix,
  MAX_COOKIE_AGE,
  MAX_COOKIE_BYTES,
} from "../http/cookies.ts";
import { SAFE_METHODS } from "../http/request.ts";
import { isIpAddressHost, isPotentiallyTrustworthy } from "./navigation.ts";
import { octets, parseSetCookie, type ReceivedCookie, type SameSite } from "./set_cookie.ts";

/** A cookie in a {@linkcode CookieJar}. */
export interface StoredCookie {
  /** The name. It is empty for a cookie without a name. */
  readonly name: string;
  /** The value, unchanged. */
  readonly value: string;
  /** The host to which the cookie belongs, in lower case and without a leading dot. */
  readonly domain: string;
  /** Whether the browser sends it to `domain` only, and not to its subdomains. */
  readonly hostOnly: boolean;
  /** The path with which the path of a request must begin. */
  readonly path: string;
  /** Whether the browser sends it over TLS, or to this machine, only. */
  readonly secure: boolean;
  /** Whether scripts cannot read it. */
  readonly httpOnly: boolean;
  /** The attribute `SameSite`, which limits cross-site requests. */
  readonly sameSite: SameSite;
  /** Whether it has the attribute `Partitioned`. */
  readonly partitioned: boolean;
  /** The time of its first storing, in milliseconds. A new value does not change it. */
  readonly created: number;
  /** The time of its end, in milliseconds. `null` means that it ends with the browser. */
  readonly expires: number | null;
}

/**
 * The reason why a browser rejects a cookie (RFC 6265bis, section 5.7).
 *
 * - `control-character`: the header has a control character other than the tab.
 * - `empty`: the cookie has neither name nor value.
 * - `too-large`: name and value together have more than 4,096 bytes.
 * - `domain`: `Domain` is neither the host nor a parent domain of it.
 * - `insecure`: the response came over plain http, and the cookie is `Secure`.
 * - `overlays-secure`: the response came over plain http, and the cookie would hide a `Secure`
 *   cookie.
 * - `prefix`: a `__Host-` or `__Secure-` cookie lacks an attribute that the prefix demands.
 * - `partitioned`: the cookie is `Partitioned` and not `Secure`.
 */
export type CookieRefusal =
  | "control-character"
  | "empty"
  | "too-large"
  | "domain"
  | "insecure"
  | "overlays-secure"
  | "prefix"
  | "partitioned";

/** A `Set-Cookie` header that a {@linkcode CookieJar} rejected. */
export interface RefusedCookie {
  /** The header's value. */
  readonly setCookie: string;
  /** The URL of the request that was answered. */
  readonly url: string;
  /** Why the jar rejected it. */
  readonly reason: CookieRefusal;
}

/** The options of a {@linkcode CookieJar}. */
export interface CookieJarOptions {
  /** Gives the time in milliseconds since 1970. @default {Date.now} */
  readonly clock?: () => number;
}

/** The options of {@linkcode CookieJar.header}: the kind of the request. */
export interface CookieHeaderOptions {
  /** Whether another site makes the request. @default {false} */
  readonly crossSite?: boolean;
  /**
   * The method. From another site, browsers send `Lax` cookies with GET, HEAD, OPTIONS and TRACE
   * only. @default {"GET"}
   */
  readonly method?: string;
  /** Whether the request changes the address bar, as a click on a link does. @default {false} */
  readonly topLevelNavigation?: boolean;
}

const JAR_KINDS: OptionKinds<CookieJarOptions> = { clock: FUNCTION };

const HEADER_KINDS: OptionKinds<CookieHeaderOptions> = {
  crossSite: BOOLEAN,
  method: TEXT,
  topLevelNavigation: BOOLEAN,
};

/**
 * Keeps and sends the cookies of one visitor by the rules for browsers in RFC 6265bis.
 *
 * The draft leaves some points open. In the jar, localhost and loopback addresses count as secure.
 * It recognizes the prefix of a name in upper and lower case. A partitioned cookie and another
 * cookie can have the same name, and neither deletes the other. All top-level sites share one
 * partition. The number of cookies is not limited.
 *
 * The jar has no list of public suffixes. It rejects a `Domain` without a dot, unless it is the
 * host itself. It accepts `Domain=co.uk`, which browsers reject.
 *
 * Browsers also differ from the draft. They reject `SameSite=None` without `Secure`. Some send
 * `Lax` cookies of the last two minutes with a cross-site POST. The jar does neither.
 *
 * @example The jar sends the cookies that it stored
 * ```ts
 * import { CookieJar } from "@pyramidion/pyramidion/testing";
 * import { assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * const jar = new CookieJar();
 * jar.store("a=1; Path=/; SameSite=Lax", "https://app.test/sign-in");
 * jar.store("b=2; Path=/; Domain=other.test", "https://app.test/");
 * assertEquals(jar.header("https://app.test/"), "a=1");
 * assertEquals(jar.header("https://app.test/", { crossSite: true }), null);
 * assertEquals(jar.refused[0]?.reason, "domain");
 * ```
 */
export class CookieJar {
  readonly #clock: () => number;
  // In order of creation, because a key that is set again keeps its position.
  readonly #cookies = new Map<string, StoredCookie>();
  readonly #refused: RefusedCookie[] = [];

  /**
   * Makes an empty jar.
   *
   * @param options The clock, by which cookies expire.
   * @throws {TypeError} If an option is wrong or unknown.
   */
  constructor(options: CookieJarOptions = {}) {
    checkOptions("new CookieJar()", options, JAR_KINDS, TypeError);
    this.#clock = options.clock ?? Date.now;
  }

  /** The rejected cookies and the reasons, the oldest first. Look here if a cookie is missing. */
  get refused(): readonly RefusedCookie[] {
    return this.#refused;
  }

  /**
   * Stores the cookie of one `Set-Cookie` header, as of a same-site response.
   *
   * If a browser would reject the cookie, the jar rejects it and notes it in
   * {@linkcode CookieJar.refused}.
   *
   * @param setCookie The header's value.
   * @param url The URL of the request that was answered.
   * @throws {TypeError} If the URL is not absolute.
   */
  store(setCookie: string, url: string | URL): void {
    const from = new URL(url);
    const received = parseSetCookie(setCookie);
    const reason = received === null ? "control-character" : this.#receive(received, from);
    if (reason !== null) this.#refused.push({ setCookie, url: from.href, reason });
  }

  /**
   * Makes the value of the `Cookie` header for a request.
   *
   * Cookies with longer paths come first, and then older cookies.
   *
   * @param url The URL of the request.
   * @param options The kind of the request. Default: a same-site GET.
   * @returns The value, or `null` if the browser sends no cookie.
   * @throws {TypeError} If the URL is not absolute, or an option is wrong or unknown.
   */
  header(url: string | URL, options: CookieHeaderOptions = {}): string | null {
    checkOptions("jar.header()", options, HEADER_KINDS, TypeError);
    const { crossSite = false, method = "GET", topLevelNavigation = false } = options;
    const laxToo = topLevelNavigation && SAFE_METHODS.includes(method);
    const sent = this.#matching(new URL(url)).filter(({ sameSite }) =>
      !crossSite || sameSite === "None" || (laxToo && sameSite !== "Strict")
    );
    if (sent.length === 0) return null;
    return sent.map(({ name, value }) => name === "" ? value : `${name}=${value}`).join("; ");
  }

  /** The cookies that have not expired, oldest first. */
  cookies(): StoredCookie[] {
    this.#evict(this.#clock());
    return [...this.#cookies.values()];
  }

  /**
   * Finds a cookie by its name.
   *
   * @param name The whole name, with a prefix such as `__Host-`.
   * @param url The URL of a same-site request that would carry the cookie. Default: any URL, and
   * the oldest cookie of that name is found.
   * @returns The cookie that a server would see first, or `null` if the jar has no such cookie.
   * @throws {TypeError} If the URL is not absolute.
   */
  get(name: string, url?: string | URL): StoredCookie | null {
    const candidates = url === undefined ? this.cookies() : this.#matching(new URL(url));
    return candidates.find((cookie) => cookie.name === name) ?? null;
  }

  /** Deletes every cookie, and empties the list of rejected cookies. */
  clear(): void {
    this.#cookies.clear();
    this.#refused.length = 0;
  }

  #evict(now: number): void {
    for (const [key, { expires }] of this.#cookies) {
      if (expires !== null && expires <= now) this.#cookies.delete(key);
    }
  }

  #matching(url: URL): StoredCookie[] {
    const secure = isPotentiallyTrustworthy(url);
    return this.cookies()
      .filter((cookie) =>
        (cookie.hostOnly
          ? url.hostname === cookie.domain
          : domainMatches(url.hostname, cookie.domain)) &&
        pathMatches(url.pathname, cookie.path) && (secure || !cookie.secure)
      )
      .sort((a, b) => b.path.length - a.path.length);
  }

  /** The steps of RFC 6265bis, section 5.7, in their order. */
  #receive(received: ReceivedCookie, url: URL): CookieRefusal | null {
    const { name, value, secure, httpOnly, sameSite, partitioned } = received;
    const now = this.#clock();
    this.#evict(now);
    if (name === "" && value === "") return "empty";
    if (octets(name) + octets(value) > MAX_COOKIE_BYTES) return "too-large";
    const scope = scopeOf(received.domain, url.hostname);
    if (scope === null) return "domain";
    const path = received.path || defaultPath(url.pathname);
    const trustworthy = isPotentiallyTrustworthy(url);
    if (secure && !trustworthy) return "insecure";
    const cookie: StoredCookie = {
      name,
      value,
      ...scope,
      path,
      secure,
      httpOnly,
      sameSite,
      partitioned,
      created: now,
      expires: expiryOf(received, now),
    };
    if (!trustworthy && this.#overlaysSecure(cookie)) return "overlays-secure";
    if (!keepsPrefix(cookie, received.path !== null)) return "prefix";
    if (partitioned && !secure) return "partitioned";
    const key = JSON.stringify([name, scope.domain, scope.hostOnly, path, partitioned]);
    const created = this.#cookies.get(key)?.created ?? now;
    this.#cookies.set(key, { ...cookie, created });
    // A cookie that arrives expired deletes the earlier cookie.
    this.#evict(now);
    return null;
  }

  #overlaysSecure(cookie: StoredCookie): boolean {
    return [...this.#cookies.values()].some((old) =>
      old.secure && old.name === cookie.name && pathMatches(cookie.path, old.path) &&
      (domainMatches(old.domain, cookie.domain) || domainMatches(cookie.domain, old.domain))
    );
  }
}

/** `Max-Age` goes before `Expires`. The end is at most 400 days ahead. */
function expiryOf({ maxAge, expires }: ReceivedCookie, now: number): number | null {
  if (maxAge !== null) {
    return maxAge <= 0 ? -Infinity : now + 1000 * Math.min(maxAge, MAX_COOKIE_AGE);
  }
  return expires === null ? null : Math.min(expires, now + 1000 * MAX_COOKIE_AGE);
}

/** The hosts to which the browser sends a cookie. `null` if the host cannot set this `Domain`. */
function scopeOf(
  domain: string | null,
  host: string,
): { domain: string; hostOnly: boolean } | null {
  if (domain === null || domain === "") return { domain: host, hostOnly: true };
  if (!domain.includes(".")) return domain === host ? { domain: host, hostOnly: true } : null;
  // The host is ASCII, so that a Domain with other characters never matches.
  return domainMatches(host, domain) ? { domain, hostOnly: false } : null;
}

/**
 * Checks the prefix of a cookie. For a cookie without a name, the value must not look like a
 * prefixed name.
 */
function keepsPrefix(cookie: StoredCookie, hasPath: boolean): boolean {
  const prefix = cookiePrefix(cookie.name || cookie.value);
  // RFC 6265bis does not define this prefix.
  if (prefix === undefined || prefix === COOKIE_PREFIXES.http) return true;
  if (cookie.name === "" || !cookie.secure) return false;
  return prefix === COOKIE_PREFIXES.secure ||
    (cookie.hostOnly && hasPath && cookie.path === "/");
}

function domainMatches(host: string, domain: string): boolean {
  if (host === domain) return true;
  return !isIpAddressHost(host) && host.endsWith(`.${domain}`);
}

function pathMatches(path: string, cookiePath: string): boolean {
  if (!path.startsWith(cookiePath)) return false;
  return path.length === cookiePath.length || cookiePath.endsWith("/") ||
    path[cookiePath.length] === "/";
}

function defaultPath(path: string): string {
  return path.slice(0, path.lastIndexOf("/")) || "/";
}
