/**
 * `authTktCookies()`: whom it signs in, when it writes tickets anew, and what it refuses.
 *
 * @module
 */

import { assert, assertEquals, assertRejects, assertThrows } from "jsr:@std/assert@^1.0.0";
import {
  BadCsrfOrigin,
  ConfigurationError,
  Configurator,
  html,
  json,
  redirect,
  signedCookieSessionFactory,
  type ViewRequest,
} from "@pyramidion/pyramidion";
import { authTktCookies, type AuthTktOptions } from "@pyramidion/pyramidion/auth-tkt";
import { dummyRequest, settableClock, TestClient } from "@pyramidion/pyramidion/testing";
import { recordingLogger, SAMPLE_SECRET } from "../sample_app.ts";

const OLDER = "older: 4kQ9wZ2mX7vB1nL6cR8pT3y0aH5";
const NEWER = "newer: 7Yx0Jw1mC3sV9kQ2bN8tR5pL4dF";
const START = 1_700_000_000_000;

/** The cookie, as a request has it, that signs a user in. */
async function cookieOf(
  secret: string,
  userId = "ada",
  options: AuthTktOptions = {},
  tokens: string[] = [],
): Promise<string> {
  const request = dummyRequest();
  const tickets = authTktCookies(secret, { clock: () => START, ...options });
  await tickets.remember(request, userId, { tokens });
  const [cookie = ""] = request.responseHeaders.getSetCookie();
  return cookie.slice(0, cookie.indexOf(";"));
}

/** Who is signed in by a header, and what the response gets. */
async function identified(
  cookie: string,
  options: AuthTktOptions & { readonly seconds?: number } = {},
  secrets: Parameters<typeof authTktCookies>[0] = OLDER,
): Promise<{ userId: unknown; cookies: number }> {
  const { seconds = 0, ...rest } = options;
  const request = dummyRequest({ headers: { cookie } });
  const tickets = authTktCookies(secrets, { clock: () => START + seconds * 1000, ...rest });
  const identity = await tickets.identify(request);
  assertEquals(request.responseHeaders.get("vary"), "Cookie");
  return {
    userId: identity?.userId ?? null,
    cookies: request.responseHeaders.getSetCookie().length,
  };
}

Deno.test("an app signs in by a ticket, and out", async () => {
  const tickets = authTktCookies(OLDER);
  const app = new Configurator({
    securityPolicy: {
      identity: (request) => tickets.identify(request),
      authenticatedUserId: ({ userId }) => String(userId),
      permits: async (request, _context, permission) =>
        (await request.identity)?.tokens.includes(permission) ?? false,
    },
  })
    .addRoute("in", "/in", {
      requestMethod: "POST",
      view: async (request) => {
        await tickets.remember(request, 7, { tokens: ["editor", "admin"] });
        return redirect("/");
      },
    })
    .addRoute("out", "/out", {
      requestMethod: "POST",
      view: (request) => {
        tickets.forget(request);
        return redirect("/");
      },
    })
    .addRoute("home", "/", {
      view: async (request) =>
        json([await request.authenticatedUserId, await request.isAuthenticated]),
    })
    .addRoute("edit", "/edit")
    .addView(() => html`edit`, { routeName: "edit", permission: "editor" })
    .makeApp();
  const visitor = new TestClient(app);
  const home = async () => await (await visitor.get("/")).json();
  assertEquals(await home(), [null, false]);
  assertEquals((await visitor.get("/edit")).status, 403);
  await visitor.post("/in");
  assertEquals(await home(), ["7", true]);
  assertEquals(await (await visitor.get("/edit")).text(), "edit");
  await visitor.post("/out");
  assertEquals(visitor.cookie("auth_tkt"), null);
  assertEquals(await home(), [null, false]);
});

