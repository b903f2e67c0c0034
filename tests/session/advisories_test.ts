/**
 * What went wrong elsewhere, one test for each advisory that could be ours: cookie sessions only.
 *
 * @module
 */

import { assert, assertEquals, assertNotEquals, assertThrows } from "jsr:@std/assert@^1.0.0";
import { createHmac } from "node:crypto";
import {
  ConfigurationError,
  encryptedCodec,
  pyramidCodec,
  type Session,
  signedCodec,
  signedCookieSessionFactory,
} from "@pyramidion/pyramidion";
import type { SecretCookieSessionOptions } from "@pyramidion/pyramidion/types";
import {
  everyKind,
  mint,
  NAME,
  payloadOf,
  SECRET,
  SessionApp,
  START,
  textOf,
  tokenBytes,
  type Work,
} from "./session_app.ts";
import { SubtleSpy } from "./subtle_spy.ts";

const BASE64URL = { alphabet: "base64url", omitPadding: true } as const;
const ADMIN = `[${START},${START},{"user":"admin"}]`;
const BYTES = new TextEncoder().encode(ADMIN);

function base64url(text: string): string {
  return new TextEncoder().encode(text).toBase64(BASE64URL);
}

/** Sends a whole `Cookie` header. */
async function withHeader<T>(app: SessionApp, cookie: string, work: Work<T>): Promise<T> {
  return (await app.visit(app.visitor(), work, { headers: { cookie } })).value;
}

const user = (session: Session) => session.get("user");

/** Options as someone without a type checker may write them. */
function untyped(options: object): SecretCookieSessionOptions {
  return options;
}

function assertRefusedOptions(rows: readonly object[]): void {
  for (const options of rows) {
    assertThrows(
      () => signedCookieSessionFactory(SECRET, untyped(options)),
      ConfigurationError,
      "Cannot ",
      Deno.inspect(options),
    );
  }
}

Deno.test(
  "CVE-2026-39324: there is one way to read a cookie, and none after it failed",
  async () => {
    const digest = (hash: string) => createHmac(hash, SECRET).update(ADMIN).digest("hex");
    const texts = [
      ADMIN,
      '{"user":"admin"}',
      base64url(ADMIN),
      base64url('{"user":"admin"}'),
      btoa(ADMIN),
      encodeURIComponent(ADMIN),
      `${base64url(ADMIN)}--${digest("sha1")}`,
      `${base64url(ADMIN)}.${digest("sha256")}`,
      `s:${base64url(ADMIN)}.${createHmac("sha256", SECRET).update(ADMIN).digest("base64")}`,
      `${base64url('{"alg":"none"}')}.${base64url('{"user":"admin"}')}.`,
      `Fe26.2**${base64url(ADMIN)}`,
      await encryptedCodec(SECRET).encode(BYTES),
      await pyramidCodec(SECRET).encode(BYTES),
      await pyramidCodec(SECRET, { salt: "", hash: "SHA-256" }).encode(BYTES),
      tokenBytes(await mint(ADMIN)).slice(6).toBase64(BASE64URL),
      tokenBytes(await mint(ADMIN)).slice(0, -32).toBase64(BASE64URL),
    ];
    const app = new SessionApp();
    for (const text of texts) {
      const { value, response } = await app.present(
        text,
        (session) => [session.isNew, session.size],
      );
      assertEquals([value, response.status], [[true, 0], 200], text);
    }
    assertEquals([app.refusals.length, app.errors], [texts.length, []]);
  },
);

Deno.test(
  "CVE-2024-31999: a copy of a cookie ends by the limits inside it, whatever the browser was told",
  async () => {
    const app = new SessionApp({ maxAge: 34_560_000, lifetime: 3_600 });
    const ada = app.visitor();
    const { cookies } = await app.visit(ada, (session) => session.set("user", "ada"));
    const copy = textOf(cookies[0]);
    await app.visit(ada, (session) => session.invalidate());
    app.clock.travel(1_200.001);
    assertEquals((await app.present(copy, user)).value, undefined);

    app.clock.travelTo(START);
    let renewed = copy;
    while (app.clock() < START + 3_600_000) {
      app.clock.travel(1_000);
      const visit = await app.present(renewed, user);
      renewed = textOf(visit.cookies[0]) || renewed;
    }
    assertEquals((await app.present(renewed, user)).value, undefined);
    assertEquals(app.refusals, ["expired-idle", "expired-absolute", "expired-absolute"]);
  },
);

