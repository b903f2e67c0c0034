/**
 * `Configurator`: what an app is, and what contradicts itself.
 *
 * @module
 */

import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertMatch,
  assertNotStrictEquals,
  assertThrows,
} from "jsr:@std/assert@^1.0.0";
import {
  App,
  ConfigurationConflictError,
  ConfigurationError,
  Configurator,
  html,
  HttpNotFound,
  route,
  Session,
  type SessionFactory,
  viewConfig,
  type ViewRequest,
} from "@pyramidion/pyramidion";
import { recordingLogger } from "./sample_app.ts";

const home = route("home", "/"), about = route("about", "/about");
const view = () => html`x`;

/** Both places of a conflict: this file, and lines in the order of statement. */
function assertBothPlaces(error: ConfigurationConflictError): void {
  const lines = error.places.map((place) =>
    Number(/\/configurator_test\.ts:(\d+)$/.exec(place)?.[1])
  );
  assertEquals(lines.length, 2);
  const [first = NaN, second = NaN] = lines;
  assert(first < second, `${lines}`);
  assertMatch(
    error.message,
    /twice: first at \S+\/configurator_test\.ts:\d+, again at \S+\/configurator_test\.ts:\d+$/,
  );
}

const emptyFactory: SessionFactory = {
  load: () => new Session(),
  commit: () => ({ do: "nothing" }),
};

Deno.test("Configurator refuses the same thing twice, naming both places, when the app is made", async (t) => {
  class Broken extends Error {}
  const rows: Record<string, [subject: RegExp, say: (config: Configurator) => void]> = {
    "a route's name": [/^route "home"$/, (config) => {
      config.addRoute("home", "/");
      config.addRoute("home", "/other");
    }],
    "one route": [/^route "home"$/, (config) => {
      config.addRoute(home);
      config.addRoute(home);
    }],
    "views that name no method": [
      /^the view of route "home" for the default methods$/,
      (config) => {
        config.addRoute(home).addView(view, { route: home });
        config.addView(() => html`y`, { routeName: "home" });
      },
    ],
    "views of the same methods": [/^the view of route "home" for DELETE PUT$/, (config) => {
      config.addRoute(home).addView(view, { route: home, requestMethod: ["PUT", "DELETE"] });
      config.addView(view, { route: home, requestMethod: ["DELETE", "PUT"] });
    }],
    "an added and a marked view": [/^the view of route "home" for GET HEAD$/, (config) => {
      config.addRoute(home).addView(view, { route: home, requestMethod: "GET" });
      config.scan({ read: viewConfig({ route: home, requestMethod: "GET" }, () => html`y`) });
    }],
    "marked views": [/^the view of route "home"/, (config) => {
      const read = viewConfig({ route: home }, () => html`y`);
      const show = viewConfig({ route: home }, () => html`y`);
      config.addRoute(home).scan({ read, show });
    }],
    "exception views of a class": [/^exception view of Broken/, (config) => {
      config.addExceptionView(view, { context: Broken });
      config.addExceptionView(() => html`y`, { context: Broken });
    }],
    "exception views of every error": [/^exception view of Error/, (config) => {
      config.addExceptionView(view);
      config.addExceptionView(() => html`y`, { context: Error });
    }],
    "session factories": [/^the session factory$/, (config) => {
      config.setSessionFactory(emptyFactory);
      config.setSessionFactory(emptyFactory);
    }],
  };
  for (const [name, [subject, say]] of Object.entries(rows)) {
    await t.step(name, () => {
      const config = new Configurator();
      say(config);
      const error = assertThrows(() => config.makeApp(), ConfigurationConflictError);
      assertMatch(error.subject, subject);
      assert(error.message.includes(error.subject));
      assertBothPlaces(error);
    });
  }
});

Deno.test("Configurator refuses a session factory set twice, the constructor's included", () => {
  const config = new Configurator({ sessionFactory: emptyFactory });
  config.setSessionFactory(emptyFactory);
  assertBothPlaces(assertThrows(() => config.makeApp(), ConfigurationConflictError));
});

