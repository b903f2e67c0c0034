/**
 * Makes links that expire and work once, such as one that sets a new password.
 *
 * @module
 */

import {
  checkOptions,
  checkValue,
  FUNCTION,
  NAME,
  NUMBER,
  oneOf,
  type OptionKind,
  type OptionKinds,
  TEXT,
  withFunctions,
} from "../check_options.ts";
import { ConfigurationError } from "../configuration_error.ts";
import { HttpGone, HttpServiceUnavailable } from "../http/errors.ts";
import type { Route } from "../routing/route.ts";
import { encodeBase64url, platformRandomBytes } from "../session/crypto/bytes.ts";
import { sha256 } from "../session/crypto/sha256.ts";
import { type Secrets, SECRETS_KINDS, type SecretsOptions } from "../session/crypto/secrets.ts";
import { linkCodec } from "../session/formats/signed.ts";
import type { SessionStore } from "../session/stored/session_store.ts";
import { type AnyViewRequest, requestState } from "../views/request.ts";
import { type LinkClaims, readClaims, writeClaims } from "./link_claims.ts";

/** The options of {@linkcode signedLinks}. */
export interface SignedLinksOptions extends SecretsOptions {
  /** Keeps which links were used. Links with `once: true` need it. */
  readonly store?: SessionStore;
  /** The name of the parameter in the query string. @default {"token"} */
  readonly param?: string;
  /** Gives the time in milliseconds since 1970. @default {Date.now} */
  readonly clock?: () => number;
}

/** The options of {@linkcode SignedLinks.path} and {@linkcode SignedLinks.url}. */
export interface LinkOptions {
  /** What the link is for, such as `"password-reset"`. It is no link for anything else. */
  readonly purpose: string;
  /** The seconds until the link expires: an integer from 1 to 2,592,000 (30 days). */
  readonly maxAge: number;
  /** For whom the link is, such as the id of a user: at most 256 characters. The visitor can read it. */
  readonly subject?: string | undefined;
  /**
   * Text that changes when the link is used, such as the hash of the password. The link ends when
   * the text changes. The link holds a hash of it.
   */
  readonly stamp?: string | undefined;
  /** Whether the `store` keeps that the link was used. @default {false} */
  readonly once?: boolean | undefined;
}

/** The options of {@linkcode SignedLinks.verify} and {@linkcode SignedLinks.use}. */
export interface VerifyOptions {
  /** What the link must be for. */
  readonly purpose: string;
  /**
   * Looks up the present stamp of the subject, or gives `null` if there is no such subject. A link
   * must then have been made with a stamp.
   */
  readonly stampOf?: ((subject: string) => string | null | Promise<string | null>) | undefined;
}

/** A link that is valid. */
export interface VerifiedLink {
  /** For whom it is. `""` if it was made without a subject. */
  readonly subject: string;
  /** The last millisecond in which it is valid. */
  readonly expires: number;
}

