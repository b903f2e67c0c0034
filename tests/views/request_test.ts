/**
 * `ViewRequest`: the request as a view sees it.
 *
 * @module
 */

import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertMatch,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "jsr:@std/assert@^1.0.0";
import {
  ConfigurationError,
  Configurator,
  html,
  HttpBadRequest,
  HttpContentTooLarge,
  HttpError,
  HttpUnsupportedMediaType,
  json,
  route,
  RouteNotFoundError,
  Session,
  ViewRequest,
} from "@pyramidion/pyramidion";
import {
  recordingLogger,
  sampleApp,
  type SampleData,
  sampleRequest,
  type SampleRequestOptions,
} from "../sample_app.ts";

function form(fields: Record<string, string> | [string, string][], url = "https://app.test/") {
  return sampleRequest(url, { method: "POST", body: new URLSearchParams(fields) });
}

Deno.test("ViewRequest hands on the platform's request, its method, its headers and the connection", async () => {
  const raw = new Request("https://app.test/", { method: "PUT", headers: { "x-a": "b" } });
  const info: Deno.ServeHandlerInfo = {
    remoteAddr: { transport: "tcp", hostname: "192.0.2.1", port: 5 },
    completed: Promise.resolve(),
  };
  const { app } = sampleApp({
    "/": (request) => {
      assertInstanceOf(request, ViewRequest);
      assertStrictEquals(request.raw, raw);
      assertStrictEquals(request.headers, raw.headers);
      assertStrictEquals(request.info, info);
      return new Response(`${request.method} ${request.headers.get("x-a")}`);
    },
  });
  assertEquals(await (await app.fetch(raw, info)).text(), "PUT b");
});

const BOTH = ["x-forwarded-host", "x-forwarded-proto"] as const;

Deno.test("ViewRequest.url and origin are those of the outside world", async (t) => {
  const forwarded = { "x-forwarded-host": "app.test", "x-forwarded-proto": "https" };
  const rows: Record<string, [url: string, wrapping: SampleRequestOptions, href: string]> = {
    "as it came": ["https://app.test/a?b=c", {}, "https://app.test/a?b=c"],
    "publicOrigin": [
      "http://10.0.0.1:8000/a?b=c",
      { publicOrigin: "https://app.test" },
      "https://app.test/a?b=c",
    ],
    "publicOrigin before the proxies": [
      "http://10.0.0.1:8000/a",
      { publicOrigin: "https://app.test:8443", trustedHops: 1, headers: forwarded },
      "https://app.test:8443/a",
    ],
    "a trusted proxy": [
      "http://10.0.0.1:8000/a?b",
      { trusted: { hops: 1, headers: BOTH }, headers: forwarded },
      "https://app.test/a?b",
    ],
    "trustedHops believes no host": [
      "http://10.0.0.1:8000/a?b",
      { trustedHops: 1, headers: forwarded },
      "https://10.0.0.1:8000/a?b",
    ],
    "publicOrigin with a path": [
      "http://10.0.0.1:8000/a?b",
      { publicOrigin: "https://app.test/shop" },
      "https://app.test/shop/a?b",
    ],
    "a Unix socket": [
      "http://x.test/",
      { wire: "http+unix://app.test/a?b" },
      "http://app.test/a?b",
    ],
    "a Unix socket without a Host": [
      "http://x.test/",
      { wire: "http+unix://%2Frun%2Fapp%2Esock/a?b" },
      "http://localhost/a?b",
    ],
    "two trusted proxies": [
      "http://10.0.0.1:8000/a?b",
      {
        trusted: { hops: 2, headers: BOTH },
        headers: { "x-forwarded-host": "evil.test, app.test, mid.test" },
      },
      "http://app.test/a?b",
    ],
    "a proxy that nobody trusts": [
      "http://10.0.0.1:8000/a",
      { headers: forwarded },
      "http://10.0.0.1:8000/a",
    ],
    "a path that looks like a host": [
      "http://10.0.0.1//evil.test/",
      { publicOrigin: "https://app.test" },
      "https://app.test//evil.test/",
    ],
  };
  for (const [name, [url, wrapping, href]] of Object.entries(rows)) {
    await t.step(name, () => {
      const request = sampleRequest(url, wrapping);
      assertEquals(request.url.href, href);
      assertEquals(request.origin, new URL(href).origin);
      assertStrictEquals(request.url, request.url);
    });
  }
});

