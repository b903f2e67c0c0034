/**
 * `X-Content-Type-Options: nosniff` on every kind of response that the library makes, and on none
 * that the app made by itself.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import {
  Configurator,
  html,
  HttpError,
  json,
  mount,
  redirect,
  signedCookieSessionFactory,
} from "@pyramidion/pyramidion";
import { eventStream } from "@pyramidion/pyramidion/event-stream";
import { fileResponse, staticView } from "@pyramidion/pyramidion/static";
import type { FetchHandler } from "@pyramidion/pyramidion/types";
import { SECRET } from "../app/wire_app.ts";
import { leakFree } from "../static/leak_free.ts";
import { missingForFiles, TempFolder } from "../static/temp_folder.ts";

const LOGGER = { warn: () => {}, error: () => {} };

function appOf(folder: string, development: boolean): FetchHandler {
  const view = { view: () => html`view` };
  return new Configurator({
    development,
    logger: LOGGER,
    sessionFactory: signedCookieSessionFactory(SECRET, { logger: LOGGER }),
  })
    .setDefaultCsrfOptions()
    .addRenderer("broken", () => {
      throw new Error("broken");
    })
    .addRoute("html", "/html", view)
    .addRoute("slash", "/slash/", view)
    .addRoute("page", "/page", { view: () => html`a`.toResponse({ status: 201 }) })
    .addRoute("headed", "/headed", {
      view: () => html`a`.toResponse({ headers: { "x-a": "1" } }),
    })
    .addRoute("json", "/json", { view: () => json({ a: 1 }) })
    .addRoute("json-headed", "/json-headed", {
      view: () => json({ a: 1 }, { status: 202, headers: [["x-a", "1"]] }),
    })
    .addRoute("renderer", "/renderer/:renderer")
    .addView(() => 1, { routeName: "renderer", matchParam: "renderer=json", renderer: "json" })
    .addView(() => 1, { routeName: "renderer", matchParam: "renderer=text", renderer: "text" })
    .addView(() => 1, { routeName: "renderer", matchParam: "renderer=html", renderer: "html" })
    .addView(() => 1, {
      routeName: "renderer",
      matchParam: "renderer=string",
      renderer: "string",
    })
    .addView(() => 1, {
      routeName: "renderer",
      matchParam: "renderer=broken",
      renderer: "broken",
    })
    .addRoute("status", "/status", {
      view: (request) => {
        request.responseStatus = 204;
        return html``;
      },
    })
    .addRoute("redirect", "/redirect", { view: () => redirect("/html") })
    .addRoute("away", "/away", { view: () => redirect("https://away.test/") })
    .addRoute("thrown", "/thrown", {
      view: () => {
        throw new HttpError(418);
      },
    })
    .addRoute("bug", "/bug", {
      view: () => {
        throw new Error("a bug");
      },
    })
    .addRoute("accept", "/accept")
    .addView(() => html`a`, { routeName: "accept", accept: "text/html" })
    .addRoute("form", "/form", {
      requestMethod: "POST",
      view: async (request) => html`${(await request.form()).get("a") === null ? "none" : "a"}`,
    })
    .addRoute("socket", "/socket", { view: (request) => request.upgradeWebSocket().response })
    .addRoute("session", "/session", {
      view: async (request) => {
        (await request.session).flash("a");
        return html`a`;
      },
    })
    .addRoute("events", "/events", {
      view: (request) => eventStream(request, async function* () {}),
    })
    .addRoute("file", "/file", {
      view: (request) => fileResponse(request, `${folder}/a.txt`, { downloadName: "a.txt" }),
    })
    .addRoute("own", "/own", { view: () => new Response("a") })
    .addRoute("other", "/other", {
      view: () => json(1, { headers: { "x-content-type-options": "other" } }),
    })
    .addNotFoundView((error) => error, { appendSlash: true })
    .include(staticView("/static", folder))
    .makeApp();
}

type Row = [request: string, status: number, headers?: HeadersInit];

const ROWS: Readonly<Record<string, Row>> = {
  "html": ["GET /html", 200],
  "HEAD of html": ["HEAD /html", 200],
  "html with a status": ["GET /page", 201],
  "html with headers": ["GET /headed", 200],
  "html without a body": ["GET /status", 204],
  "json": ["GET /json", 200],
  "json with headers": ["GET /json-headed", 202],
  "the renderer json": ["GET /renderer/json", 200],
  "the renderer text": ["GET /renderer/text", 200],
  "the renderer html": ["GET /renderer/html", 200],
  "the renderer string": ["GET /renderer/string", 200],
  "a renderer that throws": ["GET /renderer/broken", 500],
  "a redirection": ["GET /redirect", 302],
  "a redirection that is refused": ["GET /away", 400],
  "a redirection to the slash": ["GET /slash", 307],
  "an error that was thrown": ["GET /thrown", 418],
  "an error as HTML": ["GET /thrown", 418, { accept: "text/html" }],
  "an error as problem details": ["GET /thrown", 418, { accept: "application/json" }],
  "HEAD of an error": ["HEAD /thrown", 418],
  "a bug": ["GET /bug", 500],
  "a bug as HTML": ["GET /bug", 500, { accept: "text/html" }],
  "no route": ["GET /nowhere", 404],
  "a wrong method": ["DELETE /html", 405],
  "a type that is not there": ["GET /accept", 406, { accept: "image/png" }],
  "a form without a token": ["POST /form", 403],
  "no WebSocket": ["GET /socket", 426],
  "a session": ["GET /session", 200],
  "events": ["GET /events", 200],
  "HEAD of events": ["HEAD /events", 200],
  "a file": ["GET /file", 200],
  "a range of a file": ["GET /file", 206, { range: "bytes=0-0" }],
  "a range behind the end": ["GET /file", 416, { range: "bytes=9-" }],
  "a file of another version": ["GET /file", 412, { "if-match": '"x"' }],
  "a file that the visitor has": ["GET /file", 304, { "if-none-match": "*" }],
  "a static file": ["GET /static/a.txt", 200],
  "a static file that the visitor has": ["GET /static/a.txt", 304, { "if-none-match": "*" }],
  "a static folder": ["GET /static/sub", 301],
  "no static file": ["GET /static/b.txt", 404],
  "a URL with a NUL": ["GET /static/%00", 400],
};

leakFree(missingForFiles, "every response that the library makes is nosniff", async (t) => {
  await using folder = await TempFolder.with({ "a.txt": "a", "sub/index.html": "i" });
  const apps = {
    "": appOf(folder.path, false),
    " in development mode": appOf(folder.path, true),
  };
  for (const [mode, app] of Object.entries(apps)) {
    for (const [name, [line, status, headers = {}]] of Object.entries(ROWS)) {
      await t.step(name + mode, async () => {
        const [method = "", path = ""] = line.split(" ");
        const response = await app.fetch(
          new Request(`http://localhost${path}`, { method, headers }),
          { remoteAddr: { transport: "tcp", hostname: "127.0.0.1", port: 1 } } as never,
        );
        await response.body?.cancel();
        const seen = [response.status, response.headers.get("x-content-type-options")];
        assertEquals(seen, [status, "nosniff"]);
      });
    }
  }
});

leakFree(missingForFiles, "a response that the app made keeps its headers", async () => {
  await using folder = await TempFolder.with({ "a.txt": "a" });
  const app = appOf(folder.path, false);
  const headerOf = async (path: string) => {
    const response = await app.fetch(new Request(`http://localhost${path}`));
    await response.body?.cancel();
    return response.headers.get("x-content-type-options");
  };
  assertEquals([await headerOf("/own"), await headerOf("/other")], [null, "other"]);
});

Deno.test("what mount() answers by itself is nosniff", async () => {
  const app = new Configurator().addRoute("a", "/a", { view: () => html`a` }).makeApp();
  const site = mount("/shop", app);
  for (const [path, status] of [["/shop", 307], ["/other", 404], ["/shop/a", 200]] as const) {
    const response = await site.fetch(new Request(`http://localhost${path}`));
    await response.body?.cancel();
    const seen = [response.status, response.headers.get("x-content-type-options")];
    assertEquals(seen, [status, "nosniff"], path);
  }
});

Deno.test("the last answer of an app whose error pages fail is nosniff", async () => {
  const app = new Configurator({ logger: LOGGER }).addRoute("a", "/a", {
    view: (request) => {
      // From now on no page can be made for the request.
      Object.defineProperty(request, "headers", {
        get: () => {
          throw new Error("gone");
        },
      });
      throw new Error("a bug");
    },
  }).makeApp();
  const response = await app.fetch(new Request("http://localhost/a"));
  const seen = [response.status, response.body, response.headers.get("x-content-type-options")];
  assertEquals(seen, [500, null, "nosniff"]);
});
