/**
 * Words of other frameworks for options, of which hints are given.
 *
 * @module
 */

import {
  Configurator,
  cookieSessionFactory,
  encryptedCookieSessionFactory,
  html,
  json,
  pyramidCookieSessionFactory,
  redirect,
  route,
  Session,
  signedCodec,
  signedCookieSessionFactory,
} from "@pyramidion/pyramidion";
import { HttpFound, HttpNotFound } from "@pyramidion/pyramidion";
import { staticView } from "@pyramidion/pyramidion/static";
import { CookieJar, dummyRequest, plantSession, TestClient } from "@pyramidion/pyramidion/testing";

const SECRET = "b2c5f0c1e94d4b7fa1a8d5c37e6f9048";
const view = () => html`x`;
const app = { fetch: () => new Response() };

/** What takes the options, by a short name. */
export const BAGS: Readonly<Record<string, (options: object) => unknown>> = {
  "a view": (options) =>
    new Configurator().addRoute("x", "/x").addView(view, { routeName: "x", ...options }),
  "addRoute()": (options) => new Configurator().addRoute("x", "/x", options),
  "route()": (options) => route("x", "/x", options),
  "include()": (options) => new Configurator().include(() => {}, options),
  "addForbiddenView()": (options) => new Configurator().addForbiddenView(view, options),
  "addRequestMethod()": (options) => new Configurator().addRequestMethod("y", view, options),
  "the Configurator": (options) => new Configurator(options),
  "setDefaultCsrfOptions()": (options) => new Configurator().setDefaultCsrfOptions(options),
  "signed sessions": (options) => signedCookieSessionFactory(SECRET, options),
  "encrypted sessions": (options) => encryptedCookieSessionFactory(SECRET, options),
  "Pyramid's sessions": (options) => pyramidCookieSessionFactory(SECRET, options),
  "sessions of a codec": (options) => cookieSessionFactory(signedCodec(SECRET), options),
  "signedCodec()": (options) => signedCodec(SECRET, options),
  "session.flash()": (options) => new Session().flash("x", "", options),
  "redirect()": (options) => redirect("/", options),
  "HttpFound": (options) => new HttpFound("/", options),
  "HttpNotFound": (options) => new HttpNotFound("", options),
  "json()": (options) => json(1, options),
  "route.path()": (options) => route("x", "/x").path({}, options),
  "request.form()": (options) => dummyRequest({ form: {} }).form(options),
  "request.json()": (options) => dummyRequest({ json: 1 }).json(options),
  "staticView()": (options) => staticView("/static", ".", options),
  "a TestClient": (options) => new TestClient(app, options),
  "client.get()": (options) => new TestClient(app).get("/", options),
  "a CookieJar": (options) => new CookieJar(options),
  "dummyRequest()": (options) => dummyRequest(options),
  "plantSession()": (options) =>
    plantSession(new TestClient(app), signedCookieSessionFactory(SECRET), {}, options),
};

const EXPRESSION = 'write header: "X-Requested-With:XMLHttpRequest"';
const NO_TRAVERSAL =
  "Pyramidion has no traversal: the pattern of the route decides which paths match";
const FIRST_ARGUMENT = "give the secret as the first argument";
const DIRECTLY = "write the attributes of the cookie directly, such as sameSite";
const OF_VIEWS = "write it as an option of addView()";

const meant = (option: string): string => `did you mean "${option}"?`;