Deno.test("ViewRequest.url is a 400 where a trusted proxy forwarded no host", () => {
  const request = sampleRequest("http://app.test/", {
    trusted: { hops: 1, headers: ["x-forwarded-host"] },
    headers: { "x-forwarded-host": "a b" },
  });
  assertThrows(() => request.url, HttpBadRequest);
  assertThrows(() => request.origin, HttpBadRequest);
});

Deno.test("ViewRequest.url of a URL that cannot be read is a 400, with publicOrigin too", () => {
  for (const options of [{}, { publicOrigin: "https://app.test" }]) {
    for (const wire of ["http://a b/", "http://app.test:99999/"]) {
      const request = sampleRequest("http://app.test/", { ...options, wire });
      assertThrows(() => request.url, HttpBadRequest);
      assertThrows(() => request.query, HttpBadRequest);
    }
  }
  const wire = "http://app.test:99999/", publicOrigin = "https://app.test";
  const request = sampleRequest("http://app.test/", { publicOrigin, wire });
  assertThrows(() => request.url, HttpBadRequest, "This address is not a valid URL.");
});

Deno.test("ViewRequest.query is the query string, decoded, in order", () => {
  const { query } = sampleRequest("https://app.test/?a=1&b=%C3%A9+x&a=2&c");
  assertEquals([...query], [["a", "1"], ["b", "é x"], ["a", "2"], ["c", ""]]);
  assertEquals(query.get("__proto__"), null);
});

Deno.test("ViewRequest.cookies are the strict reader's: the first of a name, bytes untouched", () => {
  const { cookies } = sampleRequest("https://app.test/", {
    headers: { cookie: 'a=1; b="%20"; a=2; =c' },
  });
  assertEquals([cookies.get("a"), cookies.get("b"), cookies.get("c")], ["1", '"%20"', undefined]);
  assertEquals([...sampleRequest("https://app.test/").cookies], []);
});

Deno.test("ViewRequest.params are the query string, then the form", async () => {
  const request = form([["a", "body"], ["b", "body"], ["a", "again"]], "https://app.test/?a=query");
  const params = await request.params;
  assertEquals([...params], [["a", "query"], ["a", "body"], ["b", "body"], ["a", "again"]]);
  assertEquals(params.get("a"), "query");
  assertEquals([...request.query], [["a", "query"]]);
  assertStrictEquals(await request.params, params);
});

Deno.test("ViewRequest.params leave files out", async () => {
  const body = new FormData();
  body.set("name", "ada");
  body.set("photo", new File(["x"], "x.png"));
  const request = sampleRequest("https://app.test/?q=1", { method: "POST", body });
  assertEquals([...await request.params], [["q", "1"], ["name", "ada"]]);
  assert((await request.form()).get("photo") instanceof File);
});

Deno.test("ViewRequest.params ignore other bodies, which stay readable", async (t) => {
  const rows: Record<string, string | null> = {
    "JSON": "application/json",
    "text": "text/plain",
    "a type that begins like a form's": "application/x-www-form-urlencoded-not",
    "a form's type as a parameter": "text/plain; a=multipart/form-data",
    "nonsense": ";;;",
    "no type": null,
  };
  for (const [name, type] of Object.entries(rows)) {
    await t.step(name, async () => {
      const request = sampleRequest("https://app.test/?q=1", {
        method: "POST",
        body: new TextEncoder().encode("a=1"),
        headers: type === null ? {} : { "content-type": type },
      });
      assertEquals([...await request.params], [["q", "1"]]);
      assertEquals(await request.text(), "a=1");
    });
  }
});

Deno.test("ViewRequest.params of a GET are the query string alone", async () => {
  assertEquals([...await sampleRequest("https://app.test/?q=1").params], [["q", "1"]]);
});

Deno.test("ViewRequest.form() reads a form's type in any letter case, with parameters", async () => {
  const request = sampleRequest("https://app.test/", {
    method: "POST",
    body: "a=1",
    headers: { "content-type": " Application/X-WWW-Form-UrlEncoded ; charset=utf-8" },
  });
  assertEquals([...await request.params], [["a", "1"]]);
});

