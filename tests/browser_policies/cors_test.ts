import { assertEquals, assertMatch, assertThrows } from "jsr:@std/assert@^1.0.0";
import {
  ConfigurationConflictError,
  ConfigurationError,
  Configurator,
  html,
  json,
  signedCookieSessionFactory,
} from "@pyramidion/pyramidion";
import { cors, type CorsOptions } from "@pyramidion/pyramidion/cors";
import { securityHeaders } from "@pyramidion/pyramidion/security-headers";
import { ask } from "../ask.ts";

const SECRET = "b2c5f0c1e94d4b7fa1a8d5c37e6f9048";
const SHOP = "https://shop.example";
const EVIL = "https://evil.example";
const origins = [SHOP];
const quiet = { warn: () => {}, error: () => {} };

/** The headers of CORS on a response, and its `Vary`. */
function read({ headers }: Response): Record<string, string> {
  return Object.fromEntries(
    [...headers].filter(([name]) => /^access-control-|^vary$/.test(name))
      .map(([name, value]) => [name.replace(/^access-control-/, ""), value]),
  );
}

function preflight(origin = SHOP, method = "PUT", headers: Record<string, string> = {}) {
  return {
    method: "OPTIONS",
    headers: { origin, "access-control-request-method": method, ...headers },
  };
}

function appOf(options: CorsOptions) {
  return new Configurator({ logger: quiet }).include(cors(options))
    .addRoute("home", "/", { view: () => html`x` })
    .addRoute("notes", "/notes")
    .addView(() => json([]), { routeName: "notes" })
    .addView(() => json({}), { routeName: "notes", requestMethod: ["PUT", "DELETE"] })
    .addRoute("fails", "/fails", {
      view: () => {
        throw new Error("x");
      },
    })
    .addRoute("own", "/own", {
      view: () =>
        new Response("x", { headers: { "access-control-allow-origin": EVIL, vary: "Accept" } }),
    })
    .addRoute("any", "/any")
    .addView(() => html`x`, { routeName: "any", requestMethod: "*" })
    .makeApp();
}

const from = (origin: string) => ({ headers: { origin } });

Deno.test("cors lets the origins read, and says Vary: Origin to everybody", async (t) => {
  const app = appOf({ origins, exposedHeaders: ["etag", "x-total"], credentials: true });
  const allowed = {
    "allow-origin": SHOP,
    "allow-credentials": "true",
    "expose-headers": "etag, x-total",
    vary: "Origin",
  };
  const failed = { ...allowed, vary: "accept, Origin" };
  const rows: Record<string, [path: string, init: RequestInit, status: number, sent: object]> = {
    "its page": ["/", from(SHOP), 200, allowed],
    "a page of another site": ["/", from(EVIL), 200, { vary: "Origin" }],
    "a request without an origin": ["/", {}, 200, { vary: "Origin" }],
    "a 404": ["/none", from(SHOP), 404, failed],
    "a 405": ["/", { method: "POST", ...from(SHOP) }, 405, failed],
    "a 500": ["/fails", from(SHOP), 500, failed],
    "a 400": ["/%ZZ", from(SHOP), 400, failed],
    "a header of the view's own": ["/own", from(SHOP), 200, {
      "allow-origin": EVIL,
      vary: "Accept, Origin",
    }],
  };
  for (const [name, [path, init, status, sent]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const response = await ask(app, path, init);
      assertEquals<unknown>([response.status, read(response)], [status, sent]);
    });
  }
});

Deno.test("cors compares whole origins", async (t) => {
  const app = appOf({ origins });
  const rows: Record<string, string> = {
    "a longer host": "https://shop.example.evil.example",
    "a host that ends so": "https://evilshop.example",
    "a subdomain": "https://a.shop.example",
    "another scheme": "http://shop.example",
    "a port": "https://shop.example:8443",
    "a slash": "https://shop.example/",
    "capitals": "https://SHOP.example",
    "a user": "https://shop.example@evil.example",
    "two origins": "https://shop.example, https://evil.example",
    "two origins with a space": "https://shop.example https://evil.example",
    "null": "null",
    "a star": "*",
    "nothing": "",
    "__proto__": "__proto__",
    "64 KB": `https://${"a".repeat(65_536)}.example`,
  };
  for (const [name, origin] of Object.entries(rows)) {
    await t.step(name, async () => {
      assertEquals(read(await ask(app, "/", from(origin))), { vary: "Origin" });
      assertEquals(read(await ask(app, "/notes", preflight(origin))), { vary: "Origin" });
    });
  }
});

