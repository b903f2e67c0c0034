/**
 * The request as a view sees it.
 *
 * @module
 */

import { ConfigurationError } from "../configuration_error.ts";
import { RequestCookies } from "../http/cookies.ts";
import { HttpBadRequest } from "../http/errors.ts";
import type { RequestOrigin } from "../http/request_origin.ts";
import type { Matchdict } from "../routing/matchdict.ts";
import type { Route } from "../routing/route.ts";
import type { RouteNames } from "../routing/route_names.ts";
import { type Session, type SessionFactory, sessionState } from "../../session.ts";
import { type BodyLimits, type FormLimits, isForm, quiet, RequestBody } from "./request_body.ts";
import { RequestState } from "./request_state.ts";

/**
 * What every request of an app shares.
 *
 * @internal
 */
export interface RequestEnvironment<Data extends object> {
  /** Loads the sessions, where the app has any. */
  readonly sessionFactory: SessionFactory<Data> | undefined;
  /** Tells where a request came to. */
  readonly origins: RequestOrigin;
  /** The app's routes, by name. */
  readonly routes: RouteNames;
  /** Tells who a visitor is, and what this visitor may, where the app says so. */
  readonly securityPolicy: RequestSecurity | undefined;
  /** What `addSettings` collected. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Seconds that a body may stop for; `null`: for ever. */
  readonly bodyTimeout: number | null;
}

/**
 * What a request asks of the security policy.
 *
 * @internal
 */
export interface RequestSecurity {
  /** Who is signed in. */
  identity(request: AnyViewRequest): unknown;
  /** Whether the visitor may. */
  permits(
    request: AnyViewRequest,
    context: unknown,
    permission: string,
  ): boolean | Promise<boolean>;
}

/** Changes a response before it is sent, or replaces it. */
export type ResponseCallback<Data extends object> = (
  request: ViewRequest<Data>,
  response: Response,
) => Response | void | Promise<Response | void>;

/** Called when a request is over, whatever became of it. */
export type FinishedCallback<Data extends object> = (
  request: ViewRequest<Data>,
) => void | Promise<void>;

let openState: <Data extends object, Params extends object>(
  request: ViewRequest<Data, Params>,
) => RequestState<Data, ViewRequest<Data>>;

/**
 * Opens what stands behind a request: for the app that answers it.
 *
 * @internal
 */
export function requestState<Data extends object, Params extends object>(
  request: ViewRequest<Data, Params>,
): RequestState<Data, ViewRequest<Data>> {
  return openState(request);
}

/**
 * Closes the session of a request: whoever asks for it from now on can only read.
 *
 * @internal
 */
export function closeSession<Data extends object, Params extends object>(
  request: ViewRequest<Data, Params>,
): void {
  const state = openState(request);
  state.isClosed = true;
  // One that was not committed would take writes that nobody reads.
  if (state.loaded !== undefined) readOnly(state.loaded);
  else state.session?.then(readOnly, () => {});
}

/**
 * A request as a view sees it: the platform's `Request`, with the session, the matched route, and
 * bodies that are read once and bounded. Nothing is parsed before it is asked for.
 *
 * Pyramid: `pyramid.request.Request`.
 *
 * @typeParam Data The keys of the app's sessions.
 * @typeParam Params What the route's pattern captures.
 */
export class ViewRequest<
  Data extends object = Record<string, unknown>,
  Params extends object = Record<string, string | undefined>,
