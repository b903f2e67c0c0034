/**
 * What happens to a request while it is answered, and what it knows of its app.
 *
 * @module
 */

import { describe } from "../check_options.ts";
import { ConfigurationError } from "../configuration_error.ts";
import type { HttpError } from "../http/errors.ts";
import type { ConnectionInfo, ObservedRequest } from "../http/request.ts";
import type { RequestOrigin } from "../http/request_origin.ts";
import type { Logger } from "../log.ts";
import { isThenable, quiet } from "../promises.ts";
import { type Mounted, mountedAt, requestUrl } from "../routing/request_target.ts";
import type { Route } from "../routing/route.ts";
import type { RouteNames, RoutePart } from "../routing/route_names.ts";
import { Session, type SessionFactory, type SessionRequest, sessionState } from "../../session.ts";
import type { HeldLimits } from "./body_limits.ts";
import { RequestBody } from "./request_body.ts";
import type { ViewLabel } from "./view_label.ts";
import { closeFailed, isClosed, isWebSocketHandshake, upgradeResponse } from "./websocket.ts";

/** The field of a form that carries the CSRF token, if the app states no other. */
export const TOKEN_FIELD = "csrf_token";

/** The field of a form that carries its one-time token. */
export const ONCE_FIELD = "once_token";
/** The key of a stored session, and the flash queue of another one, with the tokens that were used. */
export const ONCE_KEY = "_once_tokens";

/** The fields of apps that state another one, by their sessions. */
const tokenFields = new WeakMap<object, string | null>();

/** The field for the CSRF token in forms with this session. `null` means that no field carries it. */
export function tokenFieldFor(session: object): string | null {
  return tokenFields.get(session) ?? (tokenFields.has(session) ? null : TOKEN_FIELD);
}

/** What knows the field of its forms. */
type WithTokenField = Pick<SessionGuard<never>, "tokenField">;

/** The same for the forms that a request can carry. */
export function tokenFieldOf(guard: WithTokenField | undefined): string | null {
  return guard === undefined ? TOKEN_FIELD : guard.tokenField;
}

/** Who works on a request before its view is found. */
export const BEFORE_A_VIEW: ViewLabel = {
  short: "a tween, factory or predicate that comes before the view",
  toString: () => BEFORE_A_VIEW.short,
};

/**
 * What a `ViewRequest` knows besides its session and its pattern.
 *
 * @typeParam Context What the factory of the route made.
 * @typeParam Identity What `request.identity` gives.
 * @typeParam Settings The settings of the app.
 */
export interface RequestTypes<
  Context = unknown,
  Identity = unknown,
  Settings extends object = Readonly<Record<string, unknown>>,
> {
  /** The type of `request.context`. */
  readonly context: Context;
  /** What `await request.identity` gives. */
  readonly identity: Identity;
  /** The type of `request.settings`. An interface counts like a type literal. */
  readonly settings: { readonly [Name in keyof Settings]: Settings[Name] };
}

/**
 * What every request of an app shares.
 *
 * @internal
 */
export interface Environment<Data extends object, ViewRequest> {
  /** Loads the sessions, if the app has a session factory. */
  readonly sessionFactory: SessionFactory<Data> | undefined;
  /** Finds the origin of a request and the address of its visitor. */
  readonly origins: RequestOrigin;
  /** The app's routes, by name. */
  readonly routes: RouteNames;
  /** Decides who a visitor is, and what this visitor may do, if the app has a policy. */
  readonly securityPolicy: RequestSecurity<ViewRequest> | undefined;
  /**
   * Keeps the session from other sites' pages. If undefined, other sites' pages get the session.
   */
  readonly sessionGuard: SessionGuard<ViewRequest> | undefined;
  /** What the app adds to what a renderer gets, if it adds anything. */
  renderValues(value: unknown, request: ViewRequest): Promise<Map<string, unknown>> | undefined;
  /** What `addSettings` collected. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Receives the failures of the server. */
  readonly logger: Logger;
  /** Whether the app is in development mode. */
  readonly isDevelopment: boolean;
  /** Seconds for which a body may stop. `null` means no limit. */
  readonly bodyTimeout: number | null;
  /** How much of a body the app reads if no view states limits. */
  readonly bodyLimits: HeldLimits;
  /** Set headers of every response, also of errors, as the last step before it is sent. */
  readonly headerPolicies: readonly { apply(request: ViewRequest, response: Response): void }[];
  /** The scoped part whose rules these are. `null` means the app's own. */
  readonly scope: RoutePart | null;
}

