/**
 * Scoped parts: what a part states holds for its routes, for what is not found below its prefix, and
 * for nothing else.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import {
  type App,
  Configurator,
  html,
  HttpError,
  HttpForbidden,
  HttpNotFound,
  json,
  mount,
  NewRequest,
  NewResponse,
  type Tween,
  type ViewRequest,
} from "@pyramidion/pyramidion";
import { ask, textOf } from "../ask.ts";
import { recordingLogger } from "../sample_app.ts";

/** A tween that adds a mark to every answer, and to what is thrown. */
const marking = (mark: string): Tween => (handler) => async (request) => {
  const response = await handler(request);
  return new Response(`${await response.text()}${mark}`, response);
};

/** Views that answer, throw, return an error, and read too much. */
function pages(config: Configurator): void {
  config.addRoute("page", "/page", { view: () => html`page` })
    .addRoute("throws", "/throws", {
      view: () => {
        throw new RangeError("broken");
      },
    })
    .addRoute("lost", "/lost", {
      view: () => {
        throw new HttpNotFound();
      },
    })
    .addRoute("closed", "/closed", { view: () => new HttpForbidden() })
    .addRoute("read", "/read", {
      requestMethod: "POST",
      view: async (request) => html`${(await request.bytes()).length}`,
    });
}

/** What is asked of each app below, and how a row of the table calls it. */
const REQUESTS: Readonly<Record<string, [method: string, path: string]>> = {
  "the app's page": ["GET", "/page"],
  "the app throws": ["GET", "/throws"],
  "the app's 404": ["GET", "/nowhere"],
  "a neighbour of the prefix": ["GET", "/apix"],
  "the part's page": ["GET", "/api/page"],
  "the part throws": ["GET", "/api/throws"],
  "the part's view is not found": ["GET", "/api/lost"],
  "the part returns a 403": ["GET", "/api/closed"],
  "the part's 405": ["POST", "/api/page"],
  "the part's 404": ["GET", "/api/nowhere"],
  "the prefix": ["GET", "/api"],
  "the prefix with a slash": ["GET", "/api/"],
  "a path in other letters": ["GET", "/API/nowhere"],
  "a 405 of the app's route below the prefix": ["POST", "/api/of/app"],
  "the app's route below the prefix": ["GET", "/api/of/app"],
};

/** Of each request: what is answered as by the app, and what otherwise. */
type Answers = Readonly<Partial<Record<keyof typeof REQUESTS, string>>>;

function appWith(state: (config: Configurator) => void, scoped = true): App {
  const api = (config: Configurator) => {
    config.include(pages);
    state(config);
  };
  const site = (config: Configurator) => void config.include(pages);
  return new Configurator({ logger: recordingLogger() })
    .include(api, { routePrefix: "/api", scoped })
    .include(site, { routePrefix: "" })
    .addRoute("below", "/api/of/:what", { view: () => html`below` })
    .makeApp();
}

async function answersOf(app: App): Promise<Record<string, string>> {
  const answers: Record<string, string> = {};
  for (const [name, [method, path]] of Object.entries(REQUESTS)) {
    const response = await ask(app, path, { method });
    answers[name] = `${response.status} ${(await response.text()).split("\n")[0]}`;
  }
  return answers;
}

/** Every request that the part answers, each with the same change. */
function inPart(change: (answer: string) => string, plain: Answers): Answers {
  const whose = /^(?:the part|the prefix|a 405 of)/;
  return Object.fromEntries(
    Object.entries(plain).filter(([name]) => whose.test(name))
      .map(([name, answer]) => [name, change(answer ?? "")]),
  );
}

