/**
 * How a server of the bench listens: on the port in its first argument, saying nothing.
 *
 * @module
 */

/** Serves on 127.0.0.1. */
export function serve(fetch: (request: Request) => Response | Promise<Response>): void {
  const port = Number(Deno.args[0]);
  Deno.serve({ hostname: "127.0.0.1", port, onListen() {} }, fetch);
}