Deno.test("ViewRequest reads its body once, whoever asks first", async () => {
  let pulled = 0;
  const body = new ReadableStream({
    pull(controller) {
      pulled++;
      controller.enqueue(new TextEncoder().encode('{"a":[1]}'));
      controller.close();
    },
  }, { highWaterMark: 0 });
  const request = sampleRequest("https://app.test/", { method: "POST", body });
  const [first, second] = await Promise.all([request.bytes(), request.bytes()]);
  assertStrictEquals(first, second);
  assertEquals([await request.text(), await request.json(), pulled], ['{"a":[1]}', { a: [1] }, 1]);
});

Deno.test("ViewRequest reads no body that nobody asks for", () => {
  let pulled = 0;
  const body = new ReadableStream({ pull: () => void pulled++ }, { highWaterMark: 0 });
  const request = sampleRequest("https://app.test/?a=1", { method: "POST", body });
  assertEquals([request.query.get("a"), request.method, request.cookies.get("a")], [
    "1",
    "POST",
    undefined,
  ]);
  assertEquals([pulled, request.raw.bodyUsed], [0, false]);
});

Deno.test("ViewRequest.form() is read once and kept", async () => {
  const request = form({ a: "1" });
  const first = await request.form();
  assertStrictEquals(await request.form(), first);
  assertEquals(await request.text(), "a=1");
});

Deno.test("ViewRequest refuses bodies that are too large, of another kind or broken", async (t) => {
  const post = (body: BodyInit, type?: string) =>
    sampleRequest("https://app.test/", {
      method: "POST",
      body,
      headers: type === undefined ? {} : { "content-type": type },
    });
  const urlEncoded = "application/x-www-form-urlencoded";
  type Refusal =
    | typeof HttpBadRequest
    | typeof HttpContentTooLarge
    | typeof HttpUnsupportedMediaType;
  const rows: Record<string, [read: () => Promise<unknown>, refusal: Refusal]> = {
    "a byte too many": [() => post("abcd").bytes({ maxBytes: 3 }), HttpContentTooLarge],
    "a byte too many of text": [() => post("abcd").text({ maxBytes: 3 }), HttpContentTooLarge],
    "a byte too many of JSON": [() => post("1234").json({ maxBytes: 3 }), HttpContentTooLarge],
    "a byte too many of a form": [
      () => post("a=12", urlEncoded).form({ maxBytes: 3 }),
      HttpContentTooLarge,
    ],
    "a field too many": [
      () => post("a=1&b=2", urlEncoded).form({ maxParts: 1 }),
      HttpContentTooLarge,
    ],
    "more than a mebibyte": [() => post(new Uint8Array(1_048_577)).bytes(), HttpContentTooLarge],
    "more than a mebibyte, as params": [
      () => post(new Uint8Array(1_048_577), urlEncoded).params,
      HttpContentTooLarge,
    ],
    "more than 1,000 fields": [
      () => post("a&".repeat(1001), urlEncoded).form(),
      HttpContentTooLarge,
    ],
    "a form of JSON": [() => post("{}", "application/json").form(), HttpUnsupportedMediaType],
    "a form without a type": [() => post(new Uint8Array(1)).form(), HttpUnsupportedMediaType],
    "a form without a boundary": [
      () => post("x", "multipart/form-data").form(),
      HttpBadRequest,
    ],
    "a broken form, as params": [
      () => post("x", "multipart/form-data; boundary=y").params,
      HttpBadRequest,
    ],
    "no JSON": [() => post("{").json(), HttpBadRequest],
    "no body as JSON": [() => sampleRequest("https://app.test/").json(), HttpBadRequest],
  };
  for (const [name, [read, refusal]] of Object.entries(rows)) {
    await t.step(name, async () => void await assertRejects(read, refusal));
  }
});

Deno.test("ViewRequest takes a body of exactly the limit", async () => {
  const bytes = new Uint8Array(1_048_576);
  const request = sampleRequest("https://app.test/", { method: "POST", body: bytes });
  assertEquals((await request.bytes()).length, 1_048_576);
  const fields = form(Array.from({ length: 1000 }, (): [string, string] => ["a", ""]));
  assertEquals((await fields.form()).getAll("a").length, 1000);
});

Deno.test("ViewRequest.bytes() keeps the first reader's refusal", async () => {
  const request = sampleRequest("https://app.test/", { method: "POST", body: "abcd" });
  await assertRejects(() => request.bytes({ maxBytes: 3 }), HttpContentTooLarge);
  await assertRejects(() => request.text(), HttpContentTooLarge);
  await assertRejects(() => request.text({ maxBytes: 2 }), HttpContentTooLarge);
});

