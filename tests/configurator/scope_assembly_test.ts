/**
 * Scoped parts while an app is configured: what they inherit, what conflicts, what is refused, and
 * what the report says of them.
 *
 * @module
 */

import { assertEquals, assertMatch, assertThrows } from "jsr:@std/assert@^1.0.0";
import {
  ApplicationCreated,
  ConfigurationConflictError,
  ConfigurationError,
  Configurator,
  html,
  signedCookieSessionFactory,
  type Tween,
  type ViewRequest,
} from "@pyramidion/pyramidion";
import { TestClient } from "@pyramidion/pyramidion/testing";
import { staticView } from "@pyramidion/pyramidion/static";
import { textOf } from "../ask.ts";
import { SAMPLE_SECRET } from "../sample_app.ts";

const API = { routePrefix: "/api", scoped: true } as const;
const says = (text: string) => () => html`${text}`;

Deno.test("a scoped part inherits what the app states, before and after the include, and states its own over it", async (t) => {
  const rows: Record<
    string,
    [
      app: (config: Configurator) => void,
      part: (config: Configurator) => void,
      inApp: string,
      inPart: string,
    ]
  > = {
    "a renderer, inherited": [
      (config) => config.addRenderer("own", says("app")),
      () => {},
      "app",
      "app",
    ],
    "a renderer, stated": [
      (config) => config.addRenderer("own", says("app")),
      (config) => config.addRenderer("own", says("part")),
      "app",
      "part",
    ],
    "a view predicate, stated": [
      (config) =>
        config.addRenderer("own", says("yes")).addNotFoundView(says("no"))
          .addViewPredicate("open", () => ({ text: "open", holds: () => true })),
      (config) => config.addViewPredicate("open", () => ({ text: "shut", holds: () => false })),
      "yes",
      "404 no",
    ],
    "a deriver, replaced by one of its name": [
      (config) =>
        config.addRenderer("own", says("x"))
          .addViewDeriver(() => () => new Response("app"), { name: "d" }),
      (config) => config.addViewDeriver(() => () => new Response("part"), { name: "d" }),
      "app",
      "part",
    ],
    "a deriver, which stands within that of the app": [
      (config) =>
        config.addRenderer("own", says("x"))
          .addViewDeriver((handler) => async (request) =>
            new Response(`<${await (await handler(request)).text()}>`), { name: "outer" }),
      (config) =>
        config.addViewDeriver(
          (handler) => async (request) =>
            new Response(`(${await (await handler(request)).text()})`),
          { name: "inner" },
        ),
      "<x>",
      "<(x)>",
    ],
  };
  for (const [name, [stateApp, statePart, inApp, inPart]] of Object.entries(rows)) {
    for (const isBefore of [true, false]) {
      await t.step(`${name}, ${isBefore ? "before" : "after"} the include`, async () => {
        const view = (config: Configurator) => {
          config.addRoute("x", "/x");
          const custom = name.startsWith("a view predicate") ? { custom: { open: true } } : {};
          config.addView(() => "x", { routeName: "x", renderer: "own", ...custom });
        };
        const config = new Configurator();
        if (isBefore) stateApp(config);
        config.include((config) => {
          config.include(view);
          statePart(config);
        }, API).include(view);
        if (!isBefore) stateApp(config);
        const app = config.makeApp();
        assertEquals([await textOf(app, "/x"), await textOf(app, "/api/x")], [inApp, inPart]);
      });
    }
  }
});

Deno.test("settings: a part reads its own over those of the app, and its requests do too", async () => {
  const read: unknown[] = [];
  const app = new Configurator({ settings: { name: "app", size: 1 } })
    .addRoute("x", "/x", { view: ({ settings }) => html`${JSON.stringify(settings)}` })
    .include((config) => {
      read.push(config.settings);
      config.addSettings({ name: "part" })
        .addRoute("api x", "/x", { view: ({ settings }) => html`${JSON.stringify(settings)}` });
      read.push(config.settings);
    }, API)
    .addSettings({ late: true })
    .makeApp();
  assertEquals(read, [{ name: "app", size: 1 }, { name: "part", size: 1 }]);
  const settings = await Promise.all(["/x", "/api/x"].map((path) => textOf(app, path)));
  assertEquals(settings.map((text) => JSON.parse(text.replaceAll("&quot;", '"'))), [
    { name: "app", size: 1, late: true },
    { name: "part", size: 1, late: true },
  ]);
});

