/**
 * What stands in an argument's place and is none is refused by its name, where it is given.
 *
 * @module
 */

import { assertEquals, assertRejects, assertThrows } from "jsr:@std/assert@^1.0.0";
import {
  ApplicationCreated,
  ConfigurationError,
  Configurator,
  cookieSessionFactory,
  encryptedCookieSessionFactory,
  html,
  HttpError,
  HttpMethodNotAllowed,
  HttpNotFound,
  NewRequest,
  NewResponse,
  redirect,
  route,
  type SecurityPolicy,
  Session,
  signedCodec,
  signedCookieSessionFactory,
  viewConfig,
  viewDefaults,
  type ViewRequest,
} from "@pyramidion/pyramidion";
import { denoKvRevocations } from "@pyramidion/pyramidion/stores/deno-kv";
import {
  dummyRequest,
  plantSession,
  readSession,
  TestClient,
} from "@pyramidion/pyramidion/testing";
import { RoutePattern } from "../lib/routing/route_pattern.ts";
import { checkSecrets } from "../lib/session/crypto/secrets.ts";
import { ask } from "./ask.ts";
import { SubtleSpy } from "./session/subtle_spy.ts";

const SECRET = "b2c5f0c1e94d4b7fa1a8d5c37e6f9048";
const view = () => html`x`;
const fresh = () => new Configurator().addRoute("x", "/x");
const app = { fetch: () => new Response() };
/** What a program in JavaScript could give. */
const any = (value: unknown): never => value as never;

Deno.test("a configuration refuses at once what is not what it takes", async (t) => {
  const policy = { identity: () => null, permits: () => true };
  const rows: Record<string, [say: () => unknown, message: string]> = {
    "a policy without permits()": [
      () => fresh().setSecurityPolicy(any({ identity: () => null })),
      "Cannot use the security policy: must be an object with the functions identity() and permits(), not one without permits()",
    ],
    "a policy that is none": [
      () => fresh().setSecurityPolicy(any(undefined)),
      "Cannot use the security policy: must be an object with the functions identity() and permits(), not undefined",
    ],
    "a policy whose usesSession is text": [
      () => fresh().setSecurityPolicy(any({ ...policy, usesSession: "no" })),
      'Cannot use usesSession of the security policy: must be true or false, not the string "no"',
    ],
    "a session factory that is a promise": [
      () => fresh().setSessionFactory(any(Promise.resolve({}))),
      "Cannot use the session factory: must be an object with the functions load() and commit(), not a promise",
    ],
    "a session factory without commit()": [
      () => fresh().setSessionFactory(any({ load: () => new Session() })),
      "Cannot use the session factory: must be an object with the functions load() and commit(), not one without commit()",
    ],
    "a renderer without a name": [
      () => fresh().addRenderer(any(null), view),
      "Cannot add a renderer: its name must be a string that is not empty, not null",
    ],
    "a renderer of an empty name": [
      () => fresh().addRenderer("", view),
      'Cannot add a renderer: its name must be a string that is not empty, not the string ""',
    ],
    "a view predicate without a name": [
      () => fresh().addViewPredicate(any(undefined), any(view)),
      "Cannot add a view predicate: its name must be a string that is not empty, not undefined",
    ],
    "a route predicate without a name": [
      () => fresh().addRoutePredicate(any(7), any(view)),
      "Cannot add a route predicate: its name must be a string that is not empty, not the number 7",
    ],
    "a request method without a name": [
      () => fresh().addRequestMethod(any(Symbol("x")), view),
      "Cannot add a request method: its name must be a string that is not empty, not a symbol",
    ],
    "a default permission that is none": [
      () => fresh().setDefaultPermission(any(["edit"])),
      "Cannot use the default permission: must be a string that is not empty, not an array",
    ],
    "an empty default permission": [
      () => fresh().setDefaultPermission(""),
      'Cannot use the default permission: must be a string that is not empty, not the string ""',
    ],
    "settings that are text": [
      () => fresh().addSettings(any("debug")),
      'Cannot use the settings: must be an object, not the string "debug"',
    ],
    "settings that nobody awaited": [
      () => fresh().addSettings(any(Promise.resolve({}))),
      "Cannot use the settings: must be an object, not a promise",
    ],
    "a class that is no event": [
      () => fresh().addSubscriber(any(HttpNotFound), () => {}),
      "Cannot use the event of a subscriber: must be NewRequest, NewResponse, ResponseSent, BeforeRender or ApplicationCreated, or a class that extends one of them, not a function",
    ],
    "a namespace that nobody awaited": [
      () => fresh().scan(any(Promise.resolve({}))),
      "Cannot use the namespace of scan(): must be an object, not a promise",
    ],
    "a marked view that is none": [
      () => viewConfig({ routeName: "x" }, any("view")),
      'Cannot use the view of viewConfig(): must be a function, not the string "view"',
    ],
    "a route that is none": [
      () => fresh().addRoute(any({ name: "y", pattern: "/y" })),
      "Cannot add a route: must be a Route or its name, not an object",
    ],
    "a pattern behind a Route, which would be ignored": [
      () => fresh().addRoute(any(route("y", "/y")), any("/z")),
      'Cannot add route "y": a Route already has its pattern: write only options after it',
    ],
    "options behind no options, which would be ignored": [
      () => fresh().addRoute(any(route("y", "/y")), any(undefined), any({})),
      'Cannot add route "y": a Route already has its pattern: write only options after it',
    ],
    "a codec that is none": [
      () => cookieSessionFactory(any({ encode: () => "", decode: () => null })),
      "Cannot use the codec of cookieSessionFactory(): must be an object with the functions encode(), decode() and encodedLength(), not one without encodedLength()",
    ],
    "a database that nobody awaited": [
      () => denoKvRevocations(any(Promise.resolve({}))),
      "Cannot use the database of denoKvRevocations(): must be an object with the functions get() and atomic(), not a promise",
    ],
  };
  for (const [name, [say, message]] of Object.entries(rows)) {
    await t.step(name, () => assertEquals(assertThrows(say, ConfigurationError).message, message));
  }
});