Deno.test("CVE-2024-35220: a session that was loaded and written again still ends", async () => {
  const app = new SessionApp({ maxAge: 86_400 });
  const ada = app.visitor();
  await app.visit(ada, (session) => session.set("user", "ada"));
  for (let reload = 0; reload < 5; reload++) {
    app.clock.travel(600);
    const { cookies } = await app.visit(ada, (session) => session.set("reload", reload));
    const [renewed, created] = JSON.parse(payloadOf(textOf(cookies[0])));
    assertEquals([renewed, created], [app.clock(), START]);
  }
  app.clock.travel(1_200.001);
  assertEquals((await app.visit(ada, user)).value, undefined);
  assertEquals(app.refusals, ["expired-idle"]);
});

Deno.test(
  "CVE-2023-29019: a session that was planted before the login is not signed in by it",
  async () => {
    const app = new SessionApp();
    const eve = app.visitor(), ada = app.visitor();
    await app.visit(eve, (session) => session.set("cart", [1]));
    const { value: token, cookies } = await app.visit(eve, (session) => session.getCsrfToken());
    const planted = textOf(cookies[0]);
    app.clock.travel(60);
    ada.jar.store(cookies[0] ?? "", "https://app.test/");
    const login = await app.visit(ada, (session) => {
      assertEquals(session.get("cart"), [1]);
      session.bindTo("ada");
      assertEquals(session.created, app.clock());
      return session.getCsrfToken();
    });
    assertNotEquals(textOf(login.cookies[0]), planted);
    const seen = (session: Session) => [session.userId, session.checkCsrfToken(token)];
    assertEquals((await app.present(planted, seen)).value, [undefined, true]);
    assertEquals((await app.visit(ada, seen)).value, ["ada", false]);
  },
);

everyKind(
  "GHSA-q5pr-72pq-83v3, GHSA-cpf9-ph2j-ccr9: no cookie beside ours is counted or joined",
  async () => {
    const app = new SessionApp();
    const text = await mint(ADMIN);
    const half = Math.floor(text.length / 2);
    for (const separator of [".", "-", "_", ""]) {
      const chunks = `${NAME}${separator}0=${text.slice(0, half)}; ${NAME}${separator}1=${
        text.slice(half)
      }`;
      for (const count of ["", `; ${NAME}.count=99999999`, `; ${NAME}=chunks-99999999`]) {
        assertEquals(await withHeader(app, chunks + count, user), undefined, chunks + count);
      }
    }
  },
);

everyKind("CVE-2025-58186: our cookie is found among any number of others", async () => {
  const app = new SessionApp();
  const text = await app.left.leave(ADMIN);
  const header = `${"a=1;".repeat(16_384)} ${NAME}=${text}; ${"b=2; ".repeat(1_000)}`;
  assertEquals(await withHeader(app, header, user), "admin");
  assertEquals(await withHeader(app, "a=1;".repeat(16_384), user), undefined);
});

everyKind("CVE-2024-52804, CVE-2024-7592: 64 KB of any separator are read as nothing", async () => {
  const app = new SessionApp();
  const text = await app.left.leave(ADMIN);
  for (const mark of [";", " ", "=", '"', "\\", ",", '";', `${NAME};`, `${NAME} `, "\\012"]) {
    const junk = mark.repeat(Math.ceil(65_536 / mark.length));
    assertEquals(await withHeader(app, junk, user), undefined, mark);
    assertEquals(await withHeader(app, `${junk}; ${NAME}=${text}`, user), "admin", mark);
  }
  assertEquals([app.refusals, app.errors], [[], []]);
});

