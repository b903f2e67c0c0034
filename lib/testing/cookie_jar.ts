/**
 * A browser's cookies: what it keeps, and what it sends (RFC 6265bis, sections 5.7 and 5.8).
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
  /** The name; empty for a nameless cookie. */
  readonly name: string;
  /** The value, octet for octet. */
  readonly value: string;
  /** The host it belongs to, in lower case, without a leading dot. */
  readonly domain: string;
  /** Whether it goes to `domain` only, and not to hosts below it. */
  readonly hostOnly: boolean;
  /** The path it goes to, and to what lies below. */
  readonly path: string;
  /** Whether it goes over TLS (or to this machine) only. */
  readonly secure: boolean;
  /** Whether scripts cannot read it. */
  readonly httpOnly: boolean;
  /** When it goes along with cross-site requests. */
  readonly sameSite: SameSite;
  /** Whether it is kept apart for each top-level site. */
  readonly partitioned: boolean;
  /** When it was first stored, in milliseconds; overwriting keeps it. */
  readonly created: number;
  /** When it ends, in milliseconds; `null` ends with the browser. */
  readonly expires: number | null;
}

/**
 * Why a browser ignores a cookie: a control character in it; neither name nor value; name and value
 * over 4096 octets; a `Domain` that is not the host or above it; `Secure` over plain http; plain
 * http writing over a Secure cookie; a `__Host-` or `__Secure-` name without what it promises;
 * `Partitioned` without `Secure`.
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

/** A `Set-Cookie` that a {@linkcode CookieJar} ignored. */
export interface RefusedCookie {
  /** The header's value. */
  readonly setCookie: string;
  /** The URL it came from. */
  readonly url: string;
  /** Why it was ignored. */
  readonly reason: CookieRefusal;
}

/** What a {@linkcode CookieJar} can be made with. */
export interface CookieJarOptions {
  /** The time in milliseconds. @default {Date.now} */
  readonly clock?: () => number;
}

/** What kind of request {@linkcode CookieJar.header} is asked for. */
export interface CookieHeaderOptions {
  /** Whether another site makes the request. @default {false} */
  readonly crossSite?: boolean;
  /** The method; only GET, HEAD, OPTIONS and TRACE carry Lax cookies from another site. @default {"GET"} */
  readonly method?: string;
  /** Whether the address bar changes with the request, as it does for a link. @default {false} */
  readonly topLevelNavigation?: boolean;
}

const JAR_KINDS: OptionKinds<CookieJarOptions> = { clock: FUNCTION };

const HEADER_KINDS: OptionKinds<CookieHeaderOptions> = {
  crossSite: BOOLEAN,
  method: TEXT,
  topLevelNavigation: BOOLEAN,
};

/**
 * The cookies of one visitor, kept and sent by the rules for browsers of RFC 6265bis.
 *
 * Where the draft leaves room: localhost and loopback addresses count as secure; a name's prefix
 * is recognised in any case; a partitioned cookie is another cookie than one of the same name that
 * is not, so the one cannot delete the other, but every top-level site is one partition. There is no
 * list of public suffixes: a `Domain` of a single label is refused unless it is the host itself
 * (then it is host-only), while `Domain=co.uk` passes. The number of cookies is not limited.
 * Browsers differ from the draft in refusing `SameSite=None` without Secure, and some send Lax
 * cookies that are younger than two minutes with a cross-site POST: the jar does neither.
 *
 * @example What was set comes back
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
   * @param options The clock.
   * @throws {TypeError} If an option is wrong or unknown.
   */
  constructor(options: CookieJarOptions = {}) {
    checkOptions("new CookieJar()", options, JAR_KINDS, TypeError);
    this.#clock = options.clock ?? Date.now;
  }

  /** What was ignored so far and why, oldest first: the answer to "where is my cookie?". */
  get refused(): readonly RefusedCookie[] {
    return this.#refused;
  }

  /**
   * Takes the value of one `Set-Cookie` header, as from a same-site response; what a browser
   * would ignore is ignored and noted in {@linkcode CookieJar.refused}.
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
   * The value of the `Cookie` header for a request, longer paths first, then older cookies first.
   *
   * @param url The URL of the request.
   * @param options Whether another site makes it, and how. Default: a same-site request.
   * @returns `null` where no cookie goes along.
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
   * One cookie by its name.
   *
   * @param name The whole name, a prefix such as `__Host-` included.
   * @param url Only what a same-site request to this URL would carry. Default: the oldest of that
   * name anywhere.
   * @returns The cookie that a server would see first, `null` where there is none.
   * @throws {TypeError} If the URL is not absolute.
   */
  get(name: string, url?: string | URL): StoredCookie | null {
    const candidates = url === undefined ? this.cookies() : this.#matching(new URL(url));
    return candidates.find((cookie) => cookie.name === name) ?? null;
  }

  /** Forgets every cookie, and what was refused. */
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

  /** Section 5.7, in its order. */
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
    // A cookie that arrives expired has just deleted its predecessor.
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

/** `Max-Age` before `Expires`, at most 400 days ahead. */
function expiryOf({ maxAge, expires }: ReceivedCookie, now: number): number | null {
  if (maxAge !== null) {
    return maxAge <= 0 ? -Infinity : now + 1000 * Math.min(maxAge, MAX_COOKIE_AGE);
  }
  return expires === null ? null : Math.min(expires, now + 1000 * MAX_COOKIE_AGE);
}

/** Which hosts a cookie may go to; `null` where `Domain` is not the host's to give. */
function scopeOf(
  domain: string | null,
  host: string,
): { domain: string; hostOnly: boolean } | null {
  if (domain === null || domain === "") return { domain: host, hostOnly: true };
  if (!domain.includes(".")) return domain === host ? { domain: host, hostOnly: true } : null;
  // The host is ASCII, so a Domain that is not falls here too.
  return domainMatches(host, domain) ? { domain, hostOnly: false } : null;
}

/** A nameless cookie is sent as its bare value, which must not read as a prefixed name. */
function keepsPrefix(cookie: StoredCookie, hasPath: boolean): boolean {
  const prefix = cookiePrefix(cookie.name || cookie.value);
  // RFC 6265bis does not know this prefix.
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
