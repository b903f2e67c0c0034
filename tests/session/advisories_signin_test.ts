/**
 * What went wrong elsewhere with signing in and out, one test for each advisory and often repeated
 * complaint, with revocations switched on.
 *
 * @module
 */

import { assert, assertEquals, assertNotEquals } from "jsr:@std/assert@^1.0.0";
import {
  encryptedCookieSessionFactory,
  type Session,
  type SessionFactory,
  signedCookieSessionFactory,
  storedSessionFactory,
} from "@pyramidion/pyramidion";
import type { SecretCookieSessionOptions } from "@pyramidion/pyramidion/types";
import { memoryRevocations, memoryStore } from "@pyramidion/pyramidion/stores/memory";
import { cookieHeader, FactoryApp, type Surroundings } from "./factory_app.ts";
import { mint, NAME, payloadOf, SECRET, START, textOf } from "./session_app.ts";

const FACTORIES: Record<
  string,
  (around: Surroundings, options?: SecretCookieSessionOptions) => SessionFactory
> = {
  signed: (around, options) =>
    signedCookieSessionFactory(SECRET, { ...around, ...options, ...revocations(around) }),
  encrypted: (around, options) =>
    encryptedCookieSessionFactory(SECRET, { ...around, ...options, ...revocations(around) }),
  stored: (around, options) =>
    storedSessionFactory(memoryStore(), SECRET, { ...around, ...options }),
};

const revocations = ({ clock }: Surroundings) => ({ revocations: memoryRevocations({ clock }) });

const signIn = (session: Session) => {
  session.bindTo("ada");
  session.set("mail", "ada@example.test");
};

/** What somebody with a cookie is taken for, and what that session holds. */
async function seen(app: FactoryApp, cookie: string): Promise<unknown[]> {
  const { value } = await app.present(
    cookie,
    (session) => [session.userId ?? null, session.get("mail") ?? null],
  );
  return value;
}

for (const [format, make] of Object.entries(FACTORIES)) {
  Deno.test(`CVE-2023-29019 (${format}): signing in leaves the id from before behind, for good`, async (t) => {
    const app = new FactoryApp((around) => make(around));
    const attacker = app.visitor();
    await app.visit(attacker, (session) => session.set("cart", ["bait"]));
    const planted = cookieHeader(attacker);
    const victim = app.visitor();
    victim.jar.store(`${planted}; Path=/; Secure`, new URL(victim.origin));
    await app.visit(victim, signIn);

    await t.step("the planted cookie is not signed in", async () => {
      assertEquals(await seen(app, planted), [null, null]);
      assertEquals(app.refusals, ["revoked"]);
    });
    await t.step("nor is what the attacker makes of it", async () => {
      await app.visit(attacker, (session) => session.set("cart", []));
      assertEquals(await seen(app, cookieHeader(attacker)), [null, null]);
    });
    await t.step("nor is it by a second sign-in, or after sign-out", async () => {
      await app.visit(victim, signIn);
      assertEquals(await seen(app, planted), [null, null]);
      await app.visit(victim, (session) => session.invalidate());
      assertEquals(await seen(app, planted), [null, null]);
    });
    await t.step("nor where the attacker's cookie goes before the victim's", async () => {
      const fresh = app.visitor();
      await app.visit(fresh, (session) => session.set("cart", ["bait"]));
      const tossed = cookieHeader(fresh);
      const { cookies } = await app.present(`${tossed}; ${NAME}=x`, signIn);
      assertNotEquals(`${NAME}=${textOf(cookies[0])}`, tossed);
      assertEquals(await seen(app, tossed), [null, null]);
    });
  });

  Deno.test(`CVE-2024-31999 (${format}): a session that was deleted is over, whoever kept its cookie`, async () => {
    const app = new FactoryApp((around) => make(around, { maxAge: 34_560_000 }));
    const ada = app.visitor();
    await app.visit(ada, signIn);
    const kept = cookieHeader(ada);
    assertEquals(await seen(app, kept), ["ada", "ada@example.test"]);
    await app.visit(ada, (session) => session.invalidate());
    assertEquals(cookieHeader(ada), "");
    for (const later of [0, 60, 1139, 1, 60, 1e6]) {
      app.clock.travel(later);
      assertEquals(await seen(app, kept), [null, null], `${later} s later`);
    }
  });

  Deno.test(`CVE-2025-46336 (${format}): a slow request does not bring back a session that was deleted meanwhile`, async () => {
    const app = new FactoryApp((around) => make(around));
    const ada = app.visitor();
    await app.visit(ada, signIn);
    const cookie = cookieHeader(ada);
    const loaded = Promise.withResolvers<void>(), go = Promise.withResolvers<void>();
    const slow = app.visit(ada, async (session) => {
      loaded.resolve();
      await go.promise;
      session.set("visited", "/slow");
    });
    await loaded.promise;
    await app.visit(ada, (session) => session.invalidate());
    go.resolve();
    const { cookies, response } = await slow;
    assertEquals([response.status, cookies, cookieHeader(ada)], [200, [], ""]);
    assertEquals(await seen(app, cookie), [null, null]);
  });

  Deno.test(`CVE-2022-24895 (${format}): a CSRF token from before signing in, or out, counts for nothing after`, async () => {
    const app = new FactoryApp((around) => make(around));
    const ada = app.visitor();
    const token = async () => (await app.visit(ada, (session) => session.getCsrfToken())).value;
    await app.visit(ada, (session) => session.set("cart", [1]));
    const tokens = [await token()];
    const planted = cookieHeader(ada);
    await app.visit(ada, signIn);
    tokens.push(await token());
    await app.visit(ada, (session) => session.invalidate());
    tokens.push(await token());
    const { value } = await app.visit(ada, (s) => tokens.map((one) => s.checkCsrfToken(one)));
    assertEquals(value, [false, false, true]);
    const { value: old } = await app.present(
      planted,
      (s) => tokens.map((one) => s.checkCsrfToken(one)),
    );
    assertEquals(old, [false, false, false]);
  });

  Deno.test(`CVE-2022-24895 (${format}): a CSRF cookie from before signing in counts for nothing after, although it is planted again`, async () => {
    const app = new FactoryApp((around) => make(around));
    const ada = app.visitor();
    const { value: token } = await app.visit(ada, (session) => session.getCsrfToken());
    const planted = cookieHeader(ada);
    await app.visit(ada, signIn);
    const cookie = `${cookieHeader(ada)}; ${planted}`;
    assert(cookie.includes("csrf-") && cookie.includes("session="), cookie);
    const { value } = await app.present(cookie, (s) => [s.userId, s.checkCsrfToken(token)]);
    assertEquals(value, ["ada", false]);
  });

  Deno.test(`CVE-2024-35220 (${format}): reading and writing does not move the end of a session`, async () => {
    const app = new FactoryApp((around) => make(around, { timeout: 600, lifetime: 3600 }));
    const ada = app.visitor();
    await app.visit(ada, signIn);
    for (let minute = 0; minute < 60; minute++) {
      const { value } = await app.visit(ada, (session) => {
        session.set("minute", minute);
        return [session.userId, session.created];
      });
      assertEquals(value, ["ada", START]);
      app.clock.travel(60);
    }
    assertEquals(await seen(app, cookieHeader(ada)), ["ada", "ada@example.test"]);
    app.clock.travel(0.001);
    assertEquals(await seen(app, cookieHeader(ada)), [null, null]);
    assertEquals(app.refusals, [format === "stored" ? "gone" : "expired-absolute"]);
  });
}