Deno.test(
  "CVE-2024-47764, GHSA-26pp-8wgv-hjvm, CVE-2026-47675, CVE-2026-16728, CVE-2026-16729, CVE-2026-15157: no option adds an attribute",
  () => {
    const inject = ["; Domain=evil.test", "\r\nSet-Cookie: a=b", ", a=b", "\0", " ", "é"];
    assertRefusedOptions(inject.flatMap((text) => [
      { cookieName: `session${text}` },
      { path: `/app${text}`.replace(", ", "; ") },
      { domain: `app.test${text}` },
      { sameSite: `Lax${text}` },
    ]));
  },
);

Deno.test("CVE-2026-9679: a cookie's value is never decoded, and never sent back", async () => {
  const app = new SessionApp();
  const text = await mint(ADMIN);
  const encoded = [...text].map((c) => `%${c.charCodeAt(0).toString(16)}`).join("");
  const texts = [encoded, `${text}%0d%0aSet-Cookie: a=b`, "%0d%0a", "%zz", "%E0%A4", "%00", "%22"];
  for (const presented of texts) {
    const { value, cookies, response } = await app.present(presented, (session) => {
      session.set("seen", 1);
      return user(session);
    });
    assertEquals([value, cookies.length, response.status], [undefined, 1, 200], presented);
    assertEquals(payloadOf(textOf(cookies[0])), `[${START},${START},{"seen":1}]`);
    assertEquals(response.headers.has("a"), false);
  }
  assertEquals(app.refusals, texts.map(() => "malformed"));
});

Deno.test("CVE-2026-11525: SameSite is one of three words, not part of one", () => {
  const words = [
    "lax",
    "LAX",
    "Laxative",
    "Stricter",
    "NoneStrict",
    "Lax Strict",
    "",
    " Lax",
    "Non",
  ];
  assertRefusedOptions(words.map((sameSite) => ({ sameSite })));
});

everyKind("CVE-2020-8184, CVE-2020-7070: names are compared as they are, not decoded", async () => {
  const app = new SessionApp();
  const text = await app.left.leave(ADMIN);
  const names = ["%5F%5FHost-session", "__Host%2Dsession", "__Host-sessio%6E", "__Host-session%20"];
  const cased = ["__HOST-SESSION", "__host-session", "__Host-SESSION", "session", "Host-session"];
  const cut = ["__Host-session[]", "__Host-session.", '"__Host-session"', "__Host_session"];
  for (const name of [...names, ...cased, ...cut]) {
    assertEquals(await withHeader(app, `${name}=${text}`, user), undefined, name);
  }
});

everyKind("CVE-2023-23934: a pair that begins with = is nameless", async () => {
  const app = new SessionApp();
  const text = await app.left.leave(ADMIN);
  for (
    const header of [`=${NAME}=${text}`, `==${NAME}=${text}`, `a=1; =${NAME}=${text}`, "=", "=x"]
  ) {
    assertEquals(await withHeader(app, header, user), undefined, header);
  }
  assertEquals(await withHeader(app, `=x; ${NAME}=${text}`, user), "admin");
});

everyKind("Cookie Chaos (2025): only space and tab are trimmed around a name", async () => {
  const app = new SessionApp();
  const text = await app.left.leave(ADMIN);
  for (const blank of ["\x85", "\xa0", "\x0b", "\x0c", "\x1c", "\x7f", "\xad", "\x01"]) {
    const name = `U+00${blank.charCodeAt(0).toString(16)}`;
    assertEquals(await withHeader(app, `a=1; ${blank}${NAME}=${text}`, user), undefined, name);
    assertEquals(await withHeader(app, `${blank}${NAME}=${text}`, user), undefined, name);
    assertEquals(await withHeader(app, `${NAME}${blank}=${text}`, user), undefined, name);
  }
  assertEquals(app.refusals, []);
  assertEquals(await withHeader(app, `a=1; \t ${NAME} \t=\t ${text} \t; b=2`, user), "admin");
});

