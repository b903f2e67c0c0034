/**
 * The `Set-Cookie` header, written strictly: what browsers would drop or misread is refused.
 *
 * Attributes are checked and put together once, at start-up; a request only adds the value.
 *
 * @module
 */

import { TOKEN } from "./field_syntax.ts";

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
 * The longest Max-Age that browsers keep to, in seconds: 400 days (RFC 6265bis, section 5.6).
 *
 * @internal
 */
export const MAX_COOKIE_AGE = 34_560_000;

/**
 * Browsers drop a cookie whose name and value have more bytes (RFC 6265bis, section 5.6).
 *
 * @internal
 */
export const MAX_COOKIE_BYTES = 4_096;

/**
 * The prefixes of cookie names that browsers enforce, compared without case (RFC 6265bis, section
 * 4.1.3); the `__Http-` prefixes come from its successor.
 *
 * @internal
 */
export const COOKIE_PREFIX: RegExp = /^__(?:host-http|host|http|secure)-/i;

/**
 * In front of the name of a cookie of one host, for every path, that browsers take over https only.
 *
 * @internal
 */
export const HOST_PREFIX = "__Host-";

/**
 * In front of the name of a cookie that browsers take over https only.
 *
 * @internal
 */
export const SECURE_PREFIX = "__Secure-";

const MOST_BYTES = 1_024;
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
 * @throws {TypeError} If it is none, or `__proto__`, on which programs that keep cookies in plain
 * objects stumble.
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
  const prefix = COOKIE_PREFIX.exec(name)?.[0];
  if (prefix === undefined) return;
  const refuse = (problem: string): never => {
    throw new TypeError(
      `Cannot name a cookie "${name}": browsers drop a cookie whose name begins with "${prefix}" ` +
        problem,
    );
  };
  const kind = prefix.toLowerCase();
  if (attributes.secure !== true) refuse("without Secure: set secure to true");
  if (kind.startsWith("__host-")) {
    if (attributes.path !== "/") refuse('unless its path is "/": set path to "/"');
    if (attributes.domain !== undefined) refuse("and a domain: leave domain out");
  }
  if (kind.endsWith("http-") && attributes.httpOnly !== true) {
    refuse("without HttpOnly: set httpOnly to true");
  }
}

/**
 * Writes the value of a `Set-Cookie` header.
 *
 * Sizes are the caller's business: browsers drop a name and value of more than 4,096 bytes.
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
  if (path.length > MOST_BYTES) {
    throw new RangeError(
      `Cannot use a cookie path of ${path.length} bytes: must be at most ${MOST_BYTES}`,
    );
  }
}

function checkDomain(domain: string): void {
  const refuse = (advice: string): never => {
    throw new TypeError(`Cannot use cookie domain ${JSON.stringify(domain)}: ${advice}`);
  };
  if (typeof domain !== "string") refuse("must be a host name");
  if (domain.length > MOST_BYTES) {
    throw new RangeError(
      `Cannot use a cookie domain of ${domain.length} bytes: must be at most ${MOST_BYTES}`,
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
