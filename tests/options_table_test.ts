/**
 * Every options bag of the public surface: an option that does not exist is refused, and so is a
 * wrong type. The bags are found in the documentation of the modules, so that none is forgotten.
 *
 * @module
 */

import { assert, assertEquals, assertRejects } from "jsr:@std/assert@^1.0.0";
import * as main from "@pyramidion/pyramidion";
import {
  ConfigurationError,
  Configurator,
  type ConfiguratorOptions,
  type CookieOptions,
  cookieSessionFactory,
  type CsrfOptions,
  encryptedCodec,
  encryptedCookieSessionFactory,
  exceptionViewConfig,
  forbiddenViewConfig,
  html,
  HttpClientError,
  HttpError,
  HttpException,
  HttpMethodNotAllowed,
  HttpRedirection,
  HttpServerError,
  json,
  notFoundViewConfig,
  pyramidCodec,
  pyramidCookieSessionFactory,
  redirect,
  Route,
  route,
  Session,
  signedCodec,
  signedCookieSessionFactory,
  StaleSignIn,
  type StandardSchema,
  storedSessionFactory,
  ValidationError,
  viewConfig,
  viewDefaults,
  type ViewOptions,
  type ViewRequest,
} from "@pyramidion/pyramidion";
import type {
  AddRouteOptions,
  BeginSignInOptions,
  BindOptions,
  BodyLimits,
  CellOptions,
  CodecOptions,
  CookieDeletionOptions,
  CookieSessionOptions,
  ExceptionViewOptions,
  FlashOptions,
  ForbiddenViewOptions,
  FormLimits,
  HttpCache,
  HttpErrorOptions,
  IncludeOptions,
  NotFoundViewOptions,
  PathOptions,
  PlacementOptions,
  PredicateOptions,
  PyramidCodecOptions,
  PyramidCookieSessionOptions,
  ReadFormOptions,
  ReadQueryOptions,
  RedirectOptions,
  RequestLimits,
  RequestMethodOptions,
  RouteOptions,
  SecretCookieSessionOptions,
  StoredSessionOptions,
  WebSocketUpgradeOptions,
} from "@pyramidion/pyramidion/types";
import type { SessionOptions } from "../session.ts";
import { accessLog, type AccessLogOptions } from "@pyramidion/pyramidion/access-log";
import {
  BasicChallenge,
  type BasicChallengeOptions,
  BearerChallenge,
  type BearerChallengeOptions,
  returnPath,
  type ReturnPathOptions,
  signedLinks,
  type SignedLinksOptions,
  signInAgain,
  type SignInAgainOptions,
  signInLimiter,
  type SignInLimiterOptions,
} from "@pyramidion/pyramidion/authentication";
import {
  AuthTktCookies,
  authTktCookies,
  type AuthTktOptions,
  type RememberOptions,
} from "@pyramidion/pyramidion/auth-tkt";
import { cors, type CorsOptions } from "@pyramidion/pyramidion/cors";
import { eventStream, type EventStreamOptions } from "@pyramidion/pyramidion/event-stream";
import {
  type ContentSecurityPolicyDirectives,
  securityHeaders,
  type SecurityHeadersOptions,
  type StrictTransportSecurity,
} from "@pyramidion/pyramidion/security-headers";
import {
  fileResponse,
  type FileResponseOptions,
  staticView,
  type StaticViewOptions,
} from "@pyramidion/pyramidion/static";
import {
  denoKvRevocations,
  type DenoKvRevocationsOptions,
  denoKvStore,
  type DenoKvStoreOptions,
  type SessionKv,
} from "@pyramidion/pyramidion/stores/deno-kv";
import {
  memoryRevocations,
  type MemoryRevocationsOptions,
  memoryStore,
  type MemoryStoreOptions,
} from "@pyramidion/pyramidion/stores/memory";
import { postgresStore, type PostgresStoreOptions } from "@pyramidion/pyramidion/stores/postgres";
import { redisStore, type RedisStoreOptions } from "@pyramidion/pyramidion/stores/redis";
import {
  guardedStore,
  type GuardedStoreOptions,
  sweepAll,
  type SweepAllOptions,
} from "@pyramidion/pyramidion/stores";
import { sqliteStore, type SqliteStoreOptions } from "@pyramidion/pyramidion/stores/sqlite";
import {
  type CookieHeaderOptions,
  CookieJar,
  type CookieJarOptions,
  dummyRequest,
  type DummyRequestOptions,
  type PlantOptions,
  plantSession,
  readSession,
  type SessionPlaceOptions,
  storeSuite,
  type StoreSuiteOptions,
  type SubmitOptions,
  TestClient,
  type TestClientOptions,
  type TestRequestInit,
} from "@pyramidion/pyramidion/testing";
import { HINTED_WORDS } from "./foreign_words.ts";
import { missingPermission, testUnless } from "./requirements.ts";

/** Stands where no value is wrong. */
const NONE_IS_WRONG = Symbol("no value is wrong");

/** A value of a wrong type for each option: the compiler demands all of them. */
type Wrong<Options> = { readonly [Name in keyof Required<Options>]: unknown };

/** The options with the one that cors() cannot do without. What is no options stays as it is. */
function withOrigins(options: CorsOptions): CorsOptions {
  const isBag = isObject(options) && Object.getPrototypeOf(options) === Object.prototype;
  return isBag ? { ...{ origins: ["https://shop.example"] }, ...options } : options;
}

