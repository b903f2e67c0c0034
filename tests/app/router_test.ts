/**
 * `Router`: from a request to the view that answers it.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import {
  Configurator,
  html,
  HttpForbidden,
  HttpMethodNotAllowed,
  HttpNotFound,
  type PredicateFactory,
  redirect,
  type View,
  type ViewOptions,
} from "@pyramidion/pyramidion";
import { ask, form, textOf } from "../ask.ts";
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

Deno.test("Router answers 404 where no route matches, and where a route has no view", async () => {
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

Deno.test("Router answers 405 where only the method is wrong; Allow names those of all views", async (t) => {
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

Deno.test("Router answers a URL that cannot be read with 400", async (t) => {
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

Deno.test("a view that names no requestMethod answers the methods of its route", async (t) => {
  const rows: Record<string, [route: string | string[], view: ViewOptions, answered: string]> = {
    "one": ["POST", {}, "POST"],
    "several": [["GET", "DELETE"], {}, "GET HEAD DELETE"],
    "all": ["*", {}, METHODS.join(" ")],
    "the view names fewer": [["GET", "POST"], { requestMethod: "POST" }, "POST"],
  };
  for (const [name, [requestMethod, options, answered]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const config = new Configurator({ logger: recordingLogger() })
        .addRoute("home", "/", { requestMethod })
        .addView(said("x"), { routeName: "home", ...options });
      const found = Object.entries(await answers(config)).filter(([, text]) => text === "x");
      assertEquals(found.map(([method]) => method).join(" "), answered);
    });
  }
});

Deno.test("the 405 of a view that names no method tells the developer the word to write, and the visitor nothing of it", async (t) => {
  const rows: Record<string, [method: string, options: ViewOptions, message: string]> = {
    "POST": [
      "POST",
      {},
      'view show at router_test.ts names no requestMethod and so answers GET and HEAD: write requestMethod: "POST" to answer POST',
    ],
    "DELETE": [
      "DELETE",
      {},
      'view show at router_test.ts names no requestMethod and so answers GET and HEAD: write requestMethod: "DELETE" to answer DELETE',
    ],
    "the view names its methods": ["POST", { requestMethod: "GET" }, "405 Method Not Allowed"],
  };
  for (const [name, [method, options, message]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const config = (messages: string[] | null) => {
        const config = new Configurator({ logger: recordingLogger() }).addRoute("home", "/")
          .addView(function show() {
            return html`x`;
          }, { routeName: "home", ...options });
        if (messages === null) return config.makeApp();
        return config.addExceptionView((error) => {
          messages.push(error.message.replace(/file:\S+\/([^/:]+):\d+/, "$1"));
          return html``;
        }, { context: HttpMethodNotAllowed }).makeApp();
      };
      const messages: string[] = [];
      await ask(config(messages), "/", { method });
      assertEquals(messages, [message]);
      assertEquals(await textOf(config(null), "/", { method }), "405 405 Method Not Allowed\n");
    });
  }
});

Deno.test("a POST that fails a predicate of the POST view is never answered by the page of GET", async (t) => {
  const later: PredicateFactory = () => ({ text: "later", holds: () => Promise.resolve(false) });
  const failing: Record<string, ViewOptions> = {
    "a parameter": { requestParam: "confirmed" },
    "a header": { header: "X-Confirmed" },
    "a predicate of the app's own": { custom: { later: 1 } },
  };
  const pages: Record<string, ViewOptions> = {
    "a page that names GET": { requestMethod: "GET" },
    "a page that names nothing": {},
  };
  for (const [why, options] of Object.entries(failing)) {
    for (const [what, page] of Object.entries(pages)) {
      await t.step(`${why}, ${what}`, async () => {
        const app = new Configurator({ logger: recordingLogger() })
          .addViewPredicate("later", later)
          .addRoute("transfer", "/transfer")
          .addView(said("page"), { routeName: "transfer", ...page })
          .addView(said("moved"), { routeName: "transfer", requestMethod: "POST", ...options })
          .makeApp();
        assertEquals((await ask(app, "/transfer", form({ amount: "100" }))).status, 405);
        assertEquals(await textOf(app, "/transfer"), "page");
      });
    }
  }
});

Deno.test("a GET never reaches a view that names POST alone", async () => {
  const app = new Configurator({ logger: recordingLogger() }).addRoute("transfer", "/transfer")
    .addView(said("moved"), { routeName: "transfer", requestMethod: "POST" }).makeApp();
  assertEquals((await ask(app, "/transfer?amount=100")).status, 405);
  assertEquals(await textOf(app, "/transfer", form({ amount: "100" })), "moved");
});

const refuse = () => {
  throw new HttpForbidden("not you");
};

Deno.test("a route's factory that throws guards views that never read request.context", async (t) => {
  const factories: Record<string, () => unknown> = {
    "at once": refuse,
    "later": () => Promise.resolve().then(refuse),
    "of a thenable": () => ({
      then: (_settle: unknown, reject: (reason: unknown) => void) =>
        reject(new HttpForbidden("not you")),
    }),
  };
  for (const [name, factory] of Object.entries(factories)) {
    await t.step(name, async () => {
      let answered = 0;
      const logger = recordingLogger();
      const app = new Configurator({ logger }).addRoute("x", "/x", { factory })
        .addView(() => (answered++, html`x`), { routeName: "x", requestMethod: "*" })
        .addRoute("other", "/:any", { view: () => (answered++, html`other`) })
        .makeApp();
      for (const method of METHODS) {
        assertEquals((await ask(app, "/x", { method })).status, 403);
      }
      assertEquals([answered, logger.errors], [0, []]);
    });
  }
});

Deno.test("what a route's factory throws is answered: a redirection, an exception view, a 500", async (t) => {
  const app = (factory: () => unknown) =>
    new Configurator({ logger: recordingLogger() })
      .addRoute("x", "/x", { factory, view: said("x") })
      .addRoute("y", "/y", { factory, view: said("y") })
      .addExceptionView((error) => html`for x: ${error.detail}`, {
        context: HttpForbidden,
        routeName: "x",
      })
      .makeApp();
  const redirecting = () => {
    throw redirect("/login");
  };
  await t.step("a redirection", async () => {
    const response = await ask(app(redirecting), "/x");
    assertEquals([response.status, response.headers.get("location")], [302, "/login"]);
  });
  await t.step("the exception view of the route, and of no other", async () => {
    assertEquals(await textOf(app(refuse), "/x"), "403 for x: not you");
    assertEquals((await ask(app(refuse), "/y")).status, 403);
  });
  await t.step("anything else is a 500", async () => {
    assertEquals((await ask(app(() => Promise.reject(new Error("down"))), "/x")).status, 500);
  });
});

Deno.test("a route's factory runs once for each match: after the route's predicates, before those of views, the permission and the view", async () => {
  const order: string[] = [];
  const noting = (name: string): PredicateFactory => () => ({
    text: name,
    holds: ({ context }) => (order.push(`${name} ${context}`), true),
  });
  const app = new Configurator()
    .setSecurityPolicy({
      permitsAnonymous: true,
      identity: () => null,
      permits: (_request, context) => (order.push(`permission ${context}`), true),
    })
    .addRoutePredicate("route", noting("route"))
    .addViewPredicate("view", noting("view"))
    .addRoute("x", "/x", {
      custom: { route: 1 },
      factory: async () => {
        order.push("factory");
        await Promise.resolve();
        return "settled";
      },
    })
    .addView((request) => {
      order.push(`answer ${request.context}`);
      return html`${request.context === request.context}`;
    }, { routeName: "x", custom: { view: 1 }, permission: "read" })
    .makeApp();
  await ask(app, "/x");
  assertEquals(order, [
    "route undefined",
    "factory",
    "view settled",
    "permission settled",
    "answer settled",
  ]);
});

Deno.test("a route's factory does not run for a route that does not match", async () => {
  let made = 0;
  const app = new Configurator()
    .addRoute("api", "/x", { header: "X-Api", factory: () => made++, view: said("api") })
    .addRoute("page", "/x", { view: said("page") })
    .makeApp();
  assertEquals([await textOf(app, "/x"), made], ["page", 0]);
});

Deno.test("request.context is the settled value of what the factory gave", async (t) => {
  const rows: Record<string, [made: unknown, seen: unknown]> = {
    "a value": ["page", "page"],
    "a promise": [Promise.resolve("page"), "page"],
    "a thenable, such as a query": [
      { then: (settle: (value: string) => void) => settle("page") },
      "page",
    ],
    "an object whose then is none": [{ then: "later" }, { then: "later" }],
    "null": [null, null],
    "a promise of nothing": [Promise.resolve(undefined), undefined],
  };
  for (const [name, [made, seen]] of Object.entries(rows)) {
    await t.step(name, async () => {
      let context: unknown = "unset";
      const app = new Configurator().addRoute("x", "/x", {
        factory: () => made,
        view: (request) => {
          context = request.context;
          return html`x`;
        },
      }).makeApp();
      assertEquals(await textOf(app, "/x"), "x");
      assertEquals(context, seen);
    });
  }
});

Deno.test("App.explain() tells of a factory that throws, and goes no further", async () => {
  const app = new Configurator().addRoute("x", "/x", { factory: refuse, view: said("x") })
    .makeApp();
  let explained: unknown;
  const asking = new Configurator().addRoute("any", "/*", {
    view: async (request) => {
      explained = await app.report.explain(request as never);
      return html``;
    },
  }).makeApp();
  await ask(asking, "/x");
  assertEquals(explained, {
    routes: [{
      name: "x",
      answers: false,
      because: "its factory to pass (which threw HttpForbidden)",
    }],
    route: null,
    views: [],
    allow: [],
    status: 403,
    scope: null,
  });
});
