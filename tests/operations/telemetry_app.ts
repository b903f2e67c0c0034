/**
 * A server with telemetry, which answers until its standard input ends.
 *
 * @module
 */

import { Configurator, html, signedCookieSessionFactory } from "@pyramidion/pyramidion";
import { telemetry } from "@pyramidion/pyramidion/telemetry";

const app = new Configurator({
  sessionFactory: signedCookieSessionFactory<{ seen: boolean }>(
    "d7Lw2pQz9-for-the-telemetry-app-of-the-tests-alone",
  ),
  logger: { warn: () => {}, error: () => {} },
})
  .include(telemetry())
  .addRoute("user", "/users/:id", {
    view: async function user(request) {
      (await request.session).set("seen", true);
      return html`Ada`;
    },
  })
  .addRoute("fail", "/fail", {
    view: function fail() {
      throw new RangeError("No such book");
    },
  })
  .makeApp();

if (import.meta.main) {
  const stop = new AbortController();
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, signal: stop.signal }, app.fetch);
  for await (const _ of Deno.stdin.readable);
  stop.abort();
  await server.finished;
}

export default app;
