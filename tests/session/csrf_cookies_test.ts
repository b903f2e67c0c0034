/**
 * CSRF secrets of visitors without a session, each in a cookie of its own.
 *
 * @module
 */

import {
  assert,
  assertEquals,
  assertMatch,
  assertNotEquals,
  assertThrows,
} from "jsr:@std/assert@^1.0.0";
import {
  encryptedCookieSessionFactory,
  pyramidCookieSessionFactory,
  type Session,
} from "@pyramidion/pyramidion";
import type { TestClient } from "@pyramidion/pyramidion/testing";
import { cookieHeader, FactoryApp } from "./factory_app.ts";
import {
  everyKind,
  NAME,
  SECRET,
  SessionApp,
  type SessionAppOptions,
  textOf,
} from "./session_app.ts";

const PREFIX = "__Host-csrf-";
const ATTRIBUTES = "Path=/; Secure; HttpOnly; SameSite=Lax";
const GONE = "Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT";
/** Two secrets that a browser may send. */
const ONE = `${"1".repeat(42)}0`, OTHER = `${"2".repeat(42)}0`;

const tokenOf = (session: Session) => session.getCsrfToken();

/** The `Set-Cookie` headers in short: name and attributes, the ids and values left out. */
function shapes(cookies: readonly string[]): string[] {
  return cookies.map((cookie) => cookie.replace(/(csrf-)[\w-]{8}=[\w-]*/, "$1…=…"));
}

/** The names of a visitor's cookies. */
function names(visitor: TestClient): string[] {
  return visitor.jar.cookies().map(({ name }) => name);
}

/** Opens several pages at the same time, before the first has answered. */
async function open(app: SessionApp, visitor: TestClient, tabs: number): Promise<string[]> {
  const pages = Array.from({ length: tabs }, () => app.visit(visitor, tokenOf));
  return (await Promise.all(pages)).map(({ value }) => value);
}

/** Whether each token is one of the visitor's. */
async function checked(
  app: SessionApp,
  visitor: TestClient,
  tokens: readonly string[],
): Promise<boolean[]> {
  return (await app.visit(visitor, (s) => tokens.map((token) => s.checkCsrfToken(token)))).value;
}

everyKind(
  "Session.getCsrfToken() of a visitor without a session sets a cookie of its own, and begins no session",
  async () => {
    const app = new SessionApp();
    const ada = app.visitor();
    const { value: token, cookies } = await app.visit(ada, tokenOf);
    assertEquals(shapes(cookies), [`${PREFIX}…=…; ${ATTRIBUTES}`]);
    const [, id, secret = ""] = /^__Host-csrf-([\w-]{8})=([\w-]{43});/.exec(cookies[0] ?? "") ?? [];
    assertMatch(token, /^[\w-]{8}\.[\w-]{86}$/);
    assertEquals(token.slice(0, 8), id);
    assert(!token.includes(secret), "it is masked");
    const { value } = await app.visit(ada, (s) => [s.isNew, s.size, s.hasCsrfToken]);
    assertEquals(value, [true, 0, true]);
    assertEquals(await checked(app, ada, [token]), [true]);
  },
);

everyKind(
  "Session.getCsrfToken() of a visitor without a session gives a new mask each time, and sets one cookie",
  async () => {
    const app = new SessionApp();
    const ada = app.visitor();
    const tokens = new Set<string>();
    for (let request = 0; request < 3; request++) {
      const { cookies } = await app.visit(ada, (session) => {
        for (let call = 0; call < 20; call++) tokens.add(session.getCsrfToken());
        for (const token of tokens) assert(session.checkCsrfToken(token), token);
      });
      assertEquals(cookies.length, request === 0 ? 1 : 0, "the one that came is used again");
    }
    assertEquals(tokens.size, 60);
    assertEquals(new Set([...tokens].map((token) => token.slice(0, 9))).size, 1);
    for (let position = 9; position < 95; position++) {
      const letters = new Set([...tokens].map((token) => token[position]));
      assert(letters.size > 1, `letter ${position} is always the same`);
    }
  },
);

