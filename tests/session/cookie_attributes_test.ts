/**
 * The `Set-Cookie` lines of a session, by the origin of the request and the options.
 *
 * @module
 */

import { assertEquals, assertStringIncludes, assertThrows } from "jsr:@std/assert@^1.0.0";
import { ConfigurationError, signedCookieSessionFactory } from "@pyramidion/pyramidion";
import type { SecretCookieSessionOptions } from "@pyramidion/pyramidion/types";
import { SECRET, SessionApp, type SessionAppOptions } from "./session_app.ts";

const HTTPS = "https://app.test";
const LOCAL = "http://localhost:8000";
const HOST = "; Path=/; Secure; HttpOnly; SameSite=Lax";
const APP = "; Path=/app; Secure; HttpOnly; SameSite=Lax";
const PLAIN = "; Path=/; HttpOnly; SameSite=Lax";
const GONE = "; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT";

type Row = readonly [origin: string, options: SessionAppOptions, name: string, attributes: string];

const ROWS: Record<string, Row> = {
  "https": [HTTPS, {}, "__Host-session", HOST],
  "https on a port": ["https://app.test:8443", {}, "__Host-session", HOST],
  "https to this machine": ["https://localhost:8443", {}, "__Host-session", HOST],
  "http to localhost": [LOCAL, {}, "session", PLAIN],
  "http to LOCALHOST": ["http://LOCALHOST", {}, "session", PLAIN],
  "http below localhost": ["http://shop.localhost:8000", {}, "session", PLAIN],
  "http to 127.0.0.1": ["http://127.0.0.1:8000", {}, "session", PLAIN],
  "http to 127.9.9.9": ["http://127.9.9.9", {}, "session", PLAIN],
  "http to 127.1, another spelling of 127.0.0.1": ["http://127.1", {}, "session", PLAIN],
  "http to 2130706433, another spelling of 127.0.0.1": ["http://2130706433", {}, "session", PLAIN],
  "http to [::1]": ["http://[::1]:8000", {}, "session", PLAIN],
  "http to [0:0:0:0:0:0:0:1], another spelling of [::1]": [
    "http://[0:0:0:0:0:0:0:1]",
    {},
    "session",
    PLAIN,
  ],
  "http elsewhere": ["http://app.test", {}, "__Host-session", HOST],
  "http to localhost.evil.example": ["http://localhost.evil.example", {}, "__Host-session", HOST],
  "http to notlocalhost": ["http://notlocalhost", {}, "__Host-session", HOST],
  "http to 127.0.0.1.evil.example": ["http://127.0.0.1.evil.example", {}, "__Host-session", HOST],
  "http to 128.0.0.1": ["http://128.0.0.1", {}, "__Host-session", HOST],
  "http to 0.0.0.0": ["http://0.0.0.0", {}, "__Host-session", HOST],
  "http to [::2]": ["http://[::2]", {}, "__Host-session", HOST],
  "http to a name of other letters": ["http://lócalhost", {}, "__Host-session", HOST],
  "http behind an https publicOrigin": [LOCAL, { publicOrigin: HTTPS }, "__Host-session", HOST],
  "https behind a local publicOrigin": [HTTPS, { publicOrigin: LOCAL }, "session", PLAIN],
  "secure auto, said": [LOCAL, { secure: "auto" }, "session", PLAIN],
  "secure true, on localhost": [LOCAL, { secure: true }, "__Host-session", HOST],
  "secure true, http elsewhere": ["http://app.test", { secure: true }, "__Host-session", HOST],
  "secure false, on https": [HTTPS, { secure: false }, "session", PLAIN],
  "secure false, http elsewhere": ["http://app.test", { secure: false }, "session", PLAIN],
  "no prefix": [HTTPS, { prefix: false }, "session", HOST],
  "no prefix, on localhost": [LOCAL, { prefix: false }, "session", PLAIN],
  "a prefix, said": [HTTPS, { prefix: true }, "__Host-session", HOST],
  "a name": [HTTPS, { cookieName: "sid" }, "__Host-sid", HOST],
  "a name, on localhost": [LOCAL, { cookieName: "sid" }, "sid", PLAIN],
  "a name with its prefix": [HTTPS, { cookieName: "__Host-sid", secure: true }, "__Host-sid", HOST],
  "a path": [HTTPS, { path: "/app" }, "__Secure-session", APP],
  "a path, no prefix": [HTTPS, { path: "/app", prefix: false }, "session", APP],
  "a path, on localhost": [
    LOCAL,
    { path: "/app" },
    "session",
    "; Path=/app; HttpOnly; SameSite=Lax",
  ],
  "a domain": [
    HTTPS,
    { domain: "app.test" },
    "__Secure-session",
    "; Path=/; Domain=app.test; Secure; HttpOnly; SameSite=Lax",
  ],
  "httpOnly false": [
    HTTPS,
    { httpOnly: false },
    "__Host-session",
    "; Path=/; Secure; SameSite=Lax",
  ],
  "sameSite Strict": [
    HTTPS,
    { sameSite: "Strict" },
    "__Host-session",
    "; Path=/; Secure; HttpOnly; SameSite=Strict",
  ],
  "sameSite None": [
    HTTPS,
    { sameSite: "None" },
    "__Host-session",
    "; Path=/; Secure; HttpOnly; SameSite=None",
  ],
  "sameSite None, on localhost, where it needs Secure": [
    LOCAL,
    { sameSite: "None" },
    "session",
    PLAIN,
  ],
  "partitioned": [HTTPS, { partitioned: true }, "__Host-session", HOST + "; Partitioned"],
  "partitioned, on localhost, where it needs Secure": [
    LOCAL,
    { partitioned: true },
    "session",
    PLAIN,
  ],
  "partitioned and sameSite None": [
    HTTPS,
    { partitioned: true, sameSite: "None" },
    "__Host-session",
    "; Path=/; Secure; HttpOnly; SameSite=None; Partitioned",
  ],
  "everything": [
    HTTPS,
    {
      cookieName: "sid",
      path: "/app",
      domain: "test",
      httpOnly: false,
      sameSite: "None",
      partitioned: true,
      secure: true,
    },
    "__Secure-sid",
    "; Path=/app; Domain=test; Secure; SameSite=None; Partitioned",
  ],
};

