/**
 * A server that tells how much memory its buffers take; run with `--v8-flags=--expose-gc`.
 *
 * @module
 */

import { Configurator } from "@pyramidion/pyramidion";

declare const gc: () => void;

const app = new Configurator({ bodyTimeout: 0.05 })
  .addRoute("size", "/size", {
    requestMethod: "POST",
    view: async (request) => new Response(`${(await request.bytes()).length}`),
  })
  .addRoute("memory", "/memory", {
    view: () => {
      gc();
      return new Response(`${Deno.memoryUsage().external}`);
    },
  })
  .makeApp();

Deno.serve({
  hostname: "127.0.0.1",
  port: 0,
  // deno-lint-ignore no-console -- the test reads the port
  onListen: ({ port }) => console.log(port),
}, app.fetch);