everyKind("two tabs that a visitor opens at once without a cookie: both forms pass", async (t) => {
  await t.step("signed", async () => {
    const app = new SessionApp();
    const ada = app.visitor();
    const tokens = await open(app, ada, 2);
    assertEquals(names(ada).length, 2);
    assertEquals(await checked(app, ada, tokens), [true, true]);
  });
  await t.step("encrypted", async () => {
    const app = new FactoryApp((around) => encryptedCookieSessionFactory(SECRET, around));
    const ada = app.visitor();
    const pages = await Promise.all([app.visit(ada, tokenOf), app.visit(ada, tokenOf)]);
    const { value } = await app.visit(
      ada,
      (session) => pages.map((page) => session.checkCsrfToken(page.value)),
    );
    assertEquals(value, [true, true]);
  });
});

everyKind(
  "at most four CSRF cookies are kept; the others are deleted, and their forms refused",
  async () => {
    const app = new SessionApp();
    const ada = app.visitor();
    const tokens = await open(app, ada, 6);
    assertEquals(names(ada).length, 6);
    assertEquals(await checked(app, ada, tokens), [true, true, true, true, false, false]);
    assertEquals(
      names(ada),
      tokens.slice(0, 4).map((token) => PREFIX + token.slice(0, 8)),
    );
    assertEquals(await checked(app, ada, tokens), [true, true, true, true, false, false]);
  },
);

Deno.test("a session that begins leaves the forms valid that were open before", async () => {
  const app = new SessionApp();
  const ada = app.visitor();
  const tokens = await open(app, ada, 2);
  await app.visit(ada, (session) => session.set("cart", [1]));
  assertEquals(await checked(app, ada, tokens), [true, true]);
  // From now on the secret lies in the session.
  const { value: token, cookies } = await app.visit(ada, tokenOf);
  assertEquals(cookies.map((cookie) => cookie.slice(0, cookie.indexOf("="))), [NAME]);
  assertMatch(token, /^[\w-]{86}$/);
  assertEquals(await checked(app, ada, [...tokens, token]), [true, true, true]);
});

everyKind("what ends a CSRF token ends those in cookies, and deletes the cookies", async (t) => {
  const rows: Record<string, [end: (session: Session) => unknown, keepsSession: boolean]> = {
    "bindTo()": [(session) => session.bindTo("ada"), true],
    "regenerate()": [(session) => session.regenerate(), true],
    "invalidate()": [(session) => session.invalidate(), false],
    "newCsrfToken()": [(session) => session.newCsrfToken(), true],
  };
  for (const [name, [end, keepsSession]] of Object.entries(rows)) {
    for (const begins of [true, false]) {
      await t.step(`${name}, ${begins ? "in a session" : "without a session"}`, async () => {
        const app = new SessionApp();
        const ada = app.visitor();
        const tokens = await open(app, ada, 2);
        const before = names(ada);
        if (begins) await app.visit(ada, (session) => session.set("cart", [1]));
        const { value, cookies } = await app.visit(ada, (session) => {
          end(session);
          return tokens.map((token) => session.checkCsrfToken(token));
        });
        assertEquals(value, [false, false], "at once");
        for (const one of before) assert(cookies.includes(`${one}=; ${ATTRIBUTES}; ${GONE}`), one);
        assertEquals(names(ada).filter((one) => before.includes(one)), []);
        assertEquals(await checked(app, ada, tokens), [false, false]);
        assertEquals(names(ada).includes(NAME), begins && keepsSession || name === "bindTo()");
      });
    }
  }
});

everyKind(
  "Session.newCsrfToken() of a visitor without a session gives one that passes, in a cookie of another name",
  async () => {
    const app = new SessionApp();
    const ada = app.visitor();
    const { value: old } = await app.visit(ada, tokenOf);
    const { value: fresh, cookies } = await app.visit(ada, (session) => session.newCsrfToken());
    assertNotEquals(fresh.slice(0, 8), old.slice(0, 8));
    assertEquals(shapes(cookies), [
      `${PREFIX}…=…; ${ATTRIBUTES}`,
      `${PREFIX}…=…; ${ATTRIBUTES}; ${GONE}`,
    ]);
    assertEquals(await checked(app, ada, [old, fresh]), [false, true]);
  },
);