Deno.test("Configurator.settings is what was stated before, at once, and frozen", () => {
  const config: Configurator = new Configurator({ settings: { a: 1 } });
  const first = config.settings;
  config.addSettings({ b: 2 });
  assertEquals([first, config.settings], [{ a: 1 }, { a: 1, b: 2 }]);
  assertThrows(() => Object.assign(config.settings, { c: 3 }), TypeError);
  config.include((part) => {
    assertEquals(part.settings, { a: 1, b: 2 });
    part.addSettings({ b: 3 });
  });
  assertEquals(config.settings.b, 3);
  config.makeApp();
  assertThrows(() => config.addSettings({ d: 4 }), ConfigurationError, "the app was already made");
});

Deno.test("conflicts are found in each scope", async (t) => {
  const twice = (config: Configurator) => {
    config.include((config) => void config.addNotFoundView(says("a")))
      .include((config) => void config.addNotFoundView(says("b")));
  };
  const once = (config: Configurator) => void config.addNotFoundView(says("c"));
  await t.step("the app and a part do not conflict", async () => {
    const app = new Configurator().include(once).include((config) => {
      config.addNotFoundView(says("part"));
    }, API).makeApp();
    assertEquals(await textOf(app, "/api/x"), "404 part");
  });
  await t.step("two parts do not conflict", async () => {
    const app = new Configurator().include(once, API)
      .include((config) => void config.addNotFoundView(says("d")), {
        routePrefix: "/d",
        scoped: true,
      }).makeApp();
    assertEquals([await textOf(app, "/api/x"), await textOf(app, "/d/x")], ["404 c", "404 d"]);
  });
  await t.step("two statements of one part do, and the message names the part", () => {
    const error = assertThrows(
      () =>
        new Configurator().include(function api(config) {
          twice(config);
        }, API).makeApp(),
      ConfigurationConflictError,
    );
    assertEquals(
      error.subject,
      "exception view of HttpNotFound of the scoped part api (/api)",
    );
  });
  await t.step("the part settles what parts within it state", async () => {
    const app = new Configurator().include((config) => {
      twice(config);
      config.addNotFoundView(says("settled"));
    }, API).makeApp();
    assertEquals(await textOf(app, "/api/x"), "404 settled");
  });
  await t.step("limits of the constructor are those of the app", () => {
    const limits = { maxBytes: 1 };
    new Configurator({ bodyLimits: limits })
      .include((config) => void config.setDefaultBodyLimits(limits), API).makeApp();
    const error = assertThrows(
      () => new Configurator({ bodyLimits: limits }).setDefaultBodyLimits(limits).makeApp(),
      ConfigurationConflictError,
    );
    assertEquals(error.subject, "the default limits for bodies");
  });
  await t.step("what is the app's conflicts across parts: methods of requests", () => {
    const method = (value: number) => (config: Configurator): void => {
      config.addRequestMethod("number", () => value);
    };
    const config = new Configurator().include(method(1), API)
      .include(method(2), { routePrefix: "/b", scoped: true });
    assertThrows(() => config.makeApp(), ConfigurationConflictError, 'request method "number"');
  });
});

Deno.test("a function that two scoped parts include states the same about each", async () => {
  const lost = (config: Configurator) => void config.addNotFoundView(says("lost"));
  const app = new Configurator()
    .include((config) => void config.include(lost), API)
    .include((config) => void config.include(lost), { routePrefix: "/b", scoped: true })
    .makeApp();
  assertEquals([await textOf(app, "/api/x"), await textOf(app, "/b/x")], ["404 lost", "404 lost"]);
});

Deno.test("a function under two prefixes of one scope states what is about the scope once", () => {
  const counted = (config: Configurator) => {
    config.addTween((handler) => handler, { name: "counted" });
  };
  const { report } = new Configurator().include((config) => {
    config.include(counted, { routePrefix: "/a" }).include(counted, { routePrefix: "/b" });
  }, API).makeApp();
  assertEquals(report.scopes[0]?.tweens, ["ingress", "counted", "exceptionViews", "main"]);
});