Deno.test("CVE-2025-61686, GO-2024-2730: only an id that lies under the signature reaches the store", async () => {
  const asked: string[] = [];
  const app = new FactoryApp((around) =>
    signedCookieSessionFactory(SECRET, {
      ...around,
      revocations: {
        has: (id) => (asked.push(id), false),
        add: () => {},
        epoch: () => 0,
        bump: () => {},
      },
    })
  );
  for (const id of ["../../etc/passwd", "a/b", "%00", "x".repeat(10_000), "😀"]) {
    await app.present(`${NAME}=${encodeURIComponent(id)}`, (session) => session.size);
    const forged = await mint(`[${START},${START},{"a":1},{"id":${JSON.stringify(id)}}]`, {
      secret: "another secret: " + SECRET,
    });
    await app.present(`${NAME}=${forged}`, (session) => session.size);
  }
  assertEquals([asked, app.refusals.length], [[], 10]);
  const { cookies } = await app.present("", (session) => session.set("a", 1));
  await app.present(`${NAME}=${textOf(cookies[0])}`, (session) => session.size);
  assertEquals(asked.map((id) => /^[\w-]{43}$/.test(id)), [true]);
});

Deno.test("tj/connect-redis#328, expressjs/session#361: two requests that sign out and save cannot undo each other", async () => {
  const app = new FactoryApp((around) => FACTORIES["signed"]!(around));
  const ada = app.visitor();
  await app.visit(ada, signIn);
  const cookie = cookieHeader(ada);
  const saves = Array.from({ length: 10 }, (_, n) =>
    app.present(cookie, async (session) => {
      for (let i = 0; i < n; i++) await Promise.resolve();
      session.set("n", n);
    }));
  const out = app.present(cookie, (session) => session.invalidate());
  const answers = await Promise.all([out, ...saves]);
  for (const { cookies } of answers) {
    for (const one of cookies) {
      assertEquals(await seen(app, `${NAME}=${textOf(one)}`), [null, null]);
    }
  }
});

Deno.test("vvo/iron-session#530: signing out is not by design a matter of the browser's good will", async () => {
  const app = new FactoryApp((around) => FACTORIES["encrypted"]!(around));
  const ada = app.visitor();
  await app.visit(ada, signIn);
  const { cookies } = await app.visit(ada, (session) => session.invalidate());
  assert(cookies[0]?.startsWith(`${NAME}=;`) && cookies[0].includes("; Max-Age=0"));
  assertEquals(await seen(app, cookieHeader(ada)), [null, null]);
});

Deno.test("remix-run/remix#7252, expressjs/session#241: signing out deletes the cookie, whatever maxAge and remember() said", async () => {
  const app = new FactoryApp((around) => FACTORIES["signed"]!(around, { maxAge: 86_400 }));
  const ada = app.visitor();
  await app.visit(ada, (session) => {
    signIn(session);
    session.remember(7200);
  });
  const { cookies } = await app.visit(ada, (session) => session.invalidate());
  assertEquals(cookies.length, 1);
  assertEquals(cookies[0]?.match(/Max-Age=[^;]*/g), ["Max-Age=0"]);
  assertEquals(cookieHeader(ada), "");
});

Deno.test("KaelWD/hono-session#2, withastro/astro#15749: a new id loses none of the session's data", async () => {
  const app = new FactoryApp((around) => FACTORIES["signed"]!(around));
  const ada = app.visitor();
  await app.visit(ada, (session) => session.set("cart", [1, 2]).flash("Hello"));
  const id = () => /"id":"([^"]+)"/.exec(payloadOf(ada.cookie(NAME) ?? ""))?.[1];
  const before = id();
  await app.visit(ada, (session) => session.regenerate());
  assertNotEquals(id(), before);
  const { value } = await app.visit(ada, (session) => [session.get("cart"), session.peekFlash()]);
  assertEquals(value, [[1, 2], ["Hello"]]);
});
