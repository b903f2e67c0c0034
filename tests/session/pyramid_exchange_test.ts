/**
 * One login for an app of ours and one on real Pyramid.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertNotEquals } from "jsr:@std/assert@^1.0.0";
import { Configurator, pyramidCookieSessionFactory, type Session } from "@pyramidion/pyramidion";
import type { PyramidCookieSessionOptions, PyramidSecrets } from "@pyramidion/pyramidion/types";
import { type SettableClock, settableClock, TestClient } from "@pyramidion/pyramidion/testing";
import { stringifyPythonJson } from "../../lib/session/formats/pyramid_payload.ts";
import { Random } from "../random.ts";
import { testUnless } from "../requirements.ts";
import {
  askPyramid,
  missingPyramid,
  type PyramidOptions,
  PyramidProcess,
} from "./pyramid_process.ts";

const SECRET = "exchange: 4kQ9wZ2mX7vB1nL6cR8pT3y";
const NEWER = "exchange: 7Yx0Jw1mC3sV9kQ2bN8tR5p";
const START = Date.UTC(2026, 0, 1, 12, 0, 0, 250);

type Work = (session: Session, given: Record<string, unknown>) => unknown;

/** The same views as `pyramid_app.py`. */
const WORKS: Readonly<Record<string, Work>> = {
  write: (session, given) => void session.update(given),
  read: (session) => Object.fromEntries(session),
  login: (session, given) => session.bindTo(String(given.userid)),
  whoami: (session) => session.userId ?? null,
  logout: (session) => session.invalidate(),
  flash: (session, given) => void session.flash(given.message, String(given.queue)),
  pop_flash: (session, given) => session.popFlash(String(given.queue)),
  get_csrf_token: (session) => session.getCsrfToken(),
  times: (session) => ({ created: session.created / 1000, new: session.isNew }),
};

interface SiteOptions extends PyramidCookieSessionOptions {
  readonly secrets?: PyramidSecrets;
  readonly pyramid?: Readonly<Record<string, PyramidOptions>>;
}

/** An origin with our app below `/deno` and Pyramid's elsewhere, and a visitor with one jar. */
class Site implements AsyncDisposable {
  readonly clock: SettableClock = settableClock(START);
  readonly visitor: TestClient;
  readonly #pyramid: PyramidProcess;

  private constructor(pyramid: PyramidProcess, { secrets = SECRET, ...options }: SiteOptions) {
    this.#pyramid = pyramid;
    const factory = pyramidCookieSessionFactory(secrets, { clock: this.clock, ...options });
    const { logger } = options;
    const config = new Configurator({
      sessionFactory: factory,
      ...(logger === undefined ? {} : { logger }),
    });
    config.addRoute("deno", "/deno/:work").addView(async (request) => {
      const session = await request.session;
      const name = String(request.matchdict.work);
      if (name === "protected") {
        const token = request.headers.get("x-csrf-token") ?? "";
        return new Response(null, { status: session.checkCsrfToken(token) ? 200 : 400 });
      }
      const given = request.method === "POST"
        ? JSON.parse(await request.text())
        : Object.fromEntries(request.query);
      return Response.json(WORKS[name]?.(session, given) ?? null);
    }, { routeName: "deno", requestMethod: ["GET", "POST"] });
    const app = config.makeApp();
    const site = {
      fetch: (request: Request) =>
        new URL(request.url).pathname.startsWith("/deno/") ? app.fetch(request) : fetch(request),
    };
    this.visitor = new TestClient(site, { origin: pyramid.origin, clock: this.clock });
  }

  static async start(options: SiteOptions = {}): Promise<Site> {
    const { pyramid = { "/pyramid": { secret: SECRET } }, ...rest } = options;
    const process = await PyramidProcess.start(pyramid);
    await process.setClock(START);
    return new Site(process, rest);
  }

  /** What a view answers to a GET, or to a POST of JSON. */
  async ask(path: string, body?: Record<string, unknown>): Promise<unknown> {
    const response = body === undefined
      ? await this.visitor.get(path)
      : await this.visitor.post(path, stringifyPythonJson(body, ""));
    assertEquals(response.status, 200, path);
    return await response.json();
  }

  /** The status of a POST of JSON. */
  async post(path: string, body: string): Promise<number> {
    const response = await this.visitor.post(path, body);
    await response.body?.cancel();
    return response.status;
  }