Deno.test("SessionCookie writes, and deletes with the same attributes", async (t) => {
  for (const [row, [origin, options, name, attributes]] of Object.entries(ROWS)) {
    await t.step(row, async () => {
      const app = new SessionApp(options);
      const visitor = app.visitor(origin);
      const { cookies } = await app.visit(visitor, (session) => session.set("user", "ada"));
      const [, pair = "", rest] = /^([^;]*)(.*)$/.exec(cookies[0] ?? "") ?? [];
      assertEquals([cookies.length, pair.split("=")[0], rest], [1, name, attributes]);

      const headers = { cookie: pair };
      const read = await app.visit(visitor, (session) => session.get("user"), { headers });
      assertEquals([read.value, read.cookies], ["ada", []]);

      const deleted = await app.visit(visitor, (session) => session.delete("user"), { headers });
      // A partitioned cookie may stand beside one from before the option was set.
      const forms = new Set([attributes, attributes.replace("; Partitioned", "")]);
      assertEquals(deleted.cookies, [...forms].map((form) => `${name}=${form}${GONE}`));
    });
  }
});

Deno.test("SessionCookie sends Max-Age where one was asked for", async (t) => {
  type Ask = [options: SessionAppOptions, remembered: number | null, maxAge: string];
  const rows: Record<string, Ask> = {
    "none": [{}, null, ""],
    "maxAge": [{ maxAge: 3600 }, null, "; Max-Age=3600"],
    "maxAge of 400 days": [{ maxAge: 34_560_000 }, null, "; Max-Age=34560000"],
    "remember()": [{}, 7200, "; Max-Age=7200"],
    "remember() over maxAge": [{ maxAge: 3600 }, 7200, "; Max-Age=7200"],
  };
  for (const [name, [options, remembered, maxAge]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const app = new SessionApp(options);
      const { cookies } = await app.visit(app.visitor(), (session) => {
        session.set("user", "ada");
        if (remembered !== null) session.remember(remembered);
      });
      assertEquals(cookies[0]?.replace(/^[^;]*/, ""), HOST + maxAge);
      const headers = { cookie: cookies[0]?.replace(/;.*/, "") ?? "" };
      app.clock.travel(1200);
      const renewed = await app.visit(app.visitor(), (session) => session.size, { headers });
      assertEquals(renewed.cookies[0]?.replace(/^[^;]*/, ""), HOST + maxAge);
      const gone = await app.visit(app.visitor(), (session) => session.invalidate(), { headers });
      assertEquals(gone.cookies, ["__Host-session=" + HOST + GONE]);
    });
  }
});

