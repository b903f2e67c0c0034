/**
 * What sessions of every kind do alike: signed, encrypted, and stored in memory and in SQLite.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import {
  type Session,
  signedCookieSessionFactory,
  type StandardSchema,
} from "@pyramidion/pyramidion";
import { memoryRevocations } from "@pyramidion/pyramidion/stores/memory";
import { plantSession, readSession } from "@pyramidion/pyramidion/testing";
import type { CommitContext, SessionOutcome, SessionRequest } from "@pyramidion/pyramidion/types";
import { FactoryApp } from "./factory_app.ts";
import { NAME, SECRET, START } from "./session_app.ts";
import { isStored, type KindOptions, KINDS } from "./session_kinds.ts";

type Values = Record<string, unknown>;

const CONTEXT: CommitContext = { mayRenew: true, byException: false };
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

function begun(kind: string, options: KindOptions = {}) {
  const make = KINDS[kind]!;
  const app = new FactoryApp<Values>((around) => make(SECRET, { ...around, ...options }));
  return { app, visitor: app.visitor() };
}

function requestWith(cookie: string | null, headers: HeadersInit = {}): SessionRequest {
  const all = new Headers(headers);
  if (cookie !== null) all.set("cookie", `${NAME}=${cookie}`);
  const raw = new Request("https://app.test/", { headers: all });
  return { raw, method: "GET", headers: raw.headers, origin: "https://app.test" };
}

const cookieOf = (outcome: SessionOutcome): string =>
  outcome.do === "nothing" ? "" : /=([^;]*)/.exec(outcome.cookies[0] ?? "")?.[1] ?? "";

interface Row {
  readonly isNew?: boolean;
  readonly after?: number;
  readonly context?: Partial<CommitContext>;
  readonly headers?: HeadersInit;
  readonly options?: KindOptions;
  readonly work?: (session: Session<Values>) => unknown;
  readonly outcome: SessionOutcome["do"];
  /** The same of a stored session, where it differs. */
  readonly stored?: SessionOutcome["do"];
  /** What the next request reads. */
  readonly values: Values;
}

const LOADED: Values = { cart: [1], user: "ada" };
const defaults: StandardSchema<Values> = {
  "~standard": {
    version: 1,
    vendor: "tests",
    validate: (value) => ({ value: { user: "nobody", ...Object(value) } }),
  },
};

