/**
 * Release 0.1.0 and this version behind one name, as while servers are replaced one by one: each
 * reads what the other wrote.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import {
  encryptedCookieSessionFactory,
  pyramidCookieSessionFactory,
  type RevocationStore,
  type Session,
  type SessionFactory,
  signedCookieSessionFactory,
  type StandardSchema,
} from "@pyramidion/pyramidion";
import type { SecretCookieSessionOptions } from "@pyramidion/pyramidion/types";
import { memoryRevocations } from "@pyramidion/pyramidion/stores/memory";
import { type SettableClock, settableClock } from "@pyramidion/pyramidion/testing";
import * as bundled from "../data/released_0_1_0/sessions.js";
import { OLD_SECRET } from "./factory_app.ts";
import { SECRET, START, textOf } from "./session_app.ts";

/** What both versions have. */
interface Version {
  readonly signedCookieSessionFactory: typeof signedCookieSessionFactory;
  readonly encryptedCookieSessionFactory: typeof encryptedCookieSessionFactory;
  readonly pyramidCookieSessionFactory: typeof pyramidCookieSessionFactory;
}

const RELEASED = bundled as unknown as Version;
const NOW: Version = {
  signedCookieSessionFactory,
  encryptedCookieSessionFactory,
  pyramidCookieSessionFactory,
};

const DIRECTIONS: Record<string, readonly [one: Version, other: Version]> = {
  "0.1.0, then now": [RELEASED, NOW],
  "now, then 0.1.0": [NOW, RELEASED],
  "now, then now": [NOW, NOW],
};

type Options = Omit<SecretCookieSessionOptions, "revocations"> & {
  readonly revocations?: RevocationStore | undefined;
};
type Texts = string | [newest: string, ...older: string[]];
type Make = (version: Version, secrets: Texts, options: Options) => SessionFactory;

const FORMATS: Record<string, Make> = {
  "signed": (version, secrets, options) =>
    version.signedCookieSessionFactory(secrets, options as SecretCookieSessionOptions),
  "encrypted": (version, secrets, options) =>
    version.encryptedCookieSessionFactory(secrets, options as SecretCookieSessionOptions),
  "Pyramid's": (version, secrets, { revocations: _, ...options }) =>
    version.pyramidCookieSessionFactory(secrets, options),
};

/** A browser: cookies by name, sent to whichever server answers. */
class Browser {
  readonly cookies: Map<string, string>;

  constructor(cookies: ReadonlyMap<string, string> = new Map()) {
    this.cookies = new Map(cookies);
  }

  /** The same cookies in other hands. */
  copy(): Browser {
    return new Browser(this.cookies);
  }

