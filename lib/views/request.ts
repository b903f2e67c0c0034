/**
 * The request as a view sees it.
 *
 * @module
 */

import { checkValue, describe, FUNCTION, NAME } from "../check_options.ts";
import { RequestCookies } from "../http/cookies.ts";
import { HttpBadRequest } from "../http/errors.ts";
import type { FormPart } from "../http/form_parts.ts";
import { ipAddress, isPlainLoopback } from "../http/ip_address.ts";
import type { ConnectionInfo } from "../http/request.ts";
import { ClosableHeaders } from "../http/response.ts";
import { quiet, quietly } from "../promises.ts";
import type { Matchdict } from "../routing/matchdict.ts";
import type { Route } from "../routing/route.ts";
import type { Session } from "../../session.ts";
import type { BodyLimits, FormLimits } from "./body_limits.ts";
import { isForm } from "./request_body.ts";
import { askForSession, type Environment, type RequestState } from "./request_state.ts";
import {
  type CookieDeletionOptions,
  type CookieEnvironment,
  type CookieOptions,
  deleteCookie,
  setCookie,
} from "./response_cookies.ts";
import {
  guardedSocket,
  upgradeWebSocket,
  type WebSocketUpgrade,
  type WebSocketUpgradeOptions,
} from "./websocket.ts";

/**
 * What every request of an app shares.
 *
 * @internal
 */
export type RequestEnvironment<Data extends object> = Environment<Data, ViewRequest<Data>>;

/**
 * What happens to a request of an app.
 *
 * @internal
 */
export type StateOf<Data extends object> = RequestState<Data, ViewRequest<Data>>;

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
) => StateOf<Data>;

/**
 * Opens what stands behind a request: for whoever answers it and was handed the request alone.
 *
 * @internal
 */
