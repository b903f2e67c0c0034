/**
 * The five ways in which nginx is put in front of an app, with a real nginx: what the app then makes
 * of where it is. The tables of `docs/proxies.md` are what is seen here.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import {
  Configurator,
  html,
  json,
  mount,
  redirect,
  signedCookieSessionFactory,
} from "@pyramidion/pyramidion";
import type { FetchHandler, OriginOptions } from "@pyramidion/pyramidion/types";
import { TestClient } from "@pyramidion/pyramidion/testing";
import { missingPermission, testUnless } from "../requirements.ts";
import { recordingLogger, SAMPLE_SECRET } from "../sample_app.ts";
import { type Forwarding, missingNginx, Nginx } from "./nginx.ts";

/** The common snippet, as every guide to nginx has it. */
const SNIPPET: Readonly<Record<string, string>> = {
  "Host": "$host",
  "X-Real-IP": "$remote_addr",
  "X-Forwarded-For": "$proxy_add_x_forwarded_for",
  "X-Forwarded-Proto": "$scheme",
};

/** From where nginx asks, so that its address is not the visitor's. */
const PROXY = "127.0.0.9";

/** What somebody sends who would like the app to be elsewhere. */
const FORGED = {
  "x-forwarded-host": "evil.test",
  "x-forwarded-port": "666",
  "forwarded": "for=6.6.6.6;host=evil.test;proto=http",
};

interface Way {
  readonly nginx: Omit<Forwarding, "to">;
  /** Where the visitor sees the app. */
  readonly base: string;
  /** Whether the app is mounted, since its path arrives. */
  readonly isMounted?: boolean;
}

const PAGE = new URL("../../docs/proxies.md", import.meta.url);

