/**
 * The header `Server-Timing`: its text, and who gets it.
 *
 * @module
 */

import { assertEquals, assertMatch } from "jsr:@std/assert@^1.0.0";
import { html, signedCookieSessionFactory } from "@pyramidion/pyramidion";
import { ResponseSent } from "@pyramidion/pyramidion/access-log";
import { Configurator } from "@pyramidion/pyramidion/configurator";
import { serverTiming } from "../../../lib/app/observed/server_timing.ts";
import { ObservedRequest } from "../../../lib/http/request.ts";
import { ask } from "../../ask.ts";
import { recordingLogger, SAMPLE_SECRET } from "../../sample_app.ts";

Deno.test("serverTiming writes the steps that happened, and the total", () => {
  let now = 0;
  const observed = new ObservedRequest(() => now);
  now = 0.12345;
  observed.chosen();
  now = 2.5;
  observed.answered();
  assertEquals(
    serverTiming(observed),
    'routing;desc="before the view";dur=0.123, view;desc="view";dur=2.377, total;dur=2.5',
  );
});

function app(development: boolean) {
  return new Configurator({
    development,
    logger: recordingLogger(),
    sessionFactory: signedCookieSessionFactory<{ n: number }>(SAMPLE_SECRET),
  })
    .addRoute("n", "/n", {
      view: async (request) => {
        (await request.session).set("n", 1);
        return html`n`;
      },
    })
    .addRoute("own", "/own", {
      view: () => new Response(null, { status: 204, headers: { "server-timing": "db;dur=3" } }),
    })
    .makeApp();
}

Deno.test("an app in development mode tells how long each step took", async () => {
  const { headers } = await ask(app(true), "/n");
  assertMatch(
    headers.get("server-timing") ?? "",
    /^routing;.+, session;.+, view;.+, commit;desc="commit the session";dur=[\d.]+, total;dur=[\d.]+$/,
  );
  const missing = await ask(app(true), "/missing");
  assertMatch(missing.headers.get("server-timing") ?? "", /^total;dur=[\d.]+$/);
});

Deno.test("Server-Timing of a view stays beside that of the app", async () => {
  const { headers } = await ask(app(true), "/own");
  assertMatch(headers.get("server-timing") ?? "", /^db;dur=3, routing;/);
});

Deno.test("an app without development mode tells no times", async () => {
  for (const path of ["/n", "/missing"]) {
    assertEquals((await ask(app(false), path)).headers.has("server-timing"), false);
  }
  const observed = new Configurator().addSubscriber(ResponseSent, () => {}).makeApp();
  assertEquals((await ask(observed, "/missing")).headers.has("server-timing"), false);
});
