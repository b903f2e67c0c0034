/**
 * Serves the guestbook on http://localhost:6543/ (`deno task example:guestbook`).
 *
 * `SESSION_SECRET` signs the cookies. Without it, all sessions end when the process ends. `PORT` is
 * another port. `SESSION_STORE` is the address of the store for sign-outs, which is `memory` by
 * default. The user `guest` may sign in, with a password that is new in each run.
 *
 * @module
 */

import { openStore } from "../store.ts";
import { MemoryAccounts } from "./accounts.ts";
import { makeGuestbook } from "./app.ts";

const random = (bytes: number): string =>
  crypto.getRandomValues(new Uint8Array(bytes)).toBase64({ alphabet: "base64url" });

const secret = Deno.env.get("SESSION_SECRET") ?? random(32);
const revocations = await openStore(Deno.env.get("SESSION_STORE") ?? "memory");
const accounts = new MemoryAccounts();
const password = random(9);
await accounts.add("guest", password);

// deno-lint-ignore no-console -- what a person at the terminal should know
console.log(`Sign in as "guest" with the password "${password}"`);

// Only this computer reaches it. Behind a proxy, see docs/proxies.md.
Deno.serve({
  hostname: "localhost",
  port: Number(Deno.env.get("PORT") ?? 6543),
}, makeGuestbook({ secret, accounts, revocations }).fetch);