> {
  /** The request as it came. Its body is used up by whoever reads it first. */
  readonly raw: Request;
  /** What the server knows of the connection; undefined without a server. */
  readonly info: Deno.ServeHandlerInfo | undefined;
  readonly #environment: RequestEnvironment<Data>;
  readonly #state = new RequestState<Data, ViewRequest<Data>>();
  #context: { readonly value: unknown } | undefined;
  #identity: Promise<unknown> | undefined;
  #origin: string | undefined;
  #url: URL | undefined;
  #query: URLSearchParams | undefined;
  #cookies: RequestCookies | undefined;
  #body: RequestBody | undefined;
  #params: Promise<URLSearchParams> | undefined;

  static {
    openState = (request) => request.#state;
  }

  /**
   * Wraps a request; apps do it for their views.
   *
   * @param raw The request as it came.
   * @param info What the server knows of the connection.
   * @param environment What every request of the app shares.
   */
  constructor(
    raw: Request,
    info: Deno.ServeHandlerInfo | undefined,
    environment: RequestEnvironment<Data>,
  ) {
    this.raw = raw;
    this.info = info;
    this.#environment = environment;
  }

  /** The method, in capitals. */
  get method(): string {
    return this.raw.method;
  }

  /** The headers. */
  get headers(): Headers {
    return this.raw.headers;
  }

  /** Scheme and host as the outside world sees them, such as `https://app.test`. */
  get origin(): string {
    return this.#origin ??= this.#environment.origins.of(this.raw);
  }

  /** The URL as the outside world sees it. */
  get url(): URL {
    if (this.#url === undefined) {
      const own = URL.parse(this.raw.url);
      if (own === null) throw new HttpBadRequest("The URL of this request cannot be read");
      this.#url = own.origin === this.origin
        ? own
        : new URL(this.origin + own.pathname + own.search);
    }
    return this.#url;
  }

  /** The query string's parameters. Pyramid: `request.GET`. */
  get query(): URLSearchParams {
    return this.#query ??= new URLSearchParams(this.url.search);
  }

  /** The query string's parameters, then those of a form in the body; files and other bodies are left out. */
  get params(): Promise<URLSearchParams> {
    return this.#params ??= quiet(this.#readParams());
  }

  /** The cookies, as they came. */
  get cookies(): RequestCookies {
    return this.#cookies ??= new RequestCookies(this.headers.get("cookie"));
  }

  /** What the route's pattern captured, percent-decoded. */
  get matchdict(): Params {
    return (this.#state.match?.matchdict ?? {}) as Params;
  }

  /** The route that matched; undefined where none did. */
  get matchedRoute(): Route | undefined {
    return this.#state.match?.route;
  }

  /** What the app stated by `addSettings`. Pyramid: `request.registry.settings`. */
  get settings(): Readonly<Record<string, unknown>> {
    return this.#environment.settings;
  }

  /** What the route's `factory` made of this request, made once; undefined without one. It may be a promise. */
  get context(): unknown {
    this.#context ??= { value: this.#state.match?.value.factory?.(this as never) };
    return this.#context.value;
  }

  /** What was thrown, once an exception view or the error page answers it. Pyramid: `request.exception`. */
  get exception(): unknown {
    return this.#state.exception;
  }

  /** Who is signed in, by the security policy, asked once; `null` for nobody, and without a policy. */
  get identity(): Promise<unknown> {
    return this.#identity ??= quiet(this.#identify());
  }

  /**
   * Whether the visitor may do something. Pyramid: `has_permission`.
   *
   * @param permission What the security policy knows.
   * @param context What it is about. Default: the route's.
   * @returns Without a security policy always true.
   */
  async hasPermission(permission: string, context?: unknown): Promise<boolean> {
    const policy = this.#environment.securityPolicy;
    if (policy === undefined) return true;
    return await policy.permits(anyRequest(this), context ?? await this.context, permission);
  }

  /** Whether the body says that it is a form. */
  get hasForm(): boolean {
    return isForm(this.headers.get("content-type"));
  }

  /**
   * Headers for whatever answers this request, errors included: `Set-Cookie` and `Vary` are added,
   * others replaced. They are merged before the response callbacks, which have the response itself.
   */
  get responseHeaders(): Headers {
    return this.#state.responseHeaders ??= new Headers();
  }

  /**
   * The session: loaded when it is first asked for, and kept.
   *
   * A request that never asks for it costs no cookie parsing, no key and no header.
   *
   * @throws {ConfigurationError} If the app has no session factory.
   */
  get session(): Promise<Session<Data>> {
    return this.#state.session ??= this.#loadSession();
  }

  /**
   * The body, read once.
   *
   * @throws {HttpError} 413 if it is larger than `maxBytes`; the first reader decides. 408 if it
   * stops coming for longer than the `bodyTimeout` of the Configurator.
   */
  bytes(limits?: BodyLimits): Promise<Uint8Array<ArrayBuffer>> {
    return this.#ownBody.bytes(limits);
  }

  /** The body as UTF-8 text; what is not UTF-8 is replaced, as the platform does. */
  text(limits?: BodyLimits): Promise<string> {
    return this.#ownBody.text(limits);
  }

  /**
   * The body as JSON.
   *
   * @throws {HttpError} 400 if it is not JSON, 413 if it is too large.
   */
  json(limits?: BodyLimits): Promise<unknown> {
    return this.#ownBody.json(limits);
  }

  /**
   * The body as a form. Pyramid: `request.POST`.
   *
   * @throws {HttpError} 415 if it is not a form, 400 if it is broken, 413 if it has more bytes or parts than allowed.
   */
  form(limits?: FormLimits): Promise<FormData> {
    return this.#ownBody.form(limits);
  }

  /** The path of a route: `routePath(user, { id })`, or by the route's name. */
  routePath<Pattern extends string>(
    route: Route<Pattern>,
    ...args: Parameters<Route<Pattern>["path"]>
  ): string;
  /** The path of a route: `routePath(user, { id })`, or by the route's name. */
  routePath(name: string, ...args: Parameters<Route["path"]>): string;
  routePath(route: Route | string, ...args: Parameters<Route["path"]>): string {
    const found = this.#route(route);
    if (found.origin === null) return found.path(...args);
    throw new TypeError(
      `Cannot make path of route "${found.name}": it is of another site: use routeUrl()`,
    );
  }

  /** The URL of a route under the request's own origin; see {@linkcode routePath}. */
  routeUrl<Pattern extends string>(
    route: Route<Pattern>,
    ...args: Parameters<Route<Pattern>["path"]>
  ): string;
  /** The URL of a route under the request's own origin; see {@linkcode routePath}. */
  routeUrl(name: string, ...args: Parameters<Route["path"]>): string;
  routeUrl(route: Route | string, ...args: Parameters<Route["path"]>): string {
    const found = this.#route(route);
    return (found.origin ?? this.origin) + found.path(...args);
  }

  /** Calls `callback` with the response, whoever made it, before the session is committed. */
  addResponseCallback(callback: ResponseCallback<Data>): void {
    (this.#state.callbacks ??= []).push(callback);
  }

  /** Calls `callback` when the response is on its way, whatever became of the request. */
  addFinishedCallback(callback: FinishedCallback<Data>): void {
    (this.#state.finishedCallbacks ??= []).push(callback);
  }

  get #ownBody(): RequestBody {
    return this.#body ??= new RequestBody(this.raw, this.#environment.bodyTimeout);
  }

  #route(wanted: Route | string): Route {
    return this.#environment.routes.get(wanted, this.#state.match?.value.scope ?? null);
  }

  async #identify(): Promise<unknown> {
    return await this.#environment.securityPolicy?.identity(anyRequest(this)) ?? null;
  }

  #loadSession(): Promise<Session<Data>> {
    const factory = this.#environment.sessionFactory;
    if (factory === undefined) {
      throw new ConfigurationError(
        `Cannot load the session for ${this.#state.view}: the app has no session factory; call config.setSessionFactory()`,
      );
    }
    const loaded = factory.load(this);
    if (loaded instanceof Promise) return quiet(loaded.then((session) => this.#keep(session)));
    // Loaded at once, as from a cookie that is remembered.
    return Promise.resolve(this.#keep(loaded));
  }

  #keep(session: Session<Data>): Session<Data> {
    this.#state.loaded = session;
    return this.#state.isClosed ? readOnly(session) : session;
  }

  async #readParams(): Promise<URLSearchParams> {
    const params = new URLSearchParams(this.query);
    if (!this.hasForm) return params;
    for (const [name, value] of await this.form()) {
      if (typeof value === "string") params.append(name, value);
    }
    return params;
  }
}

/** A request of any app: for predicates, renderers and the like, which work in all of them. */
// deno-lint-ignore no-explicit-any -- requests of two apps are not assignable to each other, on purpose
export type AnyViewRequest = ViewRequest<any, any>;

/** The request of a route's views, by the route: for annotations. */
export type RequestOf<Pattern extends string, Data extends object> = ViewRequest<
  Data,
  Matchdict<Pattern>
>;

function anyRequest(request: AnyViewRequest): AnyViewRequest {
  return request;
}

function readOnly<Data extends object>(session: Session<Data>): Session<Data> {
  sessionState(session).close();
  return session;
}
