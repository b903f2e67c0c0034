/**
 * Serves the sign-in example on http://localhost:6543/ (`deno task example`).
 *
 * `SESSION_SECRET` signs the cookies. Without it, all sessions end when the process ends. `PORT` is
 * another port.
 *
 * @module
 */

import app from "./serve.ts";

Deno.serve({ hostname: "localhost", port: Number(Deno.env.get("PORT") ?? 6543) }, app.fetch);
