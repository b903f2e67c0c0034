/**
 * The `Set-Cookie` lines of a session, by the origin of the request and the options.
 *
 * @module
 */

import { assertEquals, assertStringIncludes, assertThrows } from "jsr:@std/assert@^1.0.0";
import {
  ConfigurationError,
  signedCookieSessionFactory,
  type SignedCookieSessionOptions,
} from "@pyramidion/pyramidion";
import { SECRET, SessionApp, type SessionAppOptions } from "./session_app.ts";

const HTTPS = "https://app.test";
const LOCAL = "http://localhost:8000";
const HOST = "; Path=/; Secure; HttpOnly; SameSite=Lax";
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
  "a name": [HTTPS, { cookieName: "sid" }, "__Host-sid", HOST],
  "a name, on localhost": [LOCAL, { cookieName: "sid" }, "sid", PLAIN],
  "a name with its prefix": [HTTPS, { cookieName: "__Host-sid", secure: true }, "__Host-sid", HOST],
  "a path": [HTTPS, { path: "/app" }, "session", "; Path=/app; Secure; HttpOnly; SameSite=Lax"],
  "a path, on localhost": [
    LOCAL,
    { path: "/app" },
    "session",
    "; Path=/app; HttpOnly; SameSite=Lax",
  ],
  "a domain": [
    HTTPS,
    { domain: "app.test" },
    "session",
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
    "sid",
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
      assertEquals(deleted.cookies, [`${name}=${attributes}${GONE}`]);
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

Deno.test("SessionCookie reads only the name that it writes for the origin", async () => {
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
  assertEquals(await user(LOCAL, "__Host-session"), undefined);
  for (const name of ["__host-session", "__HOST-SESSION", "__Host-Session", "__Host-session2"]) {
    assertEquals(await user(HTTPS, name), undefined, name);
  }
  assertEquals(app.refusals, []);
});

Deno.test("SessionCookie takes the first of two cookies of its name", async () => {
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
  assertEquals(await user(`__Host-session=bad; ${ada}`), undefined);
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
function untyped(options: object): SignedCookieSessionOptions {
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
