import {
  assert,
  assertEquals,
  assertMatch,
  assertNotEquals,
  assertThrows,
} from "jsr:@std/assert@^1.0.0";
import {
  ConfigurationConflictError,
  ConfigurationError,
  Configurator,
  html,
  HttpForbidden,
  mount,
  NewResponse,
  redirect,
  signedCookieSessionFactory,
} from "@pyramidion/pyramidion";
import {
  securityHeaders,
  type SecurityHeadersOptions,
} from "@pyramidion/pyramidion/security-headers";
import { staticView } from "@pyramidion/pyramidion/static";
import { ask } from "../ask.ts";

const SECRET = "b2c5f0c1e94d4b7fa1a8d5c37e6f9048";
const quiet = { warn: () => {}, error: () => {} };
const CSP =
  "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'; img-src 'self' data:; object-src 'none'";

/** The security headers of a response, by the ends of their names. */
function security({ headers }: Response): Record<string, string> {
  return Object.fromEntries(
    [...headers].filter(([name]) =>
      /^(?:content-security|strict-transport|referrer|cross-origin|x-frame|x-content|permissions|reporting)/
        .test(name)
    ),
  );
}

const ALL = {
  "content-security-policy": CSP,
  "cross-origin-opener-policy": "same-origin",
  "referrer-policy": "strict-origin-when-cross-origin",
  "strict-transport-security": "max-age=31536000",
  "x-content-type-options": "nosniff",
  "x-frame-options": "SAMEORIGIN",
};

/** An app with one view at `/`. */
function appOf(options: SecurityHeadersOptions = {}, view: () => Response | Promise<Response>) {
  return new Configurator({ logger: quiet }).include(securityHeaders(options))
    .addRoute("home", "/", { view }).makeApp();
}
const plain = () => new Response("x");

