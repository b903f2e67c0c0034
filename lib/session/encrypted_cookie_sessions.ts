/**
 * Sessions in an encrypted cookie: nobody but us can read or write it.
 *
 * @module
 */

import { checkOptions, type OptionKinds } from "../check_options.ts";
import type { SessionFactory } from "../../session.ts";
import { COOKIE_SESSION_KINDS, type CookieSessionOptions } from "./cookie_session_options.ts";
import { CookieSessions, NATIVE_FORMAT } from "./cookie_sessions.ts";
import { sealedCodec } from "./sealed_codec.ts";
import { type Secrets, SECRETS_KINDS, type SecretsOptions } from "./secrets.ts";
import { bareCookieName } from "./session_cookie.ts";

/** What {@linkcode encryptedCookieSessionFactory} takes. */
export interface EncryptedCookieSessionOptions<Data extends object = Record<string, unknown>>
  extends CookieSessionOptions<Data>, SecretsOptions {}

const KINDS: OptionKinds<EncryptedCookieSessionOptions> = {
  ...COOKIE_SESSION_KINDS,
  ...SECRETS_KINDS,
};

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
