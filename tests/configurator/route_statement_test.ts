/**
 * What a configuration states of a route: in one step, only for URLs, of another site.
 *
 * @module
 */

import { assert, assertEquals, assertThrows } from "jsr:@std/assert@^1.0.0";
import {
  ConfigurationError,
  Configurator,
  html,
  HttpNotFound,
  json,
  route,
} from "@pyramidion/pyramidion";
import { ask, textOf } from "../ask.ts";
import { recordingLogger } from "../sample_app.ts";

Deno.test("addRoute() with a view is the route and its view in one step, by name or by Route", async () => {
  const user = route("user", "/users/:id");
  const app = new Configurator()
    .addRoute("home", "/", { view: () => html`home` })
    .addRoute(user, { view: (request) => html`${request.matchdict.id}` })
    .addRoute("page", "/pages/:name", { view: (request) => html`${request.matchdict.name}` })
    .makeApp();
  assertEquals([
    await textOf(app, "/"),
    await textOf(app, "/users/7"),
    await textOf(app, "/pages/a"),
  ], [
    "home",
    "7",
    "a",
  ]);
});

Deno.test("a view of one step can stand beside views of two, and conflicts with one that says the same", async () => {
  const configured = () => new Configurator().addRoute("x", "/x", { view: () => html`one step` });
  const app = configured().addView(() => html`put`, { routeName: "x", requestMethod: "PUT" })
    .makeApp();
  assertEquals([await textOf(app, "/x"), await textOf(app, "/x", { method: "PUT" })], [
    "one step",
    "put",
  ]);
  const config = configured().addView(() => html`again`, { routeName: "x" });
  assertThrows(() => config.makeApp(), ConfigurationError, "twice");
});

Deno.test("the options of a Route of one's own hold under a prefix too", async () => {
  const risky = route("risky", "/:x((?:a+)+)", { insecureAllowRegExp: true });
  const app = new Configurator()
    .include((config) => config.addRoute(risky, { view: () => html`risky` }), { routePrefix: "/p" })
    .makeApp();
  assertEquals(await textOf(app, "/p/aaa"), "risky");
});

Deno.test("a static route makes URLs, and matches nothing", async () => {
  const file = route("file", "/files/:name");
  const app = new Configurator()
    .addRoute(file, { static: true })
    .addRoute("any", "/files/:other", {
      view: (request) =>
        json([
          request.routePath(file, { name: "a b" }),
          request.routeUrl("file", { name: "a" }, { query: { v: 1 } }),
          request.matchdict.other,
        ]),
    })
    .makeApp();
  assertEquals(await (await ask(app, "/files/x")).json(), [
    "/files/a%20b",
    "https://app.test/files/a?v=1",
    "x",
  ]);
  assertEquals(app.report.routes.map(({ isMatched }) => isMatched), [false, true]);
});

Deno.test("a route of another site makes URLs of that site, and no paths", async () => {
  const logger = recordingLogger();
  const cdn = route("cdn", "https://cdn.test:8443/assets/:file");
  const app = new Configurator({ logger })
    .addRoute(cdn)
    .addRoute("bare", "https://bare.test")
    .addRoute("x", "/x", {
      view: (request) =>
        json([
          request.routeUrl(cdn, { file: "a b.css" }),
          request.routeUrl("cdn", { file: "a" }, { query: { v: 1 }, fragment: "top" }),
          request.routeUrl("bare"),
        ]),
    })
    .addRoute("path", "/path", {
      view: (request) => html`${request.routePath(cdn, { file: "a" })}`,
    })
    .makeApp();
  assertEquals(await (await ask(app, "/x")).json(), [
    "https://cdn.test:8443/assets/a%20b.css",
    "https://cdn.test:8443/assets/a?v=1#top",
    "https://bare.test/",
  ]);
  assertEquals((await ask(app, "/assets/a")).status, 404);
  assertEquals((await ask(app, "/path")).status, 500);
  const cause = logger.errors[0]?.cause;
  assert(cause instanceof TypeError);
  assertEquals(
    cause.message,
    'Cannot make path of route "cdn": it is of another site: use routeUrl()',
  );
});

