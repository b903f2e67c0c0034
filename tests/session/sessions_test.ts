/**
 * The object behind every session factory.
 *
 * @module
 */

import { assertEquals, assertThrows } from "jsr:@std/assert@^1.0.0";
import { signedCookieSessionFactory } from "@pyramidion/pyramidion";
import type { SessionRequest } from "@pyramidion/pyramidion/types";
import { memorySessions } from "./memory_backend.ts";
import { SECRET } from "./session_app.ts";

const CONTEXT = { mayRenew: true, byException: false };

function request(): SessionRequest {
  const raw = new Request("https://app.test/");
  return { raw, method: "GET", headers: raw.headers, origin: "https://app.test" };
}

Deno.test("Sessions.commit() closes the session, and refuses one of another factory", async (t) => {
  const make = {
    "a map": () => memorySessions({}).factory,
    "cookies": () => signedCookieSessionFactory(SECRET),
  };
  for (const [from, load] of Object.entries(make)) {
    for (const [to, commit] of Object.entries(make)) {
      await t.step(`${from} to ${to}`, async () => {
        const session = await load().load(request());
        assertThrows(
          () => commit().commit(session, request(), CONTEXT),
          TypeError,
          "it was made by another factory",
        );
        assertThrows(() => session.set("n", 1), Error, "already on its way");
      });
    }
  }
});

Deno.test("Sessions.commit() takes a session that its factory has loaded, whoever asks", async () => {
  const { factory } = memorySessions({});
  const session = await factory.load(request());
  session.set("n", 1);
  assertEquals((await factory.commit(session, request(), CONTEXT)).do, "write");
});

Deno.test("Sessions.useLogger() hands on what goes wrong, unless the factory has a logger of its own", async () => {
  const heard: string[] = [];
  const logger = (name: string) => ({
    warn: () => {},
    error: (message: string) => void heard.push(`${name}: ${message}`),
  });
  const onReject = () => {
    throw new Error("no");
  };
  for (const own of [undefined, logger("own")]) {
    const { factory } = memorySessions({ onReject, ...own === undefined ? {} : { logger: own } });
    factory.useLogger?.(logger("app"));
    const raw = new Request("https://app.test/", { headers: { cookie: "__Host-session=nobody" } });
    await factory.load({ raw, method: "GET", headers: raw.headers, origin: "https://app.test" });
  }
  assertEquals(heard, ["app: onReject failed", "own: onReject failed"]);
});