Deno.test("SessionCookie reads the plain name over https never, and both on a loopback host", async () => {
  const app = new SessionApp();
  const written = await app.visit(app.visitor(), (session) => session.set("user", "ada"));
  const text = written.cookies[0]?.replace(/^[^=]*=([^;]*).*/, "$1");
  const user = async (origin: string, name: string) => {
    const headers = { cookie: `${name}=${text}` };
    return (await app.visit(app.visitor(origin), (session) => session.get("user"), { headers }))
      .value;
  };
  assertEquals(await user(HTTPS, "__Host-session"), "ada");
  assertEquals(await user(HTTPS, "session"), undefined);
  assertEquals(await user(LOCAL, "session"), "ada");
  assertEquals(await user(LOCAL, "__Host-session"), "ada");
  for (const name of ["__host-session", "__HOST-SESSION", "__Host-Session", "__Host-session2"]) {
    assertEquals(await user(HTTPS, name), undefined, name);
  }
  assertEquals(app.refusals, []);
});

Deno.test("SessionCookie takes the first of two cookies of one time, and passes over one that is none", async () => {
  const app = new SessionApp();
  const text = async (user: string) => {
    const { cookies } = await app.visit(app.visitor(), (session) => session.set("user", user));
    return cookies[0]?.replace(/;.*/, "");
  };
  const ada = await text("ada"), eve = await text("eve");
  const user = async (cookie: string) =>
    (await app.visit(app.visitor(), (session) => session.get("user"), { headers: { cookie } }))
      .value;
  assertEquals(await user(`${ada}; ${eve}`), "ada");
  assertEquals(await user(`${eve}; ${ada}`), "eve");
  assertEquals(await user(`__Host-session=bad; ${ada}`), "ada");
  assertEquals(app.refusals, []);
  assertEquals(await user("__Host-session=bad; __Host-session=worse"), undefined);
  assertEquals(app.refusals, ["malformed"]);
});

Deno.test("SessionCookie with an empty value is no cookie, and costs no refusal", async () => {
  const app = new SessionApp();
  const { value, cookies } = await app.present("", (session) => session.isNew);
  assertEquals([value, cookies, app.refusals], [true, [], []]);
});

Deno.test("SessionCookie warns once of a domain that the host is not below", async (t) => {
  const rows: Record<string, [domain: string | undefined, origin: string, warns: boolean]> = {
    "none": [undefined, "https://app.test", false],
    "the host": ["app.test", "https://app.test", false],
    "a parent of the host": ["app.test", "https://www.app.test", false],
    "in capitals": ["APP.test", "https://www.app.test", false],
    "another": ["shop.test", "https://app.test", true],
    "a longer name": ["app.test", "https://myapp.test", true],
    "a child of the host": ["www.app.test", "https://app.test", true],
    "this machine, as in development": ["app.test", LOCAL, true],
  };
  for (const [name, [domain, origin, warns]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const app = new SessionApp(domain === undefined ? {} : { domain });
      for (let i = 0; i < 2; i++) {
        await app.visit(app.visitor(origin), (session) => session.set("user", "ada"));
      }
      assertEquals(app.warnings.length, warns ? 1 : 0);
      if (warns) {
        assertStringIncludes(
          app.warnings[0] ?? "",
          `A session cookie with the domain ${domain} answers ${origin}, where browsers drop it`,
        );
      }
    });
  }
});

