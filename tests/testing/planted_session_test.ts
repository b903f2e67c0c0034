/**
 * `plantSession` and `readSession`: a visitor's session, by the app's own factory.
 *
 * @module
 */

import { assertEquals, assertNotEquals, assertRejects, assertThrows } from "jsr:@std/assert@^1.0.0";
import {
  Configurator,
  cookieSessionFactory,
  encryptedCookieSessionFactory,
  pyramidCookieSessionFactory,
  route,
  type SessionFactory,
  signedCodec,
  signedCookieSessionFactory,
} from "@pyramidion/pyramidion";
import { memoryRevocations } from "@pyramidion/pyramidion/stores/memory";
import {
  plantSession,
  readSession,
  settableClock,
  TestClient,
} from "@pyramidion/pyramidion/testing";

interface Data {
  user: string;
  list: number[];
}

const SECRET = "Zt3yT0nOJ0X6b8Q5v4uS1mKcWq2LhR7eDg9xAaPfUi0";
const home = route("home", "/"), post = route("post", "/post");

/** An app that shows its session, and takes a POST with a CSRF token. */
function appOf(factory: SessionFactory<Data>) {
  const config = new Configurator<Data>({ sessionFactory: factory }).setDefaultCsrfOptions();
  config.addRoute(home).addView(async (request) => {
    const session = await request.session;
    return Response.json({
      user: session.get("user"),
      list: session.get("list"),
      userId: session.userId,
      flash: [session.popFlash(), session.popFlash("errors")],
    });
  }, { route: home });
  config.addRoute(post).addView(async (request) => {
    (await request.session).set("user", "posted");
    return new Response("posted");
  }, { route: post, requestMethod: "POST" });
  return config.makeApp();
}

const clock = settableClock();
const factories: Record<string, () => SessionFactory<Data>> = {
  "signed": () => signedCookieSessionFactory<Data>(SECRET, { clock }),
  "encrypted": () => encryptedCookieSessionFactory<Data>(SECRET, { clock }),
  "Pyramid's": () => pyramidCookieSessionFactory<Data>(SECRET, { clock }),
  "any codec's": () => cookieSessionFactory<Data>(signedCodec(SECRET), { clock }),
  "signed, with revocations": () =>
    signedCookieSessionFactory<Data>(SECRET, { clock, revocations: memoryRevocations({ clock }) }),
};

for (const [kind, make] of Object.entries(factories)) {
  Deno.test(`plantSession and readSession speak ${kind} cookies`, async (t) => {
    const factory = make();
    const app = appOf(factory);
    const client = new TestClient(app, { clock });
    const visit = async () => await (await client.get("/")).json();

    await t.step("the app sees what was planted", async () => {
      await plantSession(client, factory, { user: "ada", list: [1] }, {
        userId: "u1",
        flash: { "": ["a", "b"], errors: ["c"] },
      });
      const session = await readSession(client, factory);
      // Nothing is used up by reading.
      assertEquals(session.popFlash(), ["a", "b"]);
      assertEquals([session.peekFlash(), session.peekFlash("errors")], [["a", "b"], ["c"]]);
      assertEquals(await visit(), {
        user: "ada",
        list: [1],
        userId: "u1",
        flash: [["a", "b"], ["c"]],
      });
    });
    await t.step("what the app wrote can be read, and not be written", async () => {
      const session = await readSession(client, factory);
      assertEquals([session.isNew, session.get("user"), session.userId], [false, "ada", "u1"]);
      assertEquals([session.popFlash(), session.popFlash("errors")], [[], []]);
      assertThrows(() => session.set("user", "eve"));
      assertEquals((await readSession(client, factory)).get("user"), "ada");
    });
    await t.step("planting again replaces it all", async () => {
      await plantSession(client, factory, { list: [2] }, { flash: ["d"] });
      assertEquals(client.jar.cookies().length, 1);
      assertEquals(await visit(), { list: [2], flash: [["d"], []] });
    });
    await t.step("with a CSRF token, which is returned", async () => {
      const session = await plantSession(client, factory, {}, { csrfToken: true });
      assertEquals((await client.post("/post", {})).status, 403);
      const headers = { "x-csrf-token": session.getCsrfToken() };
      assertEquals((await client.post("/post", {}, { headers })).status, 200);
      assertEquals((await readSession(client, factory)).get("user"), "posted");
    });
    await t.step("an expired one reads as a new one", async () => {
      clock.travel(1201);
      assertEquals((await readSession(client, factory)).isNew, true);
      clock.travel(-1201);
    });
    await t.step("a visitor without one has none", async () => {
      const session = await readSession(new TestClient(app, { clock }), factory);
      assertEquals([session.isNew, session.size], [true, 0]);
    });
    await t.step("another secret's factory does not read it", async () => {
      const other = signedCookieSessionFactory<Data>([...SECRET].reverse().join(""), { clock });
      assertEquals((await readSession(client, other)).isNew, true);
    });
  });
}

Deno.test("plantSession keeps it as long as it is told", async () => {
  const factory = signedCookieSessionFactory<Data>(SECRET, { clock });
  const client = new TestClient(appOf(factory), { clock });
  await plantSession(client, factory, { user: "ada" }, { remember: 3600 });
  assertNotEquals(client.jar.cookies()[0]?.expires, null);
  clock.travel(3599);
  assertEquals((await readSession(client, factory)).get("user"), "ada");
  clock.travel(2);
  assertEquals((await readSession(client, factory)).isNew, true);
});

Deno.test("plantSession and readSession follow the cookie's path and the app's public origin", async () => {
  const factory = signedCookieSessionFactory<Data>(SECRET, { path: "/in", secure: false });
  const client = new TestClient(appOf(factory), { origin: "http://10.0.0.1" });
  await plantSession(client, factory, { user: "ada" });
  assertEquals((await readSession(client, factory)).isNew, true);
  assertEquals((await readSession(client, factory, { path: "/in" })).get("user"), "ada");

  const secure = signedCookieSessionFactory<Data>(SECRET);
  const local = new TestClient(appOf(secure), { origin: "http://localhost" });
  const origin = "https://app.test";
  await plantSession(local, secure, { user: "ada" });
  assertEquals((await readSession(local, secure, { origin })).isNew, true);
  await plantSession(local, secure, { user: "eve" }, { origin });
  assertEquals((await readSession(local, secure, { origin })).get("user"), "eve");
});

Deno.test("plantSession refuses what would leave the visitor without a session", async () => {
  const client = new TestClient({ fetch: () => new Response() });
  const factory = signedCookieSessionFactory<Data>(SECRET);
  await assertRejects(() => plantSession(client, factory, {}), TypeError, "it is empty");
  const values: Record<string, unknown> = { list: [new Date()] };
  await assertRejects(() => plantSession(client, factory, values), TypeError, "list[0]");
  const elsewhere = signedCookieSessionFactory<Data>(SECRET, { domain: "other.test" });
  await assertRejects(
    () => plantSession(client, elsewhere, { user: "ada" }),
    TypeError,
    "a browser at https://app.test rejects its cookie (domain)",
  );
});
