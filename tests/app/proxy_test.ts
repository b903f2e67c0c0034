/**
 * `publicOrigin`, `trusted` and `trustedHops` behind a real nginx that terminates TLS.
 *
 * @module
 */

import { assertEquals, assertMatch } from "jsr:@std/assert@^1.0.0";
import {
  type App,
  Configurator,
  html,
  json,
  redirect,
  signedCookieSessionFactory,
} from "@pyramidion/pyramidion";
import type { OriginOptions } from "@pyramidion/pyramidion/types";
import { TestClient } from "@pyramidion/pyramidion/testing";
import type { TrustedProxies } from "@pyramidion/pyramidion/types";
import { testUnless } from "../requirements.ts";
import { recordingLogger, SAMPLE_SECRET } from "../sample_app.ts";
import { APPENDING, type Forwarding, missingNginx, Nginx, REPLACING } from "./nginx.ts";

/** What the proxies of these tests write. */
function believing(hops: number): { readonly trusted: TrustedProxies } {
  return {
    trusted: { hops, headers: ["x-forwarded-for", "x-forwarded-host", "x-forwarded-proto"] },
  };
}

/** What a visitor learns of where the app thinks that it is. */
interface Seen {
  readonly origin: string;
  readonly url: string;
  readonly routeUrl: string;
}

function appOf(options: OriginOptions): App<{ visits: number; text: string }> {
  return new Configurator<{ visits: number; text: string }>({
    ...options,
    sessionFactory: signedCookieSessionFactory(SAMPLE_SECRET),
    logger: recordingLogger(),
  })
    .setDefaultCsrfOptions()
    .addRoute("seen", "/seen", {
      view: (request) => {
        const { origin, url } = request;
        return json({ origin, url: url.href, routeUrl: request.routeUrl("seen") });
      },
    })
    .addRoute("token", "/token", {
      view: async (request) => html`${(await request.session).getCsrfToken()}`,
    })
    .addRoute("visit", "/visit", {
      view: async (request) => {
        const session = await request.session;
        const visits = (session.get("visits") ?? 0) + 1;
        session.set("visits", visits);
        return html`${visits}`;
      },
    })
    .addRoute("large", "/large", {
      view: async (request) => {
        (await request.session).set("text", "x".repeat(Number(request.query.get("bytes"))));
        return html`kept`;
      },
    })
    .addRoute("save", "/save", { requestMethod: "POST", view: () => html`saved` })
    .addRoute("away", "/away", {
      view: (request) => redirect(request.query.get("to") ?? request.routeUrl("seen")),
    })
    .makeApp();
}

