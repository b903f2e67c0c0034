import { assertEquals, assertThrows } from "jsr:@std/assert@^1.0.0";
import {
  ConfigurationError,
  encryptedCookieSessionFactory,
  type Session,
  signedCodec,
} from "@pyramidion/pyramidion";
import { memoryRevocations } from "@pyramidion/pyramidion/stores/memory";
import {
  VerifiedCookies,
  type VerifiedOrRefused,
} from "../../../lib/session/cookies/verified_cookies.ts";
import { Random } from "../../random.ts";
import { mint, NAME, SECRET, SessionApp, START, textOf } from "../session_app.ts";
import { SubtleSpy } from "../subtle_spy.ts";

const good = (payload: string): Promise<VerifiedOrRefused> =>
  Promise.resolve({ payload, stale: false });

function visitWith(
  app: SessionApp,
  text: string,
  work: (session: Session) => unknown,
): Promise<{ value: unknown; cookies: string[] }> {
  return app.visit(app.visitor(), work, { headers: { cookie: `${NAME}=${text}` } });
}

Deno.test("VerifiedCookies.get() knows what was verified or added, by its exact text", async () => {
  const cookies = new VerifiedCookies(10);
  await cookies.verify("text", () => good("payload"));
  cookies.add("signed", { payload: "ours", stale: false });
  assertEquals(cookies.get("text"), { payload: "payload", stale: false });
  assertEquals(cookies.get("signed")?.payload, "ours");
  assertEquals([cookies.get("Text"), cookies.get("text "), cookies.get("")], [
    undefined,
    undefined,
    undefined,
  ]);
});

Deno.test("VerifiedCookies.verify() remembers nothing that was refused", async () => {
  const cookies = new VerifiedCookies(10);
  let asked = 0;
  const refuse = (): Promise<VerifiedOrRefused> => {
    asked++;
    return Promise.resolve({ refused: "bad-mac" });
  };
  for (let i = 0; i < 3; i++) {
    assertEquals(await cookies.verify("forged", refuse), { refused: "bad-mac" });
  }
  assertEquals([asked, cookies.size, cookies.get("forged")], [3, 0, undefined]);
});

Deno.test("VerifiedCookies.verify() asks once for those who ask at the same time", async () => {
  const cookies = new VerifiedCookies(10);
  let asked = 0;
  const verify = (): Promise<VerifiedOrRefused> => {
    asked++;
    return good("payload");
  };
  const all = await Promise.all(Array.from({ length: 50 }, () => cookies.verify("text", verify)));
  assertEquals([asked, new Set(all).size], [1, 1]);
});

Deno.test("VerifiedCookies.verify() asks anew after one that failed", async () => {
  const cookies = new VerifiedCookies(10);
  const failed = cookies.verify("text", () => Promise.reject(new Error("no key")));
  assertEquals(await failed.catch((error) => error.message), "no key");
  assertEquals(await cookies.verify("text", () => good("later")), {
    payload: "later",
    stale: false,
  });
});

Deno.test("VerifiedCookies is bounded in entries and in characters, and keeps what is in use", async (t) => {
  await t.step("entries", () => {
    const cookies = new VerifiedCookies(100);
    for (let i = 0; i < 10_000; i++) {
      cookies.add(`cookie ${i}`, { payload: "p", stale: false });
      cookies.get("cookie 0");
      if (cookies.size > 100) throw new Error(`${cookies.size} after ${i}`);
    }
    assertEquals(cookies.get("cookie 0")?.payload, "p");
    assertEquals(cookies.get("cookie 1"), undefined);
  });
  await t.step("characters", () => {
    const cookies = new VerifiedCookies(100);
    const large = "x".repeat(4_000);
    for (let i = 0; i < 1_000; i++) cookies.add(`${i}${large}`, { payload: large, stale: false });
    // Two generations of 50 · 1,024 characters, and the one cookie that went over it in each.
    assertEquals(cookies.size <= 2 * (Math.ceil(50 * 1_024 / 8_000) + 1), true);
  });
});

Deno.test("a remembered cookie costs no SubtleCrypto call, and one that we signed none at all", async () => {
  const app = new SessionApp();
  const ada = app.visitor();
  await app.visit(ada, (session) => session.set("user", "ada"));
  const minted = await mint(`[${START},${START},{"user":"eve"}]`);
  await visitWith(app, minted, (session) => session.get("user"));
  using spy = new SubtleSpy();
  const again = await visitWith(app, minted, (session) => session.get("user"));
  const own = await app.visit(ada, (session) => session.get("user"));
  assertEquals([again.value, own.value, spy.calls], ["eve", "ada", []]);
});

Deno.test("parallel requests with one cookie share one verification, and no object", async () => {
  const app = new SessionApp();
  const text = await mint(`[${START},${START},{"cart":{"items":[]}}]`);
  using spy = new SubtleSpy();
  const seen = await Promise.all(
    Array.from({ length: 20 }, async (_, i) =>
      (await visitWith(app, text, (session) => {
        const cart = session.get("cart") as { items: number[] };
        cart.items.push(i);
        return cart;
      })).value),
  );
  assertEquals(spy.calls.filter((call) => call === "verify").length, 1);
  assertEquals(new Set(seen).size, 20);
  assertEquals(seen.map((cart) => (cart as { items: number[] }).items.length), Array(20).fill(1));
});