Deno.test("a configuration takes policies and factories whose functions are those of a class, and events of a class of its own", () => {
  class Policy implements SecurityPolicy {
    identity() {
      return null;
    }
    permits() {
      return true;
    }
  }
  class Later extends NewResponse {}
  fresh().setSecurityPolicy(new Policy()).setSessionFactory(signedCookieSessionFactory(SECRET));
  for (const event of [NewRequest, NewResponse, ApplicationCreated, Later]) {
    fresh().addSubscriber(any(event), () => {});
  }
});

Deno.test("what is called while a request is answered refuses what is not what it takes", async (t) => {
  const request = dummyRequest();
  const rows: Record<string, [call: () => unknown, message: string]> = {
    "bindTo() a number": [
      () => new Session().bindTo(any(7)),
      "Cannot bind the session to the number 7: user ids are text: write String(id)",
    ],
    "bindTo() nobody": [
      () => new Session().bindTo(any(undefined)),
      "Cannot bind the session to undefined: user ids are text",
    ],
    "flash() options in the place of the queue": [
      () => new Session().flash("x", any({ allowDuplicate: false })),
      "Cannot use the queue of flash(): must be a string, not an object",
    ],
    "redirect() to nothing": [
      () => redirect(any(undefined)),
      "Cannot redirect: the location must be a string or a URL, not undefined",
    ],
    "options in the place of an error's detail": [
      () => new HttpNotFound(any({ headers: {} })),
      "Cannot make HttpNotFound: the detail must be a string, not an object",
    ],
    "an error in the place of an error's options": [
      () => new HttpError(500, "", any(new RangeError("x"))),
      "Cannot use the options of HttpError: must be an object of options, not an object of the class RangeError: write { cause: error }",
    ],
    "a 405 with one method as text": [
      () => new HttpMethodNotAllowed(any("GET")),
      'Cannot use the methods of HttpMethodNotAllowed: must be a list of strings, not the string "GET"',
    ],
    "hasPermission() of a name that is not defined": [
      () => request.hasPermission(any(undefined)),
      "Cannot use the permission of hasPermission(): must be a string that is not empty, not undefined",
    ],
    "a response callback that is none": [
      () => request.addResponseCallback(any(7)),
      "Cannot use a response callback: must be a function, not the number 7",
    ],
    "a finished callback that is none": [
      () => request.addFinishedCallback(any(null)),
      "Cannot use a finished callback: must be a function, not null",
    ],
    "a TestClient of a Configurator": [
      () => new TestClient(any(fresh())),
      "Cannot use the app of a TestClient: must be an object with the function fetch(), not one without fetch()",
    ],
    "a post() whose fields are options": [
      () => new TestClient(app).post("/", any({ headers: { "x-api": "1" } })),
      'Cannot use the fields of client.post(): must be an object of strings, not an object with an object as "headers"',
    ],
    "plantSession() for an app": [
      () => plantSession(any(app), signedCookieSessionFactory(SECRET), {}),
      "Cannot use the client of plantSession(): must be a TestClient, not an object",
    ],
    "plantSession() of nothing": [
      () => plantSession(new TestClient(app), signedCookieSessionFactory(SECRET), any(null)),
      "Cannot use the keys of plantSession(): must be an object, not null",
    ],
    "plantSession() by a secret": [
      () => plantSession(new TestClient(app), any(SECRET), {}),
      "Cannot use the session factory of plantSession(): must be an object with the functions load() and commit(), not a string",
    ],
    "readSession() by nothing": [
      () => readSession(new TestClient(app), any(undefined)),
      "Cannot use the session factory of readSession(): must be an object with the functions load() and commit(), not undefined",
    ],
  };
  for (const [name, [call, message]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const thrown = await assertRejects(async () => await call(), TypeError);
      assertEquals(thrown.message, message);
    });
  }
});