/** A text for each directive, as it stands in the header. */
const DIRECTIVES_AS_TEXT: Wrong<ContentSecurityPolicyDirectives> = {
  "default-src": "'self'",
  "child-src": "'self'",
  "connect-src": "'self'",
  "font-src": "'self'",
  "frame-src": "'self'",
  "img-src": "'self'",
  "manifest-src": "'self'",
  "media-src": "'self'",
  "object-src": "'self'",
  "script-src": "'self'",
  "script-src-attr": "'self'",
  "script-src-elem": "'self'",
  "style-src": "'self'",
  "style-src-attr": "'self'",
  "style-src-elem": "'self'",
  "worker-src": "'self'",
  "base-uri": "'self'",
  "form-action": "'self'",
  "frame-ancestors": "'self'",
  "sandbox": "allow-forms",
  "report-to": "csp",
  "report-uri": "/csp",
  "require-trusted-types-for": "'script'",
  "trusted-types": "page",
  "upgrade-insecure-requests": "true",
};

interface Row {
  readonly call: (options: unknown) => unknown;
  readonly wrong: Readonly<Record<string, unknown>>;
  readonly refusal: typeof ConfigurationError | typeof TypeError;
}

/** What is refused while the app is configured. */
function stated<Options>(call: (options: Options) => unknown, wrong: Wrong<Options>): Row {
  return { call: call as Row["call"], wrong, refusal: ConfigurationError };
}

/** What is refused while requests are answered, and in tests. */
function answered<Options>(call: (options: Options) => unknown, wrong: Wrong<Options>): Row {
  return { call: call as Row["call"], wrong, refusal: TypeError };
}

/** Options on top of those that must be there; what are no options stays as it is. */
function over<Options extends object>(base: object, options: Options): Options {
  const isPlain = typeof options === "object" && options !== null &&
    Object.getPrototypeOf(options) === Object.prototype;
  return isPlain ? { ...base, ...options } : options;
}

const SECRET = "b2c5f0c1e94d4b7fa1a8d5c37e6f9048";
const view = () => html`x`;
const fresh = () => new Configurator().addRoute("x", "/x");

const PAGE = '<a href="/">x</a><form method="post"><button>x</button></form>';
const client = () =>
  new TestClient({
    fetch: () => new Response(PAGE, { headers: { "content-type": "text/html" } }),
  });
const kv: SessionKv = {
  get: () => Promise.reject(new Error("not asked")),
  list: () => {
    throw new Error("not asked");
  },
  atomic: () => {
    throw new Error("not asked");
  },
};

const PREDICATES: Wrong<
  Omit<PredicateOptions, "matchParam"> & Pick<ViewOptions, "requestMethod">
> = { requestMethod: 7, requestParam: {}, header: [7], accept: () => {}, custom: "admin" };

const VIEW: Wrong<ViewOptions> = {
  bodyLimits: { maxBytes: "1024" },
  ...PREDICATES,
  route: { name: "x", pattern: "/x" },
  routeName: 7,
  matchParam: new Map(),
  permission: "",
  permitsAnonymous: "no",
  fresh: 0,
  renderer: {},
  requireCsrf: "no",
  renewSession: "no",
  httpCache: "60",
  decorator: ["secured"],
};

const ERROR_VIEW: Wrong<ForbiddenViewOptions> = {
  ...PREDICATES,
  matchParam: 7,
  route: "x",
  routeName: route("x", "/x"),
  renderer: 7,
};

const ROUTE: Wrong<AddRouteOptions> = {
  bodyLimits: { maxByte: 1024 },
  ...PREDICATES,
  factory: {},
  static: 1,
  insecureAllowRegExp: "true",
  view: "x",
};

const PLACEMENT: Wrong<PlacementOptions<unknown>> = { name: "", under: 7, over: [7] };

const COOKIE_SESSION: Wrong<CookieSessionOptions> = {
  cookieName: 7,
  path: ["/"],
  domain: null,
  httpOnly: 1,
  sameSite: true,
  secure: "yes",
  partitioned: "no",
  prefix: "__Host-",
  maxAge: "60",
  timeout: "1200",
  reissueTime: true,
  lifetime: "30d",
  setOnException: "no",
  serializer: { stringify: () => "" },
  schema: { "~standard": { version: 1 } },
  migrate: {},
  revocations: { has: () => false, add: () => {} },
  formerly: { load: () => {} },
  verifiedCookies: "4096",
  onReject: "log",
  clock: 0,
  randomBytes: new Uint8Array(32),
  logger: { warn: () => {} },
};

const { revocations: _needless, ...WITHOUT_REVOCATIONS } = COOKIE_SESSION;

const COOKIE: Wrong<CookieOptions> = {
  path: ["/"],
  domain: null,
  httpOnly: 1,
  sameSite: "lax",
  secure: "yes",
  partitioned: "no",
  maxAge: "60",
};
const { maxAge: _maxAge, ...DELETION } = COOKIE;

const SECRETS = { insecureAllowWeakSecret: "true" };

const SIGNED_CODEC: Wrong<Omit<CodecOptions, "randomBytes">> = {
  ...SECRETS,
  cookieName: 7,
  purpose: "login",
};

const PYRAMID: Wrong<PyramidCodecOptions> = { ...SECRETS, salt: 7, hash: 512 };

const TICKETS: Wrong<AuthTktOptions> = {
  cookieName: 7,
  secure: "yes",
  httpOnly: 1,
  sameSite: 7,
  path: 7,
  maxAge: "60",
  wildDomain: 1,
  parentDomain: 1,
  domain: 7,
  hash: 512,
  timeout: "60",
  reissueTime: "6",
  includeIp: 1,
  clock: 0,
  insecureAllowWeakSecret: 1,
};