  /** The status of a POST with a CSRF token. */
  async present(path: string, token: string): Promise<number> {
    const headers = { "x-csrf-token": token };
    const response = await this.visitor.post(path, undefined, { headers });
    await response.body?.cancel();
    return response.status;
  }

  async travel(seconds: number): Promise<void> {
    this.clock.travel(seconds);
    await this.#pyramid.setClock(this.clock());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pyramid[Symbol.asyncDispose]();
  }
}

const DIRECTIONS = [["/deno", "/pyramid"], ["/pyramid", "/deno"]] as const;

const STATES: Readonly<Record<string, Record<string, unknown>>> = {
  "text": { user: "Admin", "": "", "<b>": "&amp;" },
  "unicode": { user: "Jürgen 😀👩‍💻", "ключ": "\u2028\0\x7f", half: "\ud800" },
  "nested values": { cart: { items: [{ id: 1, qty: 2 }, { id: 2 }], empty: {}, none: [] } },
  "booleans and null": { t: true, f: false, n: null },
  "floats": { half: 0.5, third: 1 / 3, small: 1e-7, tiny: 5e-324, large: 1e21, max: 1.7e308 },
  "large integers": { max: 2 ** 53 - 1, min: 1 - 2 ** 53, beyond: 2 ** 53, whole: 1e16 },
  "keys of objects": { constructor: 1, toString: 2, length: 3, get: 4, "10": 5, "9": 6 },
};

testUnless(
  missingPyramid,
  "pyramidCookieSessionFactory() shares a login with real Pyramid: signed in on one, read on the other, signed out on the first",
  async (t) => {
    await using site = await Site.start();
    for (const [first, other] of DIRECTIONS) {
      await t.step(`${first} then ${other}`, async () => {
        await site.ask(`${first}/login`, { userid: "ada" });
        await site.ask(`${first}/write`, { theme: "dark" });
        assertEquals(await site.ask(`${other}/whoami`), "ada");
        await site.travel(5);
        await site.ask(`${other}/write`, { cart: [1] });
        assertEquals(await site.ask(`${first}/whoami`), "ada");
        const state = await site.ask(`${first}/read`);
        assert(typeof state === "object" && state !== null);
        assertEquals({ ...state, "auth.userid": 0 }, {
          cart: [1],
          theme: "dark",
          "auth.userid": 0,
        });
        await site.ask(`${first}/logout`);
        assertEquals(await site.ask(`${other}/whoami`), null);
        assertEquals(await site.ask(`${other}/read`), {});
      });
    }
    await t.step("forget() of Pyramid's SessionAuthenticationHelper signs out here", async () => {
      await site.ask("/deno/login", { userid: "ada" });
      await site.ask("/pyramid/forget");
      assertEquals(await site.ask("/deno/whoami"), null);
    });
  },
);

testUnless(
  missingPyramid,
  "pyramidCookieSessionFactory() and real Pyramid read each other's values",
  async (t) => {
    await using site = await Site.start();
    for (const [first, other] of DIRECTIONS) {
      for (const [name, state] of Object.entries(STATES)) {
        await t.step(`${first} then ${other}: ${name}`, async () => {
          site.visitor.jar.clear();
          await site.ask(`${first}/write`, state);
          assertEquals(await site.ask(`${other}/read`), state);
          await site.travel(200);
          await site.ask(`${other}/write`, { more: 1 });
          assertEquals(await site.ask(`${first}/read`), { ...state, more: 1 });
        });
      }
    }
  },
);

testUnless(
  missingPyramid,
  "pyramidCookieSessionFactory() leaves a session of real Pyramid alone that it could not read unchanged",
  async (t) => {
    await using site = await Site.start();
    for (const value of ["9007199254740993", "NaN"]) {
      await t.step(value, async () => {
        assertEquals(await site.post("/pyramid/write", `{"user": "ada", "a": ${value}}`), 200);
        const cookie = site.visitor.cookie("session");
        assertEquals(await site.ask("/deno/read"), {});
        assertEquals(site.visitor.cookie("session"), cookie);
      });
    }
  },
);