/**
 * Says which requests do not get their session.
 *
 * @internal
 */
export interface SessionGuard<ViewRequest> {
  /** Methods that change nothing: a request of theirs gets its session, unless it opens a WebSocket. */
  readonly safeMethods: ReadonlySet<string>;
  /** The field of a form that carries the CSRF token. `null` means that no field carries it. */
  readonly tokenField: string | null;
  /**
   * The error that any other request gets in place of its session. It is `null` if the request gets
   * its session.
   */
  refusal(request: ViewRequest, state: SessionRequest): HttpError | null;
}

/**
 * What a request asks of the security policy.
 *
 * @internal
 */
export interface RequestSecurity<ViewRequest> {
  /** Whether a visitor who is not signed in may have the permission of a view. */
  readonly permitsAnonymous: boolean;
  /** Who is signed in. */
  identity(request: ViewRequest): unknown;
  /** The id of a user. It is null if no user is signed in, and undefined if the policy has no ids. */
  userId(identity: unknown, request: ViewRequest): Promise<string | null | undefined>;
  /** Whether the visitor may. */
  permits(request: ViewRequest, context: unknown, permission: string): boolean | Promise<boolean>;
}

/** What the app states of a route, besides its pattern. */
export interface RequestRoute {
  /** Where the route was stated. */
  readonly part: RoutePart;
  /** Makes the context of a request, once for each match. */
  readonly factory: ((request: never) => unknown) | undefined;
}

/**
 * What the router found for a request.
 *
 * @internal
 */
export interface RequestMatch {
  /** The route. */
  readonly route: Route;
  /** What its pattern captured. */
  readonly matchdict: Record<string, string | undefined>;
  /** The segments that a group captured. */
  segments(key: string): string[];
  /** What the app states of it. */
  readonly value: RequestRoute;
}

/**
 * What happens to a request, kept by the request and known to the app that answers it. It answers
 * what the session factory and the CSRF check ask of the request.
 *
 * One plain object a request: every request pays for it.
 *
 * @internal
 */
