/**
 * `Vary`: what an answer was chosen by is told to caches.
 *
 * @module
 */

import { assertEquals, assertThrows } from "jsr:@std/assert@^1.0.0";
import {
  ConfigurationError,
  Configurator,
  html,
  HttpConflict,
  not,
  redirect,
  signedCookieSessionFactory,
} from "@pyramidion/pyramidion";
import { staticView } from "@pyramidion/pyramidion/static";
import { ask } from "../ask.ts";
import { recordingLogger, SAMPLE_SECRET } from "../sample_app.ts";
import { testUnless } from "../requirements.ts";
import { missingForFiles, TempFolder } from "../static/temp_folder.ts";

const JSON_TYPE = "application/json";

function configured(): Configurator {
  return new Configurator({ logger: recordingLogger() })
    .addViewPredicate("language", (language) => ({
      text: `language ${language}`,
      vary: ["Accept-Language"],
      holds: ({ headers }) => headers.get("accept-language") === language,
    }))
    .addRoutePredicate("beta", () => ({
      text: "beta",
      vary: ["X-Beta", "x-beta"],
      holds: ({ headers }) => headers.has("x-beta"),
    }))
    .addRoute("plain", "/plain", { view: () => html`plain` })
    .addRoute("item", "/items/:id")
    .addView(() => html`page`, { routeName: "item", accept: "text/html" })
    .addView(() => ({}), { routeName: "item", accept: JSON_TYPE, renderer: "json" })
    .addRoute("header", "/header")
    .addView(() => html`api`, { routeName: "header", header: ["X-Api", "x-version:2"] })
    .addView(() => html`else`, { routeName: "header", header: not("X-Old") })
    .addRoute("custom", "/custom")
    .addView(() => html`hallo`, { routeName: "custom", custom: { language: "de" } })
    .addView(() => html`salut`, { routeName: "custom", custom: { language: not("en") } })
    .addRoute("moved", "/moved")
    .addView(() => redirect("/plain"), { routeName: "moved", accept: "text/html" })
    .addRoute("broken", "/broken")
    .addView(() => {
      throw new Error("broken");
    }, { routeName: "broken", header: "X-Api" })
    .addRoute("taken", "/taken")
    .addView(() => {
      throw new HttpConflict();
    }, { routeName: "taken", accept: "text/html" })
    .addRoute("own", "/own")
    .addView(() => new Response("x", { headers: { vary: "Origin, accept" } }), {
      routeName: "own",
      accept: "text/plain",
    })
    .addRoute("api", "/docs", { header: "X-Api", view: () => html`api` })
    .addRoute("new", "/docs", { custom: { beta: true }, view: () => html`new` })
    .addRoute("docs", "/docs", { requestMethod: ["GET", "POST"] })
    .addView(() => html`docs`, { routeName: "docs" })
    .addRoute("only", "/only", { accept: JSON_TYPE, view: () => html`only` })
    .addRoute("put", "/put", { requestMethod: "PUT", header: "X-Put", view: () => html`put` });
}

const app = configured().makeApp();

Deno.test("every answer of a route names in Vary what its views and routes were chosen by", async (t) => {
  type Row = [
    path: string,
    headers: HeadersInit,
    status: number,
    vary: string | null,
    method?: string,
  ];
  const rows: Record<string, Row> = {
    "nothing is chosen by a header": ["/plain", {}, 200, null],
    "no route": ["/none", {}, 404, "accept"],
    "accept, the page": ["/items/7", { accept: "text/html" }, 200, "Accept"],
    "accept, the other": ["/items/7", { accept: JSON_TYPE }, 200, "Accept"],
    "accept, a 406": ["/items/7", { accept: "image/png" }, 406, "accept"],
    "accept, a 405": ["/items/7", {}, 405, "accept", "PUT"],
    "headers of all views, each once": ["/header", {}, 200, "X-Api, x-version, X-Old"],
    "a 404 where none holds": ["/header", { "x-old": "1" }, 404, "accept, X-Api, x-version, X-Old"],
    "a predicate of the app's own, and not()": ["/custom", {}, 200, "Accept-Language"],
    "a 404 of such": ["/custom", { "accept-language": "en" }, 404, "accept, Accept-Language"],
    "a redirection": ["/moved", {}, 302, "Accept"],
    "a 500": ["/broken", { "x-api": "1" }, 500, "accept, X-Api"],
    "an HttpError": ["/taken", {}, 409, "accept"],
    "what the view says itself": ["/own", {}, 200, "Origin, accept"],
    "a route's predicate": ["/docs", { "x-api": "1" }, 200, "X-Api"],
    "the routes that were passed over": ["/docs", {}, 200, "X-Api, X-Beta"],
    "a 405 behind them": ["/docs", {}, 405, "accept, X-Api, X-Beta", "DELETE"],
    "a route of one media type": ["/only", { accept: "text/html" }, 406, "accept"],
    "a method that decided alone": ["/put", {}, 404, "accept, X-Put"],
  };
  for (const [name, [path, headers, status, vary, method = "GET"]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const response = await ask(app, path, { headers, method });
      await response.body?.cancel();
      assertEquals([response.status, response.headers.get("vary")], [status, vary]);
    });
  }
});