Deno.test("request.text() and json() with a wrong limit throw at once, so that no promise rejects unheard", () => {
  for (const read of ["bytes", "text", "json", "form"] as const) {
    assertThrows(
      () => dummyRequest({ form: {} })[read](any({ maxBytes: NaN })),
      TypeError,
      `Cannot use option "maxBytes" of request.${read}(): `,
    );
  }
});

Deno.test("an option that is undefined was left out: no default is lost", async (t) => {
  await t.step("a permission of viewDefaults() guards a view that says undefined", async () => {
    @viewDefaults({ routeName: "x", permission: "edit" })
    class Pages {
      constructor(readonly request: ViewRequest) {}
      @viewConfig({ permission: undefined } as object)
      show() {
        return html`x`;
      }
    }
    const made = fresh().scan({ Pages })
      .setSecurityPolicy({ identity: () => null, permits: () => false }).makeApp();
    assertEquals((await ask(made, "/x")).status, 403);
  });
  await t.step("encrypted sessions are not kept in memory", async () => {
    const factory = encryptedCookieSessionFactory(SECRET, any({ verifiedCookies: undefined }));
    const request = (cookie: string) => {
      const raw = new Request("https://app.test/", { headers: { cookie } });
      return { raw, method: "GET", headers: raw.headers, origin: "https://app.test" };
    };
    const session = await factory.load(request(""));
    session.set("user", "ada");
    const outcome = await factory.commit(session, request(""), {
      mayRenew: true,
      byException: false,
    });
    const [cookie = ""] = outcome.do === "write" ? outcome.cookies : [];
    using spy = new SubtleSpy();
    await factory.load(request(cookie.slice(0, cookie.indexOf(";"))));
    assertEquals(spy.calls, ["decrypt"]);
  });
  await t.step("TestClient.open() follows redirections", async () => {
    const client = new TestClient({
      fetch: ({ url }) =>
        url.endsWith("/")
          ? new Response(null, { status: 302, headers: { location: "/y" } })
          : new Response("y"),
    });
    assertEquals((await client.open("/", any({ redirect: undefined }))).text, "y");
  });
});

Deno.test("what lets danger through is compared with true where it is read", async (t) => {
  for (const almost of ["true", "false", 1, {}]) {
    await t.step(String(almost), () => {
      assertThrows(
        () => checkSecrets("short", { insecureAllowWeakSecret: any(almost) }),
        RangeError,
      );
      assertThrows(
        () => new RoutePattern("x", "/:x((?:a+)+)b", { insecureAllowRegExp: any(almost) }),
        ConfigurationError,
      );
    });
  }
  checkSecrets("short", { insecureAllowWeakSecret: true });
  signedCodec("short", { insecureAllowWeakSecret: true });
});