/** The word, what takes it, and the hint behind the colon; `null`: none. */
export const HINTS: readonly (readonly [word: string, bag: string, hint: string | null])[] = [
  ["method", "a view", meant("requestMethod")],
  ["methods", "a view", meant("requestMethod")],
  ["methods", "addRoute()", meant("requestMethod")],
  ["methods", "setDefaultCsrfOptions()", meant("safeMethods")],
  ["method", "setDefaultCsrfOptions()", null],
  ["request_method", "a view", meant("requestMethod")],
  ["route_name", "a view", meant("routeName")],
  ["name", "a view", meant("routeName")],
  ["match_param", "a view", meant("matchParam")],
  ["request_param", "addRoute()", meant("requestParam")],
  ["prefix", "include()", meant("routePrefix")],
  ["route_prefix", "include()", meant("routePrefix")],
  ["prefix", "a view", null],
  ["check_csrf", "a view", meant("requireCsrf")],
  ["csrf", "a view", meant("requireCsrf")],
  ["csrf", "plantSession()", meant("csrfToken")],
  ["csrf", "client.get()", meant("csrfHeader")],
  ["csrf", "addForbiddenView()", null],
  ["require_csrf", "setDefaultCsrfOptions()", meant("requireCsrf")],
  ["custom_predicates", "a view", meant("custom")],
  ["http_cache", "a view", meant("httpCache")],
  ["cacheControl", "a view", meant("httpCache")],
  ["max_age", "a view", meant("httpCache")],
  ["middleware", "a view", meant("decorator")],
  ["template", "a view", meant("renderer")],
  ["xhr", "a view", EXPRESSION],
  ["xhr", "addRoute()", EXPRESSION],
  ["xhr", "setDefaultCsrfOptions()", null],
  ["attr", "a view", "mark the method with viewConfig()"],
  ["attr", "addRoute()", null],
  ["context", "a view", "views for errors are added by addExceptionView()"],
  ["exception_only", "a view", "views for errors are added by addExceptionView()"],
  ["containment", "a view", NO_TRAVERSAL],
  ["traverse", "addRoute()", NO_TRAVERSAL],
  ["physical_path", "a view", NO_TRAVERSAL],
  ["path_info", "addRoute()", "the pattern of the route decides which paths match"],
  ["effective_principals", "a view", 'write permission: "…"'],
  ["effective_principals", "addRoute()", OF_VIEWS],
  ["is_authenticated", "a view", 'write permission: "…"'],
  ["permission", "addRoute()", OF_VIEWS],
  ["renderer", "addRoute()", OF_VIEWS],
  ["pattern", "addRoute()", "give the pattern as the second argument, after the name of the route"],
  ["requestMethod", "route()", "write it as an option of addRoute()"],
  ["factory", "route()", "write it as an option of addRoute()"],
  ["reify", "addRequestMethod()", meant("property")],

  ["session_factory", "the Configurator", meant("sessionFactory")],
  ["session", "the Configurator", meant("sessionFactory")],
  ["debug", "the Configurator", meant("development")],
  ["trustProxy", "the Configurator", meant("trusted")],
  ["origin", "the Configurator", meant("publicOrigin")],
  ["baseUrl", "the Configurator", meant("publicOrigin")],
  ["root_factory", "the Configurator", "write factory, an option of addRoute()"],
  ["route_prefix", "the Configurator", "write it as an option of include()"],
  ["security_policy", "the Configurator", "call setSecurityPolicy()"],
  ["authentication_policy", "the Configurator", "call setSecurityPolicy()"],
  ["default_permission", "the Configurator", "call setDefaultPermission()"],
  ["csrf", "the Configurator", "call setDefaultCsrfOptions()"],
  ["request_factory", "the Configurator", "call addRequestMethod()"],

  ["safe_methods", "setDefaultCsrfOptions()", meant("safeMethods")],
  ["ignoreMethods", "setDefaultCsrfOptions()", meant("safeMethods")],
  ["origins", "setDefaultCsrfOptions()", meant("trustedOrigins")],
  ["allow_no_origin", "setDefaultCsrfOptions()", meant("allowNoOrigin")],
  ["callback", "setDefaultCsrfOptions()", meant("insecureExempt")],
  ["fieldName", "setDefaultCsrfOptions()", meant("token")],
  ["cookie", "setDefaultCsrfOptions()", "the token is stored in the session"],

  ["name", "signed sessions", meant("cookieName")],
  ["cookie_name", "signed sessions", meant("cookieName")],
  ["key", "signed sessions", meant("cookieName")],
  ["cookie_name", "signedCodec()", meant("cookieName")],
  ["max_age", "signed sessions", meant("maxAge")],
  ["maxage", "signed sessions", meant("maxAge")],
  ["cookie_max_age", "signed sessions", meant("maxAge")],
  ["expires", "signed sessions", meant("maxAge")],
  ["ttl", "signed sessions", meant("timeout")],
  ["session_timeout", "signed sessions", meant("timeout")],
  ["absoluteTimeout", "signed sessions", meant("lifetime")],
  ["absoluteTimeout", "Pyramid's sessions", null],
  ["reissue_time", "signed sessions", meant("reissueTime")],
  ["rolling", "signed sessions", meant("reissueTime")],
  ["updateAge", "signed sessions", meant("reissueTime")],
  ["set_on_exception", "signed sessions", meant("setOnException")],
  ["cookie_on_exception", "signed sessions", meant("setOnException")],
  ["samesite", "signed sessions", meant("sameSite")],
  ["same_site", "signed sessions", meant("sameSite")],
  ["cookie_samesite", "signed sessions", meant("sameSite")],
  ["httponly", "signed sessions", meant("httpOnly")],
  ["cookie_httponly", "signed sessions", meant("httpOnly")],
  ["revocation", "signed sessions", meant("revocations")],
  ["timout", "signed sessions", meant("timeout")],
  ["hashalg", "Pyramid's sessions", meant("hash")],
  ["hashalg", "signed sessions", "the format fixes the algorithm"],
  ["lifetime", "Pyramid's sessions", "Pyramid's cookies cannot carry it"],
  ["serializer", "Pyramid's sessions", "Pyramid's cookies cannot carry it"],
  ["revocations", "Pyramid's sessions", "Pyramid's cookies cannot carry it"],
  ["password", "encrypted sessions", FIRST_ARGUMENT],
  ["secret", "signed sessions", FIRST_ARGUMENT],
  ["keys", "signed sessions", FIRST_ARGUMENT],
  ["secret", "signedCodec()", FIRST_ARGUMENT],
  ["secret", "sessions of a codec", "the codec takes the secret"],
  ["cookie", "signed sessions", DIRECTLY],
  ["cookieOptions", "signed sessions", DIRECTLY],
  ["attributes", "signed sessions", DIRECTLY],
  ["resave", "signed sessions", "a session is written only if it changed or its renewal is due"],
  [
    "saveUninitialized",
    "signed sessions",
    "a session is written only if it changed or its renewal is due",
  ],
  ["encrypt", "signed sessions", "call encryptedCookieSessionFactory()"],
  ["proxy", "signed sessions", "write trusted, an option of the Configurator"],
  ["allow_duplicate", "session.flash()", meant("allowDuplicate")],

  ["code", "redirect()", meant("status")],
  ["allowExternal", "redirect()", meant("external")],
  ["status", "HttpFound", "call redirect()"],
  ["error", "HttpNotFound", meant("cause")],
  ["detail", "HttpNotFound", "give the detail as an argument before the options"],
  ["statusCode", "json()", meant("status")],
  ["contentType", "json()", meant("headers")],
  ["_query", "route.path()", meant("query")],
  ["_anchor", "route.path()", meant("fragment")],
  ["hash", "route.path()", meant("fragment")],
  ["limit", "request.json()", meant("maxBytes")],
  ["maxFiles", "request.form()", meant("maxParts")],
  ["maxFiles", "request.json()", null],
  ["max_age", "staticView()", meant("cacheMaxAge")],
  ["hidden", "staticView()", meant("dotfiles")],
  ["content_encodings", "staticView()", meant("precompressed")],

  ["baseUrl", "a TestClient", meant("origin")],
  ["cookies", "a TestClient", "store it in client.jar"],
  ["cookies", "client.get()", "store it in client.jar"],
  ["now", "a CookieJar", meant("clock")],
  ["params", "dummyRequest()", meant("matchdict")],
  ["post", "dummyRequest()", meant("form")],
  ["path", "dummyRequest()", meant("url")],
  ["user", "plantSession()", meant("userId")],
];

/** The words alone. */
export const HINTED_WORDS: readonly string[] = [...new Set(HINTS.map(([word]) => word))];