/** Makes and checks links. */
export interface SignedLinks {
  /**
   * Makes the path of a route with a token that is valid for this path alone.
   *
   * @param route The route.
   * @param params The values of its parameters. `{}` if it has none.
   * @param options What the link is for, and for how long.
   * @throws {TypeError} If an option is wrong or unknown, or a value does not fit the route.
   * @throws {RangeError} If `maxAge`, `subject` or the length is out of bounds.
   */
  path<Pattern extends string>(
    route: Route<Pattern>,
    params: Parameters<Route<Pattern>["path"]>[0],
    options: LinkOptions,
  ): Promise<string>;
  /**
   * Makes the URL of a link, for an email.
   *
   * > **Warning** Without `publicOrigin` the host comes from the `Host` header, which an attacker
   * > can write. The link in the email would then lead to the attacker. Set `publicOrigin`.
   *
   * @param request A request, for the origin and the mount prefix.
   * @param route The route.
   * @param params The values of its parameters.
   * @param options What the link is for, and for how long.
   */
  url<Pattern extends string>(
    request: AnyViewRequest,
    route: Route<Pattern>,
    params: Parameters<Route<Pattern>["path"]>[0],
    options: LinkOptions,
  ): Promise<string>;
  /**
   * Checks the link by which a request came. It can be checked again: programs that scan emails
   * open links too.
   *
   * The response gets `Referrer-Policy: same-origin` and `Cache-Control: no-store`, so that no
   * other site learns the token.
   *
   * @param request The request.
   * @param options What the link must be for, and the present stamp.
   * @throws {InvalidLink} If it is forged, of another purpose or path, expired or used.
   * @throws {HttpServiceUnavailable} If the store is down.
   */
  verify(request: AnyViewRequest, options: VerifyOptions): Promise<VerifiedLink>;
  /**
   * Checks the link, and uses it up if it was made with `once: true`. Call it in the POST of the
   * form. Of two requests at the same time, one gets an {@linkcode InvalidLink}.
   *
   * @param request The request.
   * @param options What the link must be for, and the present stamp.
   * @throws {InvalidLink} If it is forged, of another purpose or path, expired or used.
   * @throws {HttpServiceUnavailable} If the store is down.
   */
  use(request: AnyViewRequest, options: VerifyOptions): Promise<VerifiedLink>;
}

/**
 * 410: the link is forged, has expired or was used. The page does not say which.
 *
 * @example It is no 404, and no cache keeps it
 * ```ts
 * import { InvalidLink } from "@pyramidion/pyramidion/authentication";
 * import { assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * const { headers, status } = new InvalidLink();
 * assertEquals([status, headers.get("cache-control")], [410, "no-store"]);
 * ```
 */
export class InvalidLink extends HttpGone {
  /** Always `"InvalidLink"`. */
  override name = "InvalidLink";

  /** Makes the error. */
  constructor() {
    super("This link is not valid any more. Request a new one.", {
      headers: { "cache-control": "no-store", "referrer-policy": "same-origin" },
    });
  }
}

const KINDS: OptionKinds<SignedLinksOptions> = {
  ...SECRETS_KINDS,
  store: withFunctions("load", "create"),
  param: NAME,
  clock: FUNCTION,
};
const LINK_KINDS: OptionKinds<LinkOptions> = {
  purpose: NAME,
  maxAge: NUMBER,
  subject: TEXT,
  stamp: TEXT,
  once: oneOf(true, false),
};
const VERIFY_KINDS: OptionKinds<VerifyOptions> = { purpose: NAME, stampOf: FUNCTION };
const STAMP: OptionKind = {
  expected: "a string, or null",
  is: (value) => value === null || typeof value === "string",
};
const MOST_SECONDS = 30 * 24 * 3600;
const MOST_SUBJECT = 256;
/** The most characters of a token, with which URLs stay short enough for every program. */
const MOST_TOKEN = 1_500;
const ID_LENGTH = 16;
const STAMP_LENGTH = 16;
const UTF8 = new TextEncoder();
const STRICT = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Makes links that expire, and that work once if you want it.
 *
 * A token is signed by HMAC-SHA-256, with a key for links alone. It is valid for one purpose and
 * one path. It holds the subject, which the visitor can read. Rails: `generates_token_for`. Django:
 * `PasswordResetTokenGenerator`.
 *
 * A link ends after one use in two ways. `stamp` needs no store: the hash of the password changes
 * when the new one is set. `once` notes the use in a store.
 *
 * @param secrets One secret of at least 32 bytes, or a list with the newest first. It can be that of
 * the sessions.
 * @param options The store of used links, the name of the parameter, and the clock.
 * @throws {RangeError} If a secret is weak.
 * @throws {ConfigurationError} If an option is wrong or unknown.
 *
 * @example A new password
 * ```ts
 * import { Configurator, html, route } from "@pyramidion/pyramidion";
 * import { signedLinks } from "@pyramidion/pyramidion/authentication";
 * import { TestClient } from "@pyramidion/pyramidion/testing";
 * import { assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * const secret = crypto.getRandomValues(new Uint8Array(32)).toBase64();
 * const links = signedLinks(secret);
 * const hashes = new Map([["ada", "hash of the old password"]]);
 * const stampOf = (id: string) => hashes.get(id) ?? null;
 * const reset = route("reset", "/reset");
 * const app = new Configurator().addRoute(reset)
 *   .addView(async (request) => {
 *     await links.verify(request, { purpose: "reset", stampOf });
 *     return html`<form method="post"><input name="password" type="password"></form>`;
 *   }, { route: reset })
 *   .addView(async (request) => {
 *     const { subject } = await links.use(request, { purpose: "reset", stampOf });
 *     hashes.set(subject, "hash of the new password");
 *     return html`Sign in with your new password.`;
 *   }, { route: reset, requestMethod: "POST" }).makeApp();
 *
 * const path = await links.path(reset, {}, {
 *   purpose: "reset", maxAge: 1800, subject: "ada", stamp: hashes.get("ada"),
 * });
 * const visitor = new TestClient(app);
 * assertEquals((await visitor.get(path)).status, 200);
 * assertEquals((await visitor.post(path)).status, 200);
 * assertEquals((await visitor.post(path)).status, 410); // the stamp is another one now
 * ```
 */
