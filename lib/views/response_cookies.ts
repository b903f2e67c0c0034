/**
 * Cookies that views set.
 *
 * @module
 */

import {
  BOOLEAN,
  checkOptions,
  describe,
  NUMBER,
  oneOf,
  type OptionKinds,
  TEXT,
} from "../check_options.ts";
import {
  checkCookieName,
  checkCookiePrefix,
  COOKIE_PREFIXES,
  type CookieAttributes,
  cookieAttributes,
  cookiePrefix,
  deletionCookie,
  MAX_COOKIE_BYTES,
  serializeCookie,
} from "../http/cookies.ts";

/**
 * What `request.setCookie()` takes besides name and value. The defaults keep the cookie from scripts,
 * from other sites and from plain http.
 */
export interface CookieOptions {
  /**
   * The path under which the browser sends the cookie. Default: `mountPrefix`, or `/` if the app is
   * not mounted. For `__Host-` names the default is `/`.
   */
  readonly path?: string;
  /**
   * The host whose subdomains get the cookie too. Default: only the host of the request gets it.
   */
  readonly domain?: string;
  /** Whether it is sent over https only. Default: yes, except over plain http to this machine. */
  readonly secure?: boolean;
  /** Whether scripts cannot read it. @default {true} */
  readonly httpOnly?: boolean;
  /** Whether requests from other sites carry the cookie. `None` needs `secure`. @default {"Lax"} */
  readonly sameSite?: "Strict" | "Lax" | "None";
  /**
   * Whether the browser keeps a separate cookie for each embedding site. It needs `secure`.
   * @default {false}
   */
  readonly partitioned?: boolean;
  /**
   * Seconds that the browser keeps the cookie, 0 to 34,560,000 (400 days). Default: until the
   * browser closes.
   */
  readonly maxAge?: number;
}

/** What `request.deleteCookie()` takes besides the name: what the cookie was set with. */
export type CookieDeletionOptions = Omit<CookieOptions, "maxAge">;

const DELETION_KINDS: OptionKinds<CookieDeletionOptions> = {
  path: TEXT,
  domain: TEXT,
  secure: BOOLEAN,
  httpOnly: BOOLEAN,
  sameSite: oneOf("Strict", "Lax", "None"),
  partitioned: BOOLEAN,
};

const KINDS: OptionKinds<CookieOptions> = { ...DELETION_KINDS, maxAge: NUMBER };

const NO_OPTIONS: CookieOptions = {};

/** How an app is reached whose views set a cookie. */
export interface CookieEnvironment {
  /**
   * Whether the app is reached by plain http on this machine. Cookies then do not need `Secure`.
   */
  readonly isPlain: boolean;
  /** The path under which it is: empty, or with a slash in front and none behind. */
  readonly mountPrefix: string;
}

/**
 * Puts a cookie into headers. It replaces a cookie of the same name, path and domain that was set
 * before.
 *
 * @param headers Of the answer.
 * @param where How the app is reached.
 * @param name The cookie's name.
 * @param value Octets that need no quoting.
 * @param options Its attributes.
 * @throws {TypeError} If browsers do not accept the name, the value or an option.
 * @throws {RangeError} If `path`, `domain` or `maxAge` is out of bounds, or the cookie too long.
 */
export function setCookie(
  headers: Headers,
  where: CookieEnvironment,
  name: string,
  value: string,
  options: CookieOptions = NO_OPTIONS,
): void {
  checkOptions("request.setCookie()", options, KINDS, TypeError);
  if (typeof value !== "string") {
    throw new TypeError(
      `Cannot write cookie "${name}": the value must be a string, not ${describe(value)}`,
    );
  }
  const attributes = attributesOf(name, where, options);
  const cookie = serializeCookie(name, value, cookieAttributes(attributes));
  const bytes = name.length + value.length;
  if (bytes > MAX_COOKIE_BYTES) {
    throw new RangeError(
      `Cannot write cookie "${name}": name and value have ${bytes} bytes, and browsers drop more than ${MAX_COOKIE_BYTES}`,
    );
  }
  putCookie(headers, cookie, name, attributes);
}

/**
 * Puts the deletion of a cookie into headers. It replaces a cookie of the same name, path and
 * domain that was set before.
 *
 * @param headers Of the answer.
 * @param where How the app is reached.
 * @param name The cookie's name.
 * @param options What it was set with.
 * @throws {TypeError} If browsers do not accept the name or an option.
 * @throws {RangeError} If `path` or `domain` is out of bounds.
 */
export function deleteCookie(
  headers: Headers,
  where: CookieEnvironment,
  name: string,
  options: CookieDeletionOptions = NO_OPTIONS,
): void {
  checkOptions("request.deleteCookie()", options, DELETION_KINDS, TypeError);
  const attributes = attributesOf(name, where, options);
  putCookie(headers, deletionCookie(name, cookieAttributes(attributes)), name, attributes);
}

function attributesOf(
  name: string,
  { isPlain, mountPrefix }: CookieEnvironment,
  options: CookieOptions,
): CookieAttributes {
  if (typeof name !== "string") {
    throw new TypeError(`Cannot name a cookie: must be a string, not ${describe(name)}`);
  }
  checkCookieName(name);
  const ownPath =
    cookiePrefix(name)?.startsWith(COOKIE_PREFIXES.host) === true || mountPrefix === ""
      ? "/"
      : mountPrefix;
  const { path = ownPath, httpOnly = true, sameSite = "Lax", partitioned = false } = options;
  const needsSecure = sameSite === "None" || partitioned || cookiePrefix(name) !== undefined;
  const { secure = needsSecure || !isPlain, domain, maxAge } = options;
  const attributes = {
    path,
    httpOnly,
    sameSite,
    secure,
    partitioned,
    ...(domain === undefined ? {} : { domain }),
    ...(maxAge === undefined ? {} : { maxAge }),
  };
  checkCookiePrefix(name, attributes);
  return attributes;
}

/**
 * Replaces a cookie of the same identity. Browsers identify a cookie by name, path, domain and
 * partition, and use only the last such header.
 *
 * @param headers Of the answer.
 * @param cookie The value of `Set-Cookie`.
 * @param name The cookie's name.
 * @param attributes Its attributes.
 * @internal
 */
export function putCookie(
  headers: Headers,
  cookie: string,
  name: string,
  { path, domain, partitioned }: CookieAttributes,
): void {
  const wanted = [name, path, domain?.toLowerCase(), partitioned === true].join("; ");
  const others = headers.getSetCookie().filter((other) => identityOf(other) !== wanted);
  headers.delete("set-cookie");
  for (const one of [...others, cookie]) headers.append("set-cookie", one);
}

function identityOf(setCookie: string): string {
  const [pair = "", ...attributes] = setCookie.split("; ");
  const valueOf = (attribute: string) =>
    attributes.find((one) => one.startsWith(`${attribute}=`))?.slice(attribute.length + 1);
  const domain = valueOf("Domain")?.toLowerCase();
  const name = pair.slice(0, pair.indexOf("="));
  return [name, valueOf("Path"), domain, attributes.includes("Partitioned")].join("; ");
}
