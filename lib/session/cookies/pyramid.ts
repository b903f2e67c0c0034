/**
 * Makes sessions in Pyramid's cookies, so that a user signs in once for a Deno app and a Pyramid
 * app.
 *
 * @module
 */

import type { SessionFactory } from "../../../session.ts";
import { checkOptions, type OptionKinds } from "../../check_options.ts";
import { bareCookieName } from "../cookie_attributes.ts";
import {
  PYRAMID_CODEC_KINDS,
  pyramidCodec,
  type PyramidCodecOptions,
  type PyramidSecrets,
} from "../formats/pyramid.ts";
import {
  COOKIE_SESSION_KINDS,
  type CookieSessionOptions,
  nativeContents,
  type SessionFormat,
} from "../options.ts";
import { LateSessions, type Sessions } from "../sessions.ts";
import { cookieSessions, cookieSettings } from "./factories.ts";

/**
 * The options of {@linkcode pyramidCookieSessionFactory}, without those that have no place in
 * Pyramid's cookies.
 */
export interface PyramidCookieSessionOptions<Data extends object = Record<string, unknown>>
  extends
    Omit<CookieSessionOptions<Data>, "lifetime" | "serializer" | "revocations">,
    PyramidCodecOptions {}

const {
  lifetime: _lifetime,
  serializer: _serializer,
  revocations: _revocations,
  ...PLACED
} = COOKIE_SESSION_KINDS;

/**
 * Pyramid's cookies have no prefix, keep the CSRF secret in the session, and may have times in the
 * future.
 */
const FORMAT: SessionFormat = { prefix: false, csrfCookies: false, skew: Infinity };

const KINDS: OptionKinds<PyramidCookieSessionOptions> = { ...PLACED, ...PYRAMID_CODEC_KINDS };

/**
 * Makes a factory of sessions that Pyramid's `SignedCookieSessionFactory` also reads and writes.
 * Both need the same secret, salt and hash.
 *
 * The format has the weaknesses of Pyramid's. There is no absolute limit, and times in the future
 * are accepted. The key is the same for every cookie name, and the CSRF token has no mask. The
 * cookie has no `__Host-` prefix, and `remember()` throws. Everything else is as in
 * {@linkcode signedCookieSessionFactory}, including the safe attributes. To read a session costs
 * one SubtleCrypto call, and to write it one more.
 *
 * The factory writes the same characters as Pyramid, except for the order of keys. It throws for a
 * cookie value of more than 4,064 characters, because Pyramid would answer 500 when it writes the
 * session again. `bindTo()` is Pyramid's `SessionAuthenticationHelper.remember()`, for user ids
 * that are strings.
 *
 * JavaScript cannot keep `NaN`, `Infinity` or integers beyond 2^53 through JSON. If a session holds
 * such a value, then the visitor gets a new session. The old cookie stays unless the app writes to
 * the new one.
 *
 * @param secrets The secret of the Pyramid app, or a list with the newest first.
 * @param options `salt`, `hash`, cookie attributes, `timeout`, and more. The defaults are Pyramid's
 * where the format needs them.
 * @throws {RangeError} If a secret is weak. With `insecureAllowWeakSecret` the factory accepts the
 * weak secret of an older system.
 * @throws {ConfigurationError} If an option is wrong or unknown, or two contradict each other.
 *
 * @example A session that Pyramid wrote
 * ```ts
 * import { Configurator, html, pyramidCookieSessionFactory, route } from "@pyramidion/pyramidion";
 * import { assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * const home = route("home", "/");
 * const config = new Configurator<{ user: string }>();
 * config.setSessionFactory(pyramidCookieSessionFactory("abcQWE123!@#", {
 *   insecureAllowWeakSecret: true, // the secret of a tutorial
 *   clock: () => 1_700_000_060_000,
 * }));
 * config.addRoute(home).addView(async (request) => {
 *   return html`Welcome ${(await request.session).get("user")}`;
 * }, { route: home });
 *
 * const cookie = "session=GxmrBFb1KLyh9lPkV0PPP_A1k4RWjafa-os6MnPO6NWN8ghN7168QlohZoKC_fPyU5h0k9lj" +
 *   "Qh5KlzB86r_031sxNzAwMDAwMDAwLCAxNzAwMDAwMDAwLjUsIHsidXNlciI6ICJBZG1pbiJ9XQ";
 * const response = await config.makeApp().fetch(new Request("https://app.test/", { headers: { cookie } }));
 * assertEquals(await response.text(), "Welcome Admin");
 * ```
 */
export function pyramidCookieSessionFactory<Data extends object = Record<string, unknown>>(
  secrets: PyramidSecrets,
  options: PyramidCookieSessionOptions<Data> = {},
): SessionFactory<Data> {
  checkOptions("pyramidCookieSessionFactory()", options, KINDS);
  const { salt, hash, insecureAllowWeakSecret = false, ...cookie } = options;
  const codec = pyramidCodec(secrets, {
    insecureAllowWeakSecret,
    ...(salt === undefined ? {} : { salt }),
    ...(hash === undefined ? {} : { hash }),
  });
  const name = options.cookieName ?? bareCookieName();
  const lengthOf = (payloadBytes: number): number => codec.encodedLength(payloadBytes);
  const { randomBytes } = options;
  const settings = cookieSettings(codec, { ...cookie, lifetime: null }, FORMAT);
  return new LateSessions<Data, Sessions<Data, string>>(settings, async () => {
    const { pyramidContents } = await import("./pyramid_contents.ts");
    const contents = pyramidContents(nativeContents(cookie), { name, lengthOf }, randomBytes);
    return cookieSessions(settings, contents);
  });
}
