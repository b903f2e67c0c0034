/**
 * Serves the app of another file of the bench, with a page that tells its memory. Arguments: port, file.
 *
 * @module
 */

import { serve } from "../serve.ts";

const file = new URL(`../${Deno.args[1]}`, import.meta.url).href;
const { fetch }: { fetch: (request: Request) => Response | Promise<Response> } = await import(file);
const collectGarbage: unknown = Reflect.get(globalThis, "gc");

serve((request) => {
  if (!request.url.endsWith("/memory")) return fetch(request);
  if (typeof collectGarbage === "function") {
    collectGarbage();
    collectGarbage();
  }
  return Response.json(Deno.memoryUsage());
});
