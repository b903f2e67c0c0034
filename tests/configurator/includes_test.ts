/**
 * Parts of a configuration: prefixes, what is included once, and whose routes are meant.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertThrows } from "jsr:@std/assert@^1.0.0";
import {
  ConfigurationConflictError,
  ConfigurationError,
  Configurator,
  html,
  HttpNotFound,
  route,
  RouteNotFoundError,
  viewConfig,
  type ViewRequest,
} from "@pyramidion/pyramidion";
import { ask, textOf } from "../ask.ts";
import { recordingLogger } from "../sample_app.ts";
import {
  Includes,
  isIncludedBy,
  joinPrefix,
  ownPart,
  pathOf,
} from "../../lib/configurator/includes.ts";

const item = route("item", "/:id");

/** A blog that can be included anywhere; each page says where it and its neighbours are. */
function blog(config: Configurator): void {
  config.addRoute("list", "").addRoute(item)
    .addView((request) => html`${request.routePath(item, { id: 1 })}`, { routeName: "list" })
    .addView((request) => html`${request.matchdict.id} of ${request.routePath("list")}`, {
      route: item,
    });
}

Deno.test('joinPrefix(): "" is the prefix itself, "/" the prefix and a slash', async (t) => {
  const rows: [prefix: string, pattern: string, joined: string][] = [
    ["", "/x", "/x"],
    ["", "", ""],
    ["/", "/x", "/x"],
    ["/a", "", "/a"],
    ["/a", "/", "/a/"],
    ["/a", "/x", "/a/x"],
    ["/a", "x", "/a/x"],
    ["/a/", "/x", "/a/x"],
    ["/a//", "x", "/a/x"],
    ["/a/", "", "/a"],
    ["/a", "*", "/a/*"],
    ["/a", "/*", "/a/*"],
    ["/a", "{/:x}?", "/a{/:x}?"],
    ["/:lang", "/x", "/:lang/x"],
  ];
  for (const [prefix, pattern, joined] of rows) {
    await t.step(`"${prefix}" and "${pattern}"`, () => {
      assertEquals(joinPrefix(prefix, pattern), joined);
    });
  }
});

Deno.test('route() with the pattern "" is the prefix of the part that adds it', async (t) => {
  const list = route("list", "", { factory: () => ["tea"] });
  const part = (config: Configurator) =>
    void config.addRoute(list).addView(
      (request) => html`${request.context} at ${request.routePath(list)}`,
      { route: list },
    ).addView(() => html`saved`, { route: list, requestMethod: "POST" });
  const app = new Configurator().include(part, { routePrefix: "/notes" })
    .include(part, { routePrefix: "/:user/notes", scoped: true }).makeApp();
  assertEquals(await textOf(app, "/notes"), "tea at /notes");
  await t.step("not with a slash", async () => {
    assertEquals((await app.fetch(new Request("https://app.test/notes/"))).status, 404);
  });
  await t.step("outside of a part with a prefix it is refused", () => {
    for (const include of [part, (config: Configurator) => void config.include(part)]) {
      assertThrows(
        () => new Configurator().include(include),
        ConfigurationError,
        'Cannot add route "list": the pattern "" is the prefix of a part, and there is none: write "/"',
      );
    }
  });
});

Deno.test("Includes.add() takes a callable once under each prefix, by its identity", () => {
  const includes = new Includes(), own = ownPart();
  const one = () => {}, other = () => {};
  const first = includes.add(one, own, { routePrefix: "/a" });
  assert(first);
  assertEquals([first.prefix, first.repetition], ["/a", ""]);
  for (const same of ["/a", "a", "/a/", "a/"]) {
    assertEquals(includes.add(one, own, { routePrefix: same }), null);
  }
  assertEquals(includes.add(other, own, { routePrefix: "/a" })?.prefix, "/a");
  assertEquals(includes.add(one, own, { routePrefix: "/b" })?.repetition, ' included under "/b"');
  assertEquals(includes.add(one, first, { routePrefix: "/b" })?.prefix, "/a/b");
});

Deno.test("isIncludedBy() and pathOf() know the parts above a part, and that none includes itself", () => {
  const own = ownPart(), includes = new Includes();
  const part = includes.add(() => {}, own, { routePrefix: "/a" });
  assert(part);
  const inner = includes.add(() => {}, part, { routePrefix: "/b" });
  assert(inner);
  assertEquals([isIncludedBy(part, own), isIncludedBy(inner, own), isIncludedBy(inner, part)], [
    true,
    true,
    true,
  ]);
  assertEquals([isIncludedBy(own, own), isIncludedBy(own, part), isIncludedBy(part, inner)], [
    false,
    false,
    false,
  ]);
  assertEquals(pathOf(inner), [own, part, inner]);
});