const {
  lifetime: _lifetime,
  serializer: _serializer,
  revocations: _revocations,
  ...PYRAMID_SESSION
} = COOKIE_SESSION;

const ERROR: Wrong<HttpErrorOptions> = { headers: "x-api: 1", cause: NONE_IS_WRONG };
const REDIRECTION: Wrong<RedirectOptions> = { ...ERROR, external: "true" };
const RESPONSE: Wrong<ResponseInit> = { status: "201", statusText: 7, headers: "x-api: 1" };
const HANDSHAKE = {
  connection: "Upgrade",
  upgrade: "websocket",
  "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
};

const BODY: Wrong<BodyLimits> = { maxBytes: NaN };
const READ_QUERY: Wrong<ReadQueryOptions> = { lists: "tags", withheld: ["a", 7] };
const READ_FORM: Wrong<ReadFormOptions> = {
  ...READ_QUERY,
  ...BODY,
  maxParts: "7",
  files: { avatar: "save" },
  discard: "remove",
  once: { redirectTo: 7 },
};
const ANY_SCHEMA: StandardSchema = {
  "~standard": { version: 1, vendor: "test", validate: (value) => ({ value }) },
};
const PATH: Wrong<PathOptions> = { query: "page=2", fragment: 7 };

const REQUEST: Wrong<TestRequestInit> = {
  body: NONE_IS_WRONG,
  cache: 1,
  credentials: true,
  headers: "x-api: 1",
  integrity: 7,
  keepalive: "yes",
  method: 7,
  mode: 7,
  priority: 1,
  redirect: "never",
  referrer: new URL("https://app.test/"),
  referrerPolicy: true,
  signal: new AbortController(),
  window: NONE_IS_WRONG,
  from: 7,
  csrfHeader: 7,
};
const { from: _from, ...CLICK } = REQUEST;
const { body: _body, method: _method, ...SUBMIT } = CLICK;

/** The classes that take a detail and options. */
function* errorRows(): Generator<[name: string, row: Row]> {
  const isKind = (value: unknown, base: unknown): boolean =>
    typeof value === "function" && typeof base === "function" && value.prototype instanceof base;
  for (const [name, value] of Object.entries(main)) {
    if (isKind(value, HttpRedirection)) {
      const Kind = value as typeof main.HttpFound;
      yield [
        `new ${name}`,
        answered((options: RedirectOptions) => new Kind("/", options), REDIRECTION),
      ];
    } else if (isKind(value, HttpError) && name.startsWith("Http")) {
      if ([HttpMethodNotAllowed, HttpClientError, HttpServerError].some((one) => one === value)) {
        continue;
      }
      const Kind = value as typeof main.HttpNotFound;
      yield [`new ${name}`, answered((options: HttpErrorOptions) => new Kind("", options), ERROR)];
    }
  }
}

