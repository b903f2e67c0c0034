/**
 * What goes out when: the decisions of committing, wherever sessions live. Here they live in a map.
 *
 * @module
 */

import { assertEquals, assertRejects } from "jsr:@std/assert@^1.0.0";
import {
  HttpServiceUnavailable,
  type Session,
  type SessionFactory,
  type StandardSchema,
} from "@pyramidion/pyramidion";
import type { CommitContext, SessionOutcome, SessionRequest } from "@pyramidion/pyramidion/types";
import { settableClock } from "@pyramidion/pyramidion/testing";
import { memorySessions } from "./memory_backend.ts";
import { NAME, START } from "./session_app.ts";

const CONTEXT: CommitContext = { mayRenew: true, byException: false };
const MINUTE = 60_000;

function request(id: string | null, headers: Record<string, string> = {}): SessionRequest {
  const all = id === null ? headers : { cookie: `${NAME}=${id}`, ...headers };
  const raw = new Request("https://app.test/", { headers: all });
  return { raw, method: "GET", headers: raw.headers, origin: "https://app.test" };
}

/** A map with one session, of the keys `user` and `cart`. */
function begun(options: Parameters<typeof memorySessions>[0] = {}) {
  const clock = settableClock(START);
  const made = memorySessions({ clock, ...options });
  const texts = new Map([["user", '"ada"'], ["cart", "[1]"]]);
  made.backend.rows.set("ada", { texts, created: START, renewed: START });
  return { ...made, clock };
}

async function committed(
  factory: SessionFactory,
  asked: SessionRequest,
  work: (session: Session) => unknown,
  context: CommitContext = CONTEXT,
): Promise<SessionOutcome> {
  const session = await factory.load(asked);
  await work(session);
  return await factory.commit(session, asked, context);
}

/** Defaults for `user`; refuses anything but text there. */
const schema: StandardSchema<Record<string, unknown>> = {
  "~standard": {
    version: 1,
    vendor: "tests",
    validate: (value) => ({ value: { user: "nobody", ...Object(value) } }),
  },
};

interface Row {
  readonly id?: string | null;
  readonly after?: number;
  readonly context?: Partial<CommitContext>;
  readonly headers?: Record<string, string>;
  readonly options?: Parameters<typeof memorySessions>[0];
  readonly work?: (session: Session) => unknown;
  readonly outcome: SessionOutcome["do"];
  /** What the backend was told, behind the question for the session. */
  readonly calls?: readonly string[];
}

