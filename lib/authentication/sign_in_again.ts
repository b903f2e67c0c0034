/**
 * Sends a visitor whose sign-in is too old to the sign-in page, and back afterwards.
 *
 * @module
 */

import {
  checkOptions,
  checkValue,
  NAME,
  type OptionKind,
  type OptionKinds,
} from "../check_options.ts";
import { ConfigurationError } from "../configuration_error.ts";
import { type HttpSeeOther, redirect } from "../http/redirect.ts";
import { Route } from "../routing/route.ts";
import type { AnyViewRequest } from "../views/request.ts";
import type { StaleSignIn } from "../views/security.ts";

/** The options of {@linkcode returnPath}. */
export interface ReturnPathOptions {
  /** The name of the parameter that holds the path. @default {"return_to"} */
  readonly param?: string;
  /** The path if there is no other: a path of this app, which begins with `/`. @default {"/"} */
  readonly fallback?: string;
}

/** The options of {@linkcode signInAgain}. */
export interface SignInAgainOptions extends ReturnPathOptions {
  /** The route of the sign-in page, or its name. Its pattern has no parameters. */
  readonly signInRoute: Route | string;
}

const PATH: OptionKind = {
  expected: 'a path that begins with "/"',
  is: (value) => typeof value === "string" && /^\/(?![/\\])/.test(value),
};
const RETURN_KINDS: OptionKinds<ReturnPathOptions> = { param: NAME, fallback: PATH };
const KINDS: OptionKinds<SignInAgainOptions> = {
  ...RETURN_KINDS,
  signInRoute: {
    expected: "a route, as route() makes it, or the name of one",
    is: (value) => value instanceof Route || NAME.is(value),
  },
};
const DEFAULT_PARAM = "return_to";
/** The most characters of a path that goes into a query string. */
const MOST_CHARACTERS = 2_000;

/**
 * Makes the exception view for `StaleSignIn`: it redirects to the sign-in page.
 *
 * The sign-in page gets a parameter with the path to return to, which {@linkcode returnPath} reads.
 * After a GET, it is the path of the page. After another method, it is the page of the form, by the
 * `Referer` of the request. The form is never sent again by itself, so the visitor has to fill it
 * in once more. A request that a script sends gets the 403, because a script cannot show the
 * sign-in page. Phoenix: `require_sudo_mode`. Laravel: `password.confirm`.
 *
 * @param options The route of the sign-in page, the parameter and the fallback.
 * @returns An exception view, for the context `StaleSignIn`.
 * @throws {ConfigurationError} If an option is wrong or unknown, or `signInRoute` is missing.
 *
 * @example A page that wants a sign-in of the last five minutes
 * ```ts
 * import { Configurator, html, HttpForbidden, redirect, route, signedCookieSessionFactory, StaleSignIn } from "@pyramidion/pyramidion";
 * import { returnPath, signInAgain } from "@pyramidion/pyramidion/authentication";
 * import { TestClient } from "@pyramidion/pyramidion/testing";
 * import { assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * const secret = crypto.getRandomValues(new Uint8Array(32)).toBase64();
 * const verify = (password: string) => password === "right";
 * const signIn = route("sign-in", "/sign-in"), keys = route("keys", "/keys");
 * const app = new Configurator({ sessionFactory: signedCookieSessionFactory(secret) })
 *   .setDefaultCsrfOptions()
 *   .addExceptionView(signInAgain({ signInRoute: signIn }), { context: StaleSignIn })
 *   .addRoute(signIn).addView(async (request) => {
 *     return html`<form method="post"><input name="password" type="password">
 *       <input type="hidden" name="csrf_token" value="${(await request.session).getCsrfToken()}"></form>`;
 *   }, { route: signIn })
 *   .addView(async (request) => {
 *     if (!verify((await request.params).get("password") ?? "")) throw new HttpForbidden();
 *     (await request.session).bindTo("ada");
 *     return redirect(await returnPath(request), { status: 303 });
 *   }, { route: signIn, requestMethod: "POST" })
 *   .addRoute(keys).addView(() => html`<title>Your keys</title>`, { route: keys, fresh: 300 })
 *   .makeApp();
 *
 * const page = await new TestClient(app).open("/keys");
 * assertEquals(new URL(page.url).search, "?return_to=%2Fkeys");
 * assertEquals((await page.form().submit({ password: "right" })).title, "Your keys");
 * ```
 */