everyKind(
  "the token of a signed-in visitor comes from the session alone, although a CSRF cookie is planted",
  async () => {
    const app = new SessionApp();
    const eve = app.visitor(), ada = app.visitor();
    const { value: token } = await app.visit(eve, tokenOf);
    const planted = cookieHeader(eve);
    await app.visit(ada, (session) => session.bindTo("ada"));
    const headers = { cookie: `${planted}; ${cookieHeader(ada)}` };
    const { value } = await app.visit(app.visitor(), (session) => {
      const before = [session.userId, session.hasCsrfToken, session.checkCsrfToken(token)];
      const own = session.getCsrfToken();
      return [...before, /^[\w-]{86}$/.test(own), session.checkCsrfToken(token)];
    }, { headers });
    assertEquals(value, ["ada", false, false, true, false]);
  },
);

everyKind("a sign-in ends the CSRF cookies that came with it, planted ones included", async () => {
  const app = new SessionApp();
  const cookie = `${PREFIX}planted1=${ONE}; ${PREFIX}planted2=${OTHER}`;
  const { cookies } = await app.visit(app.visitor(), (session) => session.bindTo("ada"), {
    headers: { cookie },
  });
  assertEquals(cookies.slice(1), [
    `${PREFIX}planted1=; ${ATTRIBUTES}; ${GONE}`,
    `${PREFIX}planted2=; ${ATTRIBUTES}; ${GONE}`,
  ]);
});

everyKind(
  "CSRF cookies are HttpOnly and Lax whatever the session's cookie is, and never kept longer than the browser runs",
  async (t) => {
    const loopback = "http://localhost:8000", https = "https://app.test";
    const rows: Record<string, [origin: string, options: SessionAppOptions, cookie: string]> = {
      "https": [https, {}, `${PREFIX}…=…; ${ATTRIBUTES}`],
      "a Strict session": [https, { sameSite: "Strict" }, `${PREFIX}…=…; ${ATTRIBUTES}`],
      "a None session": [https, { sameSite: "None" }, `${PREFIX}…=…; ${ATTRIBUTES}`],
      "a session that scripts can read": [
        https,
        { httpOnly: false },
        `${PREFIX}…=…; ${ATTRIBUTES}`,
      ],
      "a session with Max-Age": [https, { maxAge: 86_400 }, `${PREFIX}…=…; ${ATTRIBUTES}`],
      "another name of the session": [https, { cookieName: "sid" }, `${PREFIX}…=…; ${ATTRIBUTES}`],
      "partitioned, for embedded pages": [
        https,
        { partitioned: true, sameSite: "None" },
        `${PREFIX}…=…; Path=/; Secure; HttpOnly; SameSite=None; Partitioned`,
      ],
      "plain http to this machine": [loopback, {}, "csrf-…=…; Path=/; HttpOnly; SameSite=Lax"],
      "partitioned, plain http to this machine": [
        loopback,
        { partitioned: true, sameSite: "None" },
        "csrf-…=…; Path=/; HttpOnly; SameSite=Lax",
      ],
      "https behind a proxy": [loopback, { publicOrigin: https }, `${PREFIX}…=…; ${ATTRIBUTES}`],
      "a domain": [
        https,
        { domain: "app.test" },
        "__Secure-csrf-…=…; Path=/; Domain=app.test; Secure; HttpOnly; SameSite=Lax",
      ],
      "a path": [
        https,
        { path: "/app" },
        "__Secure-csrf-…=…; Path=/app; Secure; HttpOnly; SameSite=Lax",
      ],
      "no prefix": [https, { prefix: false }, `csrf-…=…; ${ATTRIBUTES}`],
      "secure: false": [https, { secure: false }, "csrf-…=…; Path=/; HttpOnly; SameSite=Lax"],
    };
    for (const [name, [origin, options, cookie]] of Object.entries(rows)) {
      await t.step(name, async () => {
        const app = new SessionApp(options);
        const ada = app.visitor(origin);
        const { value: token, cookies } = await app.visit(ada, tokenOf);
        assertEquals(shapes(cookies), [cookie]);
        if (options.publicOrigin !== undefined) return;
        assertEquals(await checked(app, ada, [token]), [true], "it comes back");
      });
    }
  },
);

everyKind("the CSRF cookie of another prefix is not read", async () => {
  const app = new SessionApp();
  const { value } = await app.visit(app.visitor(), (s) => s.hasCsrfToken, {
    headers: { cookie: `csrf-abcdefgh=${ONE}; __Secure-csrf-abcdefgh=${ONE}` },
  });
  assertEquals(value, false);
});