const ROWS: Record<string, Row> = {
  "a session that was only read": {
    work: (session) => session.get("user"),
    outcome: "nothing",
  },
  "one whose object was read and left alone": {
    work: (session) => session.get("cart"),
    outcome: "nothing",
  },
  "one that is due": { after: 2 * MINUTE, outcome: "renew", calls: ["write ada: "] },
  "one that is due, in a response that may not renew": {
    after: 2 * MINUTE,
    context: { mayRenew: false },
    outcome: "nothing",
  },
  "one that is due, with an object that was read, in a response that may not renew": {
    after: 2 * MINUTE,
    work: (session) => session.get("cart"),
    context: { mayRenew: false },
    outcome: "nothing",
  },
  "one that is due, by a request that is no activity": {
    after: 2 * MINUTE,
    context: { isActivity: false },
    outcome: "renew",
    calls: ["write ada: "],
  },
  "one that changed: its key alone": {
    work: (session) => session.set("theme", "dark"),
    outcome: "write",
    calls: ["write ada: theme"],
  },
  "one that changed, in a response that may not renew": {
    work: (session) => session.set("theme", "dark"),
    context: { mayRenew: false },
    outcome: "write",
    calls: ["write ada: theme"],
  },
  "one whose object was changed in place": {
    work: (session) => (session.get("cart") as number[]).push(2),
    outcome: "write",
    calls: ["write ada: cart"],
  },
  "one that was changed and changed back": {
    work: (session) => session.set("user", "eve").set("user", "ada"),
    outcome: "nothing",
  },
  "one that lost a key": {
    work: (session) => session.delete("cart"),
    outcome: "write",
    calls: ["write ada: cart"],
  },
  "one that was regenerated": {
    work: (session) => session.regenerate(),
    outcome: "write",
    calls: ["write id2: ", "end ada"],
  },
  "one that a user signed in to": {
    work: (session) => session.bindTo("7"),
    outcome: "write",
    calls: ["write id2: (user)", "end ada"],
  },
  "one that was emptied": {
    work: (session) => session.clear(),
    outcome: "remove",
    calls: ["end ada"],
  },
  "one that was invalidated": {
    work: (session) => session.invalidate(),
    outcome: "remove",
    calls: ["end ada"],
  },
  "one that was invalidated and written to": {
    work: (session) => (session.invalidate(), session.set("user", "eve")),
    outcome: "write",
    calls: ["write id2: user cart", "end ada"],
  },
  "a new one that nobody wrote to": { id: null, outcome: "nothing" },
  "a new one": {
    id: null,
    work: (session) => session.set("user", "eve"),
    outcome: "write",
    calls: ["write id2: user"],
  },
  "a new one that was emptied again": {
    id: null,
    work: (session) => (session.set("user", "eve"), session.delete("user")),
    outcome: "nothing",
  },
  "a new one in the page of another site": {
    id: null,
    headers: { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" },
    work: (session) => session.set("user", "eve"),
    outcome: "nothing",
  },
  "the same, of a view that answers other sites": {
    id: null,
    headers: { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" },
    context: { isCsrfExempt: true },
    work: (session) => session.set("user", "eve"),
    outcome: "write",
    calls: ["write id2: user"],
  },
  "one that is refused, and its cookie": {
    id: "nobody",
    work: (session) => session.invalidate(),
    outcome: "nothing",
  },
  "a changed one, where something was thrown": {
    work: (session) => session.set("theme", "dark"),
    context: { byException: true },
    outcome: "write",
    calls: ["write ada: theme"],
  },
  "the same with setOnException false": {
    options: { setOnException: false },
    work: (session) => session.set("theme", "dark"),
    context: { byException: true },
    outcome: "nothing",
  },
  "one that holds no more than its schema's defaults": {
    options: { schema },
    work: (session) => (session.set("user", "nobody"), session.delete("cart")),
    outcome: "remove",
    calls: ["end ada"],
  },
};

Deno.test("SessionCommitting.commit() decides what goes out", async (t) => {
  for (const [name, row] of Object.entries(ROWS)) {
    await t.step(name, async () => {
      const { id = "ada", after = 0, headers, work = () => {}, calls = [] } = row;
      const { factory, backend, clock } = begun(row.options);
      clock.travel(after / 1000);
      const context = { ...CONTEXT, ...row.context };
      const outcome = await committed(factory, request(id, headers), work, context);
      assertEquals(outcome.do, row.outcome);
      assertEquals(
        outcome.do === "nothing" ? 0 : outcome.cookies.length,
        +(row.outcome !== "nothing"),
      );
      assertEquals(backend.calls.filter((call) => !call.startsWith("find")), calls);
    });
  }
});

Deno.test("SessionCommitting.commit() notes the time of a renewal, and the earlier one where the request is no activity", async () => {
  for (const isActivity of [true, false]) {
    const { factory, backend, clock } = begun();
    clock.travel(120);
    const context = { ...CONTEXT, isActivity };
    await committed(factory, request("ada"), (session) => session.set("n", 1), context);
    assertEquals(backend.rows.get("ada")?.renewed, isActivity ? START + 2 * MINUTE : START);
  }
});

Deno.test("SessionCommitting.commit() sends no cookie where another request has ended the session", async () => {
  const { factory, backend } = begun();
  backend.isOvertaken = true;
  const outcome = await committed(factory, request("ada"), (session) => session.set("n", 1));
  assertEquals(outcome, { do: "nothing", isLost: true });
});

Deno.test("SessionCommitting.commit() rejects where the backend does", async () => {
  const { factory, backend } = begun();
  const session = await factory.load(request("ada"));
  session.set("n", 1);
  backend.failure = new HttpServiceUnavailable();
  await assertRejects(
    async () => await factory.commit(session, request("ada"), CONTEXT),
    HttpServiceUnavailable,
  );
});

Deno.test("SessionCommitting.commit() keeps nothing of a late session, but for signing in and out", async (t) => {
  const rows: Record<string, [work: (session: Session) => unknown, outcome: SessionOutcome["do"]]> =
    {
      "set()": [(session) => session.set("n", 1), "nothing"],
      "getCsrfToken()": [(session) => session.getCsrfToken(), "nothing"],
      "bindTo()": [(session) => session.bindTo("7"), "write"],
      "invalidate()": [(session) => session.invalidate(), "remove"],
    };
  for (const [name, [work, outcome]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const { factory, backend } = begun();
      backend.judge = () => Promise.resolve({ arrival: { isLate: true, endableId: "ada" } });
      assertEquals((await committed(factory, request("ada"), work)).do, outcome);
    });
  }
});

Deno.test("SessionCommitting.commit() keeps no CSRF secret of a visitor whose session is late", async () => {
  for (const isLate of [true, false]) {
    const { factory, backend } = begun();
    backend.judge = () => Promise.resolve({ refused: "revoked", arrival: { isLate } });
    const outcome = await committed(factory, request("ada"), (session) => session.getCsrfToken());
    assertEquals(outcome.do, isLate ? "nothing" : "write");
  }
});
