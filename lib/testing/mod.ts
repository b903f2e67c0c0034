/**
 * Tests an app without a server, without a browser and without waiting.
 *
 * `TestClient` is a visitor that keeps cookies, fills in forms and follows links. `settableClock()`
 * is a clock that the test moves. `dummyRequest()` makes a request for a single view.
 *
 * ```ts
 * import { settableClock, TestClient } from "@pyramidion/pyramidion/testing";
 * import { assertEquals } from "jsr:@std/assert@^1.0.0";
 *
 * const app = {
 *   fetch: (request: Request) =>
 *     new Response(request.headers.get("cookie"), {
 *       headers: { "set-cookie": "session=ada; Path=/; Max-Age=1200; Secure" },
 *     }),
 * };
 * const clock = settableClock();
 * const ada = new TestClient(app, { clock }), eve = new TestClient(app, { clock });
 * await ada.post("/sign-in", { user: "ada" });
 * assertEquals(ada.cookie("session"), "ada");
 * assertEquals(eve.cookie("session"), null);
 * clock.travel(1200);
 * assertEquals(await (await ada.get("/")).text(), "");
 * ```
 *
 * @module
 */

export {
  type CookieHeaderOptions,
  CookieJar,
  type CookieJarOptions,
  type CookieRefusal,
  type RefusedCookie,
  type StoredCookie,
} from "./cookie_jar.ts";
export { dummyRequest, type DummyRequestOptions } from "./dummy_request.ts";
export {
  type PlantOptions,
  plantSession,
  readSession,
  type SessionPlaceOptions,
} from "./planted_session.ts";
export type { SameSite } from "./set_cookie.ts";
export { type SettableClock, settableClock } from "./settable_clock.ts";
export { type StoreCheck, storeSuite, type StoreSuiteOptions } from "./store_suite.ts";
export type { TestedStore } from "./store_suite/trial.ts";
export { type FetchApp, type TestBody, TestClient, type TestClientOptions } from "./test_client.ts";
export type { FormFieldValue, FormValue } from "./forms/fields.ts";
export {
  type SubmitOptions,
  type TestButton,
  TestForm,
  type TestLink,
  TestPage,
} from "./test_page.ts";
export type { TestRequestInit } from "./test_request_init.ts";