Deno.test("include() puts the prefix before the patterns, nested prefixes before each other", async () => {
  const inner = (config: Configurator) => void config.include(blog, { routePrefix: "/blog" });
  const app = new Configurator().include(inner, { routePrefix: "/:lang" }).makeApp();
  assertEquals(app.report.routes.map(({ pattern }) => pattern), ["/:lang/blog", "/:lang/blog/:id"]);
  assertEquals((await ask(app, "/blog/7")).status, 404);
});

Deno.test("include() without a prefix leaves the patterns as they are", async () => {
  const app = new Configurator().include((config) =>
    config.addRoute("x", "/x", { view: () => html`x` })
  )
    .makeApp();
  assertEquals(await textOf(app, "/x"), "x");
});

Deno.test("a prefix captures parameters, which the request's URLs need as well", async () => {
  const part = (config: Configurator): void => {
    config.addRoute("greet", "/greet", {
      view: (request: ViewRequest) => html`${request.routePath("greet", request.matchdict)}`,
    });
  };
  const app = new Configurator().include(part, { routePrefix: "/:lang" }).makeApp();
  assertEquals(await textOf(app, "/de/greet"), "/de/greet");
});

Deno.test("a callable runs once under a prefix, however often and by whom it is included", () => {
  let runs = 0;
  const part = () => void runs++;
  const again = (config: Configurator) => void config.include(part);
  new Configurator().include(part).include(part).include(again).include(part, { routePrefix: "" })
    .include(part, { routePrefix: "/" });
  assertEquals(runs, 1);
  new Configurator().include(part);
  assertEquals(runs, 2);
});

Deno.test("a callable under two prefixes has the routes of both, and makes the URLs of the one that is asked", async (t) => {
  const app = new Configurator()
    .include(blog, { routePrefix: "/news" })
    .include(blog, { routePrefix: "/diary" })
    .makeApp();
  for (const prefix of ["/news", "/diary"]) {
    await t.step(prefix, async () => {
      assertEquals(await textOf(app, prefix), `${prefix}/1`, "by Route");
      assertEquals(await textOf(app, `${prefix}/7`), `7 of ${prefix}`, "by name");
    });
  }
});

Deno.test("a callable under two prefixes can have marked views, of which each is found twice", async () => {
  const views = { show: viewConfig({ route: item }, (request) => html`${request.matchdict.id}`) };
  const part = (config: Configurator) => void config.addRoute(item).scan(views);
  const app = new Configurator().include(part, { routePrefix: "/a" })
    .include(part, { routePrefix: "/b" }).makeApp();
  assertEquals([await textOf(app, "/a/1"), await textOf(app, "/b/2")], ["1", "2"]);
});

Deno.test("a callable under two prefixes has exception views of both of its routes", async () => {
  const broken = route("broken", "/broken");
  const part = (config: Configurator): void => {
    const place = crypto.randomUUID();
    config.addRoute(broken, {
      view: () => {
        throw new HttpNotFound(place);
      },
    });
    config.addExceptionView((error) => html`${String(error.detail === place)}`, {
      context: HttpNotFound,
      route: broken,
    });
  };
  const app = new Configurator().include(part, { routePrefix: "/a" })
    .include(part, { routePrefix: "/b" }).makeApp();
  assertEquals([await textOf(app, "/a/broken"), await textOf(app, "/b/broken")], [
    "404 true",
    "404 true",
  ]);
});

Deno.test("what a callable states of the whole app counts once, however often it is included", async () => {
  const told: string[] = [];
  const part = (config: Configurator): void => {
    config.addRoute("x", "/x", { view: (request) => html`${Reflect.get(request, "twice")}` });
    config.addTween(function counting(handler) {
      return (request) => {
        told.push("tween");
        return handler(request);
      };
    });
    config.addViewDeriver(function derived(answer) {
      return (request) => {
        told.push("deriver");
        return answer(request);
      };
    });
    config.addRequestMethod("twice", () => "no", { property: true });
    config.addNotFoundView(() => html`nothing`);
  };
  const app = new Configurator().include(part, { routePrefix: "/a" })
    .include(part, { routePrefix: "/b" }).makeApp();
  for (const path of ["/a/x", "/b/x"]) {
    assertEquals(await textOf(app, path), "no");
    assertEquals(told.splice(0), ["tween", "deriver"]);
  }
  assertEquals(await textOf(app, "/c"), "404 nothing");
});

Deno.test("a callable under two prefixes can include functions that are made anew each time", async () => {
  const part = (config: Configurator): void => {
    config.include((inner) => {
      inner.addRoute("x", "/x", { view: (request) => html`${request.routePath("x")}` });
      inner.addRenderer("own", () => html`own`);
    }, { routePrefix: "/inner" });
  };
  const app = new Configurator().include(part, { routePrefix: "/a" })
    .include(part, { routePrefix: "/b" }).makeApp();
  assertEquals([await textOf(app, "/a/inner/x"), await textOf(app, "/b/inner/x")], [
    "/a/inner/x",
    "/b/inner/x",
  ]);
});