/** By the name of what takes the options; behind it, in brackets, in which way. */
const ROWS: Readonly<Record<string, Row>> = {
  ...Object.fromEntries(errorRows()),
  "new HttpError": answered((options: HttpErrorOptions) => new HttpError(418, "", options), ERROR),
  "new HttpClientError": answered(
    (options: HttpErrorOptions) => new HttpClientError(418, "", options),
    ERROR,
  ),
  "new HttpServerError": answered(
    (options: HttpErrorOptions) => new HttpServerError(502, "", options),
    ERROR,
  ),
  "new HttpException": answered(
    (options: HttpErrorOptions) => new (class extends HttpException {})(502, "", options),
    ERROR,
  ),
  "new HttpMethodNotAllowed": answered(
    (options: HttpErrorOptions) => new HttpMethodNotAllowed(["GET"], "", options),
    ERROR,
  ),
  "new StaleSignIn": answered(
    (options: HttpErrorOptions) => new StaleSignIn(300, "", options),
    ERROR,
  ),
  "new HttpRedirection": answered(
    (options: RedirectOptions) => new HttpRedirection(303, "/", options),
    REDIRECTION,
  ),
  "redirect": answered(
    (options: NonNullable<Parameters<typeof redirect>[1]>) => redirect("/", options),
    { ...REDIRECTION, status: "303" },
  ),
  "json": answered((options: ResponseInit) => json(1, options), RESPONSE),
  "Html.toResponse": answered((options: ResponseInit) => html`x`.toResponse(options), RESPONSE),

  "new Configurator": stated(
    (options: ConfiguratorOptions<Record<string, unknown>>) => new Configurator(options),
    {
      publicOrigin: new URL("https://app.test"),
      trusted: [1],
      trustedHops: "1",
      sessionFactory: { load: () => {} },
      securityPolicy: { identity: () => null },
      logger: () => {},
      development: "false",
      bodyTimeout: 0,
      bodyLimits: 1024,
      settings: "none",
    },
  ),
  "Configurator.addRoute (a name)": stated(
    (options: AddRouteOptions) => new Configurator().addRoute("x", "/x", options),
    ROUTE,
  ),
  "Configurator.addRoute (a Route)": stated(
    (options: AddRouteOptions) => new Configurator().addRoute(route("x", "/x"), options),
    ROUTE,
  ),
  "Configurator.addView": stated(
    (options: ViewOptions) => fresh().addView(view, over({ routeName: "x" }, options)),
    VIEW,
  ),
  "viewConfig": stated(
    (options: ViewOptions) =>
      fresh().scan({ a: viewConfig(over({ routeName: "x" }, options), () => html`x`) }),
    VIEW,
  ),
  "viewConfig (a method)": stated((options: ViewOptions) => {
    class Pages {
      constructor(readonly request: ViewRequest) {}
      @viewConfig(over({ routeName: "x" }, options))
      show() {
        return html`x`;
      }
    }
    return fresh().scan({ Pages });
  }, VIEW),
  "viewDefaults": stated((options: ViewOptions) => {
    @viewDefaults(over({ routeName: "x" }, options))
    class Pages {
      constructor(readonly request: ViewRequest) {}
      @viewConfig({})
      show() {
        return html`x`;
      }
    }
    return fresh().scan({ Pages });
  }, VIEW),
  "httpCache of a view": stated(
    (options: Exclude<HttpCache, number>) =>
      fresh().addView(view, { routeName: "x", httpCache: over({ maxAge: 1 }, options) }).makeApp(),
    { maxAge: "60", public: "yes" },
  ),
  "Configurator.include": stated(
    (options: IncludeOptions) => fresh().include(() => {}, options),
    { routePrefix: 7, scoped: "yes" },
  ),
  "Configurator.addExceptionView": stated(
    (options: ExceptionViewOptions & { context: never; renderer: never }) =>
      fresh().addExceptionView(view, options),
    { ...ERROR_VIEW, context: () => {} },
  ),
  "Configurator.addNotFoundView": stated(
    (options: NotFoundViewOptions) => fresh().addNotFoundView(view, options),
    { ...ERROR_VIEW, appendSlash: "yes" },
  ),
  "Configurator.addForbiddenView": stated(
    (options: ForbiddenViewOptions) => fresh().addForbiddenView(view, options),
    ERROR_VIEW,
  ),
  "exceptionViewConfig": stated(
    (options: ExceptionViewOptions & { renderer: never }) =>
      fresh().scan({ a: exceptionViewConfig(options, () => html`x`) }),
    { ...ERROR_VIEW, context: Response },
  ),
  "exceptionViewConfig (a method)": stated(
    (options: ExceptionViewOptions & { renderer: never }) => {
      class Pages {
        constructor(readonly request: ViewRequest) {}
        @exceptionViewConfig(options)
        failed() {
          return html`x`;
        }
      }
      return fresh().scan({ Pages });
    },
    { ...ERROR_VIEW, context: "Error" },
  ),
  "notFoundViewConfig": stated(
    (options: NotFoundViewOptions) =>
      fresh().scan({ a: notFoundViewConfig(options, () => html`x`) }),
    { ...ERROR_VIEW, appendSlash: "yes" },
  ),
  "forbiddenViewConfig": stated(
    (options: ForbiddenViewOptions) =>
      fresh().scan({ a: forbiddenViewConfig(options, () => html`x`) }),
    ERROR_VIEW,
  ),
  "Configurator.addRequestMethod": stated(
    (options: RequestMethodOptions) => fresh().addRequestMethod("y", view, options),
    { property: "yes" },
  ),
  "Configurator.addTween": stated(
    (options: PlacementOptions<never>) => fresh().addTween((handler) => handler, options),
    PLACEMENT,
  ),
  "Configurator.addViewDeriver": stated(
    (options: PlacementOptions<never>) => fresh().addViewDeriver((answer) => answer, options),
    PLACEMENT,
  ),
  "Configurator.setDefaultBodyLimits": stated(
    (options: RequestLimits) => fresh().setDefaultBodyLimits(options),
    { maxBytes: "1 MB", maxParts: -1, maxStreamedBytes: 0.5, maxFileBytes: true },
  ),
  "Configurator.setDefaultCsrfOptions": stated(
    (options: CsrfOptions) => fresh().setDefaultCsrfOptions(options),
    {
      requireCsrf: "no",
      token: 7,
      header: ["x-csrf-token"],
      safeMethods: "GET",
      checkOrigin: 0,
      allowNoOrigin: "yes",
      trustedOrigins: "https://a.test",
      insecureExempt: true,
    },
  ),
  "new Route": stated((options: RouteOptions) => new Route("x", "/x", options), {
    factory: {},
    insecureAllowRegExp: 1,
  }),
  "route": stated((options: RouteOptions) => route("x", "/x", options), {
    factory: {},
    insecureAllowRegExp: 1,
  }),
  "staticView": stated((options: StaticViewOptions) => staticView("/static", ".", options), {
    name: 7,
    dotfiles: "yes",
    precompressed: "no",
    permission: 7,
    logger: () => {},
    cacheMaxAge: "60",
    immutable: "-[0-9a-f]{8}",
  }),
  "fileResponse": answered(
    async (options: FileResponseOptions) => {
      const response = await fileResponse(dummyRequest(), "deno.json", options);
      await response.body?.cancel();
    },
    {
      root: 7,
      dotfiles: "yes",
      downloadName: 7,
      disposition: "save",
      contentType: "a/b\n",
      cacheControl: 60,
    },
  ),
  "accessLog": stated((options: AccessLogOptions) => accessLog(options), {
    format: "xml",
    path: "no",
    query: true,
    skip: "/health",
    sample: 2,
    write: "stdout",
    idHeader: "X-Request-Id",
    now: 0,
    random: 0.5,
  }),
  "eventStream": answered(
    (options: EventStreamOptions) => eventStream(dummyRequest(), async function* () {}, options),
    { heartbeat: "15", retry: "500", signal: {} },
  ),
  "cors": stated(
    (options: CorsOptions) => cors(withOrigins(options)),
    {
      origins: true,
      methods: "PUT",
      allowedHeaders: "etag",
      exposedHeaders: "etag",
      credentials: 1,
      maxAge: "60",
    },
  ),
  "securityHeaders": stated((options: SecurityHeadersOptions) => securityHeaders(options), {
    contentSecurityPolicy: true,
    contentSecurityPolicyReportOnly: true,
    strictTransportSecurity: true,
    referrerPolicy: true,
    crossOriginOpenerPolicy: true,
    crossOriginResourcePolicy: true,
    xFrameOptions: true,
    xContentTypeOptions: "nosniff",
    permissionsPolicy: true,
    reportingEndpoints: true,
    signedInPages: true,
  }),
  "strictTransportSecurity of securityHeaders": stated(
    (strictTransportSecurity: StrictTransportSecurity) =>
      securityHeaders({ strictTransportSecurity }),
    { maxAge: "60", includeSubDomains: 1, preload: 1 },
  ),
  "contentSecurityPolicy of securityHeaders": stated(
    (contentSecurityPolicy: ContentSecurityPolicyDirectives) =>
      securityHeaders({ contentSecurityPolicy }),
    DIRECTIVES_AS_TEXT,
  ),

  "signedCookieSessionFactory": stated(
    (options: SecretCookieSessionOptions) => signedCookieSessionFactory(SECRET, options),
    { ...COOKIE_SESSION, ...SECRETS },
  ),
  "encryptedCookieSessionFactory": stated(
    (options: SecretCookieSessionOptions) => encryptedCookieSessionFactory(SECRET, options),
    { ...COOKIE_SESSION, ...SECRETS },
  ),
  "storedSessionFactory": stated(
    (options: StoredSessionOptions) => storedSessionFactory(memoryStore(), SECRET, options),
    {
      ...WITHOUT_REVOCATIONS,
      ...SECRETS,
      maxBytes: "32768",
      loadTimeout: "500",
      saveTimeout: null,
      maxPending: "1000",
      maxFailures: "5",
      minPause: null,
      maxPause: "5000",
      stampOf: "1",
      maxSessionsPerUser: "3",
      atMaxSessions: "end",
      onLost: true,
    },
  ),
  "pyramidCookieSessionFactory": stated(
    (options: PyramidCookieSessionOptions) => pyramidCookieSessionFactory(SECRET, options),
    { ...PYRAMID_SESSION, ...PYRAMID },
  ),
  "cookieSessionFactory": stated(
    (options: CookieSessionOptions) => cookieSessionFactory(signedCodec(SECRET), options),
    COOKIE_SESSION,
  ),
  "signedCodec": stated(
    (options: Omit<CodecOptions, "randomBytes">) => signedCodec(SECRET, options),
    SIGNED_CODEC,
  ),
  "encryptedCodec": stated(
    (options: CodecOptions) => encryptedCodec(SECRET, options),
    { ...SIGNED_CODEC, randomBytes: new Uint8Array(12) },
  ),
  "authTktCookies": stated(
    (options: AuthTktOptions) => authTktCookies(SECRET, options),
    TICKETS,
  ),
  "new AuthTktCookies": stated(
    (options: AuthTktOptions) => new AuthTktCookies(SECRET, options),
    TICKETS,
  ),
  "AuthTktCookies.remember": answered(
    (options: RememberOptions) => authTktCookies(SECRET).remember(dummyRequest(), "ada", options),
    { tokens: "editor", maxAge: "60" },
  ),
  "pyramidCodec": stated((options: PyramidCodecOptions) => pyramidCodec(SECRET, options), PYRAMID),
  "memoryRevocations": stated(
    (options: MemoryRevocationsOptions) => memoryRevocations(options),
    { clock: 0, maxEntries: "many" },
  ),
  "denoKvRevocations": stated(
    (options: DenoKvRevocationsOptions) => denoKvRevocations(kv, options),
    { clock: 0, prefix: "sessions" },
  ),
  "guardedStore": stated(
    (options: GuardedStoreOptions) => guardedStore(memoryStore(), options),
    {
      loadTimeout: "500",
      saveTimeout: null,
      maxPending: "1000",
      maxFailures: "5",
      minPause: null,
      maxPause: "5000",
      clock: 0,
    },
  ),
  "memoryStore": stated(
    (options: MemoryStoreOptions) => memoryStore(options),
    { maxEntries: "many", maxBytes: "1 MB", maxRevocations: "many", clock: 0 },
  ),
  "sqliteStore": stated(
    (options: SqliteStoreOptions) => sqliteStore(":memory:", options)[Symbol.asyncDispose](),
    { synchronous: "OFF", clock: 0 },
  ),
  "redisStore": stated(
    (options: RedisStoreOptions) => redisStore({ call: () => Promise.resolve() }, options),
    { prefix: 1, clock: 0, logger: () => {} },
  ),
  "postgresStore": stated(
    (options: PostgresStoreOptions) =>
      postgresStore({ query: () => Promise.resolve({ rows: [] }) }, options),
    { prepare: "no", clock: 0, logger: () => {} },
  ),
  "denoKvStore": stated(
    (options: DenoKvStoreOptions) => denoKvStore(kv, options),
    { clock: 0, prefix: "sessions" },
  ),
  "new Session": answered((options: SessionOptions) => {
    const flash = new Map([["", ["x"]]]);
    const record = { values: new Map(), flash, created: 0, renewed: 0, isNew: false };
    const session = new Session(record, undefined, options);
    const cell = options?.cells === undefined ? undefined : session.cell("x");
    return [session.hasCsrfToken, session.popFlash(), cell];
  }, { keepFlash: "yes", refuseFlash: 1, csrf: 7, cells: 7 }),
  "Session.cell": answered((options: CellOptions) => {
    const cell = { get: () => 1, take: () => 1, set: () => Promise.resolve() };
    const cells = { open: () => Promise.resolve(cell) };
    return new Session(undefined, undefined, { cells }).cell("x", options);
  }, { key: 7, maxAge: "600" }),
  "Session.bindTo": answered((options: BindOptions) => new Session().bindTo("ada", options), {
    stamp: 7,
  }),
  "Session.beginSignIn": answered(
    (options: BeginSignInOptions) => new Session().beginSignIn("ada", options),
    { maxAge: "600" },
  ),
  "signInAgain": stated((options: SignInAgainOptions) => {
    const isBag = typeof options === "object" && options !== null;
    const signInRoute = isBag ? options.signInRoute ?? "login" : undefined;
    return signInAgain(isBag ? Object.assign(options, { signInRoute }) : options);
  }, { signInRoute: 7, param: "", fallback: "//evil.test" }),
  "returnPath": answered(
    (options: ReturnPathOptions) => returnPath(dummyRequest(), options),
    { param: "", fallback: "https://evil.test" },
  ),
  "signInLimiter": stated(
    (options: SignInLimiterOptions) => signInLimiter(memoryStore(), options),
    { perAddress: 7, perAccount: {}, perAccountEverywhere: [], whenDown: "open", clock: 0 },
  ),
  "signedLinks": stated((options: SignedLinksOptions) => signedLinks(SECRET, options), {
    store: {},
    param: "",
    clock: 0,
    insecureAllowWeakSecret: "yes",
  }),
  "new BasicChallenge": answered((options: BasicChallengeOptions) => new BasicChallenge(options), {
    realm: "",
  }),
  "new BearerChallenge": answered(
    (options: BearerChallengeOptions) => new BearerChallenge(options),
    { realm: "", error: "invalid", description: "", scope: "" },
  ),
  "Session.flash": answered((options: FlashOptions) => new Session().flash("x", "", options), {
    allowDuplicate: 0,
  }),

  "ViewRequest.bytes": answered(
    (limits: BodyLimits) => dummyRequest({ json: 1 }).bytes(limits),
    BODY,
  ),
  "ViewRequest.text": answered(
    (limits: BodyLimits) => dummyRequest({ json: 1 }).text(limits),
    { maxBytes: -1 },
  ),
  "ViewRequest.json": answered(
    (limits: BodyLimits) => dummyRequest({ json: 1 }).json(limits),
    { maxBytes: "1024" },
  ),
  "ViewRequest.form": answered(
    (limits: FormLimits) => dummyRequest({ form: { a: "1" } }).form(limits),
    { ...BODY, maxParts: NaN },
  ),
  "ViewRequest.readForm": answered(
    (options: ReadFormOptions) => dummyRequest({ form: {} }).readForm(ANY_SCHEMA, options),
    READ_FORM,
  ),
  "ViewRequest.validForm": answered(
    (options: ReadFormOptions) => dummyRequest({ form: {} }).validForm(ANY_SCHEMA, options),
    READ_FORM,
  ),
  "ViewRequest.readQuery": answered(
    (options: ReadQueryOptions) => dummyRequest().readQuery(ANY_SCHEMA, options),
    READ_QUERY,
  ),
  "ViewRequest.validQuery": answered(
    (options: ReadQueryOptions) => dummyRequest().validQuery(ANY_SCHEMA, options),
    READ_QUERY,
  ),
  "ViewRequest.readJson": answered(
    (options: BodyLimits) => dummyRequest({ json: 1 }).readJson(ANY_SCHEMA, options),
    BODY,
  ),
  "ViewRequest.validJson": answered(
    (options: BodyLimits) => dummyRequest({ json: 1 }).validJson(ANY_SCHEMA, options),
    BODY,
  ),
  "new ValidationError": answered(
    (options: HttpErrorOptions) => new ValidationError({}, [], options),
    ERROR,
  ),
  "ViewRequest.setCookie": answered(
    (options: CookieOptions) => dummyRequest().setCookie("a", "b", options),
    COOKIE,
  ),
  "ViewRequest.deleteCookie": answered(
    (options: CookieDeletionOptions) => dummyRequest().deleteCookie("a", options),
    DELETION,
  ),
  "ViewRequest.upgradeWebSocket": answered(
    (options: WebSocketUpgradeOptions) =>
      dummyRequest({ headers: HANDSHAKE }).upgradeWebSocket(options),
    { protocol: 7, idleTimeout: "30" },
  ),
  "Route.path": answered((options: PathOptions) => route("x", "/x").path({}, options), PATH),
  "ViewRequest.routePath": answered((options: PathOptions) => {
    const x = route("x", "/x");
    return dummyRequest({ route: x }).routePath(x, {}, options);
  }, PATH),
  "ViewRequest.routeUrl": answered((options: PathOptions) => {
    const x = route("x", "/x");
    return dummyRequest({ route: x }).routeUrl("x", {}, options);
  }, PATH),

  "storeSuite": answered(
    (options: StoreSuiteOptions) => storeSuite(() => memoryStore(), options),
    { revocations: 1, sweep: "no", seed: "1", rounds: "many" },
  ),
  "sweepAll": stated(
    (options: SweepAllOptions) => sweepAll({ sweep: () => Promise.resolve(0) }, options),
    { now: "today", limit: 0 },
  ),
  "new TestClient": answered(
    (options: TestClientOptions) => new TestClient({ fetch: () => new Response() }, options),
    { origin: 7, headers: "x-api: 1", clock: 0, remoteAddr: "127.0.0.1", followRedirects: "yes" },
  ),
  "TestClient.fetch": answered((init: TestRequestInit) => client().fetch("/", init), REQUEST),
  "TestClient.open": answered((init: TestRequestInit) => client().open("/", init), REQUEST),
  "TestClient.get": answered((init: TestRequestInit) => client().get("/", init), REQUEST),
  "TestClient.head": answered((init: TestRequestInit) => client().head("/", init), REQUEST),
  "TestClient.post": answered((init: TestRequestInit) => client().post("/", {}, init), REQUEST),
  "TestPage.click": answered(async (init: Omit<TestRequestInit, "from">) => {
    return await (await client().open("/")).click("x", init);
  }, CLICK),
  "TestForm.submit": answered(async (options: SubmitOptions) => {
    return await (await client().open("/")).form().submit({}, options);
  }, { ...SUBMIT, button: 7 }),
  "new CookieJar": answered((options: CookieJarOptions) => new CookieJar(options), { clock: 0 }),
  "CookieJar.header": answered(
    (options: CookieHeaderOptions) => new CookieJar().header("https://app.test/", options),
    { crossSite: "yes", method: 7, topLevelNavigation: 1 },
  ),
  "dummyRequest": answered((options: DummyRequestOptions) => dummyRequest(options), {
    url: 7,
    method: 7,
    headers: "x-api: 1",
    form: { age: 7 },
    json: NONE_IS_WRONG,
    matchdict: "x",
    session: "x",
    route: "x",
    routes: route("x", "/x"),
    settings: [],
    authenticatedUserId: 7,
    identity: NONE_IS_WRONG,
    permissions: "edit",
    context: NONE_IS_WRONG,
  }),
  "plantSession": answered(
    (options: PlantOptions) =>
      plantSession(client(), signedCookieSessionFactory(SECRET), { a: 1 }, options),
    { origin: 7, flash: "saved", userId: 7, remember: "60", csrfToken: "yes" },
  ),
  "readSession": answered(
    (options: SessionPlaceOptions) =>
      readSession(client(), signedCookieSessionFactory(SECRET), options),
    { path: 7, origin: 7 },
  ),
};