export function requestState<Data extends object, Params extends object>(
  request: ViewRequest<Data, Params>,
): StateOf<Data> {
  return openState(request);
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
  readonly #state: StateOf<Data>;
  #identity: Promise<unknown> | undefined;
  #url: URL | undefined;
  #query: URLSearchParams | undefined;
  #cookies: RequestCookies | undefined;

  static {
    openState = (request) => request.#state;
  }

  /**
   * Wraps a request; apps do it for their views.
   *
   * @param state What happens to the request, with the request as it came.
   */
  constructor(state: StateOf<Data>) {
    this.#state = state;
  }

  /**
   * The request as it came. Its body is used up by whoever reads it first.
   *
   * Of a request that asks for a WebSocket the headers are kept now, since `Deno.upgradeWebSocket()`
   * closes it.
   */
  get raw(): Request {
    this.#state.keepHandshake();
    return this.#state.raw;
  }

  /** What the server knows of the connection; undefined without a server. */
  get info(): ConnectionInfo | undefined {
    // It rejects for every visitor who goes away early.
    const { info } = this.#state;
    quietly(info?.completed);
    return info;
  }

  /** The method, in capitals. */
  get method(): string {
    return this.#state.method;
  }

  /** The headers. */
  get headers(): Headers {
    return this.#state.headers;
  }

  /** Scheme and host as the outside world sees them, such as `https://app.test`. */
  get origin(): string {
    return this.#state.origin;
  }

  /**
   * Whether the outside world uses https, as far as anybody says: `origin` does, or else a header
   * claims it. To be believed for what makes things safer, such as a cookie's `Secure`.
   */
  get isSecure(): boolean {
    return this.#state.isSecure;
  }

  /**
   * The path under which the outside world sees the app: empty, or with a slash in front and none
   * behind, such as `/shop`. It is that of `publicOrigin`, else the one of `mount()`.
   *
   * `url`, `routePath()`, `routeUrl()` and the cookies of `setCookie()` have it; routes do not match
   * it. Pyramid: `request.script_name`.
   */
  get mountPrefix(): string {
    return this.#state.environment.origins.publicPath || (this.#state.mounted?.prefix ?? "");
  }

  /**
   * The visitor's address: what the `trusted` proxies say, else that of whoever opened the connection.
   *
   * IPv6 is written short and without brackets. Undefined without a server, at a Unix socket, and
   * where a proxy tells no address. Pyramid: `request.client_addr`, which believes everybody.
   *
   * @throws {HttpBadRequest} If a trusted header cannot be read.
   */
  get clientAddress(): string | undefined {
    return this.#state.environment.origins.clientAddress(this.headers, addressOf(this.#state.peer));
  }

  /** The URL as the outside world sees it. */
  get url(): URL {
    if (this.#url === undefined) {
      const { origin, mountPrefix } = this;
      const own = URL.parse(this.#state.url);
      if (own === null) {
        throw new HttpBadRequest(
          "This address is not a valid URL. Check the address and try again.",
        );
      }
      this.#url = own.origin === origin && mountPrefix === ""
        ? own
        : new URL(origin + mountPrefix + own.pathname + own.search);
    }
    return this.#url;
  }

  /** The query string's parameters. Pyramid: `request.GET`. */
  get query(): URLSearchParams {
    return this.#query ??= new URLSearchParams(this.url.search);
  }

  /** The query string's parameters, then those of a form in the body; files and other bodies are left out. */
  get params(): Promise<URLSearchParams> {
    return this.#state.body.params(this.query, this.hasForm);
  }

  /** The cookies, as they came. */
  get cookies(): RequestCookies {
    return this.#cookies ??= new RequestCookies(this.headers.get("cookie"));
  }

  /**
   * What the route's pattern captured, percent-decoded: `%2F`, `%5C` and `..%2F` are slashes,
   * backslashes and dots in a value, so that a value is no path of a file. NUL is a 400.
   */
  get matchdict(): Params {
    return (this.#state.match?.matchdict ?? {}) as Params;
  }

  /**
   * The segments of what a group captured, each percent-decoded, as Pyramid gives those of `*rest`.
   *
   * A slash that was sent as `%2F` is within its segment. Empty segments are kept, so that
   * `route.path()` makes the same path of the list.
   *
   * @param name The name of the group, such as that of `:rest(.*)` or `:rest*`; `"0"` of `*`.
   * @returns An empty list where nothing was captured.
   * @throws {TypeError} If the pattern captures no such parameter, or no route matched.
   *
   * @example A path below a page
   * ```ts
   * import { Configurator, json, route } from "@pyramidion/pyramidion";
   * import { assertEquals } from "jsr:@std/assert@^1.0.0";
   *
   * const wiki = route("wiki", "/wiki/:page(.*)");
   * const app = new Configurator().addRoute(wiki)
   *   .addView((request) => json(request.segments("page")), { route: wiki }).makeApp();
   * const response = await app.fetch(new Request("https://app.test/wiki/a/b%2Fc"));
   * assertEquals(await response.json(), ["a", "b/c"]);
   * ```
   */
  segments(name: keyof Params & string): string[] {
    const { match } = this.#state;
    if (match !== undefined) return match.segments(name);
    throw new TypeError(`Cannot read the segments of "${name}": no route matched the request`);
  }

  /** The route that matched; undefined where none did. */
  get matchedRoute(): Route | undefined {
    return this.#state.match?.route;
  }

  /** What the app stated by `addSettings`. Pyramid: `request.registry.settings`. */
  get settings(): Readonly<Record<string, unknown>> {
    return this.#state.environment.settings;
  }

  /** What the route's `factory` made of this request, before predicates, permission and view; undefined without one. */
  get context(): unknown {
    return this.#state.context;
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
   * @throws {TypeError} If the permission is no text, or empty; or if the policy's `permits()` says
   * anything but true or false.
   */
  hasPermission(permission: string, context: unknown = this.context): Promise<boolean> {
    checkValue("the permission of hasPermission()", permission, NAME, TypeError);
    return quiet(this.#permits(permission, quietly(context)));
  }

  /** Whether the body says that it is a form. */
  get hasForm(): boolean {
    return isForm(this.headers.get("content-type"));
  }

  /**
   * Headers for whatever answers this request, errors included: `Set-Cookie` and `Vary` are added,
   * others replaced. They are merged before the response callbacks, which have the response itself;
   * to set one later throws a `TypeError`.
   */
  get responseHeaders(): Headers {
    const state = this.#state;
    return state.responseHeaders ??= new ClosableHeaders(() => state.lateness);
  }

  /**
   * The status of the answer that `html` or a renderer makes of what the view returns, from 200 to
   * 599; undefined: 200, and for an exception view the status of the error. Pyramid:
   * `request.response.status_int`.
   *
   * A `Response`, an error and a redirection have a status of their own; where it is lost beside one,
   * the log says so. Of 204, 205 and 304 no body is sent.
   *
   * @throws {RangeError} If what is set is not an integer from 200 to 599.
   * @throws {TypeError} If it is set after the response was made.
   *
   * @example Created
   * ```ts
   * import { Configurator, route } from "@pyramidion/pyramidion";
   * import { assertEquals } from "jsr:@std/assert@^1.0.0";
   *
   * const notes = route("notes", "/notes");
   * const app = new Configurator().addRoute(notes).addView((request) => {
   *   request.responseStatus = 201;
   *   return { id: 7 };
   * }, { route: notes, requestMethod: "POST", renderer: "json" }).makeApp();
   * const response = await app.fetch(new Request("https://app.test/notes", { method: "POST" }));
   * assertEquals([response.status, await response.json()], [201, { id: 7 }]);
   * ```
   */
  get responseStatus(): number | undefined {
    return this.#state.responseStatus;
  }
  set responseStatus(status: number | undefined) {
    if (status !== undefined && !(Number.isInteger(status) && status >= 200 && status <= 599)) {
      throw new RangeError(
        `Cannot set request.responseStatus: must be an integer from 200 to 599, not ${
          describe(status)
        }`,
      );
    }
    this.#state.refuseLate("set request.responseStatus");
    this.#state.responseStatus = status;
  }

  /**
   * Sets a cookie on whatever answers this request, errors and redirections included: for path `/`,
   * HttpOnly, `SameSite=Lax`, and Secure except over plain http to this machine. Pyramid:
   * `request.response.set_cookie`.
   *
   * A cookie of the same name, path and domain that was set before is replaced; one of the session's
   * name is replaced by the session.
   *
   * @param name A token, such as `theme`.
   * @param value Visible ASCII without quotes, comma, semicolon and backslash: encode anything else.
   * @param options Its attributes.
   * @throws {TypeError} If browsers would drop or misread the cookie; or after the response was made.
   * @throws {RangeError} If it is too long, or an attribute is out of bounds.
   *
   * @example A choice that scripts may read
   * ```ts
   * import { Configurator, redirect, route } from "@pyramidion/pyramidion";
   * import { assertEquals } from "jsr:@std/assert@^1.0.0";
   *
   * const dark = route("dark", "/dark");
   * const app = new Configurator().addRoute(dark).addView((request) => {
   *   request.setCookie("theme", "dark", { httpOnly: false, maxAge: 31_536_000 });
   *   return redirect("/");
   * }, { route: dark, requestMethod: "POST" }).makeApp();
   * const { headers } = await app.fetch(new Request("https://app.test/dark", { method: "POST" }));
   * assertEquals(headers.getSetCookie(), [
   *   "theme=dark; Path=/; Secure; SameSite=Lax; Max-Age=31536000",
   * ]);
   * ```
   */
  setCookie(name: string, value: string, options?: CookieOptions): void {
    this.#state.refuseLate("set a cookie");
    setCookie(this.responseHeaders, this.#cookieEnvironment, name, value, options);
  }

  /**
   * Deletes a cookie of the browser's. Pyramid: `request.response.delete_cookie`.
   *
   * @param name The cookie's name.
   * @param options `path`, `domain` and whatever else it was set with.
   * @throws {TypeError} As {@linkcode setCookie} does.
   * @throws {RangeError} If `path` or `domain` is out of bounds.
   */
  deleteCookie(name: string, options?: CookieDeletionOptions): void {
    this.#state.refuseLate("delete a cookie");
    deleteCookie(this.responseHeaders, this.#cookieEnvironment, name, options);
  }

  /**
   * The session: loaded when it is first asked for, and kept.
   *
   * A request that never asks for it costs no cookie parsing, no key and no header.
   *
   * It rejects with a {@linkcode BadCsrfOrigin} where the page of another site sent a request of an
   * unsafe method, or opens a WebSocket, unless the view states `requireCsrf: false`.
   *
   * @throws {ConfigurationError} If the app has no session factory.
   */
  get session(): Promise<Session<Data>> {
    return this.#state.session ?? askForSession(anyRequest(this), this.#state);
  }

  /**
   * The body, read once.
   *
   * @param limits Default: the `bodyLimits` of the view, its route or the Configurator.
   * @throws {HttpError} 413 if it is larger than `maxBytes`. 408 if it stops coming for longer than
   * the `bodyTimeout` of the Configurator.
   * @throws {TypeError} If a limit is wrong or unknown, or larger than the one under which the body
   * was read before: here, and in the three below.
   */
  bytes(limits?: BodyLimits): Promise<Uint8Array<ArrayBuffer>> {
    return this.#state.body.bytes(limits);
  }

  /** The body as UTF-8 text; what is not UTF-8 is replaced, as the platform does. */
  text(limits?: BodyLimits): Promise<string> {
    return this.#state.body.text(limits);
  }

  /**
   * The body as JSON.
   *
   * @throws {HttpError} 400 if it is not JSON, 413 if it is too large.
   */
  json(limits?: BodyLimits): Promise<unknown> {
    return this.#state.body.json(limits);
  }

  /**
   * The body as a form. Pyramid: `request.POST`.
   *
   * @throws {HttpError} 415 if it is not a form, 400 if it is broken, 413 if it has more bytes or parts than allowed.
   */
  form(limits?: FormLimits): Promise<FormData> {
    return this.#state.body.form(limits);
  }

  /**
   * The parts of a `multipart/form-data` form, one after the other, while they arrive: a file is a
   * stream, and never in memory as a whole.
   *
   * A file that is not read is skipped. State `bodyLimits: { maxStreamedBytes }` with the view.
   *
   * @throws {HttpError} Where it is iterated, and in the stream of the file: 415 if it is no such
   * form, 400 if it is broken or cut short, 413 if a limit is passed, 408 as for the body.
   * @throws {TypeError} If the body was read before.
   *
   * @example The size of a file
   * ```ts
   * import { Configurator, json, route } from "@pyramidion/pyramidion";
   * import { assertEquals } from "jsr:@std/assert@^1.0.0";
   *
   * const upload = route("upload", "/upload");
   * const app = new Configurator().addRoute(upload).addView(async (request) => {
   *   const sizes: Record<string, number> = {};
   *   for await (const part of request.parts()) {
   *     if (part.kind !== "file") continue;
   *     let size = 0;
   *     for await (const bytes of part.stream) size += bytes.length;
   *     sizes[part.fileName] = size;
   *   }
   *   return json(sizes);
   * }, { route: upload, requestMethod: "POST", bodyLimits: { maxStreamedBytes: 1_000_000_000 } })
   *   .makeApp();
   *
   * const body = new FormData();
   * body.append("file", new File(["hello"], "a.txt"));
   * const response = await app.fetch(new Request("https://app.test/upload", { method: "POST", body }));
   * assertEquals(await response.json(), { "a.txt": 5 });
   * ```
   */
  parts(): AsyncIterable<FormPart> {
    return this.#state.body.parts();
  }

  /** The path of a route, behind `mountPrefix`: `routePath(user, { id })`, or by the route's name. */
  routePath<Pattern extends string>(
    route: Route<Pattern>,
    ...args: Parameters<Route<Pattern>["path"]>
  ): string;
  /** The path of a route: `routePath(user, { id })`, or by the route's name. */
  routePath(name: string, ...args: Parameters<Route["path"]>): string;
  routePath(route: Route | string, ...args: Parameters<Route["path"]>): string {
    const found = this.#route(route);
    if (found.origin === null) return this.mountPrefix + found.path(...args);
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
    return (found.origin ?? this.origin + this.mountPrefix) + found.path(...args);
  }

  /**
   * Makes a WebSocket of this request; return the `response`.
   *
   * From then on nothing else can be answered. If the view throws afterwards, or a listener of the
   * socket throws, the socket is closed with status 1011 and the error is logged. Use it in place of
   * `Deno.upgradeWebSocket(request.raw)`, with which an error of a listener ends the process.
   *
   * @param options The subprotocol and the idle limit.
   * @returns The 101 and the socket.
   * @throws {HttpError} 426 if the request does not ask for a WebSocket, 400 if its handshake is wrong.
   *
   * @example An echo
   * ```ts
   * import { Configurator, route } from "@pyramidion/pyramidion";
   * import { assertEquals } from "jsr:@std/assert@^1.0.0";
   *
   * const echo = route("echo", "/echo");
   * const app = new Configurator().addRoute(echo).addView((request) => {
   *   const { response, socket } = request.upgradeWebSocket();
   *   socket.onmessage = ({ data }) => socket.send(data);
   *   return response;
   * }, { route: echo }).makeApp();
   * assertEquals((await app.fetch(new Request("https://app.test/echo"))).status, 426);
   * ```
   */
  upgradeWebSocket(options?: WebSocketUpgradeOptions): WebSocketUpgrade {
    const { logger } = this.#state.environment;
    const { pathname } = this.url;
    const { response, socket } = upgradeWebSocket(this.raw, options);
    this.#state.upgrade = response;
    this.#state.socket = socket;
    guardedSocket(socket, (error) => logger.error(`The WebSocket of ${pathname} failed`, error));
    return { response, socket };
  }

  /**
   * Calls `callback` with the response, whoever made it, before the session is committed.
   *
   * @throws {TypeError} If it is no function, or the response was sent already.
   */
  addResponseCallback(callback: ResponseCallback<Data>): void {
    checkValue("a response callback", callback, FUNCTION, TypeError);
    if (this.#state.isClosed) this.#state.refuseLate("add a response callback");
    (this.#state.callbacks ??= []).push(callback);
  }

  /**
   * Calls `callback` when the response is on its way, whatever became of the request.
   *
   * @throws {TypeError} If it is no function, or the last finished callback was called already.
   */
  addFinishedCallback(callback: FinishedCallback<Data>): void {
    checkValue("a finished callback", callback, FUNCTION, TypeError);
    const { finishedCallbacks, isClosed } = this.#state;
    if (isClosed && finishedCallbacks === undefined) {
      this.#state.refuseLate("add a finished callback");
    }
    (this.#state.finishedCallbacks ??= []).push(callback);
  }

  get #cookieEnvironment(): CookieEnvironment {
    const isPlain = !this.isSecure && isPlainLoopback(this.origin);
    return { isPlain, mountPrefix: this.mountPrefix };
  }

  async #permits(permission: string, context: unknown): Promise<boolean> {
    const policy = this.#state.environment.securityPolicy;
    return policy === undefined || await policy.permits(anyRequest(this), context, permission);
  }

  #route(wanted: Route | string): Route {
    return this.#state.environment.routes.get(wanted, this.#state.match?.value.scope ?? null);
  }

  async #identify(): Promise<unknown> {
    return await this.#state.environment.securityPolicy?.identity(anyRequest(this)) ?? null;
  }
}

/**
 * The session of any app: what is written for it fits every app. What it reads from a session is
 * unchecked.
 *
 * @internal
 */
// deno-lint-ignore no-explicit-any -- requests of two apps are not assignable to each other, on purpose
export type AnyData = any;

/** A request of any app: for predicates, renderers and the like, which work in all of them. */
export type AnyViewRequest = ViewRequest<AnyData, AnyData>;

/** The request of a route's views, by the route: for annotations. */
export type RequestOf<Pattern extends string, Data extends object> = ViewRequest<
  Data,
  Matchdict<Pattern>
>;

function addressOf(peer: ConnectionInfo["remoteAddr"] | undefined): string | undefined {
  return peer?.hostname === undefined ? undefined : ipAddress(peer.hostname);
}

function anyRequest(request: AnyViewRequest): AnyViewRequest {
  return request;
}