Deno.test("cors asks a function for whole origins only, and takes true for yes", async (t) => {
  const asked: string[] = [];
  const errors: string[] = [];
  const logger = { warn: () => {}, error: (message: string) => void errors.push(message) };
  const app = (answer: unknown) =>
    new Configurator({ logger }).include(cors({
      origins: ((origin: string) => {
        asked.push(origin);
        if (answer instanceof Error) throw answer;
        return answer;
      }) as (origin: string) => boolean,
    })).addRoute("home", "/", { view: () => html`x` }).makeApp();
  const rows: Record<string, [origin: string, answer: unknown, allowed: boolean, logged: number]> =
    {
      "true": [SHOP, true, true, 0],
      "an app's own scheme": ["capacitor://localhost", true, true, 0],
      "false": [SHOP, false, false, 0],
      "a text": [SHOP, "yes", false, 1],
      "1": [SHOP, 1, false, 1],
      "undefined": [SHOP, undefined, false, 1],
      "a promise": [SHOP, Promise.resolve(true), false, 1],
      "a throw": [SHOP, new Error("x"), false, 1],
    };
  for (const [name, [origin, answer, allowed, logged]] of Object.entries(rows)) {
    await t.step(name, async () => {
      errors.length = 0;
      const response = await ask(app(answer), "/", from(origin));
      assertEquals(response.status, 200);
      assertEquals(response.headers.get("access-control-allow-origin"), allowed ? origin : null);
      assertEquals(errors.length, logged);
    });
  }
  asked.length = 0;
  const never = {
    "null": "null",
    "a path": "https://evil.example/.shop.example",
    "a fragment": "https://evil.example#.shop.example",
    "a user": "https://a@shop.example",
    "two": `${SHOP}, ${SHOP}`,
    "a backslash": "https://evil.example\\.shop.example",
  };
  for (const [name, origin] of Object.entries(never)) {
    await t.step(`not ${name}`, async () => {
      const response = await ask(app(true), "/", from(origin));
      assertEquals(read(response), { vary: "Origin" });
      assertEquals(asked, []);
    });
  }
});

Deno.test("cors lets everybody read by a star, which no cache has to tell apart", async () => {
  const app = appOf({ origins: "*" });
  for (const init of [{}, from(SHOP), from("null")]) {
    assertEquals(read(await ask(app, "/", init)), { "allow-origin": "*" });
  }
  assertEquals(read(await ask(app, "/notes", preflight(EVIL)))["allow-origin"], "*");
});

Deno.test("cors lets pages without an origin read if null is listed", async () => {
  const app = appOf({ origins: ["null"] });
  assertEquals(read(await ask(app, "/", from("null"))), { "allow-origin": "null", vary: "Origin" });
});