Deno.test("SessionCookie warns once of a Secure cookie that answers plain http elsewhere", async (t) => {
  const write = async (app: SessionApp, origin: string) => {
    await app.visit(app.visitor(origin), (session) => session.set("user", "ada"));
  };
  const warning =
    "A Secure session cookie answers http://app.test, where browsers drop it: serve https, or set publicOrigin where a proxy in front does";
  type Warn = [options: SessionAppOptions, origin: string, warnings: string[]];
  const rows: Record<string, Warn> = {
    "secure auto": [{}, "http://app.test", [warning]],
    "secure true": [{ secure: true }, "http://app.test", [warning]],
    "secure false": [{ secure: false }, "http://app.test", []],
    "https": [{}, HTTPS, []],
    "localhost": [{}, LOCAL, []],
    "localhost, secure true": [{ secure: true }, LOCAL, []],
    "publicOrigin set": [{ publicOrigin: HTTPS }, "http://app.test", []],
  };
  for (const [name, [options, origin, warnings]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const app = new SessionApp(options);
      await write(app, origin);
      await write(app, origin);
      await write(app, origin === HTTPS ? HTTPS : LOCAL);
      assertEquals(app.warnings, warnings);
    });
  }
  await t.step("not where nothing is written", async () => {
    const app = new SessionApp();
    await app.visit(app.visitor("http://app.test"), (session) => session.get("user"));
    assertEquals(app.warnings, []);
  });
});

/** Options as someone without a type checker may write them. */
function untyped(options: object): SecretCookieSessionOptions {
  return options;
}

Deno.test("signedCookieSessionFactory() refuses what browsers would drop or misread", async (t) => {
  const rows: Record<string, [options: object, message: string]> = {
    "a name with a space": [{ cookieName: "a b" }, '"a b"'],
    "a name with a semicolon": [{ cookieName: "a;b" }, '"a;b"'],
    "a name with an equals sign": [{ cookieName: "a=b" }, '"a=b"'],
    "an empty name": [{ cookieName: "" }, '""'],
    "a name with a line break": [{ cookieName: "sess\r\nion" }, '"sess\\r\\nion"'],
    "a name __proto__": [{ cookieName: "__proto__" }, '"__proto__": choose another name'],
    "a name __proto__, always Secure": [
      { cookieName: "__proto__", secure: true },
      '"__proto__": choose another name',
    ],
    "a name of another prefix": [{ cookieName: "__Secure-sid" }, 'write "sid"'],
    "__Host- with a domain": [
      { cookieName: "__Host-sid", domain: "app.test", secure: true },
      "leave domain out",
    ],
    "__Host- with a path": [
      { cookieName: "__Host-sid", path: "/app", secure: true },
      'set path to "/"',
    ],
    "__Host- without Secure": [{ cookieName: "__Host-sid", secure: false }, "set secure to true"],
    "a path with an attribute": [{ path: "/; Domain=evil.test" }, '"/; Domain=evil.test"'],
    "a path without a slash": [{ path: "app" }, 'must start with "/"'],
    "an empty path": [{ path: "" }, 'must start with "/"'],
    "a path with a line break": [{ path: "/\r\nSet-Cookie: a=b" }, "visible ASCII"],
    "a path of 1,025 bytes": [{ path: "/".padEnd(1_025, "a") }, "at most 1024"],
    "a domain with an attribute": [{ domain: "app.test; Path=/" }, '"app.test; Path=/"'],
    "a domain with a leading dot": [{ domain: ".app.test" }, "leave out the leading dot"],
    "a domain with a port": [{ domain: "app.test:443" }, "without port"],
    "an empty domain": [{ domain: "" }, "must be a host name"],
    "sameSite with an attribute": [{ sameSite: "Lax; Domain=evil.test" }, 'write "Strict"'],
    "sameSite in lower case": [{ sameSite: "none" }, 'write "Strict"'],
    "sameSite None without Secure": [{ sameSite: "None", secure: false }, "without Secure"],
    "partitioned without Secure": [{ partitioned: true, secure: false }, "without Secure"],
    "httpOnly as text": [{ httpOnly: "yes" }, "must be true or false"],
    "secure as text": [{ secure: "yes" }, 'must be true, false or "auto"'],
    "maxAge NaN": [{ maxAge: NaN }, "Cannot use Max-Age NaN"],
    "maxAge below 0": [{ maxAge: -1 }, "Cannot use Max-Age -1"],
    "maxAge of half a second": [{ maxAge: 0.5 }, "a whole number of seconds"],
    "maxAge Infinity": [{ maxAge: Infinity }, "Cannot use Max-Age Infinity"],
    "maxAge over 400 days": [{ maxAge: 34_560_001 }, "400 days"],
  };
  for (const [name, [options, message]] of Object.entries(rows)) {
    await t.step(name, () => {
      const make = () => signedCookieSessionFactory(SECRET, untyped(options));
      const error = assertThrows(make, ConfigurationError, message);
      assertEquals(error.message.startsWith("Cannot "), true, error.message);
    });
  }
  await t.step("and takes a path of 1,024 bytes", () => {
    signedCookieSessionFactory(SECRET, { path: "/".padEnd(1_024, "a") });
  });
});