Deno.test("addRoute() refuses at once what is none, and what nobody could mean", async (t) => {
  const rows: Record<string, [say: (config: Configurator) => unknown, message: string]> = {
    "no pattern": [
      (config) => config.addRoute("x", undefined as never),
      'Cannot add route "x": it has no pattern: write one after the name, such as "/x"',
    ],
    "an option in the pattern's place": [
      (config) => config.addRoute("x", {} as never),
      'Cannot add route "x": it has no pattern: write one after the name, such as "/x"',
    ],
    "Pyramid's spelling": [
      (config) => config.addRoute("x", "/users/{id}"),
      'Cannot make route "x": the pattern "/users/{id}" has Pyramid\'s placeholders: write "/users/:id" instead',
    ],
    "an unknown option": [
      (config) => config.addRoute("x", "/x", { requestMethods: "GET" } as object),
      'Cannot use option "requestMethods" of route "x": no such option: did you mean "requestMethod"?',
    ],
    "an unknown option, of a Route": [
      (config) => config.addRoute(route("x", "/x"), { matchParam: "a=1" } as object),
      'Cannot use option "matchParam" of route "x": no such option',
    ],
  };
  for (const [name, [say, message]] of Object.entries(rows)) {
    await t.step(name, () => {
      assertEquals(
        assertThrows(() => say(new Configurator()), ConfigurationError).message,
        message,
      );
    });
  }
});

Deno.test("a pattern whose expression repeats a choice is refused, unless it is let through", () => {
  const pattern = "/:x((?:a+)+)b";
  assertThrows(
    () => new Configurator().addRoute("x", pattern),
    ConfigurationError,
    'or set "insecureAllowRegExp: true"',
  );
  new Configurator().addRoute("x", pattern, { insecureAllowRegExp: true }).makeApp();
});

Deno.test("exception views of a route answer what is thrown on it, and no other's", async () => {
  const lost = () => {
    throw new HttpNotFound();
  };
  const page = route("page", "/page/:id");
  const app = new Configurator()
    .addRoute(page, { view: lost })
    .addRoute("x", "/x", { view: lost })
    .addExceptionView((_error, request) => html`no page ${request.matchdict.id}`, {
      context: HttpNotFound,
      route: page,
    })
    .makeApp();
  assertEquals(await textOf(app, "/page/7"), "404 no page 7");
  assertEquals((await ask(app, "/x")).status, 404);
  assertThrows(
    () => new Configurator().addExceptionView(lost, { route: page, routeName: "page" }),
    ConfigurationError,
    "it has two routes: give either route or routeName, or none of them",
  );
  const unknown = new Configurator().addExceptionView(lost, { routeName: "pge" }).addRoute(page);
  assertThrows(() => unknown.makeApp(), ConfigurationError, 'did you mean "page"?');
});

Deno.test("the factory of route() makes request.context, under a prefix too, and is awaited", async () => {
  const post = route("post", "/posts/:id", {
    factory: async ({ matchdict }) => await Promise.resolve({ title: `post ${matchdict.id}` }),
  });
  const blog = (config: Configurator) =>
    void config.addRoute(post)
      .addView((request) => html`${request.context.title}`, { route: post });
  const app = new Configurator().include(blog).include(blog, { routePrefix: "/old" }).makeApp();
  assertEquals(
    [await textOf(app, "/posts/7"), await textOf(app, "/old/posts/8")],
    ["post 7", "post 8"],
  );
});

Deno.test("what the factory of route() throws is answered as that of addRoute()", async () => {
  const gone = route("gone", "/gone", {
    factory: () => {
      throw new HttpNotFound("There is no such post");
    },
  });
  const app = new Configurator().addRoute(gone, { view: () => html`never` })
    .addNotFoundView(({ detail }) => html`${detail}`).makeApp();
  assertEquals(await textOf(app, "/gone"), "404 There is no such post");
});

Deno.test("a route with two factories is refused, naming the route", () => {
  const post = route("post", "/posts/:id", { factory: () => 1 });
  const error = assertThrows(
    () => new Configurator().addRoute(post, { factory: () => 2 }),
    ConfigurationError,
  );
  assertEquals(
    error.message,
    'Cannot add route "post": it has a factory already: leave out the factory of addRoute()',
  );
});