/** Rows of what the documentation does not show as an options bag. */
const BESIDES = [
  "httpCache of a view",
  "ViewRequest.routePath",
  "ViewRequest.routeUrl",
  "contentSecurityPolicy of securityHeaders",
  "strictTransportSecurity of securityHeaders",
];

/** What must be there for the call to be valid at all. */
const NEEDED = ["routeName", "maxAge", "origins"];

/** The message of a refusal, whether it is thrown or a promise rejects. */
async function refusalOf({ call, refusal }: Row, options: unknown): Promise<string> {
  const attempt = async () => await call(options);
  return (await assertRejects(attempt, refusal)).message;
}

for (const [name, row] of Object.entries(ROWS)) {
  const { call, wrong } = row;
  const known = Object.keys(wrong);

  Deno.test(`${name}: the options are checked`, async (t) => {
    await t.step("none, and undefined ones, are let through", async () => {
      await call({});
      for (const option of known) {
        if (!NEEDED.includes(option)) await call({ [option]: undefined });
      }
    });
    await t.step("one that does not exist is refused by its name", async () => {
      const message = await refusalOf(row, { zzqqxx: undefined });
      assert(message.includes('Cannot use option "zzqqxx" of '), message);
      assert(message.endsWith(": no such option"), message);
    });
    await t.step("a misspelt one is refused with the one that is meant", async () => {
      for (const option of known) {
        const written = option + option.at(-1);
        const message = await refusalOf(row, { [written]: undefined });
        const hint = `"${written}" of `;
        assert(message.includes(hint), message);
        assert(message.endsWith(`: no such option: did you mean "${option}"?`), message);
      }
    });
    await t.step("a value of a wrong type is refused by the option's name", async () => {
      for (const [option, value] of Object.entries(wrong)) {
        if (value === NONE_IS_WRONG) continue;
        const message = await refusalOf(row, { [option]: value });
        assert(message.includes(`Cannot use option "${option}" of `), message);
        assert(/: must be .+, not .+$/.test(message), message);
      }
    });
    await t.step("what are no options are refused", async () => {
      for (const none of ["text", null, 7, true, Symbol("x"), () => {}, [], new Map()]) {
        // Seconds alone are the other form of this one.
        if (none !== 7 || name !== "httpCache of a view") await refusalOf(row, none);
      }
    });
    await t.step("a hint names only what exists here", async () => {
      for (const word of HINTED_WORDS) {
        if (known.includes(word)) continue;
        const message = await refusalOf(row, { [word]: undefined }).catch(() => "");
        const [, meant] = /did you mean "(.+)"\?$/.exec(message) ?? [];
        assert(meant === undefined || known.includes(meant), message);
      }
    });
  });
}