Deno.test("cors answers a preflight with the methods of the address", async (t) => {
  const app = appOf({ origins, allowedHeaders: ["content-type", "x-total"], maxAge: 60 });
  const allowed = {
    "allow-origin": SHOP,
    "allow-headers": "content-type, x-total",
    "max-age": "60",
    vary: "Origin",
  };
  const rows: Record<string, [path: string, methods: string | null]> = {
    "views of several methods": ["/notes", "DELETE, GET, HEAD, PUT"],
    "a view that states none": ["/", "GET, HEAD"],
    "a view of all methods": ["/any", "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT"],
    // The page then reads the 404 of a GET.
    "an address without a route": ["/none", null],
  };
  for (const [name, [path, methods]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const response = await ask(app, path, preflight());
      assertEquals([response.status, await response.text()], [204, ""]);
      assertEquals(
        read(response),
        methods === null ? allowed : { ...allowed, "allow-methods": methods },
      );
    });
  }
  await t.step("of another site", async () => {
    const response = await ask(app, "/notes", preflight(EVIL));
    assertEquals([response.status, read(response)], [204, { vary: "Origin" }]);
  });
  await t.step("methods that the option states", async () => {
    const app = appOf({ origins, methods: ["PATCH", "PUT"] });
    assertEquals(read(await ask(app, "/notes", preflight())), {
      "allow-origin": SHOP,
      "allow-methods": "PATCH, PUT",
      "allow-headers": "content-type",
      "max-age": "600",
      vary: "Origin",
    });
  });
  await t.step("no header but those of the standard", async () => {
    const app = appOf({ origins, allowedHeaders: [] });
    assertEquals(read(await ask(app, "/", preflight()))["allow-headers"], undefined);
  });
  await t.step("a path that cannot be read", async () => {
    assertEquals((await ask(app, "/%ZZ", preflight())).status, 400);
  });
  await t.step("hostile names in what is asked for are not repeated", async () => {
    const hostile = { "access-control-request-headers": "x-a, __proto__, *" };
    const response = await ask(app, "/notes", preflight(SHOP, "__proto__", hostile));
    assertEquals(read(response), { ...allowed, "allow-methods": "DELETE, GET, HEAD, PUT" });
  });
});

Deno.test("cors takes only a preflight for one, and leaves other OPTIONS to the app", async (t) => {
  const seen: string[] = [];
  const app = new Configurator().include(cors({ origins }))
    .addRoute("home", "/")
    .addView(() => {
      seen.push("OPTIONS");
      return html`mine`;
    }, { routeName: "home", requestMethod: "OPTIONS" })
    .makeApp();
  const rows: Record<string, [headers: Record<string, string>, text: string]> = {
    "a preflight": [{ origin: SHOP, "access-control-request-method": "GET" }, ""],
    "without an origin": [{ "access-control-request-method": "GET" }, "mine"],
    "without a method": [{ origin: SHOP }, "mine"],
    "neither": [{}, "mine"],
  };
  for (const [name, [headers, text]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const response = await ask(app, "/", { method: "OPTIONS", headers });
      assertEquals(await response.text(), text);
    });
  }
  assertEquals(seen.length, 3);
  await t.step("and its method is allowed", async () => {
    const response = await ask(app, "/", preflight());
    assertEquals(response.headers.get("access-control-allow-methods"), "OPTIONS");
  });
});

Deno.test("cors answers a preflight before views, permissions, predicates and sessions", async () => {
  const touched: string[] = [];
  const sessionFactory = signedCookieSessionFactory(SECRET);
  const app = new Configurator({
    sessionFactory,
    securityPolicy: {
      identity: () => {
        touched.push("identity");
        return null;
      },
      permits: () => {
        touched.push("permits");
        return false;
      },
    },
  })
    .setDefaultCsrfOptions()
    .setDefaultPermission("edit")
    .include(cors({ origins, credentials: true }))
    .addRoute("home", "/", {
      factory: () => void touched.push("factory"),
      custom: { touch: true },
    })
    .addRoutePredicate("touch", () => ({
      text: "touch",
      holds: () => {
        touched.push("predicate");
        return true;
      },
    }))
    .addView(async (request) => {
      await request.session;
      touched.push("view");
      return html`x`;
    }, { routeName: "home", requestMethod: "PUT" })
    .makeApp();
  const response = await ask(app, "/", preflight(SHOP, "PUT", { cookie: "__Host-session=x" }));
  assertEquals(response.status, 204);
  assertEquals(touched, []);
  assertEquals(read(response)["allow-methods"], "PUT");
  assertEquals(response.headers.get("set-cookie"), null);
  assertEquals(response.headers.get("vary"), "Origin");
});