Deno.test("a body that is refused, and awaited by nobody, ends nothing", async () => {
  const { client } = sampleApp({
    "/": (request) => {
      request.bytes({ maxBytes: 1 });
      request.form({ maxBytes: 1 });
      request.params;
      return new Response("answered");
    },
  });
  assertEquals(await (await client.post("/", { a: "1" })).text(), "answered");
  assertEquals(await (await client.get("/")).text(), "answered");
});

Deno.test("a refused body is a 413, 415 or 400 for the visitor, and is not logged", async () => {
  const { client, errors } = sampleApp({
    "/": async (request) => json([...await request.form({ maxBytes: 8 })]),
    "/json": async (request) => json(await request.json()),
  });
  const statuses = [
    (await client.post("/", { a: "1" })).status,
    (await client.post("/", { a: "123456789" })).status,
    (await client.post("/", "text")).status,
    (await client.post("/json", "{")).status,
  ];
  assertEquals([statuses, errors], [[200, 413, 415, 400], []]);
});

Deno.test("ViewRequest.matchdict is decoded, without a prototype, and empty where no route matched", async () => {
  const user = route("user", "/users/:name");
  const seen: unknown[] = [];
  const config = new Configurator({ logger: recordingLogger() }).addRoute(user)
    .addView((request) => {
      seen.push(request.matchdict.name, "toString" in request.matchdict, request.matchedRoute);
      return html`x`;
    }, { route: user })
    .addExceptionView((_error, request) => {
      seen.push({ ...request.matchdict }, request.matchedRoute);
      return html`x`;
    }, { context: HttpError });
  const app = config.makeApp();
  await app.fetch(new Request("https://app.test/users/a%2Fb%C3%A9"));
  await app.fetch(new Request("https://app.test/nothing"));
  assertEquals(seen, ["a/bé", false, user, {}, undefined]);
});

Deno.test("ViewRequest.routePath() and routeUrl() take a Route or its name", () => {
  const user = route("user", "/users/:id"), about = route("about", "/about");
  const request = sampleRequest("http://10.0.0.1/x", {
    routes: [user, about],
    publicOrigin: "https://app.test",
  });
  assertEquals(request.routePath(user, { id: "a/b" }), "/users/a%2Fb");
  assertEquals(request.routePath("user", { id: 7 }, { query: { p: 2 } }), "/users/7?p=2");
  assertEquals(request.routePath(about), "/about");
  assertEquals(request.routePath("about"), "/about");
  assertEquals(request.routeUrl(about, {}, { fragment: "top" }), "https://app.test/about#top");
  assertEquals(request.routeUrl("user", { id: "é" }), "https://app.test/users/%C3%A9");
});

Deno.test("ViewRequest.routeUrl() never takes its origin from what nobody trusts", () => {
  const about = route("about", "/about");
  const headers = { "x-forwarded-host": "evil.test", "host": "evil.test" };
  assertEquals(
    sampleRequest("http://app.test/", { headers, routes: [about] }).routeUrl(about),
    "http://app.test/about",
  );
});

Deno.test("ViewRequest.routePath() of an unknown name says which names there are", () => {
  const request = sampleRequest("https://app.test/", { routes: [route("user", "/users/:id")] });
  for (const make of [() => request.routePath("usr"), () => request.routeUrl("usr")]) {
    const error = assertThrows(make, RouteNotFoundError);
    assertMatch(error.message, /"usr": .*known routes are "user", "any"/);
  }
});

Deno.test("ViewRequest.routePath() of a missing parameter is our fault: 500, logged", async () => {
  const { client, errors } = sampleApp({
    "/": (request) => html`${request.routePath("/users/:id", {})}`,
    "/users/:id": () => html`x`,
  });
  assertEquals((await client.get("/")).status, 500);
  assertEquals(errors.length, 1);
  assertMatch(
    String(errors[0]?.cause),
    /Cannot make path of route "\/users\/:id".*"id" is missing/,
  );
});