const COMMITS: Record<string, Row> = {
  "that was only read": { work: (one) => one.get("user"), outcome: "nothing", values: LOADED },
  "whose object was read and left alone": {
    work: (one) => one.get("cart"),
    outcome: "nothing",
    values: LOADED,
  },
  "that is due": { after: 2 * MINUTE, outcome: "renew", values: LOADED },
  "that is due, in a response that may not renew": {
    after: 2 * MINUTE,
    context: { mayRenew: false },
    outcome: "nothing",
    values: LOADED,
  },
  "that is not due yet": { after: 2 * MINUTE - 1, outcome: "nothing", values: LOADED },
  "that changed": {
    work: (one) => one.set("theme", "dark"),
    outcome: "write",
    values: { ...LOADED, theme: "dark" },
  },
  "that changed, in a response that may not renew": {
    work: (one) => one.set("theme", "dark"),
    context: { mayRenew: false },
    outcome: "write",
    values: { ...LOADED, theme: "dark" },
  },
  "whose object was changed in place": {
    work: (one) => (one.get("cart") as number[]).push(2),
    outcome: "write",
    values: { ...LOADED, cart: [1, 2] },
  },
  "that was changed and changed back": {
    work: (one) => one.set("user", "eve").set("user", "ada"),
    outcome: "nothing",
    values: LOADED,
  },
  "that lost a key": {
    work: (one) => one.delete("cart"),
    outcome: "write",
    values: { user: "ada" },
  },
  "that was regenerated": {
    work: (one) => one.regenerate(),
    outcome: "write",
    values: LOADED,
  },
  "that a user signed in to": {
    work: (one) => one.bindTo("7"),
    outcome: "write",
    values: { ...LOADED, "(user)": "7" },
  },
  "that is remembered": { work: (one) => one.remember(60), outcome: "write", values: LOADED },
  "that got a message": {
    work: (one) => one.flash("hello"),
    outcome: "write",
    values: { ...LOADED, "(flash)": ["hello"] },
  },
  "that was emptied": {
    work: (one) => one.clear(),
    outcome: "remove",
    stored: "write",
    values: {},
  },
  "that was invalidated": { work: (one) => one.invalidate(), outcome: "remove", values: {} },
  "that was invalidated and written to": {
    work: (one) => (one.invalidate(), one.set("user", "eve")),
    outcome: "write",
    values: { user: "eve" },
  },
  "that is new, and nobody wrote to": { isNew: true, outcome: "nothing", values: {} },
  "that is new": {
    isNew: true,
    work: (one) => one.set("user", "eve"),
    outcome: "write",
    values: { user: "eve" },
  },
  "that is new, and was emptied again": {
    isNew: true,
    work: (one) => (one.set("user", "eve"), one.delete("user")),
    outcome: "nothing",
    values: {},
  },
  "that is new, in the page of another site": {
    isNew: true,
    headers: { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" },
    work: (one) => one.set("user", "eve"),
    outcome: "nothing",
    values: {},
  },
  "that changed, where something was thrown": {
    work: (one) => one.set("theme", "dark"),
    context: { byException: true },
    outcome: "write",
    values: { ...LOADED, theme: "dark" },
  },
  "the same with setOnException false": {
    options: { setOnException: false },
    work: (one) => one.set("theme", "dark"),
    context: { byException: true },
    outcome: "nothing",
    values: LOADED,
  },
  "that holds no more than its schema's defaults": {
    options: { schema: defaults },
    work: (one) => (one.set("user", "nobody"), one.delete("cart")),
    outcome: "remove",
    stored: "write",
    values: { user: "nobody" },
  },
};

function seen(session: Session<Values>): Values {
  const all: Values = Object.fromEntries(
    [...session].sort(([one], [other]) => one < other ? -1 : 1),
  );
  if (session.userId !== undefined) all["(user)"] = session.userId;
  if (session.peekFlash().length > 0) all["(flash)"] = session.peekFlash();
  return all;
}

for (const kind of Object.keys(KINDS)) {
  Deno.test(`commit() decides what goes out of a session (${kind})`, async (t) => {
    for (const [name, row] of Object.entries(COMMITS)) {
      await t.step(name, async () => {
        let now = START;
        const factory = KINDS[kind]!(SECRET, { clock: () => now, ...row.options });
        const first = await factory.load(requestWith(null));
        first.update(LOADED);
        const cookie = cookieOf(await factory.commit(first, requestWith(null), CONTEXT));
        now += row.after ?? 0;
        const request = requestWith(row.isNew === true ? null : cookie, row.headers);
        const session = await factory.load(request);
        await row.work?.(session);
        const outcome = await factory.commit(session, request, { ...CONTEXT, ...row.context });
        assertEquals(outcome.do, isStored(kind) ? row.stored ?? row.outcome : row.outcome);
        const kept = row.isNew === true || outcome.do === "remove" ? "" : cookie;
        const next = await factory.load(requestWith(cookieOf(outcome) || kept || null));
        assertEquals(seen(next), row.values);
      });
    }
  });

  Deno.test(`a session lives to the very millisecond of its limits (${kind})`, async (t) => {
    const rows: Record<
      string,
      [options: KindOptions, remember: number | null, steps: number[], alive: boolean]
    > = {
      "idle for the timeout": [{}, null, [1_200_000], true],
      "idle for 1 ms more": [{}, null, [1_200_001], false],
      "idle for a timeout of its own": [{ timeout: 60 }, null, [MINUTE], true],
      "idle for a timeout of its own and 1 ms": [{ timeout: 60 }, null, [MINUTE + 1], false],
      "renewed, and idle for the timeout": [{}, null, [2 * MINUTE, 1_200_000], true],
      "renewed, and idle for 1 ms more": [{}, null, [2 * MINUTE, 1_200_001], false],
      "not renewed yet": [{}, null, [2 * MINUTE - 1, 18 * MINUTE + 2], false],
      "never renewed": [{ reissueTime: null }, null, [MINUTE, 1_140_001], false],
      "as old as the lifetime": [{ timeout: 60, lifetime: 90 }, null, [MINUTE, MINUTE / 2], true],
      "1 ms older": [{ timeout: 60, lifetime: 90 }, null, [MINUTE, MINUTE / 2 + 1], false],
      "idle without timeout": [{ timeout: null }, null, [30 * DAY], true],
      "without timeout, 1 ms older than the lifetime": [
        { timeout: null },
        null,
        [30 * DAY + 1],
        false,
      ],
      "busy without lifetime": [{ timeout: null, lifetime: 1e6 }, null, [400 * MINUTE, 1e8], true],
      "remembered": [{}, 7_200, [7_200_000], true],
      "remembered, 1 ms over": [{}, 7_200, [7_200_001], false],
      "remembered for less than the timeout": [{}, 60, [MINUTE + 1], false],
      "remembered beyond the lifetime": [{ timeout: 60, lifetime: 90 }, 600, [600_000], true],
      "remembered beyond the lifetime, 1 ms over": [
        { timeout: 60, lifetime: 90 },
        600,
        [600_001],
        false,
      ],
      "timeout 0, in the same millisecond": [{ timeout: 0 }, null, [0], true],
      "timeout 0, a millisecond later": [{ timeout: 0 }, null, [1], false],
      "a minute in the future": [{}, null, [-MINUTE], true],
      "further in the future": [{}, null, [-MINUTE - 1], false],
    };
    for (const [name, [options, remember, steps, alive]] of Object.entries(rows)) {
      await t.step(name, async () => {
        let now = START;
        const factory = KINDS[kind]!(SECRET, { clock: () => now, ...options });
        let cookie: string | null = null, isNew = true;
        for (const step of [null, ...steps]) {
          now += step ?? 0;
          const request: SessionRequest = requestWith(cookie);
          const session: Session<Values> = await factory.load(request);
          isNew = session.isNew;
          if (step === null) session.set("a", 1);
          if (step === null && remember !== null) session.remember(remember);
          cookie = cookieOf(await factory.commit(session, request, CONTEXT)) || cookie;
        }
        assertEquals(isNew, !alive);
      });
    }
  });

  Deno.test(`a schema fills in, refuses and migrates (${kind})`, async () => {
    const { app, visitor } = begun(kind, { schema: defaults });
    const { value, cookies } = await app.visit(visitor, (session) => session.get("user"));
    assertEquals([value, cookies], ["nobody", []]);
    await app.visit(visitor, (session) => session.set("theme", "dark"));
    const read = await app.visit(visitor, (session) => [...session].length);
    assertEquals([read.value, read.cookies], [2, []]);
  });

  Deno.test(`a session keeps messages until they are shown, and a token for its forms (${kind})`, async () => {
    const { app, visitor } = begun(kind);
    await app.visit(visitor, (session) => session.set("a", 1).flash("one").flash("two", "errors"));
    await app.visit(visitor, (session) => session.flash("three"));
    const { value: token } = await app.visit(visitor, (session) => session.getCsrfToken());
    const { value } = await app.visit(visitor, (session) => [
      session.popFlash(),
      session.peekFlash("errors"),
      session.checkCsrfToken(token),
    ]);
    assertEquals(value, [["one", "three"], ["two"], true]);
    assertEquals((await app.visit(visitor, (session) => session.popFlash())).value, []);
    await app.visit(visitor, (session) => session.regenerate());
    const after = await app.visit(visitor, (session) => session.checkCsrfToken(token));
    assertEquals(after.value, false);
  });

  Deno.test(`a serializer writes what JSON would lose (${kind})`, async () => {
    const serializer = {
      stringify: (value: unknown) =>
        JSON.stringify(value, (_key, one) => one instanceof Set ? { set: [...one] } : one),
      parse: (text: string) => JSON.parse(text, (_key, one) => one?.set ? new Set(one.set) : one),
    };
    const { app, visitor } = begun(kind, { serializer });
    await app.visit(visitor, (session) => session.set("tags", new Set(["a"])));
    await app.visit(visitor, (session) => void (session.get("tags") as Set<string>).add("b"));
    const { value, cookies } = await app.visit(visitor, (session) => session.get("tags"));
    assertEquals([value, cookies], [new Set(["a", "b"]), []]);
  });

  Deno.test(`plantSession() and readSession() work (${kind})`, async () => {
    const make = KINDS[kind]!;
    let factory = make(SECRET, {});
    const app = new FactoryApp<Values>((around) => factory = make(SECRET, around));
    const client = app.visitor();
    const planted = await plantSession(client, factory, { a: 1 }, {
      userId: "ada",
      flash: ["hello"],
      csrfToken: true,
      remember: 60,
    });
    const { value } = await app.visit(client, (session) => [
      session.userId,
      session.get("a"),
      session.checkCsrfToken(planted.getCsrfToken()),
      session.set("b", 2).popFlash(),
    ]);
    assertEquals(value, ["ada", 1, true, ["hello"]]);
    const read = await readSession(client, factory);
    assertEquals([[...read], read.userId, read.peekFlash()], [[["a", 1], ["b", 2]], "ada", []]);
  });

  Deno.test(`formerly: who moves from signed cookies stays signed in, also by requests at once (${kind})`, async () => {
    const make = KINDS[kind]!;
    let old = signedCookieSessionFactory<Values>(SECRET);
    const before = new FactoryApp<Values>((around) =>
      old = signedCookieSessionFactory(SECRET, {
        ...around,
        revocations: memoryRevocations({ clock: around.clock }),
      })
    );
    const after = new FactoryApp<Values>(
      (around) => make(SECRET, { ...around, cookieName: "app", formerly: old }),
      { clock: before.clock },
    );
    const visitor = before.visitor();
    await before.visit(visitor, (session) => {
      session.set("cart", [1]).bindTo("ada");
    });
    const moved = after.visitor();
    moved.jar.store(`${NAME}=${visitor.cookie(NAME)}; Path=/; Secure`, new URL(moved.origin));
    // Two pages at once, and one that an older server answers.
    const [one, , other] = await Promise.all([
      after.visit(moved, (session) => [session.userId, session.get("cart")]),
      before.visit(visitor, (session) => session.set("seen", 1)),
      after.visit(moved, (session) => [session.userId, session.set("b", 2).get("cart")]),
    ]);
    assertEquals([one.value, other.value], [["ada", [1]], ["ada", [1]]]);
    const next = await after.visit(moved, (session) => [session.userId, session.get("cart")]);
    assertEquals(next.value, ["ada", [1]]);
    assertEquals(moved.cookie(NAME), null);
    await after.visit(moved, (session) => session.invalidate());
    assertEquals((await after.visit(moved, (session) => session.userId)).value, undefined);
  });
}