Deno.test("the origins of cors() are no trusted origins: their forms fail the CSRF check", async (t) => {
  const app = (trustedOrigins: string[]) =>
    new Configurator({ sessionFactory: signedCookieSessionFactory(SECRET), logger: quiet })
      .setDefaultCsrfOptions({ trustedOrigins })
      .include(cors({ origins, credentials: true }))
      .addRoute("home", "/")
      .addView(async (request) => {
        await request.session;
        return html`changed`;
      }, { routeName: "home", requestMethod: "POST" })
      .makeApp();
  const post = { method: "POST", headers: { origin: SHOP, "sec-fetch-site": "cross-site" } };
  await t.step("a POST is refused, and its page may read why", async () => {
    const response = await ask(app([]), "/", post);
    assertEquals([response.status, read(response)["allow-origin"]], [403, SHOP]);
    assertMatch(await response.text(), /another site|origin|form/i);
  });
  await t.step("a trusted origin needs trustedOrigins, and its token", async () => {
    const response = await ask(app([SHOP]), "/", post);
    assertEquals(response.status, 403);
  });
});

Deno.test("cors of a scoped part holds for the part only, and replaces that of the app", async (t) => {
  const part = (options: CorsOptions | null) =>
    new Configurator({ logger: quiet })
      .include(cors({ origins: ["https://app-reader.example"] }))
      .addRoute("home", "/", { view: () => html`x` })
      .include((config) => {
        if (options !== null) config.include(cors(options));
        config.addRoute("notes", "/notes").addView(() => json([]), {
          routeName: "notes",
          requestMethod: ["GET", "PATCH"],
        });
      }, { scoped: true, routePrefix: "/api" })
      .makeApp();
  const alone = new Configurator({ logger: quiet })
    .addRoute("home", "/", { view: () => html`x` })
    .include((config) => {
      config.include(cors({ origins }));
      config.addRoute("notes", "/notes").addView(() => json([]), {
        routeName: "notes",
        requestMethod: ["GET", "PATCH"],
      });
    }, { scoped: true, routePrefix: "/api" })
    .makeApp();
  const reader = "https://app-reader.example";
  const both = part({ origins });
  const rows: Record<
    string,
    [app: typeof both, path: string, init: RequestInit, allowed: string | null, status: number]
  > = {
    "a page of the part": [both, "/api/notes", from(SHOP), SHOP, 200],
    "the reader of the app, in the part": [both, "/api/notes", from(reader), null, 200],
    "a 404 below the prefix": [both, "/api/none", from(SHOP), SHOP, 404],
    "a 405 of the part": [both, "/api/notes", { ...from(SHOP), method: "PUT" }, SHOP, 405],
    "the app": [both, "/", from(reader), reader, 200],
    "the reader of the part, in the app": [both, "/", from(SHOP), null, 200],
    "a preflight of the part": [both, "/api/notes", preflight(SHOP, "PATCH"), SHOP, 204],
    "a preflight below the prefix": [both, "/api/none", preflight(SHOP), SHOP, 204],
    "a preflight of the part by another": [both, "/api/notes", preflight(reader), null, 204],
    "a preflight of the app": [both, "/", preflight(reader), reader, 204],
    "a part that states none": [part(null), "/api/notes", from(reader), reader, 200],
    "a part alone": [alone, "/api/notes", from(SHOP), SHOP, 200],
    "a preflight of a part alone": [alone, "/api/notes", preflight(SHOP, "PATCH"), SHOP, 204],
    "the app round it": [alone, "/", from(SHOP), null, 200],
    "an OPTIONS of the app round it": [alone, "/", preflight(SHOP), null, 405],
  };
  for (const [name, [app, path, init, allowed, status]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const response = await ask(app, path, init);
      assertEquals(response.headers.get("access-control-allow-origin"), allowed);
      assertEquals(response.status, status);
      if (status === 204 && allowed === SHOP && path === "/api/notes") {
        assertEquals(response.headers.get("access-control-allow-methods"), "GET, HEAD, PATCH");
      }
    });
  }
});

Deno.test("cors puts nothing of one visitor on a response that a view returns to all", async () => {
  const shared = new Response(null, { status: 302, headers: { location: "/" } });
  const app = new Configurator().include(cors({ origins }))
    .addRoute("home", "/", { view: () => shared }).makeApp();
  for (const origin of [SHOP, EVIL, SHOP]) {
    const response = await ask(app, "/", from(origin));
    assertEquals(
      [response.status, response.headers.get("access-control-allow-origin")],
      [302, origin === SHOP ? SHOP : null],
    );
  }
});