export class RequestState<Data extends object, ViewRequest> implements SessionRequest {
  /** The request of the platform. */
  readonly raw: Request;
  /** What the server knows of the connection. */
  readonly info: ConnectionInfo | undefined;
  /** What every request of the app shares, or of the scoped part in which it has arrived. */
  environment: Environment<Data, ViewRequest>;
  /** The headers of a request that may become a WebSocket: afterwards its own cannot be read. */
  handshake: Headers | undefined = undefined;
  /** The 101, once the request was upgraded: from then on nothing else may be answered. */
  upgrade: Response | undefined = undefined;
  /** The socket, if the request was upgraded by `request.upgradeWebSocket()`. */
  socket: WebSocket | undefined = undefined;
  /** What is noted for who observes the app, if anybody does. */
  observed: ObservedRequest | undefined = undefined;
  /** The session, if the request used it. */
  session: Promise<Session<Data>> | undefined = undefined;
  /** The same session, after it was loaded. Code that needs it then does not have to wait. */
  loaded: Session<Data> | undefined = undefined;
  /**
   * The error that the request gets in place of its session. `null` means no error, and undefined
   * means not checked yet.
   */
  refused: HttpError | null | undefined = undefined;
  /** What the app's page for that error gets in place of the session. */
  emptySession: Promise<Session<Data>> | undefined = undefined;
  /** The headers that views added, if any. */
  responseHeaders: Headers | undefined = undefined;
  /** The callbacks, in the order they were added. */
  callbacks:
    | ((request: ViewRequest, response: Response) => Response | void | Promise<Response | void>)[]
    | undefined = undefined;
  /** The finished callbacks, in the order they were added. */
  finishedCallbacks: ((request: ViewRequest) => void | Promise<void>)[] | undefined = undefined;
  /** What was thrown, once it is answered. */
  exception: unknown = undefined;
  /** Whether an exception was answered. If so, whether a view or its class foresaw it. */
  failure: "none" | "foreseen" | "unforeseen" = "none";
  /** What the router found. */
  match: RequestMatch | undefined = undefined;
  /** What the route's factory made. */
  context: unknown = undefined;
  /** How much of the body is read: by the view, or until it is known by one of those it may be. */
  bodyLimits: HeldLimits | undefined = undefined;
  /** What the view that answers is called in messages. */
  view: ViewLabel = BEFORE_A_VIEW;
  /**
   * The request headers that decided the route and the view, for `Vary`. It is undefined if there
   * are no such headers.
   */
  vary: readonly string[] | undefined = undefined;
  /** Whether that view states `requireCsrf: false`, so that other sites' pages may use the session. */
  isCsrfExempt = false;
  /** Whether the request counts as activity of the session. */
  isActivity = true;
  /** The status that the view stated beside what is rendered. */
  responseStatus: number | undefined = undefined;
  /** The same, once an answer was made with it. */
  usedStatus: number | undefined = undefined;
  /** Whether the security policy knows a user. */
  isIdentified = false;
  /** Whether the app signed the user out by something else than the session, such as a ticket. */
  isSignedOut = false;
  /** Whether the headers that views added are on the response, so that more of them would be lost. */
  isMade = false;
  /** Whether the response is being sent. From then on the session can only be read. */
  isClosed = false;
  #id: string | undefined;
  #mounted: Mounted | undefined;
  #url: string | undefined;
  #origin: string | undefined;
  #isSecure: boolean | undefined;
  #peer: ConnectionInfo["remoteAddr"] | undefined;
  #body: RequestBody | undefined;
  #policy: RequestSecurity<ViewRequest> | undefined;
  #identity: Promise<unknown> | undefined;

  /**
   * Begins with the request.
   *
   * @param raw The request of the platform.
   * @param info What the server knows of the connection.
   * @param environment What every request of the app shares.
   * @param mounted Where an outer handler has mounted the app. Default: as the request is marked.
   */
  constructor(
    raw: Request,
    info: ConnectionInfo | undefined,
    environment: Environment<Data, ViewRequest>,
    mounted?: Mounted,
  ) {
    this.raw = raw;
    this.info = info;
    this.environment = environment;
    this.#mounted = mounted;
  }

  /** The id of the request in logs, which is made at its first use. */
  get id(): string {
    return this.#id ??= this.environment.origins.requestId(this);
  }

  /** Where the app is mounted, if it is. */
  get mounted(): Mounted | undefined {
    return this.#mounted ??= mountedAt(this.raw);
  }

  /**
   * The URL by which the request is routed: without the path under which the app is mounted.
   *
   * @throws {HttpBadRequest} If its `Host` is not valid.
   */
  get url(): string {
    return this.#url ??= this.mounted?.url ?? requestUrl(this.raw);
  }

  /** The method, in capitals. */
  get method(): string {
    return this.raw.method;
  }

  /** The headers. */
  get headers(): Headers {
    return this.handshake ?? this.raw.headers;
  }

  /** Scheme and host as browsers see them. */
  get origin(): string {
    return this.#origin ??= this.environment.origins.of(this.url, this.headers);
  }

  /** Whether the browser uses https, by the origin or by a header that claims it. */
  get isSecure(): boolean {
    return this.#isSecure ??= this.environment.origins.isSecure(this.origin, this.headers);
  }

  /** Whether the headers ask for a WebSocket. */
  get asksForWebSocket(): boolean {
    return this.headers.has("upgrade") && isWebSocketHandshake(this.headers);
  }

