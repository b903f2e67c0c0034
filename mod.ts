/**
 * Python's Pyramid for Deno: declared routes, views, and sessions that are right the first time, on
 * Web-standard `Request` and `Response`.
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
 * const add = route("add", "/add"), read = route("read", "/read");
 * const config = new Configurator<{ user: string }>();
 * config.setSessionFactory(signedCookieSessionFactory(secret));
 * config.addRoute(add).addView(async (request) => {
 *   (await request.session).set("user", request.query.get("user") ?? "nobody");
 *   return redirect(request.routePath(read));
 * }, { route: add });
 * config.addRoute(read).addView(async (request) => {
 *   return html`Welcome ${(await request.session).get("user")}`;
 * }, { route: read });
 *
 * const visitor = new TestClient(config.makeApp());
 * await visitor.get("/add?user=ada");
 * assertEquals(await (await visitor.get("/read")).text(), "Welcome ada");
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
export type { ConnectionInfo } from "./lib/http/connection_info.ts";
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
export { HttpClientError, HttpError, HttpServerError } from "./lib/http/http_error.ts";
export { type HttpErrorOptions, HttpException } from "./lib/http/http_exception.ts";
export { Html, html, type HtmlValue, insecureRaw } from "./lib/http/html.ts";
export { json } from "./lib/http/json.ts";
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
export type { ForwardingHeader, TrustedProxies } from "./lib/http/trusted_proxies.ts";
export type { FieldPart, FilePart, FormPart } from "./lib/http/part_reader.ts";
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
} from "./lib/session/pyramid_codec.ts";
export type { HmacHash } from "./lib/session/hmac.ts";
export type { RandomBytes } from "./lib/session/random_bytes.ts";
export { sealedCodec, type SealedCodecOptions } from "./lib/session/sealed_codec.ts";
export type { CookieSessionOptions } from "./lib/session/cookie_session_options.ts";
export { cookieSessionFactory } from "./lib/session/cookie_sessions.ts";
export {
  encryptedCookieSessionFactory,
  type EncryptedCookieSessionOptions,
} from "./lib/session/encrypted_cookie_sessions.ts";
export {
  pyramidCookieSessionFactory,
  type PyramidCookieSessionOptions,
} from "./lib/session/pyramid_cookie_sessions.ts";
export { RevocationStoreError } from "./lib/session/revocation_guard.ts";
export {
  type Migrate,
  type SchemaIssue,
  type SchemaResult,
  SessionSchemaError,
  type StandardSchema,
} from "./lib/session/session_schema.ts";
export type { LifetimeOptions } from "./lib/session/lifetimes.ts";
export type { SessionSerializer } from "./lib/session/native_payload.ts";
export type { Secrets, SecretsOptions } from "./lib/session/secrets.ts";
export type { SessionCookieOptions } from "./lib/session/session_cookie.ts";
export {
  type SessionKeySize,
  SessionTooLargeError,
} from "./lib/session/session_too_large_error.ts";
export { SessionValueError } from "./lib/session/session_value_error.ts";
export { signedCodec, type SignedCodecOptions } from "./lib/session/signed_codec.ts";
export {
  signedCookieSessionFactory,
  type SignedCookieSessionOptions,
} from "./lib/session/signed_cookie_sessions.ts";
export type { AcceptTypes } from "./lib/views/accept_predicate.ts";
export type { Answer } from "./lib/views/answer.ts";
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
} from "./lib/views/exception_view_config.ts";
export type {
  ExceptionViewOptions,
  ForbiddenViewOptions,
  NotFoundViewOptions,
} from "./lib/views/exception_view_options.ts";
export type { HeaderConditions } from "./lib/views/header_predicate.ts";
export type { HttpCache } from "./lib/views/http_cache.ts";
export type { ParamConditions } from "./lib/views/param_predicates.ts";
export {
  Not,
  not,
  type OrNot,
  type Predicate,
  type PredicateFactory,
} from "./lib/views/predicate.ts";
export type { PredicateOptions } from "./lib/views/predicate_list.ts";
export type { Renderer } from "./lib/views/renderers.ts";
export {
  NO_PERMISSION_REQUIRED,
  type Permission,
  type SecurityPolicy,
} from "./lib/views/security.ts";
export type { AnswerWrapper, ViewOptions } from "./lib/views/view_options.ts";
export type { RequestMethod } from "./lib/views/method_predicate.ts";
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
export type { WebSocketUpgrade, WebSocketUpgradeOptions } from "./lib/views/websocket_upgrade.ts";
