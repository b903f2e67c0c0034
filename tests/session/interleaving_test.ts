/**
 * Parallel requests of one visitor, in every order that chance finds: what a cookie session promises
 * of them, and what it does not.
 *
 * @module
 */

import { assert, assertEquals, assertNotStrictEquals } from "jsr:@std/assert@^1.0.0";
import { type Session, signedCookieSessionFactory } from "@pyramidion/pyramidion";
import { memoryRevocations } from "@pyramidion/pyramidion/stores/memory";
import { settableClock } from "@pyramidion/pyramidion/testing";
import { Random } from "../random.ts";
import { cookieHeader, FactoryApp } from "./factory_app.ts";
import { type CopyAct, type CopyStanding, RevocationModel } from "./revocation_model.ts";
import { NAME, SECRET, START, textOf } from "./session_app.ts";

const INTERLEAVINGS = 300;

/** What a request does with the session that it loaded. */
type Kind =
  | "read"
  | "set"
  | "push"
  | "flash"
  | "regenerate"
  | "sign in"
  | "sign out"
  | "sign out everywhere";

/** What each is to the model. */
const ACTS: Record<Kind, CopyAct> = {
  "read": "go on",
  "set": "go on",
  "push": "go on",
  "flash": "go on",
  "regenerate": "rotate",
  "sign in": "sign in",
  "sign out": "sign out",
  "sign out everywhere": "go on",
};

/** A request on its way: it loads, it works, it commits, each when it is told to. */
interface UnderWay {
  readonly kind: Kind;
  readonly value: number;
  readonly cookie: string;
  readonly loaded: Promise<Session>;
  /** Whether its cookie was no session any more. */
  readonly isNew: () => boolean;
  readonly finish: () => Promise<readonly string[]>;
}

class Visitor {
  readonly clock = settableClock(START);
  readonly store = memoryRevocations({ clock: this.clock });
  readonly app = new FactoryApp(
    (around) => signedCookieSessionFactory(SECRET, { ...around, revocations: this.store }),
    {
      clock: this.clock,
    },
  );
  /** What the browser sends. */
  cookie = "";

  async signIn(): Promise<void> {
    const { cookies } = await this.app.present(this.cookie, (session) => {
      session.bindTo("ada");
      session.set("n", 0).set("list", []);
    });
    this.receive(cookies);
  }

  send(kind: Kind, value: number): UnderWay {
    const loaded = Promise.withResolvers<Session>();
    const go = Promise.withResolvers<void>();
    let isNew = false;
    const answer = this.app.present(this.cookie, async (session) => {
      isNew = session.isNew;
      loaded.resolve(session);
      await go.promise;
      await this.#work(session, kind, value);
    });
    const finish = async () => (go.resolve(), (await answer).cookies);
    return {
      kind,
      value,
      cookie: this.cookie,
      loaded: loaded.promise,
      isNew: () => isNew,
      finish,
    };
  }

  receive(cookies: readonly string[]): void {
    for (const cookie of cookies) {
      const text = textOf(cookie);
      this.cookie = text === "" ? "" : `${NAME}=${text}`;
    }
  }

  async #work(session: Session, kind: Kind, value: number): Promise<unknown> {
    switch (kind) {
      case "read":
        return session.get("list");
      case "set":
        return session.set("n", value);
      case "push":
        return (session.get("list") as number[] | undefined)?.push(value);
      case "flash":
        return session.flash(value);
      case "regenerate":
        return session.regenerate();
      case "sign in":
        return session.bindTo("ada");
      case "sign out":
        return session.invalidate();
      case "sign out everywhere":
        return await this.store.bump("ada");
    }
  }
}

/** Sends up to five requests, loads and answers them in an order of chance. */
async function interleave(
  random: Random,
  visitor: Visitor,
  kinds: readonly Kind[],
  answered: (request: UnderWay, cookies: readonly string[]) => void | Promise<void>,
  sent: (request: UnderWay) => void = () => {},
): Promise<void> {
  const underWay: UnderWay[] = [];
  let sending = 0;
  const count = 2 + random.below(4);
  while (sending < count || underWay.length > 0) {
    if (sending < count && (underWay.length === 0 || random.chance(0.6))) {
      const request = visitor.send(random.pick(kinds), ++sending);
      await request.loaded;
      sent(request);
      underWay.push(request);
    } else {
      const [request] = underWay.splice(random.below(underWay.length), 1);
      if (request === undefined) continue;
      const cookies = await request.finish();
      visitor.receive(cookies);
      await answered(request, cookies);
    }
    if (random.chance(0.3)) visitor.clock.travel(random.pick([0.001, 1, 4, 11, 200]));
  }
}