testUnless(
  missingPyramid,
  "pyramidCookieSessionFactory() writes no session that real Pyramid could not write again",
  async (t) => {
    const logger = { warn: () => {}, error: () => {} };
    await using site = await Site.start({ logger });
    for (const letter of ["x", "é", "😀"]) {
      await t.step(`full of ${letter}`, async () => {
        site.visitor.jar.clear();
        let fits = 0;
        for (let step = 2048; step >= 1; step /= 2) {
          const body = JSON.stringify({ a: letter.repeat(fits + step) });
          if (await site.post("/deno/write", body) === 200) fits += step;
        }
        assert(fits > 200, `only ${fits} letters`);
        const state = { a: letter.repeat(fits) };
        await site.ask("/deno/write", state);
        await site.travel(200);
        assertEquals(await site.ask("/pyramid/read"), state);
        assertEquals(await site.post("/deno/write", JSON.stringify({ a: state.a + letter })), 413);
        assertEquals(await site.post("/pyramid/write", `{"a": "${state.a}${letter}"}`), 500);
      });
    }
  },
);

testUnless(
  missingPyramid,
  "pyramidCookieSessionFactory() and real Pyramid pop each other's flash messages",
  async (t) => {
    await using site = await Site.start();
    for (const [first, other] of DIRECTIONS) {
      for (const queue of ["", "error"]) {
        await t.step(`${first} then ${other}, queue "${queue}"`, async () => {
          await site.ask(`${first}/flash`, { queue, message: "gespeichert ✓" });
          await site.ask(`${other}/flash`, { queue, message: { kind: "note" } });
          const messages = ["gespeichert ✓", { kind: "note" }];
          assertEquals(await site.ask(`${other}/pop_flash?queue=${queue}`), messages);
          assertEquals(await site.ask(`${first}/pop_flash?queue=${queue}`), []);
        });
      }
    }
  },
);

testUnless(
  missingPyramid,
  "pyramidCookieSessionFactory() and real Pyramid accept each other's CSRF tokens, and no others",
  async (t) => {
    await using site = await Site.start();
    for (const [first, other] of DIRECTIONS) {
      await t.step(`${first} then ${other}`, async () => {
        site.visitor.jar.clear();
        const token = String(await site.ask(`${first}/get_csrf_token`));
        assertMatch(token, /^[0-9a-f]{40}$/);
        assertEquals(await site.ask(`${other}/get_csrf_token`), token);
        assertEquals(await site.present(`${other}/protected`, token), 200);
        assertEquals(await site.present(`${first}/protected`, token), 200);
        for (const wrong of ["", token.toUpperCase(), `${token.slice(1)}0`]) {
          assertEquals(await site.present(`${other}/protected`, wrong), 400);
          assertEquals(await site.present(`${first}/protected`, wrong), 400);
        }
      });
    }
    await t.step("bindTo() takes a new one", async () => {
      const token = String(await site.ask("/pyramid/get_csrf_token"));
      await site.ask("/deno/login", { userid: "ada" });
      assertNotEquals(await site.ask("/pyramid/get_csrf_token"), token);
      assertEquals(await site.present("/pyramid/protected", token), 400);
    });
  },
);

testUnless(
  missingPyramid,
  "pyramidCookieSessionFactory() and real Pyramid end a session at the same age, and keep when it began",
  async (t) => {
    const pyramid = { "/pyramid": { secret: SECRET, timeout: 60, reissue_time: 30 } };
    await using site = await Site.start({ pyramid, timeout: 60, reissueTime: 30 });
    for (const [first, other] of DIRECTIONS) {
      await t.step(`${first} then ${other}`, async () => {
        site.visitor.jar.clear();
        const created = site.clock() / 1000;
        await site.ask(`${first}/write`, { a: 1 });
        // Cookies have whole seconds.
        await site.travel(Math.floor(created) + 60 - created);
        assertEquals(await site.ask(`${other}/read`), { a: 1 });
        assertEquals(await site.ask(`${first}/times`), { created, new: false });
        await site.travel(60);
        assertEquals(await site.ask(`${first}/read`), { a: 1 });
        assertEquals(await site.ask(`${other}/times`), { created, new: false });
        await site.travel(60.25);
        assertEquals(await site.ask(`${other}/read`), {});
        assertEquals(await site.ask(`${first}/read`), {});
      });
    }
  },
);

testUnless(
  missingPyramid,
  "pyramidCookieSessionFactory() moves sessions from a secret of real Pyramid to the next",
  async () => {
    const pyramid = { "/old": { secret: SECRET }, "/new": { secret: NEWER } };
    await using site = await Site.start({ secrets: [NEWER, SECRET], pyramid });
    await site.ask("/old/login", { userid: "ada" });
    assertEquals(await site.ask("/new/whoami"), null);
    assertEquals(await site.ask("/deno/whoami"), "ada");
    assertEquals(await site.ask("/new/whoami"), "ada");
    assertEquals(await site.ask("/old/whoami"), null);
    assertEquals(await site.ask("/deno/whoami"), "ada");
  },
);