Deno.test("what a scoped part states holds for its routes and below its prefix, and nowhere else", async (t) => {
  const plain = await answersOf(appWith(() => {}));
  const rows: Record<string, [state: (config: Configurator) => void, changed: Answers]> = {
    "nothing": [() => {}, {}],
    "a tween": [
      (config) => config.addTween(marking("!"), { name: "mark" }),
      inPart((answer) => `${answer}!`, {
        ...plain,
        "the part's 405": "405 405 Method Not Allowed",
      }),
    ],
    "a not-found view": [(config) => config.addNotFoundView(() => html`no such thing`), {
      "the part's view is not found": "404 no such thing",
      "the part's 404": "404 no such thing",
      "the prefix": "404 no such thing",
      "the prefix with a slash": "404 no such thing",
    }],
    "a forbidden view": [(config) => config.addForbiddenView(() => html`keep out`), {
      "the part returns a 403": "403 keep out",
    }],
    "an exception view": [(config) => config.addExceptionView(() => html`sorry`), {
      "the part throws": "500 sorry",
    }],
    "an exception view of all HTTP errors": [
      (config) => config.addExceptionView((error) => html`${error.status}`, { context: HttpError }),
      {
        "the part's view is not found": "404 404",
        "the part returns a 403": "403 403",
        "the part's 405": "405 405",
        "the part's 404": "404 404",
        "the prefix": "404 404",
        "the prefix with a slash": "404 404",
        "a 405 of the app's route below the prefix": "405 405",
      },
    ],
    "a view deriver": [
      (config) =>
        config.addViewDeriver((handler) => async (request) => {
          const response = await handler(request);
          return new Response(`<${await response.text()}>`, response);
        }, { name: "brackets" }),
      { "the part's page": "200 <page>", "the part returns a 403": "403 <403 Forbidden" },
    ],
    "a default permission": [
      (config) =>
        config.setSecurityPolicy({ identity: () => null, permits: () => false })
          .setDefaultPermission("use"),
      Object.fromEntries(
        ["the part's page", "the part throws", "the part's view is not found"]
          .concat("the part returns a 403")
          .map((name) => [name, "403 403 Forbidden"]),
      ),
    ],
  };
  for (const [name, [state, changed]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const app = appWith(state);
      const got = await answersOf(app);
      if (name === "a tween") {
        // The pages of errors have several lines, the mark stands on the last.
        for (const [request, answer] of Object.entries(got)) {
          const [method, path] = REQUESTS[request]!;
          const text = await (await ask(app, path, { method })).text();
          assertEquals(text.endsWith("!"), request in changed, `${request}: ${answer}`);
        }
        return;
      }
      assertEquals(got, { ...plain, ...changed });
    });
  }
});

Deno.test("a part that is not scoped states the same about the whole app", async () => {
  const app = appWith((config) => config.addNotFoundView(() => html`no such thing`), false);
  const answers = await answersOf(app);
  assertEquals(answers["the app's 404"], "404 no such thing");
  assertEquals(answers["the part's 404"], "404 no such thing");
});

Deno.test("the limits of a scoped part hold for the bodies of its routes", async () => {
  const app = appWith((config) =>
    config.setDefaultBodyLimits({ maxBytes: 3 })
      .addExceptionView((error) => html`${error.status} of the part`, { context: HttpError })
  );
  const send = (path: string) => textOf(app, path, { method: "POST", body: "1234" });
  assertEquals([await send("/read"), await send("/api/read")], ["4", "413 413 of the part"]);
});

Deno.test("an exception view of a scoped part reads a body by the limits of the part", async () => {
  const app = new Configurator({ logger: recordingLogger() })
    .include((config) =>
      config.setDefaultBodyLimits({ maxBytes: 3 })
        .addNotFoundView(async (_error, request) => html`${(await request.bytes()).length}`), {
      routePrefix: "/api",
      scoped: true,
    })
    .addNotFoundView(async (_error, request) => html`${(await request.bytes()).length} of the app`)
    .makeApp();
  const send = async (path: string) =>
    (await ask(app, path, { method: "POST", body: "1234" })).status;
  assertEquals([await send("/x"), await send("/api/x")], [404, 413]);
});