Deno.test("Pyramid's format keeps the token in the session", async () => {
  const app = new FactoryApp((around) => pyramidCookieSessionFactory(SECRET, around));
  const ada = app.visitor();
  const { value: token } = await app.visit(ada, tokenOf);
  assertEquals(names(ada), ["session"]);
  const headers = { cookie: `${cookieHeader(ada)}; csrf-abcdefgh=${ONE}` };
  const { value } = await app.visit(app.visitor(), (session) => [
    session.isNew,
    session.checkCsrfToken(token),
    session.hasCsrfToken,
  ], { headers });
  assertEquals(value, [false, true, true]);
});

everyKind("a cookie that is no CSRF cookie counts for nothing, and is left alone", async (t) => {
  const rows: Record<string, string> = {
    "no value": `${PREFIX}abcdefgh=`,
    "a secret that is too short": `${PREFIX}abcdefgh=${ONE.slice(1)}`,
    "a secret that is too long": `${PREFIX}abcdefgh=${ONE}1`,
    "a second spelling of 32 bytes": `${PREFIX}abcdefgh=${"1".repeat(43)}`,
    "4,000 characters": `${PREFIX}abcdefgh=${"1".repeat(4_000)}`,
    "another alphabet": `${PREFIX}abcdefgh=${"+".repeat(43)}`,
    "padded": `${PREFIX}abcdefgh=${ONE.slice(1)}=`,
    "in quotes": `${PREFIX}abcdefgh="${ONE.slice(2)}"`,
    "an id that is too short": `${PREFIX}abcdefg=${ONE}`,
    "an id that is too long": `${PREFIX}abcdefghi=${ONE}`,
    "no id": `${PREFIX}=${ONE}`,
    "an id with other characters": `${PREFIX}abcd.fgh=${ONE}`,
    "in capitals": `__HOST-CSRF-abcdefgh=${ONE}`,
    "without its prefix": `csrf-abcdefgh=${ONE}`,
    "with something before": `x${PREFIX}abcdefgh=${ONE}`,
  };
  for (const [name, cookie] of Object.entries(rows)) {
    await t.step(name, async () => {
      const app = new SessionApp();
      const headers = { cookie };
      const { value, response } = await app.visit(app.visitor(), (session) => [
        session.hasCsrfToken,
        session.checkCsrfToken(`abcdefgh.${"A".repeat(43)}${ONE}`),
      ], { headers });
      assertEquals([value, response.status], [[false, false], 200]);
      const { value: token, cookies } = await app.visit(app.visitor(), tokenOf, { headers });
      assertNotEquals(token.slice(0, 8), "abcdefgh");
      assertEquals(cookies.slice(1), []);
    });
  }
});

everyKind("of two CSRF cookies of one name the first counts", async () => {
  const app = new SessionApp();
  const under = (cookie: string) => ({ headers: { cookie } });
  const first = `${PREFIX}abcdefgh=${ONE}`, second = `${PREFIX}abcdefgh=${OTHER}`;
  const { value: token } = await app.visit(app.visitor(), tokenOf, under(`${first}; ${second}`));
  const passes = async (cookie: string) =>
    (await app.visit(app.visitor(), (s) => s.checkCsrfToken(token), under(cookie))).value;
  assertEquals(
    [await passes(first), await passes(second), await passes(`${first}; ${second}`)],
    [true, false, true],
  );
});

everyKind("1,000 CSRF cookies in one header are no more than four", async () => {
  const app = new SessionApp();
  const ids = Array.from({ length: 1_000 }, (_, index) => `${index}`.padStart(8, "0"));
  const cookie = ids.map((id) => `${PREFIX}${id}=${ONE}`).join("; ");
  const { value: token, cookies } = await app.visit(app.visitor(), tokenOf, {
    headers: { cookie },
  });
  assertEquals([token.slice(0, 8), cookies.length], ["00000000", 8]);
});