Deno.test("Vary is there beside that of the session, and whatever replaces the response", async () => {
  const varied = configured()
    .setSessionFactory(signedCookieSessionFactory(SAMPLE_SECRET))
    .addRoute("session", "/session")
    .addView(async (request) => html`${(await request.session).size}`, {
      routeName: "session",
      accept: "text/html",
    })
    .addRoute("replaced", "/replaced")
    .addView((request) => {
      request.addResponseCallback(() => new Response("another"));
      return html`one`;
    }, { routeName: "replaced", header: not("X-No") })
    .addRoute("late", "/late")
    .addView((request) => {
      request.addResponseCallback(() => {
        throw new Error("late");
      });
      return html`one`;
    }, { routeName: "late", header: not("X-No") })
    .addTween((handler) => async (request) => {
      const response = await handler(request);
      return request.query.has("tween") ? new Response("tween's") : response;
    })
    .makeApp();
  const vary = async (path: string) => (await ask(varied, path)).headers.get("vary");
  assertEquals(await vary("/session"), "Accept, Cookie");
  assertEquals(await vary("/replaced"), "X-No");
  assertEquals(await vary("/items/7?tween"), "Accept");
  assertEquals(await vary("/late"), "accept, X-No");
});

Deno.test("an upgrade is left alone", async () => {
  const app = new Configurator().addRoute("up", "/up")
    .addView((request) => request.upgradeWebSocket().response, {
      routeName: "up",
      header: "Upgrade",
    })
    .makeApp();
  const headers = {
    connection: "Upgrade",
    upgrade: "websocket",
    "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
  };
  const response = await ask(app, "/up", { headers });
  assertEquals([response.status, response.headers.has("vary")], [101, false]);
});

Deno.test("a shared response is not changed by another route's Vary", async () => {
  const shared = new Response(null, { status: 204 });
  const config = new Configurator()
    .addRoute("a", "/a").addView(() => shared, { routeName: "a", header: not("X-A") })
    .addRoute("b", "/b", { view: () => shared })
    .makeApp();
  assertEquals((await ask(config, "/a")).headers.get("vary"), "X-A");
  assertEquals((await ask(config, "/b")).headers.get("vary"), null);
});

Deno.test("an answer to an error names what exception views were chosen by", async () => {
  const views = configured()
    .addNotFoundView(() => html`page`, { accept: "text/html" })
    .addNotFoundView(() => ({ lost: true }), { header: "X-Api", renderer: "json" })
    .makeApp();
  const vary = async (path: string, headers: HeadersInit = {}) =>
    (await ask(views, path, { headers })).headers.get("vary");
  assertEquals(await vary("/none", { accept: "text/html" }), "Accept, X-Api");
  assertEquals(await vary("/none", { accept: "image/png", "x-api": "1" }), "Accept, X-Api");
  assertEquals(await vary("/none", { accept: "image/png" }), "accept, X-Api");
  assertEquals(await vary("/plain"), null);
});

testUnless(
  missingForFiles,
  "the files of a folder say what a route before them was chosen by",
  async () => {
    await using folder = await TempFolder.with({ "a.txt": "a" });
    const files = new Configurator()
      .addRoute("api", "/files/:name", { header: "X-Api", view: () => html`api` })
      .include(staticView("/files", folder.path))
      .makeApp();
    for (const [path, status] of [["/files/a.txt", 200], ["/files/none.txt", 404]] as const) {
      const response = await ask(files, path);
      await response.body?.cancel();
      assertEquals(response.status, status);
      assertEquals(response.headers.get("vary")?.includes("X-Api"), true, path);
    }
  },
);

Deno.test("a predicate whose vary is no list of header names is refused", () => {
  for (const vary of ["Accept", [7], ["a b"], {}]) {
    const config = new Configurator().addRoute("x", "/x")
      .addViewPredicate("odd", () => ({ text: "odd", vary: vary as never, holds: () => true }))
      .addView(() => html`x`, { routeName: "x", custom: { odd: 1 } });
    assertThrows(
      () => config.makeApp(),
      ConfigurationError,
      'its vary must be a list of header names, such as ["Accept-Language"], not ',
    );
  }
});