/** A part that answers by its name, in all that it states. */
function named(name: string, inner?: (config: Configurator) => void) {
  return (config: Configurator): void => {
    config.addRoute(`${name} page`, "/page", { view: () => html`${name}` })
      .addRoute(`${name} throws`, "/throws", {
        view: () => {
          throw new RangeError(name);
        },
      })
      .addNotFoundView(() => html`404 of ${name}`)
      .addTween(marking(`|${name}`), { name: "mark" });
    inner?.(config);
  };
}

Deno.test("scopes nest, in parts that are scoped and parts that are not", async (t) => {
  const scope = (prefix: string) => ({ routePrefix: prefix, scoped: true });
  const rows: Record<string, [app: Configurator, answers: Record<string, string>]> = {
    "scoped in scoped": [
      new Configurator().include(
        named("a", (config) => void config.include(named("b"), scope("/b"))),
        scope("/a"),
      ),
      {
        "/x": "404 404 Not Found",
        "/a/page": "a|a",
        "/a/x": "404 404 of a|a",
        "/a/b/page": "b|b|a",
        "/a/b/x": "404 404 of b|b|a",
        "/a/bx": "404 404 of a|a",
      },
    ],
    "scoped in a part that is not": [
      new Configurator().include(
        (config) => {
          config.addRoute("outer", "/page", { view: () => html`outer` })
            .include(named("b"), scope("/b"));
        },
        { routePrefix: "/a" },
      ),
      {
        "/a/page": "outer",
        "/a/x": "404 404 Not Found",
        "/a/b/page": "b|b",
        "/a/b/x": "404 404 of b|b",
      },
    ],
    "a part that is not in a scoped one": [
      new Configurator().include(
        (config) => void config.include(named("b"), { routePrefix: "/b" }),
        scope("/a"),
      ),
      {
        "/x": "404 404 Not Found",
        "/a/b/page": "b|b",
        "/a/b/x": "404 404 of b|b",
        "/a/x": "404 404 of b|b",
      },
    ],
    "a neighbour whose prefix is longer": [
      new Configurator().include(named("a"), scope("/a")).include(named("c"), scope("/a/c")),
      { "/a/x": "404 404 of a|a", "/a/c/x": "404 404 of c|c", "/a/c/page": "c|c" },
    ],
    "without a prefix: its routes only": [
      new Configurator().include(named("a"), { scoped: true }),
      { "/page": "a|a", "/x": "404 404 Not Found" },
    ],
    "without a prefix in a scoped part: not found is the outer part's": [
      new Configurator().include(
        named("a", (config) =>
          void config.include((config) => {
            config.addRoute("in", "/in", { view: () => html`in` })
              .addNotFoundView(() => html`never`)
              .addTween(marking("|b"), { name: "mark" });
          }, { scoped: true })),
        scope("/a"),
      ),
      { "/a/in": "in|b|a", "/a/x": "404 404 of a|a" },
    ],
    "a prefix that captures": [
      new Configurator().include(named("a"), scope("/:lang/a")),
      {
        "/de/a/page": "a|a",
        "/de/a/x": "404 404 of a|a",
        "/de/a": "404 404 of a|a",
        "/de/b/x": "404 404 Not Found",
      },
    ],
    "a literal prefix before one that captures": [
      new Configurator()
        .include((config) => void config.addNotFoundView(() => html`404 of a`), scope("/:lang"))
        .include(named("b"), scope("/b")),
      { "/a/x": "404 404 of a", "/b/x": "404 404 of b|b" },
    ],
    "a prefix with a slash at its end": [
      new Configurator().include(named("a"), scope("/a/")),
      { "/a": "404 404 of a|a", "/a/x": "404 404 of a|a", "/ax": "404 404 Not Found" },
    ],
    "a prefix that is percent-encoded": [
      new Configurator().include(named("a"), scope("/caf%C3%A9")),
      { "/café/x": "404 404 of a|a", "/caf%C3%A9/page": "a|a", "/cafe/x": "404 404 Not Found" },
    ],
    "a prefix in letters that URLs encode": [
      new Configurator().include(named("a"), scope("/café")),
      { "/café/x": "404 404 of a|a", "/caf%c3%a9/x": "404 404 Not Found" },
    ],
    "a path that leaves the prefix, and one that comes back": [
      new Configurator().include(named("a"), scope("/a")),
      {
        "/a/../x": "404 404 Not Found",
        "/x/../a/y": "404 404 of a|a",
        "//a/x": "404 404 Not Found",
      },
    ],
  };
  for (const [name, [config, answers]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const app = config.makeApp();
      for (const [path, answer] of Object.entries(answers)) {
        // The app's own page of a 404 has several lines.
        const got = (await textOf(app, path)).replace(/ 404 Not Found\n[^|]*/, " 404 Not Found");
        assertEquals(got, answer, path);
      }
    });
  }
});