Deno.test("every rule holds for a remembered cookie", async (t) => {
  await t.step("it expires", async () => {
    const app = new SessionApp({ timeout: 100 });
    const text = await mint(`[${START},${START},{"user":"ada"}]`);
    const user = async () => (await visitWith(app, text, (session) => session.get("user"))).value;
    assertEquals(await user(), "ada");
    app.clock.travel(100);
    assertEquals(await user(), "ada");
    app.clock.travel(0.001);
    assertEquals(await user(), undefined);
    assertEquals(app.refusals, ["expired-idle"]);
  });
  await t.step("it is refused once it was ended", async () => {
    const app = new SessionApp({ revocations: memoryRevocations({ clock: () => START }) });
    const ada = app.visitor();
    await app.visit(ada, (session) => session.bindTo("ada"));
    const text = ada.cookie(NAME) ?? "";
    await app.visit(ada, (session) => session.invalidate());
    assertEquals((await visitWith(app, text, (session) => session.userId)).value, undefined);
    assertEquals(app.refusals, ["revoked"]);
  });
  await t.step("the schema is asked each time", async () => {
    let strict = false;
    const app = new SessionApp({
      schema: {
        "~standard": {
          version: 1,
          vendor: "test",
          validate: (value) =>
            strict
              ? { issues: [{ message: "refused" }] }
              : { value: value as Record<string, unknown> },
        },
      },
    });
    const text = await mint(`[${START},${START},{"user":"ada"}]`);
    assertEquals((await visitWith(app, text, (session) => session.get("user"))).value, "ada");
    strict = true;
    assertEquals((await visitWith(app, text, (session) => session.get("user"))).value, undefined);
    assertEquals(app.refusals, ["schema"]);
  });
  await t.step("one of an older secret stays due to be signed anew", async () => {
    const older = "older: 4kQ9wZ2mX7vB1nL6cR8pT3yH5jD0sF";
    const app = new SessionApp({ secrets: [SECRET, older] });
    const text = await mint(`[${START},${START},{"user":"ada"}]`, { secret: older });
    for (let i = 0; i < 2; i++) {
      const { cookies } = await visitWith(app, text, (session) => session.get("user"));
      assertEquals(cookies.length, 1);
    }
  });
});

Deno.test("a factory without an older secret knows nothing of another factory's remembered cookies", async () => {
  const text = await mint(`[${START},${START},{"user":"ada"}]`, { secret: `${SECRET} older` });
  const before = new SessionApp({ secrets: [SECRET, `${SECRET} older`] });
  assertEquals((await visitWith(before, text, (session) => session.get("user"))).value, "ada");
  const after = new SessionApp();
  assertEquals((await visitWith(after, text, (session) => session.get("user"))).value, undefined);
});

Deno.test("10,000 visitors in turn are answered as without remembering", async () => {
  const random = new Random(20261124);
  const encoder = new TextEncoder();
  const codec = signedCodec(SECRET);
  const texts = await Promise.all(
    Array.from(
      { length: 10_000 },
      (_, i) => codec.encode(encoder.encode(`[${START},${START},{"user":${i}}]`)),
    ),
  );
  const app = new SessionApp({ verifiedCookies: 100 });
  for (let i = 0; i < 2_000; i++) {
    const visitor = i % 2 === 0 ? random.below(50) : random.below(texts.length);
    const forged = random.chance(0.2);
    const text = forged ? `${texts[visitor]!.slice(0, -1)}_` : texts[visitor]!;
    const { value } = await visitWith(app, text, (session) => session.get("user"));
    const expected = text === texts[visitor] ? visitor : undefined;
    assertEquals(value, expected, `seed ${random.seed}, request ${i}`);
  }
});

Deno.test("verifiedCookies refuses what is no number of cookies", () => {
  for (const verifiedCookies of [-1, 1.5, NaN, Infinity, 1_000_001]) {
    assertThrows(() => new SessionApp({ verifiedCookies }), ConfigurationError, "verifiedCookies");
  }
});

Deno.test("encryptedCookieSessionFactory remembers nothing unless told to", async () => {
  for (const [verifiedCookies, expected] of [[undefined, ["decrypt"]], [10, []]] as const) {
    const factory = encryptedCookieSessionFactory(
      SECRET,
      verifiedCookies === undefined ? {} : { verifiedCookies },
    );
    const request = (cookie: string) => {
      const raw = new Request("https://app.test/", { headers: { cookie } });
      return { raw, method: "GET", headers: raw.headers, origin: "https://app.test" };
    };
    const session = await factory.load(request(""));
    session.set("user", "ada");
    const context = { mayRenew: true, byException: false };
    const outcome = await factory.commit(session, request(""), context);
    const text = outcome.do === "write" ? textOf(outcome.cookies[0]) : "";
    using spy = new SubtleSpy();
    const again = await factory.load(request(`${NAME}=${text}`));
    assertEquals([again.get("user"), spy.calls], ["ada", expected]);
  }
});
