/**
 * A web framework for Deno, after Python's Pyramid: routes, views, and sessions in signed or
 * encrypted cookies, on Web-standard `Request` and `Response`.
 *
 * A {@linkcode Configurator} routes requests to views by `URLPattern`; a view gets a
 * {@linkcode ViewRequest} with a lazily loaded {@linkcode Session}; a session that changed is
 * committed into one `Set-Cookie` header through a SubtleCrypto codec.
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

export { App } from "./lib/app/app.ts";
export {
  type AppEvent,
  ApplicationCreated,
  NewRequest,
  NewResponse,
  type Subscriber,
} from "./lib/app/events.ts";
export { type FetchHandler, mount, MountedApp } from "./lib/app/mount.ts";
export type {
  AppReport,
  CsrfReport,
  Explanation,
  RouteReport,
  Verdict,
  ViewReport,
} from "./lib/app/report.ts";
export type { Tween } from "./lib/app/tweens.ts";
export { ConfigurationError } from "./lib/configuration_error.ts";
export { ConfigurationConflictError } from "./lib/configurator/declarations.ts";
export type { ConnectionInfo } from "./lib/http/request_headers.ts";
export { RequestCookies } from "./lib/http/cookies.ts";
export {
  HttpBadRequest,
  HttpConflict,
  HttpContentTooLarge,
  HttpForbidden,
  HttpGone,
  HttpInternalServerError,
  HttpMethodNotAllowed,
  HttpNotAcceptable,
  HttpNotFound,
  HttpServiceUnavailable,
  HttpTooManyRequests,
  HttpUnauthorized,
  HttpUnprocessableContent,
  HttpUnsupportedMediaType,
} from "./lib/http/errors.ts";
export { HttpClientError, HttpError, HttpServerError } from "./lib/http/errors.ts";
export { type HttpErrorOptions, HttpException } from "./lib/http/errors.ts";
export { Html, html, type HtmlValue, insecureRaw } from "./lib/http/html.ts";
export { json } from "./lib/http/response.ts";
export {
  HttpFound,
  HttpMovedPermanently,
  HttpPermanentRedirect,
  HttpRedirection,
  HttpSeeOther,
  HttpTemporaryRedirect,
  redirect,
  type RedirectOptions,
  type RedirectStatus,
} from "./lib/http/redirect.ts";
export type { OriginOptions } from "./lib/http/request_origin.ts";
export type { ForwardingHeader, TrustedProxies } from "./lib/http/forwarded.ts";
export type { FieldPart, FilePart, FormPart } from "./lib/http/form_parts.ts";
export type { Logger } from "./lib/log.ts";
export type {
  Matchdict,
  PathParams,
  SegmentsValue,
  SegmentValue,
} from "./lib/routing/matchdict.ts";
export type {
  PathOptions,
  QueryInit,
  QueryPairs,
  QueryValue,
  QueryValues,
} from "./lib/routing/path_generation.ts";
export { type PathArguments, Route, route, type RouteOptions } from "./lib/routing/route.ts";
export type { RoutePatternOptions } from "./lib/routing/route_pattern.ts";
export { RouteNotFoundError } from "./lib/routing/route_names.ts";
export {
  pyramidCodec,
  type PyramidCodecOptions,
  type PyramidSecret,
  type PyramidSecrets,
} from "./lib/session/formats/pyramid.ts";
export type { HmacHash } from "./lib/session/crypto/hmac.ts";
export type { RandomBytes } from "./lib/session/crypto/bytes.ts";
export { encryptedCodec } from "./lib/session/formats/encrypted.ts";
export type { CodecOptions } from "./lib/session/formats/native_token.ts";
export type { CookieSessionOptions } from "./lib/session/options.ts";
export {
  cookieSessionFactory,
  encryptedCookieSessionFactory,
  type SecretCookieSessionOptions,
  signedCookieSessionFactory,
} from "./lib/session/cookies/factories.ts";
export {
  pyramidCookieSessionFactory,
  type PyramidCookieSessionOptions,
} from "./lib/session/cookies/pyramid.ts";
export {
  type EndAllOptions,
  type StoredSession,
  type StoredSessionFactory,
  storedSessionFactory,
  type StoredSessionOptions,
} from "./lib/session/stored/stored_sessions.ts";
export type { LostChanges } from "./lib/session/stored/stored_state.ts";
export {
  SessionOutcomeUnknownError,
  SessionStoreError,
} from "./lib/session/stored/store_access.ts";
export { RevocationStoreError } from "./lib/session/cookies/revocation.ts";
export {
  type Migrate,
  type SchemaIssue,
  type SchemaResult,
  SessionSchemaError,
  type StandardSchema,
} from "./lib/session/schema.ts";
export type { LifetimeOptions } from "./lib/session/lifetimes.ts";
export type { SessionSerializer } from "./lib/session/formats/native_payload.ts";
export type { Secrets, SecretsOptions } from "./lib/session/crypto/secrets.ts";
export type { SessionCookieOptions } from "./lib/session/cookie_attributes.ts";
export { type SessionKeySize, SessionTooLargeError } from "./lib/session/errors.ts";
export { SessionValueError } from "./lib/session/errors.ts";
export { signedCodec } from "./lib/session/formats/signed.ts";
export type { AcceptTypes } from "./lib/views/predicates/headers.ts";
export type { Answer } from "./lib/views/handler.ts";
export {
  BadCsrfOrigin,
  BadCsrfToken,
  type CsrfOptions,
  type CsrfTokenFault,
} from "./lib/views/csrf.ts";
export type { DeriverInfo, ViewDeriver } from "./lib/views/derivers.ts";
export {
  exceptionViewConfig,
  type ExceptionViewDecorator,
  forbiddenViewConfig,
  type MarkedExceptionView,
  notFoundViewConfig,
} from "./lib/views/view_config.ts";
export type {
  ExceptionViewOptions,
  ForbiddenViewOptions,
  NotFoundViewOptions,
} from "./lib/views/view.ts";
export type { HeaderConditions } from "./lib/views/predicates/headers.ts";
export type { HttpCache } from "./lib/views/http_cache.ts";
export type { ParamConditions } from "./lib/views/predicates/params.ts";
export {
  Not,
  not,
  type OrNot,
  type Predicate,
  type PredicateFactory,
} from "./lib/views/predicates/predicate.ts";
export type { PredicateOptions } from "./lib/views/predicates/predicates.ts";
export type { Renderer } from "./lib/views/renderers.ts";
export {
  NO_PERMISSION_REQUIRED,
  type Permission,
  type SecurityPolicy,
} from "./lib/views/security.ts";
export type { AnswerWrapper, ViewOptions } from "./lib/views/view.ts";
export type { RequestMethod } from "./lib/views/predicates/method.ts";
export {
  type AnyViewRequest,
  type FinishedCallback,
  type ResponseCallback,
  ViewRequest,
} from "./lib/views/request.ts";
export type { CookieDeletionOptions, CookieOptions } from "./lib/views/response_cookies.ts";
export type { BodyLimits, FormLimits, RequestLimits } from "./lib/views/body_limits.ts";
export type { ErrorClass, View, ViewResult } from "./lib/views/view.ts";
export {
  type ClassDecorator,
  type FreeView,
  type RenderedViewOptions,
  viewConfig,
  type ViewDecorator,
  viewDefaults,
} from "./lib/views/view_config.ts";
export { type AnyConfigurator, Configurator } from "./configurator.ts";
export type {
  AddRouteOptions,
  ConfiguratorOptions,
  IncludeOptions,
  PlacementOptions,
  RequestMethodOptions,
} from "./lib/configurator/options.ts";
export type { RouteConditions } from "./lib/configurator/plan.ts";
export {
  type CommitContext,
  type Decoded,
  type FlashOptions,
  type RefusalReason,
  type RevocationStore,
  Session,
  type SessionCodec,
  type SessionFactory,
  type SessionOutcome,
  type SessionPolicy,
  type SessionRecord,
  type SessionRequest,
  type VisitorCsrf,
} from "./session.ts";
export type { WebSocketUpgrade, WebSocketUpgradeOptions } from "./lib/views/websocket.ts";
