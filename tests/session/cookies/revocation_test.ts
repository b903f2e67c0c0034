/**
 * Signing out, rotating and signing in at once: every order of their questions to the store.
 *
 * @module
 */

import { assert, assertEquals } from "jsr:@std/assert@^1.0.0";
import {
  cookieSessionFactory,
  type RevocationStore,
  type Session,
  type SessionCodec,
  type SessionFactory,
} from "@pyramidion/pyramidion";
import type { CookieSessionOptions, SessionRequest } from "@pyramidion/pyramidion/types";
import { type SettableClock, settableClock } from "@pyramidion/pyramidion/testing";
import { NAME, START, textOf } from "../session_app.ts";
import { inEveryOrder, SteppedStore } from "../store_steps.ts";

const DAY = 86_400;
const MONTH = 30 * DAY;

/** What a request does to its session. */
type Work = (session: Session) => unknown;

/** Writes without a key: who may make a cookie is not at issue, and nothing takes time. */
const OPEN: SessionCodec = {
  encodedLength: (bytes) => Math.ceil(bytes / 3) * 4,
  encode: (payload) => Promise.resolve(payload.toBase64({ alphabet: "base64url" })),
  decode: (text) =>
    Promise.resolve({
      payload: Uint8Array.fromBase64(text, { alphabet: "base64url" }),
      stale: false,
    }),
};

function factoryOf(
  clock: () => number,
  revocations: RevocationStore,
  options: CookieSessionOptions = {},
): SessionFactory {
  // The same ids each time, so that one order of questions can be gone twice.
  const randomBytes = (length: number) => new Uint8Array(length).fill(2);
  return cookieSessionFactory(OPEN, { clock, randomBytes, revocations, ...options });
}

function requestWith(text: string): SessionRequest {
  const headers = new Headers(text === "" ? {} : { cookie: `${NAME}=${text}` });
  const origin = "https://app.test";
  return { raw: new Request(origin), method: "GET", headers, origin };
}

/** What a request saw, and what its answer says. */
interface Answer {
  readonly isNew: boolean;
  readonly userId: string | undefined;
  readonly size: number;
  /** The text of the cookie that it was answered with; empty for none and where it was deleted. */
  readonly text: string;
  /** What the answer says: `nothing`, `write`, `renew` or `remove`. */
  readonly said: string;
}

async function visit(factory: SessionFactory, text: string, work: Work): Promise<Answer> {
  const request = requestWith(text);
  const session = await factory.load(request);
  const { isNew, userId, size } = session;
  await work(session);
  const outcome = await factory.commit(session, request, { mayRenew: true, byException: false });
  const cookies = outcome.do === "nothing" ? [] : outcome.cookies;
  return { isNew, userId, size, text: textOf(cookies[0]), said: outcome.do };
}

const STARTS: Record<string, Work> = {
  "a user's": (session) => session.bindTo("ada"),
  "a remembered user's": (session) => {
    session.bindTo("ada");
    session.remember(10 * DAY);
  },
  "a guest's": (session) => session.set("cart", [1]),
};

const ROTATIONS: Record<string, Work> = {
  "regenerate()": (session) => session.regenerate(),
  "remember() for 30 days": (session) => session.remember(MONTH),
  "remember() for a minute": (session) => session.remember(60),
  "both": (session) => {
    session.regenerate();
    session.remember(MONTH);
  },
};

const SAVES: Record<string, Work> = {
  "a write": (session) => session.set("slow", true),
  "a renewal": (session) => session.size,
};

const SIGN_INS: Record<string, Work> = {
  "the same user": (session) => session.bindTo("ada"),
  "another user": (session) => {
    session.bindTo("bob");
    session.remember(MONTH);
  },
};

const signOut: Work = (session) => session.invalidate();

/** Seconds after everything was answered. */
const LATER = [0, 5, 10, 10.001, 60, 25 * 60, DAY, 29 * DAY];

/** The cookie of a session that was written two minutes ago, so that it is due to be renewed. */
async function begun(clock: SettableClock, store: RevocationStore, start: Work): Promise<string> {
  clock.travelTo(START);
  const randomBytes = (length: number) => new Uint8Array(length).fill(1);
  const { text } = await visit(factoryOf(clock, store, { randomBytes }), "", start);
  clock.travel(120);
  return text;
}

/** Sees that none of the cookies is a session, now or later. */
async function assertOver(
  clock: SettableClock,
  store: RevocationStore,
  texts: readonly string[],
  message: string,
): Promise<void> {
  const now = clock();
  const factory = factoryOf(clock, store);
  for (const seconds of LATER) {
    clock.travelTo(now + 1000 * seconds);
    for (const text of texts) {
      if (text === "") continue;
      const { isNew, userId, size } = await visit(factory, text, () => {});
      assertEquals([isNew, userId, size], [true, undefined, 0], `${message}; ${seconds} s later`);
    }
  }
  clock.travelTo(now);
}

Deno.test("a sign-out beside a rotation leaves no valid cookie, in any order of their questions", async (t) => {
  let orders = 0;
  for (const [whose, start] of Object.entries(STARTS)) {
    for (const [name, work] of Object.entries({ ...ROTATIONS, ...SAVES })) {
      await t.step(`${whose}, ${name}`, async () => {
        const clock = settableClock(START);
        orders += await inEveryOrder(clock, async (store) => {
          const text = await begun(clock, store.atOnce, start);
          const requests = [
            visit(factoryOf(clock, store.seenBy("rotation")), text, work),
            visit(factoryOf(clock, store.seenBy("sign-out")), text, signOut),
          ];
          const check = async (order: string) => {
            const [rotation, out] = await Promise.all(requests);
            assertEquals(out?.said, "remove", order);
            // One that came behind the sign-out saw an empty session, and begins another.
            const kept = rotation?.isNew === true ? "" : rotation?.text ?? "";
            await assertOver(clock, store.atOnce, [text, kept], order);
          };
          return { requests, check };
        });
      });
    }
  }
  assert(orders > 150, `only ${orders} orders`);
});

