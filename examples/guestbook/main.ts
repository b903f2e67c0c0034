/**
 * Serves the guestbook example on http://localhost:6543/ (`deno task example:guestbook`).
 *
 * `SESSION_SECRET` signs the cookies; without it the sessions end with the process. `PORT` is
 * another port. One user, `guest`, may sign in, by a password that is made anew for each run.
 *
 * @module
 */

import { makeGuestbook } from "./app.ts";

const random = (bytes: number): string =>
  crypto.getRandomValues(new Uint8Array(bytes)).toBase64({ alphabet: "base64url" });

// For the example alone: an app of your own keeps a slow hash of every password, and counts attempts.
const password = random(9);
const accounts = {
  verify: (user: string, given: string): boolean => user === "guest" && given === password,
};

// deno-lint-ignore no-console -- what a person at the terminal should know
console.log(`Sign in as "guest" with the password "${password}"`);

Deno.serve({
  hostname: "localhost",
  port: Number(Deno.env.get("PORT") ?? 6543),
}, makeGuestbook({ secret: Deno.env.get("SESSION_SECRET") ?? random(32), accounts }).fetch);
