/**
 * The slash that visitors leave out.
 *
 * @module
 */

import { assertEquals, assertThrows } from "jsr:@std/assert@^1.0.0";
import { ConfigurationError, Configurator, html, HttpNotFound } from "@pyramidion/pyramidion";
import { ask, form, ORIGIN, textOf } from "../ask.ts";

function configured(): Configurator {
  return new Configurator()
    .addRoute("list", "/list/", { view: () => html`list` })
    .addRoute("item", "/items/:id/", {
      view: (request) => {
        if (request.matchdict.id === "lost") throw new HttpNotFound();
        return html`${request.matchdict.id}`;
      },
    })
    .addRoute("plain", "/plain", { view: () => html`plain` });
}

const app = configured()
  .addNotFoundView(
    (_error, request) => new Response(`no ${request.url.pathname}`, { status: 404 }),
    {
      appendSlash: true,
    },
  )
  .makeApp();

Deno.test("appendSlash sends to where the slash is, query and method kept", async (t) => {
  const rows: Record<string, [path: string, init: RequestInit, location: string]> = {
    "a path": ["/list", {}, "/list/"],
    "a query": ["/list?a=1&b=%2F&a=2", {}, "/list/?a=1&b=%2F&a=2"],
    "a query that is empty": ["/list?", {}, "/list/"],
    "a query that is an address": ["/list?to=https://evil.test", {}, "/list/?to=https://evil.test"],
    "a POST": ["/list", form({ a: "1" }), "/list/"],
    "a HEAD": ["/list", { method: "HEAD" }, "/list/"],
    "a group": ["/items/a%2Fb", {}, "/items/a%2Fb/"],
    "a group that is not ASCII": ["/items/é", {}, "/items/%C3%A9/"],
    "a group with a dot segment": ["/x/../list", {}, "/list/"],
  };
  for (const [name, [path, init, location]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const response = await ask(app, path, init);
      await response.body?.cancel();
      assertEquals([response.status, response.headers.get("location")], [307, location]);
    });
  }
});

Deno.test("appendSlash leaves to its view what would not be found with a slash either", async (t) => {
  const rows: Record<string, string> = {
    "/nothing": "404 no /nothing",
    "/nothing/": "404 no /nothing/",
    "/plain/": "404 no /plain/",
    "/": "404 no /",
    "/list/list": "404 no /list/list",
    "/list//": "404 no /list//",
  };
  for (const [path, answer] of Object.entries(rows)) {
    await t.step(path, async () => assertEquals(await textOf(app, path), answer));
  }
});

Deno.test("appendSlash asks only where no route matched, so that a missing file is missing at once", async () => {
  assertEquals((await ask(app, "/items/lost")).status, 307);
  assertEquals(await textOf(app, "/items/lost/"), "404 no /items/lost/");
  const files = new Configurator()
    .addRoute("files", "/files/*", {
      view: () => {
        throw new HttpNotFound();
      },
    })
    .addNotFoundView(() => html`nothing`, { appendSlash: true })
    .makeApp();
  assertEquals(await textOf(files, "/files/a"), "404 nothing");
  assertEquals(await textOf(files, "/files/a/"), "404 nothing");
});

Deno.test("appendSlash never leaves the site, whatever the path begins with", async (t) => {
  const open = new Configurator()
    .addRoute("any", "/*/", { view: () => html`any` })
    .addNotFoundView(() => new Response("nothing", { status: 404 }), { appendSlash: true })
    .makeApp();
  const rows: Record<string, [status: number, location: string | null]> = {
    "/evil.test": [307, "/evil.test/"],
    "/%5Cevil.test": [307, "/%5Cevil.test/"],
    "//evil.test": [307, "/.//evil.test/"],
    "///evil.test": [307, "/.///evil.test/"],
    "/\\evil.test": [307, "/.//evil.test/"],
    "//evil.test?a": [307, "/.//evil.test/?a"],
    // It has its slash: the dot segment is resolved.
    "//evil.test/%2e%2e": [200, null],
  };
  for (const [path, expected] of Object.entries(rows)) {
    await t.step(path, async () => {
      const raw = new Request(ORIGIN);
      Object.defineProperty(raw, "url", { value: ORIGIN + path });
      const response = await open.fetch(raw);
      await response.body?.cancel();
      const location = response.headers.get("location");
      assertEquals([response.status, location], expected);
      assertEquals(new URL(location ?? ORIGIN, ORIGIN + path).origin, ORIGIN);
    });
  }
});

Deno.test("appendSlash under another name: publicOrigin", async () => {
  const config = new Configurator({ publicOrigin: "https://public.test" })
    .addRoute("list", "/list/", { view: () => html`list` })
    .addNotFoundView(() => html`nothing`, { appendSlash: true });
  const response = await ask(config.makeApp(), "/list");
  assertEquals([response.status, response.headers.get("location")], [307, "/list/"]);
});

Deno.test("appendSlash takes another status, and none without it", async () => {
  const moved = configured().addNotFoundView(() => html`nothing`, { appendSlash: 308 }).makeApp();
  assertEquals((await ask(moved, "/list")).status, 308);
  for (const options of [{}, { appendSlash: false }]) {
    const plain = configured().addNotFoundView(() => html`nothing`, options).makeApp();
    assertEquals(await textOf(plain, "/list"), "404 nothing");
  }
  assertThrows(
    () => configured().addNotFoundView(() => html``, { appendSlash: 304 as never }),
    ConfigurationError,
    "Cannot use appendSlash: 304: must be true, false, 301, 302, 303, 307 or 308",
  );
});

Deno.test("appendSlash finds routes under prefixes, and those of any method", async () => {
  const app = new Configurator()
    .include(
      (config) => config.addRoute("list", "/", { requestMethod: "POST", view: () => html`list` }),
      {
        routePrefix: "/news",
      },
    )
    .addNotFoundView(() => html`nothing`, { appendSlash: true })
    .makeApp();
  assertEquals((await ask(app, "/news", { method: "POST" })).headers.get("location"), "/news/");
});