Deno.test("one function that is scoped twice has two scopes, each with all that it states", async () => {
  const api = named("api");
  const app = new Configurator()
    .include(api, { routePrefix: "/v1", scoped: true })
    .include(api, { routePrefix: "/v2", scoped: true })
    .makeApp();
  for (const prefix of ["/v1", "/v2"]) {
    assertEquals(await textOf(app, `${prefix}/page`), "api|api");
    assertEquals(await textOf(app, `${prefix}/x`), "404 404 of api|api");
  }
  assertEquals(app.report.scopes.map(({ prefix }) => prefix), ["/v1", "/v2"]);
});

Deno.test("errors of a part go to its exception views, then to those of the parts around it, whatever their classes", async (t) => {
  const boom = (config: Configurator) =>
    config.addRoute("boom", "/boom", {
      view: () => {
        throw new RangeError("boom");
      },
    });
  const rows: Record<
    string,
    [app: (config: Configurator) => void, part: (config: Configurator) => void, string]
  > = {
    "the part's view of a wider class goes before the app's of a nearer": [
      (config) => config.addExceptionView(() => html`app`, { context: RangeError }),
      (config) => config.addExceptionView(() => html`part`),
      "500 part",
    ],
    "the app's, if the part has none that fits": [
      (config) => config.addExceptionView(() => html`app`),
      (config) => config.addExceptionView(() => html`part`, { context: TypeError }),
      "500 app",
    ],
    "the app's, if the predicates of the part's do not hold": [
      (config) => config.addExceptionView(() => html`app`),
      (config) => config.addExceptionView(() => html`part`, { requestParam: "never" }),
      "500 app",
    ],
    "a view of the route goes before both": [
      (config) => config.addExceptionView(() => html`of the route`, { routeName: "boom" }),
      (config) => config.addExceptionView(() => html`part`),
      "500 of the route",
    ],
  };
  for (const [name, [state, statePart, answer]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const config = new Configurator({ logger: recordingLogger() });
      state(config);
      config.include((config) => {
        boom(config);
        statePart(config);
      }, { routePrefix: "/api", scoped: true });
      assertEquals(await textOf(config.makeApp(), "/api/boom"), answer);
    });
  }
});

Deno.test("a route predicate, a factory and a tween of a part that throw are answered by the part", async (t) => {
  const thrown = (): never => {
    throw new HttpForbidden("no");
  };
  const rows: Record<string, (config: Configurator) => void> = {
    "a route predicate": (config) =>
      config.addRoutePredicate("never", () => ({ text: "never", holds: thrown }))
        .addRoute("x", "/x", { custom: { never: true }, view: () => html`x` }),
    "a factory": (config) => config.addRoute("x", "/x", { factory: thrown, view: () => html`x` }),
    "a view predicate": (config) =>
      config.addRoute("x", "/x")
        .addViewPredicate("never", () => ({ text: "never", holds: thrown }))
        .addView(() => html`x`, { routeName: "x", custom: { never: true } }),
    "a tween over the exception views": (config) =>
      config.addRoute("x", "/x", { view: () => html`x` }).addTween(() => thrown),
    "a tween under the exception views": (config) =>
      config.addRoute("x", "/x", { view: () => html`x` })
        .addTween(() => thrown, { under: "exceptionViews" }),
    "a subscriber": (config) =>
      config.addRoute("x", "/x", { view: () => html`x` }).addSubscriber(NewRequest, thrown),
  };
  for (const [name, state] of Object.entries(rows)) {
    await t.step(name, async () => {
      const app = new Configurator().include((config) => {
        state(config);
        config.addForbiddenView(() => html`by the part`);
      }, { routePrefix: "/api", scoped: true }).makeApp();
      assertEquals(await textOf(app, "/api/x"), "403 by the part");
    });
  }
});