everyKind("Cookie sandwich (2025): quotes are bytes, and swallow nothing", async () => {
  const app = new SessionApp();
  const text = await app.left.leave(ADMIN);
  assertEquals(await withHeader(app, `a="; ${NAME}=${text}; b="`, user), "admin");
  assertEquals(await withHeader(app, `$Version=1; a="\\"; ${NAME}=${text}; b=""`, user), "admin");
  assertEquals(await withHeader(app, `$Version=1; a="x; ${NAME}=${text}"`, user), undefined);
  assertEquals(await withHeader(app, `$Version=1; ${NAME}="${text}"`, user), undefined);
  assertEquals(app.refusals, ["malformed", "malformed"]);
});

everyKind(
  "CVE-2023-30861, CVE-2026-27205: however the session is touched, the answer varies by cookie",
  async (t) => {
    const members: Record<string, (session: Session) => unknown> = {
      "get": (s) => s.get("user"),
      "has": (s) => s.has("user"),
      "set": (s) => s.set("a", 1),
      "delete": (s) => s.delete("user"),
      "pop": (s) => s.pop("user"),
      "setDefault": (s) => s.setDefault("user", 1),
      "update": (s) => s.update({}),
      "clear": (s) => s.clear(),
      "size": (s) => s.size,
      "keys": (s) => s.keys(),
      "values": (s) => s.values(),
      "entries": (s) => s.entries(),
      "a loop": (s) => [...s],
      "flash": (s) => s.flash("Hello"),
      "popFlash": (s) => s.popFlash(),
      "peekFlash": (s) => s.peekFlash(),
      "getCsrfToken": (s) => s.getCsrfToken(),
      "newCsrfToken": (s) => s.newCsrfToken(),
      "checkCsrfToken": (s) => s.checkCsrfToken("x"),
      "created": (s) => s.created,
      "isNew": (s) => s.isNew,
      "userId": (s) => s.userId,
      "invalidate": (s) => s.invalidate(),
      "regenerate": (s) => s.regenerate(),
      "remember": (s) => s.remember(60),
      "bindTo": (s) => s.bindTo("ada"),
      "changed": (s) => s.changed(),
      "nothing but the session itself": () => {},
    };
    const headers = { "vary": "Accept-Language", "cache-control": "private" };
    for (const [name, touch] of Object.entries(members)) {
      await t.step(name, async () => {
        for (
          const [age, text] of [[0, ""], [0, await mint(ADMIN)], [600, await mint(ADMIN)]] as const
        ) {
          const app = new SessionApp();
          app.clock.travel(age);
          const { response } = await app.present(text, (session) => {
            touch(session);
            return new Response(null, { headers });
          });
          assertEquals(response.headers.get("vary"), "Accept-Language, Cookie");
        }
      });
    }
    await t.step("in", async () => {
      const app = new SessionApp();
      const { response } = await app.present(
        await mint(ADMIN),
        (session) => void ("size" in session),
      );
      assertEquals(response.headers.get("vary"), "Cookie");
    });
    await t.step("merged, not repeated", async () => {
      for (const [vary, merged] of [["cookie", "cookie"], ["*", "*"], ["A, Cookie", "A, Cookie"]]) {
        const app = new SessionApp();
        const { response } = await app.present("", (session) => {
          session.size;
          return new Response(null, { headers: { vary: vary! } });
        });
        assertEquals(response.headers.get("vary"), merged);
      }
    });
  },
);

Deno.test("CVE-2024-26144: no shared cache stores an answer with a session's cookie", async (t) => {
  const shared = ["public", "public, max-age=60", "s-maxage=60", "max-age=60", "no-cache", ""];
  for (const cacheControl of shared) {
    await t.step(JSON.stringify(cacheControl), async () => {
      const app = new SessionApp();
      app.clock.travel(600);
      const answer = (work: (session: Session) => unknown) => async (session: Session) => {
        await work(session);
        return new Response(null, { headers: { "cache-control": cacheControl } });
      };
      const text = await app.left.leave(ADMIN);
      const read = await app.present(text, answer(user));
      assertEquals(read.cookies, [], "a mere renewal");
      assertEquals(read.response.headers.get("cache-control"), cacheControl);
      for (const work of [(s: Session) => s.set("a", 1), (s: Session) => s.invalidate()]) {
        const { cookies, response } = await app.present(text, answer(work));
        assertEquals(cookies.length, 1);
        assertEquals(response.headers.get("cache-control"), "private, no-store");
      }
    });
  }
  await t.step("nor one that says nothing of caches", async () => {
    const app = new SessionApp();
    app.clock.travel(600);
    const { cookies, response } = await app.present(await app.left.leave(ADMIN), user);
    assertEquals([cookies.length, response.headers.get("cache-control")], [1, "private"]);
  });
});