Deno.test("a conflict's message names classes as their author does, without numbers of ours", () => {
  const config = new Configurator();
  config.addExceptionView(view, { context: HttpNotFound });
  config.addExceptionView(view, { context: HttpNotFound });
  const { message } = assertThrows(() => config.makeApp(), ConfigurationConflictError);
  assertMatch(message, /^Cannot declare exception view of HttpNotFound twice: /);
});

Deno.test("Configurator tells exception views of two classes with one name apart", async () => {
  const make = () => class Same extends Error {};
  const [One, Other] = [make(), make()];
  const app = new Configurator().addRoute(home)
    .addView(() => {
      throw new Other();
    }, { route: home })
    .addExceptionView(() => html`one`, { context: One })
    .addExceptionView(() => html`other`, { context: Other })
    .makeApp();
  assertEquals(await (await app.fetch(new Request("https://app.test/"))).text(), "other");
});

Deno.test("views of one route and other methods do not conflict", () => {
  new Configurator().addRoute(home)
    .addView(view, { route: home })
    .addView(view, { route: home, requestMethod: "PUT" })
    .addView(view, { route: home, requestMethod: ["PUT", "DELETE"] })
    .addView(view, { route: home, requestMethod: "*" })
    .makeApp();
});

Deno.test("the order of statement matters for routes alone", async () => {
  const app = new Configurator()
    .addExceptionView(() => html`sorry`, { context: HttpNotFound })
    .addView(async (request) => html`${(await request.session).isNew}`, { routeName: "home" })
    .scan({ about: viewConfig({ routeName: "about" }, () => html`x`) })
    .addRoute(home)
    .addRoute(about)
    .setSessionFactory(emptyFactory)
    .makeApp();
  const text = async (path: string) =>
    await (await app.fetch(new Request(`https://app.test${path}`))).text();
  assertEquals(await text("/about"), "x");
  assertEquals((await app.fetch(new Request("https://app.test/"))).status, 200);
  assertEquals(await text("/nothing"), "sorry");
});

Deno.test("Configurator refuses a view of an unknown route, naming the view, its place and the routes", async (t) => {
  function show() {
    return html`x`;
  }
  const rows: Record<string, [view: string, say: (config: Configurator) => void]> = {
    "by name": ["view show", (config) => config.addView(show, { routeName: "hme" })],
    "by Route": ["view show", (config) => config.addView(show, { route: route("hme", "/") })],
    "without a name": ["view", (config) => config.addView(() => html`x`, { routeName: "hme" })],
    "marked": [
      "view read",
      (config) => config.scan({ read: viewConfig({ routeName: "hme" }, () => html`x`) }),
    ],
  };
  for (const [name, [called, say]] of Object.entries(rows)) {
    await t.step(name, () => {
      const config = new Configurator().addRoute(home).addRoute(about);
      say(config);
      const error = assertThrows(() => config.makeApp(), ConfigurationError);
      assertMatch(
        error.message,
        new RegExp(
          `^Cannot add ${called} at \\S+/configurator_test\\.ts:\\d+: .*"hme".*"home", "about"`,
        ),
      );
    });
  }
});

Deno.test("Configurator refuses a view of an unknown route where there are no routes", () => {
  const config = new Configurator().addView(view, { routeName: "home" });
  const { message, cause } = assertThrows(() => config.makeApp(), ConfigurationError);
  // Deno prints causes, and the message has it all.
  assertEquals(cause, undefined);
  assertMatch(
    message,
    /^Cannot add view at \S+\/configurator_test\.ts:\d+: .*"home".*no routes: call config\.addRoute\("home", pattern\)$/,
  );
});

Deno.test("Configurator refuses a view of another Route with the name of one that was added", () => {
  const config = new Configurator().addRoute(route("user", "/users/:id"))
    .addView((request) => html`${request.matchdict.name}`, { route: route("user", "/u/:name") });
  assertThrows(() => config.makeApp(), ConfigurationError, '"user"');
});

