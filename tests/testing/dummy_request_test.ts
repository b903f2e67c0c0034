/**
 * `dummyRequest`: a request without an app.
 *
 * @module
 */

import { assert, assertEquals, assertRejects, assertThrows } from "jsr:@std/assert@^1.0.0";
import { html, route, Session, SessionValueError, type ViewRequest } from "@pyramidion/pyramidion";
import { dummyRequest, type DummyRequestOptions } from "@pyramidion/pyramidion/testing";

const user = route("user", "/users/:id"), home = route("home", "/");

Deno.test("dummyRequest without options is a GET of / by nobody, with a new session", async () => {
  const request = dummyRequest();
  assertEquals([request.method, request.url.href], ["GET", "https://app.test/"]);
  assertEquals([request.matchdict, request.matchedRoute, request.context, request.settings], [
    {},
    undefined,
    undefined,
    {},
  ]);
  assertEquals([await request.identity, request.hasForm], [null, false]);
  const session = await request.session;
  assertEquals([session.isNew, session.size], [true, 0]);
});

Deno.test("dummyRequest takes URL, method and headers", async (t) => {
  const rows: Record<string, [options: DummyRequestOptions, line: string]> = {
    "a path": [{ url: "/a?b=c" }, "GET https://app.test/a?b=c"],
    "a URL": [{ url: new URL("http://b.test/") }, "GET http://b.test/"],
    "a method": [{ method: "DELETE" }, "DELETE https://app.test/"],
    "the URL of its route": [
      { route: user, matchdict: { id: "a/b" } },
      "GET https://app.test/users/a%2Fb",
    ],
    "its own URL before that of the route": [{ route: home, url: "/x" }, "GET https://app.test/x"],
    "a form": [{ form: { a: "1" } }, "POST https://app.test/"],
    "a form and a method": [{ form: {}, method: "PUT" }, "PUT https://app.test/"],
  };
  for (const [name, [options, line]] of Object.entries(rows)) {
    await t.step(name, () => {
      const { method, url } = dummyRequest(options);
      assertEquals(`${method} ${url}`, line);
    });
  }
  const request = dummyRequest({ url: "/?a=1", headers: { cookie: "b=2", accept: "text/html" } });
  assertEquals(
    [request.query.get("a"), request.cookies.get("b"), request.headers.get("accept")],
    ["1", "2", "text/html"],
  );
});

Deno.test("dummyRequest carries a body as clients send it", async (t) => {
  const file = new FormData();
  file.append("a", new File(["abc"], "a.txt"));
  file.append("b", "1");
  await t.step("a plain object", async () => {
    const request = dummyRequest({ url: "/?c=3", form: { a: "ä &" } });
    assertEquals([...await request.params], [["c", "3"], ["a", "ä &"]]);
  });
  await t.step("URLSearchParams", async () => {
    const request = dummyRequest({ form: new URLSearchParams("a=1&a=2") });
    assertEquals((await request.form()).getAll("a"), ["1", "2"]);
  });
  await t.step("FormData with a file", async () => {
    const form = await dummyRequest({ form: file }).form();
    const sent = form.get("a");
    assert(sent instanceof File);
    assertEquals([sent.name, await sent.text(), form.get("b")], ["a.txt", "abc", "1"]);
  });
  await t.step("JSON", async () => {
    const request = dummyRequest({ json: { a: [1] } });
    assertEquals(
      [request.method, request.headers.get("content-type"), await request.json()],
      ["POST", "application/json", { a: [1] }],
    );
  });
  await t.step("JSON null, of its own type", async () => {
    const headers = { "content-type": "application/x+json" };
    const request = dummyRequest({ json: null, headers });
    assertEquals(
      [request.headers.get("content-type"), await request.json()],
      ["application/x+json", null],
    );
  });
  await t.step("two bodies are refused", () => {
    assertThrows(() => dummyRequest({ form: {}, json: {} }), TypeError, "a request has one body");
  });
});

Deno.test("dummyRequest gives the view its session, and the test the same one", async (t) => {
  interface Data {
    name: string;
    visits: number;
  }
  const view = async (request: ViewRequest<Data>) => {
    const session = await request.session;
    session.set("visits", (session.get("visits") ?? 0) + 1).flash("Welcome");
    return html`${session.get("name")}`;
  };
  await t.step("from an object of its keys", async () => {
    const request = dummyRequest<Data>({ session: { visits: 41 } });
    await view(request);
    const session = await request.session;
    assertEquals([session.isNew, session.get("visits"), session.popFlash()], [
      false,
      42,
      ["Welcome"],
    ]);
  });
  await t.step("a session of the test's own", async () => {
    const session = new Session<Data>().set("name", "ada");
    const request = dummyRequest({ session });
    assertEquals(String(await view(request)), "ada");
    assertEquals([await request.session === session, session.get("visits")], [true, 1]);
  });
  await t.step("with values that a cookie can keep, and no others", async () => {
    const values: Record<string, unknown> = { at: new Date() };
    assertThrows(() => dummyRequest({ session: values }), SessionValueError, "at");
    const session = await dummyRequest().session;
    assertThrows(() => session.set("at", new Date()), SessionValueError);
  });
  await t.step("with CSRF tokens", async () => {
    const session = await dummyRequest().session;
    assertEquals(session.checkCsrfToken(session.getCsrfToken()), true);
    assertEquals(session.checkCsrfToken("another"), false);
  });
  await t.step("that can sign in and be ended", async () => {
    const session = await dummyRequest({ session: { a: 1 } }).session;
    session.bindTo("ada");
    session.remember(60);
    assertEquals([session.userId, session.get("a")], ["ada", 1]);
    session.invalidate();
    assertEquals([session.userId, session.size], [undefined, 0]);
  });
});

Deno.test("dummyRequest is what the route and the app would have made of it", async () => {
  const request = dummyRequest({
    route: user,
    matchdict: { id: "7" },
    routes: [home],
    settings: { title: "T" },
    identity: { name: "ada" },
    permissions: ["read"],
    context: "thing",
  });
  // Typed by the route.
  const id: string = request.matchdict.id;
  assertEquals([id, request.matchedRoute, request.context], ["7", user, "thing"]);
  assertEquals([request.routePath(home), request.routeUrl("user", { id: 8 })], [
    "/",
    "https://app.test/users/8",
  ]);
  assertEquals([request.settings.title, await request.identity], ["T", { name: "ada" }]);
  assertEquals(
    [await request.hasPermission("read"), await request.hasPermission("write")],
    [true, false],
  );
  assertEquals(await dummyRequest().hasPermission("anything"), true);
  assertThrows(() => request.routePath("none"), Error, '"none"');
});

Deno.test("dummyRequest takes a matchdict without a route, and the types of the view", async () => {
  const view = async (request: ViewRequest<{ name: string; age: number }, { id: string }>) =>
    html`${request.matchdict.id} ${(await request.session).get("name")}`;
  // `name` alone is not all of the session's keys; the types follow from the view.
  const text = await view(dummyRequest({ matchdict: { id: "7" }, session: { name: "ada" } }));
  assertEquals(String(text), "7 ada");
  await assertRejects(async () => await dummyRequest({ form: { a: "1" } }).json());
});