Deno.test("a tween of the app under its exception views sees the errors of a part thrown", async () => {
  const seen: string[] = [];
  const transaction: Tween = (handler) => async (request) => {
    try {
      const response = await handler(request);
      seen.push("commit");
      return response;
    } catch (error) {
      seen.push("roll back");
      throw error;
    }
  };
  const app = new Configurator({ logger: recordingLogger() })
    .addTween(transaction, { under: "exceptionViews" })
    .include((config) => {
      config.include(pages);
      config.addExceptionView(() => html`sorry`)
        .include(pages, { routePrefix: "/deep", scoped: true });
    }, { routePrefix: "/api", scoped: true })
    .makeApp();
  for (const path of ["/api/page", "/api/throws", "/api/closed", "/api/deep/throws", "/api/x"]) {
    await ask(app, path);
  }
  assertEquals(await textOf(app, "/api/deep/throws"), "500 sorry");
  assertEquals(seen.slice(0, 5), ["commit", "roll back", "commit", "roll back", "roll back"]);
});

Deno.test("a tween of a part is made once, for the part and for the parts within it", async () => {
  let made = 0;
  const counted: Tween = (handler) => {
    made++;
    return handler;
  };
  const app = new Configurator().include((config) => {
    config.addTween(counted).include(pages, { routePrefix: "/b", scoped: true })
      .include(named("c"), { routePrefix: "/c", scoped: true });
  }, { routePrefix: "/a", scoped: true }).makeApp();
  assertEquals([await textOf(app, "/a/b/page"), await textOf(app, "/a/c/page")], ["page", "c|c"]);
  assertEquals(made, 1);
});

Deno.test("a tween of a part can ask twice, and must hand on its request", async () => {
  const twice: Tween = (handler) => async (request) => {
    await handler(request);
    return await handler(request);
  };
  let other: ViewRequest | undefined;
  const app = new Configurator({ logger: recordingLogger() })
    .addRoute("other", "/other", {
      view: (request) => {
        other = request;
        return html`other`;
      },
    })
    .include((config) => {
      config.include(pages).addTween(twice);
    }, { routePrefix: "/api", scoped: true })
    .include((config) => {
      config.addRoute("wrong", "/wrong", { view: () => html`wrong` })
        .addTween((handler) => () => handler(other!), { name: "wrong" });
    }, { scoped: true })
    .makeApp();
  assertEquals(await textOf(app, "/api/page"), "page");
  await ask(app, "/other");
  assertEquals((await ask(app, "/wrong")).status, 500);
});

Deno.test("subscribers of a part are told of its requests, those of the app of all", async () => {
  const told: string[] = [];
  const telling = (whose: string) => (config: Configurator): void => {
    config.addSubscriber(NewRequest, ({ request }) => {
      told.push(`${whose}: ${request.url.pathname} ${request.matchedRoute?.name}`);
    }).addSubscriber(NewResponse, ({ response }) => void told.push(`${whose}: ${response.status}`));
  };
  const app = new Configurator()
    .include(telling("app"))
    .include(pages)
    .include((config) => {
      telling("part")(config);
      config.include(pages);
    }, { routePrefix: "/api", scoped: true })
    .makeApp();
  await ask(app, "/page");
  await ask(app, "/api/page");
  await ask(app, "/api/x");
  assertEquals(told, [
    "app: /page undefined",
    "app: 200",
    "app: /api/page undefined",
    "part: /api/page page",
    "app: 200",
    "part: 200",
    "app: /api/x undefined",
    "part: /api/x undefined",
    "app: 404",
    "part: 404",
  ]);
});