Deno.test("what a scoped part cannot state is refused, with what to do", async (t) => {
  const tween: Tween = (handler) => handler;
  const site = (config: Configurator) => config.addRoute("home", "/", { view: says("home") });
  const rows: Record<string, [state: () => unknown, message: RegExp]> = {
    "a session factory": [
      () =>
        new Configurator().include(function api(config) {
          config.setSessionFactory(signedCookieSessionFactory(SAMPLE_SECRET));
        }, API),
      /^Cannot set the session factory at \S+scope_assembly_test\.ts:\d+, in the scoped part api \(\/api\): a request has one session, whatever part answers it: call config\.setSessionFactory\(\) outside of the part, or make the part an app of its own with mount\(\)$/,
    ],
    "a view for a route outside of it": [
      () =>
        site(new Configurator()).include(function api(config) {
          config.addView(() => html`x`, { routeName: "home", requestMethod: "POST" });
        }, API).makeApp(),
      /^Cannot add view at \S+: route "home" stands outside of the scoped part api \(\/api\), so that what the part states about its views does not hold for this one: add the route in the part, or the view outside of it$/,
    ],
    "an exception view for a route outside of it": [
      () =>
        site(new Configurator()).include(function api(config) {
          config.addExceptionView(() => html`x`, { routeName: "home" });
        }, API).makeApp(),
      /: route "home" stands outside of the scoped part api \(\/api\), /,
    ],
    "a tween over one of the app": [
      () =>
        new Configurator().addTween(tween, { name: "outer" }).include((config) => {
          config.addTween((handler) => handler, { name: "inner", over: "outer" });
        }, API).makeApp(),
      /^Cannot put tween "inner" of a scoped part over "outer": the tweens of the app stand outside of those of the part: leave out over$/,
    ],
    "a second part of one prefix": [
      () =>
        new Configurator().include(function one() {}, API).include(function two() {}, {
          routePrefix: "api/",
          scoped: true,
        }),
      /^Cannot include two \(\/api\) with scoped: true: the scoped part one \(\/api\) has this prefix, and what is not found below it can be of one part only: include both in a scoped part of this prefix, each without a routePrefix$/,
    ],
    "a function that is scoped and not scoped": [
      () =>
        new Configurator().include(site, { routePrefix: "/a" })
          .include(site, { routePrefix: "/a", scoped: true }),
      /^Cannot include site \(\/a\) both with scoped: true and without: /,
    ],
    "a prefix that is no pattern": [
      () =>
        new Configurator().include(function api() {}, { routePrefix: "/(a", scoped: true })
          .makeApp(),
      /^Cannot add the scoped part api \(\/\(a\): /,
    ],
    "a permission that no policy grants": [
      () =>
        new Configurator().include(function api(config) {
          config.addRoute("x", "/x", { view: () => html`x` }).setDefaultPermission("use");
        }, API).makeApp(),
      /^Cannot grant the default permission: the app has no security policy/,
    ],
    "CSRF options of an app without sessions": [
      () =>
        new Configurator().include((config) => void config.setDefaultCsrfOptions(), API).makeApp(),
      /^Cannot check the requests for CSRF: /,
    ],
  };
  for (const [name, [state, message]] of Object.entries(rows)) {
    await t.step(name, () => {
      assertMatch(assertThrows(state, ConfigurationError).message, message);
    });
  }
});

Deno.test("a tween of a part under one of the app stands under it anyway", () => {
  const outer: Tween = (handler) => handler;
  const { report } = new Configurator().addTween(outer).include((config) => {
    config.addTween((handler) => handler, { name: "a", under: ["outer", outer] })
      .addTween((handler) => handler, { name: "b", under: "a" });
  }, API).makeApp();
  assertEquals(report.scopes[0]?.tweens, ["ingress", "a", "b", "exceptionViews", "main"]);
});

Deno.test("under and over mean the places and tweens of the part itself, if it has them", () => {
  const { report } = new Configurator().addTween((handler) => handler, { name: "mark" })
    .include((config) => {
      config.addTween((handler) => handler, { name: "mark" })
        .addTween((handler) => handler, { name: "late", under: "mark" })
        .addTween((handler) => handler, { name: "inside", under: "exceptionViews" });
    }, API).makeApp();
  assertEquals(report.scopes[0]?.tweens, [
    "ingress",
    "mark",
    "late",
    "exceptionViews",
    "inside",
    "main",
  ]);
});

Deno.test("a scoped part inherits policy, permission and limits of the app, one by one", async () => {
  const app = new Configurator({ bodyLimits: { maxBytes: 3, maxParts: 1 } })
    .setSecurityPolicy({
      identity: () => "ada",
      permits: (_r, _c, permission) => permission === "a",
    })
    .setDefaultPermission("none")
    .include((config) => {
      const read = async (request: ViewRequest) => html`${(await request.bytes()).length}`;
      config.setDefaultBodyLimits({ maxParts: 2 })
        .addRoute("closed", "/closed", { view: says("closed") })
        .addRoute("read", "/read")
        .addView(read, { routeName: "read", requestMethod: "POST", permission: "a" });
    }, API).makeApp();
  assertMatch(await textOf(app, "/api/closed"), /^403 /);
  const send = (body: string) => textOf(app, "/api/read", { method: "POST", body });
  assertEquals(await send("123"), "3");
  assertMatch(await send("1234"), /^413 /);
});

Deno.test("a function that the app includes is not run again for a scoped part with the same prefix", () => {
  let runs = 0;
  const shared = () => void runs++;
  new Configurator().include(shared)
    .include((config) => void config.include(shared), { scoped: true })
    .include((config) => void config.include(shared), API);
  assertEquals(runs, 2);
});

Deno.test("a function that two scoped parts of one prefix include states its routes for each", () => {
  const outside = (config: Configurator) => {
    config.addRoute("elsewhere", "https://elsewhere.test/:page");
  };
  const { report } = new Configurator()
    .include((config) => void config.include(outside), { scoped: true })
    .include((config) => void config.include(outside), { scoped: true })
    .include((config) => void config.include(outside), { scoped: true })
    .makeApp();
  assertEquals(report.routes.length, 3);
});

Deno.test("a scoped part without a prefix of its own leaves the prefix around it to another", () => {
  const { report } = new Configurator()
    .include((config) => void config.include(() => {}, { scoped: true }), { routePrefix: "/api" })
    .include(() => {}, API).makeApp();
  assertEquals(report.scopes.map(({ prefix }) => prefix), [null, "/api"]);
});

Deno.test("the app adds views and exception views to the routes of a scoped part, under its rules", async () => {
  const app = new Configurator()
    .include((config) => {
      config.addRoute("x", "/x", { view: says("x") })
        .setSecurityPolicy({ identity: () => null, permits: () => false })
        .setDefaultPermission("use");
    }, API)
    .addView(says("posted"), { routeName: "x", requestMethod: "POST" })
    .makeApp();
  assertMatch(await textOf(app, "/api/x", { method: "POST" }), /^403 /);
});

Deno.test("ApplicationCreated is told to a subscriber of a scoped part too", () => {
  let told = 0;
  new Configurator().include((config) => {
    config.addSubscriber(ApplicationCreated, () => void told++);
  }, API).makeApp();
  assertEquals(told, 1);
});

Deno.test("App.report names the scoped part of each route, and what the parts state", () => {
  const { report } = new Configurator()
    .addRoute("home", "/", { view: says("home") })
    .include(function api(config) {
      config.addRoute("x", "/x", { view: says("x") })
        .addTween((handler) => handler, { name: "timed" })
        .include((config) => void config.addRoute("y", "/y"), { scoped: true });
    }, API).makeApp();
  assertEquals(report.routes.map(({ name, scope }) => [name, scope]), [
    ["home", undefined],
    ["x", "api (/api)"],
    ["y", "(/api)"],
  ]);
  assertEquals(
    report.scopes.map(({ name, prefix, within, tweens }) => [name, prefix, within, tweens.length]),
    [
      ["api (/api)", "/api", null, 4],
      ["(/api)", null, "api (/api)", 3],
    ],
  );
  assertEquals(new Configurator().makeApp().report.scopes, []);
});

Deno.test("the files of a static view in a scoped part are the part's, and so are those that are missing", async () => {
  const app = new Configurator().include((config) => {
    config.include(staticView("/files", new URL("../", import.meta.url)))
      .addNotFoundView(says("no file"))
      .addTween((handler) => async (request) => {
        const response = await handler(request);
        return new Response(response.body, {
          status: response.status,
          headers: { "x-part": "api" },
        });
      });
  }, API).makeApp();
  const client = new TestClient(app);
  const found = await client.fetch("/api/files/ask.ts");
  assertEquals([found.status, found.headers.get("x-part")], [200, "api"]);
  await found.body?.cancel();
  const missing = await client.fetch("/api/files/missing.txt");
  assertEquals([missing.status, await missing.text(), missing.headers.get("x-part")], [
    404,
    "no file",
    "api",
  ]);
});
