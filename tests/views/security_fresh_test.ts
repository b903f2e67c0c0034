/** The view option `fresh`: a sign-in that is no older. */

import { assertEquals, assertInstanceOf, assertThrows } from "jsr:@std/assert@^1.0.0";
import {
  ConfigurationError,
  Configurator,
  html,
  HttpForbidden,
  route,
  signedCookieSessionFactory,
  StaleSignIn,
} from "@pyramidion/pyramidion";
import { settableClock, TestClient } from "@pyramidion/pyramidion/testing";
import { SAMPLE_SECRET } from "../sample_app.ts";

const keys = route("keys", "/keys"),
  login = route("login", "/login"),
  look = route("look", "/look");

Deno.test("fresh: only a sign-in that is no older reaches the view, by any method", async () => {
  const clock = settableClock();
  const calls: string[] = [];
  const app = new Configurator({
    sessionFactory: signedCookieSessionFactory(SAMPLE_SECRET, { clock, timeout: 3600 }),
  }).addRoute(login).addView(async (request) => {
    (await request.session).bindTo("ada");
    return html`in`;
  }, { route: login }).addRoute(keys)
    .addView(() => (calls.push("GET"), html`keys`), { route: keys, fresh: 300 })
    .addView(() => (calls.push("POST"), html`saved`), {
      route: keys,
      fresh: 300,
      requestMethod: "POST",
    }).makeApp();
  const visitor = new TestClient(app, { clock });
  const statuses = async () => [
    (await visitor.get("/keys")).status,
    (await visitor.post("/keys")).status,
  ];
  assertEquals(await statuses(), [403, 403]);
  await visitor.get("/login");
  clock.travel(300);
  assertEquals(await statuses(), [200, 200]);
  clock.travel(0.001);
  assertEquals(await statuses(), [403, 403]);
  await visitor.get("/login");
  assertEquals(await statuses(), [200, 200]);
  assertEquals(calls, ["GET", "POST", "GET", "POST"]);
});

Deno.test("fresh: who is half signed in is not fresh", async () => {
  const app = new Configurator({ sessionFactory: signedCookieSessionFactory(SAMPLE_SECRET) })
    .addRoute(login).addView(async (request) => {
      (await request.session).beginSignIn("ada");
      return html`half`;
    }, { route: login })
    .addRoute(keys).addView(() => html`keys`, { route: keys, fresh: 1e9 }).makeApp();
  const visitor = new TestClient(app);
  await visitor.get("/login");
  assertEquals((await visitor.get("/keys")).status, 403);
});

Deno.test("StaleSignIn is answered by its own view, else by a forbidden view; the permission goes first", async () => {
  const seen: unknown[] = [];
  const make = (own: boolean) => {
    const config = new Configurator({
      sessionFactory: signedCookieSessionFactory(SAMPLE_SECRET),
      securityPolicy: { identity: () => null, permits: () => false },
    });
    config.addForbiddenView((error) => (seen.push(error), html`forbidden`));
    if (own) {
      config.addExceptionView((error) => (seen.push(error.fresh), html`again`), {
        context: StaleSignIn,
      });
    }
    config.addRoute(keys).addView(() => html`keys`, { route: keys, fresh: 300 });
    config.addRoute(look).addView(() => html`look`, { route: look, fresh: 300, permission: "see" });
    return new TestClient(config.makeApp());
  };
  assertEquals(await (await make(true).get("/keys")).text(), "again");
  assertEquals(seen.splice(0), [300]);
  assertEquals(await (await make(false).get("/keys")).text(), "forbidden");
  assertInstanceOf(seen.splice(0)[0], StaleSignIn);
  assertEquals(await (await make(true).get("/look")).text(), "forbidden");
  assertEquals(seen[0] instanceof HttpForbidden && !(seen[0] instanceof StaleSignIn), true);
});

Deno.test("fresh without a session factory is refused at start-up, by the view's name", () => {
  const config = new Configurator().addRoute(keys)
    .addView(function secret() {
      return html`keys`;
    }, { route: keys, fresh: 300 });
  assertThrows(
    () => config.makeApp(),
    ConfigurationError,
    "Cannot check the sign-in for view secret",
  );
});

Deno.test("fresh takes seconds above 0, and nothing else", async (t) => {
  const rows: Record<string, unknown> = {
    "zero": 0,
    "negative": -1,
    "NaN": NaN,
    "no limit": Infinity,
    "a text": "300",
    "true": true,
    "null": null,
  };
  for (const [name, fresh] of Object.entries(rows)) {
    await t.step(name, () => {
      assertThrows(
        () => new Configurator().addView(() => html`x`, { route: keys, fresh: fresh as number }),
        ConfigurationError,
        'option "fresh"',
      );
    });
  }
});