  async visit<T>(factory: SessionFactory, work: (session: Session) => T): Promise<T> {
    const header = [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const headers = new Headers(header === "" ? {} : { cookie: header });
    const origin = "https://app.test";
    const request = { raw: new Request(origin), method: "GET", headers, origin };
    const session = await factory.load(request);
    const value = work(session);
    const outcome = await factory.commit(session, request, { mayRenew: true, byException: false });
    for (const cookie of outcome.do === "nothing" ? [] : outcome.cookies) {
      const name = cookie.slice(0, cookie.indexOf("="));
      if (/; Max-Age=0(?:;|$)/.test(cookie)) this.cookies.delete(name);
      else this.cookies.set(name, textOf(cookie));
    }
    return value;
  }
}

const seen = (session: Session) => ({
  isNew: session.isNew,
  userId: session.userId,
  created: session.created,
  keys: Object.fromEntries(session),
  flash: [session.peekFlash<unknown>(), session.peekFlash<unknown>("errors")],
});

const user = (session: Session) => session.userId ?? null;

type Work = (session: Session) => void;

/** What a session may hold. */
const STATES: Record<string, Work> = {
  "a key": (session) => session.set("user", "ada"),
  "values of every kind": (session) =>
    session.set("a", { b: [1, -0.5, "é\u{1f600}", null, true, { c: [] }] }).set("__proto__", 1),
  "messages": (session) => session.flash("Saved").flash({ n: [1] }).flash("No", "errors"),
  "a user": (session) => session.bindTo("ada"),
  "a user and a cart": (session) => (session.set("cart", [1]), session.bindTo("ada")),
};

const NATIVE_STATES: Record<string, Work> = {
  "remembered": (session) => (session.bindTo("ada"), session.remember(30 * 86_400)),
  "a guest who is remembered": (session) => (session.set("cart", [1]), session.remember(7200)),
};

const CHANGES: Record<string, Work> = {
  "reads": (session) => void session.size,
  "writes": (session) => session.set("n", 1),
  "takes a message": (session) => void session.popFlash(),
  "regenerates": (session) => session.regenerate(),
  "signs in": (session) => session.bindTo("ada"),
};

Deno.test("rolling deploy: each version reads, changes and hands back what the other wrote", async (t) => {
  for (const [direction, [one, other]] of Object.entries(DIRECTIONS)) {
    for (const [format, make] of Object.entries(FORMATS)) {
      for (const revocable of format === "Pyramid's" ? [false] : [false, true]) {
        const states = format === "Pyramid's" ? STATES : { ...STATES, ...NATIVE_STATES };
        for (const [state, work] of Object.entries(states)) {
          const name = `${direction}: ${format}${revocable ? ", revocable" : ""}: ${state}`;
          await t.step(name, async () => {
            for (const [change, then] of Object.entries(CHANGES)) {
              const clock = settableClock(START);
              const revocations = revocable ? memoryRevocations({ clock }) : undefined;
              const options = { clock, ...(revocable ? { revocations } : {}) };
              const [ones, others] = [one, other].map((version) => make(version, SECRET, options));
              const browser = new Browser();
              await browser.visit(ones!, work);
              const before = await browser.visit(ones!, seen);
              assertEquals(await browser.visit(others!, seen), before, change);
              clock.travel(300);
              await browser.visit(others!, then);
              const after = await browser.visit(others!, seen);
              assertEquals(after.isNew, false, change);
              assertEquals(await browser.visit(ones!, seen), after, change);
              clock.travel(1200);
              assertEquals(await browser.visit(ones!, (session) => session.isNew), false, change);
              assertEquals(await browser.visit(others!, (session) => session.isNew), false, change);
            }
          });
        }
      }
    }
  }
});

Deno.test("rolling deploy: a secret that is rotated on some servers and not yet on others", async (t) => {
  for (const [direction, [one, other]] of Object.entries(DIRECTIONS)) {
    for (const [format, make] of Object.entries(FORMATS)) {
      await t.step(`${direction}: ${format}`, async () => {
        const clock = settableClock(START);
        const earlier = make(one, [OLD_SECRET, SECRET], { clock });
        const later = make(other, [SECRET, OLD_SECRET], { clock });
        const browser = new Browser();
        await browser.visit(earlier, (session) => session.bindTo("ada"));
        for (let visit = 0; visit < 3; visit++) {
          assertEquals(await browser.visit(later, user), "ada");
          assertEquals(await browser.visit(earlier, user), "ada");
        }
      });
    }
  }
});

/** Takes numbers, as text too. */
const SCHEMA: StandardSchema<{ n: number }> = {
  "~standard": {
    version: 1,
    vendor: "tests",
    validate: (value) => {
      const n = Number(Object(value).n ?? 0);
      return Number.isNaN(n) ? { issues: [{ message: "no number" }] } : { value: { n } };
    },
  },
};

Deno.test("rolling deploy: a schema reads what the other version wrote", async (t) => {
  for (const [direction, [one, other]] of Object.entries(DIRECTIONS)) {
    for (const [format, make] of Object.entries(FORMATS)) {
      await t.step(`${direction}: ${format}`, async () => {
        const options = { clock: settableClock(START), schema: SCHEMA as StandardSchema<never> };
        const [ones, others] = [one, other].map((version) => make(version, SECRET, options));
        const browser = new Browser();
        assertEquals(await browser.visit(ones!, (session) => session.get("n")), 0);
        await browser.visit(ones!, (session) => session.set("n", 7));
        assertEquals(await browser.visit(others!, (session) => session.get("n")), 7);
        await browser.visit(others!, (session) => session.set("n", 8));
        assertEquals(await browser.visit(ones!, (session) => session.get("n")), 8);
      });
    }
  }
});

Deno.test("rolling deploy: CSRF tokens of one version are tokens of the other where there is a session", async (t) => {
  for (const [direction, [one, other]] of Object.entries(DIRECTIONS)) {
    for (const [format, make] of Object.entries(FORMATS)) {
      const clock = settableClock(START);
      const [ones, others] = [one, other].map((version) => make(version, SECRET, { clock }));
      const checked = (browser: Browser, factory: SessionFactory, token: string) =>
        browser.visit(factory, (session) => session.checkCsrfToken(token));
      await t.step(`${direction}: ${format}, with a session`, async () => {
        const browser = new Browser();
        await browser.visit(ones!, (session) => session.set("user", "ada"));
        const token = await browser.visit(ones!, (session) => session.getCsrfToken());
        assertEquals(await checked(browser, others!, token), true);
        const another = await browser.visit(others!, (session) => session.getCsrfToken());
        assertEquals(await checked(browser, ones!, another), true);
        await browser.visit(others!, (session) => session.bindTo("ada"));
        assertEquals(await checked(browser, ones!, token), false);
      });
      await t.step(`${direction}: ${format}, without one`, async () => {
        const browser = new Browser();
        const token = await browser.visit(ones!, (session) => session.getCsrfToken());
        // Release 0.1.0 knows no cookie of CSRF secrets: such a form is refused, and sent again.
        const knows = other === NOW || one === RELEASED || format === "Pyramid's";
        assertEquals(await checked(browser, others!, token), knows);
      });
    }
  }
});

/** Both versions with one store. */
function withStore(make: Make) {
  const clock: SettableClock = settableClock(START);
  const revocations = memoryRevocations({ clock });
  const factoryOf = (version: Version) => make(version, SECRET, { clock, revocations });
  return { clock, revocations, released: factoryOf(RELEASED), now: factoryOf(NOW), factoryOf };
}

const REVOCABLE = Object.entries(FORMATS).filter(([format]) => format !== "Pyramid's");
const LATER = [0, 9, 60, 25 * 60, 86_400];

Deno.test("rolling deploy: a sign-out in one version is one in the other, for every copy", async (t) => {
  const outs: Record<string, (session: Session) => void> = {
    "invalidate()": (session) => session.invalidate(),
    "invalidate() and a farewell": (session) => (session.invalidate(), session.flash("Bye")),
    "bindTo() of another user": (session) => session.bindTo("bob"),
  };
  for (const [format, make] of REVOCABLE) {
    for (const [signer, begin] of [["0.1.0", RELEASED], ["now", NOW]] as const) {
      for (const [ender, end] of [["0.1.0", RELEASED], ["now", NOW]] as const) {
        for (const [out, signOut] of Object.entries({ ...outs, "bump()": null })) {
          await t.step(`${format}: ${signer} signs in, ${ender} ends by ${out}`, async () => {
            const { clock, revocations, released, now, factoryOf } = withStore(make);
            const browser = new Browser();
            await browser.visit(factoryOf(begin), (session) => session.bindTo("ada"));
            const copies = [browser.copy()];
            clock.travel(300);
            for (const renewing of [released, now]) {
              await browser.visit(renewing, (session) => session.set("n", clock()));
              copies.push(browser.copy());
              clock.travel(1);
            }
            for (const copy of copies) {
              assertEquals(await copy.copy().visit(released, user), "ada");
              assertEquals(await copy.copy().visit(now, user), "ada");
            }
            if (signOut === null) await revocations.bump("ada");
            else await browser.visit(factoryOf(end), signOut);
            for (const seconds of LATER) {
              clock.travel(seconds);
              for (const copy of copies) {
                assertEquals(await copy.copy().visit(released, user), null);
                assertEquals(await copy.copy().visit(now, user), null);
              }
            }
          });
        }
      }
    }
  }
});

Deno.test("rolling deploy: a session rotated by one version goes on in the other", async (t) => {
  const rotations: Record<string, (session: Session) => void> = {
    "regenerate()": (session) => session.regenerate(),
    "remember()": (session) => session.remember(7200),
  };
  for (const [format, make] of REVOCABLE) {
    for (const [rotation, rotate] of Object.entries(rotations)) {
      await t.step(`${format}: ${rotation}`, async () => {
        const { clock, released, now } = withStore(make);
        const browser = new Browser();
        await browser.visit(now, (session) => session.bindTo("ada"));
        const copies: Browser[] = [];
        for (const factory of [now, released, now, now, released, now]) {
          copies.push(browser.copy());
          await browser.visit(factory, rotate);
          // The same time is no rotation.
          if (rotation === "remember()") {
            copies.push(browser.copy());
            await browser.visit(factory, (session) => session.remember(3600));
          }
          assertEquals(await browser.visit(released, user), "ada");
          assertEquals(await browser.visit(now, user), "ada");
          clock.travel(11);
        }
        for (const copy of copies) assertEquals(await copy.visit(now, user), null);
        await browser.copy().visit(released, (session) => session.invalidate());
        assertEquals(await browser.copy().visit(now, user), null);
        assertEquals(await browser.copy().visit(released, user), null);
      });
    }
  }
});

Deno.test("rolling deploy: what release 0.1.0 cannot know", async (t) => {
  for (const [format, make] of REVOCABLE) {
    await t.step(`${format}: that a rotated copy may be read for ten seconds`, async () => {
      const { released, now } = withStore(make);
      const browser = new Browser();
      await browser.visit(now, (session) => session.bindTo("ada"));
      const copy = browser.copy();
      await browser.visit(now, (session) => session.regenerate());
      assertEquals(await copy.copy().visit(now, user), "ada");
      assertEquals(await copy.copy().visit(released, user), null);
    });
    await t.step(
      `${format}: that this version rotated a session which it began itself`,
      async () => {
        const { released, now } = withStore(make);
        const browser = new Browser();
        await browser.visit(released, (session) => session.bindTo("ada"));
        const copy = browser.copy();
        await browser.visit(now, (session) => session.regenerate());
        assertEquals(await copy.copy().visit(released, user), "ada");
        await browser.visit(now, (session) => session.invalidate());
        assertEquals(await copy.copy().visit(released, user), null);
      },
    );
    await t.step(`${format}: that a sign-out by a rotated copy ends what it became`, async () => {
      const { released, now } = withStore(make);
      const browser = new Browser();
      await browser.visit(now, (session) => session.bindTo("ada"));
      const copy = browser.copy();
      await browser.visit(now, (session) => session.regenerate());
      await copy.copy().visit(released, (session) => session.invalidate());
      assertEquals(await browser.copy().visit(now, user), "ada");
      await copy.copy().visit(now, (session) => session.invalidate());
      assertEquals(await browser.copy().visit(now, user), null);
    });
  }
});

Deno.test("rolling deploy: cookies with a domain or a path are shared where prefix is false", async (t) => {
  const places: Record<string, Options> = {
    "a domain": { domain: "app.test" },
    "a path": { path: "/app" },
  };
  for (const [place, options] of Object.entries(places)) {
    for (const [format, make] of Object.entries(FORMATS)) {
      const clock = settableClock(START);
      const released = make(RELEASED, SECRET, { clock, ...options });
      await t.step(`${place}, ${format}: prefix false`, async () => {
        const now = make(NOW, SECRET, { clock, ...options, prefix: false });
        const browser = new Browser();
        await browser.visit(released, (session) => session.set("n", 0));
        for (let n = 1; n < 4; n++) {
          await browser.visit(n % 2 === 0 ? released : now, (session) => session.set("n", n));
          assertEquals(await browser.visit(released, (session) => session.get("n")), n);
          assertEquals(await browser.visit(now, (session) => session.get("n")), n);
        }
        assertEquals([...browser.cookies.keys()], ["session"]);
      });
      if (format === "Pyramid's") continue;
      await t.step(`${place}, ${format}: the default moves it out of reach of 0.1.0`, async () => {
        const now = make(NOW, SECRET, { clock, ...options });
        const browser = new Browser();
        await browser.visit(released, (session) => session.set("n", 7));
        assertEquals(await browser.visit(now, (session) => session.get("n")), 7);
        assertEquals([...browser.cookies.keys()], ["__Secure-session"]);
        assertEquals(await browser.visit(released, (session) => session.isNew), true);
        assertEquals(await browser.visit(now, (session) => session.get("n")), 7);
      });
    }
  }
});