Deno.test("parallel requests: signing out wins over whatever is under way, and over every copy", async () => {
  const kinds: Kind[] = [
    "read",
    "set",
    "push",
    "flash",
    "regenerate",
    "sign in",
    "sign out",
    "sign out everywhere",
  ];
  const tried = { ended: 0, rotated: 0, left: 0, late: 0, outrun: 0 };
  for (let seed = 0; seed < INTERLEAVINGS; seed++) {
    const random = new Random(seed);
    const visitor = new Visitor();
    const model = new RevocationModel(visitor.clock);
    await visitor.signIn();
    model.answered({ act: "sign in", from: "", seen: "none", to: visitor.cookie, holds: true });
    const seen = new Map<UnderWay, CopyStanding>();
    const history: string[] = [];
    const sent = (request: UnderWay) => {
      const standing = model.standing(request.cookie);
      seen.set(request, standing);
      const isNone = standing !== "valid" && standing !== "late";
      assertEquals(request.isNew(), isNone, `seed ${seed}: ${standing} to ${history.join(", ")}`);
    };
    const check = async () => {
      for (const copy of model.copies) {
        const standing = model.standing(copy);
        if (standing === "valid") continue;
        const { value, cookies } = await visitor.app.present(copy, (session) => {
          const seen = [session.isNew, session.userId, session.size];
          session.set("late", true);
          return seen;
        });
        if (standing !== "none") tried[standing]++;
        const message = `seed ${seed}: ${standing}, and revived by ${history.join(", ")}`;
        if (standing !== "late") assertEquals(value, [true, undefined, 0], message);
        if (standing === "late" || standing === "left") assertEquals(cookies, [], message);
      }
    };
    await interleave(random, visitor, kinds, async (request, cookies) => {
      const { kind, value, cookie } = request;
      history.push(`${kind} ${value}${cookies.length > 0 ? "*" : ""}`);
      const was = seen.get(request) ?? "none", is = model.standing(cookie);
      const act = ACTS[kind];
      // What was loaded in good time is over by now, or was it already.
      const isLate = was === "late" || was === "left" || was === "valid" && is !== "valid";
      if (isLate && act !== "sign in" && act !== "sign out") {
        tried.outrun++;
        assertEquals(cookies, [], `seed ${seed}: brought back by ${history.join(", ")}`);
      }
      if (kind === "sign out everywhere") model.signOutEverywhere();
      const to = cookies.length > 0 ? visitor.cookie : "";
      const holds = kind === "set" || kind === "sign in";
      model.answered({ act, from: cookie, seen: was, to, holds });
      await check();
      if (model.standing(visitor.cookie) !== "valid") return;
      const { value: lost } = await visitor.app.present(visitor.cookie, (session) => session.isNew);
      assert(!lost, `seed ${seed}: lost by ${history.join(", ")}`);
    }, sent);
    visitor.clock.travel(10.001);
    await check();
    assertEquals(visitor.app.errors, []);
  }
  // Otherwise nothing was tried.
  for (const [what, count] of Object.entries(tried)) assert(count > 50, `${what}: ${count}`);
});

Deno.test("parallel requests: of those that write, the last answer wins; the others change nothing", async () => {
  for (let seed = 0; seed < INTERLEAVINGS; seed++) {
    const random = new Random(2000 + seed);
    const visitor = new Visitor();
    await visitor.signIn();
    // The model: what each cookie text holds.
    const states = new Map([[visitor.cookie, {
      n: 0,
      list: [] as number[],
      flash: [] as number[],
    }]]);
    const history: string[] = [];
    await interleave(
      random,
      visitor,
      ["read", "set", "push", "flash"],
      async (request, cookies) => {
        const { kind, value, cookie } = request;
        history.push(`${kind} ${value}`);
        const before = states.get(cookie);
        assert(before !== undefined);
        const after = structuredClone(before);
        if (kind === "set") after.n = value;
        if (kind === "push") after.list.push(value);
        if (kind === "flash") after.flash.push(value);
        if (cookies.length > 0) states.set(visitor.cookie, after);
        else assertEquals(after, before, `seed ${seed}: lost in ${history.join(", ")}`);
        const { value: seen } = await visitor.app.present(visitor.cookie, (session) => ({
          n: session.get("n"),
          list: session.get("list"),
          flash: session.peekFlash<number>(),
        }));
        assertEquals(seen, states.get(visitor.cookie), `seed ${seed}: ${history.join(", ")}`);
      },
    );
  }
});

Deno.test("parallel requests share no object, not even of one and the same cookie", async () => {
  const visitor = new Visitor();
  await visitor.signIn();
  const [one, other] = [visitor.send("read", 1), visitor.send("read", 2)];
  const [first, second] = await Promise.all([one.loaded, other.loaded]);
  assertNotStrictEquals(first, second);
  assertNotStrictEquals(first.get("list"), second.get("list"));
  (first.get("list") as number[]).push(1);
  first.set("n", 7).flash("x");
  assertEquals([second.get("list"), second.get("n"), second.peekFlash()], [[], 0, []]);
  await one.finish();
  assertEquals(await other.finish(), []);
});

Deno.test("parallel requests: twenty renewals at once are twenty valid copies of one session", async () => {
  const visitor = new Visitor();
  await visitor.signIn();
  visitor.clock.travel(600);
  const requests = Array.from({ length: 20 }, (_, index) => visitor.send("read", index));
  await Promise.all(requests.map((request) => request.loaded));
  const answers = await Promise.all(requests.map((request) => request.finish()));
  for (const cookies of answers) {
    assertEquals(cookies.length, 1);
    const { value } = await visitor.app.present(
      `${NAME}=${textOf(cookies[0])}`,
      (session) => session.userId,
    );
    assertEquals(value, "ada");
  }
});

Deno.test("parallel requests: after regenerate() a slower save is dropped, and nobody is signed out", async () => {
  const visitor = new Visitor();
  await visitor.signIn();
  const slow = visitor.send("set", 1);
  await slow.loaded;
  const quick = visitor.send("regenerate", 2);
  visitor.receive(await quick.finish());
  assertEquals(await slow.finish(), []);
  const client = visitor.app.visitor();
  client.jar.store(`${visitor.cookie}; Path=/; Secure`, new URL(client.origin));
  assertEquals(cookieHeader(client), visitor.cookie);
  const { value } = await visitor.app.visit(
    client,
    (session) => [session.userId, session.get("n")],
  );
  assertEquals(value, ["ada", 0]);
});
