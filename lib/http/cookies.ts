/**
 * Reads the header `Cookie` and writes the header `Set-Cookie`.
 *
 * `Cookie` is read in one pass, without decoding and without removing quotes. A semicolon ends a
 * pair, the first `=` ends its name, and spaces and tabs at the ends are removed. A pair without
 * `=`, or with an empty name, is ignored (CVE-2023-23934). If a name occurs twice, then the first
 * pair counts. Browsers send the cookie with the longer path first (RFC 6265bis, section 5.8.3).
 *
 * Writing `Set-Cookie` throws for a cookie that browsers would drop or misread. Attributes are
 * checked and joined once, at start-up. A request only adds the value.
 *
 * @module
 */

import { isOws, TOKEN, trimOws } from "./field_syntax.ts";

/** The most cookies that are listed: five times as many as browsers keep for a site. */
const MAX_PAIRS = 1_000;

/**
 * Reads the cookies of a request, the first of each name, without decoding their values.
 *
 * Pyramid: `request.cookies`. Quotes are kept. A visitor can forge every value, so do not trust it.
 *
 * @example Read one, read all
 * ```ts
 * import { dummyRequest } from "@pyramidion/pyramidion/testing";
 * import { assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * const cookie = "theme=dark; lang=en; theme=light";
 * const { cookies } = dummyRequest({ headers: { cookie } });
 * assertEquals(cookies.get("theme"), "dark");
 * assertEquals([...cookies], [["theme", "dark"], ["lang", "en"]]);
 * ```
 */
export class RequestCookies implements Iterable<[name: string, value: string]> {
  readonly #header: string | null;

  /**
   * Keeps the header. It is parsed when a cookie is read.
   *
   * @param header The value of the `Cookie` header, or `null` if the request has none.
   */
  constructor(header: string | null) {
    this.#header = header;
  }