export function signedLinks(secrets: Secrets, options: SignedLinksOptions = {}): SignedLinks {
  checkOptions("signedLinks()", options, KINDS);
  return new CodecLinks(secrets, options);
}

class CodecLinks implements SignedLinks {
  readonly #codec: ReturnType<typeof linkCodec>;
  readonly #store: SessionStore | undefined;
  readonly #param: string;
  readonly #now: () => number;

  constructor(secrets: Secrets, options: SignedLinksOptions) {
    const { store, param = "token", clock = Date.now, insecureAllowWeakSecret = false } = options;
    this.#codec = linkCodec(secrets, { insecureAllowWeakSecret });
    this.#store = store;
    this.#param = param;
    this.#now = clock;
  }

  async path<Pattern extends string>(
    route: Route<Pattern>,
    params: Parameters<Route<Pattern>["path"]>[0],
    options: LinkOptions,
  ): Promise<string> {
    checkOptions("path() of signed links", options, LINK_KINDS, TypeError);
    const { maxAge, once = false, purpose, stamp, subject = "" } = options;
    checkValue("the purpose of a link", purpose, NAME, TypeError);
    if (!Number.isInteger(maxAge) || maxAge < 1 || maxAge > MOST_SECONDS) {
      throw new RangeError(
        `Cannot make a link for ${maxAge} seconds: maxAge must be an integer from 1 to ${MOST_SECONDS}`,
      );
    }
    if (subject.length > MOST_SUBJECT) {
      throw new RangeError(
        `Cannot make a link: its subject has ${subject.length} characters: at most ${MOST_SUBJECT}`,
      );
    }
    if (once && this.#store === undefined) {
      throw new ConfigurationError(
        "Cannot make a link that works once: write signedLinks(secret, { store }), or give it a stamp",
      );
    }
    const path = plainPath(route, params);
    const claims: LinkClaims = {
      purpose,
      path,
      expires: Math.floor(this.#now()) + maxAge * 1000,
      subject,
      stamp: stamp === undefined ? null : hashOf(purpose, subject, stamp),
      once: once ? encodeBase64url(platformRandomBytes(ID_LENGTH)) : null,
    };
    const token = await this.#codec.encode(UTF8.encode(writeClaims(claims)));
    if (token.length > MOST_TOKEN) {
      throw new RangeError(
        `Cannot make a link: its token has ${token.length} characters: at most ${MOST_TOKEN}: shorten the subject or the path`,
      );
    }
    return `${path}?${new URLSearchParams({ [this.#param]: token })}`;
  }

  async url<Pattern extends string>(
    request: AnyViewRequest,
    route: Route<Pattern>,
    params: Parameters<Route<Pattern>["path"]>[0],
    options: LinkOptions,
  ): Promise<string> {
    return request.origin + request.mountPrefix + await this.path(route, params, options);
  }

  async verify(request: AnyViewRequest, options: VerifyOptions): Promise<VerifiedLink> {
    const { expires, once, subject } = await this.#claims("verify()", request, options);
    if (once !== null) {
      const store = this.#storeOfUsed();
      const isUsed = await asked(request, () => store.load(idOf(once), this.#at()));
      if (isUsed !== null) throw new InvalidLink();
    }
    return { expires, subject };
  }

  async use(request: AnyViewRequest, options: VerifyOptions): Promise<VerifiedLink> {
    const { expires, once, subject } = await this.#claims("use()", request, options);
    if (once !== null) {
      const store = this.#storeOfUsed(), now = this.#at();
      // A store takes an equal head for the same call once more, so the head is made anew.
      const head = encodeBase64url(platformRandomBytes(ID_LENGTH));
      const used = { head, renewed: now, expires, account: null, values: new Map() };
      const isFirst = await asked(request, () => store.create(idOf(once), used, now));
      if (isFirst !== true) throw new InvalidLink();
    }
    return { expires, subject };
  }

  /** What a valid token of the request says. */
  async #claims(
    what: string,
    request: AnyViewRequest,
    options: VerifyOptions,
  ): Promise<LinkClaims> {
    checkOptions(`${what} of signed links`, options, VERIFY_KINDS, TypeError);
    const { purpose, stampOf } = options;
    checkValue("the purpose of a link", purpose, NAME, TypeError);
    const { responseHeaders } = request;
    responseHeaders.set("referrer-policy", "same-origin");
    responseHeaders.set("cache-control", "no-store");
    const claims = await this.#read(request.query.get(this.#param) ?? "");
    if (claims === null || claims.purpose !== purpose) throw new InvalidLink();
    if (this.#now() > claims.expires || claims.path !== pathOf(request)) throw new InvalidLink();
    if (stampOf === undefined && claims.stamp !== null) {
      throw new TypeError(
        `Cannot check a link for "${purpose}": it was made with a stamp: write ${what} with stampOf`,
      );
    }
    if (stampOf === undefined) return claims;
    const stamp: unknown = await stampOf(claims.subject);
    checkValue("what stampOf() returned", stamp, STAMP, TypeError);
    if (typeof stamp !== "string") throw new InvalidLink();
    if (hashOf(purpose, claims.subject, stamp) !== claims.stamp) throw new InvalidLink();
    return claims;
  }

  async #read(token: string): Promise<LinkClaims | null> {
    if (token === "" || token.length > MOST_TOKEN) return null;
    const decoded = await this.#codec.decode(token);
    if ("refused" in decoded) return null;
    try {
      return readClaims(STRICT.decode(decoded.payload));
    } catch {
      return null;
    }
  }

  #storeOfUsed(): SessionStore {
    if (this.#store !== undefined) return this.#store;
    throw new ConfigurationError(
      "Cannot check a link that works once: write signedLinks(secret, { store })",
    );
  }

  #at(): number {
    return Math.floor(this.#now());
  }
}

/** Asks the store. If it is down, then the error is logged and becomes a 503. */
async function asked<T>(request: AnyViewRequest, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (cause) {
    requestState(request).environment.logger.error("Looking up a used link failed", cause);
    throw new HttpServiceUnavailable("This link cannot be checked at the moment.", { cause });
  }
}

/** The path of a route as requests have it. */
function plainPath<Pattern extends string>(
  route: Route<Pattern>,
  params: Parameters<Route<Pattern>["path"]>[0],
): string {
  // The compiler does not know that the first argument is the values of any pattern.
  const path: unknown = Reflect.apply(route.path, route, [params]);
  return new URL(String(path), "http://localhost").pathname;
}

function pathOf(request: AnyViewRequest): string {
  return request.url.pathname.slice(request.mountPrefix.length);
}

function hashOf(...parts: readonly string[]): string {
  const hash = sha256(UTF8.encode(JSON.stringify(parts)));
  return encodeBase64url(hash.subarray(0, STAMP_LENGTH));
}

/** The id of a used link among the sessions of the store. */
function idOf(once: string): string {
  return `link_${once}`;
}