Deno.test(
  "CVE-2025-47278: a fresh cookie is signed by the newest secret, the first of the list",
  async () => {
    const older = [
      "older: q8W2eR4tY6uI1oP3aS5dF7gH9jK0lZ",
      "oldest: m3N5bV7cX9zL1kJ2hG4fD6sA8pO0iU",
    ];
    const app = new SessionApp({ secrets: [SECRET, ...older] });
    const { cookies } = await app.visit(app.visitor(), (session) => session.set("user", "admin"));
    assertEquals(textOf(cookies[0]), await mint(ADMIN, { secret: SECRET }));
    const keyId = (text: string) => tokenBytes(text).slice(2, 6).toHex();
    for (const secret of older) {
      const text = await mint(ADMIN, { secret });
      assertNotEquals(keyId(text), keyId(textOf(cookies[0])));
      const renewed = await app.present(text, user);
      assertEquals(textOf(renewed.cookies[0]), textOf(cookies[0]));
    }
  },
);

Deno.test(
  "CVE-2016-1000236, CVE-2013-0263: a tag is compared by crypto.subtle.verify, wherever it is wrong",
  async () => {
    const app = new SessionApp();
    const bytes = tokenBytes(await mint(ADMIN));
    await app.present(await mint(ADMIN), user);
    for (let at = bytes.length - 32; at < bytes.length; at++) {
      const forged = bytes.map((byte, index) => index === at ? byte ^ 0xff : byte);
      using spy = new SubtleSpy();
      const { value } = await app.present(forged.toBase64(BASE64URL), user);
      assertEquals([value, spy.calls], [undefined, ["verify"]], `byte ${at}`);
    }
  },
);

Deno.test("CVE-2023-27524: a published, short or repeated secret does not start", () => {
  const weak = [
    "",
    "secret",
    "changeme",
    "keyboard cat",
    "a".repeat(64),
    "abc".repeat(20),
    "0123456789".repeat(4),
    "CHANGE_ME_TO_A_COMPLEX_RANDOM_SECRET",
    "\u0002\u0001thisismyscretkey\u0001\u0002\\e\\y\\y\\h",
    "thisISaSECRET_1234",
    "complex_password_at_least_32_characters_long",
  ];
  for (const secret of weak) {
    assertThrows(() => signedCookieSessionFactory(secret), RangeError, "deno eval", secret);
    const list = [SECRET, secret] as const;
    assertThrows(() => signedCookieSessionFactory(list), RangeError, "secret 2 of 2", secret);
  }
});

everyKind("iron-session 8: everything that chooses a path lies under the tag", async () => {
  const app = new SessionApp();
  const bytes = tokenBytes(await mint(ADMIN));
  for (let at = 0; at < 6; at++) {
    for (let value = 0; value < 256; value++) {
      if (value === bytes[at]) continue;
      const changed = bytes.slice();
      changed[at] = value;
      const visit = await app.present(changed.toBase64(BASE64URL), user);
      assertEquals(visit.value, undefined, `byte ${at} = ${value}`);
    }
  }
  const text = await mint(ADMIN);
  for (const marker of ["~2", "--1", ".1", ":v2", "1.", "v1."]) {
    assertEquals((await app.present(text + marker, user)).value, undefined);
    assertEquals((await app.present(marker + text, user)).value, undefined);
  }
});