testUnless(
  missingPyramid,
  "pyramidCookieSessionFactory() writes the very cookies that real Pyramid writes, and each reads the other's: 200 random sessions",
  async () => {
    const random = new Random(20_260_101);
    const now = Math.floor(START / 1000);
    const sessions = Array.from({ length: 200 }, () => ({
      created: START - random.below(1_000_000),
      state: stateOf(random),
    }));
    const ours: string[] = [];
    for (const { created, state } of sessions) ours.push(await minted(created, state));
    const { opened, made } = await askPyramid({
      options: { secret: SECRET },
      now: now + 1,
      open: ours,
      make: sessions.map(({ created, state }) => [created / 1000, stringifyPythonJson(state, "")]),
    });
    assertEquals([opened.length, made.length], [200, 200]);
    for (const [index, { created, state }] of sessions.entries()) {
      const seed = `session ${index} of seed ${random.seed}`;
      assertEquals(opened[index], [false, created / 1000, state], seed);
      const cookie = made[index] ?? "";
      assertEquals(await read(cookie), { isNew: false, created, state }, seed);
      assertEquals(cookie, await minted(created, state, 1000), seed);
    }
  },
);

/** A session of our own factory, loaded and committed without an app. */
function factoryAt(now: () => number): ReturnType<typeof pyramidCookieSessionFactory> {
  return pyramidCookieSessionFactory(SECRET, { clock: now });
}

function requestWith(headers: HeadersInit) {
  const raw = new Request("https://app.test/", { headers });
  return { raw, method: "GET", headers: raw.headers, origin: "https://app.test" };
}

/** The cookie of a session that began at a time, written then or a little later than {@linkcode START}. */
async function minted(
  created: number,
  state: Record<string, unknown>,
  later = 0,
): Promise<string> {
  let now = created;
  const factory = factoryAt(() => now);
  const request = requestWith({});
  const session = await factory.load(request);
  now = START + later;
  session.update(Object.entries(state));
  const outcome = await factory.commit(session, request, { mayRenew: true, byException: false });
  assert(outcome.do === "write");
  return /^session=([^;]*)/.exec(outcome.cookies[0] ?? "")?.[1] ?? "";
}

async function read(cookie: string): Promise<unknown> {
  const factory = factoryAt(() => START + 1000);
  const session = await factory.load(requestWith({ cookie: `session=${cookie}` }));
  return {
    isNew: session.isNew,
    created: session.created,
    state: Object.fromEntries(session),
  };
}

const CHARACTERS = [
  "a",
  "Z",
  " ",
  '"',
  "\\",
  "/",
  ",",
  ":",
  "é",
  "\x7f",
  "\u2028",
  "😀",
  "\0",
  "\ud800",
];

function textOf(random: Random): string {
  return Array.from({ length: random.below(8) }, () => random.pick(CHARACTERS)).join("");
}

function numberOf(random: Random): number {
  const sign = random.chance(0.5) ? 1 : -1;
  switch (random.below(5)) {
    case 0:
      return sign * random.below(1000);
    case 3:
      return sign * random.next() * 10 ** -random.below(10);
    case 1:
      return sign * Math.floor(random.next() * Number.MAX_SAFE_INTEGER);
    case 2:
      return sign * random.next();
    default:
      return sign * random.next() * 10 ** (random.below(600) - 300);
  }
}

function valueOf(random: Random, depth: number): unknown {
  switch (random.below(depth === 0 ? 4 : 6)) {
    case 0:
      return random.pick([null, true, false]);
    case 1:
    case 2:
      return numberOf(random);
    case 3:
      return textOf(random);
    case 4:
      return Array.from({ length: random.below(4) }, () => valueOf(random, depth - 1));
    default:
      return objectOf(random, depth - 1);
  }
}

function objectOf(random: Random, depth: number): Record<string, unknown> {
  const entries = Array.from(
    { length: random.below(4) },
    (): [string, unknown] => [textOf(random), valueOf(random, depth)],
  );
  return Object.fromEntries(entries);
}

/** Never empty: an empty session has no cookie. */
function stateOf(random: Random): Record<string, unknown> {
  return { ...objectOf(random, 3), user: textOf(random) };
}
