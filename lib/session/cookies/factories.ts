/**
 * Sessions in a signed cookie: readable by whoever holds it, writable by us alone.
 *
 * @module
 */

import type { SessionFactory } from "../../../session.ts";
import { checkOptions, type OptionKinds } from "../../check_options.ts";
import { bareCookieName } from "../cookie_attributes.ts";
import { type Secrets, SECRETS_KINDS, type SecretsOptions } from "../crypto/secrets.ts";
import { sealedCodec } from "../formats/encrypted.ts";
import { signedCodec } from "../formats/signed.ts";
import { CookieSessions, NATIVE_FORMAT } from "./cookie_sessions.ts";
import { COOKIE_SESSION_KINDS, type CookieSessionOptions } from "./options.ts";

/** What {@linkcode signedCookieSessionFactory} takes. */
export interface SignedCookieSessionOptions<Data extends object = Record<string, unknown>>
  extends CookieSessionOptions<Data>, SecretsOptions {}

const KINDS: OptionKinds<SignedCookieSessionOptions> = {
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
  options: SignedCookieSessionOptions<Data> = {},
): SessionFactory<Data> {
  checkOptions("signedCookieSessionFactory()", options, KINDS);
  const { insecureAllowWeakSecret = false, ...cookie } = options;
  const cookieName = bareCookieName(options.cookieName);
  const codec = signedCodec(secrets, { cookieName, insecureAllowWeakSecret });
  return new CookieSessions<Data>(codec, cookie, NATIVE_FORMAT);
}

/** What {@linkcode encryptedCookieSessionFactory} takes. */
export interface EncryptedCookieSessionOptions<Data extends object = Record<string, unknown>>
  extends CookieSessionOptions<Data>, SecretsOptions {}

/**
 * Makes sessions that live in an encrypted cookie (format 2: AES-256-GCM, padded to 32 bytes).
 *
 * As {@linkcode signedCookieSessionFactory}, but the visitor cannot read what is in it, and the
 * cookie is up to 60 characters longer. One secret seals at most 2^32 cookies. Pyramid:
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
  options: EncryptedCookieSessionOptions<Data> = {},
): SessionFactory<Data> {
  checkOptions("encryptedCookieSessionFactory()", options, KINDS);
  const { insecureAllowWeakSecret = false, ...cookie } = options;
  const cookieName = bareCookieName(options.cookieName);
  const { randomBytes } = options;
  const codec = sealedCodec(secrets, {
    cookieName,
    insecureAllowWeakSecret,
    ...(randomBytes === undefined ? {} : { randomBytes }),
  });
  const { verifiedCookies = 0 } = options;
  return new CookieSessions<Data>(codec, { ...cookie, verifiedCookies }, NATIVE_FORMAT);
}
