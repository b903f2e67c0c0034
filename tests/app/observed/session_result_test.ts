/**
 * What became of the session of a request, as an operator sees it.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import {
  Configurator,
  html,
  HttpBadRequest,
  type Session,
  type SessionFactory,
  signedCookieSessionFactory,
  storedSessionFactory,
} from "@pyramidion/pyramidion";
import { ResponseSent } from "@pyramidion/pyramidion/access-log";
import { memoryStore } from "@pyramidion/pyramidion/stores/memory";
import { TestClient } from "@pyramidion/pyramidion/testing";
import { recordingLogger, SAMPLE_SECRET } from "../../sample_app.ts";

interface Data {
  count: number;
}

/** An app whose views do to the session what their name says. */
function sessionApp(sessionFactory: SessionFactory<Data>): { client: TestClient; told: string[] } {
  const told: string[] = [];
  const deeds: Record<string, (session: Session<Data>) => void> = {
    read: (session) => void session.get("count"),
    count: (session) => void session.set("count", (session.get("count") ?? 0) + 1),
    "sign-in": (session) => session.bindTo("ada"),
    "sign-out": (session) => session.invalidate(),
    fail: (session) => {
      session.set("count", 99);
      throw new Error("broken");
    },
    refuse: (session) => {
      session.set("count", 98);
      throw new HttpBadRequest();
    },
  };
  const config = new Configurator({ sessionFactory, logger: recordingLogger() })
    .addRoute("none", "/none", { view: () => html`none` })
    .addSubscriber(ResponseSent, ({ facts: { session, rejected } }) => {
      told.push(rejected === undefined ? session : `${session}: ${rejected}`);
    });
  for (const [name, act] of Object.entries(deeds)) {
    config.addRoute(name, `/${name}`, {
      view: async (request) => {
        act(await request.session);
        return html`done`;
      },
    });
  }
  return { client: new TestClient(config.makeApp()), told };
}

const cookies = () => signedCookieSessionFactory<Data>(SAMPLE_SECRET);

Deno.test("observedSession says what became of the session", async (t) => {
  const rows: Record<string, [paths: string[], results: string[]]> = {
    "a page that asks for none": [["/none"], ["none"]],
    "a session that is only read": [["/read"], ["loaded"]],
    "one that changes": [["/count", "/read"], ["saved", "loaded"]],
    "a sign-in and a sign-out": [["/sign-in", "/sign-out"], ["signed in", "signed out"]],
    "the end of a session without a user": [["/count", "/sign-out"], ["saved", "ended"]],
    "an unforeseen error after a change": [["/fail"], ["lost"]],
    "a foreseen error after a change": [["/refuse"], ["saved"]],
  };
  for (const [name, [paths, results]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const { client, told } = sessionApp(cookies());
      for (const path of paths) await client.get(path);
      assertEquals(told, results);
    });
  }
});

Deno.test("observedSession says why a cookie was rejected", async () => {
  const { client, told } = sessionApp(cookies());
  const headers = { cookie: "__Host-session=forged" };
  await client.get("/read", { headers });
  await client.get("/count", { headers });
  assertEquals(told, ["rejected: malformed", "saved: malformed"]);
});

Deno.test("observedSession says that a session is renewed", async () => {
  let now = 1_700_000_000_000;
  const factory = signedCookieSessionFactory<Data>(SAMPLE_SECRET, {
    reissueTime: 60,
    clock: () => now,
  });
  const { client, told } = sessionApp(factory);
  await client.get("/count");
  now += 120_000;
  await client.get("/read");
  assertEquals(told, ["saved", "renewed"]);
});

Deno.test("observedSession says that a change was lost to a sign-out meanwhile", async () => {
  const factory = storedSessionFactory<Data>(memoryStore(), SAMPLE_SECRET);
  const told: string[] = [];
  const gate = Promise.withResolvers<void>();
  const entered = Promise.withResolvers<void>();
  const app = new Configurator({ sessionFactory: factory, logger: recordingLogger() })
    .addRoute("count", "/count", {
      view: async (request) => {
        const session = await request.session;
        if (request.query.has("wait")) {
          entered.resolve();
          await gate.promise;
        }
        session.set("count", (session.get("count") ?? 0) + 1);
        return html`done`;
      },
    })
    .addRoute("out", "/out", {
      view: async (request) => {
        (await request.session).invalidate();
        return html`done`;
      },
    })
    .addSubscriber(ResponseSent, ({ facts }) => void told.push(facts.session))
    .makeApp();
  const client = new TestClient(app);
  await client.get("/count");
  const late = client.get("/count?wait");
  await entered.promise;
  await client.get("/out");
  gate.resolve();
  await late;
  assertEquals(told, ["saved", "ended", "lost"]);
});

Deno.test("observedSession says that no store answered", async () => {
  const store = memoryStore();
  const down = () => Promise.reject(new Error("down"));
  const factory = storedSessionFactory<Data>({ ...store, create: down, load: down }, SAMPLE_SECRET);
  const { client, told } = sessionApp(factory);
  assertEquals((await client.get("/count")).status, 503);
  await client.get("/read", {
    headers: { cookie: "__Host-session=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" },
  });
  assertEquals(told[0], "unavailable");
});

Deno.test("observedSession says lost, also where the response carries a cell", async () => {
  const told: string[] = [];
  const deeds: Record<string, (session: Session<Data>, headers: Headers) => unknown> = {
    "/begin": (session) => session.set("count", 1),
    "/end": (session) => session.invalidate(),
    "/change": async (session, headers) => {
      session.set("count", 2);
      await (await session.cell("oauth")).set(1);
      await app.fetch(new Request("https://app.test/end", { headers }));
    },
  };
  const config = new Configurator({
    sessionFactory: storedSessionFactory<Data>(memoryStore(), SAMPLE_SECRET),
    logger: recordingLogger(),
  }).addSubscriber(ResponseSent, ({ facts }) => void told.push(facts.session));
  for (const [path, act] of Object.entries(deeds)) {
    config.addRoute(path, path, {
      view: async (request) => {
        await act(await request.session, request.headers);
        return html`done`;
      },
    });
  }
  const app = config.makeApp();
  const visitor = new TestClient(app);
  await visitor.get("/begin");
  await visitor.get("/change");
  assertEquals(told, ["saved", "ended", "lost"]);
});
