/**
 * `mount()` and `publicOrigin` with a path: an app whose path was taken away before it is asked.
 *
 * @module
 */

import { assertEquals, assertInstanceOf, assertThrows } from "jsr:@std/assert@^1.0.0";
import {
  type App,
  ConfigurationError,
  Configurator,
  html,
  type HtmlValue,
  json,
  mount,
  redirect,
  signedCookieSessionFactory,
  type ViewRequest,
} from "@pyramidion/pyramidion";
import type { OriginOptions } from "@pyramidion/pyramidion/types";
import { MountedApp } from "../../lib/app/mount.ts";
import { staticView } from "@pyramidion/pyramidion/static";
import { TestClient } from "@pyramidion/pyramidion/testing";
import { missingPermission, testUnless } from "../requirements.ts";
import { recordingLogger, SAMPLE_SECRET } from "../sample_app.ts";

const ORIGIN = "https://app.test";

function shop(options: OriginOptions = {}): App<{ n: number }> {
  const page = (view: (request: ViewRequest<{ n: number }>) => HtmlValue) => ({
    view: (request: ViewRequest<{ n: number }>) => html`${view(request)}`,
  });
  return new Configurator<{ n: number }>({
    ...options,
    logger: recordingLogger(),
    sessionFactory: signedCookieSessionFactory(SAMPLE_SECRET),
  })
    .addRoute("home", "/", page(() => "home"))
    .addRoute("where", "/where", {
      view: (request) =>
        json([
          request.mountPrefix,
          request.origin,
          request.url.href,
          request.routePath("item", { id: 7 }, { query: { a: 1 } }),
          request.routeUrl("item", { id: 7 }),
          request.routeUrl("cdn", { 0: "a.js" }),
        ]),
    })
    .addRoute("item", "/items/:id", page((request) => String(request.matchdict.id)))
    .addRoute("cdn", "https://cdn.test/*")
    .addRoute("list", "/list/", page(() => "list"))
    .addRoute("relative", "/relative/", { view: () => redirect("next") })
    .addRoute("absolute", "/absolute", { view: () => redirect("/x") })
    .addRoute("own", "/own", { view: (request) => redirect(request.routeUrl("home")) })
    .addRoute("count", "/count", {
      view: async (request) => {
        const session = await request.session;
        session.set("n", (session.get("n") ?? 0) + 1);
        return html`${session.get("n")}`;
      },
    })
    .addNotFoundView(() => html`nothing`, { appendSlash: true })
    .makeApp();
}

const ROWS: Readonly<Record<string, [client: () => TestClient, base: string, prefix: string]>> = {
  "mount()": [() => new TestClient(mount("/shop", shop())), "/shop", "/shop"],
  "mount() of two segments": [() => new TestClient(mount("/a/b", shop())), "/a/b", "/a/b"],
  "mount() in mount()": [() => new TestClient(mount("/a", mount("/b", shop()))), "/a/b", "/a/b"],
  "mount() in a handler of its own": [
    () => new TestClient({ fetch: mount("/shop", shop()).fetch }),
    "/shop",
    "/shop",
  ],
  "mount() of a handler that asks an app": [
    () => {
      const app = shop();
      return new TestClient(mount("/shop", { fetch: (request) => app.fetch(request) }));
    },
    "/shop",
    "/shop",
  ],
  "mount() in a handler in mount()": [
    () => {
      const inner = mount("/b", shop());
      return new TestClient(mount("/a", { fetch: (request) => inner.fetch(request) }));
    },
    "/a/b",
    "/a/b",
  ],
  "publicOrigin, the path taken away": [
    () => new TestClient(shop({ publicOrigin: `${ORIGIN}/shop` })),
    "",
    "/shop",
  ],
  "publicOrigin and mount(): what the app says is the whole path": [
    () => new TestClient(mount("/shop", shop({ publicOrigin: `${ORIGIN}/site/shop` }))),
    "/shop",
    "/site/shop",
  ],
};