Deno.test("identify() ends a ticket after timeout, and accepts none of the future", async (t) => {
  const cookie = await cookieOf(OLDER);
  const rows: Record<string, [options: Parameters<typeof identified>[1], userId: string | null]> = {
    "at once": [{}, "ada"],
    "at the default limit": [{ seconds: 1200 }, "ada"],
    "after the default limit": [{ seconds: 1200.5 }, null],
    "after a limit of its own": [{ seconds: 11, timeout: 10 }, null],
    "without a limit": [{ seconds: 1e9, timeout: null }, "ada"],
    "by a clock that is a minute behind": [{ seconds: -60 }, "ada"],
    "by a clock that is further behind": [{ seconds: -61 }, null],
    "of the future, without a limit": [{ seconds: -61, timeout: null }, null],
  };
  for (const [name, [options, userId]] of Object.entries(rows)) {
    await t.step(
      name,
      async () => assertEquals((await identified(cookie, options)).userId, userId),
    );
  }
});

Deno.test("identify() writes a ticket anew after reissueTime, a tenth of timeout by default", async (t) => {
  const cookie = await cookieOf(OLDER);
  const rows: Record<string, [options: Parameters<typeof identified>[1], cookies: number]> = {
    "at the default time": [{ seconds: 120 }, 0],
    "after the default time": [{ seconds: 121 }, 1],
    "after a tenth of timeout": [{ seconds: 11, timeout: 100 }, 1],
    "after a time of its own": [{ seconds: 6, reissueTime: 5 }, 1],
    "never": [{ seconds: 1200, reissueTime: null }, 0],
    "never without a timeout": [{ seconds: 1e9, timeout: null }, 0],
    "without a timeout": [{ seconds: 6, timeout: null, reissueTime: 5 }, 1],
  };
  for (const [name, [options, cookies]] of Object.entries(rows)) {
    await t.step(name, async () => {
      assertEquals(await identified(cookie, options), { userId: "ada", cookies });
    });
  }
});

Deno.test("identify() keeps user, tokens and user data when it writes a ticket anew", async () => {
  const clock = settableClock(START);
  const tickets = authTktCookies(OLDER, { clock });
  const cookie = await cookieOf(OLDER, "ada", {}, ["a", "b"]);
  clock.travel(500);
  const request = dummyRequest({ headers: { cookie } });
  const before = await tickets.identify(request);
  const [renewed = ""] = request.responseHeaders.getSetCookie();
  const after = await tickets.identify(
    dummyRequest({ headers: { cookie: renewed.slice(0, renewed.indexOf(";")) } }),
  );
  assert(before !== null && after !== null);
  assertEquals(after, { ...before, timestamp: START + 500_000 });
});

Deno.test("several secrets are read, and a ticket of an older one is written anew by the newest", async () => {
  const older = await cookieOf(OLDER), newer = await cookieOf(NEWER);
  assertEquals(await identified(older, {}, [NEWER, OLDER]), { userId: "ada", cookies: 1 });
  assertEquals(await identified(newer, {}, [NEWER, OLDER]), { userId: "ada", cookies: 0 });
  assertEquals(await identified(newer, {}, OLDER), { userId: null, cookies: 0 });
  const bytes = new TextEncoder().encode(OLDER);
  assertEquals(await identified(older, {}, bytes), { userId: "ada", cookies: 0 });
});

Deno.test("of several tickets the newest counts, the first of one time, of at most four", async () => {
  const at = (seconds: number, userId: string) =>
    cookieOf(OLDER, userId, { clock: () => START + seconds * 1000 });
  const [first, second, later] = [
    await at(0, "first"),
    await at(0, "second"),
    await at(9, "later"),
  ];
  const forged = await cookieOf(NEWER, "eve", { clock: () => START + 20_000 });
  const who = async (...cookies: string[]) =>
    (await identified(cookies.join("; "), { seconds: 10 })).userId;
  assertEquals(await who(first, second), "first");
  assertEquals(await who(first, later, second), "later");
  assertEquals(await who(forged, "auth_tkt=x", first), "first");
  assertEquals(await who(forged, forged, forged, forged, first), null);
});