Deno.test("securityHeaders reaches every response", async (t) => {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/a.txt`, "a");
  let fails = false;
  const sessionFactory = signedCookieSessionFactory(SECRET);
  const shared = new Response(null, { status: 302, headers: { location: "/" } });
  const app = new Configurator({ logger: quiet, sessionFactory })
    .include(securityHeaders())
    .addTween((handler) => (request) => {
      if (fails) throw new Error("a tween");
      return request.url.pathname === "/early" ? new Response("early") : handler(request);
    })
    .addRoute("home", "/", { view: plain })
    .addRoute("html", "/html", { view: () => html`<p>x` })
    .addRoute("redirect", "/redirect", { view: () => redirect("/") })
    .addRoute("shared", "/shared", { view: () => shared })
    .addRoute("immutable", "/immutable", { view: () => Response.redirect("https://a.test/") })
    .addRoute("throws", "/throws", {
      view: () => {
        throw new Error("x");
      },
    })
    .addRoute("forbidden", "/forbidden", { view: () => new HttpForbidden() })
    .addRoute("commit", "/commit", {
      view: async (request) => {
        (await request.session).set("a", "too large".repeat(1_000));
        return html`x`;
      },
    })
    .addRoute("cookie", "/cookie", {
      view: (request) => {
        request.responseHeaders.set("x-own", "1");
        return html`x`;
      },
    })
    .include(staticView("/static", folder))
    .makeApp();
  const rows: Record<string, [path: string, status: number, init?: RequestInit]> = {
    "a response of the view's own": ["/", 200],
    "HEAD": ["/", 200, { method: "HEAD" }],
    "html": ["/html", 200],
    "a redirection": ["/redirect", 302],
    "a response that two requests share": ["/shared", 302],
    "a response whose headers cannot be changed": ["/immutable", 302],
    "an answer of an outer tween": ["/early", 200],
    "a 404": ["/none", 404],
    "a 405": ["/", 405, { method: "POST" }],
    "a 500": ["/throws", 500],
    "a 403 that was returned": ["/forbidden", 403],
    "headers that the view added": ["/cookie", 200],
    "an error of the commit": ["/commit", 413],
    "a file": ["/static/a.txt", 200],
    "a file that is not there": ["/static/none.txt", 404],
    "a URL that cannot be read": ["/%ZZ", 400],
    "a path that is too long": [`/${"a".repeat(70_000)}`, 414],
  };
  for (const [name, [path, status, init]] of Object.entries(rows)) {
    await t.step(name, async () => {
      for (const _ of [1, 2]) {
        const response = await ask(app, path, init);
        await response.text();
        assertEquals(response.status, status);
        const { "content-security-policy": csp, ...others } = security(response);
        const { "content-security-policy": ours, ...all } = ALL;
        assertEquals(others, all);
        // Pages of errors and redirections have a stricter policy of their own.
        if (csp !== ours) assertMatch(csp ?? "", /^default-src 'none'/);
        if (status === 200) assertEquals(csp, ours);
      }
    });
  }
  await t.step("an error of a tween", async () => {
    fails = true;
    const { status, headers } = await ask(app, "/");
    assertEquals(status, 500);
    assertEquals(headers.get("x-frame-options"), "SAMEORIGIN");
  });
  await t.step("a subscriber that spoils the response", async () => {
    const app = new Configurator({ logger: quiet }).include(securityHeaders())
      .addSubscriber(NewResponse, async ({ response }) => {
        assertEquals(response.headers.get("x-frame-options"), "SAMEORIGIN");
        await response.text();
      })
      .addRoute("home", "/", { view: plain }).makeApp();
    const response = await ask(app, "/");
    assertEquals([response.status, security(response)["x-frame-options"]], [500, "SAMEORIGIN"]);
  });
  await t.step("an app that is mounted", async () => {
    const mounted = mount("/shop", app);
    fails = false;
    const response = await mounted.fetch(new Request("https://app.test/shop/"));
    assertEquals(security(response), ALL);
  });
  await Deno.remove(folder, { recursive: true });
});

Deno.test("securityHeaders gives a 304 nothing that a cache would put on the page that it holds", async () => {
  const response = await ask(appOf({}, () => new Response(null, { status: 304 })), "/");
  assertEquals(security(response), { "strict-transport-security": "max-age=31536000" });
});

Deno.test("securityHeaders leaves a 101 as it is", async () => {
  const upgrade = new Response(null);
  Object.defineProperty(upgrade, "status", { value: 101 });
  const response = await ask(appOf({}, () => upgrade), "/");
  assertEquals(security(response), {});
});

Deno.test("securityHeaders leaves each header that the view set itself", async () => {
  const own = {
    "content-security-policy": "default-src *",
    "cross-origin-opener-policy": "unsafe-none",
    "referrer-policy": "no-referrer",
    "strict-transport-security": "max-age=0",
    "x-content-type-options": "other",
    "x-frame-options": "DENY",
  };
  const response = await ask(appOf({}, () => new Response("x", { headers: own })), "/");
  assertEquals(security(response), own);
});

Deno.test("securityHeaders leaves out what is false, and sets what is stated", async () => {
  const off = await ask(
    appOf({
      contentSecurityPolicy: false,
      strictTransportSecurity: false,
      referrerPolicy: false,
      crossOriginOpenerPolicy: false,
      xFrameOptions: false,
      xContentTypeOptions: false,
    }, plain),
    "/",
  );
  assertEquals(security(off), {});
  const stated = await ask(
    appOf({
      contentSecurityPolicy: { "frame-ancestors": ["'none'"] },
      contentSecurityPolicyReportOnly: { "default-src": ["'none'"] },
      strictTransportSecurity: { maxAge: 63_072_000, includeSubDomains: true, preload: true },
      referrerPolicy: ["no-referrer", "same-origin"],
      crossOriginOpenerPolicy: "same-origin-allow-popups",
      crossOriginResourcePolicy: "same-site",
      permissionsPolicy: {
        camera: [],
        geolocation: ["self", "https://maps.test"],
        fullscreen: ["*"],
      },
      reportingEndpoints: { csp: "/reports", other: "https://reports.test/a" },
    }, plain),
    "/",
  );
  assertEquals(security(stated), {
    ...ALL,
    "content-security-policy": CSP.replace("frame-ancestors 'self'", "frame-ancestors 'none'"),
    "content-security-policy-report-only": CSP.replace("default-src 'self'", "default-src 'none'"),
    "cross-origin-opener-policy": "same-origin-allow-popups",
    "cross-origin-resource-policy": "same-site",
    "permissions-policy": 'camera=(), geolocation=(self "https://maps.test"), fullscreen=*',
    "referrer-policy": "no-referrer, same-origin",
    "reporting-endpoints": 'csp="/reports", other="https://reports.test/a"',
    "strict-transport-security": "max-age=63072000; includeSubDomains; preload",
    "x-frame-options": "DENY",
  });
});

Deno.test("securityHeaders sends each value of the standards, and no empty header", async (t) => {
  const rows: Record<string, SecurityHeadersOptions[]> = {
    "referrer-policy": ([
      "no-referrer",
      "no-referrer-when-downgrade",
      "origin",
      "origin-when-cross-origin",
      "same-origin",
      "strict-origin",
      "strict-origin-when-cross-origin",
      "unsafe-url",
    ] as const).map((referrerPolicy) => ({ referrerPolicy })),
    "cross-origin-opener-policy": ([
      "same-origin",
      "same-origin-allow-popups",
      "noopener-allow-popups",
      "unsafe-none",
    ] as const).map((crossOriginOpenerPolicy) => ({ crossOriginOpenerPolicy })),
    "cross-origin-resource-policy": (["same-origin", "same-site", "cross-origin"] as const).map(
      (crossOriginResourcePolicy) => ({ crossOriginResourcePolicy }),
    ),
  };
  for (const [name, options] of Object.entries(rows)) {
    await t.step(name, async () => {
      for (const one of options) {
        const { headers } = await ask(appOf(one, plain), "/");
        assertEquals([headers.get(name)], Object.values(one));
      }
    });
  }
  await t.step("nothing for what is empty", async () => {
    const empty = { permissionsPolicy: {}, reportingEndpoints: {}, referrerPolicy: [] };
    const { "referrer-policy": _, ...others } = ALL;
    assertEquals(security(await ask(appOf(empty, plain), "/")), others);
  });
});

Deno.test("securityHeaders says frame-ancestors in X-Frame-Options where that can be said", async (t) => {
  const rows: Record<string, [SecurityHeadersOptions, string | null]> = {
    "'none'": [{ contentSecurityPolicy: { "frame-ancestors": ["'none'"] } }, "DENY"],
    "'self'": [{}, "SAMEORIGIN"],
    "another site": [{ contentSecurityPolicy: { "frame-ancestors": ["https://a.test"] } }, null],
    "the own and another": [
      { contentSecurityPolicy: { "frame-ancestors": ["'self'", "https://a.test"] } },
      null,
    ],
    "left out": [{ contentSecurityPolicy: { "frame-ancestors": false } }, null],
    "no policy": [{ contentSecurityPolicy: false }, "SAMEORIGIN"],
    "stated": [{ xFrameOptions: "DENY" }, "DENY"],
  };
  for (const [name, [options, expected]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const { headers } = await ask(appOf(options, plain), "/");
      assertEquals(headers.get("x-frame-options"), expected);
    });
  }
});

Deno.test("securityHeaders states HSTS where the visitor is known to use https", async (t) => {
  const trusted = { hops: 1, headers: ["x-forwarded-proto", "x-forwarded-host"] } as const;
  const proxied = { "x-forwarded-proto": "https", "x-forwarded-host": "app.test" };
  const rows: Record<
    string,
    [url: string, headers: Record<string, string>, options: object, sent: boolean]
  > = {
    "https": ["https://app.test/", {}, {}, true],
    "http": ["http://app.test/", {}, {}, false],
    "https by a trusted proxy": ["http://10.0.0.1/", proxied, { trusted }, true],
    "http by a trusted proxy": [
      "https://10.0.0.1/",
      { ...proxied, "x-forwarded-proto": "http" },
      { trusted },
      false,
    ],
    "https by a proxy that nobody trusts": ["http://app.test/", proxied, {}, false],
    "an https publicOrigin": ["http://10.0.0.1/", {}, { publicOrigin: "https://app.test" }, true],
    "localhost": ["https://localhost:8443/", {}, {}, false],
    "an address of this machine": ["https://127.0.0.1/", {}, {}, false],
  };
  for (const [name, [url, headers, options, sent]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const app = new Configurator({ ...options, logger: quiet }).include(securityHeaders())
        .addRoute("home", "/", { view: plain }).makeApp();
      const response = await app.fetch(new Request(url, { headers }));
      assertEquals(response.headers.has("strict-transport-security"), sent);
    });
  }
  await t.step("a forwarded host that cannot be read", async () => {
    const app = new Configurator({ trusted, logger: quiet }).include(securityHeaders())
      .addRoute("home", "/", { view: plain }).makeApp();
    await app.fetch(new Request("http://app.test/", { headers: proxied }));
    const response = await app.fetch(
      new Request("http://app.test/", {
        headers: { ...proxied, "x-forwarded-host": "a b, \\" },
      }),
    );
    assertEquals(response.headers.has("strict-transport-security"), false);
    assertEquals(response.headers.get("x-frame-options"), "SAMEORIGIN");
  });
});

Deno.test("request.cspNonce is made when it is read, once for each request, and stands in the header", async () => {
  const app = new Configurator().include(securityHeaders({ contentSecurityPolicyReportOnly: {} }))
    .addRoute("home", "/", { view: (request) => html`${request.cspNonce} ${request.cspNonce}` })
    .makeApp();
  const nonces = new Set<string>();
  for (let i = 0; i < 20; i++) {
    const response = await ask(app, "/");
    const [nonce = "", again] = (await response.text()).replaceAll("&#x3D;", "=").split(" ");
    assertEquals(again, nonce);
    assertMatch(nonce, /^[A-Za-z0-9+/]{22}==$/);
    for (const name of ["content-security-policy", "content-security-policy-report-only"]) {
      const text = response.headers.get(name) ?? "";
      assertEquals(text.split(`'nonce-${nonce}'`).length, 3, text);
    }
    nonces.add(nonce);
  }
  assertEquals(nonces.size, 20);
});

Deno.test("request.cspNonce throws where no header can name it any more", async () => {
  const read = Promise.withResolvers<unknown>();
  const app = new Configurator().include(securityHeaders())
    .addRoute("home", "/", {
      view: (request) => {
        const body = new ReadableStream({
          pull(controller) {
            try {
              read.resolve(request.cspNonce);
            } catch (error) {
              read.resolve(error);
            }
            controller.close();
          },
        }, { highWaterMark: 0 });
        return new Response(body);
      },
    }).makeApp();
  await (await ask(app, "/")).text();
  const error = await read.promise;
  assert(error instanceof TypeError);
  assertMatch(error.message, /^Cannot read request\.cspNonce: the response was sent already/);
});

Deno.test("request.cspNonce of an exception view stands in the header of the error", async () => {
  const app = new Configurator({ logger: quiet }).include(securityHeaders())
    .addNotFoundView((_, request) => html`${request.cspNonce}`).makeApp();
  const response = await ask(app, "/none");
  assertMatch(response.headers.get("content-security-policy") ?? "", /script-src 'self' 'nonce-/);
});

Deno.test("a nonce that shared caches may keep is logged once for each view", async () => {
  const warnings: string[] = [];
  const logger = { error: () => {}, warn: (message: string) => void warnings.push(message) };
  const cached = (cacheControl: string, path: string) =>
    new Configurator({ logger }).include(securityHeaders()).addRoute("home", "/", {
      view: (request) => {
        request.responseHeaders.set("cache-control", cacheControl);
        return html`${path === "nonce" ? request.cspNonce : ""}`;
      },
    }).makeApp();
  const app = cached("public, max-age=60", "nonce");
  for (const _ of [1, 2]) await ask(app, "/");
  assertEquals(warnings.length, 1);
  assertMatch(warnings[0] ?? "", /^Caches may keep the response of .+request\.cspNonce/);
  await ask(cached("private, max-age=60", "nonce"), "/");
  await ask(cached("public, max-age=60", "none"), "/");
  assertEquals(warnings.length, 1);
});

Deno.test("securityHeaders of a scoped part replace those of the app, within the part", async () => {
  const app = new Configurator().include(securityHeaders())
    .addRoute("home", "/", { view: plain })
    .include(
      (config) =>
        config.include(securityHeaders({ contentSecurityPolicy: false, xFrameOptions: "DENY" }))
          .addRoute("part", "/part", { view: (request) => html`${request.cspNonce}` }),
      { scoped: true, routePrefix: "/p" },
    )
    .makeApp();
  assertEquals(security(await ask(app, "/")), ALL);
  const { "content-security-policy": _, ...others } = ALL;
  assertEquals(security(await ask(app, "/p/part")), { ...others, "x-frame-options": "DENY" });
  assertEquals(security(await ask(app, "/p/none"))["x-frame-options"], "DENY");
  assertEquals(security(await ask(app, "/none"))["x-frame-options"], "SAMEORIGIN");
});

Deno.test("securityHeaders of two parts of one app conflict", () => {
  const app = new Configurator()
    .include((config) => void config.include(securityHeaders({ xFrameOptions: "DENY" })))
    .include(securityHeaders())
    .addRoute("home", "/", { view: plain });
  assertThrows(() => app.makeApp(), ConfigurationConflictError, "the security headers");
});

Deno.test("the development page keeps its own policy", async () => {
  const app = new Configurator({ development: true, logger: quiet }).include(securityHeaders())
    .addRoute("home", "/", {
      view: () => {
        throw new Error("x");
      },
    }).makeApp();
  const { headers } = await ask(app, "/", { headers: { accept: "text/html" } });
  const csp = headers.get("content-security-policy") ?? "";
  assertMatch(csp, /^default-src 'none'; style-src 'sha256-/);
  assertNotEquals(csp, CSP);
  assertEquals(headers.get("referrer-policy"), "no-referrer");
  assertEquals(headers.get("cross-origin-opener-policy"), "same-origin");
});

Deno.test("securityHeaders refuses bad input", async (t) => {
  const rows: Record<string, [options: object, message: string]> = {
    "an unknown option": [{ contentSecurity: {} }, "contentSecurity"],
    "helmet's name of a header": [{ hsts: {} }, '"hsts"'],
    "true in place of directives": [{ contentSecurityPolicy: true }, "contentSecurityPolicy"],
    "a text as policy": [{ contentSecurityPolicy: "default-src *" }, "contentSecurityPolicy"],
    "a referrer policy that is none": [{ referrerPolicy: "none" }, "referrerPolicy"],
    "a line break in a referrer policy": [
      { referrerPolicy: "origin\r\nset-cookie: a=b" },
      "referrerPolicy",
    ],
    "a referrer policy in a list that is none": [
      { referrerPolicy: ["origin", "x"] },
      "referrerPolicy",
    ],
    "an opener policy that is none": [
      { crossOriginOpenerPolicy: "same-site" },
      "crossOriginOpenerPolicy",
    ],
    "frames of another site by X-Frame-Options": [
      { xFrameOptions: "ALLOW-FROM https://a.test" },
      "xFrameOptions",
    ],
    "a maxAge that is no number": [{ strictTransportSecurity: { maxAge: "1; x" } }, "maxAge"],
    "a maxAge below 0": [{ strictTransportSecurity: { maxAge: -1 } }, "maxAge"],
    "a maxAge of NaN": [{ strictTransportSecurity: { maxAge: NaN } }, "maxAge"],
    "half a second": [{ strictTransportSecurity: { maxAge: 0.5 } }, "maxAge"],
    "an unknown option of HSTS": [{ strictTransportSecurity: { subdomains: true } }, "subdomains"],
    "preload without subdomains": [{ strictTransportSecurity: { preload: true } }, "preload"],
    "preload for a day": [
      { strictTransportSecurity: { preload: true, includeSubDomains: true, maxAge: 86_400 } },
      "preload",
    ],
    "a feature with a line break": [{ permissionsPolicy: { "a\r\nb": [] } }, "permissionsPolicy"],
    "a feature with a text": [{ permissionsPolicy: { camera: "()" } }, "must be a list"],
    "an origin that ends the list": [
      { permissionsPolicy: { camera: ['https://a.test") , *'] } },
      "a scheme and a host",
    ],
    "a keyword of CSP": [{ permissionsPolicy: { camera: ["'self'"] } }, "a scheme and a host"],
    "an endpoint over http": [{ reportingEndpoints: { a: "http://a.test/" } }, "https URL"],
    "an endpoint that is no URL": [{ reportingEndpoints: { a: "https://" } }, "https URL"],
    "an endpoint that ends its quotes": [{ reportingEndpoints: { a: '/", b="/' } }, "https URL"],
    "an endpoint with a line break": [{ reportingEndpoints: { a: "/\r\nb: c" } }, "https URL"],
    "a number as endpoint": [{ reportingEndpoints: { a: 7 } }, "https URL"],
    "a name of an endpoint in capitals": [{ reportingEndpoints: { A: "/" } }, '"A"'],
    "a name with a line break": [{ reportingEndpoints: { "a\r\n": "/" } }, '"a\\r\\n"'],
    "true for signed-in pages": [{ signedInPages: true }, "signedInPages"],
  };
  for (const [name, [options, message]] of Object.entries(rows)) {
    await t.step(name, () => {
      assertThrows(() => securityHeaders(options), ConfigurationError, message);
    });
  }
});