everyKind(
  "Session.checkCsrfToken() refuses every text that is not the token of one of the CSRF cookies",
  async (t) => {
    const app = new SessionApp();
    const ada = app.visitor();
    const [one = "", other = ""] = await open(app, ada, 2);
    const [mask, id, otherId] = [one.slice(9), one.slice(0, 8), other.slice(0, 8)];
    const secret = textOf(ada.jar.cookies()[0] && `x=${ada.jar.cookies()[0]?.value}`);
    const rows: Record<string, string> = {
      "empty": "",
      "a dot": ".",
      "the id": id,
      "the id and a dot": `${id}.`,
      "without the id": mask,
      "without the dot": id + mask,
      "the id of another cookie": `${otherId}.${mask}`,
      "an id of no cookie": `abcdefgh.${mask}`,
      "an id that every object has": `__proto__.${mask}`,
      "two dots": `${id}..${mask}`,
      "two ids": `${id}.${id}.${mask}`,
      "another case": one.toLowerCase() === one ? one.toUpperCase() : one.toLowerCase(),
      "one character less": one.slice(0, -1),
      "one character more": `${one}A`,
      "white space before": ` ${one}`,
      "the secret itself, unmasked": `${id}.${secret}`,
      "the cookie": `${PREFIX}${id}=${secret}`,
      "a megabyte": `${id}.${"A".repeat(1_048_576)}`,
    };
    assertEquals(secret.length, 43);
    for (const [name, presented] of Object.entries(rows)) {
      await t.step(name, async () => {
        const { value, cookies } = await app.visit(ada, (s) => s.checkCsrfToken(presented));
        assertEquals([value, cookies], [false, []]);
      });
    }
    await t.step("and both tokens still pass", async () => {
      assertEquals(await checked(app, ada, [one, other]), [true, true]);
    });
  },
);

everyKind("the token of another visitor without a session is refused", async () => {
  const app = new SessionApp();
  const ada = app.visitor(), eve = app.visitor();
  const { value: token } = await app.visit(eve, tokenOf);
  await app.visit(ada, tokenOf);
  assertEquals(await checked(app, ada, [token]), [false]);
  assertEquals(await checked(app, app.visitor(), [token]), [false]);
});

everyKind("a response that sets a CSRF cookie is private and says Vary: Cookie", async (t) => {
  const rows: Record<string, [said: string | null, cacheControl: string]> = {
    "nothing said": [null, "private"],
    "public": ["public, max-age=60", "private, no-store"],
    "no-store": ["no-store", "no-store"],
  };
  for (const [name, [said, cacheControl]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const app = new SessionApp();
      const { response } = await app.visit(app.visitor(), (session) => {
        const headers: HeadersInit = said === null ? {} : { "cache-control": said };
        return new Response(session.getCsrfToken(), { headers });
      });
      assertEquals(
        [response.headers.get("cache-control"), response.headers.get("vary")],
        [cacheControl, "Cookie"],
      );
    });
  }
});

everyKind("asking whether there is a token sets no cookie", async () => {
  const app = new SessionApp();
  const { value, cookies } = await app.visit(
    app.visitor(),
    (session) => [session.hasCsrfToken, session.checkCsrfToken("x")],
  );
  assertEquals([value, cookies], [[false, false], []]);
});

everyKind(
  "a CSRF token cannot be made once the response is on its way, and one that is there can be read",
  async () => {
    const app = new SessionApp();
    const ada = app.visitor();
    const { value: late } = await app.visit(ada, (session) => session);
    for (const make of [() => late.getCsrfToken(), () => late.newCsrfToken()]) {
      assertThrows(make, Error, "Cannot make a CSRF token: the response is already on its way");
    }
    await app.visit(ada, tokenOf);
    const { value: known } = await app.visit(ada, (session) => session);
    assertEquals(known.checkCsrfToken(known.getCsrfToken()), true);
    assertThrows(() => known.newCsrfToken(), Error, "the response is already on its way");
  },
);

everyKind(
  "a Secure cookie that answers plain http is warned of once, whichever of the two it is",
  async () => {
    const app = new SessionApp();
    const ada = app.visitor("http://app.test");
    await app.visit(ada, (session) => session.set("user", session.getCsrfToken()));
    await app.visit(ada, tokenOf);
    assertEquals(app.warnings.length, 1);
  },
);

everyKind("one response deletes at most eight CSRF cookies", async () => {
  const app = new SessionApp();
  const came = Array.from({ length: 30 }, (_, i) => `${PREFIX}abcdef${10 + i}=${ONE}`);
  const { cookies } = await app.visit(
    app.visitor(),
    (session) => session.newCsrfToken(),
    { headers: { cookie: came.join("; ") } },
  );
  assertEquals(cookies.filter((cookie) => cookie.includes("Max-Age=0")).length, 8);
});
