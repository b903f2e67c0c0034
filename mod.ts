/**
 * A web framework for Deno, after Python's Pyramid: routes, views, and sessions in signed or
 * encrypted cookies, on Web-standard `Request` and `Response`.
 *
 * A {@linkcode Configurator} routes requests to views by `URLPattern`. A view gets a
 * {@linkcode ViewRequest}, which loads the {@linkcode Session} when the view reads it. If a view
 * changed the session, the app writes one `Set-Cookie` header. A codec signs or encrypts the cookie
 * by SubtleCrypto.
 *
 * ```ts
 * import { Configurator, html, redirect, route, signedCookieSessionFactory } from "@pyramidion/pyramidion";
 * import { TestClient } from "@pyramidion/pyramidion/testing";
 * import { assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * const secret = crypto.getRandomValues(new Uint8Array(32)).toBase64();
 * const home = route("home", "/");
 * const verify = (user: string, password: string) => user === "ada" && password === "right";
 * const config = new Configurator({ sessionFactory: signedCookieSessionFactory(secret) });
 * config.setDefaultCsrfOptions(); // a POST without the form's token is a 403
 * config.addRoute(home).addView(async (request) => {
 *   const session = await request.session;
 *   return session.userId === undefined
 *     ? html`<form method="post"><input name="user"><input name="password" type="password">
 *       <input type="hidden" name="csrf_token" value="${session.getCsrfToken()}"></form>`
 *     : html`Welcome ${session.userId}`;
 * }, { route: home });
 * config.addView(async (request) => {
 *   const form = await request.params, user = form.get("user") ?? "";
 *   if (verify(user, form.get("password") ?? "")) (await request.session).bindTo(user);
 *   return redirect(home.path(), { status: 303 });
 * }, { route: home, requestMethod: "POST" });
 *
 * const form = (await new TestClient(config.makeApp()).open("/")).form();
 * assertEquals((await form.submit({ user: "ada", password: "right" })).text, "Welcome ada");
 * ```
 *
 * @module
 */

import "./lib/runtime.ts";

// The app and its configuration.
export { type AnyConfigurator, Configurator } from "./configurator.ts";
export { App } from "./lib/app/app.ts";
export { mount } from "./lib/app/mount.ts";
export { ConfigurationError } from "./lib/configuration_error.ts";
export type { ConfiguratorOptions } from "./lib/configurator/app_assembly.ts";
export { route } from "./lib/configurator/route_statement.ts";
export type { RequestWith } from "./lib/configurator/app_types.ts";
export { ConfigurationConflictError } from "./lib/configurator/statements.ts";
export type { ConnectionInfo } from "./lib/http/request.ts";
export type { Logger } from "./lib/log.ts";
export type { Matchdict } from "./lib/routing/matchdict.ts";
export { Route } from "./lib/routing/route.ts";
export { RouteNotFoundError } from "./lib/routing/route_names.ts";
export type { ConfiguratorWith, RequestOf } from "./parts.ts";

// Views and their requests.
export {
  exceptionViewConfig,
  forbiddenViewConfig,
  notFoundViewConfig,
  viewConfig,
  viewDefaults,
} from "./lib/configurator/view_config.ts";
export { Html, html, type HtmlValue, insecureRaw } from "./lib/http/html.ts";
export { jsonScript } from "./lib/http/html/json_script.ts";
export { redirect } from "./lib/http/redirect.ts";
export { json } from "./lib/http/response.ts";
export { type AnyViewRequest, ViewRequest } from "./lib/views/request.ts";
export type { CookieOptions } from "./lib/views/response_cookies.ts";
export type { ErrorClass, View, ViewOptions } from "./lib/views/view.ts";

// Tweens, derivers, predicates and events around the views.
export {
  ApplicationCreated,
  BeforeRender,
  NewRequest,
  NewResponse,
  type Subscriber,
} from "./lib/app/events.ts";
export type { Tween } from "./lib/app/tweens.ts";
export {
  BadCsrfOrigin,
  BadCsrfToken,
  csrfField,
  type CsrfOptions,
  onceField,
} from "./lib/views/csrf.ts";
export type { ViewDeriver } from "./lib/views/derivers.ts";
export type { Renderer, RequestHandler } from "./lib/views/handler.ts";
export { not, type Predicate, type PredicateFactory } from "./lib/views/predicates/predicate.ts";
export { NO_PERMISSION_REQUIRED, type SecurityPolicy, StaleSignIn } from "./lib/views/security.ts";

// Sessions.
export {
  cookieSessionFactory,
  encryptedCookieSessionFactory,
  signedCookieSessionFactory,
} from "./lib/session/cookies/factories.ts";
export { pyramidCookieSessionFactory } from "./lib/session/cookies/pyramid.ts";
export { RevocationStoreError } from "./lib/session/cookies/revocation.ts";
export {
  SessionOutcomeUnknownError,
  SessionStoreError,
  SessionTooLargeError,
  SessionValueError,
  TooManySessionsError,
} from "./lib/session/errors.ts";
export { encryptedCodec } from "./lib/session/formats/encrypted.ts";
export { pyramidCodec } from "./lib/session/formats/pyramid.ts";
export { signedCodec } from "./lib/session/formats/signed.ts";
export { storedSessionFactory } from "./lib/session/stored_factory.ts";
export type { StoredSessionFactory } from "./lib/session/stored/stored_state.ts";
export { SessionSchemaError } from "./lib/session/schema.ts";
export type { StandardSchema } from "./lib/standard_schema.ts";
export {
  type RevocationStore,
  Session,
  type SessionCodec,
  type SessionFactory,
} from "./session.ts";

// Errors and redirections that a view throws or returns.
export {
  HttpBadRequest,
  HttpClientError,
  HttpConflict,
  HttpContentTooLarge,
  HttpError,
  HttpException,
  HttpForbidden,
  HttpGone,
  HttpInternalServerError,
  HttpMethodNotAllowed,
  HttpNotAcceptable,
  HttpNotFound,
  HttpServerError,
  HttpServiceUnavailable,
  HttpTooManyRequests,
  HttpUnauthorized,
  HttpUnprocessableContent,
  HttpUnsupportedMediaType,
  ValidationError,
} from "./lib/http/errors.ts";
export {
  HttpFound,
  HttpMovedPermanently,
  HttpPermanentRedirect,
  HttpRedirection,
  HttpSeeOther,
  HttpTemporaryRedirect,
} from "./lib/http/redirect.ts";
