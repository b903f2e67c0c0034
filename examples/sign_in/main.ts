/**
 * Serves the sign-in example on http://localhost:6543/ (`deno task example`).
 *
 * `SESSION_SECRET` signs the cookies; without it the sessions end with the process. `PORT` is
 * another port.
 *
 * @module
 */

import app from "./serve.ts";

Deno.serve({ hostname: "localhost", port: Number(Deno.env.get("PORT") ?? 6543) }, app.fetch);
