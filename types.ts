/**
 * The types of options, parameters and results that an app seldom writes by name.
 *
 * TypeScript infers these types from your calls. Import one if you must write its name, for example
 * for an options object that several calls share. The types that most apps name are exported by the
 * main module. This module exports no value.
 *
 * ```ts
 * import { Configurator, html, route } from "@pyramidion/pyramidion";
 * import type { CookieSessionOptions, RouteReport } from "@pyramidion/pyramidion/types";
 * import { assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * const shared: CookieSessionOptions = { timeout: 600, sameSite: "Strict" };
 * const home = route("home", "/");
 * const app = new Configurator().addRoute(home).addView(() => html`Hello`, { route: home }).makeApp();
 * const first: RouteReport | undefined = app.report.routes[0];
 * assertEquals([shared.timeout, first?.pattern], [600, "/"]);
 * ```
 *
 * @module
 */

export type { Extended, Included } from "./configurator.ts";
export type {
  AppEvent,
  Delivery,
  ResponseFacts,
  ResponseSent,
  SessionResult,
} from "./lib/app/events.ts";
export type { FetchHandler, MountedApp } from "./lib/app/mount.ts";
export type {
  AppReport,
  CsrfReport,
  Explanation,
  MatchResult,
  RouteReport,
  ScopeReport,
  ViewReport,
} from "./lib/app/report.ts";
export type { AppStatements } from "./lib/configurator/app_statements.ts";
export type {
  AddedMember,
  AppNeeds,
  AppRequest,
  IdentityNeeded,
  KeysOf,
  MembersAfter,
  MembersNeeded,
  NotAsync,
  SessionNeeded,
  SessionWith,
  SettingsAfter,
  SettingsNeeded,
  UserOf,
} from "./lib/configurator/app_types.ts";
export type { DirectiveMethod } from "./lib/configurator/directives.ts";
export type { IncludeOptions } from "./lib/configurator/includes.ts";
export type { PlacementOptions } from "./lib/configurator/order.ts";
export type { RequestMethodOptions } from "./lib/configurator/plan.ts";
export type { AddRouteOptions, RouteConditions } from "./lib/configurator/route_statement.ts";
export type {
  AnyView,
  ExceptionViewConfigDecorator,
  MarkedExceptionView,
  RenderedViewOptions,
  ViewConfigDecorator,
  ViewDefaultsDecorator,
} from "./lib/configurator/view_config.ts";
export type { RequestCookies } from "./lib/http/cookies.ts";
export type { FieldErrors, HttpErrorOptions } from "./lib/http/errors.ts";
export type { FieldPart, FilePart, FormPart } from "./lib/http/form_parts.ts";
export type { ForwardingHeader, TrustedProxies } from "./lib/http/forwarded.ts";
export type { RedirectOptions, RedirectStatus } from "./lib/http/redirect.ts";
export type { OriginOptions } from "./lib/http/request_origin.ts";
export type { PathParams, SegmentsValue, SegmentValue } from "./lib/routing/matchdict.ts";
export type {
  PathOptions,
  QueryInit,
  QueryPairs,
  QueryValue,
  QueryValues,
} from "./lib/routing/path_generation.ts";
export type { PathArguments } from "./lib/routing/route.ts";
export type { RouteOptions } from "./lib/routing/route_pattern.ts";
export type { SessionCookieOptions } from "./lib/session/cookie_attributes.ts";
export type { SecretCookieSessionOptions } from "./lib/session/cookies/factories.ts";
export type { PyramidCookieSessionOptions } from "./lib/session/cookies/pyramid.ts";
export type { RandomBytes } from "./lib/session/crypto/bytes.ts";
export type { HmacHash } from "./lib/session/crypto/hmac.ts";
export type { Secrets, SecretsOptions } from "./lib/session/crypto/secrets.ts";
export type { SessionKeySize } from "./lib/session/errors.ts";
export type { SessionSerializer } from "./lib/session/formats/native_payload.ts";
export type { CodecOptions } from "./lib/session/formats/native_token.ts";
export type {
  PyramidCodecOptions,
  PyramidSecret,
  PyramidSecrets,
} from "./lib/session/formats/pyramid.ts";
export type { LifetimeOptions } from "./lib/session/lifetimes.ts";
export type { CookieSessionOptions } from "./lib/session/options.ts";
export type { SchemaMigration } from "./lib/session/schema.ts";
export type { SchemaIssue, SchemaResult } from "./lib/standard_schema.ts";
export type { StoreHealth } from "./lib/session/stored/access/store_guard.ts";
export type { StoreLimits } from "./lib/session/store_limits.ts";
export type { StoredSessionOptions } from "./lib/session/stored_factory.ts";
export type {
  EndAllOptions,
  LostChanges,
  StoredSession,
  StoredSessionHealth,
} from "./lib/session/stored/stored_state.ts";
export type { BodyLimits, FormLimits, RequestLimits } from "./lib/views/body_limits.ts";
export type { CsrfTokenFault } from "./lib/views/csrf.ts";
export type { DeriverInfo } from "./lib/views/derivers.ts";
export type { RendererInfo } from "./lib/views/handler.ts";
export type { OnceOptions } from "./lib/views/forms/once.ts";
export type {
  FormReading,
  InvalidForm,
  InvalidReading,
  JsonReading,
  ReadFormOptions,
  ReadQueryOptions,
  ValidReading,
} from "./lib/views/forms/readings.ts";
export type { FileHandler, FileOptions, FormFile } from "./lib/views/forms/streamed_files.ts";
export type { PassedRequest } from "./lib/views/handler.ts";
export type { HttpCache } from "./lib/views/http_cache.ts";
export type { AcceptTypes } from "./lib/views/predicates/accept.ts";
export type { HeaderConditions } from "./lib/views/predicates/header.ts";
export type { RequestMethod } from "./lib/views/predicates/method.ts";
export type { Not, OrNot } from "./lib/views/predicates/predicate.ts";
export type { PredicateOptions } from "./lib/views/predicates/predicates.ts";
export type { ParamConditions } from "./lib/views/predicates/request_param.ts";
export type { FinishedCallback, ResponseCallback } from "./lib/views/request.ts";
export type { RequestTypes } from "./lib/views/request_state.ts";
export type { CookieDeletionOptions } from "./lib/views/response_cookies.ts";
export type { Permission } from "./lib/views/security.ts";
export type {
  DefaultRendered,
  ExceptionViewOptions,
  ForbiddenViewOptions,
  HandlerDecorator,
  IdentityUnder,
  NoResponse,
  NotFoundViewOptions,
  PermissionOption,
  RendererFor,
  ResultIn,
  ViewResult,
} from "./lib/views/view.ts";
export type { WebSocketUpgrade, WebSocketUpgradeOptions } from "./lib/views/websocket.ts";
export type {
  BeginSignInOptions,
  BindOptions,
  Cell,
  CellOptions,
  CommitContext,
  DecodedCookie,
  FlashOptions,
  RefusalReason,
  SessionDescription,
  SessionOutcome,
  SessionPolicy,
  SessionRecord,
  SessionRequest,
  VisitorCsrf,
} from "./session.ts";
export type {
  AsyncCloser,
  ListedSession,
  SessionChange,
  SessionStore,
  StoredRecord,
} from "./lib/session/stored/session_store.ts";
export type { LogFields } from "./lib/log.ts";
export type { NotedDescription } from "./lib/session/contract/record.ts";
