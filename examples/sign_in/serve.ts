/**
 * The sign-in example as the module that `deno serve` and the command line take: its default export
 * is the app.
 *
 * `SESSION_SECRET` signs the cookies. Without it, all sessions end when the process ends.
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

/** The app. */
export default makeSignInApp(secret);