Deno.test("ViewRequest.session without a factory names the view and what to call", async (t) => {
  const logger = recordingLogger();
  const ada = route("ada", "/ada"), lambda = route("lambda", "/lambda");
  const adaView = async (request: ViewRequest) => html`${(await request.session).size}`;
  const app = new Configurator({ logger }).addRoute(ada).addRoute(lambda)
    .addView(adaView, { route: ada })
    .addView(async (request) => html`${(await request.session).size}`, { route: lambda })
    .makeApp();
  await t.step("a view with a name", async () => {
    const response = await app.fetch(new Request("https://app.test/ada"));
    assertEquals([response.status, logger.errors.length], [500, 1]);
    const { cause } = logger.errors[0] ?? {};
    assert(cause instanceof ConfigurationError);
    assertMatch(
      cause.message,
      /^Cannot load the session for view adaView at \S+\/request_test\.ts:\d+: the app has no session factory; call config\.setSessionFactory\(\)$/,
    );
    assertEquals((await response.text()).includes("factory"), false);
    assertEquals(response.headers.get("vary"), "accept");
  });
  await t.step("a view without one", async () => {
    assertEquals((await app.fetch(new Request("https://app.test/lambda"))).status, 500);
    assertMatch(
      String(logger.errors[1]?.cause),
      /for view at \S+\/request_test\.ts:\d+: the app has no session factory/,
    );
  });
});

Deno.test("ViewRequest.session is one promise, and one load", async () => {
  let loads = 0;
  const { client } = sampleApp({
    "/": async (request) => {
      assertStrictEquals(request.session, request.session);
      assertStrictEquals(await request.session, await request.session);
      return html`x`;
    },
    "/none": () => html`x`,
  }, {
    sessionFactory: {
      load() {
        loads++;
        return new Session<SampleData>();
      },
      commit: () => ({ do: "nothing" }),
    },
  });
  assertEquals((await client.get("/none")).headers.has("vary"), false);
  assertEquals(loads, 0);
  assertEquals((await client.get("/")).status, 200);
  assertEquals(loads, 1);
});

Deno.test("ViewRequest.responseHeaders are put on whatever answers", async (t) => {
  const boom = new Error("boom");
  const { client } = sampleApp({
    "/:kind": (request) => {
      const { responseHeaders } = request;
      responseHeaders.append("set-cookie", "a=1");
      responseHeaders.append("set-cookie", "b=2");
      responseHeaders.set("vary", "Accept-Language");
      responseHeaders.set("x-frame-options", "DENY");
      const headers = { "x-frame-options": "SAMEORIGIN", "set-cookie": "own=1" };
      switch (request.matchdict.kind) {
        case "markup":
          return html`x`;
        case "returned":
          return new HttpBadRequest("x", { headers });
        case "thrown":
          throw new HttpBadRequest("x", { headers });
        case "unexpected":
          throw boom;
        case "immutable":
          return Response.redirect("https://app.test/");
        default:
          return new Response("x", { headers });
      }
    },
  });
  type Row = [status: number, vary: string, cookies: string[]];
  const rows: Record<string, Row> = {
    "response": [200, "Accept-Language", ["own=1", "a=1", "b=2"]],
    "markup": [200, "Accept-Language", ["a=1", "b=2"]],
    "returned": [400, "accept, Accept-Language", ["own=1", "a=1", "b=2"]],
    "thrown": [400, "accept, Accept-Language", ["own=1", "a=1", "b=2"]],
    "unexpected": [500, "accept, Accept-Language", ["a=1", "b=2"]],
    "immutable": [302, "Accept-Language", ["a=1", "b=2"]],
  };
  for (const [kind, [status, vary, cookies]] of Object.entries(rows)) {
    await t.step(kind, async () => {
      const response = await client.get(`/${kind}`);
      const { headers } = response;
      assertEquals([response.status, headers.get("vary"), headers.getSetCookie()], [
        status,
        vary,
        cookies,
      ]);
      assertEquals(headers.get("x-frame-options"), "DENY");
    });
  }
});

Deno.test("ViewRequest.responseHeaders that an exception view adds are put on a 404 too", async () => {
  const { client } = sampleApp({}, {
    configure: (config) =>
      config.addExceptionView((error, request) => {
        request.responseHeaders.set("x-seen", "yes");
        return error;
      }, { context: HttpError }),
  });
  const response = await client.get("/nothing");
  assertEquals([response.status, response.headers.get("x-seen")], [404, "yes"]);
});
