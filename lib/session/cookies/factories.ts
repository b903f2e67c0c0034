/**
 * The factories of sessions that live in a cookie: signed, encrypted, or by a codec of the app's.
 *
 * @module
 */

import type { SessionCodec, SessionFactory } from "../../../session.ts";
import { checkOptions, checkValue, type OptionKinds } from "../../check_options.ts";
import { ConfigurationError } from "../../configuration_error.ts";
import { SESSION_CODEC } from "../contract/factory.ts";
import { bareCookieName } from "../cookie_attributes.ts";
import { platformRandomBytes } from "../crypto/bytes.ts";
import { type Secrets, SECRETS_KINDS, type SecretsOptions } from "../crypto/secrets.ts";
import { encryptedCodec } from "../formats/encrypted.ts";
import { signedCodec } from "../formats/signed.ts";
import {
  COOKIE_SESSION_KINDS,
  type CookieSessionOptions,
  NATIVE_FORMAT,
  nativeContents,
  type SessionContents,
  type SessionFormat,
  sessionSettings,
} from "../options.ts";
import { Sessions } from "../sessions.ts";
import { CookieBackend, type CookieBackendParts } from "./cookie_backend.ts";
import { RevocationGuard } from "./revocation.ts";
import { VerifiedCookies } from "./verified_cookies.ts";

const DEFAULT_VERIFIED_COOKIES = 4096;

/** What a factory of cookie sessions has checked, before it is known what its cookies hold. */
export type CookieSettings = Omit<CookieBackendParts, keyof SessionContents>;

/**
 * Checks what the options say, their kinds being checked.
 *
 * @param codec Makes and reads the cookie's text. Its cookie name, where it has one, is the default.
 * @param options The options.
 * @param format What the format has.
 * @throws {ConfigurationError} If an option is out of bounds, or two contradict each other.
 */
export function cookieSettings<Data extends object>(
  codec: SessionCodec,
  options: CookieSessionOptions<Data>,
  format: SessionFormat,
): CookieSettings {
  const { cookieName = codec.cookieName, revocations, verifiedCookies } = options;
  const named = cookieName === undefined ? options : { ...options, cookieName };
  const settings = sessionSettings(named, format);
  const limit = verifiedCookieLimit(verifiedCookies);
  return {
    ...settings,
    codec,
    guard: revocations && new RevocationGuard(revocations, settings.lifetimes),
    verified: limit === 0 ? undefined : new VerifiedCookies(limit),
  };
}

/** The factory whose sessions live in cookies. */
export function cookieSessions<Data extends object>(
  settings: CookieSettings,
  contents: SessionContents,
): Sessions<Data, string> {
  const parts: CookieBackendParts = { ...settings, ...contents };
  return new Sessions<Data, string>(new CookieBackend(parts), parts);
}

function nativeSessions<Data extends object>(
  codec: SessionCodec,
  options: CookieSessionOptions<Data>,
): SessionFactory<Data> {
  return cookieSessions<Data>(
    cookieSettings(codec, options, NATIVE_FORMAT),
    nativeContents(options),
  );
}

/**
 * How many verified cookies are remembered.
 *
 * @param limit The option `verifiedCookies`.
 * @throws {ConfigurationError} If it is out of bounds.
 */
export function verifiedCookieLimit(limit: number = DEFAULT_VERIFIED_COOKIES): number {
  if (Number.isInteger(limit) && limit >= 0 && limit <= 1_000_000) return limit;
  throw new ConfigurationError(
    `Cannot remember ${limit} verified cookies: verifiedCookies must be an integer from 0 to 1000000`,
  );
}

/**
 * Makes sessions that live in a cookie, by any codec.
 *
 * Two requests of one visitor at the same time each answer with their own copy of the session: the
 * last answer wins. What must not be lost between them belongs into a database.
 *
 * @param codec Makes and reads the cookie's text. Its cookie name, where it has one, is the default.
 * @param options Name, attributes and lifetimes.
 * @throws {ConfigurationError} If an option is wrong or unknown, or two contradict each other; or if
 * the codec lacks one of its functions.
 */
export function cookieSessionFactory<Data extends object = Record<string, unknown>>(
  codec: SessionCodec,
  options: CookieSessionOptions<Data> = {},
): SessionFactory<Data> {
  checkValue("the codec of cookieSessionFactory()", codec, SESSION_CODEC);
  checkOptions("cookieSessionFactory()", options, COOKIE_SESSION_KINDS);
  return nativeSessions(codec, options);
}

/** What {@linkcode signedCookieSessionFactory} and {@linkcode encryptedCookieSessionFactory} take. */
export interface SecretCookieSessionOptions<Data extends object = Record<string, unknown>>
  extends CookieSessionOptions<Data>, SecretsOptions {}