  /** The peer of the connection: once the request is upgraded or answered, it cannot be read any more. */
  get peer(): ConnectionInfo["remoteAddr"] | undefined {
    try {
      return this.#peer ??= this.info?.remoteAddr;
    } catch {
      return undefined;
    }
  }

  /** The body. Nothing of it is read before its first use. */
  get body(): RequestBody {
    const { bodyTimeout, bodyLimits } = this.environment;
    return this.#body ??= new RequestBody(this.raw, bodyTimeout, bodyLimits, this);
  }

  /** Who is signed in, by the policy that holds. The policy is asked once. */
  identify(request: ViewRequest): Promise<unknown> {
    const by = this.environment.securityPolicy;
    // A scoped part can have another policy than the app, whose tweens asked before.
    if (this.#identity === undefined || this.#policy !== by) {
      this.#policy = by;
      this.#identity = quiet(
        Promise.try(() => by?.identity(request)).then((user = null) => {
          this.isIdentified ||= user !== null;
          return user;
        }),
      );
    }
    return this.#identity;
  }

  /** Goes on by the rules of a scoped part. */
  enter(environment: Environment<Data, ViewRequest>): void {
    // The part has a guard of its own, which may judge otherwise.
    if (environment.sessionGuard !== this.environment.sessionGuard) this.refused = undefined;
    this.environment = environment;
    // A tween of the app may have loaded the session, whose forms then name the field of the app.
    if (this.loaded) tokenFields.set(this.loaded, tokenFieldOf(environment.sessionGuard));
  }

  /** Keeps what cannot be read any more once the request became a WebSocket, if it asks for one. */
  keepHandshake(): void {
    if (this.handshake !== undefined) return;
    // Deno keeps method and URL once the method was read.
    const { headers, method } = this.raw;
    if (method === "" || !headers.has("upgrade")) return;
    this.handshake = new Headers(headers);
    void this.peer;
  }

  /**
   * The 101 of the request, or undefined if it was not upgraded. If an upgraded request gets
   * another answer, Deno stops the whole server.
   *
   * It is known if the view used `request.upgradeWebSocket()` or returned its 101. If the view
   * called `Deno.upgradeWebSocket()` and did not return its response, a 101 is made.
   *
   * @param response What is about to answer it, if there is anything.
   */
  upgraded(response?: Response): Response | undefined {
    if (this.upgrade !== undefined) return this.upgrade;
    if (response?.status === 101) return this.upgrade = response;
    if (this.handshake === undefined || !isClosed(this.raw)) return undefined;
    return this.upgrade = upgradeResponse(this.handshake);
  }

  /** The same where what followed the upgrade failed: the socket is closed, if it is known. */
  failedUpgrade(): Response | undefined {
    const upgrade = this.upgraded();
    if (upgrade !== undefined && this.socket !== undefined) closeFailed(this.socket);
    return upgrade;
  }

  /**
   * States the status of what is rendered.
   *
   * @throws {RangeError} If it is not an integer from 200 to 599.
   * @throws {TypeError} If the response was made.
   */
  useStatus(status: number | undefined): void {
    if (status !== undefined && !(Number.isInteger(status) && status >= 200 && status <= 599)) {
      const given = describe(status);
      throw new RangeError(
        `Cannot set request.responseStatus: must be an integer from 200 to 599, not ${given}`,
      );
    }
    this.refuseLate("set request.responseStatus");
    this.responseStatus = status;
  }

  /**
   * Refuses what can no longer become part of the answer.
   *
   * @param what What was tried, such as `set a cookie`.
   * @throws {TypeError} If the response was made, or sent.
   */
  refuseLate(what: string): void {
    const { lateness } = this;
    if (lateness !== undefined) throw new TypeError(`Cannot ${what}: ${lateness}`);
  }

  /**
   * Why nothing can be added to the response any more, and what to do. It is undefined as long as
   * something can be added.
   */
  get lateness(): string | undefined {
    if (this.isClosed) {
      return "the response was sent already: await what does it, before the view returns";
    }
    return this.isMade
      ? "the response is made already: change the response that the callback gets, or return another"
      : undefined;
  }

  /** Whether anything must be done to the response before it is sent, or after. */
  get isTouched(): boolean {
    return this.session !== undefined || this.responseHeaders !== undefined ||
      this.vary !== undefined || this.responseStatus !== undefined ||
      this.callbacks !== undefined || this.finishedCallbacks !== undefined;
  }
}