Deno.test("identify() writes nothing after forget() and remember() of the same request", async () => {
  const clock = settableClock(START);
  const tickets = authTktCookies(OLDER, { clock });
  const cookie = await cookieOf(OLDER);
  clock.travel(500);
  const values = async (work: (request: ViewRequest) => unknown) => {
    const request = dummyRequest({ headers: { cookie } });
    await work(request);
    await tickets.identify(request);
    return request.responseHeaders.getSetCookie().map((one) => one.slice(0, one.indexOf(";")));
  };
  const both = ["auth_tkt=", "auth_tkt="];
  assertEquals(await values((request) => tickets.forget(request)), both);
  const [written, other] = await values((request) => tickets.remember(request, "eve"));
  assert(written?.includes(btoa("eve")) && other === "auth_tkt=");
  assertEquals(
    await values(async (request) => {
      const identity = tickets.identify(request);
      tickets.forget(request);
      await identity;
    }),
    both,
  );
});

Deno.test("forget() wins over identify() that is about to write a ticket", async () => {
  const cookie = await cookieOf(OLDER);
  const request = dummyRequest({ headers: { cookie } });
  let asked = 0;
  const tickets = authTktCookies(OLDER, {
    clock: () => {
      // The third time is that of the new ticket.
      if (++asked === 3) tickets.forget(request);
      return START + 500_000;
    },
  });
  assertEquals((await tickets.identify(request))?.userId, "ada");
  assertEquals(asked, 3);
  for (const one of request.responseHeaders.getSetCookie()) assert(one.startsWith("auth_tkt=;"));
});

Deno.test("a secret of bytes can be wiped afterwards", async () => {
  const bytes = new TextEncoder().encode(OLDER);
  const tickets = authTktCookies(bytes, { clock: () => START });
  bytes.fill(0);
  const request = dummyRequest({ headers: { cookie: await cookieOf(OLDER) } });
  assertEquals((await tickets.identify(request))?.userId, "ada");
});

Deno.test("includeIp binds a ticket to the visitor's address, and needs to know it", async () => {
  const tickets = authTktCookies(OLDER, { includeIp: true });
  const app = new Configurator({ trusted: { hops: 1, headers: ["x-forwarded-for"] } })
    .addRoute("in", "/in", {
      view: async (request) => {
        await tickets.remember(request, "ada");
        return html`in`;
      },
    })
    .addRoute("home", "/", {
      view: async (request) => json((await tickets.identify(request))?.userId ?? null),
    })
    .makeApp();
  const visitor = new TestClient(app);
  const from = (address: string) => ({ headers: { "x-forwarded-for": address } });
  assertEquals(await (await visitor.get("/in", from("192.0.2.7"))).text(), "in");
  assertEquals(await (await visitor.get("/", from("192.0.2.7"))).json(), "ada");
  assertEquals(await (await visitor.get("/", from("192.0.2.8"))).json(), null);
  assertEquals(await (await visitor.get("/", from("unknown"))).json(), null);
  await assertRejects(
    () => tickets.remember(dummyRequest(), "ada"),
    TypeError,
    "the address of the visitor is not known",
  );
});

Deno.test("remember() refuses tokens that Pyramid refuses", async () => {
  const tickets = authTktCookies(OLDER);
  for (const token of ["", "1a", "a b", "a,b", "a!b", "é", "a\n", 7]) {
    const error = await assertRejects(
      () => tickets.remember(dummyRequest(), "ada", { tokens: [token as string] }),
      TypeError,
      "Cannot remember the token",
    );
    assertEquals(error.message.includes("\n"), false);
  }
  await assertRejects(
    () => tickets.remember(dummyRequest(), "ada", { tokens: Array(2000).fill("token") }),
    RangeError,
    "browsers drop",
  );
});

