/**
 * `routerOf`: from a request to the view that answers it.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import {
  Configurator,
  html,
  HttpMethodNotAllowed,
  HttpNotFound,
  type View,
} from "@pyramidion/pyramidion";
import { recordingLogger } from "../sample_app.ts";

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"];

const said = (text: string): View => () => new Response(text);

/** The texts, or the statuses, by which an app answers each method. */
async function answers(config: Configurator, path = "/"): Promise<Record<string, string>> {
  const app = config.makeApp();
  const found: Record<string, string> = {};
  for (const method of METHODS) {
    const response = await app.fetch(new Request(`https://app.test${path}`, { method }));
    found[method] = response.ok ? await response.text() : String(response.status);
  }
  return found;
}

Deno.test("routerOf() answers 404 where no route matches, and where a route has no view", async () => {
  const logger = recordingLogger();
  const app = new Configurator({ logger }).addRoute("home", "/").makeApp();
  for (const path of ["/nothing", "/", "//", "/nothing?x=/"]) {
    const response = await app.fetch(new Request(`https://app.test${path}`));
    assertEquals([response.status, response.headers.has("allow")], [404, false]);
    assertEquals(await response.text(), "404 Not Found\n");
  }
  assertEquals(logger.errors, []);
});

Deno.test("a view that names no requestMethod, of a route that names none, answers GET and HEAD", async () => {
  const config = new Configurator().addRoute("home", "/").addView(said("x"), { routeName: "home" });
  assertEquals(await answers(config), {
    GET: "x",
    HEAD: "x",
    POST: "405",
    PUT: "405",
    PATCH: "405",
    DELETE: "405",
    OPTIONS: "405",
    PROPFIND: "405",
  });
});

Deno.test('a view of requestMethod "*" answers every method', async () => {
  const config = new Configurator().addRoute("home", "/")
    .addView(said("x"), { routeName: "home", requestMethod: "*" });
  assertEquals(await answers(config), Object.fromEntries(METHODS.map((method) => [method, "x"])));
});

Deno.test("routerOf() answers 405 where only the method is wrong; Allow names those of all views", async (t) => {
  const config = new Configurator({ logger: recordingLogger() }).addRoute("home", "/")
    .addView(said("put"), { routeName: "home", requestMethod: "PUT" })
    .addView(said("get"), { routeName: "home", requestMethod: ["GET", "DELETE"] })
    .addRoute("other", "/other").addView(said("other"), { routeName: "other" });
  const app = config.makeApp();
  const rows: Record<string, [method: string, path: string, allow: string]> = {
    "several views": ["POST", "/", "DELETE, GET, HEAD, PUT"],
    "OPTIONS is a method like any other": ["OPTIONS", "/", "DELETE, GET, HEAD, PUT"],
    "the methods of a view that names none": ["POST", "/other", "GET, HEAD"],
  };
  for (const [name, [method, path, allow]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const response = await app.fetch(new Request(`https://app.test${path}`, { method }));
      assertEquals([response.status, response.headers.get("allow")], [405, allow]);
      await response.body?.cancel();
    });
  }
});

Deno.test("the 404 and the 405 are thrown: exception views of their classes answer them", async () => {
  const app = new Configurator().addRoute("home", "/").addView(said("x"), { routeName: "home" })
    .addExceptionView((error, request) => html`${error.status} at ${request.url.pathname}`, {
      context: HttpNotFound,
    })
    .addExceptionView((error) => html`try ${error.allow.join()}`, { context: HttpMethodNotAllowed })
    .makeApp();
  const text = async (path: string, method = "GET") =>
    await (await app.fetch(new Request(`https://app.test${path}`, { method }))).text();
  assertEquals(await text("/nothing"), "404 at /nothing");
  assertEquals(await text("/", "PUT"), "try GET,HEAD");
});

Deno.test("GET implies HEAD, and a page of ours has no body then", async () => {
  const app = new Configurator({ logger: recordingLogger() }).addRoute("home", "/")
    .addView(said("x"), { routeName: "home", requestMethod: "GET" }).makeApp();
  const head = async (path: string) =>
    await app.fetch(new Request(`https://app.test${path}`, { method: "HEAD" }));
  assertEquals((await head("/")).status, 200);
  const missing = await head("/nothing");
  assertEquals([missing.status, missing.body], [404, null]);
});

