/**
 * The request as a view sees it.
 *
 * @module
 */

import { checkValue, FUNCTION, NAME } from "../check_options.ts";
import { RequestCookies } from "../http/cookies.ts";
import { HttpBadRequest } from "../http/errors.ts";
import type { FormPart } from "../http/form_parts.ts";
import { ipAddress, isPlainLoopback } from "../http/ip_address.ts";
import type { ConnectionInfo } from "../http/request.ts";
import { ClosableHeaders } from "../http/response.ts";
import { Lazy } from "../lazy.ts";
import { quiet, quietly } from "../promises.ts";
import type { Route } from "../routing/route.ts";
import type { Session } from "../../session.ts";
import type { StandardSchema } from "../standard_schema.ts";
import type { BodyLimits, FormLimits } from "./body_limits.ts";
import type { RequestReader } from "./forms/read_form.ts";
import type {
  FormReading,
  JsonReading,
  ReadFormOptions,
  ReadQueryOptions,
} from "./forms/readings.ts";
import { isForm } from "./request_body.ts";
import {
  askForSession,
  type Environment,
  type RequestState,
  type RequestTypes,
} from "./request_state.ts";
import {
  type CookieDeletionOptions,
  type CookieEnvironment,
  type CookieOptions,
  deleteCookie,
  setCookie,
} from "./response_cookies.ts";
import { openWebSocket, type WebSocketUpgrade, type WebSocketUpgradeOptions } from "./websocket.ts";

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

/** A function that Pyramidion calls after a request ended, also if it failed. */
export type FinishedCallback<Data extends object> = (
  request: ViewRequest<Data>,
) => void | Promise<void>;

/** Many apps read no form. */
const reading = new Lazy(() => import("./forms/read_form.ts"));

let openState: <Data extends object>(
  request: ViewRequest<Data, object, RequestTypes<unknown, unknown, object>, unknown>,
) => StateOf<Data>;

/**
 * Opens the state behind a request. It is for code that answers the request and received the
 * request alone.
 *
 * @internal
 */
export function requestState<Data extends object>(
  request: ViewRequest<Data, object, RequestTypes<unknown, unknown, object>, unknown>,
): StateOf<Data> {
  return openState(request);
}

/**
 * A request as a view sees it: the platform's `Request`, with the session, the matched route and
 * bounded bodies. The body is read once. Pyramidion parses nothing before your view uses it.
 *
 * Pyramid: `pyramid.request.Request`.
 *
 * @typeParam Data The keys of the app's sessions.
 * @typeParam Params What the route's pattern captures.
 * @typeParam Types The types of `context`, `identity` and `settings`.
 * @typeParam Loaded The session, as far as the view knows its keys.
 */
export class ViewRequest<
  Data extends object = Record<string, unknown>,
  Params extends object = Record<string, string | undefined>,
  Types extends RequestTypes<unknown, unknown, object> = RequestTypes,
  Loaded = Session<Data>,
