/**
 * The status of what exception views make: that of the error.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import {
  type AnyViewRequest,
  type Configurator,
  html,
  HttpError,
  HttpException,
  HttpForbidden,
  HttpFound,
  HttpMethodNotAllowed,
  HttpRedirection,
  HttpTooManyRequests,
  HttpUnauthorized,
  json,
  redirect,
} from "@pyramidion/pyramidion";
import { sampleApp, type SampleData } from "../sample_app.ts";

class Broken extends Error {}

type Configure = (config: Configurator<SampleData>) => unknown;

function failing(thrown: unknown, configure: Configure) {
  return sampleApp({
    "/": () => {
      throw thrown;
    },
  }, { configure: (config) => void configure(config) });
}

const stating = (status: number) => (_error: unknown, request: AnyViewRequest) => {
  request.responseStatus = status;
  return html`x`;
};

Deno.test("what html or a renderer makes of an error has the error's status", async (t) => {
  const all = { context: HttpException };
  const rows: Record<string, [thrown: unknown, configure: Configure, status: number]> = {
    "html for an Error": [new Broken(), (c) => c.addExceptionView(() => html`x`), 500],
    "html for an HttpError": [
      new HttpError(418),
      (c) => c.addExceptionView(() => html`x`, all),
      418,
    ],
    "html for what is forbidden": [
      new HttpForbidden(),
      (c) => c.addForbiddenView(() => html`x`),
      403,
    ],
    "a promise of html": [
      new HttpForbidden(),
      (c) => c.addForbiddenView(() => Promise.resolve(html`x`)),
      403,
    ],
    "the renderer json": [
      new HttpForbidden(),
      (c) => c.addForbiddenView(() => ({}), { renderer: "json" }),
      403,
    ],
    "a renderer that makes html": [
      new HttpForbidden(),
      (c) => c.addForbiddenView(() => 1, { renderer: () => html`x` }),
      403,
    ],
    "a renderer that states a status": [
      new HttpForbidden(),
      (c) => c.addForbiddenView(() => 1, { renderer: () => json(1, { status: 451 }) }),
      451,
    ],
    "a Response keeps its own": [
      new HttpForbidden(),
      (c) => c.addForbiddenView(() => new Response("x")),
      200,
    ],
    "request.responseStatus says otherwise": [
      new HttpForbidden(),
      (c) => c.addForbiddenView(stating(404)),
      404,
    ],
    "request.responseStatus says 200": [
      new Broken(),
      (c) => c.addExceptionView(stating(200)),
      200,
    ],
    "it goes before the renderer's": [
      new Broken(),
      (c) =>
        c.addExceptionView(stating(503) as never, { renderer: () => json(1, { status: 451 }) }),
      503,
    ],
    "another class than errors": [
      { toString: () => "x" },
      (c) => c.addExceptionView(() => html`x`, { context: Object }),
      500,
    ],
  };
  for (const [name, [thrown, configure, status]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const { client } = failing(thrown, configure);
      const response = await client.get("/");
      await response.body?.cancel();
      assertEquals(response.status, status);
      const isError = status >= 400;
      const control = response.headers.get("cache-control");
      assertEquals(control, isError ? "no-store" : null);
    });
  }
});

Deno.test("what is not found is a 404 in the app's own words, after appendSlash too", async () => {
  for (const appendSlash of [false, true] as const) {
    const { client } = sampleApp({ "/x": () => html`x` }, {
      configure: (config) => config.addNotFoundView(() => html`lost`, { appendSlash }),
    });
    const response = await client.get("/none");
    assertEquals([response.status, await response.text()], [404, "lost"]);
  }
});

Deno.test("a status that was stated for another answer is not that of the error", async () => {
  const { client } = sampleApp({
    "/": (request) => {
      request.responseStatus = 201;
      throw new Broken();
    },
    "/plain": (request) => {
      request.responseStatus = 201;
      throw new HttpError(503);
    },
    "/returned": (request) => {
      request.responseStatus = 201;
      return new HttpForbidden();
    },
  }, {
    configure: (config) => config.addExceptionView(() => html`x`).addForbiddenView(() => html`x`),
  });
  const statuses = [];
  for (const path of ["/", "/plain", "/returned"]) {
    const response = await client.get(path);
    await response.body?.cancel();
    statuses.push(response.status);
  }
  assertEquals(statuses, [500, 503, 403]);
});

Deno.test("the error's headers come with its status, but none that describes its body", async (t) => {
  const headers = {
    "content-type": "text/plain",
    "content-length": "3",
    "content-encoding": "gzip",
    "content-range": "bytes */7",
    "set-cookie": "a=1",
    "vary": "Origin",
  };
  const rows: Record<string, [error: HttpException, name: string, value: string | null]> = {
    "405": [new HttpMethodNotAllowed(["PUT"]), "allow", "PUT"],
    "401": [
      new HttpUnauthorized("", { headers: { "www-authenticate": "Basic" } }),
      "www-authenticate",
      "Basic",
    ],
    "429": [new HttpTooManyRequests("", { headers: { "retry-after": "60" } }), "retry-after", "60"],
    "416": [new HttpError(416, "", { headers }), "content-range", "bytes */7"],
    "its type": [new HttpError(416, "", { headers }), "content-type", "text/html; charset=utf-8"],
    "its length": [new HttpError(416, "", { headers }), "content-length", null],
    "its coding": [new HttpError(416, "", { headers }), "content-encoding", null],
    "its cookies": [new HttpError(400, "", { headers }), "set-cookie", "a=1"],
    "its Vary": [new HttpError(400, "", { headers }), "vary", "Origin"],
    "its caching": [
      new HttpError(410, "", { headers: { "cache-control": "max-age=9" } }),
      "cache-control",
      "max-age=9",
    ],
  };
  for (const [name, [error, header, value]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const { client } = failing(
        error,
        (config) => config.addExceptionView(() => html`x`, { context: HttpError }),
      );
      const response = await client.get("/");
      assertEquals([response.status, await response.text()], [error.status, "x"]);
      assertEquals(response.headers.get(header), value);
    });
  }
});

Deno.test("a page for a redirection redirects; where it leads out it is the page of the 400", async () => {
  const configure: Configure = (config) =>
    config.addExceptionView((error) => html`page of ${error.status}`, { context: HttpException });
  const { client } = failing(new HttpFound("/there"), configure);
  const response = await client.get("/");
  assertEquals([response.status, response.headers.get("location")], [302, "/there"]);
  assertEquals(await response.text(), "page of 302");
  const out = await failing(new HttpFound("//evil.test"), configure).client.get("/");
  assertEquals([out.status, out.headers.get("location")], [400, null]);
  const whole = failing(
    new HttpFound("//evil.test"),
    (config) => config.addExceptionView(() => new Response("mine"), { context: HttpRedirection }),
  );
  assertEquals(await (await whole.client.get("/")).text(), "mine");
});

Deno.test("an exception view that redirects, in place of the error's page, has the status of that", async () => {
  const { client } = failing(
    new HttpForbidden(),
    (config) => config.addForbiddenView(() => redirect("/login", { status: 303 })),
  );
  const response = await client.get("/");
  assertEquals([response.status, response.headers.get("location")], [303, "/login"]);
});
