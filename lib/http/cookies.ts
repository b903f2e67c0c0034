/**
 * The headers `Cookie` and `Set-Cookie`.
 *
 * `Cookie` is read strictly: no decoding, no quotes, in one pass. A pair stands between semicolons,
 * its name ends at the first `=`, and only spaces and tabs are taken off. A pair without `=`, or with
 * nothing before it, is ignored (CVE-2023-23934). If a name occurs twice then the first wins, which
 * by RFC 6265bis, section 5.8.3, is the one with the longer path.
 *
 * `Set-Cookie` is written strictly: it throws for what browsers would drop or misread. Attributes are
 * checked and joined once, at start-up, and a request only adds the value.
 *
 * @module
 */

import { isOws, TOKEN, trimOws } from "./field_syntax.ts";

/** Five times as many cookies as browsers keep for a site. */
const MAX_PAIRS = 1_000;

/**
 * The cookies of a request: the first of each name, their bytes untouched.
 *
 * Pyramid: `request.cookies`. Values are not decoded, not unquoted and not to be trusted.
 *
 * @example Read one, read all
 * ```ts
 * import { dummyRequest } from "@pyramidion/pyramidion/testing";
 * import { assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * const headers = { cookie: "theme=dark; lang=en; theme=light" };
 * const { cookies } = dummyRequest({ headers });
 * assertEquals(cookies.get("theme"), "dark");
 * assertEquals([...cookies], [["theme", "dark"], ["lang", "en"]]);
 * ```
 */
export class RequestCookies implements Iterable<[name: string, value: string]> {
  readonly #header: string | null;

  /**
   * Keeps the header; it is read when a cookie is.
   *
   * @param header The value of the `Cookie` header, or `null` where there is none.
   */
  constructor(header: string | null) {
    this.#header = header;
  }

