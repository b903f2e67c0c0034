/**
 * The upload example in a process that tells the most memory that it ever held; run with
 * `--v8-flags=--expose-gc`.
 *
 * V8 lets 64 MB of buffers lie before it collects them, however large a file is: so it is asked to.
 *
 * @module
 */

import { makeUploadApp } from "../../examples/upload/app.ts";

declare const gc: () => void;

const [folder = ""] = Deno.args;
const { fetch } = makeUploadApp({ secret: "b2c5f0c1e94d4b7fa1a8d5c37e6f9048", folder });
const most = { held: 0, resident: 0 };

function measure(): typeof most {
  gc();
  const { external, heapUsed, rss } = Deno.memoryUsage();
  most.held = Math.max(most.held, external + heapUsed);
  most.resident = Math.max(most.resident, rss);
  return most;
}

setInterval(measure, 50);

Deno.serve({
  hostname: "127.0.0.1",
  port: 0,
  // deno-lint-ignore no-console -- the test reads the port
  onListen: ({ port }) => console.log(port),
}, (request, info) => {
  if (new URL(request.url).pathname !== "/memory") return fetch(request, info);
  return Response.json(measure());
});
