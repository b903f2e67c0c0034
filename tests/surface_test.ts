/**
 * The surface: every value that the public modules export, by name, and every name of the main
 * module with its reason. A change here is a change of what others build on.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import * as authTkt from "@pyramidion/pyramidion/auth-tkt";
import * as configurator from "@pyramidion/pyramidion/configurator";
import * as main from "@pyramidion/pyramidion";
import * as session from "@pyramidion/pyramidion/session";
import * as cli from "@pyramidion/pyramidion/cli";
import * as cors from "@pyramidion/pyramidion/cors";
import * as events from "@pyramidion/pyramidion/event-stream";
import * as securityHeaders from "@pyramidion/pyramidion/security-headers";
import * as denoKvStores from "@pyramidion/pyramidion/stores/deno-kv";
import * as memoryStores from "@pyramidion/pyramidion/stores/memory";
import * as postgresStores from "@pyramidion/pyramidion/stores/postgres";
import * as redisStores from "@pyramidion/pyramidion/stores/redis";
import * as sqliteStores from "@pyramidion/pyramidion/stores/sqlite";
import * as stores from "@pyramidion/pyramidion/stores";
import * as authentication from "@pyramidion/pyramidion/authentication";
import * as staticFiles from "@pyramidion/pyramidion/static";
import * as types from "@pyramidion/pyramidion/types";
import * as testing from "@pyramidion/pyramidion/testing";

/** Every name of the main module, types too, and why it is there: who needs it writes it. */
const MAIN: Readonly<Record<string, string>> = {
  AnyConfigurator: "the parameter of a part that every app includes",
  AnyViewRequest: "the request in predicates, policies and parts",
  App: "what makeApp() gives, to annotate it",
  ApplicationCreated: "an event to subscribe to",
  BadCsrfOrigin: "the context of an exception view",
  BadCsrfToken: "the context of an exception view",
  BeforeRender: "an event to subscribe to",
  ConfigurationConflictError: "tells a conflict from other mistakes, as in Pyramid",
  ConfigurationError: "what start-up throws",
  Configurator: "the beginning of every app",
  ConfiguratorOptions: "options that two apps share",
  ConfiguratorWith: "the parameter of a part that needs something of its app",
  ConnectionInfo: "the second parameter of fetch()",
  CookieOptions: "options that several cookies share",
  cookieSessionFactory: "sessions by a codec of one's own",
  csrfField: "the field of a form that carries the CSRF token",
  CsrfOptions: "options that two apps share",
  encryptedCodec: "the codec of encrypted cookies",
  encryptedCookieSessionFactory: "sessions that the visitor cannot read",
  ErrorClass: "the context of an exception view, in a part",
  exceptionViewConfig: "marks an exception view",
  forbiddenViewConfig: "marks a forbidden view",
  html: "writes a page",
  Html: "annotates a part of a page",
  HtmlValue: "the parameter of a layout",
  HttpBadRequest: "answers 400 from anywhere in a view",
  HttpClientError: "the context of an exception view for a kind of them",
  HttpConflict: "answers 409 from anywhere in a view",
  HttpContentTooLarge: "answers 413 from anywhere in a view",
  HttpError: "the context of an exception view for a kind of them",
  HttpException: "the context of an exception view for a kind of them",
  HttpForbidden: "answers 403 from anywhere in a view",
  HttpFound: "answers 302 from anywhere in a view",
  HttpGone: "answers 410 from anywhere in a view",
  HttpInternalServerError: "answers 500 from anywhere in a view",
  HttpMethodNotAllowed: "answers 405 from anywhere in a view",
  HttpMovedPermanently: "answers 301 from anywhere in a view",
  HttpNotAcceptable: "answers 406 from anywhere in a view",
  HttpNotFound: "answers 404 from anywhere in a view",
  HttpPermanentRedirect: "answers 308 from anywhere in a view",
  HttpRedirection: "the context of an exception view for a kind of them",
  HttpSeeOther: "answers 303 from anywhere in a view",
  HttpServerError: "the context of an exception view for a kind of them",
  HttpServiceUnavailable: "answers 503 from anywhere in a view",
  HttpTemporaryRedirect: "answers 307 from anywhere in a view",
  HttpTooManyRequests: "answers 429 from anywhere in a view",
  HttpUnauthorized: "answers 401 from anywhere in a view",
  HttpUnprocessableContent: "answers 422 from anywhere in a view",
  HttpUnsupportedMediaType: "answers 415 from anywhere in a view",
  insecureRaw: "HTML that is safe already",
  json: "answers with JSON",
  jsonScript: "data for a script of a page",
  Logger: "a logger of one's own",
  Matchdict: "types a request by its pattern",
  mount: "joins apps under paths",
  NewRequest: "an event to subscribe to",
  NewResponse: "an event to subscribe to",
  NO_PERMISSION_REQUIRED: "a view that everybody may see",
  not: "turns a predicate round",
  notFoundViewConfig: "marks a not-found view",
  Predicate: "a predicate of one's own",
  PredicateFactory: "a predicate of one's own",
  onceField: "the field of a form that is accepted once",
  pyramidCodec: "the codec of Pyramid's cookies",
  pyramidCookieSessionFactory: "sessions that Pyramid shares",
  redirect: "answers with a redirection",
  Renderer: "a renderer of one's own",
  RequestHandler: "what tweens and decorators get and give",
  RequestOf: "the request of a view in a file of its own",
  RequestWith: "the request of a tween that needs something of its app",
  RevocationStore: "a store of one's own",
  RevocationStoreError: "the context of an exception view",
  route: "names a pattern",
  Route: "annotates a route, and tells one from a name",
  RouteNotFoundError: "what routePath() throws",
  SecurityPolicy: "a policy of one's own",
  Session: "annotates a session",
  SessionCodec: "a codec of one's own",
  SessionFactory: "a factory of one's own",
  SessionOutcomeUnknownError: "the context of an exception view",
  SessionSchemaError: "what a session throws that does not fit its schema",
  SessionStoreError: "the context of an exception view",
  SessionTooLargeError: "what a session throws that is too large",
  SessionValueError: "what a session throws that cannot be written",
  signedCodec: "the codec of signed cookies",
  signedCookieSessionFactory: "sessions that the visitor can read",
  StaleSignIn: "the context of an exception view",
  StandardSchema: "a schema of one's own",
  storedSessionFactory: "sessions that live in a store",
  StoredSessionFactory: "annotates what lists and ends sessions",
  Subscriber: "a subscriber of one's own",
  TooManySessionsError: "the context of an exception view",
  Tween: "a tween of one's own",
  ValidationError: "answers 422 with the errors of fields, and is the context of an exception view",
  View: "annotates a view",
  viewConfig: "marks a view where it is written",
  viewDefaults: "options of a class of views",
  ViewDeriver: "a deriver of one's own",
  ViewOptions: "options that several views share",
  ViewRequest: "annotates the request of a view",
};