Deno.test("SessionCookie takes over from the name of release 0.1.0 where a domain or path gave it another", async (t) => {
  const attributes: Record<string, SessionAppOptions> = {
    "a domain": { domain: "app.test" },
    "a path": { path: "/app" },
  };
  for (const [name, options] of Object.entries(attributes)) {
    await t.step(name, async () => {
      const before = new SessionApp({ ...options, prefix: false });
      const app = new SessionApp(options);
      const ada = before.visitor();
      await before.visit(ada, (session) => session.set("user", "ada"));
      const headers = { cookie: `session=${ada.cookie("session", "/app/")}` };
      const first = await app.visit(app.visitor(), (session) => session.get("user"), { headers });
      assertEquals(first.value, "ada");
      const [written = "", deleted = "", ...others] = first.cookies;
      assertEquals([written.split("=")[0], others], ["__Secure-session", []]);
      assertEquals(deleted, `session=${written.replace(/^[^;]*/, "")}${GONE}`);

      const now = { cookie: written.split(";")[0] ?? "" };
      const second = await app.visit(app.visitor(), (session) => session.get("user"), {
        headers: now,
      });
      assertEquals([second.value, second.cookies], ["ada", []]);
      // Both, until the deletion has arrived: the new name counts, and what is left is deleted.
      const both = { cookie: `${headers.cookie}; ${now.cookie}` };
      const third = await app.visit(app.visitor(), (session) => session.set("user", "eve"), {
        headers: both,
      });
      assertEquals(third.cookies.map((cookie) => cookie.split("=")[0]), [
        "__Secure-session",
        "session",
      ]);
      const out = await app.visit(app.visitor(), (session) => session.invalidate(), {
        headers: both,
      });
      assertEquals(out.cookies.map((cookie) => cookie.replace(/;.*Max-Age=0.*/, "; gone")), [
        "__Secure-session=; gone",
        "session=; gone",
      ]);
    });
  }
  await t.step("a cookie of this host alone never had a plain name over https", async () => {
    const app = new SessionApp();
    const ada = app.visitor();
    await app.visit(ada, (session) => session.set("user", "ada"));
    const headers = { cookie: `session=${ada.cookie("__Host-session")}` };
    const { value } = await app.visit(app.visitor(), (session) => session.isNew, { headers });
    assertEquals(value, true);
  });
  await t.step("two visits of one browser", async () => {
    const before = new SessionApp({ domain: "app.test", prefix: false });
    const app = new SessionApp({ domain: "app.test" });
    const old = before.visitor(), ada = app.visitor();
    const { cookies } = await before.visit(old, (session) => session.set("user", "ada"));
    for (const cookie of cookies) ada.jar.store(cookie, HTTPS);
    for (let visit = 0; visit < 2; visit++) {
      assertEquals((await app.visit(ada, (session) => session.get("user"))).value, "ada");
      assertEquals(ada.jar.cookies().map(({ name }) => name), ["__Secure-session"]);
    }
  });
});

