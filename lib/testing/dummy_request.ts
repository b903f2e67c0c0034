/**
 * Makes a request for the test of one view, without an app.
 *
 * @module
 */

import {
  ANY,
  checkOptions,
  either,
  instanceOf,
  listOf,
  OBJECT,
  type OptionKinds,
  TEXT,
  TEXTS,
} from "../check_options.ts";
import { RequestOrigin } from "../http/request_origin.ts";
import { consoleLogger } from "../log.ts";
import type { Matchdict } from "../routing/matchdict.ts";
import { HEADERS } from "../http/response.ts";
import { Route } from "../routing/route.ts";
import { RouteNames } from "../routing/route_names.ts";
import { checkJson, stringifyJson } from "../session/formats/json.ts";
import { DEFAULT_LIMITS } from "../views/body_limits.ts";
import { type RequestEnvironment, ViewRequest } from "../views/request.ts";
import { RequestState } from "../views/request_state.ts";
import { Session, type SessionPolicy } from "../../session.ts";
import { FIELDS, URL_KIND } from "./test_request_init.ts";

/**
 * The options of {@linkcode dummyRequest}.
 *
 * @typeParam Data The keys of the app's sessions.
 * @typeParam Params The parameters that the route's pattern captures.
 */
export interface DummyRequestOptions<
  Data extends object = Record<string, unknown>,
  Params extends object = Record<string, string | undefined>,
> {
  /**
   * A path, or a whole URL. Default: the path of `route` with `matchdict`, or `https://app.test/`
   * without a route.
   */
  readonly url?: string | URL;
  /** The method. Default: POST with a body, and GET without. */
  readonly method?: string;
  /** The headers of the request. Default: none, except the `Content-Type` of the body. */
  readonly headers?: HeadersInit;
  /**
   * The fields of a form. A plain object or `URLSearchParams` is sent url-encoded, and `FormData`
   * as `multipart/form-data`.
   */
  readonly form?: Readonly<Record<string, string>> | URLSearchParams | FormData;
  /** A value that is sent as JSON. Give either this or `form`. */
  readonly json?: unknown;
  /** The parameters that the route's pattern captured. Default: no parameter. */
  readonly matchdict?: Params;
  /** The session, or its keys from earlier requests. Default: a new and empty session. */
  readonly session?: Session<Data> | Partial<NoInfer<Data>>;
  /** The route that matched. Default: no route. */
  readonly route?: Route;
  /** More routes that `routePath()` and `routeUrl()` can find, besides `route`. */
  readonly routes?: readonly Route[];
  /** The value of `request.settings`. Default: an empty object. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** The value of `request.identity`: the signed-in user. Default: `null`. */
  readonly identity?: unknown;
  /**
   * The value of `request.authenticatedUserId`, if `identity` is given. Default: the identity, which
   * must then be text.
   */
  readonly authenticatedUserId?: string;
  /** The permissions for which `request.hasPermission()` gives true. Default: all permissions. */
  readonly permissions?: readonly string[];
  /** The value of `request.context`, which the factory of the route would make. */
  readonly context?: unknown;
}

const ROUTE = instanceOf(Route, "a route, as route() makes it");

const KINDS: OptionKinds<DummyRequestOptions> = {
  url: URL_KIND,
  method: TEXT,
  headers: HEADERS,
  form: either(
    FIELDS,
    instanceOf(URLSearchParams, "URLSearchParams"),
    instanceOf(FormData, "FormData"),
  ),
  json: ANY,
  matchdict: OBJECT,
  session: either(instanceOf(Session, "a session"), OBJECT),
  route: ROUTE,
  routes: listOf(ROUTE, "a list of routes"),
  settings: OBJECT,
  identity: ANY,
  authenticatedUserId: TEXT,
  permissions: TEXTS,
  context: ANY,
};

const DEFAULT_ORIGIN = "https://app.test";

/**
 * Makes a request with which a test calls a view directly, as in
 * `await view(dummyRequest({ form: { user: "ada" } }))`.
 *
 * No app runs. The test skips predicates, permissions, CSRF checks, tweens, renderers and exception
 * views. No session is committed. Read the changes of the view from the session of the same
 * request. Test all other parts with a `TestClient`. Pyramid: `pyramid.testing.DummyRequest`.
 *
 * @typeParam Data The keys of the app's sessions. TypeScript infers them from the view that you
 * call.
 * @typeParam Params The parameters that the route's pattern captures. TypeScript infers them from
 * the view.
 * @param options The parts of the request. Default: a GET of `https://app.test/`.
 * @throws {TypeError} If the URL is not valid, a GET has a body, or both `form` and `json` are
 * given.
 * @throws {TypeError} If an option is wrong or unknown.
 *
 * @example A view on its own
 * ```ts
 * import { HttpFound, redirect, type ViewRequest } from "@pyramidion/pyramidion";
 * import { dummyRequest } from "@pyramidion/pyramidion/testing";
 * import { assert, assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * async function rename(request: ViewRequest<{ name: string }>) {
 *   const session = await request.session;
 *   session.flash(`You were ${session.get("name")}`);
 *   session.set("name", (await request.params).get("name") ?? "");
 *   return redirect("/");
 * }
 *
 * const request = dummyRequest<{ name: string }>({ form: { name: "Ada" }, session: { name: "Eve" } });
 * assert(await rename(request) instanceof HttpFound);
 * const session = await request.session;
 * assertEquals([session.get("name"), session.popFlash()], ["Ada", ["You were Eve"]]);
 * ```
 */