for (const [name, [makeClient, base, prefix]] of Object.entries(ROWS)) {
  Deno.test(`under a path an app makes its URLs with it: ${name}`, async (t) => {
    const client = makeClient();
    const text = async (path: string) => await (await client.get(base + path)).text();
    const location = async (path: string) => {
      const response = await client.get(base + path, { redirect: "manual" });
      await response.body?.cancel();
      return response.headers.get("location");
    };
    await t.step("request.url, origin and routes", async () => {
      assertEquals(JSON.parse(await text("/where?q")), [
        prefix,
        ORIGIN,
        `${ORIGIN}${prefix}/where?q`,
        `${prefix}/items/7?a=1`,
        `${ORIGIN}${prefix}/items/7`,
        "https://cdn.test/a.js",
      ]);
    });
    await t.step("routes do not match the path", async () => {
      assertEquals([await text("/"), await text("/items/a%2Fb")], ["home", "a/b"]);
    });
    await t.step("appendSlash", async () => {
      assertEquals(await location("/list?a=1"), `${prefix}/list/?a=1`);
    });
    await t.step("redirections", async () => {
      assertEquals(await location("/relative/"), `${prefix}/relative/next`);
      assertEquals(await location("/absolute"), "/x");
      assertEquals(await location("/own"), `${prefix}/`);
    });
    await t.step("the session's cookie is for the whole host", async () => {
      const response = await client.get(`${base}/count`);
      assertEquals(await response.text(), "1");
      const [cookie = ""] = response.headers.getSetCookie();
      assertEquals(
        cookie.replace(/=[^;]+/, ""),
        "__Host-session; Path=/; Secure; HttpOnly; SameSite=Lax",
      );
      assertEquals(await text("/count"), "2");
    });
  });
}

Deno.test("mount() answers what is not under its path with 404, and its path alone with a slash", async (t) => {
  const app = new Configurator().addRoute("home", "/", { view: () => html`home` }).makeApp();
  const mounted = mount("/a/shop", app);
  const rows: Record<string, [path: string, status: number, location?: string]> = {
    "under it": ["/a/shop/", 200],
    "the path alone": ["/a/shop", 307, "./shop/"],
    "with a query": ["/a/shop?b=c", 307, "./shop/?b=c"],
    "outside": ["/", 404],
    "a longer name": ["/a/shopping", 404],
    "other letters": ["/A/shop/", 404],
    "dot segments that lead outside": ["/a/shop/../x", 404],
    "dot segments that lead inside": ["/x/../a/shop/", 200],
    "an encoded letter": ["/a/%73hop/", 404],
    "an encoded slash": ["/a%2Fshop/", 404],
    "escapes that are not UTF-8": ["/a/shop/%ff", 400],
    "a path that looks like a host": ["/a/shop//evil.test/", 404],
  };
  for (const [name, [path, status, location]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const response = await mounted.fetch(new Request(ORIGIN + path));
      await response.body?.cancel();
      assertEquals([response.status, response.headers.get("location")], [status, location ?? null]);
      if (location !== undefined) {
        assertEquals(new URL(location, ORIGIN + path).pathname, "/a/shop/");
      }
    });
  }
  await t.step("a Host that is none", async () => {
    const request = new Request(`${ORIGIN}/a/shop/`, { headers: { host: "x/a?" } });
    assertEquals((await mounted.fetch(request)).status, 400);
  });
  await t.step("a POST keeps its method", async () => {
    const request = new Request(`${ORIGIN}/a/shop`, { method: "POST", body: "x" });
    assertEquals((await mounted.fetch(request)).status, 307);
  });
});