/** The lines that the page recommends. */
async function recommended(): Promise<Record<string, string>> {
  const [, block = ""] = /\n```nginx\n([^`]+)```/.exec(await Deno.readTextFile(PAGE)) ?? [];
  const lines = block.matchAll(/proxy_set_header (\S+) (.+);/g);
  return Object.fromEntries(
    [...lines].map(([, name = "", value = ""]) => [name, value.replaceAll('"', "")]),
  );
}

const WAYS: Readonly<Record<string, Way>> = {
  "`proxy_pass` alone": { nginx: {}, base: "" },
  "`Host` only": { nginx: { headers: { "Host": "$host" } }, base: "" },
  "the common headers": { nginx: { headers: SNIPPET }, base: "" },
  "path taken away": { nginx: { headers: SNIPPET, location: "/shop/", path: "/" }, base: "/shop" },
  "path kept": {
    nginx: { headers: SNIPPET, location: "/shop/" },
    base: "/shop",
    isMounted: true,
  },
};

/** What the app says of where it is. */
type Saying = (origin: string, base: string) => OriginOptions;

const SAYINGS: Readonly<Record<string, Saying>> = {
  "nothing": () => ({}),
  "publicOrigin": (origin, base) => ({ publicOrigin: origin + base }),
  "trusted": (origin, base) => ({
    publicOrigin: origin + base,
    trusted: { hops: 1, headers: ["x-forwarded-for", "x-forwarded-proto"] },
  }),
};

function appOf(options: OriginOptions, isMounted: boolean, warnings: string[]): FetchHandler {
  const logger = { ...recordingLogger(), warn: (message: string) => void warnings.push(message) };
  const app = new Configurator<{ n: number }>({
    ...options,
    logger,
    sessionFactory: signedCookieSessionFactory(SAMPLE_SECRET, { logger }),
  })
    .setDefaultCsrfOptions()
    .addRoute("seen", "/seen", {
      view: (request) => json([request.routeUrl("seen"), request.clientAddress ?? null]),
    })
    .addRoute("away", "/away", { view: (request) => redirect(request.routePath("seen")) })
    .addRoute("form", "/form", {
      view: async (request) => {
        const session = await request.session;
        session.set("n", 1);
        return html`${session.getCsrfToken()}`;
      },
    })
    .addRoute("save", "/save", { requestMethod: "POST", view: () => html`saved` })
    .makeApp();
  return isMounted ? mount("/shop", app) : app;
}

/** What is seen of one way: the cells of a row behind its name and the scheme. */
async function rowOf(
  nginx: Nginx,
  server: string,
  origin: string,
  base: string,
  warnings: readonly string[],
): Promise<string[]> {
  const visitor = new TestClient({ fetch: (request) => nginx.ask(server, request) }, { origin });
  const [url, address] = await (await visitor.get(`${base}/seen`)).json();
  const forged = await (await visitor.get(`${base}/seen`, { headers: FORGED })).json();
  assertEquals(forged[0], url, "what a visitor claims is not believed");
  const away = await visitor.get(`${base}/away`, { redirect: "manual" });
  await away.body?.cancel();
  const form = await visitor.get(`${base}/form`);
  const csrf_token = await form.text();
  const [cookie = ""] = form.headers.getSetCookie();
  // As a browser that sends no Sec-Fetch-Site.
  const headers = { origin, "sec-fetch-site": "" };
  const saved = await visitor.post(`${base}/save`, { csrf_token }, { headers });
  await saved.body?.cancel();
  const addresses: Record<string, string> = { "127.0.0.1": "visitor's", [PROXY]: "nginx's" };
  return [
    url.replace(/127\.0\.0\.1:\d+/, "127.0.0.1:8000"),
    away.headers.get("location") ?? "none",
    `${cookie.slice(0, cookie.indexOf("="))}${cookie.includes("; Secure") ? ", Secure" : ""}`,
    saved.status === 200 ? "taken" : String(saved.status),
    addresses[address] ?? String(address),
    warnings.some((warning) => warning.includes("set publicOrigin")) ? "yes" : "no",
  ];
}

async function seen(saying: Saying): Promise<string[][]> {
  const rows: string[][] = [];
  const ways = {
    ...WAYS,
    "the lines above": { nginx: { headers: await recommended() }, base: "" },
  };
  for (const [way, { nginx: how, base, isMounted = false }] of Object.entries<Way>(ways)) {
    for (const scheme of ["http", "https"]) {
      const origin = `${scheme}://app.test`;
      const warnings: string[] = [];
      await using server = Deno.serve(
        { hostname: "127.0.0.1", port: 0, onListen: () => {} },
        appOf(saying(origin, base), isMounted, warnings).fetch,
      );
      const to = server.addr.port;
      const forwarding = { ...how, to, from: PROXY, tls: scheme === "https" };
      await using nginx = await Nginx.start({ visited: forwarding });
      const row = await rowOf(nginx, "visited", origin, base, warnings);
      rows.push([way, scheme, ...row]);
    }
  }
  return rows;
}

/** The rows of a table of the documentation, by the heading above it. */
async function documented(heading: string): Promise<string[][]> {
  const page = await Deno.readTextFile(PAGE);
  const start = page.indexOf(`\n## ${heading}\n`);
  if (start === -1) return [];
  const end = page.indexOf("\n## ", start + 1);
  return page.slice(start, end === -1 ? undefined : end).split("\n")
    .filter((line) => line.startsWith("|"))
    .slice(2)
    .map((line) => line.split("|").slice(1, -1).map((cell) => cell.trim().replaceAll("`", "")));
}

const HEADINGS: Readonly<Record<string, string>> = {
  "nothing": "If the app says nothing",
  "publicOrigin": "If the app states its publicOrigin",
  "trusted": "If the app states its publicOrigin and its proxies",
};

for (const [name, saying] of Object.entries(SAYINGS)) {
  const heading = HEADINGS[name] ?? "";
  testUnless(
    missingNginx ?? missingPermission({ name: "read" }) ??
      (Deno.build.os === "linux" ? null : `only Linux has the address ${PROXY}`),
    `behind nginx in five ways it is as docs/proxies.md tells: ${heading}`,
    async () => {
      const rows = (await seen(saying)).map((row) => row.map((cell) => cell.replaceAll("`", "")));
      assertEquals(rows, await documented(heading));
    },
  );
}