Deno.test("Configurator takes a view of the Route that was added, and of its name", async () => {
  const app = new Configurator().addRoute(home)
    .addView(() => html`get`, { route: home, requestMethod: "GET" })
    .addView(() => html`put`, { routeName: "home", requestMethod: "PUT" })
    .makeApp();
  const put = await app.fetch(new Request("https://app.test/", { method: "PUT" }));
  assertEquals(await put.text(), "put");
});

Deno.test("Configurator.addView() refuses both and neither of route and routeName, at once", () => {
  const message =
    /^Cannot add view at \S+\/configurator_test\.ts:\d+: it needs exactly one route: give either route or routeName$/;
  for (const options of [{}, { route: home, routeName: "home" }]) {
    const error = assertThrows(() => new Configurator().addView(view, options), ConfigurationError);
    assertMatch(error.message, message);
  }
});

Deno.test("Configurator.addView() refuses a wrong requestMethod at once", () => {
  assertThrows(
    () => new Configurator().addView(view, { route: home, requestMethod: "get" }),
    ConfigurationError,
    'write "GET"',
  );
});

Deno.test("Configurator.scan() refuses a namespace without a mark", async (t) => {
  const rows: Record<string, object> = {
    "empty": {},
    "views without marks": { view, Pages: class {} },
    "marks one level too deep": { views: { read: viewConfig({ route: home }, () => html`x`) } },
    "a module": await import("./random.ts"),
  };
  for (const [name, namespace] of Object.entries(rows)) {
    await t.step(name, () => {
      assertThrows(
        () => new Configurator().scan(namespace),
        ConfigurationError,
        "Cannot scan the namespace: it has no marked view",
      );
    });
  }
});

Deno.test("Configurator.scan() adds no routes", () => {
  const config = new Configurator().scan({ read: viewConfig({ route: home }, () => html`x`) });
  assertThrows(() => config.makeApp(), ConfigurationError, '"home": no route has this name');
});

Deno.test("Configurator.scan() of a mark without a route is refused at the place of the mark", () => {
  const read = viewConfig({}, () => html`x`);
  assertThrows(
    () => new Configurator().scan({ read }),
    ConfigurationError,
    "configurator_test.ts",
  );
});

Deno.test("a function with two marks answers for both", async () => {
  const both = (request: ViewRequest) => html`${request.matchedRoute?.name}`;
  viewConfig({ route: home }, both);
  viewConfig({ route: about }, both);
  const app = new Configurator().addRoute(home).addRoute(about).scan({ both }).makeApp();
  assertEquals(await (await app.fetch(new Request("https://app.test/about"))).text(), "about");
});

Deno.test("a function with the same mark twice is a conflict of both places", () => {
  const twice = () => html`x`;
  viewConfig({ route: home }, twice);
  viewConfig({ route: home }, twice);
  const config = new Configurator().addRoute(home).scan({ twice });
  assertBothPlaces(assertThrows(() => config.makeApp(), ConfigurationConflictError));
});

Deno.test("Configurator refuses a route that an earlier one leaves nothing for, naming both places", async (t) => {
  const rows: Record<string, [by: string, lost: string]> = {
    "other names of groups": ["/users/:id", "/users/:name"],
    "a literal behind a group": ["/users/:id", "/users/new"],
    "anything": ["/*", "/a/b"],
  };
  for (const [name, [by, lost]] of Object.entries(rows)) {
    await t.step(name, () => {
      const config = new Configurator();
      config.addRoute("by", by);
      config.addRoute("lost", lost);
      const { message } = assertThrows(() => config.makeApp(), ConfigurationError);
      assertEquals(
        message.replaceAll(/file:\S+\/(configurator_test\.ts):\d+/g, "$1:n"),
        `Cannot reach route "lost" (${lost}) added at configurator_test.ts:n: ` +
          `route "by" (${by}) added before it at configurator_test.ts:n matches all of its paths: add the narrower pattern first, or remove one of the two`,
      );
      const [first, second] = [...message.matchAll(/_test\.ts:(\d+)/g)].map(([, line]) => line);
      assertEquals(Number(first) - Number(second), 1);
    });
  }
});

