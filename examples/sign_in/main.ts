/**
 * Serves the sign-in example on http://localhost:6543/ (`deno task example`).
 *
 * `SESSION_SECRET` signs the cookies; without it the sessions end with the process. `PORT` is
 * another port.
 *
 * @module
 */

import { makeSignInApp } from "./app.ts";

let secret = Deno.env.get("SESSION_SECRET");
if (secret === undefined) {
  secret = crypto.getRandomValues(new Uint8Array(32)).toBase64();
  // deno-lint-ignore no-console -- what a person at the terminal should know
  console.log("SESSION_SECRET is not set: sessions are signed with a random secret for this run");
}

Deno.serve({
  hostname: "localhost",
  port: Number(Deno.env.get("PORT") ?? 6543),
}, makeSignInApp(secret).fetch);