export function signInAgain(
  options: SignInAgainOptions,
): (error: StaleSignIn, request: AnyViewRequest) => StaleSignIn | HttpSeeOther {
  checkOptions("signInAgain()", options, KINDS);
  const { signInRoute, param = DEFAULT_PARAM, fallback = "/" } = options;
  if (signInRoute === undefined) {
    throw new ConfigurationError(
      "Cannot use signInAgain(): it has no sign-in page: write signInAgain({ signInRoute })",
    );
  }
  return (error, request) => {
    const mode = request.headers.get("sec-fetch-mode");
    if (mode !== null && mode !== "navigate") return error;
    const page = signInRoute instanceof Route
      ? request.routePath(signInRoute)
      : request.routePath(signInRoute);
    const back = pageOf(request, page) ?? request.mountPrefix + fallback;
    const query = new URLSearchParams({ [param]: back });
    return redirect(`${page}?${query}`, { status: 303 });
  };
}

/**
 * Reads the path to which the sign-in page returns.
 *
 * The path comes from the query string or the form, where a visitor can write anything. Only a path
 * of the app's own origin counts, so the sign-in page cannot send a user to another site.
 *
 * @param request The request of the sign-in form.
 * @param options The parameter, and the path if there is no other.
 * @returns A path with its query string, behind `mountPrefix`.
 * @throws {TypeError} If an option is wrong or unknown.
 *
 * @example Another site
 * ```ts
 * import { returnPath } from "@pyramidion/pyramidion/authentication";
 * import { dummyRequest } from "@pyramidion/pyramidion/testing";
 * import { assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * const back = async (url: string) => await returnPath(dummyRequest({ url }));
 * assertEquals(await back("https://app.test/?return_to=%2Fkeys%3Fpage%3D2"), "/keys?page=2");
 * assertEquals(await back("https://app.test/?return_to=%2F%2Fevil.test"), "/");
 * ```
 */
export async function returnPath(
  request: AnyViewRequest,
  options: ReturnPathOptions = {},
): Promise<string> {
  checkOptions("returnPath()", options, RETURN_KINDS, TypeError);
  const { param = DEFAULT_PARAM, fallback = "/" } = options;
  checkValue("option param of returnPath()", param, NAME, TypeError);
  const given = (await request.params).get(param);
  const own = given?.startsWith("/") === true ? ownPath(given, request.origin) : undefined;
  return own ?? request.mountPrefix + fallback;
}

/** The path of the page that a request came from or asked for, unless it is the sign-in page. */
function pageOf(request: AnyViewRequest, signInPage: string): string | undefined {
  const isPage = request.method === "GET" || request.method === "HEAD";
  const from = isPage ? request.url.href : request.headers.get("referer");
  const path = from === null ? undefined : ownPath(from, request.origin);
  const [bare] = path?.split("?") ?? [];
  return bare === signInPage ? undefined : path;
}

/** The path and the query string of a URL, if it is of this origin. */
function ownPath(text: string, origin: string): string | undefined {
  const url = URL.parse(text, origin);
  if (url === null || url.origin !== origin || !/^https?:$/.test(url.protocol)) return undefined;
  const path = url.pathname + url.search;
  // "/.//evil" resolves to "//evil", which a browser reads as a host.
  if (path.startsWith("//") || path.length > MOST_CHARACTERS) return undefined;
  return path;
}