const root = new URL("../", import.meta.url);

interface Parameter {
  readonly name: string;
  readonly types: readonly string[];
}

interface Taker {
  readonly name: string;
  readonly parameters: readonly Parameter[];
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function listIn(value: unknown, name: string): readonly unknown[] {
  const list = isObject(value) ? value[name] : undefined;
  return Array.isArray(list) ? list : [];
}

function textIn(value: unknown, name: string): string {
  const text = isObject(value) ? value[name] : undefined;
  return typeof text === "string" ? text : "";
}

/** The names of the types that a type is made of, aliases opened; those of a callback's parameters are not its own. */
function* typeNames(
  type: unknown,
  aliases: ReadonlyMap<string, unknown>,
  seen: readonly string[] = [],
): Generator<string> {
  if (!isObject(type) || type.kind === "fnOrConstructor") return;
  if (type.kind === "typeRef") {
    const name = textIn(type.value, "typeName");
    yield name;
    if (aliases.has(name) && !seen.includes(name)) {
      yield* typeNames(aliases.get(name), aliases, [...seen, name]);
    }
  }
  for (const part of Object.values(type)) yield* typeNames(part, aliases, seen);
}

function parametersOf(params: readonly unknown[], aliases: ReadonlyMap<string, unknown>) {
  return params.map((param): Parameter => {
    const inner = isObject(param) ? param.left ?? param.arg ?? param : param;
    return { name: textIn(inner, "name"), types: [...typeNames(param, aliases)] };
  });
}

/** Every function, constructor and method that the modules export, by the output of `deno doc --json`. */
function takersIn(doc: unknown): Taker[] {
  assert(isObject(doc) && isObject(doc.nodes));
  const declarations = Object.values(doc.nodes).flatMap((module) =>
    listIn(module, "symbols").flatMap((symbol) =>
      listIn(symbol, "declarations").map((declaration) => {
        assert(isObject(declaration));
        const { kind, def } = declaration;
        return { name: textIn(symbol, "name"), kind, def };
      })
    )
  );
  const aliases = new Map(
    declarations.filter(({ kind }) => kind === "typeAlias").map(({ name, def }) => [name, def]),
  );
  const taker = (name: string, params: readonly unknown[]): Taker => ({
    name,
    parameters: parametersOf(params, aliases),
  });
  return declarations.flatMap(({ name, kind, def }): Taker[] => {
    if (kind === "function") return [taker(name, listIn(def, "params"))];
    if (kind !== "class") return [];
    return [
      ...listIn(def, "constructors").map((one) => taker(`new ${name}`, listIn(one, "params"))),
      ...listIn(def, "methods").map((method) => {
        const { functionDef } = isObject(method) ? method : {};
        return taker(`${name}.${textIn(method, "name")}`, listIn(functionDef, "params"));
      }),
    ];
  });
}

/** Those that take options, by the type or the name of a parameter. */
function optionTakers(takers: readonly Taker[]): string[] {
  const takes = ({ name, types }: Parameter): boolean =>
    /^(?:options|init|limits)$/i.test(name) ||
    types.some((type) => /(?:Options|Init|Limits)$/.test(type));
  const found = takers.filter(({ parameters }) => parameters.some(takes)).map(({ name }) => name);
  return [...new Set(found)].sort();
}

Deno.test("optionTakers() finds planted ones by name and type, through aliases, and no callback's", () => {
  const ref = (typeName: string) => ({ kind: "typeRef", value: { typeName } });
  const param = (name: string, tsType: unknown) => ({ kind: "identifier", name, tsType });
  const fn = (name: string, ...params: unknown[]) => ({
    name,
    declarations: [{ kind: "function", def: { params } }],
  });
  const symbols = [
    fn("byType", param("third", ref("RouteOptions"))),
    fn("byDefault", { kind: "assign", left: { name: "x", tsType: ref("BodyLimits") } }),
    fn("byName", param("options", { kind: "typeLiteral", value: {} })),
    fn("byRest", { kind: "rest", arg: { name: "args" }, tsType: ref("Arguments") }),
    fn("byUnion", param("x", { kind: "union", value: [ref("A"), ref("ResponseInit")] })),
    fn("byNone", param("x", ref("Route"))),
    fn("byCallback", param("x", { kind: "fnOrConstructor", value: ref("RouteOptions") })),
    {
      name: "Arguments",
      declarations: [{ kind: "typeAlias", def: { tsType: ref("PathOptions") } }],
    },
    {
      name: "Thing",
      declarations: [{
        kind: "class",
        def: {
          constructors: [{ params: [param("init", ref("X"))] }],
          methods: [{ name: "do", functionDef: { params: [param("x", ref("DoOptions"))] } }, {
            name: "not",
            functionDef: { params: [] },
          }],
        },
      }],
    },
  ];
  assertEquals(optionTakers(takersIn({ nodes: { "mod.ts": { symbols } } })), [
    "Thing.do",
    "byDefault",
    "byName",
    "byRest",
    "byType",
    "byUnion",
    "new Thing",
  ]);
});

/** What `deno doc --json` says of every module that is exported. */
async function publicDoc(): Promise<unknown> {
  const config: unknown = JSON.parse(await Deno.readTextFile(new URL("deno.json", root)));
  assert(isObject(config) && isObject(config.exports));
  const modules = Object.values(config.exports).map(String);
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", "--json", ...modules],
    cwd: root,
  }).output();
  assert(success, new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout));
}

testUnless(
  missingPermission({ name: "read" }, { name: "run", command: Deno.execPath() }),
  "every public function, constructor and method that takes options has a row",
  async () => {
    // A Configurator inherits its statements about the app as a whole.
    const takers = optionTakers(takersIn(await publicDoc()))
      .map((name) => name.replace(/^AppStatements\./, "Configurator."));
    // Guards the rest against a documentation of another form.
    for (const name of ["redirect", "new Configurator", "Configurator.addRoute", "Route.path"]) {
      assert(takers.includes(name), name);
    }
    const rows = new Set(Object.keys(ROWS).map((name) => name.replace(/ \(.+\)$/, "")));
    assertEquals(takers.filter((name) => !rows.has(name)), [], "take options and have no row");
    const stale = [...rows].filter((name) => !takers.includes(name) && !BESIDES.includes(name));
    assertEquals(stale, [], "have a row and take no options");
  },
);