> {
  /** For the compiler alone: it compares this first, and its message names the session keys. */
  declare private readonly sessionKeys: Data;
  readonly #state: StateOf<Data>;
  #url: URL | undefined;
  #query: URLSearchParams | undefined;
  #cookies: RequestCookies | undefined;

  static {
    openState = (request) => request.#state;
  }

  /**
   * Wraps a request. An app does it for its views.
   *
   * @param state The state of the request, which holds the platform's request.
   */
  constructor(state: StateOf<Data>) {
    this.#state = state;
  }

  /**
   * The request of the platform. Its body can be read only once.
   *
   * If the request asks for a WebSocket, Pyramidion copies its headers now, because
   * `Deno.upgradeWebSocket()` closes the request.
   */
  get raw(): Request {
    this.#state.keepHandshake();
    return this.#state.raw;
  }

  /** What the server knows of the connection. It is undefined without a server. */
  get info(): ConnectionInfo | undefined {
    // It rejects for every visitor who goes away early.
    const { info } = this.#state;
    quietly(info?.completed);
    return info;
  }

  /**
   * The id of the request, with which the log, the access log and your own messages name it.
   *
   * It is the `X-Request-Id` or the trace id of the `traceparent` of your proxies, if the option
   * `trusted` names that header. Otherwise it is 32 random hexadecimal digits, which are made when
   * you read them first. An id of a proxy has 1 to 128 letters, digits and `+/=_.:@~-`. Any other
   * id is not read.
   *
   * @example An id for the support
   * ```ts
   * import { Configurator, html } from "@pyramidion/pyramidion";
   * import { assertEquals } from "jsr:@std/assert@^1.0.0";
   *
   * const app = new Configurator({ trusted: { hops: 1, headers: ["x-request-id"] } })
   *   .addRoute("help", "/help", { view: (request) => html`Request ${request.id}` })
   *   .makeApp();
   * const headers = { "x-request-id": "f3a1-77" };
   * const response = await app.fetch(new Request("https://app.test/help", { headers }));
   * assertEquals(await response.text(), "Request f3a1-77");
   * ```
   */
  get id(): string {
    return this.#state.id;
  }

  /** The method, in capitals. */
  get method(): string {
    return this.#state.method;
  }

  /** The headers. */
  get headers(): Headers {
    return this.#state.headers;
  }

  /** Scheme and host as browsers see them, such as `https://app.test`. */
  get origin(): string {
    return this.#state.origin;
  }

  /**
   * Whether the browser uses https, by `origin` or by a header that claims it. Because a visitor
   * can forge the header, use it only to make something safer, such as a cookie's `Secure`.
   */
  get isSecure(): boolean {
    return this.#state.isSecure;
  }

  /**
   * The path under which browsers see the app, such as `/shop`. It is empty, or starts with a slash
   * and does not end with one. It is the path of `publicOrigin`, otherwise that of `mount()`.
   *
   * `url`, `routePath()`, `routeUrl()` and the cookies of `setCookie()` include it. The patterns of
   * routes do not include it. Pyramid: `request.script_name`.
   */
  get mountPrefix(): string {
    return this.#state.environment.origins.publicPath || (this.#state.mounted?.prefix ?? "");
  }

  /**
   * The visitor's address: the one that the `trusted` proxies name, otherwise the address of the
   * connection.
   *
   * IPv6 addresses are written short and without brackets. It is undefined without a server, at a
   * Unix socket, and if a proxy names no address. Pyramid: `request.client_addr`, which trusts
   * every sender.
   *
   * @throws {HttpBadRequest} If a trusted header cannot be read.
   */
  get clientAddress(): string | undefined {
    return this.#state.environment.origins.clientAddress(this, addressOf(this.#state.peer));
  }

  /** The URL as browsers see it. */
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

  /**
   * The query string's parameters, then those of a form in the body. Files and other bodies are
   * left out.
   */
  get params(): Promise<URLSearchParams> {
    return this.#state.body.params(this.query, this.hasForm);
  }

  /** The cookies that the browser sent. */
  get cookies(): RequestCookies {
    return this.#cookies ??= new RequestCookies(this.headers.get("cookie"));
  }

  /**
   * What the route's pattern captured, percent-decoded. A value can contain slashes, backslashes
   * and dots, sent as `%2F`, `%5C` and `..%2F`. Therefore do not use a value as the path of a file.
   * A request with a NUL character gets a 400.
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
   * @param name The name of the group, such as that of `:rest(.*)` or `:rest*`. The name of `*` is
   * `"0"`.
   * @returns The segments, or an empty list if the group captured nothing.
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

  /** The route that matched, or undefined if no route matched. */
  get matchedRoute(): Route | undefined {
    return this.#state.match?.route;
  }

  /** What the app stated by `addSettings`. Pyramid: `request.registry.settings`. */
  get settings(): Types["settings"] {
    return this.#state.environment.settings as Types["settings"];
  }

  /**
   * What the route's `factory` made of this request. The factory runs before the view's predicates,
   * the permission check and the view. It is undefined without a factory.
   */
  get context(): Types["context"] {
    return this.#state.context;
  }

  /** What was thrown, once an exception view or the error page answers it. Pyramid: `request.exception`. */
  get exception(): unknown {
    return this.#state.exception;
  }

  /**
   * The user who is signed in, as the security policy returns it. Pyramidion calls the policy once.
   * It is `null` if no user is signed in, and without a policy.
   */
  get identity(): Promise<Types["identity"]> {
    return this.#state.identify(anyRequest(this));
  }

  /**
   * The id of the user who is signed in, as the `authenticatedUserId()` of the security policy gives
   * it. Without this function it is the identity itself, which must then be text. It is `null` if no
   * user is signed in, and without a policy. Pyramid: `request.authenticated_userid`.
   *
   * It rejects with a `TypeError` if the policy gives no text. It does so too if the identity is not
   * text and the policy has no `authenticatedUserId()`.
   */
  get authenticatedUserId(): Promise<string | null> {
    return quiet(
      this.#userId().then((id) => {
        if (id !== undefined) return id;
        throw new TypeError(
          "Cannot tell the id of the user: the identity is not text: state authenticatedUserId() with the security policy",
        );
      }),
    );
  }

  /**
   * Whether a user is signed in: `identity` is not null, and the policy's `authenticatedUserId()`, if
   * it has one, does not give null. Pyramid: `request.is_authenticated`.
   */
  get isAuthenticated(): Promise<boolean> {
    return quiet(this.#userId().then((id) => id !== null));
  }

  /**
   * Whether the visitor may do something. Pyramid: `has_permission`.
   *
   * @param permission The permission, which is not empty.
   * @param context What it is about. Default: the route's.
   * @returns Whether the policy permits it. Without a security policy it is always true.
   * @throws {TypeError} If the permission is not a string, or is empty. If the policy's `permits()`
   * returns a value other than true or false.
   */
  hasPermission(permission: string, context: unknown = this.context): Promise<boolean> {
    checkValue("the permission of hasPermission()", permission, NAME, TypeError);
    return quiet(this.#permits(permission, quietly(context)));
  }

  /** Whether the `Content-Type` is that of a form. */
  get hasForm(): boolean {
    return isForm(this.headers.get("content-type"));
  }

  /**
   * Headers that Pyramidion adds to the response of this request, also to errors. `Set-Cookie` and
   * `Vary` are appended, and other headers are replaced. They are merged before the response
   * callbacks run. Setting a header later throws a `TypeError`.
   */
  get responseHeaders(): Headers {
    const state = this.#state;
    return state.responseHeaders ??= new ClosableHeaders(() => state.lateness);
  }

  /**
   * The status, from 200 to 599, of the response that `html` or a renderer makes of the view's
   * result. If undefined, it is 200, or the status of the error in an exception view. Pyramid:
   * `request.response.status_int`.
   *
   * A `Response`, an error and a redirection have a status of their own. This status does not
   * change it. If a `Response` has another status, Pyramidion logs a warning, once for each view.
   * With 204, 205 and 304 no body is sent.
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
    this.#state.useStatus(status);
  }

  /**
   * Sets a cookie on the response of this request, also on errors and redirections. Default
   * attributes: path `mountPrefix` or `/`, `HttpOnly`, `SameSite=Lax` and `Secure`. Over plain http
   * to this machine the default is without `Secure`. Pyramid: `request.response.set_cookie`.
   *
   * It replaces a cookie of the same name, path and domain that was set before. The session
   * replaces a cookie that has its name.
   *
   * @param name A token, such as `theme`.
   * @param value Visible ASCII without quotes, comma, semicolon and backslash: encode anything else.
   * @param options Its attributes.
   * @throws {TypeError} If browsers would drop or misread the cookie. If the response was made
   * already.
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
   * @param options The options with which the cookie was set, such as `path` and `domain`.
   * @throws {TypeError} As {@linkcode setCookie} does.
   * @throws {RangeError} If `path` or `domain` is out of bounds.
   */
  deleteCookie(name: string, options?: CookieDeletionOptions): void {
    this.#state.refuseLate("delete a cookie");
    deleteCookie(this.responseHeaders, this.#cookieEnvironment, name, options);
  }

  /**
   * The session. Pyramidion loads it at its first use, and keeps it for the request.
   *
   * A request that does not use the session costs no cookie parsing, no key and no header.
   *
   * It rejects with a {@linkcode BadCsrfOrigin} if the page of another site sent an unsafe method
   * or opens a WebSocket. A view with `requireCsrf: false` gets the session nevertheless.
   *
   * @throws {ConfigurationError} If the app has no session factory.
   */
  get session(): Promise<Loaded> {
    return (this.#state.session ?? askForSession(anyRequest(this), this.#state)) as never;
  }

  /**
   * The body, read once.
   *
   * @param limits Default: the `bodyLimits` of the view, its route or the Configurator.
   * @throws {HttpError} 413 if it is larger than `maxBytes`. 408 if it stops coming for longer than
   * the `bodyTimeout` of the Configurator.
   * @throws {TypeError} If a limit is wrong or unknown, or larger than the limit of an earlier
   * read. The same holds for `text()`, `json()` and `form()`.
   */
  bytes(limits?: BodyLimits): Promise<Uint8Array<ArrayBuffer>> {
    return this.#state.body.bytes(limits);
  }

  /**
   * The body as UTF-8 text. Bytes that are not UTF-8 are replaced by U+FFFD, as the platform does.
   */
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
   * The parts of a `multipart/form-data` form, one after the other, while they arrive. A file is a
   * stream, which is never in memory as a whole.
   *
   * A file that is not read is skipped. State `bodyLimits: { maxStreamedBytes }` with the view.
   *
   * @throws {HttpError} The iteration and the stream of a file throw it. 415 if the body is not
   * such a form. 400 if it is broken or cut short. 413 if it exceeds a limit. 408 as for `bytes()`.
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

  /**
   * The body as a form, validated by a Standard Schema, such as one of zod or valibot.
   *
   * The schema gets an object with the fields by their names. A field is a list if the schema wants
   * one. Otherwise only what was sent last counts. A file is a `File`, and the CSRF token is left
   * out. Dots and brackets in names have no meaning.
   *
   * @typeParam Value What the schema makes.
   * @typeParam Kept What the functions of `files` give.
   * @param schema The schema. It can be asynchronous. What it throws is answered with a 500.
   * @param options Lists, limits, streamed files, and whether the form is accepted once.
   * @returns What the schema made, or the errors and the text to show again.
   * @throws {HttpError} As `form()` does. 400 if a one-time token is missing, 409 if it was used.
   * @throws {TypeError} If the schema is not a Standard Schema, or an option is wrong or unknown.
   *
   * @example A schema of one's own
   * ```ts
   * import { Configurator, html, route, type StandardSchema } from "@pyramidion/pyramidion";
   * import { assertEquals } from "jsr:@std/assert@^1.0.0";
   *
   * const name: StandardSchema<{ name: string }> = {
   *   "~standard": {
   *     version: 1,
   *     vendor: "app",
   *     validate: (value) =>
   *       typeof value === "object" && value !== null && "name" in value &&
   *         typeof value.name === "string" && value.name !== ""
   *         ? { value: { name: value.name } }
   *         : { issues: [{ message: "Write a name", path: ["name"] }] },
   *   },
   * };
   * const hello = route("hello", "/hello");
   * const app = new Configurator().addRoute(hello).addView(async (request) => {
   *   const read = await request.readForm(name);
   *   return read.ok ? html`Hello ${read.value.name}` : html`${read.errors.name}`;
   * }, { route: hello, requestMethod: "POST" }).makeApp();
   * const body = new URLSearchParams({ name: "" });
   * const response = await app.fetch(new Request("https://app.test/hello", { method: "POST", body }));
   * assertEquals(await response.text(), "Write a name");
   * ```
   */
  readForm<Value, Kept = unknown>(
    schema: StandardSchema<Value>,
    options?: ReadFormOptions<Kept>,
  ): Promise<FormReading<Value>> {
    return this.#read((reader) => reader.readForm(schema, options));
  }

  /**
   * The body as JSON, validated by a Standard Schema. The errors of nested values have dots in their
   * names, such as `items.0.price`.
   *
   * @param schema As for {@linkcode readForm}.
   * @param limits Default: the `bodyLimits` of the view, its route or the Configurator.
   * @returns What the schema made, or the errors.
   * @throws {HttpError} 415 if the `Content-Type` is not `application/json` or one with `+json`. 400
   * if it is not JSON, 413 if it is too large.
   * @throws {TypeError} If the schema is not a Standard Schema, or a limit is wrong or unknown.
   */
  readJson<Value>(schema: StandardSchema<Value>, limits?: BodyLimits): Promise<JsonReading<Value>> {
    return this.#read((reader) => reader.readJson(schema, limits));
  }

  /**
   * The parameters of the query, validated by a Standard Schema. Lists are those of
   * {@linkcode readForm}.
   *
   * @param schema As for {@linkcode readForm}.
   * @param options Which parameters are lists, and which are not shown again.
   * @returns What the schema made, or the errors and the text to show again.
   * @throws {TypeError} If the schema is not a Standard Schema, or an option is wrong or unknown.
   */
  readQuery<Value>(
    schema: StandardSchema<Value>,
    options?: ReadQueryOptions,
  ): Promise<FormReading<Value>> {
    return this.#read((reader) => reader.readQuery(schema, options));
  }

  /**
   * The value of {@linkcode readForm}. An invalid form throws.
   *
   * @throws {ValidationError} 422 if the form does not fit the schema.
   *
   * @example Problem details
   * ```ts
   * import { Configurator, json, route, type StandardSchema } from "@pyramidion/pyramidion";
   * import { assertEquals } from "jsr:@std/assert@^1.0.0";
   *
   * const nothing: StandardSchema<null> = {
   *   "~standard": {
   *     version: 1,
   *     vendor: "app",
   *     validate: () => ({ issues: [{ message: "Closed", path: ["name"] }] }),
   *   },
   * };
   * const names = route("names", "/names");
   * const app = new Configurator().addRoute(names)
   *   .addView(async (request) => json(await request.validForm(nothing)), { route: names, requestMethod: "POST" })
   *   .makeApp();
   * const response = await app.fetch(
   *   new Request("https://app.test/names", {
   *     method: "POST",
   *     headers: { accept: "application/json" },
   *     body: new URLSearchParams({ name: "Ada" }),
   *   }),
   * );
   * assertEquals([response.status, (await response.json()).errors], [422, { name: ["Closed"] }]);
   * ```
   */
  validForm<Value, Kept = unknown>(
    schema: StandardSchema<Value>,
    options?: ReadFormOptions<Kept>,
  ): Promise<Value> {
    return this.#read((reader) => reader.validForm(schema, options));
  }

  /**
   * The value of {@linkcode readJson}. An invalid value throws.
   *
   * @throws {ValidationError} 422 if the value does not fit the schema.
   */
  validJson<Value>(schema: StandardSchema<Value>, limits?: BodyLimits): Promise<Value> {
    return this.#read((reader) => reader.validJson(schema, limits));
  }

  /**
   * The value of {@linkcode readQuery}. An invalid query throws.
   *
   * @throws {ValidationError} 422 if the query does not fit the schema.
   */
  validQuery<Value>(schema: StandardSchema<Value>, options?: ReadQueryOptions): Promise<Value> {
    return this.#read((reader) => reader.validQuery(schema, options));
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

  /** The URL of a route under the request's own origin. See {@linkcode routePath}. */
  routeUrl<Pattern extends string>(
    route: Route<Pattern>,
    ...args: Parameters<Route<Pattern>["path"]>
  ): string;
  /** The URL of a route under the request's own origin. See {@linkcode routePath}. */
  routeUrl(name: string, ...args: Parameters<Route["path"]>): string;
  routeUrl(route: Route | string, ...args: Parameters<Route["path"]>): string {
    const found = this.#route(route);
    return (found.origin ?? this.origin + this.mountPrefix) + found.path(...args);
  }

  /**
   * Makes a WebSocket of this request. Return the `response` from your view.
   *
   * The request then cannot get another answer. If the view or a listener of the socket throws
   * later, Pyramidion closes the socket with status 1011 and logs the error. Use it in place of
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
    return openWebSocket(this.raw, this.#state, this.url.pathname, options);
  }

  /**
   * Calls `callback` with the response before the session is committed, also with the response of
   * an error.
   *
   * @throws {TypeError} If it is no function, or the response was sent already.
   */
  addResponseCallback(callback: ResponseCallback<Data>): void {
    checkValue("a response callback", callback, FUNCTION, TypeError);
    if (this.#state.isClosed) this.#state.refuseLate("add a response callback");
    (this.#state.callbacks ??= []).push(callback);
  }

  /**
   * Calls `callback` when the response is about to be sent, also if the request failed.
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

  #read<Reading>(read: (reader: RequestReader) => Promise<Reading>): Promise<Reading> {
    const open = reading.get();
    return quiet(
      Promise.resolve(open).then((room) =>
        read(new room.RequestReader(anyRequest(this), this.#state))
      ),
    );
  }

  async #userId(): Promise<string | null | undefined> {
    const policy = this.#state.environment.securityPolicy;
    return policy === undefined ? null : await policy.userId(await this.identity, anyRequest(this));
  }

  async #permits(permission: string, context: unknown): Promise<boolean> {
    const policy = this.#state.environment.securityPolicy;
    return policy === undefined || await policy.permits(anyRequest(this), context, permission);
  }

  #route(wanted: Route | string): Route {
    return this.#state.environment.routes.get(wanted, this.#state.match?.value.part ?? null);
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

function addressOf(peer: ConnectionInfo["remoteAddr"] | undefined): string | undefined {
  return peer?.hostname === undefined ? undefined : ipAddress(peer.hostname);
}

// Settings that are typed can be read by any name.
function anyRequest(request: ViewRequest<AnyData, AnyData, AnyData, unknown>): AnyViewRequest {
  return request as AnyViewRequest;
}
