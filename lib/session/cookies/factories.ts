/**
 * Makes sessions that live in a cookie: signed, encrypted, or by a codec of the app.
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
  lateCells,
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

/** The checked options of a factory of cookie sessions, without the format of the contents. */
export type CookieSettings = Omit<CookieBackendParts, keyof SessionContents>;

/**
 * Checks the options of a factory, after their types were checked.
 *
 * @param codec Makes and reads the cookie's text. If the codec has a cookie name, then that name is
 * the default.
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

/** Makes the factory whose sessions live in cookies. */
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
  cells?: CookieSettings["cells"],
): SessionFactory<Data> {
  const settings = { ...cookieSettings(codec, options, NATIVE_FORMAT), cells };
  return cookieSessions<Data>(settings, nativeContents(options));
}

/**
 * Gives the number of verified cookies that the factory remembers.
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
 * Makes a factory of sessions that live in a cookie, with a codec of your own.
 *
 * Two requests of one visitor can run at the same time. Each starts from the same cookie. The
 * browser keeps the cookie of the response that arrives last, so the changes of the other request
 * are lost. Keep data that must not be lost in a database, or use `storedSessionFactory()`.
 *
 * @param codec Makes and reads the cookie's text. If the codec has a cookie name, then that name is
 * the default.
 * @param options Cookie attributes, lifetimes, and more. Every default is safe.
 * @throws {ConfigurationError} If an option is wrong or unknown, if two options contradict each
 * other, or if the codec lacks one of its functions.
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
 * Makes a factory of sessions that live in a signed cookie.
 *
 * The format is number 1. Its signature is HMAC-SHA-256 over the state, its times and the key's id.
 * The key is derived for this cookie's name alone.
 *
 * The visitor can read the contents of the cookie and cannot change them. A copied cookie is valid
 * until its limits pass. To read a session costs one `crypto.subtle.verify`, and to write it one
 * `crypto.subtle.sign`. A view that does not read the session costs neither. Pyramid:
 * `SignedCookieSessionFactory`.
 *
 * @param secrets One secret of at least 32 bytes, or a list with the newest first. The first secret
 * signs, and all verify. A session that an older secret signed is written again.
 * @param options Cookie attributes, lifetimes, and more. Every default is safe.
 * @throws {RangeError} If a secret is weak. The message has a command that makes a good one.
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
  const codec = signedCodec(secrets, { cookieName, insecureAllowWeakSecret });
  return nativeSessions(codec, options, lateCells(secrets, options));
}

/**
 * Makes a factory of sessions that live in an encrypted cookie.
 *
 * The format is number 2: AES-256-GCM, with the contents padded to a multiple of 32 bytes.
 *
 * It works like {@linkcode signedCookieSessionFactory}, but the visitor cannot read the contents.
 * The cookie is up to 60 characters longer. One secret encrypts at most 2^32 cookies. Pyramid:
 * `pyramid_nacl_session`.
 *
 * @param secrets One secret of at least 32 bytes, or a list with the newest first.
 * @param options Cookie attributes, lifetimes, and more. Every default is safe.
 * @throws {RangeError} If a secret is weak. The message has a command that makes a good one.
 * @throws {ConfigurationError} If an option is wrong or unknown, or two contradict each other.
 *
 * @example The visitor cannot read the cookie
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
  return nativeSessions(codec, { ...options, verifiedCookies }, lateCells(secrets, options));
}