export function dummyRequest<
  Data extends object = Record<string, unknown>,
  const Pattern extends string = string,
>(
  options: DummyRequestOptions<Data, Matchdict<Pattern>> & {
    readonly route: Route<Pattern>;
  },
): ViewRequest<Data, Matchdict<Pattern>>;
/** Makes a request without a route. */
export function dummyRequest<
  Data extends object = Record<string, unknown>,
  Params extends object = Record<string, string | undefined>,
>(
  options?: DummyRequestOptions<Data, NoInfer<Params>>,
): ViewRequest<Data, Params>;
export function dummyRequest<Data extends object, Params extends object>(
  options: DummyRequestOptions<Data, Params> = {},
): ViewRequest<Data, Params> {
  checkOptions("dummyRequest()", options, KINDS, TypeError);
  const session = sessionOf(options.session);
  return new DummyRequest(options, {
    sessionFactory: { load: () => session, commit: () => ({ do: "nothing" }) },
    origins: new RequestOrigin({}),
    routes: routesOf(options),
    securityPolicy: {
      permitsAnonymous: true,
      identity: () => options.identity ?? null,
      userId: (identity) => Promise.resolve(userIdOf(identity, options.authenticatedUserId)),
      permits: (_request, _context, permission) =>
        options.permissions?.includes(permission) ?? true,
    },
    sessionGuard: undefined,
    renderValues: () => undefined,
    settings: options.settings ?? {},
    logger: consoleLogger,
    isDevelopment: false,
    headerPolicies: [],
    bodyTimeout: null,
    bodyLimits: DEFAULT_LIMITS,
    scope: null,
  });
}

class DummyRequest<Data extends object, Params extends object> extends ViewRequest<Data, Params> {
  readonly #options: DummyRequestOptions<Data, Params>;

  constructor(
    options: DummyRequestOptions<Data, Params>,
    environment: RequestEnvironment<Data>,
  ) {
    const state = new RequestState(rawRequest(options), undefined, environment);
    super(state);
    this.#options = options;
    const { route } = options;
    if (route === undefined) return;
    const value = { part: { parent: null }, factory: undefined };
    state.match = { route, matchdict: {}, segments: () => [], value };
  }

  override get matchdict(): Params {
    return this.#options.matchdict ?? super.matchdict;
  }

  override segments(name: keyof Params & string): string[] {
    if (this.#options.matchdict === undefined) return super.segments(name);
    const value: unknown = this.matchdict[name];
    return typeof value === "string" && value !== "" ? value.split("/") : [];
  }

  override get context(): unknown {
    return this.#options.context;
  }
}

function rawRequest<Data extends object, Params extends object>(
  { url, headers, method, form, json, route, matchdict }: DummyRequestOptions<Data, Params>,
): Request {
  if (form !== undefined && json !== undefined) {
    throw new TypeError(
      "Cannot make a dummy request of form and json: a request has one body: give either form or json",
    );
  }
  const target = new URL(
    url ?? route?.path(Object.fromEntries(Object.entries(matchdict ?? {}))) ?? "/",
    DEFAULT_ORIGIN,
  );
  const isPlain = form !== undefined && !(form instanceof FormData);
  const body = isPlain ? new URLSearchParams(form) : form ?? JSON.stringify(json) ?? null;
  const request = new Request(target, {
    method: method ?? (body === null ? "GET" : "POST"),
    ...(headers === undefined ? {} : { headers }),
    body,
  });
  if (json !== undefined && !new Headers(headers).has("content-type")) {
    request.headers.set("content-type", "application/json");
  }
  return request;
}

function userIdOf(identity: unknown, stated: string | undefined): string | null | undefined {
  if (identity === null) return null;
  return stated ?? (typeof identity === "string" ? identity : undefined);
}

function routesOf({ route, routes = [] }: Pick<DummyRequestOptions, "route" | "routes">) {
  const names = new RouteNames();
  const part = { parent: null };
  for (const one of new Set(route === undefined ? routes : [route, ...routes])) {
    names.add(one, one, part);
  }
  return names;
}

/** The policy of the cookie factories, except that tokens are not masked. */
const UNMASKED_POLICY: SessionPolicy = {
  canRemember: true,
  now: Date.now,
  check: checkJson,
  makeToken: () =>
    crypto.getRandomValues(new Uint8Array(32)).toBase64({
      alphabet: "base64url",
      omitPadding: true,
    }),
  maskToken: (token) => token,
  same: (one, other) => stringifyJson(one, "") === stringifyJson(other, ""),
  tokenMatches: (token, presented) => token === presented,
};

function sessionOf<Data extends object>(
  given: Session<Data> | Partial<Data> | undefined,
): Session<Data> {
  if (given instanceof Session) return given;
  const now = Date.now();
  const values = new Map<string, unknown>(Object.entries(given ?? {}));
  for (const [key, value] of values) checkJson(value, key);
  const isNew = given === undefined;
  return new Session<Data>(
    { values, flash: new Map(), created: now, renewed: now, isNew },
    UNMASKED_POLICY,
  );
}