Deno.test("from outside, a route that stands under two prefixes is not to be told by its name or Route", async () => {
  const logger = recordingLogger();
  const app = new Configurator({ logger })
    .include(blog, { routePrefix: "/news" })
    .include(blog, { routePrefix: "/diary" })
    .addRoute("name", "/name", { view: (request) => html`${request.routePath("list")}` })
    .addRoute("route", "/route", { view: (request) => html`${request.routePath(item, { id: 1 })}` })
    .makeApp();
  const rows = [["/name", "list", ""], ["/route", "item", "/:id"]] as const;
  for (const [path, name, pattern] of rows) {
    assertEquals((await ask(app, path)).status, 500);
    const cause = logger.errors.pop()?.cause;
    assert(cause instanceof RouteNotFoundError);
    const [news, diary] = [`/news${pattern}`, `/diary${pattern}`];
    assertEquals(
      cause.message,
      `Cannot find route "${name}": several routes have this name, with the patterns "${news}", "${diary}": use the name only in the include that states the route`,
    );
    assertEquals(cause.candidates, [news, diary]);
  }
});

Deno.test("from outside, a view of a route that stands under two prefixes is refused when the app is made", () => {
  const config = new Configurator().include(blog, { routePrefix: "/news" })
    .include(blog, { routePrefix: "/diary" })
    .addView(() => html`x`, { route: item, requestMethod: "PUT" });
  assertThrows(() => config.makeApp(), ConfigurationError, "several routes have this name");
});

Deno.test("from outside, a route of one include is found by its name and by its Route", async () => {
  const app = new Configurator().include(blog, { routePrefix: "/news" })
    .addRoute("home", "/", {
      view: (request) => html`${request.routePath("list")} ${request.routePath(item, { id: 2 })}`,
    })
    .makeApp();
  assertEquals(await textOf(app, "/"), "/news /news/2");
});

Deno.test("within a part the names of its own routes go before those of the parts around it", async () => {
  const part = (config: Configurator): void => {
    config.addRoute("x", "/x");
    config.addRoute("own", "/own", { view: (request) => html`${request.routePath("x")}` });
  };
  const app = new Configurator()
    .include(part, { routePrefix: "/one" })
    .include(part, { routePrefix: "/two" })
    .makeApp();
  assertEquals(await textOf(app, "/two/own"), "/two/x");
});

Deno.test("two callables that state one route conflict, whatever their prefixes", () => {
  const other = (config: Configurator) => void config.addRoute(item);
  const config = new Configurator().include(blog, { routePrefix: "/news" })
    .include(other, { routePrefix: "/diary" });
  const error = assertThrows(() => config.makeApp(), ConfigurationConflictError);
  assertEquals(error.subject, 'route "item"');
});

Deno.test("include() refuses what is no function, and what is async", () => {
  assertEquals(
    assertThrows(() => new Configurator().include(undefined as never), ConfigurationError).message,
    "Cannot add an include: must be a function, not undefined",
  );
  async function later(config: Configurator): Promise<void> {
    await Promise.resolve();
    config.addRoute("late", "/late");
  }
  assertMatch(
    assertThrows(() => new Configurator().include(later as never), ConfigurationError).message,
    /^Cannot include "later" at \S+\/includes_test\.ts:\d+: it is async, so that its routes and views can come after makeApp\(\): await everything first, and include a function that is not async$/,
  );
});

Deno.test("include() names an async function without a name by the place of the include", () => {
  assertMatch(
    assertThrows(() => new Configurator().include((async () => {}) as never), ConfigurationError)
      .message,
    /^Cannot include the function at \S+\/includes_test\.ts:\d+: it is async/,
  );
});

Deno.test("an async include that fails later does not end the process", () => {
  const failing = () => Promise.reject(new Error("later"));
  assertThrows(() => new Configurator().include(failing as never), ConfigurationError, "is async");
});

Deno.test("include() of a callable that throws throws the same", () => {
  const error = new Error("broken");
  const thrown = assertThrows(() =>
    new Configurator().include(() => {
      throw error;
    })
  );
  assertEquals(thrown, error);
});

Deno.test("a route of another site keeps its pattern under a prefix", () => {
  const app = new Configurator()
    .include((config) => config.addRoute("cdn", "https://cdn.test/:file"), { routePrefix: "/a" })
    .makeApp();
  assertMatch(app.report.routes[0]?.pattern ?? "", /^https:\/\/cdn\.test\/:file$/);
});