/**
 * Loads the session of a request at its first use, unless the guard refuses it.
 *
 * @param request The request, for the guard.
 * @param state What happens to it.
 * @throws {ConfigurationError} If the app has no session factory.
 */
export function askForSession<Data extends object, ViewRequest>(
  request: ViewRequest,
  state: RequestState<Data, ViewRequest>,
): Promise<Session<Data>> {
  if (!state.isCsrfExempt) {
    let refusal: HttpError | null;
    try {
      refusal = refusalOf(request, state);
    } catch (error) {
      return quiet(Promise.reject(error));
    }
    // The app's own page for the refusal works with an empty session, which is never committed.
    if (refusal !== null && state.exception !== undefined) {
      return state.emptySession ??= Promise.resolve(new Session<Data>());
    }
    // Not kept: an exempt view may still be to come.
    if (refusal !== null) return quiet(Promise.reject(refusal));
  }
  return state.session = state.observed?.loading(load(state)) ?? load(state);
}

/** Closes the session of a request. From then on the session can only be read. */
export function closeSession<Data extends object, ViewRequest>(
  state: RequestState<Data, ViewRequest>,
): void {
  state.isClosed = true;
  // A session that was not committed would lose later writes.
  if (state.loaded !== undefined) readOnly(state.loaded);
  else state.session?.then(readOnly, () => {});
}

/**
 * The error that a request gets in place of what its cookies say of the visitor, because the page of
 * another site sent it. It is found out once, since it is logged.
 *
 * @internal
 */
export function refusalOf<Data extends object, ViewRequest>(
  request: ViewRequest,
  state: RequestState<Data, ViewRequest>,
): HttpError | null {
  const { sessionGuard } = state.environment;
  if (sessionGuard === undefined) return null;
  if (sessionGuard.safeMethods.has(state.method) && !state.asksForWebSocket) return null;
  return state.refused ??= sessionGuard.refusal(request, state);
}

function load<Data extends object, ViewRequest>(
  state: RequestState<Data, ViewRequest>,
): Promise<Session<Data>> {
  const { sessionFactory } = state.environment;
  if (sessionFactory === undefined) {
    throw new ConfigurationError(
      `Cannot load the session for ${state.view}: the app has no session factory; call config.setSessionFactory()`,
    );
  }
  // A request answers what a factory asks of it by its state: the view's face of it is for views.
  const loaded: unknown = sessionFactory.load(state);
  // Loaded at once, as from a cookie that is remembered.
  if (isSession<Data>(loaded)) return Promise.resolve(keep(loaded, state));
  if (!isThenable(loaded)) throw noSession(loaded);
  return quiet(
    Promise.resolve(loaded).then((session: unknown) => {
      if (isSession<Data>(session)) return keep(session, state);
      throw noSession(session);
    }),
  );
}

function keep<Data extends object, ViewRequest>(
  session: Session<Data>,
  state: RequestState<Data, ViewRequest>,
): Session<Data> {
  state.loaded = session;
  const field = tokenFieldOf(state.environment.sessionGuard);
  if (field !== TOKEN_FIELD) tokenFields.set(session, field);
  return state.isClosed ? readOnly(session) : session;
}

function noSession(given: unknown): TypeError {
  return new TypeError(
    `Cannot use what load() of the session factory gave: must be a Session, not ${describe(given)}`,
  );
}

function isSession<Data extends object>(value: unknown): value is Session<Data> {
  return value instanceof Session;
}

function readOnly<Data extends object>(session: Session<Data>): Session<Data> {
  sessionState(session).close();
  return session;
}