Deno.test("a sign-out 0 to 14 ms behind a rotation leaves no valid cookie where the store takes 5 ms", async (t) => {
  for (const [name, work] of Object.entries(ROTATIONS)) {
    await t.step(name, async () => {
      for (let behind = 0; behind < 15; behind++) {
        const clock = settableClock(START);
        const store = new SteppedStore(clock);
        const text = await begun(clock, store.atOnce, STARTS["a user's"]!);
        const rotation = visit(factoryOf(clock, store.seenBy("rotation")), text, work);
        const now = clock();
        const due = new Map<string, number>();
        let out: Promise<Answer> | undefined;
        for (let ms = 0; ms < 200; ms++) {
          clock.travelTo(now + ms);
          if (ms === behind) {
            out = visit(factoryOf(clock, store.seenBy("sign-out")), text, signOut);
          }
          for (let turn = 0; turn < 60; turn++) await null;
          for (const { name } of store.waiting) if (!due.has(name)) due.set(name, ms + 5);
          for (const step of store.waiting.splice(0)) {
            if (due.get(step.name)! <= ms) step.go();
            else store.waiting.push(step);
          }
        }
        const [kept, removed] = await Promise.all([rotation, out]);
        assertEquals(removed?.said, "remove");
        await assertOver(clock, store.atOnce, [text, kept.text], `${behind} ms`);
      }
    });
  }
});

Deno.test("two rotations at once share an end: a sign-out by either cookie leaves none valid", async (t) => {
  for (const [whose, start] of Object.entries(STARTS)) {
    const names = Object.keys(ROTATIONS);
    for (const [at, one] of names.entries()) {
      for (const other of names.slice(at)) {
        await t.step(`${whose}, ${one} and ${other}`, async () => {
          const clock = settableClock(START);
          await inEveryOrder(clock, async (store) => {
            const text = await begun(clock, store.atOnce, start);
            const requests = [one, other].map((name, index) =>
              visit(factoryOf(clock, store.seenBy(String(index))), text, ROTATIONS[name]!)
            );
            const check = async (order: string) => {
              const answers = (await Promise.all(requests)).map(({ text }) => text);
              const given = answers.filter((text) => text !== "");
              assert(given.length > 0, `nobody has a cookie: ${order}`);
              const factory = factoryOf(clock, store.atOnce);
              for (const text of given) {
                assertEquals((await visit(factory, text, () => {})).isNew, false, order);
              }
              await visit(factory, given[orderly(order, given.length)]!, signOut);
              await assertOver(clock, store.atOnce, [text, ...given], order);
            };
            return { requests, check };
          });
        });
      }
    }
  }
});

/** One of so many, each by some order. */
function orderly(order: string, count: number): number {
  let sum = 0;
  for (let at = 0; at < order.length; at++) sum = (sum * 31 + order.charCodeAt(at)) >>> 0;
  return sum % count;
}

Deno.test("a sign-in beside another request leaves nothing valid of the session from before", async (t) => {
  for (const [whose, start] of Object.entries(STARTS)) {
    for (const [user, signIn] of Object.entries(SIGN_INS)) {
      for (const [name, work] of Object.entries({ ...ROTATIONS, ...SAVES })) {
        await t.step(`${whose}, ${user}, beside ${name}`, async () => {
          const clock = settableClock(START);
          await inEveryOrder(clock, async (store) => {
            const text = await begun(clock, store.atOnce, start);
            const requests = [
              visit(factoryOf(clock, store.seenBy("sign-in")), text, signIn),
              visit(factoryOf(clock, store.seenBy("other")), text, work),
            ];
            const check = async (order: string) => {
              const [signedIn, other] = await Promise.all(requests);
              const factory = factoryOf(clock, store.atOnce);
              const { userId } = await visit(factory, signedIn?.text ?? "", () => {});
              assertEquals(userId, user === "another user" ? "bob" : "ada", order);
              // What sees an empty session must not put one into the place of the new one.
              if (other?.isNew === true) assertEquals(other.text, "", order);
              await assertOver(clock, store.atOnce, [text, other?.text ?? ""], order);
            };
            return { requests, check };
          });
        });
      }
    }
  }
});

Deno.test("a request beside a rotation always sees its session, and changes nothing that comes later", async (t) => {
  for (const [whose, start] of Object.entries(STARTS)) {
    for (const [name, work] of Object.entries(ROTATIONS)) {
      await t.step(`${whose}, ${name}`, async () => {
        const clock = settableClock(START);
        await inEveryOrder(clock, async (store) => {
          const text = await begun(clock, store.atOnce, start);
          const requests = [
            visit(factoryOf(clock, store.seenBy("rotation")), text, work),
            visit(factoryOf(clock, store.seenBy("write")), text, SAVES["a write"]!),
          ];
          const check = async (order: string) => {
            const [rotation, write] = await Promise.all(requests);
            assertEquals(write?.isNew, false, order);
            const factory = factoryOf(clock, store.atOnce);
            assertEquals(
              (await visit(factory, rotation?.text ?? "", () => {})).isNew,
              false,
              order,
            );
            // One that came behind the rotation has no cookie, and one before has an old one.
            if (write?.text === "") return;
            clock.travel(10.001);
            assertEquals((await visit(factory, write?.text ?? "", () => {})).isNew, true, order);
          };
          return { requests, check };
        });
      });
    }
  }
});