Deno.test("a security policy of a part names its visitors, and tweens of the app see both", async () => {
  const seen: unknown[] = [];
  const policy = (name: string) => ({
    identity: () => name,
    permits: () => name === "token",
  });
  const app = new Configurator()
    .setSecurityPolicy(policy("cookie"))
    .addTween((handler) => async (request) => {
      const before = await request.identity;
      const response = await handler(request);
      seen.push([before, await request.identity]);
      return response;
    })
    .addRoute("me", "/me", { view: async (request) => json(await request.identity) })
    .include((config) => {
      config.setSecurityPolicy(policy("token")).addRoute("api me", "/me", {
        view: async (request) => json([await request.identity, await request.hasPermission("x")]),
      });
    }, { routePrefix: "/api", scoped: true })
    .makeApp();
  assertEquals([await textOf(app, "/me"), await textOf(app, "/api/me")], [
    '"cookie"',
    '["token",true]',
  ]);
  assertEquals(seen, [["cookie", "cookie"], ["cookie", "token"]]);
});

Deno.test("App.explain() names the scoped part whose rules hold", async (t) => {
  const app = appWith(() => {});
  const rows: Record<keyof typeof REQUESTS, string | null> = {
    "the app's page": null,
    "the app's 404": null,
    "the app's route below the prefix": null,
    "a neighbour of the prefix": null,
    "the part's page": "api (/api)",
    "the part's 405": "api (/api)",
    "the part's 404": "api (/api)",
    "the prefix": "api (/api)",
    "a 405 of the app's route below the prefix": "api (/api)",
  };
  for (const [name, scope] of Object.entries(rows)) {
    await t.step(name, async () => {
      const [method, path] = REQUESTS[name]!;
      const request = new Request(`https://app.test${path}`, { method });
      assertEquals((await app.explain(request)).scope, scope);
    });
  }
});

Deno.test("a scoped part of a mounted app is found without the path of the mount", async () => {
  const app = new Configurator().include(named("a"), { routePrefix: "/a", scoped: true })
    .makeApp();
  const shop = mount("/shop", app);
  const text = async (path: string) =>
    await (await shop.fetch(new Request(`https://app.test${path}`))).text();
  assertEquals([await text("/shop/a/page"), await text("/shop/a/x")], ["a|a", "404 of a|a"]);
});

Deno.test("a not-found view of a scoped part appends the slash below its prefix", async () => {
  const app = new Configurator()
    .addRoute("outside", "/outside/", { view: () => html`outside` })
    .include((config) => {
      config.addRoute("home", "/", { view: () => html`home` })
        .addNotFoundView(() => html`lost`, { appendSlash: true });
    }, { routePrefix: "/api", scoped: true })
    .makeApp();
  const answer = async (path: string) => {
    const { status, headers } = await ask(app, path);
    return [status, headers.get("location")];
  };
  assertEquals(await answer("/api"), [307, "/api/"]);
  assertEquals(await answer("/outside"), [404, null]);
});

Deno.test("a path that cannot be read is answered by the app, also below a prefix", async () => {
  const app = new Configurator().include((config) => {
    config.addExceptionView(() => html`part`, { context: HttpError });
  }, { routePrefix: "/api", scoped: true })
    .addExceptionView(() => html`app`, { context: HttpError }).makeApp();
  assertEquals(await textOf(app, "/api/%ff"), "400 app");
});

Deno.test("a 405 of routes that are passed over is answered by the part around all of them", async (t) => {
  const only = (name: string, requestMethod: "GET" | "PUT") => (config: Configurator): void => {
    config.addRoute(name, "/x", { requestMethod, view: () => html`${name}` })
      .addExceptionView(() => html`${name}`, { context: HttpError });
  };
  await t.step("of one part", async () => {
    const app = new Configurator().include(only("get", "GET"), { scoped: true }).makeApp();
    assertEquals(await textOf(app, "/x", { method: "DELETE" }), "405 get");
  });
  await t.step("of two parts", async () => {
    const app = new Configurator()
      .addExceptionView(() => html`app`, { context: HttpError })
      .include(only("get", "GET"), { scoped: true })
      .include(only("put", "PUT"), { scoped: true }).makeApp();
    const response = await ask(app, "/x", { method: "DELETE" });
    assertEquals([await response.text(), response.headers.get("allow")], ["app", "GET, HEAD, PUT"]);
  });
});