Deno.test("cors and securityHeaders stand beside each other, also on a 304", async () => {
  const app = new Configurator().include(securityHeaders()).include(cors({ origins }))
    .addRoute("home", "/", { view: () => new Response(null, { status: 304 }) }).makeApp();
  const response = await ask(app, "/", from(SHOP));
  assertEquals(read(response), { "allow-origin": SHOP, vary: "Origin" });
  assertEquals(response.headers.get("content-security-policy"), null);
});

Deno.test("cors is stated once", () => {
  const config = new Configurator().include(cors({ origins })).include(cors({ origins: "*" }));
  assertThrows(() => config.makeApp(), ConfigurationConflictError);
});

Deno.test("cors refuses bad input", async (t) => {
  const rows: Record<string, [options: object, message: string]> = {
    "no options": [{}, '"origins" of cors(): it is missing'],
    "an unknown option": [{ origins, origin: SHOP }, '"origin"'],
    "one origin without a list": [{ origins: SHOP }, '"origins"'],
    "a regular expression": [{ origins: /shop/ }, '"origins"'],
    "a regular expression in the list": [{ origins: [/shop/] }, '"origins"'],
    "true": [{ origins: true }, '"origins"'],
    "a star with credentials": [{ origins: "*", credentials: true }, 'in place of "*"'],
    "null with credentials": [{ origins: ["null"], credentials: true }, 'in place of "null"'],
    "a star in the list": [{ origins: ["*"] }, "whole texts"],
    "a star for subdomains": [{ origins: ["https://*.shop.example"] }, "whole texts"],
    "a path": [{ origins: [`${SHOP}/a`] }, `write "${SHOP}"`],
    "a slash at the end": [{ origins: [`${SHOP}/`] }, `write "${SHOP}"`],
    "the port that browsers leave out": [{ origins: [`${SHOP}:443`] }, `write "${SHOP}"`],
    "capitals": [{ origins: ["https://Shop.example"] }, `write "${SHOP}"`],
    "a host alone": [{ origins: ["shop.example"] }, "a scheme and a host"],
    "a line break": [{ origins: [`${SHOP}\r\nset-cookie:a=b`] }, "a scheme and a host"],
    "an empty origin": [{ origins: [""] }, "a scheme and a host"],
    "credentials as a text": [{ origins, credentials: "true" }, '"credentials"'],
    "a method in small letters": [{ origins, methods: ["put"] }, '"methods"'],
    "methods with a line break": [{ origins, methods: ["PUT\r\nX"] }, '"methods"'],
    "no methods": [{ origins, methods: [] }, '"methods"'],
    "a list as method": [{ origins, methods: [["PUT"]] }, '"methods"'],
    "a list as header": [{ origins, allowedHeaders: [["a"]] }, '"allowedHeaders"'],
    "a star as method": [{ origins, methods: ["*"] }, '"methods"'],
    "a header with a line break": [{ origins, allowedHeaders: ["a\r\nb"] }, '"allowedHeaders"'],
    "a star as header": [{ origins, allowedHeaders: ["*"] }, '"allowedHeaders"'],
    "two headers in one text": [{ origins, exposedHeaders: ["a, b"] }, '"exposedHeaders"'],
    "a text of headers": [{ origins, exposedHeaders: "etag" }, '"exposedHeaders"'],
    "a maxAge below 0": [{ origins, maxAge: -1 }, '"maxAge"'],
    "a maxAge of NaN": [{ origins, maxAge: NaN }, '"maxAge"'],
    "a maxAge of more than a day": [{ origins, maxAge: 86_401 }, '"maxAge"'],
    "a maxAge with a line break": [{ origins, maxAge: "1\r\na" }, '"maxAge"'],
  };
  for (const [name, [options, message]] of Object.entries(rows)) {
    await t.step(name, () => {
      assertThrows(() => cors(options as CorsOptions), ConfigurationError, message);
    });
  }
});
