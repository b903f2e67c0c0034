/**
 * Yardstick: `Deno.serve` and an answer, nothing between them.
 *
 * @module
 */

import { HELLO } from "../payload.ts";
import { serve } from "../serve.ts";

/** Takes the request and looks at nothing in it. */
export function fetch(_request: Request): Response {
  return new Response(HELLO);
}

if (import.meta.main) serve(fetch);