Deno.test(
  "Laravel 6.18.27: what was made for one cookie or one use is refused as another",
  async () => {
    const app = new SessionApp();
    for (const cookieName of ["prefs", "Session", "session2", "essions", "stored"]) {
      assertEquals((await app.present(await mint(ADMIN, { cookieName }), user)).value, undefined);
    }
    const stored = signedCodec(SECRET, { purpose: "stored" });
    assertEquals((await app.present(await stored.encode(BYTES), user)).value, undefined);
    assertEquals(app.refusals, app.refusals.map(() => "bad-mac"));

    const prefs = new SessionApp({ cookieName: "prefs" });
    const headers = { cookie: `__Host-prefs=${await mint(ADMIN)}` };
    assertEquals((await prefs.visit(prefs.visitor(), user, { headers })).value, undefined);
    assertEquals(prefs.refusals, ["bad-mac"]);
  },
);

everyKind("Laravel 6.18.27: a CSRF token is no session", async () => {
  const app = new SessionApp();
  const { value: token } = await app.visit(app.visitor(), (session) => session.getCsrfToken());
  assertEquals((await app.present(token, (session) => session.isNew)).value, true);
  assertEquals(app.refusals.length, 1);
});

everyKind("CVE-2015-5143, CVE-2015-5963: visitors who only read leave nothing behind", async () => {
  const app = new SessionApp();
  for (let visits = 0; visits < 10; visits++) {
    const visitor = app.visitor();
    const { cookies } = await app.visit(visitor, (session) => [user(session), [...session]]);
    assertEquals([cookies, visitor.jar.cookies()], [[], []]);
  }
});

Deno.test("CVE-2023-26136: __proto__ and its kin are data, at every level", async () => {
  const app = new SessionApp();
  const state = '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}';
  const flash = `{"flash":{"__proto__":["m"],"constructor":[${state}]}}`;
  const text = await app.left.leave(
    `[${START},${START},${state.slice(0, -1)},"deep":${state}},${flash}]`,
  );
  const { value, cookies } = await app.present(text, (session) => {
    session.update(JSON.parse('{"__proto__":{"polluted":2}}'));
    session.update([["constructor", { polluted: 2 }]]);
    return [session.get("polluted"), [...session.keys()], session.peekFlash("__proto__")];
  });
  assertEquals(value, [undefined, ["__proto__", "constructor", "deep"], ["m"]]);
  const written = payloadOf(textOf(cookies[0]));
  assert(written.includes('{"__proto__":{"polluted":2},"constructor":{"polluted":2},"deep":'));
  assert(written.endsWith(`,${flash}]`) || written.includes('"__proto__":["m"]'), written);
  for (const target of [{}, [], () => {}, new Map(), Object.prototype]) {
    assertEquals(Reflect.get(target, "polluted"), undefined);
  }
});

everyKind("CVE-2022-24895: the CSRF token does not outlive the login", async () => {
  const app = new SessionApp();
  const ada = app.visitor();
  const { value: before } = await app.visit(ada, (session) => session.getCsrfToken());
  const { value: during } = await app.visit(ada, (session) => {
    session.bindTo("ada");
    return session.getCsrfToken();
  });
  const check = (session: Session) => [before, during].map((t) => session.checkCsrfToken(t));
  assertEquals((await app.visit(ada, check)).value, [false, true]);
  await app.visit(ada, (session) => session.invalidate());
  assertEquals((await app.visit(ada, check)).value, [false, false]);
});

Deno.test("RUSTSEC-2017-0005, CVE-2017-18589: every number has its bounds", async () => {
  const numbers = [NaN, Infinity, -Infinity, -1, 1e308, 2 ** 53, 34_560_001];
  assertRefusedOptions(numbers.flatMap((number) => [{ maxAge: number }, { timeout: number }]));
  assertRefusedOptions([NaN, Infinity, -1, 1e308].map((reissueTime) => ({ reissueTime })));
  assertRefusedOptions([NaN, Infinity, -1, 0].map((lifetime) => ({ lifetime })));
  const app = new SessionApp({ timeout: null, lifetime: null });
  for (const number of [...numbers, 0, 0.5]) {
    const { cookies } = await app.visit(app.visitor(), (session) => {
      assertThrows(() => session.remember(number), RangeError);
    });
    assertEquals(cookies, []);
    if (!Number.isFinite(number)) continue;
    const text = await mint(`[${START},${START},{"user":"ada"},{"life":${number}}]`);
    assertEquals((await app.present(text, user)).value, undefined, `life ${number}`);
  }
});