const SURFACE: Record<string, [module: object, names: string[]]> = {
  "session.ts": [session, [
    "Session",
    "SessionState",
    "sessionState",
  ]],
  "configurator.ts": [configurator, [
    "Configurator",
  ]],
  "lib/auth_tkt/mod.ts": [authTkt, ["AuthTktCookies", "authTktCookies"]],
  "lib/cli/mod.ts": [cli, ["runCommand"]],
  "lib/session/stored/mod.ts": [stores, [
    "BrokenRecordError",
    "ChangeRefusedError",
    "EXPIRY_SLACK",
    "REMEMBERED_OPERATIONS",
    "RecordTooLargeError",
    "guardedStore",
    "sweepAll",
  ]],
  "lib/session/stores/memory.ts": [memoryStores, ["memoryRevocations", "memoryStore"]],
  "lib/session/stores/sqlite.ts": [sqliteStores, ["SQLITE_TABLES", "sqliteStore"]],
  "lib/session/stores/deno_kv.ts": [denoKvStores, ["denoKvRevocations", "denoKvStore"]],
  "lib/session/stores/redis/redis_store.ts": [redisStores, ["redisStore"]],
  "lib/session/stores/postgres/postgres_store.ts": [postgresStores, [
    "POSTGRES_TABLES",
    "postgresStore",
  ]],
  "lib/authentication/mod.ts": [authentication, [
    "ACLHelper",
    "ALL_PERMISSIONS",
    "BasicChallenge",
    "BearerChallenge",
    "DENY_ALL",
    "InvalidLink",
    "allow",
    "authenticated",
    "basicCredentials",
    "bearerToken",
    "deny",
    "everyone",
    "principalsOf",
    "returnPath",
    "role",
    "signInAgain",
    "signInLimiter",
    "signedLinks",
    "user",
  ]],
  "lib/static/mod.ts": [staticFiles, ["fileResponse", "staticView"]],
  "lib/app/event_stream.ts": [events, ["eventStream"]],
  "lib/browser_policies/security_headers.ts": [securityHeaders, ["securityHeaders"]],
  "lib/browser_policies/cors.ts": [cors, ["cors"]],
  "lib/testing/mod.ts": [testing, [
    "CookieJar",
    "TestClient",
    "TestForm",
    "TestPage",
    "dummyRequest",
    "plantSession",
    "readSession",
    "settableClock",
    "storeSuite",
  ]],
};

for (const [name, [module, names]] of Object.entries(SURFACE)) {
  Deno.test(`${name} exports exactly what is listed`, () => {
    assertEquals(Object.keys(module).sort(), names);
  });
}

/** The names that a module of re-exports exports, types too. */
async function exportedNames(path: string): Promise<string[]> {
  const source = await Deno.readTextFile(new URL(`../${path}`, import.meta.url));
  return [...source.matchAll(/^export (?:type )?\{([^}]*)\} from/gm)]
    .flatMap(([, names = ""]) => names.split(","))
    .map((name) => name.trim().replace(/^type /, "")).filter((name) => name !== "");
}

Deno.test("mod.ts exports exactly the names that have a reason, and they are at most 100", async () => {
  const names = await exportedNames("mod.ts");
  assertEquals(names.sort(), Object.keys(MAIN).sort());
  assertEquals(Object.keys(main).filter((name) => !names.includes(name)), []);
  assertEquals(names.length <= 100, true);
});

Deno.test("types.ts exports no value, and no name that mod.ts exports", async () => {
  assertEquals(Object.keys(types), []);
  const twice = (await exportedNames("types.ts")).filter((name) => name in MAIN);
  assertEquals(twice, []);
});

Deno.test("what two modules export under one name is the same", () => {
  assertEquals(configurator.Configurator === main.Configurator, true);
  assertEquals(session.Session === main.Session, true);
});