Deno.test("a 405 of a part without a prefix is its own, also below the prefix of another part", async () => {
  const app = new Configurator()
    .include((config) => {
      config.addRoute("of one", "/a/b/x", { view: () => html`one` })
        .addExceptionView(() => html`one`, { context: HttpError });
    }, { scoped: true })
    .include((config) => {
      config.include((config) => {
        config.addExceptionView(() => html`two`, { context: HttpError });
      }, { routePrefix: "/b", scoped: true });
    }, { routePrefix: "/a", scoped: true })
    .makeApp();
  assertEquals(await textOf(app, "/a/b/x", { method: "POST" }), "405 one");
  assertEquals(await textOf(app, "/a/b/y"), "404 two");
});

Deno.test("the answer to a 405 reads a body by the limits of the route in its part, else by those of the part", async () => {
  const bodyLimits = { maxBytes: 10 };
  const view = () => html`never`;
  const app = new Configurator({ logger: recordingLogger() })
    .include((config) => {
      config.setDefaultBodyLimits({ maxBytes: 3 })
        .addRoute("own", "/own", { view, bodyLimits })
        .addExceptionView(async (_error, request) => html`${(await request.bytes()).length}`, {
          context: HttpError,
        });
    }, { routePrefix: "/api", scoped: true })
    .addRoute("of app", "/api/of/app", { view, bodyLimits })
    .makeApp();
  const send = async (path: string) =>
    (await ask(app, path, { method: "POST", body: "12345" })).status;
  assertEquals([await send("/api/own"), await send("/api/of/app")], [405, 413]);
});

Deno.test("a tween of a part under its exception views sees the errors of a part within it thrown", async () => {
  const seen: string[] = [];
  const app = new Configurator({ logger: recordingLogger() }).include((config) => {
    config.addTween((handler) => async (request) => {
      try {
        return await handler(request);
      } catch (error) {
        seen.push(error instanceof Response ? "a response" : "an error");
        throw error;
      }
    }, { under: "exceptionViews" })
      .include(pages, { routePrefix: "/inner", scoped: true });
  }, { routePrefix: "/outer", scoped: true }).makeApp();
  assertEquals((await ask(app, "/outer/inner/throws")).status, 500);
  assertEquals(seen, ["a response"]);
});

Deno.test("subscribers of a part are told of the requests of the parts within it", async () => {
  const told: string[] = [];
  const app = new Configurator().include((config) => {
    config.addSubscriber(NewRequest, () => void told.push("request"))
      .addSubscriber(NewResponse, () => void told.push("response"))
      .include(pages, { routePrefix: "/inner", scoped: true });
  }, { routePrefix: "/outer", scoped: true }).include(pages).makeApp();
  await ask(app, "/page");
  assertEquals(told, []);
  await ask(app, "/outer/inner/page");
  assertEquals(told, ["request", "response"]);
});

Deno.test("a request that is asked twice goes by the rules of the route that matched last", async () => {
  let asked = 0;
  const view = ({ settings }: ViewRequest) => html`${String(settings.whose)}`;
  const app = new Configurator({ settings: { whose: "app" } })
    .addRoutePredicate("first", () => ({ text: "first", holds: () => ++asked === 1 }))
    .addTween((handler) => async (request) => {
      const first = await handler(request);
      const second = await handler(request);
      return new Response(`${await first.text()}, ${await second.text()}`);
    })
    .include((config) => {
      config.addSettings({ whose: "part" })
        .addRoute("of part", "/x", { custom: { first: true }, view });
    }, { scoped: true })
    .addRoute("of app", "/x", { view })
    .makeApp();
  assertEquals(await textOf(app, "/x"), "part, app");
});