Deno.test("routerOf() answers a URL that cannot be read with 400", async (t) => {
  const logger = recordingLogger();
  const app = new Configurator({ logger }).addRoute("home", "/:x")
    .addView(said("x"), { routeName: "home" }).makeApp();
  for (const url of ["https://app.test/%zz", "https://app.test/%ff", "https://a b/", "nonsense"]) {
    await t.step(url, async () => {
      const request = new Request("https://app.test/");
      // `Deno.serve` hands on what was on the wire.
      Object.defineProperty(request, "url", { value: url });
      assertEquals((await app.fetch(request)).status, 400);
    });
  }
  assertEquals(logger.errors, []);
});

Deno.test("the route that was added first is matched first", async () => {
  const app = new Configurator()
    .addRoute("special", "/users/new").addRoute("user", "/users/:id").addRoute("any", "/*")
    .addView(said("any"), { routeName: "any" })
    .addView(said("user"), { routeName: "user" })
    .addView(said("special"), { routeName: "special" })
    .makeApp();
  const text = async (path: string) =>
    await (await app.fetch(new Request(`https://app.test${path}`))).text();
  assertEquals([await text("/users/new"), await text("/users/7"), await text("/x")], [
    "special",
    "user",
    "any",
  ]);
});

Deno.test("a route that matches hides the later ones, whatever the method", async () => {
  const app = new Configurator()
    .addRoute("special", "/users/new").addRoute("user", "/users/:id")
    .addView(said("special"), { routeName: "special", requestMethod: "GET" })
    .addView(said("user"), { routeName: "user", requestMethod: "PUT" })
    .makeApp();
  const request = new Request("https://app.test/users/new", { method: "PUT" });
  assertEquals((await app.fetch(request)).status, 405);
});

Deno.test("of the views of one route, the one that says more goes first, in whatever order", async (t) => {
  const rows: Record<string, [text: string, method?: string | string[]][]> = {
    "the general one first": [["general"], ["put", "PUT"], ["head", "HEAD"]],
    "the general one last": [["head", "HEAD"], ["put", "PUT"], ["general"]],
    "the general one between": [["put", "PUT"], ["general"], ["head", "HEAD"]],
  };
  for (const [name, views] of Object.entries(rows)) {
    await t.step(name, async () => {
      const config = new Configurator().addRoute("home", "/");
      for (const [text, requestMethod] of views) {
        config.addView(said(text), {
          routeName: "home",
          ...(requestMethod === undefined ? {} : { requestMethod }),
        });
      }
      const { GET, HEAD, PUT, DELETE } = await answers(config);
      assertEquals([GET, HEAD, PUT, DELETE], ["general", "head", "put", "405"]);
    });
  }
});

Deno.test('a view of "*" says nothing about the method: views that name one go before it', async () => {
  const config = new Configurator().addRoute("home", "/")
    .addView(said("all"), { routeName: "home", requestMethod: "*" })
    .addView(said("get"), { routeName: "home", requestMethod: "GET" });
  const { GET, HEAD, PUT } = await answers(config);
  assertEquals([GET, HEAD, PUT], ["get", "get", "all"]);
});

Deno.test("of two views that say as much, the one that was declared first answers", async () => {
  const config = new Configurator().addRoute("home", "/")
    .addView(said("first"), { routeName: "home", requestMethod: ["PUT", "PATCH"] })
    .addView(said("second"), { routeName: "home", requestMethod: ["PATCH", "DELETE"] });
  const { PUT, PATCH, DELETE } = await answers(config);
  assertEquals([PUT, PATCH, DELETE], ["first", "first", "second"]);
});

Deno.test("HEAD goes to a view of its own where that says no less", async () => {
  const config = new Configurator().addRoute("home", "/")
    .addView(said("head"), { routeName: "home", requestMethod: "HEAD" })
    .addView(said("get"), { routeName: "home", requestMethod: "GET" });
  const { GET, HEAD } = await answers(config);
  assertEquals([GET, HEAD], ["get", "head"]);
});
