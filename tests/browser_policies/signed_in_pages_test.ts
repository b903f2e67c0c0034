import { assertEquals } from "jsr:@std/assert@^1.0.0";
import { Configurator, html, signedCookieSessionFactory } from "@pyramidion/pyramidion";
import { authTktCookies } from "@pyramidion/pyramidion/auth-tkt";
import { securityHeaders } from "@pyramidion/pyramidion/security-headers";
import { TestClient } from "@pyramidion/pyramidion/testing";

const SECRET = "b2c5f0c1e94d4b7fa1a8d5c37e6f9048";

/** An app whose views say what becomes of their session. */
function appOf(isOn: boolean, cacheControl?: string) {
  const page = () =>
    new Response("x", {
      headers: cacheControl === undefined ? {} : { "cache-control": cacheControl },
    });
  return new Configurator({
    sessionFactory: signedCookieSessionFactory(SECRET),
    securityPolicy: {
      identity: ({ headers }) => headers.get("x-user"),
      permits: () => true,
    },
  })
    .include(securityHeaders(isOn ? { signedInPages: "noStore" } : {}))
    .addRoute("sign-in", "/sign-in", {
      view: async (request) => {
        const session = await request.session;
        session.invalidate();
        session.bindTo("ada");
        return html`in`;
      },
    })
    .addRoute("sign-out", "/sign-out", {
      view: async (request) => {
        (await request.session).invalidate();
        return html`out`;
      },
    })
    .addRoute("forget", "/forget", {
      view: async (request) => {
        (await request.session).forget();
        return html`out`;
      },
    })
    .addRoute("begin", "/begin", {
      view: async (request) => {
        (await request.session).beginSignIn("ada");
        return html`half in`;
      },
    })
    .addRoute("read", "/read", {
      view: async (request) => {
        (await request.session).get("a");
        return page();
      },
    })
    .addRoute("identity", "/identity", {
      view: async (request) => {
        await request.identity;
        return page();
      },
    })
    .addRoute("plain", "/plain", { view: page })
    .addRoute("fails", "/fails", {
      view: async (request) => {
        (await request.session).get("a");
        throw new Error("x");
      },
    })
    .makeApp();
}

function clientOf(isOn: boolean, cacheControl?: string, origin = "https://app.test"): TestClient {
  return new TestClient(appOf(isOn, cacheControl), { origin });
}

Deno.test("signedInPages keeps pages of a user out of caches, and no others", async (t) => {
  const client = clientOf(true);
  const cacheOf = async (path: string, headers = {}) =>
    (await client.get(path, { headers })).headers.get("cache-control");
  await t.step("a visitor who is not signed in", async () => {
    assertEquals(await cacheOf("/read"), null);
    assertEquals(await cacheOf("/identity"), null);
  });
  await t.step("a user whom the policy named", async () => {
    assertEquals(await cacheOf("/identity", { "x-user": "ada" }), "private, no-store");
    assertEquals(await cacheOf("/plain", { "x-user": "ada" }), null);
  });
  await t.step("the sign-in", async () => {
    const { headers } = await client.get("/sign-in");
    assertEquals(headers.get("cache-control"), "private, no-store");
    assertEquals(headers.get("clear-site-data"), null);
  });
  await t.step("a page that read the session of a user", async () => {
    assertEquals(await cacheOf("/read"), "private, no-store");
  });
  await t.step("a page that did not read it", async () => {
    assertEquals(await cacheOf("/plain"), null);
  });
  await t.step("an error", async () => {
    assertEquals(await cacheOf("/fails"), "private, no-store");
  });
});

Deno.test("signedInPages leaves pages that the view wants to be kept", async (t) => {
  const rows: Record<string, [stated: string, sent: string]> = {
    "a lifetime": ["private, max-age=60", "private, max-age=60"],
    "a lifetime in quotes": ['private, max-age="060"', 'private, max-age="060"'],
    "shared caches": ["public", "public"],
    "a lifetime of 0": ["max-age=0, must-revalidate", "private, no-store"],
    "no-cache, which a Back does not ask for": ["no-cache", "private, no-store"],
    "a directive that only looks like it": ["x-max-age=60, publicly", "private, no-store"],
  };
  for (const [name, [stated, sent]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const client = clientOf(true, stated);
      await client.get("/sign-in");
      assertEquals((await client.get("/read")).headers.get("cache-control"), sent);
    });
  }
});

Deno.test("signedInPages empties the browser's cache at the sign-out", async (t) => {
  const rows: Record<string, [path: string, origin: string, isOn: boolean, sent: string | null]> = {
    "over https": ["/sign-out", "https://app.test", true, '"cache"'],
    "by forget()": ["/forget", "https://app.test", true, '"cache"'],
    "on this machine": ["/sign-out", "http://localhost:8000", true, '"cache"'],
    "over http, where browsers ignore it": ["/sign-out", "http://app.test", true, null],
    "without the option": ["/sign-out", "https://app.test", false, null],
    "not at half a sign-in": ["/begin", "https://app.test", true, null],
    "not at a sign-in": ["/sign-in", "https://app.test", true, null],
  };
  for (const [name, [path, origin, isOn, sent]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const client = clientOf(isOn, undefined, origin);
      await client.get("/sign-in");
      assertEquals((await client.get(path)).headers.get("clear-site-data"), sent);
      // Once, and not at each page after it.
      assertEquals((await client.get("/read")).headers.get("clear-site-data"), null);
    });
  }
});

Deno.test("signedInPages: forget() of tickets empties the cache, unless remember() follows", async () => {
  const tickets = authTktCookies(SECRET);
  const app = new Configurator().include(securityHeaders({ signedInPages: "noStore" }))
    .addRoute("out", "/out", {
      view: async (request) => {
        tickets.forget(request);
        if (request.query.has("in")) await tickets.remember(request, "ada");
        return html`out`;
      },
    }).makeApp();
  const visitor = new TestClient(app);
  assertEquals((await visitor.get("/out")).headers.get("clear-site-data"), '"cache"');
  assertEquals((await visitor.get("/out?in")).headers.get("clear-site-data"), null);
});