  /**
   * Returns the value of the first cookie with this name. The time is linear in the header.
   *
   * @param name The cookie's name. Letter case matters.
   */
  get(name: string): string | undefined {
    return readCookie(this.#header, name) ?? undefined;
  }

  /**
   * Whether the request has a cookie with this name. An empty value counts.
   *
   * @param name The cookie's name. Letter case matters.
   */
  has(name: string): boolean {
    return readCookie(this.#header, name) !== null;
  }

  /** Lists the cookies in the order of the header, the first of each name, at most 1,000. */
  *[Symbol.iterator](): IterableIterator<[name: string, value: string]> {
    const header = this.#header;
    if (header === null) return;
    const seen = new Set<string>();
    for (let start = 0; start < header.length && seen.size < MAX_PAIRS;) {
      const semicolon = header.indexOf(";", start);
      const end = semicolon === -1 ? header.length : semicolon;
      const equals = indexWithin(header, start, end);
      if (equals !== -1) {
        const name = trimOws(header, start, equals);
        if (name !== "" && !seen.has(name)) {
          seen.add(name);
          yield [name, trimOws(header, equals + 1, end)];
        }
      }
      start = end + 1;
    }
  }
}

/**
 * Reads one cookie.
 *
 * It reads the header once, up to the cookie. It allocates only the value.
 *
 * @param header The value of the `Cookie` header, or `null` if the request has none.
 * @param name The cookie's name. Letter case matters.
 * @returns The value of the first cookie with this name, which may be `""`, or `null`.
 * @internal
 */
export function readCookie(header: string | null, name: string): string | null {
  if (header === null || !canBeRead(name)) return null;
  const equals = nextCookie(header, name, 0);
  return equals === -1 ? null : valueAt(header, equals);
}

/**
 * Reads every cookie with this name.
 *
 * Browsers send several if they were set for several paths or domains. A partitioned cookie is
 * another one than a cookie that is not partitioned.
 *
 * @param header The value of the `Cookie` header, or `null` if the request has none.
 * @param name The cookie's name. Letter case matters.
 * @returns The values in their order. Empty values are left out.
 * @internal
 */
export function readCookies(header: string | null, name: string): string[] {
  const values: string[] = [];
  if (header === null || !canBeRead(name)) return values;
  for (
    let equals = nextCookie(header, name, 0);
    equals !== -1;
    equals = nextCookie(header, name, equals)
  ) {
    const value = valueAt(header, equals);
    if (value !== "") values.push(value);
  }
  return values;
}

const EQUALS = 0x3d;
const SEMICOLON = 0x3b;

/** The index of the equals sign of the next pair with this name, or -1. */
function nextCookie(header: string, name: string, from: number): number {
  for (
    let at = header.indexOf(name, from);
    at !== -1;
    at = header.indexOf(name, at + name.length)
  ) {
    let before = at - 1;
    while (before >= 0 && isOws(header.charCodeAt(before))) before--;
    if (before >= 0 && header.charCodeAt(before) !== SEMICOLON) continue;
    let after = at + name.length;
    while (isOws(header.charCodeAt(after))) after++;
    if (header.charCodeAt(after) === EQUALS) return after;
  }
  return -1;
}

function valueAt(header: string, equals: number): string {
  const end = header.indexOf(";", equals);
  return trimOws(header, equals + 1, end === -1 ? header.length : end);
}

/** Whether the grammar of the header allows the name. */
function canBeRead(name: string): boolean {
  return name !== "" && !name.includes("=") && !name.includes(";") &&
    !isOws(name.charCodeAt(0)) && !isOws(name.charCodeAt(name.length - 1));
}

/**
 * Looks for `=` within the pair only. `indexOf` would scan the rest of the header for each pair
 * without one.
 */
function indexWithin(header: string, start: number, end: number): number {
  for (let at = start; at < end; at++) if (header.charCodeAt(at) === EQUALS) return at;
  return -1;
}

/** The attributes of a cookie, named as in RFC 6265bis and MDN. */
export interface CookieAttributes {
  /**
   * Browsers send the cookie to this path and to the paths below it. It starts with `/` and has
   * visible ASCII without `;`, at most 1,024 bytes.
   */
  readonly path?: string;
  /**
   * Browsers send the cookie to this host and to its subdomains. Default: only to the host that set
   * it.
   */
  readonly domain?: string;
  /** Whether browsers send the cookie over https only. @default {false} */
  readonly secure?: boolean;
  /** Whether the cookie is hidden from scripts. @default {false} */
  readonly httpOnly?: boolean;
  /** Whether browsers send the cookie with requests from other sites. `None` needs `secure`. */
  readonly sameSite?: "Strict" | "Lax" | "None";
  /**
   * Whether browsers keep a separate cookie for each site that embeds the page (CHIPS). It needs
   * `secure`. @default {false}
   */
  readonly partitioned?: boolean;
  /**
   * The seconds that the browser keeps the cookie, 0 to 34,560,000 (400 days). Default: until the
   * browser closes.
   */
  readonly maxAge?: number;
}

/**
 * The most bytes of name and value together. Browsers drop a larger cookie.
 *
 * Source: RFC 6265bis, section 5.7.
 *
 * @internal
 */
export const MAX_COOKIE_BYTES = 4_096;

/**
 * The most bytes of an attribute's value. Browsers ignore a longer attribute.
 *
 * Source: RFC 6265bis, section 5.6.
 *
 * @internal
 */
export const MAX_COOKIE_ATTRIBUTE_BYTES = 1_024;

/**
 * The most seconds that browsers keep a cookie: 400 days. They shorten a longer time to this.
 *
 * Source: RFC 6265bis, section 5.5.
 *
 * @internal
 */
export const MAX_COOKIE_AGE = 34_560_000;

/**
 * Name prefixes for which browsers demand certain attributes.
 *
 * Source: RFC 6265bis, section 4.1.3. The two `Http` prefixes come from its successor.
 *
 * @internal
 */
export const COOKIE_PREFIXES = {
  /** `Secure`. */
  secure: "__Secure-",
  /** `Secure`, the path `/`, no `Domain`. */
  host: "__Host-",
  /** `Secure` and `HttpOnly`. */
  http: "__Http-",
  /** All attributes of `host` and `http`. */
  hostHttp: "__Host-Http-",
} as const;

/**
 * One of {@linkcode COOKIE_PREFIXES}.
 *
 * @internal
 */
export type CookiePrefix = typeof COOKIE_PREFIXES[keyof typeof COOKIE_PREFIXES];

/** The longest prefix first, because `__Host-Http-` begins with `__Host-`. */
const PREFIXES: readonly CookiePrefix[] = Object.values(COOKIE_PREFIXES)
  .sort((one, other) => other.length - one.length);

/**
 * Finds the prefix of a cookie's name. Like browsers, it ignores letter case.
 *
 * @param name The cookie's name.
 * @internal
 */
export function cookiePrefix(name: string): CookiePrefix | undefined {
  if (!name.startsWith("__")) return undefined;
  const lower = name.toLowerCase();
  return PREFIXES.find((prefix) => lower.startsWith(prefix.toLowerCase()));
}

const PATH = /^\/[\x21-\x3a\x3c-\x7e]*$/;
const LABEL = /^(?!-)[0-9A-Za-z_-]{1,63}(?<!-)$/;
const NOT_COOKIE_OCTET = /[^\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]/;

/**
 * Checks attributes and writes the part of `Set-Cookie` after the value.
 *
 * @param attributes The attributes.
 * @returns Text such as `; Path=/; Secure; HttpOnly; SameSite=Lax`, or `""`.
 * @throws {TypeError} If an attribute does not follow RFC 6265bis, section 4.1.1, or contradicts
 * another one.
 * @throws {RangeError} If `path`, `domain` or `maxAge` is out of bounds.
 * @internal
 */
export function cookieAttributes(attributes: CookieAttributes): string {
  const { path, domain, secure, httpOnly, sameSite, partitioned, maxAge } = attributes;
  if (path !== undefined) checkPath(path);
  if (domain !== undefined) checkDomain(domain);
  if (sameSite !== undefined && !["Strict", "Lax", "None"].includes(sameSite)) {
    throw new TypeError(
      `Cannot use SameSite ${JSON.stringify(sameSite)}: write "Strict", "Lax" or "None"`,
    );
  }
  for (const [name, flag] of Object.entries({ secure, httpOnly, partitioned })) {
    if (flag !== undefined && typeof flag !== "boolean") {
      throw new TypeError(
        `Cannot use cookie attribute "${name}": it is ${
          JSON.stringify(flag)
        }, must be true or false`,
      );
    }
  }
  if (sameSite === "None" && secure !== true) {
    throw new TypeError(
      'Cannot use SameSite "None" without Secure: browsers drop such a cookie: set secure to true',
    );
  }
  if (partitioned === true && secure !== true) {
    throw new TypeError(
      "Cannot use Partitioned without Secure: browsers drop such a cookie: set secure to true",
    );
  }
  if (maxAge !== undefined) checkMaxAge(maxAge);
  return (path === undefined ? "" : `; Path=${path}`) +
    (domain === undefined ? "" : `; Domain=${domain}`) +
    (secure === true ? "; Secure" : "") +
    (httpOnly === true ? "; HttpOnly" : "") +
    (sameSite === undefined ? "" : `; SameSite=${sameSite}`) +
    (partitioned === true ? "; Partitioned" : "") +
    (maxAge === undefined ? "" : `; Max-Age=${maxAge}`);
}

/**
 * Checks a cookie's name.
 *
 * @param name A token of RFC 9110, section 5.6.2.
 * @throws {TypeError} If the name is not a token. It is also thrown for `__proto__`, because it
 * breaks programs that keep cookies in plain objects.
 * @internal
 */
export function checkCookieName(name: string): void {
  if (!TOKEN.test(name)) {
    throw new TypeError(
      `Cannot name a cookie ${
        JSON.stringify(name)
      }: use letters, digits and !#$%&'*+-.^_\`|~ only, at least one`,
    );
  }
  if (name === "__proto__") {
    throw new TypeError('Cannot name a cookie "__proto__": choose another name');
  }
}

/**
 * Checks that a cookie has the attributes that browsers demand for the prefix of its name.
 *
 * @param name The cookie's name.
 * @param attributes Its attributes.
 * @throws {TypeError} If an attribute is missing or forbidden.
 * @internal
 */
export function checkCookiePrefix(name: string, attributes: CookieAttributes): void {
  const prefix = cookiePrefix(name);
  if (prefix === undefined) return;
  const refuse = (problem: string): never => {
    throw new TypeError(
      `Cannot name a cookie "${name}": browsers drop a cookie whose name begins with "${
        name.slice(0, prefix.length)
      }" ${problem}`,
    );
  };
  if (attributes.secure !== true) refuse("without Secure: set secure to true");
  if (prefix === COOKIE_PREFIXES.host || prefix === COOKIE_PREFIXES.hostHttp) {
    if (attributes.path !== "/") refuse('unless its path is "/": set path to "/"');
    if (attributes.domain !== undefined) refuse("and a domain: leave domain out");
  }
  if (prefix === COOKIE_PREFIXES.http || prefix === COOKIE_PREFIXES.hostHttp) {
    if (attributes.httpOnly !== true) refuse("without HttpOnly: set httpOnly to true");
  }
}

/**
 * Writes the value of a `Set-Cookie` header.
 *
 * The caller must check the size against {@linkcode MAX_COOKIE_BYTES}.
 *
 * @param name A name that {@linkcode checkCookieName} accepted.
 * @param value Characters that need no quotes (RFC 6265bis, `cookie-octet`). They are not encoded.
 * @param attributes The result of {@linkcode cookieAttributes}.
 * @throws {TypeError} If the value has another character. The message does not show the value.
 * @internal
 */
export function serializeCookie(name: string, value: string, attributes: string): string {
  const at = value.search(NOT_COOKIE_OCTET);
  if (at !== -1) {
    const code = value.charCodeAt(at).toString(16).toUpperCase().padStart(4, "0");
    throw new TypeError(
      `Cannot write cookie "${name}": the value has U+${code} at position ${at}, ` +
        "which a cookie cannot carry: encode it, in Base64url for example",
    );
  }
  return `${name}=${value}${attributes}`;
}

/**
 * Writes the `Set-Cookie` header that removes a cookie.
 *
 * Give the attributes that the cookie was set with. Browsers identify a cookie by its name, path,
 * domain and partition. They ignore the deletion of a `__Host-` cookie without `Secure`, and of a
 * partitioned cookie without `Partitioned`.
 *
 * @param name The cookie's name.
 * @param attributes The result of {@linkcode cookieAttributes} for the cookie. Its Max-Age is
 * replaced.
 * @internal
 */
export function deletionCookie(name: string, attributes: string): string {
  const kept = attributes.replace(/; Max-Age=\d+/, "");
  return `${name}=${kept}; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT`;
}

function checkPath(path: string): void {
  if (typeof path !== "string" || !PATH.test(path)) {
    throw new TypeError(
      `Cannot use cookie path ${
        JSON.stringify(path)
      }: must start with "/" and hold visible ASCII without ";" only`,
    );
  }
  if (path.length > MAX_COOKIE_ATTRIBUTE_BYTES) {
    throw new RangeError(
      `Cannot use a cookie path of ${path.length} bytes: must be at most ${MAX_COOKIE_ATTRIBUTE_BYTES}`,
    );
  }
}

function checkDomain(domain: string): void {
  const refuse = (advice: string): never => {
    throw new TypeError(`Cannot use cookie domain ${JSON.stringify(domain)}: ${advice}`);
  };
  if (typeof domain !== "string") refuse("must be a host name");
  if (domain.length > MAX_COOKIE_ATTRIBUTE_BYTES) {
    throw new RangeError(
      `Cannot use a cookie domain of ${domain.length} bytes: must be at most ${MAX_COOKIE_ATTRIBUTE_BYTES}`,
    );
  }
  if (domain.startsWith(".")) {
    refuse("leave out the leading dot, because a domain includes its subdomains without it");
  }
  if (domain.length > 253 || !domain.split(".").every((label) => LABEL.test(label))) {
    refuse("must be a host name, without port, in ASCII (Punycode for other letters)");
  }
}

function checkMaxAge(seconds: number): void {
  if (!Number.isSafeInteger(seconds) || seconds < 0 || seconds > MAX_COOKIE_AGE) {
    throw new RangeError(
      `Cannot use Max-Age ${seconds}: must be a whole number of seconds from 0 to ${MAX_COOKIE_AGE} ` +
        "(400 days)",
    );
  }
}
