/**
 * From cookies to a session, wherever sessions live. Here they live in a map.
 *
 * @module
 */

import { assertEquals, assertRejects, assertStrictEquals } from "jsr:@std/assert@^1.0.0";
import {
  HttpServiceUnavailable,
  signedCookieSessionFactory,
  type StandardSchema,
} from "@pyramidion/pyramidion";
import type { RefusalReason, SessionRequest } from "@pyramidion/pyramidion/types";
import { settableClock } from "@pyramidion/pyramidion/testing";
import { memorySessions } from "./memory_backend.ts";
import { NAME, SECRET, START } from "./session_app.ts";

const DAY = 24 * 60 * 60;

function request(cookie: string | null): SessionRequest {
  const raw = new Request("https://app.test/", { headers: cookie === null ? {} : { cookie } });
  return { raw, method: "GET", headers: raw.headers, origin: "https://app.test" };
}

/** A map with one session of the key `user`, and why others were refused. */
function begun(options: Parameters<typeof memorySessions>[0] = {}) {
  const refusals: RefusalReason[] = [], clock = settableClock(START);
  const onReject = (reason: RefusalReason) => void refusals.push(reason);
  const made = memorySessions({ clock, onReject, ...options });
  const keep = (id: string, user: string, renewed = START) =>
    made.backend.rows.set(id, {
      texts: new Map([["user", JSON.stringify(user)]]),
      created: START,
      renewed,
    });
  keep("ada", "ada");
  return { ...made, clock, refusals, keep };
}

const WITH_LIST: StandardSchema<Record<string, unknown>> = {
  "~standard": {
    version: 1,
    vendor: "tests",
    validate: (value) =>
      Object(value).user === "eve"
        ? { issues: [{ message: "no" }] }
        : { value: { list: DEFAULT, ...Object(value) } },
  },
};
const DEFAULT: unknown[] = [];

Deno.test("SessionLoading.load() gives a new session for what is refused, and tells why", async (t) => {
  const rows: Record<string, [seconds: number, id: string, reason: RefusalReason | null]> = {
    "a session within its limits": [1200, "ada", null],
    "one that idled too long": [1200.001, "ada", "expired-idle"],
    "one that is too old": [30 * DAY + 1, "busy", "expired-absolute"],
    "one from the future": [-61, "ada", "future"],
    "one that the backend does not know": [0, "nobody", "unknown-key"],
  };
  for (const [name, [seconds, id, reason]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const { factory, clock, keep, refusals } = begun();
      keep("busy", "bob", START + 30 * DAY * 1000);
      clock.travel(seconds);
      const session = await factory.load(request(`${NAME}=${id}`));
      assertEquals(
        [session.isNew, session.get("user")],
        reason === null ? [false, "ada"] : [true, undefined],
      );
      assertEquals(refusals, reason === null ? [] : [reason]);
    });
  }
});

Deno.test("SessionLoading.load() asks the backend for nothing where no cookie came", async () => {
  const { factory, backend, refusals } = begun();
  assertEquals((await factory.load(request(null))).isNew, true);
  assertEquals([backend.calls, refusals], [[], []]);
});

Deno.test("SessionLoading.load() rejects where the backend does, and with what it does", async () => {
  const { factory, backend } = begun();
  backend.failure = new HttpServiceUnavailable("down");
  const error = await assertRejects(async () => await factory.load(request(`${NAME}=ada`)));
  assertStrictEquals(error, backend.failure);
});

Deno.test("SessionLoading.load() takes of several sessions the one that was renewed last, and ends all of them", async () => {
  const { factory, backend, keep, clock } = begun();
  keep("late", "late", START + 5000);
  clock.travel(10);
  const asked = request(`${NAME}=ada; ${NAME}=nobody; ${NAME}=late`);
  const session = await factory.load(asked);
  assertEquals(session.get("user"), "late");
  session.invalidate();
  await factory.commit(session, asked, { mayRenew: true, byException: false });
  assertEquals([...backend.rows.keys()], []);
});

Deno.test("SessionLoading.load() lets the backend judge what is within its limits", async (t) => {
  await t.step("refused", async () => {
    const { factory, backend, refusals } = begun();
    backend.judge = () => Promise.resolve({ refused: "revoked" });
    assertEquals((await factory.load(request(`${NAME}=ada`))).isNew, true);
    assertEquals(refusals, ["revoked"]);
  });
  await t.step("let in", async () => {
    const { factory, backend } = begun();
    backend.judge = () => Promise.resolve({});
    assertEquals((await factory.load(request(`${NAME}=ada`))).get("user"), "ada");
  });
  await t.step("not asked beyond them", async () => {
    const { factory, backend, clock } = begun();
    backend.judge = () => Promise.reject(new Error("asked"));
    clock.travel(DAY);
    assertEquals((await factory.load(request(`${NAME}=ada`))).isNew, true);
  });
});

Deno.test("SessionLoading.load() fits a session to the schema: defaults are no change, and no two visitors share them", async (t) => {
  for (const [name, cookie] of [["a session", `${NAME}=ada`], ["a new one", null]] as const) {
    await t.step(name, async () => {
      const { factory } = begun({ schema: WITH_LIST });
      const asked = request(cookie), session = await factory.load(asked);
      (session.get("list") as unknown[]).push("mine");
      assertEquals((await factory.load(asked)).get("list"), []);
      assertEquals(DEFAULT, []);
      const untouched = await factory.load(asked);
      assertEquals(untouched.get("list"), []);
      const outcome = await factory.commit(untouched, asked, {
        mayRenew: true,
        byException: false,
      });
      assertEquals(outcome, { do: "nothing" });
    });
  }
  await t.step("one that does not fit", async () => {
    const { factory, keep, refusals } = begun({ schema: WITH_LIST });
    keep("eve", "eve");
    assertEquals((await factory.load(request(`${NAME}=eve`))).isNew, true);
    assertEquals(refusals, ["schema"]);
  });
});

Deno.test("SessionLoading.load() takes a session over from a factory of another backend", async () => {
  const clock = settableClock(START);
  const former = signedCookieSessionFactory(SECRET, { cookieName: "old", clock });
  const context = { mayRenew: true, byException: false };
  const before = await former.load(request(null));
  before.set("user", "bob");
  const written = await former.commit(before, request(null), context);
  const cookie = written.do === "write" ? written.cookies[0]!.split(";")[0]! : "";

  const { factory, backend } = begun({ clock, formerly: former });
  const session = await factory.load(request(cookie));
  assertEquals([session.get("user"), session.isNew], ["bob", false]);
  const outcome = await factory.commit(session, request(cookie), context);
  assertEquals(outcome.do === "nothing" ? [] : outcome.cookies.map((one) => one.split("=")[0]), [
    NAME,
    "__Host-old",
  ]);
  assertEquals(backend.rows.get("id2")?.texts.get("user"), '"bob"');
});
