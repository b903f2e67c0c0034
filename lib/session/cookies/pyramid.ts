/**
 * Sessions in Pyramid's own cookies, so that a Deno app and a Pyramid app behind one name share one
 * login.
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

/** What {@linkcode pyramidCookieSessionFactory} takes: what has a place in Pyramid's cookies. */
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

/** Pyramid's cookies have no prefix, keep the CSRF secret in the session and may come from the future. */
const FORMAT: SessionFormat = { prefix: false, csrfCookies: false, skew: Infinity };

const KINDS: OptionKinds<PyramidCookieSessionOptions> = { ...PLACED, ...PYRAMID_CODEC_KINDS };

/**
 * Makes sessions that Pyramid's `SignedCookieSessionFactory` reads and writes too, given the same
 * secret, salt and hash.
 *
 * As weak as Pyramid's where the format is: no absolute lifetime, times in the future accepted, no
 * key per cookie name, a CSRF token that is not masked. Everything else is as in
 * {@linkcode signedCookieSessionFactory}, the safe attributes included. The cookie has no
 * `__Host-` prefix, and `remember()` throws. Costs one SubtleCrypto call to read, one to write.
 *
 * What is written is what Pyramid would write, character for character but for the order of keys; a
 * value of more than 4,064 characters is refused, since Pyramid would answer 500 where it had to
 * write it again. `bindTo()` is Pyramid's `SessionAuthenticationHelper.remember()`, for user ids
 * that are text. A session with `NaN`, `Infinity` or an integer beyond 2^53 in it cannot be read
 * as it is: it gives a new one, and its cookie stays unless something is written.
 *
 * @param secrets The secret of the Pyramid app, or a list with the newest first.
 * @param options `salt`, `hash`, cookie attributes, `timeout`; the defaults are Pyramid's where the format needs it.
 * @throws {RangeError} If a secret is weak; `insecureAllowWeakSecret` lets an older system's through.
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