/** An app on a port of this machine. */
class Served implements AsyncDisposable {
  readonly port: number;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  constructor(options: OriginOptions) {
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      appOf(options).fetch,
    );
    this.port = this.#server.addr.port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

/** What a visitor of a server sees, with headers that this visitor sends. */
async function seen(client: TestClient, headers: HeadersInit = {}): Promise<Seen> {
  return await (await client.get("/seen", { headers })).json();
}

/** Whether a form that is sent with this `Origin`, and the right token, is taken. */
async function sent(client: TestClient, origin: string): Promise<number> {
  const csrf_token = await (await client.get("/token")).text();
  // As a browser that sends no Sec-Fetch-Site.
  const headers = { origin, "sec-fetch-site": "" };
  const response = await client.post("/save", { csrf_token }, { headers });
  await response.body?.cancel();
  return response.status;
}

async function location(client: TestClient, path: string): Promise<[number, string | null]> {
  const response = await client.get(path, { redirect: "manual" });
  await response.body?.cancel();
  return [response.status, response.headers.get("location")];
}

/** The session's cookie as it is set, without its value. */
async function sessionCookie(client: TestClient): Promise<string> {
  return await cookieOf(client, "/visit");
}

/** A cookie as a page sets it, without its value. */
async function cookieOf(client: TestClient, path: string): Promise<string> {
  const response = await client.get(path);
  await response.body?.cancel();
  return response.headers.getSetCookie().join(" | ").replace(/=[\w-]+/, "");
}

/** What somebody sends who would like the app to be elsewhere. */
const FORGED = {
  "x-forwarded-proto": "http",
  "x-forwarded-host": "evil.test",
  "x-forwarded-for": "10.1.2.3",
  "forwarded": "proto=http;host=evil.test",
};

async function behindNginx(
  options: OriginOptions,
  servers: (port: number) => Readonly<Record<string, Forwarding>>,
  run: (
    client: (server: string) => TestClient,
    origins: Readonly<Record<string, string>>,
    port: number,
  ) => Promise<void>,
): Promise<void> {
  await using served = new Served(options);
  await using nginx = await Nginx.start(servers(served.port));
  await run(
    (server) => new TestClient(nginx, { origin: nginx.origins[server] ?? "" }),
    nginx.origins,
    served.port,
  );
}

testUnless(
  missingNginx,
  "behind nginx with one trusted proxy the app is where its visitors see it",
  async (t) => {
    const servers = (to: number) => ({
      replacing: { to, headers: REPLACING },
      appending: { to, headers: APPENDING },
    });
    await behindNginx(believing(1), servers, async (client, origins, port) => {
      for (const server of ["replacing", "appending"]) {
        const origin = origins[server] ?? "";
        const here = { origin, url: `${origin}/seen`, routeUrl: `${origin}/seen` };
        await t.step(`${server}: requests, URLs`, async () => {
          assertEquals(await seen(client(server)), here);
        });
        await t.step(`${server}: a visitor's own X-Forwarded headers do not win`, async () => {
          assertEquals(await seen(client(server), FORGED), here);
        });
        await t.step(`${server}: the cookie is Secure, under __Host-, and comes back`, async () => {
          const visitor = client(server);
          const cookie = await sessionCookie(visitor);
          assertEquals(cookie, "__Host-session; Path=/; Secure; HttpOnly; SameSite=Lax");
          assertEquals(await (await visitor.get("/visit")).text(), "2");
          assertEquals(await sent(visitor, origin), 200);
        });
        await t.step(
          `${server}: so is the CSRF cookie of a visitor without a session`,
          async () => {
            const visitor = client(server);
            assertMatch(
              await cookieOf(visitor, "/token"),
              /^__Host-csrf-[\w-]{8}; Path=\/; Secure; HttpOnly; SameSite=Lax$/,
            );
            assertEquals(await sent(visitor, origin), 200);
          },
        );
        await t.step(
          `${server}: CSRF knows the visitor's host and port, and no other`,
          async () => {
            assertEquals(await sent(client(server), origin), 200);
            assertEquals(await sent(client(server), origin.replace("https", "http")), 200);
            assertEquals(await sent(client(server), `http://127.0.0.1:${port}`), 403);
            assertEquals(await sent(client(server), "https://127.0.0.1"), 403);
            assertEquals(await sent(client(server), "https://evil.test"), 403);
          },
        );
        await t.step(`${server}: redirections stay on the site`, async () => {
          assertEquals(await location(client(server), "/away"), [302, "/seen"]);
          assertEquals(await location(client(server), `/away?to=${origin}/x`), [302, "/x"]);
          for (const away of [`http://127.0.0.1:${port}/x`, "//evil.test"]) {
            const [status] = await location(client(server), `/away?to=${encodeURIComponent(away)}`);
            assertEquals(status, 400);
          }
          const followed = await client(server).get("/away", { redirect: "follow" });
          assertEquals(await followed.json(), here);
        });
      }
    });
  },
);

testUnless(
  missingNginx,
  "behind nginx without trusted the forwarded headers are ignored, but for a safer cookie",
  async () => {
    const servers = (to: number) => ({ tls: { to, headers: REPLACING } });
    await behindNginx({}, servers, async (client, origins, port) => {
      const own = `http://127.0.0.1:${port}`;
      const there = { origin: own, url: `${own}/seen`, routeUrl: `${own}/seen` };
      assertEquals(await seen(client("tls")), there);
      assertEquals(await seen(client("tls"), FORGED), there);
      assertEquals(
        await sessionCookie(client("tls")),
        "__Host-session; Path=/; Secure; HttpOnly; SameSite=Lax",
      );
      assertEquals(await sent(client("tls"), origins.tls ?? ""), 403);
      assertEquals(await sent(client("tls"), own), 200);
    });
  },
);

testUnless(
  missingNginx,
  "behind nginx publicOrigin is where the app is, whatever headers say",
  async () => {
    const publicOrigin = "https://public.test";
    const servers = (to: number) => ({
      silent: { to },
      replacing: { to, headers: REPLACING },
      plain: { to, tls: false, headers: APPENDING },
    });
    await behindNginx({ publicOrigin, ...believing(1) }, servers, async (client, origins) => {
      const there = {
        origin: publicOrigin,
        url: `${publicOrigin}/seen`,
        routeUrl: `${publicOrigin}/seen`,
      };
      for (const server of Object.keys(origins)) {
        assertEquals(await seen(client(server)), there, server);
        assertEquals(await seen(client(server), FORGED), there, server);
        assertEquals(
          await sessionCookie(client(server)),
          "__Host-session; Path=/; Secure; HttpOnly; SameSite=Lax",
        );
        assertEquals(await location(client(server), "/away"), [302, "/seen"]);
      }
      assertEquals(await sent(client("silent"), publicOrigin), 200);
      assertEquals(await sent(client("silent"), "http://public.test"), 403);
      assertEquals(await sent(client("silent"), origins.silent ?? ""), 403);
    });
  },
);

testUnless(
  missingNginx,
  "behind two proxies trusted with 2 hops believes the outer one, and with 1 the inner one",
  async (t) => {
    const servers = (to: number) => ({
      inner: { to, tls: false, headers: APPENDING },
      outer: { to: "inner", headers: APPENDING },
    });
    await t.step("2", async () => {
      await behindNginx(believing(2), servers, async (client, origins) => {
        for (const headers of [{}, FORGED]) {
          assertEquals((await seen(client("outer"), headers)).origin, origins.outer);
        }
        assertEquals(await sent(client("outer"), origins.outer ?? ""), 200);
      });
    });
    await t.step("1", async () => {
      await behindNginx(believing(1), servers, async (client, origins) => {
        for (const headers of [{}, FORGED]) {
          assertEquals((await seen(client("outer"), headers)).origin, origins.inner);
        }
      });
    });
  },
);

testUnless(
  missingNginx,
  "a proxy that tells the scheme alone, and hands on the Host, is enough",
  async () => {
    const servers = (to: number) => ({
      tls: { to, headers: { "X-Forwarded-Proto": "$scheme", "Host": "$http_host" } },
    });
    await behindNginx({ trustedHops: 1 }, servers, async (client, origins) => {
      assertEquals((await seen(client("tls"))).origin, origins.tls);
      assertEquals(await sent(client("tls"), origins.tls ?? ""), 200);
    });
  },
);

testUnless(
  missingNginx,
  "a session beyond 2,750 bytes needs nginx's proxy_buffer_size, as docs/sessions.md gives it",
  async (t) => {
    const guide = await Deno.readTextFile(new URL("../../docs/sessions.md", import.meta.url));
    const [line = ""] = /proxy_buffer_size [^\n]*/.exec(guide) ?? [];
    await using served = new Served({ trustedHops: 1 });
    const to = served.port, headers = REPLACING;
    await using nginx = await Nginx.start({
      default: { to, headers },
      // As it is where memory pages are of 4 KiB.
      pages: { to, headers, more: "proxy_buffer_size 4k; proxy_buffers 8 4k;" },
      guide: { to, headers, more: line },
    });
    const status = async (server: string, bytes: number) => {
      const visitor = new TestClient(nginx, { origin: nginx.origins[server]! });
      const response = await visitor.get(`/large?bytes=${bytes}`);
      await response.body?.cancel();
      return response.status;
    };
    assertMatch(line, /^proxy_buffer_size .*; proxy_buffers .*;$/);
    const rows: [server: string, bytes: number, status: number][] = [
      ["default", 2_000, 200],
      ["pages", 2_600, 200],
      ["pages", 2_900, 502],
      ["guide", 2_600, 200],
      ["guide", 2_960, 200],
      ["guide", 3_000, 413],
    ];
    for (const [server, bytes, expected] of rows) {
      await t.step(`${server}: ${bytes} bytes`, async () => {
        assertEquals(await status(server, bytes), expected);
      });
    }
  },
);