Deno.test("mount() hands any other handler a request without the path", async () => {
  const seen: unknown[] = [];
  const info = { remoteAddr: { transport: "tcp", hostname: "192.0.2.7", port: 1 } } as never;
  const other = {
    async fetch(request: Request, given?: unknown) {
      seen.push(request.method, request.url, request.headers.get("x-a"), await request.text());
      seen.push(given === info);
      return new Response("other");
    },
  };
  const { fetch } = mount("/other", other);
  const response = await fetch(
    new Request(`${ORIGIN}/other/x?a=b`, { method: "POST", headers: { "x-a": "1" }, body: "y" }),
    info,
  );
  assertEquals(await response.text(), "other");
  assertEquals(seen, ["POST", `${ORIGIN}/x?a=b`, "1", "y", true]);
});

Deno.test("mount() refuses what is no path and what is no app", async (t) => {
  const app = shop();
  assertInstanceOf(mount("/shop", app), MountedApp);
  assertEquals(mount("/shop", app).prefix, "/shop");
  const rows: Record<string, [prefix: string, hint: string]> = {
    "no slash": ["shop", ': write "/shop"'],
    "a slash behind": ["/shop/", ': write "/shop"'],
    "the root": ["/", "must be a path from the root"],
    "nothing": ["", "must be a path from the root"],
    "dot segments": ["/a/../b", "must be a path from the root"],
    "a percent sign": ["/%73hop", "must be a path from the root"],
    "a query": ["/shop?a", "must be a path from the root"],
    "an empty segment": ["/a//b", "must be a path from the root"],
    "a group": ["/:shop{x}", "must be a path from the root"],
  };
  for (const [name, [prefix, hint]] of Object.entries(rows)) {
    await t.step(name, () => {
      assertThrows(() => mount(prefix, app), ConfigurationError, hint);
    });
  }
  await t.step("a function", () => {
    assertThrows(() => mount("/a", (() => {}) as never), ConfigurationError, "not a function");
    assertThrows(() => mount("/a", undefined as never), ConfigurationError, "not undefined");
    assertThrows(() => mount(7 as never, app), ConfigurationError, "not the number 7");
  });
});

testUnless(
  missingPermission({ name: "read" }, { name: "write" }),
  "under a path the address of a static folder has it",
  async () => {
    const folder = await Deno.makeTempDir();
    await Deno.mkdir(`${folder}/docs`);
    await Deno.writeTextFile(`${folder}/docs/index.html`, "docs");
    const app = new Configurator().include(staticView("/static", folder, { name: "files" }))
      .addRoute("link", "/link", {
        view: (request) => html`${request.routePath("files", { 0: "a.css" })}`,
      }).makeApp();
    const client = new TestClient(mount("/shop", app));
    const response = await client.get("/shop/static/docs", { redirect: "manual" });
    await response.body?.cancel();
    assertEquals(response.headers.get("location"), "/shop/static/docs/");
    assertEquals(await (await client.get("/shop/static/docs/")).text(), "docs");
    assertEquals(await (await client.get("/shop/link")).text(), "/shop/static/a.css");
    await Deno.remove(folder, { recursive: true });
  },
);

testUnless(
  missingPermission({ name: "net", host: "127.0.0.1" }),
  "under a path a WebSocket is upgraded, and its request still knows the visitor's address",
  async () => {
    const app = new Configurator({ logger: recordingLogger() }).addRoute("echo", "/echo", {
      view: (request) => {
        const { response, socket } = request.upgradeWebSocket();
        socket.onopen = () => {
          socket.send(`${request.clientAddress} ${request.url.pathname}`);
          socket.close();
        };
        return response;
      },
    }).makeApp();
    await using server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      mount("/shop", app).fetch,
    );
    const socket = new WebSocket(`ws://127.0.0.1:${server.addr.port}/shop/echo`);
    const closed = new Promise((resolve) => socket.onclose = resolve);
    const said = await new Promise((resolve) => socket.onmessage = ({ data }) => resolve(data));
    assertEquals(said, "127.0.0.1 /shop/echo");
    await closed;
  },
);