Deno.test("remember() and forget() are refused after the response, and what nobody awaits is logged", async () => {
  const tickets = authTktCookies(OLDER);
  const logger = recordingLogger();
  const errors: unknown[] = [];
  const late: Promise<unknown>[] = [];
  const app = new Configurator({
    logger: { ...logger, error: (message: string) => void errors.push(message) },
  })
    .addRoute("home", "/", {
      view: (request) => {
        late.push(tickets.remember(request, "ada").catch((error) => error.message));
        request.addResponseCallback(() => {
          try {
            tickets.forget(request);
          } catch (error) {
            late.push(Promise.resolve(String(error)));
          }
        });
        return html`home`;
      },
    })
    .makeApp();
  const response = await app.fetch(new Request("https://app.test/"));
  assertEquals(response.headers.getSetCookie(), []);
  const messages = await Promise.all(late);
  assertEquals(messages.length, 2);
  assert(String(messages[0]).startsWith("Cannot remember a user: the response"));
  assert(String(messages[1]).includes("Cannot forget a user: the response"));
  assertEquals(errors, ["A visitor was not signed in"]);
});

Deno.test("identify() gives the page of another site nobody, as request.session does", async () => {
  const tickets = authTktCookies(OLDER);
  const cookie = await cookieOf(OLDER, "ada", { clock: Date.now });
  const app = new Configurator({ sessionFactory: signedCookieSessionFactory(SAMPLE_SECRET) })
    .addRoute("save", "/save", {
      requestMethod: ["GET", "POST"],
      view: async (request) => json((await tickets.identify(request))?.userId ?? null),
    })
    .addRoute("hook", "/hook")
    .addView(async (request) => json((await tickets.identify(request))?.userId ?? null), {
      routeName: "hook",
      requestMethod: "POST",
      requireCsrf: false,
    })
    .addExceptionView((_error, request) => tickets.identify(request), {
      context: BadCsrfOrigin,
      renderer: "json",
    })
    .makeApp();
  const asked = async (path: string, method: string, site: string) => {
    const headers = { cookie, "sec-fetch-site": site, origin: "https://other.test" };
    const response = await app.fetch(new Request(`https://app.test${path}`, { method, headers }));
    return [response.status, await response.json()];
  };
  assertEquals(await asked("/save", "GET", "cross-site"), [200, "ada"]);
  assertEquals(await asked("/save", "POST", "cross-site"), [403, null]);
  assertEquals(await asked("/save", "POST", "same-origin"), [200, "ada"]);
  assertEquals(await asked("/hook", "POST", "cross-site"), [200, "ada"]);
});

Deno.test("authTktCookies() refuses weak secrets, broken hashes and contradictions", async (t) => {
  type Given = [secret: string, options: AuthTktOptions, kind: ErrorConstructor, message: string];
  const rows: Record<string, Given> = {
    "a short secret": ["seekrit", {}, RangeError, "bytes long and must be at least 32"],
    "a published secret": ["keyboardcat".repeat(3), {}, RangeError, "one pattern repeated"],
    "MD5": [OLDER, { hash: "MD5" as "SHA-256" }, RangeError, 'set hashalg="sha512" in Pyramid'],
    "SHA-1": [OLDER, { hash: "SHA-1" as "SHA-256" }, RangeError, 'must be one of "SHA-256"'],
    "a timeout of NaN": [OLDER, { timeout: NaN }, RangeError, "Cannot set timeout to NaN"],
    "a time below zero": [OLDER, { reissueTime: -1 }, RangeError, "Cannot set reissueTime"],
    "reissueTime beyond timeout": [
      OLDER,
      { timeout: 10, reissueTime: 11 },
      ConfigurationError as ErrorConstructor,
      "must not be more than timeout",
    ],
    "an option of Pyramid": [
      OLDER,
      { cookie_name: "tkt" } as AuthTktOptions,
      ConfigurationError as ErrorConstructor,
      'did you mean "cookieName"?',
    ],
  };
  for (const [name, [secret, options, kind, message]] of Object.entries(rows)) {
    await t.step(name, () => {
      const error = assertThrows(() => authTktCookies(secret, options), kind, message);
      assertEquals(error.message.includes(OLDER), false);
    });
  }
  authTktCookies("seekrit", { insecureAllowWeakSecret: true });
});
