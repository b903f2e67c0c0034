/**
 * The surface: every value that the public modules export, by name. A change here is a change of
 * what others build on.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import * as configurator from "@pyramidion/pyramidion/configurator";
import * as main from "@pyramidion/pyramidion";
import * as session from "@pyramidion/pyramidion/session";
import * as cli from "@pyramidion/pyramidion/cli";
import * as denoKvStores from "@pyramidion/pyramidion/stores/deno-kv";
import * as memoryStores from "@pyramidion/pyramidion/stores/memory";
import * as sqliteStores from "@pyramidion/pyramidion/stores/sqlite";
import * as stores from "@pyramidion/pyramidion/stores";
import * as staticFiles from "@pyramidion/pyramidion/static";
import * as testing from "@pyramidion/pyramidion/testing";

const SURFACE: Record<string, [module: object, names: string[]]> = {
  "mod.ts": [main, [
    "App",
    "ApplicationCreated",
    "BadCsrfOrigin",
    "BadCsrfToken",
    "ConfigurationConflictError",
    "ConfigurationError",
    "Configurator",
    "Html",
    "HttpBadRequest",
    "HttpClientError",
    "HttpConflict",
    "HttpContentTooLarge",
    "HttpError",
    "HttpException",
    "HttpForbidden",
    "HttpFound",
    "HttpGone",
    "HttpInternalServerError",
    "HttpMethodNotAllowed",
    "HttpMovedPermanently",
    "HttpNotAcceptable",
    "HttpNotFound",
    "HttpPermanentRedirect",
    "HttpRedirection",
    "HttpSeeOther",
    "HttpServerError",
    "HttpServiceUnavailable",
    "HttpTemporaryRedirect",
    "HttpTooManyRequests",
    "HttpUnauthorized",
    "HttpUnprocessableContent",
    "HttpUnsupportedMediaType",
    "MountedApp",
    "NO_PERMISSION_REQUIRED",
    "NewRequest",
    "NewResponse",
    "Not",
    "RequestCookies",
    "RevocationStoreError",
    "Route",
    "RouteNotFoundError",
    "Session",
    "SessionOutcomeUnknownError",
    "SessionSchemaError",
    "SessionStoreError",
    "SessionTooLargeError",
    "SessionValueError",
    "ViewRequest",
    "cookieSessionFactory",
    "encryptedCodec",
    "encryptedCookieSessionFactory",
    "exceptionViewConfig",
    "forbiddenViewConfig",
    "html",
    "insecureRaw",
    "json",
    "mount",
    "not",
    "notFoundViewConfig",
    "pyramidCodec",
    "pyramidCookieSessionFactory",
    "redirect",
    "route",
    "signedCodec",
    "signedCookieSessionFactory",
    "storedSessionFactory",
    "viewConfig",
    "viewDefaults",
  ]],
  "session.ts": [session, [
    "Session",
    "SessionState",
    "sessionState",
  ]],
  "configurator.ts": [configurator, [
    "Configurator",
  ]],
  "lib/cli/mod.ts": [cli, ["runCommand"]],
  "lib/session/stored/session_store.ts": [stores, [
    "BrokenRecordError",
    "EXPIRY_SLACK",
    "REMEMBERED_OPERATIONS",
    "RecordTooLargeError",
  ]],
  "lib/session/stores/memory.ts": [memoryStores, ["memoryRevocations", "memoryStore"]],
  "lib/session/stores/sqlite.ts": [sqliteStores, ["SQLITE_TABLES", "sqliteStore"]],
  "lib/session/stores/deno_kv.ts": [denoKvStores, ["denoKvRevocations", "denoKvStore"]],
  "lib/static/mod.ts": [staticFiles, ["staticView"]],
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

Deno.test("what two modules export under one name is the same", () => {
  assertEquals(configurator.Configurator === main.Configurator, true);
  assertEquals(session.Session === main.Session, true);
});