Deno.test("Configurator.addRoute() refuses a pattern that is none at once", () => {
  for (const pattern of ["", "users", "/users/{id}", "/:"]) {
    assertThrows(() => new Configurator().addRoute("x", pattern), ConfigurationError);
  }
  assertThrows(() => new Configurator().addRoute("", "/x"), ConfigurationError);
});

Deno.test("Configurator has two phases: whatever is declared after makeApp() is refused", async (t) => {
  const rows: Record<string, (config: Configurator) => unknown> = {
    'route "late"': (config) => config.addRoute("late", "/late"),
    'the view of route "home"': (config) => config.addView(view, { route: home }),
    "a marked view": (config) => config.scan({ a: viewConfig({ route: home }, () => html`x`) }),
    "exception view of Error": (config) => config.addExceptionView(view),
    "the session factory": (config) => config.setSessionFactory(emptyFactory),
  };
  for (const [name, say] of Object.entries(rows)) {
    await t.step(name, () => {
      const config = new Configurator().addRoute(home).addView(view, {
        route: home,
        requestMethod: "PUT",
      });
      const app = config.makeApp();
      const { message } = assertThrows(() => say(config), ConfigurationError);
      assertMatch(
        message,
        /_test\.ts:\d+: the app was already made: write this call before makeApp\(\)$/,
      );
      assertInstanceOf(app, App);
    });
  }
});

Deno.test("Configurator does nothing before makeApp(), and declarations chain", () => {
  const config = new Configurator();
  assertEquals(
    config.addRoute(home).addView(view, { route: home }).addExceptionView(view)
      .setSessionFactory(emptyFactory).scan({ a: viewConfig({ route: about }, () => html`x`) }),
    config,
  );
});

Deno.test("Configurator.makeApp() can be called again for another app of the same plan", async () => {
  const config = new Configurator().addRoute(home).addView(view, { route: home });
  const [one, other] = [config.makeApp(), config.makeApp()];
  assertNotStrictEquals(one, other);
  for (const app of [one, other]) {
    assertEquals(await (await app.fetch(new Request("https://app.test/"))).text(), "x");
  }
});

Deno.test("two Configurators make two apps, also of the same marked views", async () => {
  const read = viewConfig({ route: home }, (request) => html`${request.url.host}`);
  const apps = [1, 2].map(() => new Configurator().addRoute(home).scan({ read }).makeApp());
  for (const app of apps) {
    assertEquals(await (await app.fetch(new Request("https://a.test/"))).text(), "a.test");
  }
});

Deno.test("an app without anything answers 404", async () => {
  const app = new Configurator({ logger: recordingLogger() }).makeApp();
  assertEquals((await app.fetch(new Request("https://app.test/"))).status, 404);
});

Deno.test("Configurator refuses a wrong publicOrigin and wrong trustedHops at once", () => {
  assertThrows(() => new Configurator({ publicOrigin: "app.test" }), ConfigurationError);
  assertThrows(() => new Configurator({ trustedHops: -1 }), ConfigurationError);
  assertThrows(() => new Configurator({ trusted: { hops: 1, headers: [] } }), ConfigurationError);
});

Deno.test("Configurator's publicOrigin is that of its requests, URLs and cookies", async () => {
  const app = new Configurator({ publicOrigin: "https://app.test" }).addRoute(home)
    .addView((request) => html`${request.url.href} ${request.routeUrl(home)}`, { route: home })
    .makeApp();
  const response = await app.fetch(new Request("http://10.0.0.1:8000/?a=1"));
  assertEquals(await response.text(), "https://app.test/?a=1 https://app.test/");
});