Deno.test("SessionCookie on a loopback host reads both names, the prefixed one first", async (t) => {
  const app = new SessionApp();
  const textFor = async (user: string) => {
    const { cookies } = await app.visit(app.visitor(), (session) => session.set("user", user));
    return cookies[0]?.replace(/^[^=]*=([^;]*).*/, "$1");
  };
  const [prefixed, plain] = [await textFor("prefixed"), await textFor("plain")];
  app.clock.travel(1);
  const newer = await textFor("newer");
  type Read = [origin: string, cookie: string, user: string | undefined, written: string[]];
  const rows: Record<string, Read> = {
    "plain alone": [LOCAL, `session=${plain}`, "plain", ["session"]],
    "prefixed alone: it came by https": [
      LOCAL,
      `__Host-session=${prefixed}`,
      "prefixed",
      ["__Host-session"],
    ],
    "both": [
      LOCAL,
      `session=${plain}; __Host-session=${prefixed}`,
      "prefixed",
      ["__Host-session", "session"],
    ],
    "both, the plain one newer": [
      LOCAL,
      `session=${newer}; __Host-session=${prefixed}`,
      "prefixed",
      ["__Host-session", "session"],
    ],
    "both, the prefixed one none": [
      LOCAL,
      `session=${plain}; __Host-session=BAD`,
      "plain",
      ["__Host-session", "session"],
    ],
    "plain over https": [HTTPS, `session=${plain}`, undefined, ["__Host-session"]],
    "both over https": [
      HTTPS,
      `session=${newer}; __Host-session=${prefixed}`,
      "prefixed",
      ["__Host-session"],
    ],
    "plain over http elsewhere": ["http://app.test", `session=${plain}`, undefined, [
      "__Host-session",
    ]],
  };
  for (const [name, [origin, cookie, user, written]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const headers = { cookie };
      const { value, cookies } = await app.visit(app.visitor(origin), (session) => {
        const user = session.get("user");
        session.set("n", 1);
        return user;
      }, { headers });
      assertEquals(value, user);
      assertEquals(cookies.map((cookie) => cookie.split("=")[0]), written);
      const secure = written[0] === "__Host-session";
      assertEquals(cookies[0]?.includes("; Secure"), secure);
    });
  }
});

Deno.test("SessionCookie is Secure on a loopback host where anybody says that the visitor came by https", async (t) => {
  const factory = signedCookieSessionFactory(SECRET);
  const write = async (isSecure: boolean | undefined, cookie: string) => {
    const headers = new Headers(cookie === "" ? {} : { cookie });
    const raw = new Request(LOCAL);
    const request = {
      raw,
      method: "GET",
      headers,
      origin: LOCAL,
      ...(isSecure === undefined ? {} : { isSecure }),
    };
    const session = await factory.load(request);
    const user = session.get("user");
    session.set("user", "ada").set("n", (session.get("n") as number | undefined ?? 0) + 1);
    const outcome = await factory.commit(session, request, { mayRenew: true, byException: false });
    const cookies = outcome.do === "nothing" ? [] : outcome.cookies;
    return { user, cookies, pair: cookies[0]?.replace(/;.*/, "") ?? "" };
  };
  const nameOf = (pair: string) => pair.split("=")[0];
  await t.step("nobody does", async () => {
    for (const isSecure of [undefined, false]) {
      assertEquals(nameOf((await write(isSecure, "")).pair), "session");
    }
  });
  await t.step("evidence, and then none: a POST has some, and the next GET has not", async () => {
    const post = await write(true, "");
    assertEquals(post.cookies, [`${post.pair}${HOST}`]);
    const get = await write(undefined, post.pair);
    assertEquals([get.user, nameOf(get.pair)], ["ada", "__Host-session"]);
  });
  await t.step("none, and then evidence: the plain name is not believed", async () => {
    const get = await write(undefined, "");
    const post = await write(true, get.pair);
    assertEquals([post.user, nameOf(post.pair)], [undefined, "__Host-session"]);
  });
});

Deno.test("a session's cookie cannot have the name of a CSRF cookie", () => {
  assertThrows(
    () => signedCookieSessionFactory(SECRET, { cookieName: "csrf-sessions" }),
    ConfigurationError,
    'Cannot use session cookie "csrf-sessions": CSRF cookies have names of this form',
  );
});