  /**
   * The value of the first cookie of a name, in time linear in the header.
   *
   * @param name Compared exactly, letter case included.
   */
  get(name: string): string | undefined {
    return readCookie(this.#header, name) ?? undefined;
  }

  /**
   * Whether there is a cookie of a name, an empty one included.
   *
   * @param name Compared exactly, letter case included.
   */
  has(name: string): boolean {
    return readCookie(this.#header, name) !== null;
  }

  /**
   * The cookies in the order of the header, the first of each name: at most 1,000.
   */
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
 * One pass over the header up to the cookie, whatever else it carries; nothing is built but the
 * value.
 *
 * @param header The value of the `Cookie` header, or `null` where there is none.
 * @param name The cookie's name, compared exactly.
 * @returns The bytes of the first cookie of that name, which may be `""`, or `null`.
 * @internal
 */
export function readCookie(header: string | null, name: string): string | null {
  if (header === null || !canBeRead(name)) return null;
  const equals = nextCookie(header, name, 0);
  return equals === -1 ? null : valueAt(header, equals);
}

/**
 * Reads every cookie of a name: browsers send several where they were set for several paths or
 * domains, or once partitioned and once not.
 *
 * @param header The value of the `Cookie` header, or `null` where there is none.
 * @param name The cookie's name, compared exactly.
 * @returns The bytes of each, in their order; the empty ones are left out.
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

/** The equals sign of the next pair of a name; -1 where there is none. */
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

/** Names that the grammar of the header cannot spell. */
function canBeRead(name: string): boolean {
  return name !== "" && !name.includes("=") && !name.includes(";") &&
    !isOws(name.charCodeAt(0)) && !isOws(name.charCodeAt(name.length - 1));
}

/** Looks for `=` no further than the pair: `indexOf` would scan the rest for every pair without one. */
function indexWithin(header: string, start: number, end: number): number {
  for (let at = start; at < end; at++) if (header.charCodeAt(at) === EQUALS) return at;
  return -1;
}

/** The attributes of a cookie, in the words of RFC 6265bis and MDN. */
export interface CookieAttributes {
  /** Paths that get the cookie: starts with `/`, visible ASCII without `;`, at most 1,024 bytes. */
  readonly path?: string;
  /** Host whose subdomains get the cookie too; without it only the very host that set it. */
  readonly domain?: string;
  /** Whether it is sent over https only. @default {false} */
  readonly secure?: boolean;
  /** Whether scripts cannot read it. @default {false} */
  readonly httpOnly?: boolean;
  /** Whether requests from other sites carry it; `None` needs `secure`. */
  readonly sameSite?: "Strict" | "Lax" | "None";
  /** Whether embedded pages get a jar for each embedding site (CHIPS); needs `secure`. @default {false} */
  readonly partitioned?: boolean;
  /** Seconds that the browser keeps it, 0 to 34,560,000 (400 days); without it until it closes. */
  readonly maxAge?: number;
}

/**
 * The bytes of name and value together that browsers keep; they drop a larger cookie.
 *
 * Source: RFC 6265bis, section 5.7.
 *
 * @internal
 */
export const MAX_COOKIE_BYTES = 4_096;

/**
 * The bytes of an attribute's value that browsers read; they ignore a longer attribute.
 *
 * Source: RFC 6265bis, section 5.6.
 *
 * @internal
 */
export const MAX_COOKIE_ATTRIBUTE_BYTES = 1_024;

/**
 * The seconds that browsers keep a cookie: 400 days. They shorten a longer life to this one.
 *
 * Source: RFC 6265bis, section 5.5.
 *
 * @internal
 */
export const MAX_COOKIE_AGE = 34_560_000;

/**
 * The prefixes of names that browsers accept only with the attributes that each promises.
 *
 * Source: RFC 6265bis, section 4.1.3; the two `Http` prefixes come from its successor.
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
  /** All that `host` and `http` promise. */
  hostHttp: "__Host-Http-",
} as const;

/**
 * One of {@linkcode COOKIE_PREFIXES}.
 *
 * @internal
 */
export type CookiePrefix = typeof COOKIE_PREFIXES[keyof typeof COOKIE_PREFIXES];

/** The longest first: `__Host-Http-` begins with `__Host-`. */
const PREFIXES: readonly CookiePrefix[] = Object.values(COOKIE_PREFIXES)
  .sort((one, other) => other.length - one.length);

/**
 * The prefix that browsers find in a cookie's name. They ignore letter case.
 *
 * @param name The name of a cookie.
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
 * Checks attributes and writes them as they follow the value.
 *
 * @param attributes The attributes.
 * @returns Such as `; Path=/; Secure; HttpOnly; SameSite=Lax`; `""` for none.
 * @throws {TypeError} If an attribute is not spelt as RFC 6265bis, section 4.1.1, wants it, or two
 * of them contradict each other.
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
    throw new TypeError('Cannot use SameSite "None" without Secure: browsers drop such a cookie');
  }
  if (partitioned === true && secure !== true) {
    throw new TypeError("Cannot use Partitioned without Secure: browsers drop such a cookie");
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
 * @throws {TypeError} If it is no token, or `__proto__`, which breaks programs that keep cookies in
 * plain objects.
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
 * Checks that a cookie whose name begins with a prefix has the attributes that browsers demand.
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
 * The caller checks the size, see {@linkcode MAX_COOKIE_BYTES}.
 *
 * @param name A name that {@linkcode checkCookieName} let through.
 * @param value Octets that need no quoting (RFC 6265bis `cookie-octet`), as they are.
 * @param attributes What {@linkcode cookieAttributes} wrote.
 * @throws {TypeError} If the value holds anything else; the message does not quote it.
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
 * Browsers know the cookie by its name, path, domain and partition, and ignore the deletion of a
 * `__Host-` cookie without Secure, or of a partitioned one without Partitioned: give the attributes
 * it was set with.
 *
 * @param name The cookie's name.
 * @param attributes What {@linkcode cookieAttributes} wrote for it; its Max-Age is replaced.
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
    refuse("leave out the leading dot, subdomains are meant without it");
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