const SECRET_KINDS: OptionKinds<SecretCookieSessionOptions> = {
  ...COOKIE_SESSION_KINDS,
  ...SECRETS_KINDS,
};

/**
 * Makes sessions that live in a signed cookie (format 1: HMAC-SHA-256 over the state, its times and
 * the key's id, under a key for this cookie's name alone).
 *
 * The visitor can read what is in it and cannot change it. A copied cookie is valid until its
 * limits pass. Reading costs one `crypto.subtle.verify`, writing one `crypto.subtle.sign`; a
 * request that does not ask for its session costs nothing. Pyramid: `SignedCookieSessionFactory`.
 *
 * @param secrets One secret of at least 32 bytes, or a list with the newest first: the first signs,
 * all verify, and a session signed by an older one is written anew.
 * @param options Cookie attributes, lifetimes, and more; every default is safe.
 * @throws {RangeError} If a secret is weak; the message has a command that makes a good one.
 * @throws {ConfigurationError} If an option is wrong or unknown, or two contradict each other.
 *
 * @example A counter
 * ```ts
 * import { Configurator, html, route, signedCookieSessionFactory } from "@pyramidion/pyramidion";
 * import { TestClient } from "@pyramidion/pyramidion/testing";
 * import { assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * const secret = crypto.getRandomValues(new Uint8Array(32)).toBase64();
 * const home = route("home", "/");
 * const config = new Configurator<{ visits: number }>();
 * config.setSessionFactory(signedCookieSessionFactory(secret));
 * config.addRoute(home).addView(async (request) => {
 *   const session = await request.session;
 *   const visits = (session.get("visits") ?? 0) + 1;
 *   session.set("visits", visits);
 *   return html`${visits}`;
 * }, { route: home });
 *
 * const visitor = new TestClient(config.makeApp());
 * await visitor.get("/");
 * assertEquals(await (await visitor.get("/")).text(), "2");
 * ```
 */
export function signedCookieSessionFactory<Data extends object = Record<string, unknown>>(
  secrets: Secrets,
  options: SecretCookieSessionOptions<Data> = {},
): SessionFactory<Data> {
  checkOptions("signedCookieSessionFactory()", options, SECRET_KINDS);
  const cookieName = bareCookieName(options.cookieName);
  const { insecureAllowWeakSecret = false } = options;
  return nativeSessions(signedCodec(secrets, { cookieName, insecureAllowWeakSecret }), options);
}

/**
 * Makes sessions that live in an encrypted cookie (format 2: AES-256-GCM, padded to 32 bytes).
 *
 * As {@linkcode signedCookieSessionFactory}, but the visitor cannot read what is in it, and the
 * cookie is up to 60 characters longer. One secret encrypts at most 2^32 cookies. Pyramid:
 * `pyramid_nacl_session`.
 *
 * @param secrets One secret of at least 32 bytes, or a list with the newest first.
 * @param options Cookie attributes, lifetimes, and more; every default is safe.
 * @throws {RangeError} If a secret is weak; the message has a command that makes a good one.
 * @throws {ConfigurationError} If an option is wrong or unknown, or two contradict each other.
 *
 * @example Nobody can read the cookie
 * ```ts
 * import { Configurator, encryptedCookieSessionFactory, html, route } from "@pyramidion/pyramidion";
 * import { TestClient } from "@pyramidion/pyramidion/testing";
 * import { assert, assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * const secret = crypto.getRandomValues(new Uint8Array(32)).toBase64();
 * const sessionFactory = encryptedCookieSessionFactory<{ diagnosis: string }>(secret);
 * const home = route("home", "/");
 * const app = new Configurator({ sessionFactory }).addRoute(home).addView(async (request) => {
 *   const session = await request.session;
 *   return html`${session.setDefault("diagnosis", "hay fever")}`;
 * }, { route: home }).makeApp();
 *
 * const visitor = new TestClient(app);
 * await visitor.get("/");
 * const cookie = visitor.cookie("__Host-session") ?? "";
 * const bytes = Uint8Array.fromBase64(cookie, { alphabet: "base64url" });
 * assert(!new TextDecoder().decode(bytes).includes("hay fever"));
 * assertEquals(await (await visitor.get("/")).text(), "hay fever");
 * ```
 */
export function encryptedCookieSessionFactory<Data extends object = Record<string, unknown>>(
  secrets: Secrets,
  options: SecretCookieSessionOptions<Data> = {},
): SessionFactory<Data> {
  checkOptions("encryptedCookieSessionFactory()", options, SECRET_KINDS);
  const cookieName = bareCookieName(options.cookieName);
  const { insecureAllowWeakSecret = false, randomBytes = platformRandomBytes } = options;
  const codec = encryptedCodec(secrets, { cookieName, insecureAllowWeakSecret, randomBytes });
  const { verifiedCookies = 0 } = options;
  return nativeSessions(codec, { ...options, verifiedCookies });
}
